package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"brainsweep/jobs"
)

func TestSettings(t *testing.T) {
	p := read(t, "testdata/full.toml").Plan
	for address, want := range map[string][]float64{
		"E_L":           {-63},
		"current":       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"coupling.cmax": {2},
		"coupling.cmin": {-1},
		"noise.x":       {0},
		"initial.w":     {5},
	} {
		if s := p.Setting(address); s == nil || !slices.Equal(s.Values, want) {
			t.Errorf("%s is %v, want %v", address, s, want)
		}
	}
	if got := p.PerNode(); !slices.Equal(got, []string{"current"}) {
		t.Errorf("node by node: %v", got)
	}
	if got := p.Noisy(); !slices.Equal(got, []string{"ou"}) {
		t.Errorf("noisy: %v", got)
	}
	if p.Run.Steps() != 100000 || p.Run.TransientSteps() != 5000 || p.Run.Step != 0.1 {
		t.Errorf("run: %+v", p.Run)
	}
	bold := p.Record("bold").Bold
	pt := p.Point(0)
	for address, want := range map[string]float64{
		"bold.tau_s": 1.54, "bold.V0": 2, "bold.E0": 0.4, "run.step": 0.1, "connectome.speed": 3, "noise.ou": 0.1, "coupling.a": 0.5, "gain": 0,
	} {
		if got := pt.Value(address); got != want {
			t.Errorf("%s = %v, want %v", address, got, want)
		}
	}
	if !slices.Equal(bold.Initial, []float64{0, 1, 1, 1}) {
		t.Errorf("the balloon starts at %v", bold.Initial)
	}
}

// TestNoiseOff has D = 0 in every state, whatever the model and the job say.
func TestNoiseOff(t *testing.T) {
	p := parse(t, least+"noise = 'none'\n[noise]\nou = 3\n").Plan
	if got := p.Noisy(); len(got) != 0 {
		t.Errorf("noisy: %v", got)
	}
}

// TestSamples counts, at a step of 0.1 ms, the samples on multiples of the period: those after the transient, and of
// means those whose whole period lies after it.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		duration, transient string
		period              float64 // [ms]
		samples, means      int64
	}{
		{"1 s", "0 s", 1, 1000, 1000},
		{"1 s", "0.5 s", 1, 500, 500},
		{"1 s", "500.3 ms", 1, 500, 499}, // samples at 501, 502, ...; the mean over 500 to 501 is not whole
		{"1 s", "0 s", 0.1, 10000, 10000},
		{"10.5 s", "2 s", 1000, 8, 8},
		{"10.5 s", "2.5 s", 1000, 8, 7},
		{"1 s", "0.7 s", 500, 1, 0},
	} {
		text := strings.Replace(least, "1 s", c.duration, 1) + "transient = '" + c.transient + "'\n"
		p := parse(t, text).Plan
		if got := p.Samples(c.period, false); got != c.samples {
			t.Errorf("%+v: %d samples", c, got)
		}
		if got := p.Samples(c.period, true); got != c.means {
			t.Errorf("%+v: %d means", c, got)
		}
	}
}

// TestHash changes what decides the result, and what does not.
func TestHash(t *testing.T) {
	text := "title = 'x'\n" + least + "[sweep]\ngain = { from = 0, to = 2, points = 3 }\n[[record]]\nmonitor = 'average'\nof = 'x'\nperiod = '1 ms'\n[[record]]\nmonitor = 'bold'\nperiod = '100 ms'\n[metrics]\nof = 'x'\nuse = ['rate', 'rate_mean']\n"
	hash := func(old, new string) string {
		t.Helper()
		changed := strings.Replace(text, old, new, 1)
		if changed == text && old != new {
			t.Fatalf("%q is not in the text", old)
		}
		return parse(t, changed).Plan.Hash()
	}
	base := hash("", "")
	for _, c := range [][2]string{
		{"title = 'x'", "title = 'y'"}, {`"toy.toml"`, `"./toy.toml"`}, {"{ from = 0, to = 2, points = 3 }", "[0, 1, 2]"},
		{"1 s", "1000 ms"}, {"['rate', 'rate_mean']", "['rate']"}, {"[sweep]", "[parameters]\ngain = 1\n[sweep]"},
	} {
		if hash(c[0], c[1]) != base {
			t.Errorf("%s for %s changes the hash", c[1], c[0])
		}
	}
	seen := map[string]string{base: "nothing"}
	for _, c := range [][2]string{
		{"1 s", "2 s"}, {"points = 3", "points = 5"}, {"'1 ms'", "'2 ms'"}, {"'rate',", "'fc',"}, {"[sweep]", "seed = 1\n[sweep]"},
		{"[sweep]", "precision = 'double'\n[sweep]"}, {"[sweep]", "scheme = 'euler'\n[sweep]"}, {"[sweep]", "transient = '10 ms'\n[sweep]"},
		{"[sweep]", "noise = 'common'\n[sweep]"}, {"'100 ms'", "'100 ms'\npreset = 'tvb'"}, {"'100 ms'", "'100 ms'\nstep = '2 ms'"},
		{"'100 ms'", "'100 ms'\nkeep = 'none'"}, {"'100 ms'", "'100 ms'\nkernel = 'volterra'"}, {"[sweep]", "[initial]\nx = 1\n[sweep]"},
		{"[sweep]", "[sweep]\nmode = 'zip'"},
	} {
		h := hash(c[0], c[1])
		if other, ok := seen[h]; ok {
			t.Errorf("%s has the same hash as %s", c[1], other)
		}
		seen[h] = c[1]
	}
}

