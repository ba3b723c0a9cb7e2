package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	resultfile "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// seen is a sweep that is watched by everything that sees something else than every node.
const seen = `model = "toy.toml"
[connectome]
source = "synthetic:10"
lesion = [{ nodes = "L.02", scale = 0.5 }]
[run]
duration = "60 ms"
precision = "%s"
seed = 3
[stimulus.beat]
pattern = "sinusoid"
into = "x"
regions = ["L.01", "R.01"]
[sweep]
gain = [0.2, 0.5, 1.0]
stimulus.beat.frequency = [0.02, 0.05]
[[record]]
monitor = "eeg"
of = ["x", "w"]
period = "1 ms"
projection = "leadfield.csv"
reference = "average"
noise = 0.3
[[record]]
monitor = "spatial_average"
of = "x"
period = "2 ms"
areas = { left = ["L.01", "L.02"], right = ["R.01", "R.02"] }
[[record]]
monitor = "afferent"
period = "0.7 ms"
keep = "best:2 by x.rate_mean"
[[record]]
monitor = "afferent_average"
period = "3 ms"
[[record]]
monitor = "bold"
period = "4 ms"
areas = "hemisphere"
kernel = "gamma"
[metrics]
of = ["x", "bold"]
use = ["rate"]
`

// TestSameBytesOfViews runs the sweep on several ranks, in batches of several sizes, and stopped on its way.
func TestSameBytesOfViews(t *testing.T) {
	for _, precision := range []string{"single", "double"} {
		j := parse(t, fmt.Sprintf(seen, precision))
		want := result(t, j, ways{})
		for _, set := range []string{"/eeg/x", "/eeg/sensor", "/spatial_average/area", "/afferent/c0", "/afferent_average/c0", "/bold/area"} {
			if want[set] == "" {
				t.Fatalf("there is no %s", set)
			}
		}
		for _, w := range []ways{{ranks: 3, batch: 1}, {threads: 2, batch: 4}} {
			resulttest.Same(t, fmt.Sprintf("%s: %d ranks, batches of %d", precision, w.ranks, w.batch), result(t, j, w), want)
		}
		stopped := filepath.Join(t.TempDir(), "stopped.h5")
		if stopAndGoOn(t, j, stopped) == 0 {
			t.Error("the job was not stopped")
		}
		resulttest.Same(t, precision+", stopped", resulttest.Contents(t, stopped), want)
		again := parse(t, j.Plan.Text()).Plan
		if again.Hash() != j.Plan.Hash() || again.Text() != j.Plan.Text() {
			t.Errorf("the plan is\n%s\nread again\n%s", j.Plan.Text(), again.Text())
		}
	}
}

// numbersOf runs a job and reads one of its series.
func numbersOf(t *testing.T, text, path string) []float64 {
	t.Helper()
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, parse(t, text), output, ways{}); err != nil {
		t.Fatal(err)
	}
	r, err := resultfile.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x, err := r.Numbers(path)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestObservationNoise looks at what sensors add: what is seen with noise less what is seen without.
func TestObservationNoise(t *testing.T) {
	const text = least + `[[record]]
monitor = "%s"
of = %s
period = "1 ms"
projection = "leadfield.csv"
noise = %v
`
	clean := numbersOf(t, fmt.Sprintf(text, "eeg", `["x"]`, 0), "/eeg/x")
	noise := func(monitor, of string, sd float64, more string) []float64 {
		x := numbersOf(t, fmt.Sprintf(text, monitor, of, sd)+more, "/"+monitor+"/x")
		for i := range x {
			x[i] -= clean[i]
		}
		return x
	}
	x := noise("eeg", `["x"]`, 10, "")
	mean, square, beside := 0.0, 0.0, 0.0
	for i, v := range x {
		mean += v / float64(len(x))
		square += v * v / float64(len(x))
		if i > 0 {
			beside += v * x[i-1] / float64(len(x))
		}
	}
	// 4 sensors and 1000 samples: the mean has a standard error of 0.16, the variance of 2.2 and a covariance of 1.6.
	if len(x) != 4000 || math.Abs(mean) > 0.6 || math.Abs(square-100) > 9 || math.Abs(beside) > 6 {
		t.Errorf("%d numbers with mean %.3g, mean square %.4g, covariance with the next sensor %.3g", len(x), mean, square, beside)
	}
	const rounding = 1e-5 // of single precision
	for what, other := range map[string][]float64{
		"beside other records and quantities": noise("eeg", `["w", "x"]`, 10, "[[record]]\nmonitor = 'meg'\nof = 'x'\nperiod = '2 ms'\nprojection = 'leadfield.csv'\nnoise = 1\n"),
		"twice as loud":                       noise("eeg", `["x"]`, 20, ""),
	} {
		factor := 1.0
		if strings.HasPrefix(what, "twice") {
			factor = 2
		}
		for i := range other {
			if math.Abs(other[i]-factor*x[i]) > rounding*1000 {
				t.Errorf("%s: number %d is %v, was %v", what, i, other[i], x[i])
				break
			}
		}
	}
	for i, v := range noise("meg", `["x"]`, 10, "") {
		if v == x[i] {
			t.Errorf("two monitors have the same noise at number %d", i)
			break
		}
	}
	if other := noise("eeg", `["x"]`, 10, "[parameters]\nE_L = -60\n"); other[0] == x[0] {
		t.Error("two points have the same noise")
	}
}

