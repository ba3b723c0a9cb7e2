package sweep_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"brainsweep/sweep"
)

func TestLinear(t *testing.T) {
	tests := []struct {
		from, to float64
		n        int
		want     []float64
	}{
		{0, 100, 5, []float64{0, 25, 50, 75, 100}},
		{5, 5, 3, []float64{5, 5, 5}},
		{3, -1, 3, []float64{3, 1, -1}},
		{7, 9, 1, []float64{7}},
		{0, 1, 4, []float64{0, 0.3333333333333333, 0.6666666666666666, 1}}, // numpy.linspace(0, 1, 4)
		{0.1, 0.7, 3, []float64{0.1, 0.4, 0.7}},
	}
	for _, tt := range tests {
		got, err := sweep.Linear(tt.from, tt.to, tt.n)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("Linear(%v, %v, %d) = %v, %v, want %v", tt.from, tt.to, tt.n, got, err, tt.want)
		}
	}
}

func TestLog(t *testing.T) {
	tests := []struct {
		from, to float64
		n        int
		want     []float64
	}{
		{1e-7, 1e-4, 4, []float64{1e-7, 1e-6, 1e-5, 1e-4}},
		{1e-3, 1e3, 7, []float64{1e-3, 1e-2, 0.1, 1, 10, 100, 1000}},
		{100, 1, 3, []float64{100, 10, 1}},
		{-1, -100, 3, []float64{-1, -10, -100}},
		{3, 9, 1, []float64{3}},
		{1e-300, 1e300, 3, []float64{1e-300, 1, 1e300}},
	}
	for _, tt := range tests {
		got, err := sweep.Log(tt.from, tt.to, tt.n)
		if err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("Log(%v, %v, %d) = %v, %v, want %v", tt.from, tt.to, tt.n, got, err, tt.want)
		}
	}
}

// The ends are exact and neighbours keep one ratio, for ends that are no powers of ten.
func TestLogRatios(t *testing.T) {
	const tolerance = 1e-13 // a few roundings of the exponent, times its size
	for _, ends := range [][2]float64{{0.3, 0.7}, {2e-9, 5e11}, {math.Pi, math.E}} {
		v, err := sweep.Log(ends[0], ends[1], 50)
		if err != nil || v[0] != ends[0] || v[49] != ends[1] {
			t.Fatalf("ends %v and %v, want %v; %v", v[0], v[49], ends, err)
		}
		ratio := math.Pow(ends[1]/ends[0], 1.0/49)
		for i := range 49 {
			if d := v[i+1]/v[i]/ratio - 1; math.Abs(d) > tolerance {
				t.Errorf("%v: ratio %d is off by %g", ends, i, d)
			}
		}
	}
}

func TestScaleMistakes(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	tests := []struct {
		scale    func(from, to float64, n int) ([]float64, error)
		from, to float64
		n        int
		want     string
	}{
		{sweep.Linear, 0, 1, 0, "0 points; there must be at least one"},
		{sweep.Linear, 0, 1, -3, "-3 points"},
		{sweep.Linear, 0, 1, 1 << 40, "at most 100000000"},
		{sweep.Linear, nan, 1, 2, "from NaN to 1; both must be finite numbers"},
		{sweep.Linear, 0, inf, 2, "finite"},
		{sweep.Linear, inf, inf, 2, "finite"},
		{sweep.Linear, -1e308, 1e308, 2, "finite"},
		{sweep.Log, 0, 1, 2, "cannot reach or cross zero"},
		{sweep.Log, 1, 0, 2, "cannot reach or cross zero"},
		{sweep.Log, -1, 1, 2, "cannot reach or cross zero"},
		{sweep.Log, 1, nan, 2, "finite"},
		{sweep.Log, 1, 2, 0, "0 points"},
	}
	for _, tt := range tests {
		got, err := tt.scale(tt.from, tt.to, tt.n)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("from %v to %v, %d points: %v, %v, want %q", tt.from, tt.to, tt.n, got, err, tt.want)
		}
	}
}