// TestDelayWarning has a few connections lose their delay, which is no mistake.
func TestDelayWarning(t *testing.T) {
	j := parse(t, strings.Replace(least, "synthetic:10", "synthetic:50", 1), "connectome.speed=40 m/s", "run.step=2 ms")
	text := strings.Join(j.Warnings, "\n")
	if !strings.Contains(text, "run.step: 2 ms is too large for the delays: at 40 mm/ms, 8 of the 690 connections with a length lose their delay; a step below 1.942 ms keeps them all") {
		t.Errorf("warnings:\n%s", text)
	}
}

// TestNoDelays has a speed so high that no delays are meant, alone and as one value of a sweep: that is no mistake. The other
// values are looked at as ever.
func TestNoDelays(t *testing.T) {
	for _, set := range []string{"connectome.speed=1e9 mm/ms", "sweep.connectome.speed=[3, 1e9]"} {
		text := strings.Join(parse(t, least, set).Warnings, "\n")
		if !strings.Contains(text, "connectome.speed: at 1e+09 mm/ms no connection has a delay") {
			t.Errorf("%s: warnings %q", set, text)
		}
	}
	_, err := jobs.Parse("testdata/job.toml", []byte(least), "sweep.connectome.speed=[8000, 1e9]")
	if err == nil || !strings.Contains(err.Error(), "at 8000 mm/ms, 38 of the 38 connections with a length lose their delay") {
		t.Errorf("a speed that takes the delays: %v", err)
	}
}

// TestUnits writes one quantity in many ways; conversions are exact where the numbers are.
func TestUnits(t *testing.T) {
	for set, want := range map[string]float64{
		"run.step=100 us": 0.1, "run.step=100 µs": 0.1, "run.step=1e5 ns": 0.1, "run.step=.0001 s": 0.1, "run.step=0.1ms": 0.1, "run.step= 1e-1  ms ": 0.1,
	} {
		if got := parse(t, least, set).Plan.Run.Step; got != want {
			t.Errorf("%s: %v ms", set, got)
		}
	}
	for set, want := range map[string]float64{"run.duration=1 min": 60e3, "run.duration=0.5 h": 1800e3, "run.duration=1.5 s": 1500} {
		if got := parse(t, least, set).Plan.Run.Duration; got != want {
			t.Errorf("%s: %v ms", set, got)
		}
	}
	for set, want := range map[string]float64{"connectome.speed=4 m/s": 4, "connectome.speed=0.4 cm/ms": 4, "connectome.speed=500 mm/s": 0.5} {
		if got := parse(t, least, set).Plan.Setting("connectome.speed").Values[0]; got != want {
			t.Errorf("%s: %v mm/ms", set, got)
		}
	}
	p := parse(t, least+"[parameters]\nE_L = '-0.07 V'\ncurrent = ['1 nA', 2, '3000 fA', 4, 5, 6, 7, 8, 9, 10]\n[initial]\nx = '500 Hz'\n").Plan
	for address, want := range map[string][]float64{"E_L": {-70}, "current": {1000, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "initial.x": {0.5}} {
		if got := p.Setting(address).Values; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
}
