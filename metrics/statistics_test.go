package metrics_test

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// Equal numbers stay as they stand, numbers that share their leading bits are told apart, and -0 is below 0.
func TestAscendingOrder(t *testing.T) {
	uniform := metricstest.Congruential(17)
	special := []float64{math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64}
	for name, at := range map[string]func(i int) float64{
		"apart":                  func(int) float64 { return uniform() },
		"few":                    func(int) float64 { return math.Round(4 * uniform()) },
		"all the same":           func(int) float64 { return -0.3 },
		"alike about a power":    func(int) float64 { return 1 + 1e-12*uniform() },
		"alike, and one far off": func(i int) float64 { return 1 + 1e-14*uniform() - 7*float64(i%1000/999) },
		"ends of what there is":  func(i int) float64 { return special[int(uint64(i)*2654435761>>7)%len(special)] },
	} {
		for _, n := range []int{0, 1, 2, 3, 1500} {
			x, want := make([]float64, n), make([]int32, n)
			for i := range x {
				x[i], want[i] = at(i), int32(i)
			}
			slices.SortStableFunc(want, func(a, b int32) int {
				sign := func(v float64) float64 { return math.Copysign(1, v) }
				return cmp.Or(cmp.Compare(x[a], x[b]), cmp.Compare(sign(x[a]), sign(x[b])))
			})
			if got := metrics.AscendingOrder(x); !slices.Equal(got, want) {
				t.Errorf("%s: %d numbers are in another order", name, n)
			}
		}
	}
}
