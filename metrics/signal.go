package metrics

import (
	"errors"
	"math"
	"slices"
)

// Signal is a whole series in the unit of the report, node by node, with what every metric asks of a node first.
// It serves one goroutine.
type Signal struct {
	Rate float64   // samples a second [Hz]
	Bad  []bool    // a sample is not finite
	Flat []bool    // all samples are the same
	Mean []float64 // NaN where bad
	Min  []float64
	Max  []float64

	samples int
	x       [][]float64 // [node][time]; nil until a metric asks for it
	tiles   *Tiles      // of which x are samples from first on, times the factor; nil where x is all there is
	first   int         // counted in the room of the tiles
	factor  float64
	host    *Host // nil: Go computes
}

// NewSignal looks through x, [node][time], which it keeps.
func NewSignal(rate float64, x [][]float64) *Signal {
	s := newSignal(rate, len(x))
	s.x = x
	if len(x) > 0 {
		s.samples = len(x[0])
	}
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
		s.judge(i, shift+sum/float64(len(row)), least, most)
	}
	return s
}

func newSignal(rate float64, n int) *Signal {
	return &Signal{Rate: rate, Bad: make([]bool, n), Flat: make([]bool, n),
		Mean: make([]float64, n), Min: make([]float64, n), Max: make([]float64, n)}
}

// judge notes what a look through node i has found.
func (s *Signal) judge(i int, mean, least, most float64) {
	s.Mean[i], s.Min[i], s.Max[i] = mean, least, most
	s.Bad[i] = s.samples == 0 || math.IsNaN(mean) || math.IsInf(mean, 0)
	if s.Bad[i] {
		s.Mean[i] = math.NaN()
	}
	s.Flat[i] = !s.Bad[i] && least == most
}

// Transposed makes a signal of rows, [time][node], each of n numbers, times a factor.
func Transposed[T float32 | float64](rate float64, rows []T, n int, factor float64) *Signal {
	return NewSignal(rate, byNode(rows, n, factor))
}

// Hosted is Transposed with a host that computes what it can; the signal means nothing once the host is given another one.
func Hosted[T float32 | float64](rate float64, rows []T, n int, factor float64, host *Host) *Signal {
	if host == nil || len(rows) == 0 {
		return Transposed(rate, rows, n, factor)
	}
	t, err := host.given(rows, len(rows)/n)
	if err != nil {
		host.err = errors.Join(host.err, err)
		return Transposed(rate, rows, n, factor)
	}
	return t.Signal(0, t.Len(), rate, factor, host)
}

// survey has the host look through all nodes.
func (s *Signal) survey() {
	s.found(s.host.launch(s, "survey", Task{}, foundBySurvey*s.host.stride()))
}

// foundBySurvey are the numbers that the kernel survey finds of a node: the mean, and the least and the greatest sample.
const foundBySurvey = 3

// found notes what a look through all nodes has found.
func (s *Signal) found(looks []float64) {
	stride := s.host.stride()
	for i := range s.N() {
		s.judge(i, looks[i], looks[stride+i], looks[2*stride+i])
	}
}

// Part is the series from sample from to to-1.
func (s *Signal) Part(from, to int) *Signal {
	if from == 0 && to == s.samples {
		return s
	}
	if s.host == nil {
		x := make([][]float64, s.N())
		for i := range x {
			x[i] = s.Node(i)[from:to]
		}
		return NewSignal(s.Rate, x)
	}
	p := newSignal(s.Rate, s.N())
	p.tiles, p.first, p.samples, p.factor, p.host = s.tiles, s.first+from, to-from, s.factor, s.host
	p.survey()
	return p
}

// byNode gives [node][time].
func byNode[T float32 | float64](rows []T, n int, factor float64) [][]float64 {
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
				row[k] = factor * float64(rows[at])
				at += n
			}
		}
	}
	return x
}

// Node is the series of node i. The caller must not change it.
func (s *Signal) Node(i int) []float64 { return s.Nodes()[i] }

// Nodes are the series of all nodes, [node][time]. The caller must not change them.
func (s *Signal) Nodes() [][]float64 {
	switch {
	case s.x != nil || s.tiles == nil:
	case s.tiles.bits == 32:
		s.x = nodesOf[float32](s.tiles, s.first, s.samples, s.factor)
	default:
		s.x = nodesOf[float64](s.tiles, s.first, s.samples, s.factor)
	}
	return s.x
}

// N is the number of nodes.
func (s *Signal) N() int { return len(s.Mean) }

// Len is the number of samples.
func (s *Signal) Len() int { return s.samples }

// lively tells whether node i is neither bad nor constant.
func (s *Signal) lively(i int) bool { return !s.Bad[i] && !s.Flat[i] }

// livelyNodes lists the nodes that are neither bad nor constant.
func (s *Signal) livelyNodes() []int {
	var out []int
	for i := range s.N() {
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
	for t, v := range s.Node(i) {
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
	for _, v := range s.Node(i) {
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
	fill(x, math.NaN())
	return x
}

func fill(x []float64, v float64) {
	for i := range x {
		x[i] = v
	}
}
