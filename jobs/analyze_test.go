package jobs_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/fault"
	h5result "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
	"brainsweep/metrics"
)

// kept is a sweep that keeps its series; with %s as [metrics] and [[target]] it computes metrics of them, too.
const kept = `title = "kept"
model = "%s"
[connectome]
source = "synthetic:10"
normalise = "column"
[run]
duration = "2.2 s"
transient = "%s"
step = "0.1 ms"
precision = "%s"
[noise]
x = 0.01
[sweep]
gain = [0.5, 1.0, 1.5]
[[record]]
monitor = "average"
of = ["x", "w"]
period = "1 ms"
[[record]]
monitor = "bold"
period = "20 ms"
`

// drawn is everything that can be drawn from them.
const drawn = `[metrics]
of = ["x", "bold", "slow"]
use = "all"
filtered = { slow = { of = "bold", band = [2, 8], filter = "butterworth" } }
fcd = { window = "400 ms", step = "100 ms" }
psd = { segment = "500 ms" }
coherence = { segment = "500 ms" }
phase = { band = [4, 20] }
dmn = { regions = ["L.01", "R.03"] }
[[target]]
name = "rest"
kind = "series"
file = "%[1]s/rest.txt"
period = "5 ms"
[[target]]
kind = "fc"
file = "%[1]s/fc.csv"
`

// fromSums tells which metrics the kernel's own sums decide, so that another order of summing shows in the last digits.
func fromSums(name string) bool {
	name = strings.TrimPrefix(name, "rest_")
	if strings.HasPrefix(name, "fc_") || name == "fc" {
		return true
	}
	m, err := metrics.Find(name)
	return err == nil && !m.Signal
}

// rounding is how far the last digits of sums may differ.
const rounding = 1e-11

// TestAnalyze computes metrics while a job runs, and afterwards of the series of the same job without metrics: the numbers are
// the same, bit for bit where whole series decide them. The precision of the job and a longer transient do not matter.
func TestAnalyze(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeAll(t, dir, targetFiles())
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	wanted := fmt.Sprintf(drawn, dir)
	file := func(name string) string { return filepath.Join(dir, name) }
	writeAll(t, dir, map[string]string{"fit.toml": wanted})
	dev, err := cpu.Open(cpu.Options{Threads: 2, CacheDir: kernels})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	for _, c := range []struct{ precision, transient, later string }{{"single", "150 ms", ""}, {"double", "150 ms", "350 ms"}} {
		job := func(transient, rest string) *jobs.Job {
			t.Helper()
			return parse(t, fmt.Sprintf(kept, toy, transient, c.precision)+rest)
		}
		transient := c.transient
		if c.later != "" {
			transient = c.later
		}
		name := c.precision + c.later
		if _, err := run(t, job(transient, wanted), file(name+"-during.h5"), ways{threads: 2}); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, job(c.transient, ""), file(name+".h5"), ways{threads: 2}); err != nil {
			t.Fatal(err)
		}
		a := jobs.Analysis{Result: file(name + ".h5"), Job: file("fit.toml"), Transient: c.later, Output: file(name + "-after.h5"), Device: dev}
		s, err := a.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Points != 3 || s.Without+s.Failed != 0 {
			t.Errorf("%+v", s)
		}
		if count := compareMetrics(t, name, file(name+"-during.h5"), file(name+"-after.h5"), true); count < 200 {
			t.Errorf("%s: only %d metrics", name, count)
		}
		if left, _ := filepath.Glob(file(".*")); len(left) > 0 {
			t.Errorf("%v is left over", left)
		}
		if c.later != "" {
			continue
		}
		before := resulttest.Contents(t, file(name+".h5"))
		a.Into, a.Output = true, ""
		if _, err := a.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		compareMetrics(t, name+" into", file(name+"-after.h5"), file(name+".h5"), false)
		after := resulttest.Contents(t, file(name+".h5"))
		for path := range after {
			if strings.HasPrefix(path, "/metrics/") {
				delete(after, path)
			}
		}
		maps.DeleteFunc(after, func(path, _ string) bool { return path == "/metrics" })
		resulttest.Same(t, name+": what is not metrics", after, before)
		if _, err := open(t, file(name+".h5")).Verify(); err != nil {
			t.Error(err)
		}
		if _, err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "there already; --force") {
			t.Errorf("metrics added twice: %v", err)
		}
		a.Force = true
		if _, err := a.Run(t.Context()); err != nil {
			t.Error(err)
		}
		compareMetrics(t, name+" into twice", file(name+"-after.h5"), file(name+".h5"), false)
	}
}

