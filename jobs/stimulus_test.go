package jobs_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	resultfile "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// leak is a model whose course under a stimulus is easily computed: dx/dt = -x/tau + stimulus.
const leak = `title = "a leak"
reference = "made for tests"
coupled = ["x"]
equations = "d(x) = -x/tau"
[parameters]
tau = { value = 20.0, unit = "ms" }
[states]
x = { range = [0.0, 0.0] }
`

// leakJob drives each of its regions with a pattern of its own.
const leakJob = `model = "leak.toml"
[connectome]
source = "synthetic:16"
[coupling]
a = 0
[run]
duration = "80 ms"
step = "0.1 ms"
scheme = "%s"
precision = "double"
[[record]]
monitor = "raw"
of = "x"
`

// courses are the stimuli: what stands in the job, and the same by hand. Formulas are those of the page on TVB's equations
// that the patterns were written from, here in Go. Defaults are TVB's.
var courses = []struct {
	name, text string
	weight     float64
	at         func(t float64) float64
}{
	{"pulses", "pattern = 'pulse_train'\nonset = '5.05 ms'\nT = 11\ntau = 3\namp = 0.4", 1, func(t float64) float64 {
		if t > 5.05 && math.Mod(t-5.05, 11) < 3 {
			return 0.4
		}
		return 0
	}},
	// Edges on steps, where (t - onset)/T is rounded up to a whole number at many of them (at 5.0 ms and 5.8 ms the first).
	{"beats", "pattern = 'pulse_train'\nonset = 0.2\nT = 0.8\ntau = 0.1\namp = 0.4", 1, func(t float64) float64 {
		if t > 0.2 && math.Mod(t-0.2, 0.8) < 0.1 {
			return 0.4
		}
		return 0
	}},
	{"constant", "pattern = 'constant'\nonset = 10.05\noffset = 30.05\namp = -2", 1, func(t float64) float64 {
		if t >= 10.05 && t < 30.05 {
			return -2
		}
		return 0
	}},
	{"ramp", "pattern = 'linear'\na = 0.02\nb = -0.5", 1, func(t float64) float64 { return 0.02*t - 0.5 }},
	{"bell", "pattern = 'gaussian'\namp = 3\nsigma = 4\nmidpoint = 40\noffset = 0.1", 0.5, func(t float64) float64 {
		return 3*math.Exp(-(t-40)*(t-40)/32) + 0.1
	}},
	{"bells", "pattern = 'double_gaussian'\nmidpoint_1 = 20\nmidpoint_2 = 30", 1, func(t float64) float64 {
		return 0.5*math.Exp(-(t-20)*(t-20)/800) - math.Exp(-(t-30)*(t-30)/200)
	}},
	{"fall", "pattern = 'sigmoid'\nradius = 35\nsigma = 2\noffset = 0.2", 1, func(t float64) float64 {
		return 1/(1+math.Exp(-1.8137993642342178*(35-t)/2)) + 0.2
	}},
	{"rise", "pattern = 'generalized_sigmoid'\nmidpoint = 25\nsigma = 3\nlow = -1\nhigh = 2", 1, func(t float64) float64 {
		return -1 + 3/(1+math.Exp(-1.8137993642342178*(t-25)/3))
	}},
	{"sine", "pattern = 'sinusoid'\nfrequency = '50 Hz'\namp = 2", -1.5, func(t float64) float64 { return 2 * math.Sin(2*math.Pi*0.05*t) }},
	{"cosine", "pattern = 'cosine'", 1, func(t float64) float64 { return math.Cos(2 * math.Pi * 0.01 * t) }},
	{"alpha", "pattern = 'alpha'\nonset = 2\nalpha = 0.3\nbeta = 1.1", 1, func(t float64) float64 {
		if t <= 2 {
			return 0
		}
		return 0.3 * 1.1 / 0.8 * (math.Exp(-0.3*(t-2)) - math.Exp(-1.1*(t-2)))
	}},
	// Three points of a line that is 0 before 3 ms and after 53 ms.
	{"line", "file = 'line.csv'\ncolumn = 'current'\nonset = 3\namp = 2", 1, func(t float64) float64 {
		t -= 3
		switch {
		case t < 0 || t > 50:
			return 0
		case t < 10:
			return 2 * (1 + t/10*2)
		}
		return 2 * (3 - (t-10)/40*4)
	}},
	// A value each 7 ms.
	{"stairs", "file = 'stairs.txt'\nstep = '7 ms'\ninterpolation = 'previous'\nonset = 0.05", 1, func(t float64) float64 {
		if k := int(math.Floor((t - 0.05) / 7)); t >= 0.05 && k < 5 {
			return []float64{1, -1, 0.5, 2, -2}[k]
		}
		return 0
	}},
}

