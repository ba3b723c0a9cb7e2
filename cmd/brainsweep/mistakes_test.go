package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// good is a job of two points that take no time. Cases break it.
const good = `model    = "kuramoto"
[connectome]
source   = "synthetic:3"
[coupling]
function = "kuramoto"
[run]
duration = "10 ms"
step     = "0.1 ms"
[sweep]
omega    = [0.5, 1.0]
[[record]]
monitor  = "average"
of       = ["theta"]
period   = "1 ms"
[metrics]
of       = ["theta"]
use      = ["rate"]
`

// edit is good with one text in the place of another.
func edit(old, new string) string {
	if !strings.Contains(good, old) {
		panic("the good job has no " + old)
	}
	return strings.Replace(good, old, new, 1)
}

// own is good with a connectome of its own.
func own(source string) string { return edit("synthetic:3", source) }

// brainFiles are a TVB connectome of three regions, as a folder or packed.
func brainFiles() map[string]string {
	return map[string]string{
		"weights.txt":       "0 1 2\n1 0 1\n2 1 0\n",
		"tract_lengths.txt": "0 10 20\n10 0 10\n20 10 0\n",
		"centres.txt":       "A 0 0 0\nB 1 0 0\nC 2 0 0\n",
	}
}

// withFile is brainFiles with one file changed; "" removes it.
func withFile(name, text string) map[string]string {
	files := brainFiles()
	files[name] = text
	if text == "" {
		delete(files, name)
	}
	return files
}

