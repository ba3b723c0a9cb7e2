package jobs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/jobs"
	"brainsweep/metrics"
)

// with replaces or adds a section of the least job.
func with(section string) string {
	name, _, _ := strings.Cut(section, "\n")
	if i := strings.Index(least, name+"\n"); i >= 0 {
		end := strings.Index(least[i+1:], "\n[")
		if end < 0 {
			return least[:i] + section
		}
		return least[:i] + section + least[i+1+end:]
	}
	return least + section
}

// mistakes are jobs that cannot be run, each with all that is said about it.
var mistakes = []struct{ name, text, want string }{
	{"lesion's kind", with("[connectome]\nsource = 'synthetic:10'\nlesion = 'L01'\n"), `job.toml:4:1: connectome.lesion: expected a list of tables, found a string; write for example lesion = [{ nodes = ["rPFC"], scale = 0.5 }]`},
	{"lesions", with("[connectome]\nsource = 'synthetic:10'\nlesion = [3, { scale = 0.5 }, { nodes = ['L1', 10, 0.5], from = [] }, { from = 'R01', scale = -1, weight = 2 }, { to = 1, scale = 'x' }]\n"), `job.toml:4:11: connectome.lesion.0: expected a table, found a number; write for example lesion = [{ nodes = ["rPFC"], scale = 0.5 }]
job.toml:4:14: connectome.lesion.1: which connections? write nodes = [...], from = [...] or to = [...]
job.toml:4:31: connectome.lesion.2: nodes are all connections of regions, from and to those between regions; write the one or the other
job.toml:4:43: unknown region "L1"; there is L.01, L.02, L.03, L.04, L.05, R.01, R.02, R.03, R.04, R.05
job.toml:4:48: connectome.lesion.2.nodes: there is no region 10; they are numbered from 0 to 9
job.toml:4:52: connectome.lesion.2.nodes: expected the label of a region, or its number, found a number
job.toml:4:65: connectome.lesion.2.from: the list is empty
job.toml:4:81: unknown region "R01" (did you mean "R.01"?)
job.toml:4:95: connectome.lesion.3.scale: -1 is out of bounds; it must be at least 0
job.toml:4:99: unknown key "weight"; there is nodes, from, to, scale
job.toml:4:132: connectome.lesion.4.scale: "x" is not a number`},
	{"regions of many", with("[connectome]\nsource = 'synthetic:1000'\nlesion = [{ nodes = ['Hippocampus', 'L.O01', '.50'] }]\n[stimulus.a]\npattern = 'constant'\nregions = ['']\n"), `job.toml:4:23: unknown region "Hippocampus"; there are 1000: L.001, L.002, L.003, L.004, L.005, ... (brainsweep check --regions job.toml lists them)
job.toml:4:38: unknown region "L.O01" (did you mean "L.001"?)
job.toml:4:47: unknown region ".50"; there is L.500, R.500
job.toml:7:13: unknown region ""; there are 1000: L.001, L.002, L.003, L.004, L.005, ... (brainsweep check --regions job.toml lists them)`},
	{"lesion's sweep", with("[connectome]\nsource = 'synthetic:10'\nlesion = [{ nodes = 0 }]\n[sweep]\nconnectome.lesion.1.scale = [1]\n'connectome.lesion.0.scale' = [-1]\n"), `job.toml:6:21: "connectome.lesion.1.scale" cannot be swept (did you mean "connectome.lesion.0.scale"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed
job.toml:7:32: sweep.connectome.lesion.0.scale: -1 is out of bounds; it must be at least 0`},
	{"empty", "", `job.toml: model is missing; write for example model = "adex2"
job.toml: connectome.source is missing; write a path, or for example "synthetic:68"
job.toml: run.duration is missing; write for example duration = "10 s"`},
	{"syntax", "model = adex2\n", `job.toml:1:9: expected value but found "adex" instead; text, and a number with its unit, stands in quotes: "adex2"`},
	{"unknown keys", "modle = 'x'\n" + with("[run]\nduration = '1 s'\nduratoin = '2 s'\n[conectome]\n"), `job.toml:1:1: unknown key "modle" (did you mean "model"?)
job.toml:7:1: unknown key "duratoin" (did you mean "duration"?)
job.toml:8:2: unknown key "conectome" (did you mean "connectome"?)`},
	{"wrong types", strings.Replace(with("[run]\nduration = '1 s'\nseed = 'x'\nscheme = 3\n"), `"toy.toml"`, "7", 1), `job.toml:1:9: model: expected a string, found 7
job.toml:6:9: run.seed: expected a whole number of at least 0, found the string "x"
job.toml:7:10: run.scheme: expected a string, found 3`},
	{"unknown model", strings.Replace(least, "toy.toml", "adex3", 1), `job.toml:1:10: unknown model "adex3" (did you mean "adex1"?)`},
	{"missing model file", strings.Replace(least, "toy.toml", "nothing.toml", 1), `job.toml:1:10: cannot read testdata/nothing.toml: no such file or directory`},
	{"folder for a table", with("[initial]\nfile = '.'\n"), `job.toml:7:9: testdata is no file`},
	{"model of another kind", strings.Replace(least, "toy.toml", "toy.py", 1), `job.toml:1:10: toy.py: a model file ends in .toml, or in .xml when it is RateML`},
	{"unknown preset", "preset = 'loudly'\n" + least, `job.toml:1:11: unknown preset "loudly" (did you mean "loud"?)`},
	{"connectome", with("[connectome]\nsource = 'nothing.zip'\nnormalise = 'colum'\ndiagonal = 'none'\nspeed = 4\n"), `job.toml:3:11: testdata/nothing.zip: cannot be read: no such file or directory
job.toml:4:14: connectome.normalise: unknown value "colum" (did you mean "column"?); there is none, max, row, column, spectral
job.toml:5:13: connectome.diagonal: unknown value "none"; there is keep, zero
job.toml:6:9: connectome.speed: 4 has no unit; write for example "4 mm/ms"`},
	{"no word of a job", "[fruit]\napple = 1\n[connectome]\nbanana = 'synthetic:4'\n[run]\ncherry = '1 s'\n[[record]]\nplum = 'raw'\n[[recording]]\nmonitor = 'raw'\n[[target]]\nsort = 'fc'\n", `job.toml: model is missing; write for example model = "adex2"
job.toml:1:2: unknown key "fruit"; there is title, model, preset, connectome, cohort, coupling, stimulus, run, parameters, noise, clamp, initial, sweep, record, metrics, target, device
job.toml:3:2: connectome.source is missing; write a path, or for example "synthetic:68"
job.toml:4:1: unknown key "banana"; there is source, normalise, diagonal, speed, lesion
job.toml:5:2: run.duration is missing; write for example duration = "10 s"
job.toml:6:1: unknown key "cherry"; there is duration, transient, step, scheme, precision, noise, seed
job.toml:7:3: record.0.monitor is missing; there is raw, subsample, average, global_average, spatial_average, afferent, afferent_average, bold, eeg, meg, seeg, projection
job.toml:8:1: unknown key "plum"; there is monitor, kernel, model, preset, of, period, keep, step, parameters, projection, mapping, sensors, reference, noise, areas
job.toml:9:3: unknown key "recording" (did you mean "record"?)
job.toml:11:3: target: there is nothing to compare with; add [metrics] with of = ["E"]
job.toml:11:3: target.0.kind is missing; there is fc, fcd, psd, series
job.toml:11:3: target.0.file is missing; write for example file = "fc.csv"
job.toml:12:1: unknown key "sort"; there is name, kind, file, labels, order, transpose, of, use, period, window, step, band`},
	{"sections that are no tables", "model = 3\nconnectome = 'synthetic:4'\ncohort = 1\nstimulus = 3\nrecord = 'raw'\n[[run]]\nduration = '1 s'\n[[stimuli]]\n[target]\n[[metrics]]\n", `job.toml:1:9: model: expected a string, found 3
job.toml:2:1: connectome: expected a table, found a string; write [connectome] on a line of its own, and its keys below
job.toml:3:1: cohort: expected a table, found a number; write [cohort] on a line of its own, and its keys below
job.toml:4:1: stimulus: expected a table, found a number; write [stimulus.<name>] on a line of its own, and its keys below
job.toml:5:1: record: a list of tables; write [[record]] with two brackets
job.toml:6:3: run: expected a table, found a list; write [run] with one bracket
job.toml:8:3: unknown key "stimuli" (did you mean "stimulus"?)
job.toml:9:2: target: a list of tables; write [[target]] with two brackets
job.toml:10:3: metrics: expected a table, found a list; write [metrics] with one bracket`},
	{"ranges in other words", strings.Replace(with("[sweep]\nb_e = { start = 0, stop = 1, n = 3 }\nT = { from = 0 }\nnonsense = [1]\nb_q = { start = 0, stop = 1, n = 3 }\n[parameters]\nnothing = 1\n"), "toy.toml", "adex2", 1), `job.toml:7:7: sweep.b_e: a range is { from = ..., to = ..., points = ... }, but here stands start, stop, n
job.toml:8:1: sweep.T: to is missing
job.toml:8:1: sweep.T: points is missing: how many values?
job.toml:9:1: unknown parameter "nonsense" of model adex2; brainsweep models show adex2 lists them
job.toml:10:1: unknown parameter "b_q" of model adex2 (did you mean "b_e"?)
job.toml:12:1: unknown parameter "nothing" of model adex2; brainsweep models show adex2 lists them`},
	{"normalisation", with("[connectome]\nsource = 'synthetic:10'\nnormalise = 'colum'\n"), `job.toml:4:14: connectome.normalise: unknown value "colum" (did you mean "column"?); there is none, max, row, column, spectral`},
	{"keys that are missing under their names", "modle = 'x'\n[connectome]\nsourc = 'synthetic:4'\n[run]\nduraton = '1 s'\n", `job.toml:1:1: unknown key "modle" (did you mean "model"?)
job.toml:3:1: unknown key "sourc" (did you mean "source"?)
job.toml:5:1: unknown key "duraton" (did you mean "duration"?)`},
	{"a section that is missing under its name", "model = 'kuramoto'\n[conectome]\nsource = 'synthetic:4'\n[run]\nduration = '1 s'\n", `job.toml:2:2: unknown key "conectome" (did you mean "connectome"?)`},
	{"keys of records, metrics and axes under other names", with("[[record]]\nmontor = 'raw'\n[metrics]\noff = ['x']\nuse = ['rate']\n[sweep]\ngain = { form = 1, to = 2, points = 3 }\n"), `job.toml:7:1: unknown key "montor" (did you mean "monitor"?)
job.toml:9:1: unknown key "off" (did you mean "of"?)
job.toml:12:10: unknown key "form" (did you mean "from"?)`},
	{"a key that is missing beside another that is not known", with("[connectome]\npath = 'x'\n"), `job.toml:2:2: connectome.source is missing; write a path, or for example "synthetic:68"
job.toml:3:1: unknown key "path"; there is source, normalise, diagonal, speed, lesion`},
	{"empty source", with("[connectome]\nsource = ''\n"), `job.toml:3:1: connectome.source is missing; write a path, or for example "synthetic:68"`},
	{"too few regions", with("[connectome]\nsource = 'synthetic:1'\n"), `job.toml:3:11: synthetic:1: a connectome has from 2 to 10000 regions`},
	{"speed", with("[connectome]\nsource = 'synthetic:10'\nspeed = '0 m/s'\n"), `job.toml:4:10: connectome.speed: 0 is out of bounds; it must be above 0 mm/ms`},
	{"no unit", with("[run]\nduration = '10'\ntransient = 1\n"), `job.toml:5:13: run.duration: "10" has no unit; write for example "10 s"
job.toml:6:13: run.transient: 1 has no unit; write for example "1 s"`},
	{"wrong unit", with("[run]\nduration = '10 mV'\nstep = '1 sec'\ntransient = 'long'\n"), `job.toml:5:13: run.duration: wrong unit: "10 mV" is a voltage, duration is a time
job.toml:6:9: run.step: unknown unit "sec"; step is a time, in ns, us, µs, ms, s, min, h
job.toml:7:14: run.transient: "long" is not a number with a unit; write for example "1 s"`},
	{"duration not longer than the transient", with("[run]\nduration = '2 s'\ntransient = '2 s'\n"), `job.toml:5:13: run.duration: 2 s are simulated in all, and the first 2 s of them are not recorded: nothing would be left; the duration must be longer than the transient`},
	{"times below 0", with("[run]\nduration = '-1 s'\nstep = '0 ms'\ntransient = '-1 ms'\n"), `job.toml:5:13: run.duration: -1000 ms is not above 0
job.toml:6:9: run.step: 0 ms is not above 0
job.toml:7:14: run.transient: -1 ms is below 0`},
	{"duration between steps", with("[run]\nduration = '1 s'\nstep = '0.3 ms'\n"), `job.toml:5:13: run.duration: 1 s is not a multiple of the step, 0.3 ms; nearest are 999.9 ms and 1.0002 s`},
	{"choices of the run", with("[run]\nduration = '1 s'\nscheme = 'hoin'\nprecision = 'half'\nnoise = 'some'\nseed = -1\n"), `job.toml:6:11: run.scheme: unknown value "hoin"; there is euler, heun, rk4, dopri5, exponential, map
job.toml:7:14: run.precision: unknown value "half"; there is single, double
job.toml:8:10: run.noise: unknown value "some"; there is independent, common, none
job.toml:9:8: run.seed: expected a whole number of at least 0, found -1`},
	{"coupling", with("[coupling]\nfunction = 'liner'\n"), `job.toml:7:13: unknown coupling function "liner" (did you mean "linear"?)`},
	{"coupling's parameters", with("[coupling]\na = [1, 2]\nc = 1\n"), `job.toml:7:5: coupling.a: 2 numbers for the 10 nodes of synthetic:10
job.toml:8:1: unknown parameter "c" of coupling linear; there is function, a, b`},
	{"parameters", with("[parameters]\ngian = 1\ngain = 11\ntau = '5 mV'\nE_L = nan\ncurrent = 'x'\n"), `job.toml:7:1: unknown parameter "gian" of model toy (did you mean "gain"?)
job.toml:8:8: parameters.gain: 11 is out of bounds; it must be from 0 to 10
job.toml:9:8: parameters.tau: wrong unit: "5 mV" is a voltage, tau is a time
job.toml:10:7: parameters.E_L: NaN is not a finite number
job.toml:11:12: parameters.current: "x" is not a number with a unit; write for example "1 pA"`},
	{"nodes", with("[parameters]\ngain = [1, 2, 3]\ntau = [1, 2, 3, 4, 5, 6, 7, 8, 9, '10 V']\n"), `job.toml:7:8: parameters.gain: 3 numbers for the 10 nodes of synthetic:10
job.toml:8:36: parameters.tau.9: wrong unit: "10 V" is a voltage, tau is a time`},
	{"column", with("[parameters]\ngain = { file = 'nodes.csv', column = 'x1' }\ntau = { file = 'nodes.csv', column = 'other' }\nE_L = { column = 'x' }\ncurrent = { file = 'nowhere.csv', colum = 'x' }\n"), `job.toml:7:8: unknown column "x1" (did you mean "x0"?)
job.toml:9:1: parameters.E_L: expected a number, a list with a number for each node, or { file = "x.csv", column = "name" }
job.toml:10:35: unknown key "colum" (did you mean "column"?)
testdata/nodes.csv:3:12: "x" is not a finite number
testdata/nodes.csv:4:12: "x" is not a finite number
testdata/nodes.csv:5:12: "x" is not a finite number
testdata/nodes.csv:6:12: "x" is not a finite number
testdata/nodes.csv:7:12: "x" is not a finite number`},
	{"labels", with("[parameters]\ngain = { file = 'labels.csv', column = 'gain' }\n"), `testdata/labels.csv:11:1: synthetic:10 has no node "R.4" (did you mean "R.04"?)`},
	{"device", with("[device]\npoints = 0\nmembers = 1e6\nblock = 2\nepoch = 'long'\n"), `job.toml:7:10: device.points: 0 points of a block; from 1 to 64, or leave it out for what serves best
job.toml:8:11: device.members: 1000000 threads of a point; from 1 to 512, or leave it out for what serves best
job.toml:9:1: unknown key "block" (did you mean "blocks"?)
job.toml:10:10: device.epoch: expected a whole number, found the string "long"`},
	{"device's blocks", with("[device]\nblocks = 4\nmembers = 8\n"), `job.toml:7:1: device.blocks: a point of 4 blocks shares none with others, and its threads follow from the blocks; leave out points and members`},
	{"noise", with("[noise]\nuo = 1\nou = -1\nx = 'a'\n"), `job.toml:7:1: unknown state "uo" of model toy (did you mean "ou"?)
job.toml:8:6: noise.ou: -1 is out of bounds; it must be at least 0
job.toml:9:6: noise.x: "a" is not a number`},
	{"initial", with("[initial]\ny = 1\nx = 6\nou = [1, 2]\n"), `job.toml:7:1: unknown state "y" of model toy; there is x, w, ou, file
job.toml:8:5: initial.x: 6 is out of bounds; it must be from 0 to 5 kHz
job.toml:9:6: initial.ou: 2 numbers for the 10 nodes of synthetic:10`},
	{"initial file", with("[initial]\nfile = 'initial.csv'\n"), `testdata/initial.csv:1:1: x: 3 numbers for the 10 nodes of synthetic:10
testdata/initial.csv:2:1: unknown state "y" of model toy; there is x, w, ou
testdata/initial.csv:3:22: "a" is not a finite number
testdata/initial.csv:5:1: state w has two lines`},
	{"sections that are none", "parameters = 1\nnoise = 'x'\ninitial = []\nsweep = 3\nrecord = {}\nmetrics = 1\ncoupling = 'linear'\n" + least, `job.toml:1:1: parameters: expected a table, found a number; write [parameters] on a line of its own, and its keys below
job.toml:2:1: noise: expected a table, found a string; write [noise] on a line of its own, and its keys below
job.toml:3:1: initial: expected a table, found a list; write [initial] on a line of its own, and its keys below
job.toml:4:1: sweep: expected a table, found a number; write [sweep] on a line of its own, and its keys below
job.toml:5:1: record: a list of tables; write [[record]] with two brackets
job.toml:6:1: metrics: expected a table, found a number; write [metrics] on a line of its own, and its keys below
job.toml:7:1: coupling: expected a table, found a string; write [coupling] on a line of its own, and its keys below`},
	{"no such point", with("[sweep]\ngain = [0.1, 0.2]\nonly = 2\n"), `job.toml:8:8: sweep.only: there is no point 2; they are 0 to 1`},
	{"no number of a point", with("[sweep]\ngain = [0.1, 0.2]\nonly = 'x'\n"), `job.toml:8:9: sweep.only: expected a whole number, found the string "x"`},
	{"no points", with("[sweep]\ngain = { from = 0, to = 1, points = 0 }\n"), `job.toml:7:37: sweep.gain: 0 points; there must be at least one`},
	{"log through zero", with("[sweep]\ngain = { from = 0, to = 1, points = 3, scale = 'log' }\nE_L = { from = -1, to = 1, points = 3, scale = 'log' }\n"), `job.toml:7:8: sweep.gain: from 0 to 1; a logarithmic scale cannot reach or cross zero
job.toml:8:7: sweep.E_L: from -1 to 1; a logarithmic scale cannot reach or cross zero`},
	{"ranges", with("[sweep]\ngain = { from = 0, to = 1 }\ntau = { from = 1, points = 3 }\nE_L = { to = '1 s', from = 1, points = 3 }\ncurrent = { from = 1, to = 2, points = 2, scale = 'logarithmic', step = 1 }\n"), `job.toml:7:1: sweep.gain: points is missing; from 0 to 1 in how many values?
job.toml:8:1: sweep.tau: to is missing
job.toml:9:15: sweep.E_L.to: wrong unit: "1 s" is a time, E_L is a voltage
job.toml:10:52: sweep.current.scale: unknown value "logarithmic"; there is linear, log
job.toml:10:66: unknown key "step"; there is from, to, points, scale`},
	{"values", with("[sweep]\ngain = []\ntau = 3\nE_L = [1, inf]\ncurrent = ['1 V']\n"), `job.toml:7:8: sweep.gain: no values; give at least one
job.toml:8:7: sweep.tau: expected a list of values or { from = ..., to = ..., points = ... }, found a number
job.toml:9:11: sweep.E_L.1: +Inf is not a finite number
job.toml:10:13: sweep.current.0: wrong unit: "1 V" is a voltage, current is a current`},
	{"addresses", with("[sweep]\ngian = [1]\ncoupling.c = [1]\nnoise.uo = [1]\ninitial.y = [1]\nrun.step = [1]\nconnectome.sped = [1]\nmodel = ['a']\n"), `job.toml:7:1: unknown parameter "gian" of model toy (did you mean "gain"?)
job.toml:8:10: "coupling.c" cannot be swept (did you mean "coupling.a"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed
job.toml:9:7: unknown state "uo" of model toy (did you mean "ou"?)
job.toml:10:9: unknown state "y" of model toy; there is x, w, ou
job.toml:11:5: "run.step" cannot be swept (did you mean "run.seed"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed
job.toml:12:12: "connectome.sped" cannot be swept (did you mean "connectome.speed"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed
job.toml:13:1: unknown parameter "model" of model toy; there is tau, gain, E_L, current`},
	{"bounds of axes", with("[sweep]\ngain = { from = 0, to = 11, points = 3 }\nconnectome.speed = [0, 3]\nnoise.ou = [-1]\ninitial.x = [-1]\nrun.seed = [0.5]\n"), `job.toml:7:8: sweep.gain: 11 is out of bounds; it must be from 0 to 10
job.toml:8:21: sweep.connectome.speed: 0 is out of bounds; it must be above 0 mm/ms
job.toml:9:13: sweep.noise.ou: -1 is out of bounds; it must be at least 0
job.toml:10:14: sweep.initial.x: -1 is out of bounds; it must be from 0 to 5 kHz
job.toml:11:13: sweep.run.seed: 0.5 is no seed; a seed is a whole number`},
	{"swept and given node by node", with("[parameters]\ngain = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]\n[sweep]\ngain = [1]\n"), `job.toml:9:1: sweep.gain: it is given node by node, so it cannot be swept; give it one number, or do not sweep it`},
	{"noise off and swept", with("[run]\nduration = '1 s'\nnoise = 'none'\n[sweep]\nnoise.ou = [1]\n"), `job.toml:8:7: sweep.noise.ou: run.noise = "none" switches noise off, so it cannot be swept`},
	{"swept twice", with("[sweep]\n\"coupling.a\" = [1]\ncoupling.a = [2]\n"), `job.toml:8:10: sweep.coupling.a: swept twice; keep one of the two`},
	{"mode", with("[sweep]\nmode = 'gird'\n"), `job.toml:7:9: sweep.mode: unknown value "gird" (did you mean "grid"?); there is grid, zip, list, random, latin-hypercube, sobol`},
	{"options of other modes", with("[sweep]\npoints = 3\nseed = 1\nfile = 'x'\ngain = [1]\n"), `job.toml:7:1: sweep.points goes with mode random, latin-hypercube or sobol, but the mode is grid
job.toml:8:1: sweep.seed goes with mode random, latin-hypercube or sobol, but the mode is grid
job.toml:9:1: sweep.file goes with mode list, but the mode is grid`},
	{"zip", with("[sweep]\nmode = 'zip'\ngain = [1, 2]\ntau = [1, 2, 3]\n"), `job.toml:6:2: sweep: mode "zip" needs axes of one length, but gain has 2, tau has 3`},
	{"drawn without points", with("[sweep]\nmode = 'random'\ngain = { from = 0, to = 1 }\n"), `job.toml:6:2: sweep.points is missing; mode random needs the number of points to draw`},
	{"drawn", with("[sweep]\nmode = 'sobol'\npoints = 0\ngain = { from = 0, to = 1, points = 3 }\nrun.seed = { from = 1, to = 9 }\ntau = { from = 0, to = 1, scale = 'log' }\n"), `job.toml:8:10: sweep.points: 0 points; there must be at least one
job.toml:9:28: sweep.gain: an axis has no points of its own in mode sobol; write sweep.points
job.toml:10:12: sweep.run.seed: mode sobol draws seeds from a list of them
job.toml:11:7: sweep.tau: from 0 to 1; a logarithmic scale cannot reach or cross zero`},
	{"list without file", with("[sweep]\nmode = 'list'\ngain = [1]\n"), `job.toml:6:2: sweep.file is missing; mode list reads the points from a table, e.g. file = "points.csv", with the addresses in its first line
job.toml:8:1: sweep.gain: mode list takes its axes from the table only`},
	{"list", with("[sweep]\nmode = 'list'\nfile = 'wrong.csv'\n"), `testdata/wrong.csv:1:6: unknown parameter "tua" of model toy (did you mean "tau"?)
testdata/wrong.csv:2:1: sweep.gain: 11 is out of bounds; it must be from 0 to 10`},
	{"names without a letter", with("[[record]]\nmonitor = 'raw'\nof = ''\n[metrics]\nof = ['x', '']\nuse = ''\n"), `job.toml:8:7: record.0.of: the name is empty
job.toml:10:13: metrics.of.1: the name is empty
job.toml:11:8: metrics.use: the name is empty`},
	{"a period of next to nothing", with("[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1e-300 ms'\n"), `job.toml:9:11: record.0.period: 1e-300 ms is not a multiple of the step, 0.1 ms; nearest is 0.1 ms`},
	{"record", with("[record]\nmonitor = 'raw'\n"), `job.toml:6:2: record: a list of tables; write [[record]] with two brackets`},
	{"monitors", with("[[record]]\nmonitor = 'averag'\n[[record]]\nof = ['x']\n[[record]]\nmonitor = 'raw'\nof = ['x']\n[[record]]\nmonitor = 'raw'\nof = ['w']\n"), `job.toml:7:12: record.0.monitor: unknown value "averag" (did you mean "average"?); there is raw, subsample, average, global_average, spatial_average, afferent, afferent_average, bold, eeg, meg, seeg, projection
job.toml:8:3: record.1.monitor is missing; there is raw, subsample, average, global_average, spatial_average, afferent, afferent_average, bold, eeg, meg, seeg, projection
job.toml:14:12: monitor "raw" is recorded twice; one record holds all its quantities: of = ["E", "I"]`},
	{"quantities", with("[[record]]\nmonitor = 'raw'\nof = ['z', 'x', 'x']\n[[record]]\nmonitor = 'average'\nperiod = '1 ms'\n[[record]]\nmonitor = 'subsample'\nof = []\n[metrics]\nof = 3\nuse = [1]\n"), `job.toml:8:8: unknown quantity "z"; there is x, w, ou, drive
job.toml:8:18: record.0.of: x stands twice
job.toml:9:3: record.1.of is missing; write for example of = ["x"]
job.toml:12:3: record.2.period is missing; write for example period = "1 ms"
job.toml:14:6: record.2.of: the list is empty
job.toml:16:6: metrics.of: expected a list of names, found a number
job.toml:17:8: metrics.use.0: expected a string, found 1`},
	{"periods", with("[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '0.25 ms'\n[[record]]\nmonitor = 'subsample'\nof = 'x'\nperiod = '0.05 ms'\n[[record]]\nmonitor = 'raw'\nof = 'x'\nperiod = '1 ms'\n[[record]]\nmonitor = 'bold'\nperiod = '0 s'\n"), `job.toml:9:11: record.0.period: 0.25 ms is not a multiple of the step, 0.1 ms; nearest are 0.2 ms and 0.3 ms
job.toml:13:11: record.1.period: 0.05 ms is not a multiple of the step, 0.1 ms; nearest is 0.1 ms
job.toml:17:1: record.2.period: raw records every step; for a longer period there is the monitor subsample
job.toml:20:11: record.3.period: 0 ms is not above 0`},
	{"period longer than the recorded time", with("[run]\nduration = '3 s'\ntransient = '1.5 s'\n[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1.2 s'\n[[record]]\nmonitor = 'bold'\nperiod = '4 s'\n"), `job.toml:10:11: record.0.period: no whole period of 1.2 s lies in the recorded time, 1.5 s to 3 s; periods are counted from the start of the simulation
job.toml:13:11: record.1.period: no whole period of 4 s lies in the recorded time, 1.5 s to 3 s; periods are counted from the start of the simulation`},
	{"keep", with("[[record]]\nmonitor = 'raw'\nof = 'x'\nkeep = 'some'\n[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1 ms'\nkeep = 'best:3'\n"), `job.toml:9:9: record.0.keep: "some" is neither "all", "none" nor like "best:18 by E.rate_mean"
job.toml:14:9: record.1.keep: "best:3" is neither "all", "none" nor like "best:18 by E.rate_mean"`},
	{"best of too few", with("[sweep]\ngain = [1, 2, 3]\n[[record]]\nmonitor = 'raw'\nof = 'x'\nkeep = 'best:4 by x.rate_mean'\n[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1 ms'\nkeep = 'best:0 by x.rate_mean'\n[metrics]\nof = 'x'\nuse = 'rate'\n"), `job.toml:11:9: record.0.keep: the best 4 points, but the sweep has 3; write keep = "all", or fewer
job.toml:16:9: record.1.keep: the best 0 points; there must be at least one`},
	{"best by what", with("[sweep]\ngain = [1, 2, 3]\n[[record]]\nmonitor = 'raw'\nof = 'x'\nkeep = 'best:1 by x.rate_maen'\n[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1 ms'\nkeep = 'best:1 by w.rate_mean'\n[[record]]\nmonitor = 'subsample'\nof = 'x'\nperiod = '1 ms'\nkeep = 'best:1 by x.fc_mean'\n[[record]]\nmonitor = 'bold'\nperiod = '100 ms'\nkeep = 'best:1 by x.region_rate_mean'\n[metrics]\nof = 'x'\nuse = 'rate'\n"), `job.toml:11:9: record.0.keep: unknown metric "rate_maen" (did you mean "rate_mean"?)
job.toml:16:9: record.1.keep: no metrics of "w" are computed (did you mean "x"?); add it to metrics.of
job.toml:21:9: record.2.keep: the metric fc_mean is not computed; add it to metrics.use
job.toml:25:9: record.3.keep: region_rate_mean has many numbers for a point; ranking needs a metric with one`},
	{"bold", with("[[record]]\nmonitor = 'bold'\nkernel = 'baloon'\nof = ['x', 'w']\n"), `job.toml:6:3: record.0.period is missing; write for example period = "1 s"
job.toml:8:11: record.0.kernel: unknown value "baloon" (did you mean "balloon"?); there is balloon, volterra, gamma, double_exponential, gamma_mixture`},
	{"balloon", with("[[record]]\nmonitor = 'bold'\nmodel = 'toy.toml'\nperiod = '100 ms'\n"), `job.toml:8:10: record.0.model: model toy is no BOLD model; it needs an input, and an observable called bold`},
	{"balloon's settings", with("[[record]]\nmonitor = 'bold'\npreset = 'tbv'\nperiod = '100 ms'\nparameters = { tau = 1, E0 = 2 }\nstep = '0.25 ms'\n"), `job.toml:8:11: unknown preset "tbv" (did you mean "tvb"?)
job.toml:10:16: unknown parameter "tau" of model balloon; there is tau_s, tau_f, tau_o, alpha, E0, V0, TE, eps, nu0, r0
job.toml:10:30: record.0.parameters.E0: 2 is out of bounds; it must be from 0 to 1`},
	{"balloon's step", with("[[record]]\nmonitor = 'bold'\nperiod = '100 ms'\nstep = '3 ms'\n"), `job.toml:8:11: record.0.period: 100 ms is not a multiple of the 3 ms that the kernel balloon advances by`},
	{"response", with("[[record]]\nmonitor = 'bold'\nkernel = 'gamma'\nmodel = 'balloon'\nstep = '1 ms'\nperiod = '102 ms'\n"), `job.toml:9:1: record.0.model: only the kernel balloon has a model
job.toml:10:1: record.0.step: only the kernel balloon has a step`},
	{"response's parameters", with("[[record]]\nmonitor = 'bold'\nkernel = 'volterra'\nperiod = '100 ms'\nparameters = { tau = 1, tau_f = 0, k_1 = '3 s' }\n"), `job.toml:10:16: unknown parameter "tau" of kernel volterra; there is tau_s, tau_f, k_1, V_0
job.toml:10:33: record.0.parameters.tau_f: 0 is out of bounds; it must be at least 0.0001 s^2
job.toml:10:43: record.0.parameters.k_1: wrong unit: "3 s", but k_1 has no dimension`},
	{"metrics of sensors", with("[metrics]\nof = ['x', 'eeg']\nuse = 'psd'\n"), `job.toml:7:13: metrics.of: a run computes metrics of regions; those of eeg are computed of its series after the job: brainsweep analyze RESULT --of eeg --use ...`},
	{"stimulus kinds", with("[stimulus]\na = 3\n'b c' = { pattern = 'constant' }\n"), `job.toml:7:1: stimulus.a: expected a table: [stimulus.a] with pattern, regions and the pattern's numbers
job.toml:8:1: stimulus."b c": the name of a stimulus has no dots and blanks`},
	{"stimuli at all", with("[stimulus.a]\namp = 3\n[stimulus.b]\npattern = 'sine'\n[stimulus.c]\npattern = 'sinusoid'\ninto = 'y'\nregions = ['L.1', 99]\nfreq = 3\namp = 'loud'\n"), `job.toml:6:11: stimulus.a.pattern is missing; write for example pattern = "pulse_train", or file = "series.csv"
job.toml:9:12: unknown pattern "sine"; there is pulse_train, constant, linear, gaussian, double_gaussian, sigmoid, generalized_sigmoid, sinusoid, cosine, alpha
job.toml:12:9: unknown quantity "y"; there is x, w, ou
job.toml:13:13: unknown region "L.1" (did you mean "L.01"?)
job.toml:13:19: stimulus.c.regions: there is no region 99; they are numbered from 0 to 9
job.toml:14:1: unknown parameter "freq" of pattern sinusoid; there is pattern, into, regions, weight, amp, frequency
job.toml:15:8: stimulus.c.amp: "loud" is not a number`},
	{"stimulus series", with("[stimulus.a]\nfile = 'none.csv'\npattern = 'constant'\n[stimulus.b]\nfile = 'points.csv'\n[stimulus.c]\nfile = 'mask.txt'\ninterpolation = 'cubic'\nstep = 3\n[stimulus.d]\nfile = 'leadfield.csv'\nstep = '1 ms'\n[stimulus.e]\nfile = 'leadfield.csv'\nstep = '1 ms'\ncolumn = 'L.1'\nphase = 2\n"), `job.toml:8:1: stimulus.a.pattern: the stimulus has a file; write the one or the other
job.toml:10:1: stimulus.b.step: points.csv has no column time [ms]; say how far its lines are apart, for example step = "1 ms"
job.toml:13:18: stimulus.c.interpolation: unknown value "cubic"; there is linear, previous
job.toml:14:8: stimulus.c.step: 3 has no unit; write for example "3 ms"
job.toml:16:1: stimulus.d.column: which column? leadfield.csv has R.05, R.04, R.03, R.02, R.01, L.05, L.04, L.03, L.02, L.01
job.toml:21:11: unknown column "L.1" (did you mean "L.01"?)`},
	{"stimulus times", with("[stimulus.a]\nfile = 'times.csv'\n[stimulus.b]\nfile = 'times.csv'\nstep = '1 ms'\n"), `job.toml:10:1: stimulus.b.step: times.csv has a column time already
testdata/times.csv:4:1: time 2 is not after the one before it, 2; times ascend`},
	{"stimulus sweep", with("[stimulus.a]\npattern = 'constant'\n[sweep]\nstimulus.a.weight = [1]\nstimulus.a.amplitude = [1]\nstimulus.b.amp = [1]\n"), `job.toml:10:12: "stimulus.a.amplitude" cannot be swept (did you mean "stimulus.a.amp"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed
job.toml:11:12: "stimulus.b.amp" cannot be swept (did you mean "stimulus.a.amp"?); what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed`},
	{"no projection", with("[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\n"), `job.toml:6:3: record.0.projection is missing: the file of a matrix with a row for each sensor and a column for each region, e.g. projection = "leadfield.csv"`},
	{"projection's keys", with("[[record]]\nmonitor = 'raw'\nof = 'x'\nprojection = 'leadfield.csv'\nnoise = 1\nareas = 'cortical'\n"), `job.toml:9:1: record.0.projection: the monitor raw has no projection; it goes with eeg, meg, seeg, projection
job.toml:10:1: record.0.noise: the monitor raw has no noise; it goes with eeg, meg, seeg, projection
job.toml:11:1: record.0.areas: the monitor raw has no areas; it goes with spatial_average, bold`},
	{"projection that is not there", with("[[record]]\nmonitor = 'meg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'leadfeld.csv'\n"), `job.toml:10:15: cannot read testdata/leadfeld.csv: no such file or directory`},
	{"projection of other regions", with("[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'badfield.csv'\n"), `testdata/badfield.csv: synthetic:10 has no region "L.1" (did you mean "L.01"?)
testdata/badfield.csv: region "L.02" has two columns
testdata/badfield.csv: region "L.01" has no column`},
	{"projection transposed", with("[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'transposed.csv'\n"), `testdata/transposed.csv: a row for each sensor and a column for each of the 10 regions of synthetic:10 are wanted, the matrix has 10 x 3 numbers; it may be transposed`},
	{"projection of vertices", with("[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'transposed.csv'\nmapping = 'transposed.csv'\nnoise = -1\n[[record]]\nmonitor = 'meg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'transposed.csv'\nmapping = 'mask.txt'\n"), `job.toml:12:9: record.0.noise: -1 is out of bounds; the standard deviation of noise is at least 0
testdata/mask.txt:3:1: 12 is no region; they are numbered from 0 to 9`},
	{"sensors", with("[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'leadfield.csv'\nreference = 'C3'\n[[record]]\nmonitor = 'seeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'leadfield.csv'\nsensors = 'mask.txt'\n"), `job.toml:11:14: record.0.reference: there is no sensor "C3" (did you mean "Cz"?); write none, average, or the label of a sensor
testdata/mask.txt: 3 sensors, but the projection has 4 rows`},
	{"areas", with("[[record]]\nmonitor = 'spatial_average'\nof = 'x'\nperiod = '1 ms'\nareas = { front = ['L.1'], back = [12], none = [], all = 0.5 }\n[[record]]\nmonitor = 'bold'\nperiod = '1 ms'\nareas = 3\n"), `job.toml:10:21: unknown region "L.1" (did you mean "L.01"?)
job.toml:10:36: record.0.areas.back: there is no region 12; they are numbered from 0 to 9
job.toml:10:48: record.0.areas.none: the list is empty
job.toml:10:58: record.0.areas.all: expected a list of regions, found a number
job.toml:14:9: record.1.areas: expected "hemisphere", "cortical", the file of a mask, or a table of names with the regions of each, found a number`},
	{"areas' files", with("[[record]]\nmonitor = 'spatial_average'\nof = 'x'\nperiod = '1 ms'\nareas = 'transposed.csv'\n[[record]]\nmonitor = 'bold'\nperiod = '1 ms'\nareas = { file = 'labels.csv', column = 'lobe' }\n"), `job.toml:14:9: unknown column "lobe"; there is label, gain
testdata/transposed.csv: 10 x 3 numbers for the 10 regions of synthetic:10: the number of the area of each is wanted`},
	{"input beyond the end", with("[[record]]\nmonitor = 'afferent'\nperiod = '1 s'\n"), `job.toml:6:3: record.0: no sample of afferent lies before the last step, at 1 s`},
	{"series with a kernel", with("[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1 ms'\nkernel = 'gamma'\n"), `job.toml:10:1: record.0.kernel: the monitor average has no kernel; it goes with bold`},
	{"filtered", with("[metrics]\nof = ['x', 'slow', 'fast', 'w2']\nuse = 'rate'\nfiltered = { slow = { of = 'z', band = [4, 2] }, fast = { of = 'x', band = [100, 600] }, w = { of = 'x', band = [1, 2] }, none = 3, 'a b' = {}, half = { filter = 'fir' } }\n"), `job.toml:7:29: unknown quantity "w2" (did you mean "w"?)
job.toml:9:29: unknown quantity "z"; there is x, w, ou, drive, bold
job.toml:9:40: metrics.filtered.slow.band: two frequencies [Hz], the lower one first, e.g. [0.01, 0.1]
job.toml:9:76: metrics.filtered.fast.band: frequencies of samples every 0.001 s lie up to 500 Hz
job.toml:9:90: metrics.filtered.w: there is a quantity w already; give another name
job.toml:9:130: metrics.filtered.none: expected a table such as { of = "bold", band = [0.01, 0.1] }, found a number
job.toml:9:133: metrics.filtered."a b": "a b" cannot be the name of a quantity; a name has letters, digits, - and _ and begins with a letter
job.toml:9:145: metrics.filtered.half.of is missing; write for example of = "bold"
job.toml:9:145: metrics.filtered.half.band is missing; write for example band = [0.01, 0.1]
job.toml:9:164: metrics.filtered.half.filter: unknown value "fir"; there is fft, butterworth`},
	{"filtered by what", with("[metrics]\nof = 'x'\nuse = 'rate'\nfiltered = 'slow'\n"), `job.toml:9:13: metrics.filtered: expected a table, found a string; write for example filtered = { slow = { of = "bold", band = [0.01, 0.1] } }`},
	{"pulses", with("[metrics]\nof = 'x'\nuse = ['pci', 'rate']\n"), `job.toml:8:9: metrics.use: pci needs metrics.pci.onset (of the first pulse, since the first sample: the stimulus' onset less the transient)`},
	{"pulses too early", with("[metrics]\nof = 'x'\nuse = ['pci', 'rate']\npci = { onset = '0.1 s' }\n"), `job.toml:7:7: metrics.pci: a baseline of 0.4 s does not fit before the pulse at 0.1 s, counted from the first sample`},
	{"pulses too late", with("[metrics]\nof = 'x'\nuse = ['pci', 'rate']\npci = { onset = '0.9 s' }\n"), `job.toml:7:7: metrics.of: pci of x needs at least 1200 samples (the response to the last pulse); with a period of 1 ms there are 1000; enough would be run.duration = "1.2 s"`},
	{"metrics", with("[metrics]\nof = ['x', 'bold', 'z']\nuse = ['rat', 'fc', 'fcd_everything']\nperiod = '0.05 ms'\n"), `job.toml:7:13: metrics.of: bold is not recorded; add a [[record]] with monitor = "bold" (keep = "none" writes no series)
job.toml:7:21: unknown quantity "z"; there is x, w, ou, drive, bold
job.toml:8:9: unknown metric "rat" (did you mean "rate"?); groups are GROUPS
job.toml:8:22: unknown metric "fcd_everything"; groups are GROUPS
job.toml:9:11: metrics.period: 0.05 ms is not a multiple of the step, 0.1 ms; nearest is 0.1 ms`},
	{"noise", with("[noise]\nx = { d = 1, ntau = '3 mV', gain = 'y + 2*z', z = 'a' }\nw = { D = -1, gain = '2*x', k = 2, dd = 1 }\nou = { ntau = -1, gain = 'a +' }\ny = 1\n[clamp]\nx = 7\nz = 1\n"), `job.toml:7:22: noise.x.ntau: wrong unit: "3 mV" is a voltage, ntau is a time
job.toml:7:37: unknown name "y" (did you mean "d"?)
job.toml:7:52: noise.x.z: "a" is not a number
job.toml:8:11: noise.w.D: -1 is out of bounds; it must be at least 0
job.toml:8:23: the gain has no use for "k", nor has the noise: its keys are D, ntau, gain and the numbers that the gain names
job.toml:8:23: the gain has no use for "dd", nor has the noise: its keys are D, ntau, gain and the numbers that the gain names
job.toml:9:15: noise.ou.ntau: -1 is out of bounds; it must be at least 0 ms
job.toml:9:30: expected a value, found the end
job.toml:10:1: unknown state "y" of model toy; there is x, w, ou
job.toml:12:5: clamp.x: 7 is out of bounds; it must be from 0 to 5 kHz
job.toml:13:1: unknown state "z" of model toy; there is x, w, ou`},
	{"band of a slow series", with("[[record]]\nmonitor = 'bold'\nperiod = '100 ms'\n[metrics]\nof = ['x', 'bold']\nuse = ['plv']\nphase = { band = [0, 8] }\n"), `job.toml:10:13: metrics.phase.band: frequencies of samples every 0.1 s lie up to 5 Hz`},
	{"band of a Butterworth filter", with("[metrics]\nof = 'x'\nuse = ['plv']\nphase = { band = [4, 500], filter = 'butterworth' }\n"), `job.toml:7:7: metrics.phase.band: a Butterworth filter of samples every 0.001 s has its band above 0 and below 500 Hz`},
	{"samples of a Butterworth filter", with("[metrics]\nof = ['x', 'y']\nuse = ['plv']\nperiod = '100 ms'\nphase = { band = [1, 4], filter = 'butterworth' }\nfiltered = { y = { of = 'x', band = [1, 4], filter = 'butterworth' } }\n"), `job.toml:7:8: metrics.phase.band: a Butterworth filter needs at least 16 samples, of which it mirrors 15 at both ends; there are 10
job.toml:11:37: metrics.filtered.y.band: a Butterworth filter needs at least 16 samples, of which it mirrors 15 at both ends; there are 10`},
	{"pieces of a slow series", with("[run]\nduration = '100 s'\n[[record]]\nmonitor = 'bold'\nperiod = '2 s'\n[metrics]\nof = ['x', 'bold']\nuse = ['psd', 'coherence', 'fcd']\nfcd = { window = '1 ms', step = '1 s' }\n"), `job.toml:10:8: metrics.fcd.window: 1 ms is less than two samples of x, whose period is 1 ms; ten would be window = "10 ms"
job.toml:10:13: metrics.psd.segment: 2 s is less than two samples of bold, whose period is 2 s; ten would be segment = "20 s"
job.toml:10:13: metrics.coherence.segment: 1 s is less than two samples of bold, whose period is 2 s; ten would be segment = "20 s"`},
	{"regions of metrics", with("[metrics]\nof = 'x'\nuse = ['dmn', 'homotopic', 'graph']\ndmn = { regions = ['L.01', 'L.01'] }\nhomotopic = { pairs = [['L.01', 'R.01'], ['L.02', 'L.02']] }\ngraph = { modules = [0, 1.5, 2, 3] }\n"), `job.toml:9:29: metrics.dmn.regions: L.01 stands twice
job.toml:10:52: metrics.homotopic.pairs.1: L.02 stands twice
job.toml:11:21: metrics.graph.modules: 4 numbers for the 10 nodes of synthetic:10
job.toml:11:25: metrics.graph.modules.1: 1.5 is not a whole number`},
	{"more leaders than regions", with("[metrics]\nof = 'x'\nuse = ['dmn']\ndmn = { regions = ['L.01'], k = 200 }\n"), `job.toml:7:7: metrics.dmn.k: 200 regions cannot lead, there are 10`},
	{"two seeds", with("[metrics]\nof = 'x'\nuse = ['dmn']\ndmn = { regions = ['L.01'], seed = ['L.01', 'R.01'] }\n"), `job.toml:7:7: metrics.dmn.seed: 2 regions; the seed is one`},
	{"no metrics", with("[metrics]\nof = 'x'\nuse = []\n"), `job.toml:8:7: metrics.use: the list is empty`},
	{"a model", "title = 'x'\nequations = 'd(x) = -x'\n[states]\nx = { range = [0, 1] }\n", `job.toml: this is a model, not a job; a job that simulates it has the line model = "job.toml"`},
	{"metrics of nothing", with("[metrics]\n"), `job.toml:6:2: metrics.of is missing; write for example of = ["x"]
job.toml:6:2: metrics.use is missing; write for example use = ["rate", "fc"]`},
	{"too few samples", with("[run]\nduration = '1 s'\ntransient = '500 ms'\n[[record]]\nmonitor = 'bold'\nperiod = '1 s'\n[metrics]\nof = ['bold']\nuse = ['fc']\n"), `job.toml:11:8: metrics.of: fc of bold needs at least 2 samples (a correlation); with a period of 1 s there are 1; enough would be run.duration = "2 s"`},
	{"too few samples of two quantities, of two metrics", with("[metrics]\nof = ['x', 'w']\nuse = ['psd', 'timescale']\n"), `job.toml:7:8: metrics.of: psd of x needs at least 2000 samples (a segment of 2 s); with a period of 1 ms there are 1000; enough would be run.duration = "2 s", or metrics.psd.segment = "1 s"
job.toml:7:8: metrics.of: timescale of x needs at least 1001 samples (lags up to 1 s); with a period of 1 ms there are 1000; enough would be run.duration = "1.001 s"
job.toml:7:13: metrics.of: psd of w needs at least 2000 samples (a segment of 2 s); with a period of 1 ms there are 1000; enough would be run.duration = "2 s", or metrics.psd.segment = "1 s"
job.toml:7:13: metrics.of: timescale of w needs at least 1001 samples (lags up to 1 s); with a period of 1 ms there are 1000; enough would be run.duration = "1.001 s"`},
	{"delays lost", strings.Replace(with("[run]\nduration = '1 s'\nstep = '1 ms'\n"), "[run]", "speed = '200 m/s'\n[run]", 1), `job.toml:7:9: run.step: 1 ms is too large for the delays: at 200 mm/ms, 12 of the 38 connections with a length lose their delay; a step below 0.8484 ms keeps them all`},
}

