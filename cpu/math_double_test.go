package cpu_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// ulps64 is the distance of got from want in units of want's last place; results below the least normal number may be 0.
func ulps64(got float64, want *big.Float) float64 {
	exponent := want.MantExp(nil)
	switch {
	case want.Sign() == 0:
		if got == 0 {
			return 0
		}
		return math.Inf(1)
	case exponent < -1019 && got == 0:
		return 0
	case math.IsNaN(got) || math.IsInf(got, 0):
		return math.Inf(1)
	}
	d := sub(num(got), want)
	return math.Abs(float(scale(d, 53-exponent)))
}

// In double precision the bounds hold for arguments drawn evenly from each range, and evenly by their logarithm.
func TestDoubleBounds(t *testing.T) {
	both := func(f func(up, down *big.Float) *big.Float) func(*big.Float) *big.Float {
		return func(x *big.Float) *big.Float { return f(exps(x)) }
	}
	sine := func(x *big.Float) *big.Float { s, _ := bigSincos(x); return s }
	cosine := func(x *big.Float) *big.Float { _, c := bigSincos(x); return c }
	gauss := func(x *big.Float) *big.Float { return bigExp(new(big.Float).Neg(mul(x, x))) }
	cases := []struct {
		kernel    string
		want      func(*big.Float) *big.Float
		low, high float64
	}{
		{"exp", bigExp, -708.3, 709.7},
		{"exp_neg_square", gauss, -26.6, 26.6},
		{"expm1", func(x *big.Float) *big.Float { return sub(bigExp(x), num(1)) }, -40, 709.7},
		{"sinh", both(func(up, down *big.Float) *big.Float { return scale(sub(up, down), -1) }), -710.4, 710.4},
		{"cosh", both(func(up, down *big.Float) *big.Float { return scale(add(up, down), -1) }), -710.4, 710.4},
		{"tanh", both(func(up, down *big.Float) *big.Float { return quo(sub(up, down), add(up, down)) }), -25, 25},
		{"log", bigLog, 1e-300, 1e300},
		{"log", bigLog, 0.5, 2},
		{"erfc", bigErfc, -6, 26.5},
		{"erf", bigErf, -7, 7},
		{"sin", sine, -10, 10},
		{"sin", sine, -1e9, 1e9},
		{"cos", cosine, -10, 10},
		{"cos", cosine, -1e9, 1e9},
		{"sine", sine, -1e9, 1e9},
		{"cosine", cosine, -1e9, 1e9},
		{"tan", func(x *big.Float) *big.Float { s, c := bigSincos(x); return quo(s, c) }, -100, 100},
		{"asin", bigAsin, -1, 1},
		{"acos", func(x *big.Float) *big.Float { return sub(scale(pi, -1), bigAsin(x)) }, -1, 1},
		{"atan", bigAtan, -20, 20},
		{"sqrt", bigSqrt, 0, 1e10},
	}
	bounds := map[string]float64{}
	for _, f := range functions() {
		bounds[f.kernel] = f.double
	}
	const n = 1000
	m := newMapper(t, 64, 2*n)
	random := rand.New(rand.NewPCG(1, 2))
	for _, c := range cases {
		x := make([]float64, 0, 2*n)
		for range n {
			x = append(x, c.low+(c.high-c.low)*random.Float64())
			// Down to 1e-15 of the range, of either sign where both are allowed.
			small := c.high * math.Exp(-35*random.Float64())
			if c.low < 0 && random.IntN(2) == 0 {
				small = c.low * math.Exp(-35*random.Float64())
			}
			if small >= c.low {
				x = append(x, small)
			}
		}
		worst, at := 0.0, 0.0
		for i, got := range m.call(c.kernel, x, nil) {
			if d := ulps64(got, c.want(num(x[i]))); d > worst {
				worst, at = d, x[i]
			}
		}
		t.Logf("%-15s %.3f ulp at %v", c.kernel, worst, at)
		if worst > bounds[c.kernel] {
			t.Errorf("%s(%v): %v ulp, the bound is %v", c.kernel, at, worst, bounds[c.kernel])
		}
	}
}
