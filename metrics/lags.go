package metrics

import (
	"cmp"
	"math"
	"math/cmplx"
	"slices"
)

// lagStream adds up the products of samples that lie up to a number of lags apart, of each node. With y = x - shift and
// blocks of samples b,
//
//	P_k = sum_b sum_{t in b} y_t y_{t+k},  the inner sum by FFT of the block and of the block with the lags behind it
//	sum_{t < T-k} (y_t - m)(y_{t+k} - m) = P_k - m (2 sum y - sum of the last k - sum of the first k) + (T-k) m²
//
// The blocks' spectra are added up, so that one transform backwards is left for the end. The shift is the mean of the
// first block: what it is off by is within that block's spread, so the second line takes few digits away.
type lagStream struct {
	Shift      []float64      // of each node; nil before the first unit
	Products   [][]complex128 // of each node the spectrum of P
	Sum        []float64      // of y
	Head, Tail [][]float64    // of each node the first and the last y, as many as there are lags

	nodes, samples, lags, block int
	rate                        float64
	transform                   fft // nil until it is used
}

func newLagStream(s Setup) *lagStream {
	l := &lagStream{nodes: s.Nodes, samples: s.Samples, lags: s.samplesOf(longestLag), rate: s.Rate, Sum: make([]float64, s.Nodes)}
	if l.block = max(unitSamples, l.lags); s.Samples <= 2*l.block {
		l.block = s.Samples // rather than a short second block
	}
	size := l.size()
	l.block = size - l.lags // as much as fits
	l.Products = make([][]complex128, s.Nodes)
	l.Head, l.Tail = make([][]float64, s.Nodes), make([][]float64, s.Nodes)
	for i := range l.Products {
		l.Products[i] = make([]complex128, size/2+1)
	}
	return l
}

// size is the length of the transforms: no lag wraps around.
func (l *lagStream) size() int {
	size := min(l.block, l.samples) + l.lags
	for !smooth(size, 5) {
		size++
	}
	return size
}

// Unit k is a block and the lags behind it.
func (l *lagStream) Unit(k int) (from, to int, ok bool) {
	from = k * l.block
	return from, min(from+l.block+l.lags, l.samples), from < l.samples
}

func (l *lagStream) Bytes() int64 {
	return int64(l.nodes) * (16*int64(l.size()/2+1) + 16*int64(l.lags))
}

func (l *lagStream) Add(k int, s *Signal) {
	if l.transform == nil {
		l.transform = newFFT(l.size())
	}
	if l.Shift == nil {
		l.Shift = slices.Clone(s.Mean)
	}
	f, last := l.transform, s.Len() <= l.block // behind the last block there is nothing
	each := 2
	if last {
		each = 1
	}
	x := l.room()
	a, b := make([]complex128, l.size()/2+1), make([]complex128, l.size()/2+1)
	for first := 0; first < l.nodes; {
		count := min(len(x)/each, l.nodes-first)
		scales := make([]float64, count)
		for n := range count {
			scales[n] = l.load(x[each*n:each*(n+1)], first+n, k, s)
		}
		f.load(x[:each*count])
		f.transform()
		for n := range count {
			f.bins(b, each*n)
			copy(a, b)
			if !last {
				f.bins(b, each*n+1)
			}
			p, square := l.Products[first+n], scales[n]*scales[n]
			for j, v := range a {
				w := b[j]
				p[j] += complex((real(v)*real(w)+imag(v)*imag(w))*square, (real(v)*imag(w)-imag(v)*real(w))*square)
			}
		}
		first += count
	}
}

// room is series for as many transforms as go together; lengths are smooth, so that is two at least.
func (l *lagStream) room() [][]float64 {
	x := make([][]float64, l.transform.width())
	for k := range x {
		x[k] = make([]float64, l.size())
	}
	return x
}