// compareMetrics wants the metrics of one result in another.
func compareMetrics(t *testing.T, what, want, got string, sums bool) (count int) {
	t.Helper()
	a, b := open(t, want), open(t, got)
	for _, v := range a.Variables {
		if v.IsSeries() {
			continue
		}
		count++
		w, err := b.Variable(v.Address())
		if err != nil {
			t.Error(err)
			continue
		}
		if !slices.Equal(v.Dims, w.Dims) || !slices.Equal(v.Shape, w.Shape) || v.Unit != w.Unit || v.About != w.About {
			t.Errorf("%s: %s is %+v, want %+v", what, v.Address(), w, v)
			continue
		}
		x, err := a.Rows(v, 0, v.Shape[0])
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Rows(w, 0, v.Shape[0])
		if err != nil {
			t.Fatal(err)
		}
		loose := sums && fromSums(filepath.Base(v.Path))
		for i := range x {
			near := loose && math.Abs(x[i]-y[i]) <= rounding*max(1, math.Abs(x[i]))
			if math.Float64bits(x[i]) != math.Float64bits(y[i]) && !near && !(math.IsNaN(x[i]) && math.IsNaN(y[i])) {
				t.Errorf("%s: %s[%d] is %v, want %v", what, v.Address(), i, y[i], x[i])
				break
			}
		}
	}
	return count
}

