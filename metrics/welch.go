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

	rows piece     // of the nodes, and spectraBehind more
	logs []float64 // those of the frequencies to base 10
}

// Welch computes the spectra with segments of n samples, and keeps the coefficients of the first keep bins.
func Welch(s *Signal, n, keep int) *Spectra {
	n = min(n, s.Len())
	return welchPart(s, n, keep, segmentCount(s.Len(), n), plain)
}

// newSpectra makes room for spectra of so many nodes in memory that place gives, whatever is in it.
func newSpectra(nodes, n, segments int, rate float64, host *Host, place func(n int) piece) *Spectra {
	axis := host.axis(n, rate)
	sp := &Spectra{Segment: n, Segments: segments, Frequency: axis.frequencies, logs: axis.logs, Power: make([][]float64, nodes)}
	sp.rows = place((nodes + spectraBehind) * len(sp.Frequency))
	for i := range sp.Power {
		sp.Power[i] = sp.row(i)
	}
	return sp
}

// spectraBehind are the rows behind those of the nodes: their average, the frequencies and their logarithms.
const spectraBehind = 3

// row is a row of numbers, one for each bin.
func (sp *Spectra) row(i int) []float64 {
	bins := len(sp.Frequency)
	return sp.rows.numbers[i*bins : (i+1)*bins : (i+1)*bins]
}

// step is from the start of a segment to that of the next.
func (sp *Spectra) step() int { return sp.Segment - sp.Segment/2 }

// segmentCount is how many segments of n samples a series has.
func segmentCount(samples, n int) int { return (samples-n)/(n-n/2) + 1 }

// welchPart is what the segments of s add to spectra of so many segments, in memory that place gives, whatever is in it.
func welchPart(s *Signal, n, keep, segments int, place func(n int) piece) *Spectra {
	sp := newSpectra(s.N(), n, segmentCount(s.Len(), n), s.Rate, s.host, place)
	keep = min(keep, len(sp.Frequency))
	if keep > 0 {
		sp.Coefficient = make([][][]float64, s.N())
	}
	plan, _ := s.host.halved(n)
	hosted := plan != nil && keep == 0
	window, squares := s.host.hann(n)
	norm := 1 / (squares * s.Rate * float64(segments))
	for i := 0; keep > 0 && i < s.N(); i++ {
		sp.Coefficient[i] = make([][]float64, keep)
		for f := range sp.Coefficient[i] {
			sp.Coefficient[i][f] = make([]float64, 2*sp.Segments)
			if s.Bad[i] {
				fill(sp.Coefficient[i][f], math.NaN())
			}
		}
	}
	if hosted {
		sp.addByHost(s, window, norm)
	} else {
		for _, p := range sp.Power {
			clear(p)
		}
		sp.addAll(s, window)
		sp.normalise(norm)
	}
	for i, p := range sp.Power {
		if s.Bad[i] {
			fill(p, math.NaN())
		} else if s.Flat[i] {
			clear(p)
		}
	}
	return sp
}

// normalise turns sums into densities.
func (sp *Spectra) normalise(norm float64) {
	doubled := (sp.Segment + 1) / 2 // the first bin behind those that stand for their negatives, too
	for _, p := range sp.Power {
		p[0] *= norm
		for k := 1; k < doubled; k++ {
			p[k] *= 2 * norm
		}
		for k := doubled; k < len(p); k++ {
			p[k] *= norm
		}
	}
}

// unitSegments is how many segments make a unit of a stream.
const unitSegments = 16

// segmentUnit is unit k of a stream of segments of n samples.
func segmentUnit(k, n, samples int) (from, to int, ok bool) {
	if samples == 0 {
		return 0, 0, false
	}
	n = min(n, samples)
	step := n - n/2
	first, all := k*unitSegments, segmentCount(samples, n)
	if first >= all {
		return 0, 0, false
	}
	last := min(first+unitSegments, all) - 1
	return first * step, last*step + n, true
}

// addAll takes the segments of all nodes.
func (sp *Spectra) addAll(s *Signal, window []float64) {
	f := newFFT(sp.Segment)
	nodes := s.livelyNodes()
	for len(nodes) > 0 {
		together := nodes[:min(f.width(), len(nodes))]
		sp.add(s, together, f, window)
		nodes = nodes[len(together):]
	}
}

// addByHost has the host do it and normalise, and leaves whatever there is to nodes that are not lively.
func (sp *Spectra) addByHost(s *Signal, window []float64, norm float64) {
	h := s.host
	p, each := h.halved(sp.Segment)
	sin, cos := math.Sincos(2 * math.Pi / float64(sp.Segment))
	powers, tangents := sp.Segment, []float64(nil) // for odd segments
	if each == 2 {
		tangents = p.halfTangents()
		powers = 2 * len(tangents)
	}
	all := sp.rows.numbers[:s.N()*len(sp.Frequency)]
	out := h.launch(s, "welch", Task{
		Numbers: append([]int64{int64(sp.step()), int64(sp.Segments), int64(each)}, p.numbers...),
		Laid:    h.laid(p, window, []float64{norm, 2 * norm, cos, sin}, tangents),
		Work:    p.matrix() + tileWidth*powers,
		Into:    sp.rows.Memory,
	}, len(all))
	if sp.rows.Memory == nil {
		copy(all, out)
	}
}

// add takes the segments of some nodes. Series are brought to about the same size first, by powers of two, since those
// that are transformed together share their rounding.
func (sp *Spectra) add(s *Signal, nodes []int, f fft, window []float64) {
	x, scale := make([][]float64, len(nodes)), make([]float64, len(nodes))
	for k, i := range nodes {
		x[k] = make([]float64, sp.Segment)
		_, size := math.Frexp(s.Max[i] - s.Min[i])
		scale[k] = math.Ldexp(1, size)
	}
	c, step := make([]complex128, len(sp.Frequency)), sp.step()
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

// binsOf are the frequencies of the bins of segments of n samples [Hz].
func binsOf(n int, rate float64) []float64 {
	f := make([]float64, binCount(n))
	for k := range f {
		f[k] = float64(k) * rate / float64(n)
	}
	return f
}

func binCount(n int) int { return n/2 + 1 }

// axis is the frequencies of the bins of segments of n samples, and their logarithms to base 10.
type axis struct {
	n                 int
	rate              float64
	frequencies, logs []float64
}

// axis gives one, computed anew where the last one was another. A nil host may be asked.
func (h *Host) axis(n int, rate float64) axis {
	if h != nil && h.last.n == n && h.last.rate == rate {
		return h.last
	}
	a := axis{n: n, rate: rate, frequencies: binsOf(n, rate)}
	a.logs = logarithms(a.frequencies)
	if h != nil {
		h.last = a
	}
	return a
}