// load fills to, zeros behind, with node i's block less the shift and, unless nothing is behind it, with that and the lags
// behind it besides; over a power of two, which it returns, that brings all nodes to about the same size, since those that
// are transformed together share their rounding.
func (l *lagStream) load(to [][]float64, i, unit int, s *Signal) (scale float64) {
	for _, x := range to {
		clear(x)
	}
	if s.Bad[i] || math.IsNaN(l.Shift[i]) { // it was bad before
		l.Sum[i] = math.NaN()
		return 1
	}
	_, exponent := math.Frexp(max(s.Max[i]-l.Shift[i], l.Shift[i]-s.Min[i]))
	scale = math.Ldexp(1, exponent)
	shift, x := l.Shift[i], s.Node(i)
	sum, block := 0.0, min(l.block, len(x))
	y := make([]float64, len(x))
	for t, v := range x {
		y[t] = v - shift
		to[len(to)-1][t] = y[t] / scale
		if t < block {
			to[0][t] = y[t] / scale
			sum += y[t]
		}
	}
	l.Sum[i] += sum
	if unit == 0 {
		l.Head[i] = slices.Clone(y[:min(l.lags, len(y))])
	}
	// Of the last units, one may be all tail.
	l.Tail[i] = append(l.Tail[i], y[max(0, block-l.lags):block]...)
	l.Tail[i] = slices.Clone(l.Tail[i][max(0, len(l.Tail[i])-l.lags):])
	return scale
}

// timescales are those of all nodes, undefined where they are not lively. The sums P come of their spectra S by a transform
// forwards: with h = Re S + Im S at all frequencies, which is real, P = (Re H + Im H) / size.
func (l *lagStream) timescales(lively func(i int) bool) []Timescale {
	nan := math.NaN()
	out := make([]Timescale, l.nodes)
	var nodes []int
	for i := range out {
		out[i] = Timescale{E: nan, Zero: nan, Integral: nan, Truncated: nan}
		if lively(i) && l.samples > l.lags {
			nodes = append(nodes, i)
		}
	}
	if len(nodes) == 0 {
		return out
	}
	size := l.size()
	l.transform = newFFT(size)
	x, c := l.room(), make([]complex128, size/2+1)
	for len(nodes) > 0 {
		together := nodes[:min(len(x), len(nodes))]
		scales := make([]float64, len(together))
		for k, i := range together {
			_, exponent := math.Frexp(cmplx.Abs(slices.MaxFunc(l.Products[i], func(a, b complex128) int { return cmp.Compare(cmplx.Abs(a), cmplx.Abs(b)) })))
			scales[k] = math.Ldexp(1, exponent)
			for j, v := range l.Products[i] {
				x[k][(size-j)%size] = (real(v) - imag(v)) / scales[k]
				x[k][j] = (real(v) + imag(v)) / scales[k]
			}
		}
		l.transform.load(x[:len(together)])
		l.transform.transform()
		for k, i := range together {
			l.transform.bins(c, k)
			products := make([]float64, l.lags+1)
			for lag := range products {
				products[lag] = (real(c[lag]) + imag(c[lag])) * scales[k] / float64(size)
			}
			out[i] = l.timescale(i, products)
		}
		nodes = nodes[len(together):]
	}
	return out
}

// timescale is that of node i, of its sums of products.
func (l *lagStream) timescale(i int, products []float64) Timescale {
	out, count := Timescale{R: make([]float64, l.lags+1)}, float64(l.samples)
	mean := l.Sum[i] / count
	head, tail := 0.0, 0.0
	for k := range out.R {
		if k > 0 {
			head += l.Head[i][k-1]
			tail += l.Tail[i][len(l.Tail[i])-k]
		}
		out.R[k] = products[k] - mean*(2*l.Sum[i]-head-tail) + (count-float64(k))*mean*mean
	}
	for k, whole := len(out.R)-1, out.R[0]; k >= 0; k-- {
		out.R[k] /= whole
	}
	out.draw(l.rate)
	return out
}
