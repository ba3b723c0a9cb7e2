package jobs_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"brainsweep/jobs"
	"brainsweep/metrics"
)

var update = flag.Bool("update", false, "write the golden files anew")

// parse reads text as testdata/job.toml.
func parse(t *testing.T, text string, set ...string) *jobs.Job {
	t.Helper()
	j, err := jobs.Parse("testdata/job.toml", []byte(text), set...)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func read(t *testing.T, path string, set ...string) *jobs.Job {
	t.Helper()
	j, err := jobs.Read(path, set...)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// least is about the shortest job.
const least = `model = "toy.toml"
[connectome]
source = "synthetic:10"
[run]
duration = "1 s"
`

// TestEffectivePlan holds the plan's text, with all defaults, to goldens.
func TestEffectivePlan(t *testing.T) {
	texts := map[string]string{"least": least}
	for _, name := range []string{"full", "drawn", "list", "hrf", "noise"} {
		text, err := os.ReadFile("testdata/" + name + ".toml")
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	for name, text := range texts {
		plan := parse(t, text).Plan
		got := plan.Text()
		golden := "testdata/" + name + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
		// The text is a job file that gives the same plan.
		again := parse(t, got).Plan
		if again.Text() != got {
			t.Errorf("%s: read again it is\n%s\nwas\n%s", name, again.Text(), got)
		}
		if again.Hash() != plan.Hash() {
			t.Errorf("%s: read again it has another hash", name)
		}
		samePoints(t, plan, again)
	}
}

func samePoints(t *testing.T, a, b *jobs.Plan) {
	t.Helper()
	if a.Points() != b.Points() {
		t.Fatalf("%d points and %d", a.Points(), b.Points())
	}
	for i := range a.Points() {
		if a.Point(i).Name() != b.Point(i).Name() || a.Point(i).Key() != b.Point(i).Key() {
			t.Fatalf("point %d has another name or key", i)
		}
	}
}

func TestSetChangesTheJob(t *testing.T) {
	p := parse(t, least+"[sweep]\ngain = { from = 0, to = 1, points = 3 }\n",
		"run.seed=7", "run.duration=2 s", "sweep.gain.points=5", "sweep.coupling.a=[0.1, 0.2]", "parameters.tau=20", "model=./toy.toml").Plan
	if p.Run.Seed != 7 || p.Run.Duration != 2000 || p.Points() != 10 || p.Setting("tau").Values[0] != 20 {
		t.Errorf("the plan is\n%s", p.Text())
	}
	for set, want := range map[string]string{
		"run.sed=7":       `--set run.sed=7: unknown key "sed" (did you mean "seed"?)`,
		"run.seed":        `--set run.seed: write address=value, e.g. run.seed=7`,
		"run.step=1 mV":   `--set run.step=1 mV: run.step: wrong unit: "1 mV" is a voltage, step is a time`,
		"sweep.gain=[11]": `--set sweep.gain=[11]: sweep.gain: 11 is out of bounds; it must be from 0 to 10`,
	} {
		if _, err := jobs.Parse("testdata/job.toml", []byte(least), set); err == nil || err.Error() != want {
			t.Errorf("--set %s: %v, want %s", set, err, want)
		}
	}
}

func TestOnePointAloneHasItsName(t *testing.T) {
	for _, sweep := range []string{
		"gain = { from = 0, to = 1, points = 3 }\ntau = [5, 7]\n",
		"mode = 'zip'\ngain = { from = 0.1, to = 0.7, points = 6 }\n'run.seed' = [1, 2, 3, 4, 5, 6]\n",
		"mode = 'latin-hypercube'\npoints = 6\ngain = { from = 0.001, to = 1, scale = 'log' }\ntau = { from = 1, to = 9 }\n",
	} {
		all := parse(t, least+"[sweep]\n"+sweep).Plan
		for i := range all.Points() {
			alone := parse(t, least+"[sweep]\n"+sweep, fmt.Sprint("sweep.only=", i)).Plan
			again := parse(t, alone.Text()).Plan
			for _, p := range []*jobs.Plan{alone, again} {
				if p.Points() != 1 || p.Point(0).Name() != all.Point(i).Name() || p.Point(0).Key() != all.Point(i).Key() {
					t.Errorf("point %d of %q is another one alone:\n%s", i, sweep, p.Text())
				}
			}
		}
	}
}

func TestPackedJobIsTheSame(t *testing.T) {
	j := read(t, "testdata/full.toml", "run.seed=7")
	p, err := j.Pack()
	if err != nil {
		t.Fatal(err)
	}
	// Another process has no such files.
	t.Chdir(t.TempDir())
	again, err := jobs.Unpack(p)
	if err != nil {
		t.Fatal(err)
	}
	if again.Plan.Text() != j.Plan.Text() || again.Plan.Hash() != j.Plan.Hash() {
		t.Error("the job changed on its way")
	}
	if strings.Join(again.Warnings, "\n") != strings.Join(j.Warnings, "\n") {
		t.Error("the warnings changed on their way")
	}
	samePoints(t, j.Plan, again.Plan)
}

// TestAllGoesByQuantity has states that are long enough for everything, and BOLD that is not: "all" leaves out of each what it is too
// short for, and of nothing else. What is left out is part of what the plan decides.
func TestAllGoesByQuantity(t *testing.T) {
	const text = `model = "toy.toml"
[connectome]
source = "synthetic:4"
[run]
duration = "%s"
[[record]]
monitor = "bold"
period = "100 ms"
[metrics]
of = %s
use = %s
psd = { segment = "500 ms" }
phase = { band = [1, 4], filter = "butterworth" }
`
	has := func(p *jobs.Plan, quantity string) (out string) {
		for _, name := range []string{"fc", "psd", "dfa", "plv", "timescale"} {
			if slices.ContainsFunc(p.Table(quantity), func(m metrics.Metric) bool { return m.Name == name || m.Group == name }) {
				out += name + " "
			}
		}
		return out
	}
	for _, c := range []struct{ duration, of, x, bold string }{
		{"1.5 s", `["x", "bold"]`, "fc psd dfa plv timescale ", "fc psd timescale "}, // 15 samples of BOLD
		{"1.6 s", `["bold", "x"]`, "fc psd dfa plv timescale ", "fc psd plv timescale "},
		{"1 s", `["bold", "x"]`, "fc psd dfa plv ", "fc psd "},
		{"11 s", `["bold", "x"]`, "fc psd dfa plv timescale ", "fc psd dfa plv timescale "},
	} {
		j := parse(t, fmt.Sprintf(text, c.duration, c.of, `"all"`))
		if x, bold := has(j.Plan, "x"), has(j.Plan, "bold"); x != c.x || bold != c.bold {
			t.Errorf("%s: %q of x and %q of bold, want %q and %q", c.duration, x, bold, c.x, c.bold)
		}
		short := slices.ContainsFunc(j.Warnings, func(w string) bool { return strings.Contains(w, "too short for dfa of bold") })
		if short != !strings.Contains(c.bold, "dfa") {
			t.Errorf("%s: warnings %q", c.duration, j.Warnings)
		}
	}
	if fc, more := parse(t, fmt.Sprintf(text, "1.5 s", `["x", "bold"]`, `["fc", "rate"]`)), parse(t, fmt.Sprintf(text, "1.5 s", `["x", "bold"]`, `["rate", "fc"]`)); fc.Plan.Hash() != more.Plan.Hash() {
		t.Error("the order of use shows in the digest")
	}
}
