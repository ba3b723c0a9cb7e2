package metrics_test

import (
	"maps"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// BenchmarkGroups times each group on a series of 68 nodes and 10 s of 1 ms, in ns for a node and sample.
func BenchmarkGroups(b *testing.B) {
	const nodes, samples = 68, 10000
	rows := make([]float32, nodes*samples)
	uniform := metricstest.Congruential(7)
	state := make([]float64, nodes)
	for t := range samples {
		common := uniform()
		for i := range nodes {
			state[i] = 0.98*state[i] + uniform() + 0.5*common
			rows[t*nodes+i] = float32(10 + state[i])
		}
	}
	moments := metrics.NewSeries(nodes, true)
	for t := range samples {
		x := make([]float64, nodes)
		for i := range x {
			x[i] = float64(rows[t*nodes+i])
		}
		moments.Add(x)
	}
	m := moments.Moments()
	config := metrics.Defaults()
	maps.Copy(config, metrics.Config{"fcd.window": {2}, "fcd.step": {0.5}, "dmn.regions": {1, 2, 3}, "homotopic.pairs": {0, 1}})
	for _, g := range metrics.Groups() {
		b.Run(g.Name, func(b *testing.B) {
			for b.Loop() {
				in := &metrics.Input{Moments: m, Unit: "Hz", Config: config, Signal: metrics.Transposed(1000, rows, nodes, 1)}
				for _, metric := range g.Metrics {
					metric.Values(in)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*nodes*samples), "ns/node-sample")
		})
	}
}