// TestAnalyzeSomePoints has series of the best points alone, and a point that failed.
func TestAnalyzeSomePoints(t *testing.T) {
	dir := t.TempDir()
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(fmt.Sprintf(kept, toy, "150 ms", "single"), "period = \"1 ms\"\n", "period = \"1 ms\"\nkeep = \"best:2 by x.rate_mean\"\n", 1)
	text = strings.Replace(text, "[[record]]\nmonitor = \"bold\"\nperiod = \"20 ms\"\n", "[metrics]\nof = \"x\"\nuse = \"rate\"\n", 1)
	file := filepath.Join(dir, "best.h5")
	if _, err := run(t, parse(t, text), file, ways{}); err != nil {
		t.Fatal(err)
	}
	s, err := jobs.Analysis{Result: file, Use: []string{"rate", "lz"}, Of: []string{"x"}, Output: filepath.Join(dir, "a.h5")}.Run(t.Context())
	if err != nil || s.Points != 2 || s.Without != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	before, after := open(t, file), open(t, filepath.Join(dir, "a.h5"))
	numbers := func(r *h5result.Result, name string) []float64 {
		v, err := r.Variable(name)
		if err != nil {
			t.Fatal(err)
		}
		x, err := r.Rows(v, 0, 3)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	want, got, lz := numbers(before, "x.rate_mean"), numbers(after, "x.rate_mean"), numbers(after, "x.lz")
	status, err := after.Status()
	if err != nil {
		t.Fatal(err)
	}
	least := slices.Index(want, slices.Min(want))
	for i := range got {
		if i == least {
			if !math.IsNaN(got[i]) || !math.IsNaN(lz[i]) || status[i] != h5result.Missing {
				t.Errorf("point %d has no series, but %v, %v, status %d", i, got[i], lz[i], status[i])
			}
		} else if math.Abs(got[i]-want[i]) > rounding*want[i] || math.IsNaN(lz[i]) || status[i] != h5result.Done {
			t.Errorf("point %d: %v, want %v; %v, status %d", i, got[i], want[i], lz[i], status[i])
		}
	}
}

// TestAnalyzeSeriesOfSomePoints has one series of the best points alone, and one of all.
func TestAnalyzeSeriesOfSomePoints(t *testing.T) {
	dir := t.TempDir()
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(fmt.Sprintf(kept, toy, "150 ms", "single"), "period = \"1 ms\"\n", "period = \"1 ms\"\nkeep = \"best:1 by x.rate_mean\"\n", 1)
	file, after := filepath.Join(dir, "some.h5"), filepath.Join(dir, "after.h5")
	if _, err := run(t, parse(t, text+"[metrics]\nof = \"x\"\nuse = \"rate\"\n"), file, ways{}); err != nil {
		t.Fatal(err)
	}
	s, err := jobs.Analysis{Result: file, Use: []string{"rate", "fc"}, Of: []string{"x", "bold"}, Output: after}.Run(t.Context())
	if err != nil || s.Points != 3 || s.Without != 0 || !slices.Equal(s.Warnings, []string{"average.x was kept at one point of 3: elsewhere its metrics are NaN"}) {
		t.Fatalf("%+v, %v", s, err)
	}
	source, r := open(t, file), open(t, after)
	series, err := source.Variable("average.x")
	if err != nil {
		t.Fatal(err)
	}
	points, err := source.PointsOf(series)
	if err != nil || len(points) != 1 {
		t.Fatal(points, err)
	}
	for _, name := range []string{"x.rate_mean", "x.region_rate_mean", "x.fc", "bold.rate_mean", "bold.region_rate_mean", "bold.fc"} {
		v, err := r.Variable(name)
		if err != nil {
			t.Fatal(err)
		}
		for point := range 3 {
			x, err := r.At(v, point)
			if err != nil {
				t.Fatal(err)
			}
			there := strings.HasPrefix(name, "bold") || point == points[0]
			if slices.ContainsFunc(x, math.IsNaN) == there {
				t.Errorf("%s of point %d: %v", name, point, x)
			}
		}
	}
}

// TestAnalyzeCohort computes what follows structure with the connectome of each subject; regions of their own are refused.
func TestAnalyzeCohort(t *testing.T) {
	t.Parallel()
	plain, _, _ := strings.Cut(eachFitted, "[[target]]")
	plain = strings.Replace(plain, `use = ["fc"]`, `use = ["fc", "fc_sc", "plv"]`, 1)
	dir := t.TempDir()
	file := filepath.Join(dir, "cohort.h5")
	for sizes, refusal := range map[[2]int]string{{5, 5}: "", {5, 7}: "are not those of the others"} {
		if _, err := run(t, parse(t, fmt.Sprintf(plain, cohort(t, 2, sizes[0], sizes[1])), "run.seed=5"), file, ways{}); err != nil {
			t.Fatal(err)
		}
		_, err := jobs.Analysis{Result: file, Use: []string{"fc", "fc_sc", "plv"}, Output: filepath.Join(dir, "after.h5")}.Run(t.Context())
		if refusal != "" {
			if err == nil || !strings.Contains(err.Error(), refusal) {
				t.Errorf("subjects with %v regions: %v", sizes, err)
			}
		} else if err != nil {
			t.Error(err)
		} else if count := compareMetrics(t, "cohort", file, filepath.Join(dir, "after.h5"), true); count < 10 {
			t.Errorf("only %d metrics", count)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnalyzeOtherPeriods has a step of which metrics.period's own 1 ms is no multiple: series that are there go by their own period.
func TestAnalyzeOtherPeriods(t *testing.T) {
	dir := t.TempDir()
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	wanted := "[metrics]\nof = \"x\"\nuse = [\"rate\", \"timescale\", \"updown\"]\n"
	text, _, _ := strings.Cut(fmt.Sprintf(kept, toy, "200 ms", "single"), "[[record]]\nmonitor = \"bold\"")
	for old, other := range map[string]string{`"0.1 ms"`: `"0.4 ms"`, `"1 ms"`: `"2 ms"`} {
		text = strings.Replace(text, old, other, 1)
	}
	during, after := filepath.Join(dir, "during.h5"), filepath.Join(dir, "after.h5")
	if _, err := run(t, parse(t, text+wanted+"period = \"2 ms\"\n"), during, ways{}); err != nil {
		t.Fatal(err)
	}
	dev, err := cpu.Open(cpu.Options{Threads: 2, CacheDir: kernels})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	writeAll(t, dir, map[string]string{"job.toml": wanted})
	if _, err := (jobs.Analysis{Result: during, Job: filepath.Join(dir, "job.toml"), Output: after, Device: dev}).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if count := compareMetrics(t, "2 ms", during, after, true); count < 30 {
		t.Errorf("only %d metrics", count)
	}
}

// TestAnalyzeMistakes says all that is wrong, in the words of the command line.
func TestAnalyzeMistakes(t *testing.T) {
	dir := t.TempDir()
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "kept.h5")
	text := strings.Replace(fmt.Sprintf(kept, toy, "150 ms", "single"), "2.2 s", "400 ms", 1)
	if _, err := run(t, parse(t, text), file, ways{}); err != nil {
		t.Fatal(err)
	}
	bare := filepath.Join(dir, "bare.h5")
	text = strings.ReplaceAll(text, "period = \"1 ms\"", "period = \"1 ms\"\nkeep = \"none\"")
	text = strings.ReplaceAll(text, "period = \"20 ms\"", "period = \"20 ms\"\nkeep = \"none\"")
	if _, err := run(t, parse(t, text), bare, ways{}); err != nil {
		t.Fatal(err)
	}
	writeAll(t, dir, map[string]string{"text.h5": "no HDF5\n", "job.toml": "[metrics]\nuse = 'rate'\nperiod = '2 ms'\n[[target]]\nkind = 'fc'\nfile = 'fc.csv'\n"})
	for _, c := range []struct {
		of   jobs.Analysis
		want string
	}{
		{jobs.Analysis{}, "which metrics? name them with --use, for example --use rate,fc; or give a job file with [metrics] or [[target]] by --job"},
		{jobs.Analysis{Use: []string{"rat", "fc"}, Of: []string{"E", "w"}}, `--of E,w: no series of "E" was kept (did you mean "w"?); the result has average.w, average.x, bold.bold`},
		{jobs.Analysis{Use: []string{"rat", "fc"}}, `--use rat,fc: unknown metric "rat" (did you mean "rate"?); groups are ` + metricGroups()},
		{jobs.Analysis{Use: []string{"fcd"}, Of: []string{"x"}}, `--of x: fcd of x needs at least 62000 samples (two windows of 60 s); with a period of 1 ms there are 250; enough would be metrics.fcd.window = "0.124 s" and metrics.fcd.step = "0.062 s"`},
		{jobs.Analysis{Use: []string{"timescale"}}, `kept.h5: timescale of w needs at least 1001 samples (lags up to 1 s); with a period of 1 ms there are 250
kept.h5: timescale of x needs at least 1001 samples (lags up to 1 s); with a period of 1 ms there are 250
kept.h5: timescale of bold needs at least 51 samples (lags up to 1 s); with a period of 20 ms there are 13`},
		{jobs.Analysis{Use: []string{"rate"}, Of: []string{"raw.x"}}, `--of raw.x: no series of "raw.x" was kept; the result has average.w, average.x, bold.bold`},
		{jobs.Analysis{Use: []string{"rate"}, Of: []string{"x", "x"}}, `--of x,x: x stands twice`},
		{jobs.Analysis{Use: []string{"fcd"}, Set: []string{"metrics.fcd.windw=1 s", "run.step=1 ms", "metrics"}}, `--set metrics: write address=value, e.g. metrics.fcd.window="4 s"
--set run.step=1 ms: the series are there already: only metrics and target can be set`},
		{jobs.Analysis{Use: []string{"lz"}, Set: []string{"metrics.fcd.windw=1 s"}}, `--set metrics.fcd.windw=1 s: unknown option "windw" of metrics fcd (did you mean "window"?)`},
		{jobs.Analysis{Use: []string{"rate"}, Transient: "1 s"}, `--transient 1 s: nothing would be left of average.w, which ends after 399.5 ms
--transient 1 s: nothing would be left of average.x, which ends after 399.5 ms
--transient 1 s: nothing would be left of bold.bold, which ends after 400 ms`},
		{jobs.Analysis{Use: []string{"rate"}, Transient: "long"}, `--transient long: "long" is not a number with a unit; write for example "1 s"`},
		{jobs.Analysis{Job: filepath.Join(dir, "job.toml"), Of: []string{"x"}}, `DIR/job.toml:3:11: metrics.period: 2 ms, but average.x was recorded with a period of 1 ms; leave metrics.period out
DIR/job.toml:6:9: cannot read DIR/fc.csv: no such file or directory`},
		{jobs.Analysis{Use: []string{"rate"}, Output: file}, `DIR/kept.h5: is the result that is analysed; --into adds metrics to it`},
		{jobs.Analysis{Use: []string{"rate"}, Output: bare}, `DIR/bare.h5: is there already; give another name with -o, or --force to replace it`},
		{jobs.Analysis{Use: []string{"rate"}, Output: filepath.Join(dir, "text.h5"), Force: true}, `DIR/text.h5: is no result of brainsweep, and --force removes nothing else; give another name with -o, or remove it yourself`},
		{jobs.Analysis{Use: []string{"rate"}, Result: bare}, `DIR/bare.h5: there is no series in this result, so nothing to compute metrics of: its job had no [[record]], or one with keep = "none"`},
		{jobs.Analysis{Use: []string{"rate"}, Result: filepath.Join(dir, "text.h5")}, `DIR/text.h5 is no result: is no HDF5 file`},
	} {
		if c.of.Result == "" {
			c.of.Result = file
		}
		if c.of.Output == "" {
			c.of.Output = filepath.Join(dir, "new.h5")
		}
		_, err := c.of.Run(t.Context())
		if err == nil || strings.ReplaceAll(err.Error(), dir, "DIR") != c.want || !fault.Is(err) {
			t.Errorf("%+v:\n%v\nwant\n%s", c.of, err, c.want)
		}
		if _, err := os.Stat(filepath.Join(dir, "new.h5")); err == nil {
			t.Fatalf("%+v leaves a file", c.of)
		}
	}
}
