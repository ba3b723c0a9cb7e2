package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	resultfile "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
	"brainsweep/metrics"
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
	j := parse(t, fmt.Sprintf(seen, "single"))
	want := result(t, j, ways{})
	for _, set := range []string{"/eeg/x", "/eeg/sensor", "/spatial_average/area", "/afferent/c0", "/afferent_average/c0", "/bold/area"} {
		if want[set] == "" {
			t.Fatalf("there is no %s", set)
		}
	}
	for _, w := range []ways{{ranks: 3, batch: 1}, {threads: 2, batch: 4}} {
		resulttest.Same(t, fmt.Sprintf("%d ranks, batches of %d", w.ranks, w.batch), result(t, j, w), want)
	}
	stopped := filepath.Join(t.TempDir(), "stopped.h5")
	if stopAndGoOn(t, j, stopped) == 0 {
		t.Error("the job was not stopped")
	}
	resulttest.Same(t, "stopped", resulttest.Contents(t, stopped), want)
	again := parse(t, j.Plan.Text()).Plan
	if again.Hash() != j.Plan.Hash() || again.Text() != j.Plan.Text() {
		t.Errorf("the plan is\n%s\nread again\n%s", j.Plan.Text(), again.Text())
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

// TestChannelsAreAnalysed computes metrics of sensors and areas after the job: those of a series of regions that has the same
// numbers, but for what is about regions.
func TestChannelsAreAnalysed(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, parse(t, fmt.Sprintf(seen, "double")), output, ways{}); err != nil {
		t.Fatal(err)
	}
	analysed := func(a jobs.Analysis) (*resultfile.Result, error) {
		a.Result, a.Output = output, filepath.Join(t.TempDir(), "aside.h5")
		if _, err := a.Run(t.Context()); err != nil {
			return nil, err
		}
		r, err := resultfile.Open(a.Output)
		if err == nil {
			t.Cleanup(func() { r.Close() })
		}
		return r, err
	}
	r, err := analysed(jobs.Analysis{Use: []string{"rate"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Variable("c0.rate_mean"); err != nil || len(r.Nodes) != 10 {
		t.Errorf("c0 has no rate: %v", err)
	}
	if _, err := r.Variable("x.rate_mean"); err == nil {
		t.Error("unless they are named, sensors have no metrics")
	}
	if r, err = analysed(jobs.Analysis{Use: []string{"all"}, Of: []string{"eeg.x", "spatial_average"}, Set: []string{`metrics.psd.segment="20 ms"`}}); err != nil {
		t.Fatal(err)
	}
	source, err := resultfile.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	for name, monitor := range map[string]string{"eeg.x": "eeg.x", "spatial_average": "spatial_average.x"} {
		series, err := source.Variable(monitor)
		if err != nil {
			t.Fatal(err)
		}
		channels, point := series.Shape[2], 4
		rows, err := source.At(series, point)
		if err != nil {
			t.Fatal(err)
		}
		sums := metrics.NewSeries(channels, true)
		for k := 0; k < len(rows); k += channels {
			sums.Add(rows[k : k+channels])
		}
		rate := map[string]float64{"eeg.x": 1000, "spatial_average": 500}[name]
		in := &metrics.Input{Moments: sums.Moments(), Unit: series.Unit, Signal: metrics.Transposed(rate, rows, channels, metrics.Scale(series.Unit)),
			Config: metrics.Config{"psd.segment": {0.02}}}
		for _, metric := range []string{"region_rate_mean", "fc", "psd", "region_psd", "lz", "region_lz", "plv", "synchrony"} {
			m, err := metrics.Find(metric)
			if err != nil {
				t.Fatal(err)
			}
			v, err := r.Variable(name + "." + metric)
			if err != nil {
				t.Errorf("%s of %s: %v", metric, name, err)
				continue
			}
			have, err := r.At(v, point)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range m.Values(in) {
				if math.Abs(have[i]-want) > 1e-12*math.Abs(want) || math.IsNaN(have[i]) != math.IsNaN(want) {
					t.Errorf("%s of %s is %v, want %v", metric, name, have, want)
					break
				}
			}
			if metric == "fc" && (v.Dims[1] != series.Dims[2] || v.Dims[2] != series.Dims[2]+"2") {
				t.Errorf("fc of %s has the dimensions %v", name, v.Dims)
			}
		}
		if _, err := r.Variable(name + ".fc_sc"); err == nil {
			t.Errorf("%s has a connectome", name)
		}
	}
	if labels, err := r.Labels("/metrics/eeg.x/sensor2"); err != nil || len(labels) != 4 || labels[0] != "Fz" {
		t.Errorf("sensors are called %q, %v", labels, err)
	}
	for want, a := range map[string]jobs.Analysis{
		"--use fc_sc,rate: fc_sc is of regions, but eeg.x is of sensors": {Use: []string{"fc_sc", "rate"}, Of: []string{"eeg.x"}},
		`no series of "eeg" was kept`:                                    {Use: []string{"rate"}, Of: []string{"eeg"}}, // of x or w?
	} {
		if _, err := analysed(a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("says %v, want %s", err, want)
		}
	}
}

// TestViewsOfACohort: each subject is seen by the sensors through the regions that it has, and its lesion is that of its own region.
func TestViewsOfACohort(t *testing.T) {
	const text = `model = "generic2d"
[cohort]
source = %q
[connectome]
lesion = [{ nodes = "L.05" }]
[run]
duration = "20 ms"
precision = "double"
[sweep]
connectome.lesion.0.scale = [1, 0]
[[record]]
monitor = "average"
of = "V"
period = "1 ms"
[[record]]
monitor = "eeg"
of = "V"
period = "1 ms"
projection = "leadfield.csv"
[[record]]
monitor = "afferent"
period = "1 ms"
`
	j := parse(t, fmt.Sprintf(text, cohort(t, 2, 10, 8)))
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, output, ways{ranks: 2}); err != nil {
		t.Fatal(err)
	}
	r, err := resultfile.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	read := func(path string) []float64 {
		x, err := r.Numbers(path)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	means, seen, input := read("/average/V"), read("/eeg/V"), read("/afferent/c0")
	gain := readGain(t, r.Nodes)
	absent := 0
	for row := range 4 * 20 {
		for s, weights := range gain {
			want := 0.0
			for i, w := range weights {
				if v := means[row*10+i]; math.IsNaN(v) {
					absent++
				} else {
					want += w * v
				}
			}
			if have := seen[row*4+s]; math.Abs(have-want) > 1e-12 {
				t.Fatalf("sensor %d at sample %d is %v, want %v", s, row, have, want)
			}
		}
	}
	if absent != 2*20*2*4 {
		t.Errorf("%d values of regions that subjects lack, want 320", absent)
	}
	// The region that was cut off gets nothing in the subject that has it.
	cut := slices.Index(r.Nodes, "L.05")
	for row := range 4 {
		for sample := range 19 {
			v := input[(row*19+sample)*10+cut]
			if lacks, isCut := math.IsNaN(means[row*200+cut]), row%2 == 1; !lacks && (v == 0) != isCut {
				t.Errorf("point %d: L.05 gets %v", row, v)
			}
		}
	}
}

// readGain reads the projection by hand, its columns in the order of the nodes.
func readGain(t *testing.T, nodes []string) [][]float64 {
	t.Helper()
	text, err := os.ReadFile("testdata/leadfield.csv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], ",")
	var out [][]float64
	for _, line := range lines[1:] {
		cells := strings.Split(line, ",")
		row := make([]float64, len(nodes))
		for k, name := range header[1:] {
			x, err := strconv.ParseFloat(cells[k+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			row[slices.Index(nodes, name)] = x
		}
		out = append(out, row)
	}
	return out
}