// leakFiles writes the files of the job and gives its text with all stimuli.
func leakFiles(t *testing.T, dir, scheme string) string {
	t.Helper()
	for name, text := range map[string]string{
		"leak.toml": leak, "line.csv": "time,noise,current\n0,9,1\n10,9,3\n50,9,-1\n", "stairs.txt": "1\n-1\n0.5\n2\n-2\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	text := fmt.Sprintf(leakJob, scheme)
	for i, c := range courses {
		text += fmt.Sprintf("[stimulus.%s]\n%s\nregions = [%d]\nweight = %v\n", c.name, c.text, i, c.weight)
	}
	return text
}

// TestStimuliDriveWhatTheyShould runs whole jobs with a stimulus at each region and compares with the scheme by hand.
func TestStimuliDriveWhatTheyShould(t *testing.T) {
	const h, tau = 0.1, 20.0
	for scheme, step := range map[string]func(x, s float64) float64{
		"euler": func(x, s float64) float64 { return x + h*(-x/tau+s) },
		"heun": func(x, s float64) float64 { // TVB's: the stimulus is in the predictor, and whole in the corrector
			y := x + h*(-x/tau+s)
			return x + h/2*(-x/tau-y/tau) + h*s
		},
		"rk4": func(x, s float64) float64 { // TVB's: the stimulus is added at the end
			k1 := -x / tau
			k2 := -(x + h/2*k1) / tau
			k3 := -(x + h/2*k2) / tau
			k4 := -(x + h*k3) / tau
			return x + h/6*(k1+2*k2+2*k3+k4) + h*s
		},
	} {
		dir := t.TempDir()
		j, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(leakFiles(t, dir, scheme)))
		if err != nil {
			t.Fatal(err)
		}
		have := rawOf(t, j)
		for i := range 16 {
			x, worst := 0.0, 0.0
			for k := range 800 {
				s := 0.0
				if i < len(courses) {
					s = courses[i].weight * courses[i].at(float64(k)*h)
				}
				x = step(x, s)
				worst = math.Max(worst, math.Abs(have[k*16+i]-x))
			}
			name := "nothing"
			if i < len(courses) {
				name = courses[i].name
			}
			const rounding = 1e-11 // of numbers up to 40
			if !(worst <= rounding) {
				t.Errorf("%s: %s differs by %.1e", scheme, name, worst)
			}
		}
	}
}

// rawOf runs a job and reads what it records of x.
func rawOf(t *testing.T, j *jobs.Job) []float64 {
	t.Helper()
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, output, ways{}); err != nil {
		t.Fatal(err)
	}
	r, err := resultfile.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x, err := r.Numbers("/raw/x")
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestStimulusNumbersAreSwept sweeps numbers of patterns and of series; the points are those of jobs with the numbers fixed,
// and no byte shows how they were run. The plan's text gives the plan.
func TestStimulusNumbersAreSwept(t *testing.T) {
	dir := t.TempDir()
	read := func(more string, set ...string) *jobs.Job {
		text := strings.Replace(leakFiles(t, dir, "heun"), "[[record]]", more+"[[record]]", 1)
		j, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text), set...)
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	swept := read("[sweep]\nstimulus.line.onset = [3, 7.5]\nstimulus.bell.sigma = [4, 6]\n'stimulus.sine.frequency' = ['50 Hz', '20 Hz']\n")
	want := result(t, swept, ways{})
	resulttest.Same(t, "2 ranks, batches of 3", result(t, swept, ways{ranks: 2, batch: 3}), want)
	stopped := filepath.Join(t.TempDir(), "stopped.h5")
	stopAndGoOn(t, swept, stopped)
	resulttest.Same(t, "stopped", resulttest.Contents(t, stopped), want)
	alone := read("", "stimulus.line.onset=7.5", "stimulus.bell.sigma=6", "stimulus.sine.frequency=0.02")
	all, one := rawOf(t, swept), rawOf(t, alone)
	for i, x := range one {
		if all[7*len(one)+i] != x {
			t.Fatalf("number %d of the last point is %v in a sweep and %v alone", i, all[7*len(one)+i], x)
		}
	}
	if swept.Plan.Point(7).Name() != alone.Plan.Point(0).Name() {
		t.Error("a point has another name in a sweep")
	}
	again, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(swept.Plan.Text()))
	if err != nil {
		t.Fatal(err)
	}
	if again.Plan.Hash() != swept.Plan.Hash() || again.Plan.Text() != swept.Plan.Text() {
		t.Errorf("the plan is\n%s\nread again\n%s", swept.Plan.Text(), again.Plan.Text())
	}
	if err := os.WriteFile(filepath.Join(dir, "line.csv"), []byte("time,noise,current\n0,9,1\n10,9,3\n50,9,-1.5\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	changed, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(alone.Plan.Text()))
	if err != nil {
		t.Fatal(err)
	}
	if changed.Plan.Point(0).Name() == alone.Plan.Point(0).Name() {
		t.Error("another series has the same name")
	}
}

// TestStimulusGoesWhereTVBHasIt leaves out into: TVB's stvar is its cvar, but for two models (MODELS.md, section 1).
func TestStimulusGoesWhereTVBHasIt(t *testing.T) {
	for model, want := range map[string]string{
		"montbrio": "[V]", "k_ion_ex": "[V]", "generic2d": "[V]", "hopf": "[x y]", "coombes_byrne2d": "[r V]",
		"reduced_fitzhugh_nagumo": "[xi_1 xi_2 xi_3 alpha_1 alpha_2 alpha_3]",
	} {
		j, err := jobs.Parse("job.toml", []byte("model = '"+model+"'\n[connectome]\nsource = 'synthetic:4'\n[run]\nduration = '1 ms'\n"+
			"[stimulus.s]\npattern = 'constant'\n[[record]]\nmonitor = 'afferent'\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(j.Plan.Stimuli[0].Into); got != want {
			t.Errorf("%s: a stimulus goes into %s, want %s", model, got, want)
		}
	}
}
