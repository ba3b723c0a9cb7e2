package sweep

import (
	"fmt"
	"math"
)

// The greatest number of values on one axis, and of points: beyond them lies a slip of the pen, not a study.
const (
	most       = 100_000_000
	mostPoints = 100 * most // which Sobol's sequence has, too: 2^40
)

// Linear returns n values from, ..., to at equal distances, as numpy's linspace does: the ends exact,
// a single value is from.
func Linear(from, to float64, n int) ([]float64, error) {
	if err := checkScale(from, to, n); err != nil {
		return nil, err
	}
	values := make([]float64, n)
	values[0] = from
	step := (to - from) / float64(n-1)
	for i := 1; i < n; i++ {
		// The conversion keeps machines with fused multiply-add from giving other bits.
		values[i] = from + float64(float64(i)*step)
	}
	if n > 1 {
		values[n-1] = to
	}
	return values, nil
}

// Log returns n values from, ..., to at equal ratios, as numpy's geomspace does: the ends exact, whole
// powers of ten exact, a single value is from. Both ends are positive, or both negative.
func Log(from, to float64, n int) ([]float64, error) {
	if err := checkScale(from, to, n); err != nil {
		return nil, err
	}
	if err := checkLog(from, to); err != nil {
		return nil, err
	}
	values := make([]float64, n)
	values[0] = from
	a, b := log10(math.Abs(from)), log10(math.Abs(to))
	step := (b - a) / float64(n-1)
	for i := 1; i < n; i++ {
		values[i] = math.Copysign(pow10(a+float64(float64(i)*step)), from)
	}
	if n > 1 {
		values[n-1] = to
	}
	return values, nil
}

func checkScale(from, to float64, n int) error {
	switch {
	case n < 1:
		return fmt.Errorf("%d points; there must be at least one", n)
	case n > most:
		return fmt.Errorf("%d points; at most %d are allowed on one axis", n, most)
	}
	return checkEnds(from, to)
}

func checkEnds(from, to float64) error {
	if math.IsNaN(from) || math.IsNaN(to) || math.IsInf(to-from, 0) || math.IsInf(from, 0) {
		return fmt.Errorf("from %v to %v; both must be finite numbers", from, to)
	}
	return nil
}

func checkLog(from, to float64) error {
	if from == 0 || to == 0 || math.Signbit(from) != math.Signbit(to) {
		return fmt.Errorf("from %v to %v; a logarithmic scale cannot reach or cross zero", from, to)
	}
	return nil
}

// log10 is exact for the powers of ten, which math.Log10 is not.
func log10(x float64) float64 {
	e := math.Log10(x)
	if r := math.Round(e); x == math.Pow10(int(r)) {
		return r
	}
	return e
}

// pow10 gives powers of ten exactly where e lies within rounding of a whole number.
func pow10(e float64) float64 {
	if r := math.Round(e); math.Abs(e-r) < 1e-13*max(1, math.Abs(e)) {
		return math.Pow10(int(r))
	}
	return math.Pow(10, e)
}

func (r Range) check() error {
	if err := checkEnds(r.From, r.To); err != nil {
		return err
	}
	if r.Log {
		return checkLog(r.From, r.To)
	}
	return nil
}

// at maps u in [0, 1) to the axis: one of its values, or a place in its range.
func (a Axis) at(u float64) float64 {
	if a.Values != nil {
		return a.Values[int(u*float64(len(a.Values)))]
	}
	r := a.Range
	low, high := min(r.From, r.To), max(r.From, r.To)
	v := r.From + float64(u*(r.To-r.From))
	if r.Log {
		a, b := math.Log(math.Abs(r.From)), math.Log(math.Abs(r.To))
		v = math.Copysign(math.Exp(a+float64(u*(b-a))), r.From)
	}
	return min(max(v, low), high)
}
