package metrics

import "math"

// BlockLength is how many samples are summed before the sums are folded into Moments. Blocks begin at sample 0,
// BlockLength, 2*BlockLength, ... of the retained series, whatever the epochs, so that the result's bytes depend
// on the series alone.
const BlockLength = 1000

// Sums is what a monitor adds up over one block of a series x[t,i] of n nodes, all in float64 about a shift:
// with y_i = x_i - Shift_i, so that a large mean leaves the digits of a small spread alone. The shift is a sample
// of the block itself: the sum of y_i² is then at most Count times the sum of squares about the mean, so that
// centring costs three digits at the very worst. A kernel keeps the same numbers; Add is its reference.
type Sums struct {
	Count    int64     // samples
	Shift    []float64 // n: the block's first sample
	Sum      []float64 // n: sum of y_i
	Squares  []float64 // n: sum of y_i²
	Products []float64 // sums of y_i y_j for i < j, row-major (0,1), (0,2) ... (0,n-1), (1,2) ...; nil when no metric needs pairs
	Min, Max []float64 // n
}

// NewSums returns empty sums for n nodes, with products if pairs says so.
func NewSums(n int, pairs bool) *Sums {
	s := &Sums{
		Shift: make([]float64, n), Sum: make([]float64, n), Squares: make([]float64, n),
		Min: make([]float64, n), Max: make([]float64, n),
	}
	if pairs {
		s.Products = make([]float64, n*(n-1)/2)
	}
	s.Reset()
	return s
}

// Reset empties the sums for the next block.
func (s *Sums) Reset() {
	s.Count = 0
	clear(s.Sum)
	clear(s.Squares)
	clear(s.Products)
	for i := range s.Min {
		s.Min[i], s.Max[i] = math.Inf(1), math.Inf(-1)
	}
}

// Add adds one sample of every node. The first sample of a block becomes its shift.
// A value that is not finite makes Sum not finite for good, which is how a bad node is known.
func (s *Sums) Add(sample []float64) {
	if s.Count == 0 {
		copy(s.Shift, sample)
	}
	s.Count++
	pair := s.Products
	for i, x := range sample {
		y := x - s.Shift[i]
		s.Sum[i] += y
		s.Squares[i] += y * y
		s.Min[i], s.Max[i] = min(s.Min[i], x), max(s.Max[i], x)
		if pair == nil {
			continue
		}
		rest := sample[i+1:]
		for j, other := range rest {
			pair[j] += y * (other - s.Shift[i+1+j])
		}
		pair = pair[len(rest):]
	}
}

// Moments is what a series leaves behind for metrics: centred sums of squares and products, merged block by block
// by Chan's update (Chan, Golub and LeVeque 1983, Am Stat 37:242). The mean is kept as an offset from the series'
// first sample, so that it too keeps the digits of a small spread.
type Moments struct {
	Count    int64     // samples
	Shift    []float64 // n: the series' first sample
	Offset   []float64 // n: mean - Shift
	Squares  []float64 // n: sum of (x_i - mean_i)²
	Products []float64 // sums of (x_i - mean_i)(x_j - mean_j) for i < j in the order of Sums; nil when no metric needs pairs
	Min, Max []float64 // n
}

// NewMoments returns the moments of an empty series of n nodes, with products if pairs says so.
func NewMoments(n int, pairs bool) *Moments {
	empty := NewSums(n, pairs)
	return &Moments{
		Shift: empty.Shift, Offset: empty.Sum, Squares: empty.Squares, Products: empty.Products,
		Min: empty.Min, Max: empty.Max,
	}
}

// N returns the number of nodes.
func (m *Moments) N() int { return len(m.Shift) }

// Fold merges the sums of the series' next block. Sums and moments have the same number of nodes, and sums have
// products if moments have.
func (m *Moments) Fold(s *Sums) {
	if s.Count == 0 {
		return
	}
	if m.Count == 0 {
		copy(m.Shift, s.Shift)
	}
	have, come := float64(m.Count), float64(s.Count)
	total := have + come
	n := m.N()
	// delta_i is the block's mean less the mean so far; the subtraction of shifts is exact where they are close.
	delta := make([]float64, n)
	for i := range delta {
		delta[i] = (s.Shift[i] - m.Shift[i]) + s.Sum[i]/come - m.Offset[i]
	}
	weight := have * come / total
	pair := 0
	for i := range n {
		m.Squares[i] += s.Squares[i] - s.Sum[i]*s.Sum[i]/come + delta[i]*delta[i]*weight
		m.Min[i], m.Max[i] = min(m.Min[i], s.Min[i]), max(m.Max[i], s.Max[i])
		if m.Products == nil {
			continue
		}
		for j := i + 1; j < n; j++ {
			m.Products[pair] += s.Products[pair] - s.Sum[i]*s.Sum[j]/come + delta[i]*delta[j]*weight
			pair++
		}
	}
	for i := range n {
		m.Offset[i] += delta[i] * (come / total)
	}
	m.Count += s.Count
}

// Mean returns the mean of node i, NaN when the series is empty.
func (m *Moments) Mean(i int) float64 {
	if m.Count == 0 {
		return math.NaN()
	}
	return m.Shift[i] + m.Offset[i]
}

// Std returns the population standard deviation of node i: 0 exactly when all samples are the same, NaN when the
// series is empty or the node is bad.
func (m *Moments) Std(i int) float64 {
	switch {
	case m.Count == 0 || m.Bad(i):
		return math.NaN()
	case m.Constant(i):
		return 0
	}
	return math.Sqrt(max(0, m.Squares[i]) / float64(m.Count))
}

// Bad reports whether some sample of node i was not finite, or the samples so large that their sum is not.
func (m *Moments) Bad(i int) bool {
	return m.Count > 0 && (math.IsNaN(m.Mean(i)) || math.IsInf(m.Mean(i), 0))
}

// Constant reports whether all samples of node i are the same number.
func (m *Moments) Constant(i int) bool { return m.Min[i] == m.Max[i] }

// Series gathers the moments of a series that is given sample by sample.
// It is the reference for what a kernel and Fold do together.
type Series struct {
	moments *Moments
	block   *Sums
}

// NewSeries returns an empty series of n nodes, with products if pairs says so.
func NewSeries(n int, pairs bool) *Series {
	return &Series{NewMoments(n, pairs), NewSums(n, pairs)}
}

// Add adds one sample of every node.
func (s *Series) Add(sample []float64) {
	s.block.Add(sample)
	if s.block.Count == BlockLength {
		s.moments.Fold(s.block)
		s.block.Reset()
	}
}

// Moments returns the moments of all samples so far. The series must not be added to afterwards.
func (s *Series) Moments() *Moments {
	s.moments.Fold(s.block)
	s.block.Reset()
	return s.moments
}
