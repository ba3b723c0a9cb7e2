package metrics

import "math"

// Spectra are the segments of Welch's method and the power spectral densities made of them.
//
//	segments of n samples, n - floor(n/2) apart; each less its mean, times a periodic Hann window w
//	P_f = (1/K) sum |X_f|² / (rate sum w²), doubled but for f = 0 and, n even, f = rate/2     [unit²/Hz]
//
// The tail that does not fill a segment is left out. A series shorter than n is one segment.
// Welch 1967 (IEEE Trans Audio Electroacoust 15:70).
type Spectra struct {
	Segment   int // n
	Segments  int // K
	Frequency []float64
	Power     [][]float64 // [node][bin]; 0 for a constant node, NaN for a bad one
	// Coefficient holds X_f of the first bins, [node][bin][segment], real parts before imaginary ones; nil unless asked for.
	Coefficient [][][]float64
}

// Welch computes the spectra with segments of n samples, and keeps the coefficients of the first keep bins.
func Welch(s *Signal, n, keep int) *Spectra {
	sp := welchSums(s, min(n, s.Len()), keep, zeros)
	sp.normalise(s.Rate, s.host)
	return sp
}

// welchSums has the sums of |X_f|² in place of the power, in memory that room gives, whatever is in it.
func welchSums(s *Signal, n, keep int, room func(n int) []float64) *Spectra {
	step := n - n/2
	sp := &Spectra{Segment: n, Segments: (s.Len()-n)/step + 1, Frequency: binsOf(n, s.Rate), Power: make([][]float64, s.N())}
	keep = min(keep, len(sp.Frequency))
	if keep > 0 {
		sp.Coefficient = make([][][]float64, s.N())
	}
	hosted := s.host != nil && s.host.plan(n) != nil && keep == 0
	for i := range s.N() {
		sp.Power[i] = room(len(sp.Frequency))
		if s.Bad[i] {
			copy(sp.Power[i], nans(len(sp.Frequency)))
		} else if s.Flat[i] || !hosted {
			clear(sp.Power[i])
		}
		if keep > 0 {
			sp.Coefficient[i] = make([][]float64, keep)
			for f := range sp.Coefficient[i] {
				sp.Coefficient[i][f] = make([]float64, 2*sp.Segments)
				if s.Bad[i] {
					copy(sp.Coefficient[i][f], nans(2*sp.Segments))
				}
			}
		}
	}
	if hosted {
		sp.addByHost(s, step)
	} else {
		window, _ := hann(n)
		sp.addAll(s, window, step)
	}
	return sp
}

// normalise turns sums into densities.
func (sp *Spectra) normalise(rate float64, host *Host) {
	_, norm := host.hann(sp.Segment)
	norm = 1 / (norm * rate * float64(sp.Segments))
	for _, p := range sp.Power {
		for k := range p {
			p[k] *= norm
			if k > 0 && 2*k < sp.Segment {
				p[k] *= 2
			}
		}
	}
}

// unitSegments is how many segments make a unit of a stream.
const unitSegments = 16

// segmentUnit is unit k of a stream of segments of n samples.
func segmentUnit(k, n, samples int) (from, to int, ok bool) {
	n = min(n, samples)
	step := n - n/2
	first, all := k*unitSegments, (samples-n)/step+1
	if samples == 0 || first >= all {
		return 0, 0, false
	}
	last := min(first+unitSegments, all) - 1
	return first * step, last*step + n, true
}

// addAll takes the segments of all nodes.
func (sp *Spectra) addAll(s *Signal, window []float64, step int) {
	f := newFFT(sp.Segment)
	nodes := s.livelyNodes()
	for len(nodes) > 0 {
		together := nodes[:min(f.width(), len(nodes))]
		sp.add(s, together, f, window, step)
		nodes = nodes[len(together):]
	}
}

// addByHost has the host do it.
func (sp *Spectra) addByHost(s *Signal, step int) {
	h, bins := s.host, len(sp.Frequency)
	p := h.plan(sp.Segment)
	window, _ := h.hann(sp.Segment)
	out := h.launch(s, "welch", Task{
		Numbers: append([]int64{int64(step), int64(sp.Segments)}, p.numbers...),
		Table:   p.table,
		Tables:  [][]float64{window},
		Work:    p.matrix() + tileWidth*sp.Segment,
	}, s.N()*bins)
	for _, i := range s.livelyNodes() {
		copy(sp.Power[i], out[i*bins:(i+1)*bins])
	}
}

// add takes the segments of some nodes. Series are brought to about the same size first, by powers of two, since those
// that are transformed together share their rounding.
func (sp *Spectra) add(s *Signal, nodes []int, f fft, window []float64, step int) {
	x, scale := make([][]float64, len(nodes)), make([]float64, len(nodes))
	for k, i := range nodes {
		x[k] = make([]float64, sp.Segment)
		_, size := math.Frexp(s.Max[i] - s.Min[i])
		scale[k] = math.Ldexp(1, size)
	}
	c := make([]complex128, len(sp.Frequency))
	for at := range sp.Segments {
		for k, i := range nodes {
			segment(x[k], s.Node(i)[at*step:at*step+sp.Segment], window, 1/scale[k])
		}
		f.load(x)
		f.transform()
		for k, i := range nodes {
			f.bins(c, k)
			p, square := sp.Power[i], scale[k]*scale[k]
			for f, v := range c {
				p[f] += (real(v)*real(v) + imag(v)*imag(v)) * square
			}
			if sp.Coefficient == nil {
				continue
			}
			for f := range sp.Coefficient[i] {
				row := sp.Coefficient[i][f]
				row[at], row[sp.Segments+at] = real(c[f])*scale[k], imag(c[f])*scale[k]
			}
		}
	}
}

// segment fills dst with x less its mean, times the window and a scale. What is near to all samples is taken from them first,
// exactly: a mean that is large beside their spread would bring its rounding into the lowest bins.
func segment(dst, x, window []float64, scale float64) {
	near := middle(x[0], x[len(x)/2], x[len(x)-1])
	sum := 0.0
	for _, v := range x {
		sum += v - near
	}
	rest := sum / float64(len(x))
	for t, v := range x {
		dst[t] = (v - near - rest) * scale * window[t]
	}
}

// middle is that of three samples.
func middle(x, y, z float64) float64 { return max(min(x, y), min(max(x, y), z)) }

// hann is the periodic Hann window and its sum of squares.
func hann(n int) (w []float64, squares float64) {
	w = make([]float64, n)
	for j := range w {
		w[j] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(j)/float64(n))
		squares += w[j] * w[j]
	}
	return w, squares
}

func binsOf(n int, rate float64) []float64 {
	f := make([]float64, n/2+1)
	for k := range f {
		f[k] = float64(k) * rate / float64(n)
	}
	return f
}
