package metrics_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// stimulated makes 20 nodes of which each baseline is -1 and 1 in turn, 8 samples long: their mean is 0 and their standard
// deviation 1, and the largest value of any surrogate of one pulse is 1. Of 30 samples behind a pulse those are 2 or -2 that
// are ones in the response S20_T30_k5 of the reference data, the others 0.9. apart is from a pulse to the next.
func stimulated(samples, onset, pulses, apart int) [][]float64 {
	x := make([][]float64, 20)
	for s := range x {
		x[s] = make([]float64, samples)
		for t := range x[s] {
			x[s][t] = 50 // nobody looks there
		}
		for p := range pulses {
			at := onset + p*apart
			for t := range 8 {
				x[s][at-8+t] = float64(1 - 2*((t+p)%2))
			}
			for j := range 30 {
				x[s][at+j] = 0.9
				if (5*j*j+11*s*j+17*s*s)%31 < 9 && (s+j)%5 < 4 {
					x[s][at+j] = 2 - 4*float64(s%2)
				}
			}
		}
		for t := range x[s] {
			x[s][t] = 10 + x[s][t]
		}
	}
	return x
}

func TestComplexityOfAResponse(t *testing.T) {
	for _, test := range []struct{ pulses, samples int }{{1, 70}, {1, 9000}, {4, 260}, {4, 30_000}} {
		t.Run(fmt.Sprint(test.pulses, test.samples), func(t *testing.T) {
			apart := (test.samples - 70) / 4
			x := stimulated(test.samples, 40, test.pulses, apart)
			in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x), Config: metrics.Defaults()}
			in.Config["pci.onset"], in.Config["pci.pulses"], in.Config["pci.every"] = []float64{0.04}, []float64{float64(test.pulses)}, []float64{float64(apart) / 1000}
			in.Config["pci.baseline"], in.Config["pci.response"] = []float64{0.008}, []float64{0.03}
			// shared/reference/metrics/golden.json, constants.pci.S20_T30_k5: 133 ones of 600.
			for name, want := range map[string]float64{"pci": 0.8666135029183202, "pci_lz76": 1.047997724459364, "pci_entropy": 0.7631991315524302, "pci_active": 133.0 / 600, "pci_threshold": 1} {
				if got := value(t, name, in); math.Abs(got-want) > 1e-12 {
					t.Errorf("%s is %v, want %v", name, got, want)
				}
			}
		})
	}
}

// Of n pulses with baselines of noise, the mean has a standard deviation of 1/sqrt(n), and so have the surrogates: the largest
// of 20 nodes and 200 times lies near sqrt(2 ln 8000) = 4.2 of these (Cramer 1946), and a 1 % quantile above it.
func TestThresholdOfManyPulses(t *testing.T) {
	const pulses, before, nodes = 25, 200, 20
	uniform := metricstest.Congruential(3)
	around := make([][][]float64, pulses)
	for p := range around {
		around[p] = make([][]float64, nodes)
		for i := range around[p] {
			for range before + 3 {
				normal := 0.0
				for range 12 {
					normal += uniform()
				}
				around[p][i] = append(around[p][i], 100+7*normal)
			}
		}
	}
	r := metrics.NewResponse(around, before, 0.01, 300)
	if got := r.Threshold * math.Sqrt(pulses); got < 4 || got > 6 {
		t.Errorf("the threshold is %v standard deviations of the mean", got)
	}
}

func TestResponsesOfOddNodes(t *testing.T) {
	x := [][]float64{
		{1, -1, 1, -1, 3, 0}, // responds once
		{2, 2, 2, 2, 2, 2.5}, // did not change before
		{1, -1, math.NaN(), -1, 3, 0},
		{1, -1, 1, -1, 0, 0},
	}
	in := &metrics.Input{Moments: metricstest.Gather(byTime(x)), Signal: metrics.NewSignal(1000, x), Config: metrics.Defaults()}
	if got := value(t, "pci", in); !math.IsNaN(got) {
		t.Errorf("without an onset pci is %v", got)
	}
	in = &metrics.Input{Moments: in.Moments, Signal: in.Signal, Config: metrics.Defaults()}
	in.Config["pci.onset"], in.Config["pci.baseline"], in.Config["pci.response"] = []float64{0.004}, []float64{0.004}, []float64{0.002}
	m, err := metrics.Find("region_pci_active")
	if err != nil {
		t.Fatal(err)
	}
	for i, got := range m.Values(in) {
		if want := []float64{0.5, 0.5, math.NaN(), 0}[i]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("node %d responds at %v of the times, want %v", i, got, want)
		}
	}
}

// What no length of the run makes good is told before it.
func TestOptionsOfPulses(t *testing.T) {
	m, err := metrics.Find("pci")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		onset, pulses, every float64
		never                string
		samples              int
	}{
		{0.3, 1, 0, "a baseline of 0.4 s does not fit before the pulse at 0.3 s", 0},
		{0.5, 3, 0, "metrics.pci.every is missing", 0},
		{0.5, 1, 0, "", 800},
		{0.5, 3, 1, "", 2800},
	} {
		c := metrics.Defaults()
		c["pci.onset"], c["pci.pulses"], c["pci.every"] = []float64{test.onset}, []float64{test.pulses}, []float64{test.every}
		need := m.Least(metrics.Setup{Nodes: 2, Samples: 100, Rate: 1000, Config: c})
		if !strings.Contains(need.Never, test.never) || (need.Never == "") != (test.never == "") || need.Samples != test.samples {
			t.Errorf("%+v: %+v", test, need)
		}
	}
}