func packed(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const cyclic = `title = "Round and round"
equations = '''
a = b + 1
b = 2*a
d(x) = a - x
'''
[states]
x = { range = [0.0, 1.0], about = "never known" }
`

// TestMistakes gives the program what users give by mistake. Each gets one clear message and code 2, and nothing is written.
func TestMistakes(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	bomb := strings.Repeat("0 ", 1<<26)
	for _, c := range []struct {
		name  string
		files map[string]string // beside job.toml
		job   string            // "" for the good one
		line  string            // "" for run job.toml
		want  string            // all that is said, as a regular expression
	}{
		// The job.
		{name: "an unknown key", job: edit("duration", "duratoin"), want: `job.toml:7:1: unknown key "duratoin" \(did you mean "duration"\?\)`},
		{name: "a wrong unit", job: edit("10 ms", "10 mV"), want: `job.toml:7:13: run.duration: wrong unit: "10 mV" is a voltage, duration is a time`},
		{name: "a parameter that does not exist", job: edit("omega ", "omgea "), want: `job.toml:10:1: unknown parameter "omgea" of model kuramoto \(did you mean "omega"\?\)`},
		{name: "a range of zero points", job: edit("[0.5, 1.0]", "{ from = 0, to = 1, points = 0 }"), want: `job.toml:10:\d+: sweep.omega: 0 points; there must be at least one`},
		{name: "a log scale through zero", job: edit("[0.5, 1.0]", "{ from = -1, to = 1, points = 3, scale = 'log' }"), want: `job.toml:10:\d+: sweep.omega: from -1 to 1; a logarithmic scale cannot reach or cross zero`},
		{name: "a duration shorter than the transient", job: edit("step ", "transient = '20 ms'\nstep "), want: `job.toml:7:13: run.duration: 10 ms are simulated in all, and the first 20 ms .*; the duration must be longer than the transient`},
		{name: "more best:N than points", job: edit("[metrics]", "keep = 'best:3 by theta.rate_mean'\n[metrics]"), want: `job.toml:15:9: record.0.keep: the best 3 points, but the sweep has 2; write keep = "all", or fewer`},
		{name: "a step too large for a delay of zero", job: strings.Replace(own("brain.zip\"\nspeed = \"50 m/s"), "0.1 ms", "1 ms", 1), files: map[string]string{"brain.zip": packed(t, brainFiles())}, want: `job.toml:9:13: run.step: 1 ms is too large for the delays: at 50 mm/ms, 6 of the 6 connections with a length lose their delay; a step below 0.4 ms keeps them all`},

		// The connectome.
		{name: "NaN in weights", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, withFile("weights.txt", "0 1 nan\n1 0 1\n2 1 0\n"))}, want: `.*brain.zip.*weights.txt:1:5: .*[nN]a[nN].*`},
		{name: "a negative tract length", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, withFile("tract_lengths.txt", "0 10 -20\n10 0 10\n20 10 0\n"))}, want: `.*brain.zip.*tract_lengths.txt:1:6: .*-20.*`},
		{name: "labels that do not match", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, withFile("centres.txt", "A 0 0 0\nB 1 0 0\n"))}, want: `.*brain.zip.*centres.txt: .*2.*3.*`},
		{name: "a zip with missing members", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, withFile("weights.txt", ""))}, want: `.*brain.zip.*weights.*`},
		{name: "an empty zip", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, nil)}, want: `.*brain.zip.*`},
		{name: "a zip bomb", job: own("brain.zip"), files: map[string]string{"brain.zip": packed(t, withFile("weights.txt", bomb))}, want: `.*brain.zip.*`},
		{name: "a zip that is none", job: own("brain.zip"), files: map[string]string{"brain.zip": "PK\x03\x04 and no more"}, want: `job.toml:3:13: brain.zip: a damaged zip archive, perhaps cut short .*: fetch or copy it again`},
		{name: "no such connectome", job: own("brain.zip"), want: `job.toml:3:13: brain.zip: .*no such file or directory.*`},

		// The model.
		{name: "a cyclic definition", job: strings.Replace(edit(`"kuramoto"`, `"cyclic.toml"`), "theta", "x", 3), files: map[string]string{"cyclic.toml": cyclic}, want: `(?s)cyclic.toml:3:1: .*a -> b -> a.*`},
		{name: "a model that is binary", job: edit(`"kuramoto"`, `"cyclic.toml"`), files: map[string]string{"cyclic.toml": "\x7fELF\x00\x01\xff\xfe"}, want: `cyclic.toml: this is no text file`},

		// The command line.
		{name: "no job", line: "run nothing.toml", want: `cannot read nothing.toml: no such file or directory`},
		{name: "a folder as the job", line: "run .", want: `cannot read .: is a directory`},
		{name: "binary garbage as the job", job: "\x89HDF\r\n\x1a\n\x00\x00\xff\xfe", want: `job.toml: this is no text file, but HDF5; of a result, brainsweep inspect tells what is in it`},
		{name: "an empty job", job: "\n", want: `job.toml: model is missing; .*\njob.toml: connectome.source is missing; .*\njob.toml: run.duration is missing; .*`},
		{name: "--set without a value", line: "run job.toml --set nonsense", want: `--set nonsense: write address=value, e.g. run.seed=7`},
		{name: "--set of an unknown address", line: "run job.toml --set run.sed=7", want: `--set run.sed=7.*: unknown key .*\(did you mean "seed"\?\)`},
		{name: "--set of a wrong value", line: "run job.toml --set run.seed=x", want: `--set run.seed=x.*`},
		{name: "two jobs", line: "run job.toml job.toml", want: `brainsweep run: "job.toml" is one word too many .*`},
		{name: "-o twice", line: "run job.toml -o a.h5 -o b.h5", want: `brainsweep run: .*"-o, --output".* it is given twice, as "a.h5" and "b.h5" .*`},
		{name: "no threads", line: "run job.toml --threads -1", want: `--threads: -1 is not a number of threads; .*`},
		{name: "a word for threads", line: "run job.toml --threads many", want: `brainsweep run: .*"many".*`},
		{name: "bench of unknown metrics, with flags of other cases", line: "bench --metrics psd,hurts --nodes 10", want: `unknown metric "hurts" \(did you mean "hurst"\?\).*\n--nodes: the case of --metrics is fixed; leave --nodes out`},
		{name: "no batch", line: "run job.toml --batch -1", want: `--batch: -1 is not a number of points; .*`},

		// The place.
		{name: "a result that is there", line: "run job.toml -o there.h5", files: map[string]string{"there.h5": "mine"}, want: `there.h5: is there already; give another name with -o, or --force to compute it anew`},
		{name: "a folder as the result", line: "run job.toml -o .", want: `.: is a folder; give the name of a file with -o`},
		{name: "a folder that cannot be written", line: "run job.toml -o /proc/new.h5", want: `/proc/new.h5.parts: the parts cannot be written here: .*; give a writable place with -o`},
		{name: "a file as a folder", line: "run job.toml -o job.toml/new.h5", want: `job.toml/new.h5.parts: the parts cannot be written here: not a directory; .*`},
		{name: "the job as the result", line: "run job.toml -o job.toml --force", want: `job.toml: is no result of brainsweep, and --force removes nothing else; .*`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			files := maps.Clone(c.files)
			if files == nil {
				files = map[string]string{}
			}
			files["job.toml"] = c.job
			if c.job == "" {
				files["job.toml"] = good
			}
			for name, text := range files {
				if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if c.line == "" {
				c.line = "run job.toml"
			}
			code, out, errs := command(t, c.line)
			if code != exitMistake || out != "" {
				t.Errorf("exit code %d, output %q", code, out)
			}
			if !regexp.MustCompile(`^` + c.want + `\n$`).MatchString(errs) {
				t.Errorf("says %q\nwant %q", errs, c.want)
			}
			untouched(t, files)
		})
	}
}

// command runs a command line within this process, and ends one that never ends by itself.
func command(t *testing.T, line string) (code int, out, errs string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var o, e bytes.Buffer
	code = execute(ctx, strings.Fields(line), &o, &e)
	if ctx.Err() != nil {
		t.Errorf("it takes more than %v", patience)
	}
	return code, o.String(), e.String()
}

// untouched sees to it that a folder holds the files, and nothing else.
func untouched(t *testing.T, files map[string]string) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry os.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		if text, there := files[path]; !there {
			t.Errorf("%s is left behind", path)
		} else if now, err := os.ReadFile(path); err != nil || string(now) != text {
			t.Errorf("%s was changed", path)
		}
		return nil
	})
	if err != nil {
		t.Error(fmt.Errorf("looking at what is left: %w", err))
	}
}
