package metrics_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// What streams find differs by rounding alone from what is found by the formula from the whole series.
const streamTolerance = 1e-10

// drifting makes a series of so many samples that streams take it in several units: slow noise on a large mean, that
// begins far off; and slow bursts.
func drifting(samples int) [][]float64 {
	x := [][]float64{make([]float64, samples), make([]float64, samples), make([]float64, samples)}
	uniform := metricstest.Congruential(11)
	slow := 0.0
	for t := range samples {
		slow += 0.02*(uniform()-slow) + 0.001*math.Sin(float64(t)/900)
		x[0][t] = 1e6 + slow + 3*math.Exp(-float64(t)/500)
		x[1][t] = slow
		x[2][t] = 0.3 * (1 + uniform())
		if t/170%3 == 1 || t%1711 < 9 {
			x[2][t] += 9
		}
	}
	return x
}

// autocorrelation is the formula: sum of products of deviations, over the sum of their squares.
func autocorrelation(x []float64, lag int) float64 {
	mean := 0.0
	for _, v := range x {
		mean += (v - x[0]) / float64(len(x))
	}
	sum, squares := 0.0, 0.0
	for t, v := range x {
		d := v - x[0] - mean
		squares += d * d
		if t+lag < len(x) {
			sum += d * (x[t+lag] - x[0] - mean)
		}
	}
	return sum / squares
}

func TestAutocorrelationByPieces(t *testing.T) {
	for _, samples := range []int{1001, 1500, 9000, 8192 + 1024, 40_000} {
		x := drifting(samples)
		// Nodes that are not finite, at first or at last, leave those beside them alone.
		early, late := slices.Clone(x[1]), slices.Clone(x[1])
		early[3], late[samples-1] = math.NaN(), math.Inf(-1)
		x = [][]float64{x[0], early, late, x[1], x[2]}
		for i, a := range metrics.Timescales(metrics.NewSignal(1000, x)) {
			if i == 1 || i == 2 {
				if a.R != nil || !math.IsNaN(a.E) {
					t.Errorf("%d samples: a node that is not finite has %v", samples, a)
				}
				continue
			}
			for _, lag := range []int{0, 1, 7, 333, 999, 1000} {
				if want := autocorrelation(x[i], lag); math.Abs(a.R[lag]-want) > streamTolerance {
					t.Errorf("%d samples of series %d: r(%d) is %v, want %v", samples, i, lag, a.R[lag], want)
				}
			}
		}
	}
}

func TestBimodalityByPieces(t *testing.T) {
	const samples = 30_001
	x := drifting(samples)
	in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x)}
	m, err := metrics.Find("region_bimodality")
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range m.Values(in) {
		if want, _, _ := metrics.Bimodality(x[i]); math.Abs(got-want) > streamTolerance {
			t.Errorf("series %d: %v, of the whole %v", i, got, want)
		}
	}
}

// A threshold that is given finds the same runs as a share of the largest value that comes to the same.
func TestStatesAboutAGivenThreshold(t *testing.T) {
	for _, samples := range []int{60, 2000, 8200, 30_001} {
		x := drifting(samples)[2:]
		signal := metrics.NewSignal(1000, x)
		whole := metrics.FindStates(signal, 0.01, 0.3, 0.2, 0.02)[0]
		if samples > 1000 && len(whole.Runs) < samples/1000 {
			t.Fatalf("%d samples have %d runs: they show nothing", samples, len(whole.Runs))
		}
		config := metrics.Defaults()
		config["updown.threshold"] = []float64{whole.Threshold}
		given := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: signal, Config: config}
		share := &metrics.Input{Moments: given.Moments, Signal: signal}
		for _, name := range []string{"up_duration", "down_duration", "up_duration_interior", "down_duration_interior", "up_fraction", "transition_rate", "up_count", "down_count"} {
			if got, want := value(t, name, given), value(t, name, share); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%d samples: %s is %v, want %v", samples, name, got, want)
			}
		}
	}
}

// A constant is up or down throughout, and is up only above the threshold.
func TestStatesOfConstants(t *testing.T) {
	for threshold, want := range map[float64]float64{0.05: 1, 0.1: 0, 0.2: 0} {
		x := [][]float64{slices.Repeat([]float64{0.1}, 9000)}
		config := metrics.Defaults()
		config["updown.threshold"] = []float64{threshold}
		in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x), Config: config}
		if got := value(t, "up_fraction", in); got != want {
			t.Errorf("0.1 throughout about %v is up for %v, want %v", threshold, got, want)
		}
	}
}

// What needs no more than sums and streams is known before the run: plans count on it.
func TestWhichMetricsAreStreamed(t *testing.T) {
	setup := metrics.Setup{Nodes: 2, Samples: 10_000, Rate: 1000, Config: metrics.Defaults()}
	fixed := metrics.Defaults()
	fixed["updown.threshold"], fixed["phase.angle"] = []float64{1}, []float64{1}
	for _, test := range []struct {
		use    string
		config metrics.Config
		whole  bool
	}{
		{"timescale", nil, false}, {"dfa", nil, false}, {"ratio_ai", nil, false}, {"bimodality", nil, false},
		{"separability", nil, true}, {"updown", nil, true}, {"updown", fixed, false}, {"phase", nil, true}, {"phase", fixed, false},
	} {
		t.Run(fmt.Sprint(test.use, len(test.config)), func(t *testing.T) {
			of, err := metrics.Select([]string{test.use})
			if err != nil {
				t.Fatal(err)
			}
			s := setup
			if test.config != nil {
				s.Config = test.config
			}
			if streams, whole := metrics.Streams(of, s); whole != test.whole || len(streams) == 0 != test.whole {
				t.Errorf("%d streams, whole series %t", len(streams), whole)
			}
		})
	}
	for _, m := range metrics.Comparisons("", 0) {
		if _, whole := metrics.Streams([]metrics.Metric{m}, setup); whole {
			t.Errorf("%s needs the whole series", m.Name)
		}
	}
}

// byTime gives [time][node].
func byTime(x [][]float64) [][]float64 {
	out := make([][]float64, len(x[0]))
	for t := range out {
		for _, row := range x {
			out[t] = append(out[t], row[t])
		}
	}
	return out
}
