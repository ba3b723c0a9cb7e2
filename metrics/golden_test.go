package metrics_test

import (
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

func TestGolden(t *testing.T) {
	metricstest.Golden(t, func(_ *testing.T, rate float64, rows []float64, n int) *metrics.Signal {
		return metrics.Transposed(rate, rows, n, 1)
	})
}