// metricGroups lists the groups of metrics as messages do.
func metricGroups() string {
	var names []string
	for _, g := range metrics.Groups() {
		names = append(names, g.Name)
	}
	return strings.Join(names, ", ")
}

func TestMistakes(t *testing.T) {
	for _, m := range mistakes {
		_, err := jobs.Parse("testdata/job.toml", []byte(m.text))
		if err == nil {
			t.Errorf("%s: nothing is said", m.name)
			continue
		}
		if !fault.Is(err) {
			t.Errorf("%s: not a mistake: %v", m.name, err)
		}
		m.want = strings.ReplaceAll(m.want, "GROUPS", metricGroups())
		if got := strings.ReplaceAll(err.Error(), "testdata/job.toml", "job.toml"); got != m.want {
			t.Errorf("%s:\n%s\nwant\n%s", m.name, got, m.want)
		}
	}
}

// FuzzParse looks for texts that break the reader: it either gives a plan whose text gives it again, or mistakes.
func FuzzParse(f *testing.F) {
	for _, m := range mistakes {
		f.Add(m.text)
	}
	for _, name := range []string{"full", "drawn", "list", "hrf"} {
		text, err := os.ReadFile("testdata/" + name + ".toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	big := regexp.MustCompile(`[0-9]{4}|[eE][+]?[0-9]|0x|[0-9]_`) // numbers that would only take time and memory
	f.Fuzz(func(t *testing.T, text string) {
		if big.MatchString(text) {
			return
		}
		j, err := jobs.Parse("testdata/job.toml", []byte(text))
		if err != nil {
			if !fault.Is(err) {
				t.Fatalf("not a mistake: %v", err)
			}
			return
		}
		again, err := jobs.Parse("testdata/job.toml", []byte(j.Plan.Text()))
		if err != nil {
			t.Fatalf("%v in the effective plan\n%s\nof\n%s", err, j.Plan.Text(), text)
		}
		if again.Plan.Hash() != j.Plan.Hash() || again.Plan.Text() != j.Plan.Text() {
			t.Fatalf("another plan when read again:\n%s\nof\n%s", j.Plan.Text(), text)
		}
	})
}
