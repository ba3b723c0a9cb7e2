package metrics

import (
	"math"
	"slices"
)

// Signal is a whole series in the unit of the report, node by node, with what every metric asks of a node first.
type Signal struct {
	Rate float64     // samples a second [Hz]
	X    [][]float64 // [node][time]
	Bad  []bool      // a sample is not finite
	Flat []bool      // all samples are the same
	Mean []float64   // NaN where bad
	Min  []float64
	Max  []float64
}

// NewSignal looks through x, [node][time], which it keeps.
func NewSignal(rate float64, x [][]float64) *Signal {
	n := len(x)
	s := &Signal{Rate: rate, X: x, Bad: make([]bool, n), Flat: make([]bool, n),
		Mean: make([]float64, n), Min: make([]float64, n), Max: make([]float64, n)}
	for i, row := range x {
		sum, least, most := 0.0, math.Inf(1), math.Inf(-1)
		shift := 0.0
		if len(row) > 0 {
			shift = row[0]
		}
		for _, v := range row {
			sum += v - shift
			if v < least {
				least = v
			}
			if v > most {
				most = v
			}
		}
		s.Min[i], s.Max[i] = least, most
		s.Mean[i] = shift + sum/float64(len(row))
		s.Bad[i] = len(row) == 0 || math.IsNaN(sum) || math.IsInf(sum, 0)
		if s.Bad[i] {
			s.Mean[i] = math.NaN()
		}
		s.Flat[i] = !s.Bad[i] && least == most
	}
	return s
}

// Transposed makes a signal of rows, [time][node], each of n numbers, times scale.
func Transposed[T float32 | float64](rate float64, rows []T, n int, scale float64) *Signal {
	samples := len(rows) / n
	flat := make([]float64, len(rows))
	x := make([][]float64, n)
	for i := range x {
		x[i] = flat[i*samples : (i+1)*samples : (i+1)*samples]
	}
	// A tile of times at once, so that what is read stays in the cache for all nodes.
	const tile = 64
	for from := 0; from < samples; from += tile {
		to := min(from+tile, samples)
		for i := range x {
			row := x[i][from:to]
			at := from*n + i
			for k := range row {
				row[k] = scale * float64(rows[at])
				at += n
			}
		}
	}
	return NewSignal(rate, x)
}

// N is the number of nodes.
func (s *Signal) N() int { return len(s.X) }

// Len is the number of samples.
func (s *Signal) Len() int {
	if len(s.X) == 0 {
		return 0
	}
	return len(s.X[0])
}

// lively tells whether node i is neither bad nor constant.
func (s *Signal) lively(i int) bool { return !s.Bad[i] && !s.Flat[i] }

// livelyNodes lists the nodes that are neither bad nor constant.
func (s *Signal) livelyNodes() []int {
	var out []int
	for i := range s.X {
		if s.lively(i) {
			out = append(out, i)
		}
	}
	return out
}

// centred returns node i less its mean.
func (s *Signal) centred(dst []float64, i int) []float64 {
	dst = slices.Grow(dst[:0], s.Len())[:s.Len()]
	mean := s.Mean[i]
	for t, v := range s.X[i] {
		dst[t] = v - mean
	}
	return dst
}

// variance returns the population variance of node i, 0 exactly when it is constant.
func (s *Signal) variance(i int) float64 {
	if s.Bad[i] {
		return math.NaN()
	}
	if s.Flat[i] {
		return 0
	}
	sum := 0.0
	for _, v := range s.X[i] {
		sum += square(v - s.Mean[i])
	}
	return sum / float64(s.Len())
}

// each fills dst, a number for each node, with f where the node is not bad, NaN elsewhere.
func (s *Signal) each(dst []float64, f func(i int) float64) {
	for i := range dst {
		dst[i] = math.NaN()
		if !s.Bad[i] {
			dst[i] = f(i)
		}
	}
}

func nans(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.NaN()
	}
	return x
}
