package metrics_test

import (
	"math"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// Two oscillators at a distance d are locked: plv and pli 1, R = cos(d/2) throughout. With a third that goes round k times more,
// the distances take every angle as often: plv and pli 0; and of two such, R = |cos| of half the distance, with mean 2/pi and
// variance 1/2 - 4/pi². Phases may be wrapped or not.
func TestSynchronyOfAngles(t *testing.T) {
	const samples, d = 24_000, 0.7
	pair := func(wrapped bool, slip float64) [][]float64 {
		x := [][]float64{make([]float64, samples), make([]float64, samples)}
		for k := range samples {
			x[0][k] = 0.3 + 0.05*float64(k)
			x[1][k] = x[0][k] + d + slip*2*math.Pi*(float64(k)+0.5)/samples
			if wrapped {
				x[0][k], x[1][k] = math.Mod(x[0][k], 2*math.Pi), math.Mod(x[1][k], 2*math.Pi)
			}
		}
		return x
	}
	for _, test := range []struct {
		slip, plv, pli, synchrony, metastability float64
		wrapped                                  bool
	}{
		{0, 1, 1, math.Cos(d / 2), 0, false},
		{0, 1, 1, math.Cos(d / 2), 0, true},
		{5, 0, 0, 2 / math.Pi, math.Sqrt(0.5 - 4/(math.Pi*math.Pi)), false},
		{5, 0, 0, 2 / math.Pi, math.Sqrt(0.5 - 4/(math.Pi*math.Pi)), true},
	} {
		x := pair(test.wrapped, test.slip)
		in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x), Config: metrics.Defaults()}
		in.Config["phase.angle"] = []float64{1}
		const sum, drawn = 1e-9, 1e-6 // rounding of phases that grow; the mean of |cos| over so many samples
		for name, want := range map[string][2]float64{"plv_mean": {test.plv, sum}, "pli_mean": {test.pli, sum}, "synchrony": {test.synchrony, drawn},
			"metastability": {test.metastability, drawn}, "phase_n_valid": {2, 0}} {
			if got := value(t, name, in); math.Abs(got-want[0]) > want[1] {
				t.Errorf("%+v: %s is %v, want %v", test, name, got, want[0])
			}
		}
	}
}

// A node that is not finite has no phase, and then there is no order parameter of all; trimmed ends do not count.
func TestAnglesThatAreLeftOut(t *testing.T) {
	const samples = 9000
	x := [][]float64{make([]float64, samples), make([]float64, samples), make([]float64, samples)}
	for k := range samples {
		x[1][k] = 1
		if k < 100 || k >= samples-100 {
			x[1][k] = 2.5
		}
	}
	x[2][300] = math.Inf(1)
	in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x), Config: metrics.Defaults()}
	in.Config["phase.angle"], in.Config["phase.trim"] = []float64{1}, []float64{0.1}
	m, err := metrics.Find("plv")
	if err != nil {
		t.Fatal(err)
	}
	plv := m.Values(in)
	if math.Abs(plv[1]-1) > 1e-12 || plv[0] != 1 || !math.IsNaN(plv[2]) || !math.IsNaN(plv[8]) {
		t.Errorf("plv %v", plv)
	}
	if got := value(t, "synchrony", in); !math.IsNaN(got) {
		t.Errorf("synchrony %v", got)
	}
	if got := value(t, "phase_n_valid", in); got != 2 {
		t.Errorf("%v nodes have a phase", got)
	}
}
