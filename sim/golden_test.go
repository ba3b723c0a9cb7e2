package sim_test

import (
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// The compiled kernels find the numbers of the reference data themselves, not only those of their twins in Go.
func TestGoldenByKernels(t *testing.T) {
	metricstest.Golden(t, func(t *testing.T, rate float64, rows []float64, n int) *metrics.Signal {
		host := newHost[float64](t, n, "native")
		t.Cleanup(func() {
			if err := host.Err(); err != nil {
				t.Error(err)
			}
		})
		return metrics.Hosted(rate, rows, n, 1, host)
	})
}
