package metrics_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// lively are series that every metric has something to say of: an oscillation that comes and goes with up and down
// states, and noise, some of it common; [time][node].
func lively(nodes, samples int) []float64 {
	random := rand.New(rand.NewPCG(4, 7))
	rows := make([]float64, samples*nodes)
	slow := make([]float64, nodes)
	up := false
	for t := range samples {
		if random.Float64() < 0.004 {
			up = !up
		}
		common := random.NormFloat64()
		level := 2.0
		if up {
			level = 10
		}
		for i := range nodes {
			slow[i] = 0.97*slow[i] + 0.2*random.NormFloat64() + 0.1*common
			rows[t*nodes+i] = level + float64(i) + slow[i] + 1.5*math.Sin(2*math.Pi*(9+0.3*float64(i))*float64(t)/1000)
		}
	}
	return rows
}

// drawFrom computes every metric of series at 1 kHz.
func drawFrom(rows []float64, nodes int) map[string][]float64 {
	sums := metrics.NewSeries(nodes, true)
	for k := 0; k < len(rows); k += nodes {
		sums.Add(rows[k : k+nodes])
	}
	weights, lengths := metricstest.Structure(nodes)
	in := &metrics.Input{Moments: sums.Moments(), Signal: metrics.Transposed(1000, rows, nodes, 1), Weights: weights, Lengths: lengths,
		Config: metrics.Config{"fcd.window": {1}, "fcd.step": {0.5}, "phase.band": {6, 14}, "dmn.regions": {0, 2, 4}, "homotopic.pairs": {0, 3, 1, 4, 2, 5}, "pci.onset": {2}}}
	out := map[string][]float64{}
	for _, m := range metrics.Table() {
		out[m.Name] = m.Values(in)
	}
	return out
}

// TestResponses moves every sample of series up or down by a share of itself, from a few roundings to a thousandth. A
// metric answers with so many times the share, as many for small ones as for large ones; or it says on what it leaps, and
// stays exactly what it is while the share is small.
func TestResponses(t *testing.T) {
	const nodes, samples = 6, 6000
	rows := lively(nodes, samples)
	plain := drawFrom(rows, nodes)
	for _, share := range []float64{0x1p-44, 0x1p-30, 0x1p-20, 0x1p-14, 0x1p-10} {
		for seed := range uint64(3) {
			random := rand.New(rand.NewPCG(seed, 9))
			moved := make([]float64, len(rows))
			for i, x := range rows {
				moved[i] = x * (1 + share*(2*random.Float64()-1))
			}
			got := drawFrom(moved, nodes)
			for _, m := range metrics.Table() {
				size, distance := 0.0, 0.0
				for i, v := range got[m.Name] {
					want := plain[m.Name][i]
					if math.IsNaN(v) != math.IsNaN(want) {
						t.Errorf("%s: number %d is %v, was %v", m.Name, i, v, want)
					} else if !math.IsNaN(v) {
						size, distance = max(size, math.Abs(want)), max(distance, math.Abs(v-want))
					}
				}
				answer := 0.0
				if distance > 0 {
					answer = distance / size / share
				}
				switch {
				case m.Leaps == "" && answer > metrics.LargestResponse:
					t.Errorf("%s goes %.2g times as far as its series, by %g of themselves", m.Name, answer, share)
				case m.Leaps == "" && share > 1e-10 && answer == 0:
					t.Errorf("%s leaps, but does not say so: it is what it was with its series by %g away", m.Name, share)
				case m.Leaps != "" && share < 1e-8 && answer != 0:
					t.Errorf("%s changes with its series, but says that it leaps on %s", m.Name, m.Leaps)
				}
			}
		}
	}
}
