package metrics

import (
	"math"
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
	l.block = max(unitSamples, l.lags)
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
	size, f := l.size(), l.transform
	together := max(1, f.width()/2)
	x := make([][]float64, 2*together)
	for k := range x {
		x[k] = make([]float64, size)
	}
	a, b := make([]complex128, size/2+1), make([]complex128, size/2+1)
	for first := 0; first < l.nodes; first += together {
		count := min(together, l.nodes-first)
		for n := range count {
			l.load(x[2*n], x[2*n+1], first+n, k, s)
		}
		f.load(x[:2*count])
		f.transform()
		for n := range count {
			f.bins(a, 2*n)
			f.bins(b, 2*n+1)
			p := l.Products[first+n]
			for j, v := range a {
				w := b[j]
				p[j] += complex(real(v)*real(w)+imag(v)*imag(w), real(v)*imag(w)-imag(v)*real(w))
			}
		}
	}
}

// load fills own with node i's block less the shift, and behind with the lags behind it besides.
func (l *lagStream) load(own, behind []float64, i, unit int, s *Signal) {
	shift, x := l.Shift[i], s.Node(i)
	sum, block := 0.0, min(l.block, len(x))
	for t, v := range x {
		behind[t] = v - shift
		if t < block {
			own[t] = behind[t]
			sum += behind[t]
		}
	}
	clear(behind[len(x):])
	clear(own[block:])
	l.Sum[i] += sum
	if unit == 0 {
		l.Head[i] = slices.Clone(behind[:min(l.lags, len(x))])
	}
	// Of the last units, one may be all tail.
	l.Tail[i] = append(l.Tail[i], own[max(0, block-l.lags):block]...)
	l.Tail[i] = slices.Clone(l.Tail[i][max(0, len(l.Tail[i])-l.lags):])
}

// timescale is that of node i, undefined where the node is not lively.
func (l *lagStream) timescale(i int, lively bool) Timescale {
	nan := math.NaN()
	out := Timescale{E: nan, Zero: nan, Integral: nan, Truncated: nan}
	if !lively || l.samples <= l.lags {
		return out
	}
	size, count := l.size(), float64(l.samples)
	products := make([]float64, size)
	newAnyLength(size).backward(products, slices.Clone(l.Products[i]))
	mean := l.Sum[i] / count
	out.R = make([]float64, l.lags+1)
	head, tail := 0.0, 0.0
	for k := range out.R {
		if k > 0 {
			head += l.Head[i][k-1]
			tail += l.Tail[i][len(l.Tail[i])-k]
		}
		out.R[k] = products[k]/float64(size) - mean*(2*l.Sum[i]-head-tail) + (count-float64(k))*mean*mean
	}
	for k, whole := len(out.R)-1, out.R[0]; k >= 0; k-- {
		out.R[k] /= whole
	}
	out.draw(l.rate)
	return out
}
