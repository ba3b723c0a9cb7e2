package cpu_test

import (
	"math"
	"math/big"
)

// The functions of this file are slow and right: an independent reference for double precision, by series in numbers
// of precise bits.
const precise = 320

func num(x float64) *big.Float { return new(big.Float).SetPrec(precise).SetFloat64(x) }

func add(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precise).Add(a, b) }
func sub(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precise).Sub(a, b) }
func mul(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precise).Mul(a, b) }
func quo(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(precise).Quo(a, b) }
func scale(a *big.Float, n int) *big.Float {
	return new(big.Float).SetPrec(precise).SetMantExp(a, n)
}

func float(a *big.Float) float64 {
	f, _ := a.Float64()
	return f
}

// tiny tells whether term no longer matters beside sum.
func tiny(term, sum *big.Float) bool {
	return term.Sign() == 0 || sum.Sign() != 0 && term.MantExp(nil) < sum.MantExp(nil)-precise
}

// series is the sum of terms that begin with first, each the one before times ratio(k), k = 1, 2, ...
func series(first *big.Float, ratio func(k int) *big.Float) *big.Float {
	sum, term := num(0), first
	for k := 1; !tiny(term, sum); k++ {
		sum = add(sum, term)
		term = mul(term, ratio(k))
	}
	return sum
}

func bigExp(x *big.Float) *big.Float {
	const halvings = 40
	n := 0
	if x.Sign() != 0 {
		n = max(0, x.MantExp(nil)+halvings)
	}
	r := scale(x, -n)
	y := series(num(1), func(k int) *big.Float { return quo(r, num(float64(k))) })
	for range n {
		y = mul(y, y)
	}
	return y
}

// bigLog improves Go's logarithm by one step of Halley's method, which triples its digits, and another.
func bigLog(x *big.Float) *big.Float {
	m := new(big.Float)
	e := x.MantExp(m)
	y := num(math.Log(float(m)) + float64(e)*math.Ln2)
	for range 3 {
		p := bigExp(y)
		y = add(y, scale(quo(sub(x, p), add(x, p)), 1))
	}
	return y
}

// bigPi is 16 atan(1/5) - 4 atan(1/239) (Machin 1706).
func bigPi() *big.Float {
	inverse := func(n float64) *big.Float {
		sum, power := num(0), quo(num(1), num(n))
		for k := 1; !tiny(power, num(1)); k += 2 {
			term := quo(power, num(float64(k)))
			if k%4 == 3 {
				term.Neg(term)
			}
			sum = add(sum, term)
			power = quo(power, num(n*n))
		}
		return sum
	}
	return sub(scale(inverse(5), 4), scale(inverse(239), 2))
}

var pi = bigPi()

func bigSincos(x *big.Float) (s, c *big.Float) {
	turns, _ := quo(x, scale(pi, 1)).Int(nil)
	r := sub(x, mul(new(big.Float).SetPrec(precise).SetInt(turns), scale(pi, 1)))
	minus := mul(r, r)
	minus.Neg(minus)
	s = series(r, func(k int) *big.Float { return quo(minus, num(float64(2*k)*float64(2*k+1))) })
	c = series(num(1), func(k int) *big.Float { return quo(minus, num(float64(2*k-1)*float64(2*k))) })
	return s, c
}

// bigAtan improves Go's arc tangent by the tangent of what is missing.
func bigAtan(x *big.Float) *big.Float {
	y := num(math.Atan(float(x)))
	for range 3 {
		s, c := bigSincos(y)
		y = add(y, quo(sub(mul(x, c), s), add(c, mul(x, s))))
	}
	return y
}

// bigErf is 2/sqrt(pi) exp(-x^2) x sum (2 x^2)^n / (1 3 5 ... (2n+1)) (Abramowitz & Stegun 7.1.6).
func bigErf(x *big.Float) *big.Float {
	square := mul(x, x)
	sum := series(x, func(k int) *big.Float { return quo(scale(square, 1), num(float64(2*k+1))) })
	minus := new(big.Float).Neg(square)
	return quo(scale(mul(bigExp(minus), sum), 1), new(big.Float).SetPrec(precise).Sqrt(pi))
}

// bigErfc is 1 - erf below 5, and the continued fraction exp(-x^2)/sqrt(pi) / (x + (1/2)/(x + 1/(x + (3/2)/(x + ...
// from there on (7.1.14).
func bigErfc(x *big.Float) *big.Float {
	if float(x) < 5 {
		return sub(num(1), bigErf(x))
	}
	f := x
	for k := 400; k > 0; k-- {
		f = add(x, quo(num(float64(k)/2), f))
	}
	minus := mul(x, x)
	minus.Neg(minus)
	return quo(bigExp(minus), mul(f, new(big.Float).SetPrec(precise).Sqrt(pi)))
}

// bigAsin is atan(x / sqrt(1 - x^2)).
func bigAsin(x *big.Float) *big.Float {
	return bigAtan(quo(x, new(big.Float).SetPrec(precise).Sqrt(sub(num(1), mul(x, x)))))
}

func bigSqrt(x *big.Float) *big.Float { return new(big.Float).SetPrec(precise).Sqrt(x) }

// exps gives exp x and exp -x.
func exps(x *big.Float) (up, down *big.Float) {
	up = bigExp(x)
	return up, quo(num(1), up)
}