// TestViewEntersThePlan: what changes what is recorded changes the plan's digest, and no point's name.
func TestViewEntersThePlan(t *testing.T) {
	text := func(record string) *jobs.Plan {
		return parse(t, least+"[[record]]\nmonitor = 'eeg'\nof = 'x'\nperiod = '1 ms'\nprojection = 'leadfield.csv'\n"+record).Plan
	}
	base := text("")
	for _, more := range []string{"noise = 0.1\n", "reference = 'average'\n", "reference = 'Cz'\n", "sensors = 'sensors.txt'\n"} {
		p := text(more)
		if p.Hash() == base.Hash() || p.Basis() == base.Basis() {
			t.Errorf("%s leaves the plan as it is", more)
		}
		if p.Point(0).Name() != base.Point(0).Name() {
			t.Errorf("%s changes the point", more)
		}
	}
	if p := text("reference = 'none'\nnoise = 0\n"); p.Hash() != base.Hash() {
		t.Error("what is the default changes the plan")
	}
}

// stopAndGoOn stops a job after its first batch and at its first checkpoint, and runs it again on two ranks. It tells how many
// points were there before.
func stopAndGoOn(t *testing.T, j *jobs.Job, output string) int {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := &listener{progress: func(p jobs.Progress) {
		if p.Points >= 1 {
			cancel()
		}
	}}
	if _, err := run(t, j, output, ways{batch: 1, every: time.Nanosecond, heard: heard, ctx: ctx}); !errors.Is(err, context.Canceled) {
		t.Fatalf("a stopped job says %v", err)
	}
	s, err := run(t, j, output, ways{ranks: 2, every: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	return s.Earlier
}

// TestBoldIsSwept sweeps parameters of the balloon: each point is that of a job with the parameter fixed, the nodes have
// the same noise at all of them, and the plan's text gives the plan.
func TestBoldIsSwept(t *testing.T) {
	const text = least + `transient = "200 ms"
precision = "double"
[[record]]
monitor = "bold"
period = "100 ms"
parameters = { alpha = 0.3%s }
[[record]]
monitor = "average"
of = "x"
period = "100 ms"
[metrics]
of = "bold"
use = "rate"
%s`
	swept := parse(t, fmt.Sprintf(text, "", "[sweep]\nbold.tau_s = [0.5, 0.8]\n'bold.V0' = [0.02, 0.04]\n"))
	want := result(t, swept, ways{})
	resulttest.Same(t, "2 ranks, batches of 1", result(t, swept, ways{ranks: 2, batch: 1}), want)
	for i, values := range []string{", tau_s = 0.5, V0 = 0.02", ", tau_s = 0.5, V0 = 0.04", ", tau_s = 0.8, V0 = 0.02", ", tau_s = 0.8, V0 = 0.04"} {
		alone := rows(t, result(t, parse(t, fmt.Sprintf(text, values, "")), ways{}), 1, 0)
		among := rows(t, want, 4, i)
		for _, set := range []string{"/bold/bold", "/metrics/bold/rate_mean", "/average/x", "/points/name"} {
			if alone[set] != among[set] || alone[set] == "" {
				t.Errorf("point %d alone: other numbers in %s", i, set)
			}
		}
	}
	if a, b := rows(t, want, 4, 0), rows(t, want, 4, 3); a["/bold/bold"] == b["/bold/bold"] || a["/average/x"] != b["/average/x"] {
		t.Error("the sweep is not of BOLD alone")
	}
	if again := parse(t, swept.Plan.Text()).Plan; again.Text() != swept.Plan.Text() || again.Hash() != swept.Plan.Hash() {
		t.Errorf("the plan is\n%s\nread again\n%s", swept.Plan.Text(), again.Text())
	}
	_, err := jobs.Parse("testdata/job.toml", []byte(fmt.Sprintf(text, "", "[sweep]\nbold.tau_z = [0.5]\nbold.tau_f = [-1]\n")))
	if got := fmt.Sprint(err); !strings.Contains(got, `"bold.tau_z" cannot be swept (did you mean "bold.tau_f"?)`) || !strings.Contains(got, "sweep.bold.tau_f: -1 is out of bounds") {
		t.Errorf("says %v", err)
	}
}

// TestOnlyRegionsAreAnalysed: metrics afterwards are of regions, as those of a run; of sensors and areas there are none.
func TestOnlyRegionsAreAnalysed(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, parse(t, fmt.Sprintf(seen, "single")), output, ways{}); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(t.TempDir(), "aside.h5")
	if _, err := (jobs.Analysis{Result: output, Use: []string{"rate"}, Output: aside}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := resultfile.Open(aside)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Variable("c0.rate_mean"); err != nil || len(r.Nodes) != 10 {
		t.Errorf("c0 has no rate: %v", err)
	}
	if _, err := r.Variable("x.rate_mean"); err == nil {
		t.Error("sensors have metrics of regions")
	}
	_, err = jobs.Analysis{Result: output, Use: []string{"rate"}, Of: []string{"eeg.x"}, Output: aside + "2"}.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), `no series of "eeg.x" was kept`) {
		t.Errorf("of sensors: %v", err)
	}
}
