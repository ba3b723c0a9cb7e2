package metrics_test

import (
	"math"
	"testing"

	"brainsweep/metrics"
)

// TestConfidence compares with tables of Student's distribution: t(0.975, 1) = 12.7062, t(0.975, 9) = 2.262157,
// t(0.95, 3) = 2.353363.
func TestConfidence(t *testing.T) {
	for _, c := range []struct {
		x           []float64
		level, mean float64
		half        float64
		n           int
	}{
		{[]float64{1, 3}, 0.95, 2, 12.70620473617471, 2},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95, 5.5, 2.2621571627409915 * 3.0276503540974917 / math.Sqrt(10), 10},
		{[]float64{2, math.NaN(), 4, 4, 6}, 0.9, 4, 2.3533634348018233 * math.Sqrt(8.0/3) / 2, 4},
	} {
		mean, low, high, n := metrics.Confidence(c.x, c.level)
		const digits = 1e-9 // of the quantile
		if n != c.n || mean != c.mean || math.Abs(low-(c.mean-c.half)) > digits*c.half || math.Abs(high-(c.mean+c.half)) > digits*c.half {
			t.Errorf("%v: %v from %v to %v of %d", c.x, mean, low, high, n)
		}
	}
	if mean, low, _, n := metrics.Confidence([]float64{3}, 0.95); mean != 3 || !math.IsNaN(low) || n != 1 {
		t.Error(mean, low, n)
	}
}
