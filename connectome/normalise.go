package connectome

import (
	"math"
	"slices"
	"strings"

	"brainsweep/fault"
)

// Normalisations are the modes that Normalise knows.
var Normalisations = []string{"none", "max", "row", "column", "spectral"}

// tiny keeps rows and columns without connections from dividing by 0 (Berlin TVB-AdEx showcase: w/(sum + 1e-12)).
const tiny = 1e-12

// Normalise returns the connectome with its weights rescaled:
//
//	none      w
//	max       w / max|w|
//	row       w_ij / (sum_j |w_ij| + 1e-12): the input of every region sums to 1
//	column    w_ij / (sum_i |w_ij| + 1e-12): the output of every region sums to 1
//	spectral  w / spectral radius, the largest modulus of an eigenvalue; weights must not be negative
//
// A matrix of zeros stays one under max. The error is a mistake of the user's.
func (c *Connectome) Normalise(mode string) (*Connectome, error) {
	out := *c
	switch mode {
	case "none":
	case "max":
		largest := 0.0
		for _, w := range c.Weights {
			largest = max(largest, math.Abs(w))
		}
		if largest > 0 {
			out.Weights = scaled(c.Weights, func(int) float64 { return largest })
		}
	case "row":
		sums, n := c.sums(func(target, _ int) int { return target }), c.N()
		out.Weights = scaled(c.Weights, func(k int) float64 { return sums[k/n] + tiny })
	case "column":
		sums, n := c.sums(func(_, source int) int { return source }), c.N()
		out.Weights = scaled(c.Weights, func(k int) float64 { return sums[k%n] + tiny })
	case "spectral":
		radius, err := c.spectralRadius()
		if err != nil {
			return nil, err
		}
		out.Weights = scaled(c.Weights, func(int) float64 { return radius })
	default:
		return nil, fault.Mistake{Msg: "unknown normalisation " + quote(mode) + fault.Suggest(mode, Normalisations) +
			"; there are " + strings.Join(Normalisations, ", ")}
	}
	return &out, nil
}

func scaled(weights []float64, divisor func(k int) float64) []float64 {
	out := make([]float64, len(weights))
	for k, w := range weights {
		out[k] = w / divisor(k)
	}
	return out
}

// sums adds |w| up by target or by source, in row-major order.
func (c *Connectome) sums(of func(target, source int) int) []float64 {
	n := c.N()
	sums := make([]float64, n)
	for k, w := range c.Weights {
		sums[of(k/n, k%n)] += math.Abs(w)
	}
	return sums
}

// spectralRadius finds the largest eigenvalue of non-negative weights, which is real (Perron and Frobenius),
// by power iteration on W + s I: the shift s > 0 keeps networks of even cycles from swinging for ever.
func (c *Connectome) spectralRadius() (float64, error) {
	if minimum(c.Weights) < 0 {
		return 0, fault.Mistake{Msg: "spectral normalisation needs weights that are not negative; use max, row or column"}
	}
	if c.acyclic() {
		return 0, fault.Mistake{Msg: "spectral normalisation: no connection leads back to where it began, so the spectral radius is 0; use max, row or column"}
	}
	const (
		rounds    = 20000
		tolerance = 1e-13
	)
	n := c.N()
	shift := maximum(c.sums(func(target, _ int) int { return target })) / 4
	x, y := slices.Repeat([]float64{1 / float64(n)}, n), make([]float64, n)
	last := 0.0
	for range rounds {
		growth := 0.0
		for i := range y {
			y[i] = shift * x[i]
			for j, w := range c.Weights[i*n : (i+1)*n] {
				y[i] += w * x[j]
			}
			growth += y[i]
		}
		for i := range x {
			x[i] = y[i] / growth
		}
		if math.Abs(growth-last) <= tolerance*growth {
			return growth - shift, nil
		}
		last = growth
	}
	return 0, fault.Mistake{Msg: "spectral normalisation: the largest eigenvalue does not settle; use max, row or column"}
}

// acyclic reports whether no path along connections returns to its start (Kahn 1962).
func (c *Connectome) acyclic() bool {
	n := c.N()
	inputs := make([]int, n)
	for k, w := range c.Weights {
		if w != 0 {
			inputs[k/n]++
		}
	}
	var free []int
	for i, count := range inputs {
		if count == 0 {
			free = append(free, i)
		}
	}
	for k := 0; k < len(free); k++ {
		for i, source := 0, free[k]; i < n; i++ {
			if c.Weights[i*n+source] != 0 {
				if inputs[i]--; inputs[i] == 0 {
					free = append(free, i)
				}
			}
		}
	}
	return len(free) == n
}

func minimum(x []float64) float64 {
	m := math.Inf(1)
	for _, v := range x {
		m = min(m, v)
	}
	return m
}
