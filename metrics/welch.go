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
	n = min(n, s.Len())
	step := n - n/2
	sp := &Spectra{Segment: n, Segments: (s.Len()-n)/step + 1, Frequency: binsOf(n, s.Rate), Power: make([][]float64, s.N())}
	keep = min(keep, len(sp.Frequency))
	if keep > 0 {
		sp.Coefficient = make([][][]float64, s.N())
	}
	fft := newTransform(n)
	window, norm := hann(n)
	norm = 1 / (norm * s.Rate * float64(sp.Segments))
	x, c := make([]float64, n), make([]complex128, fft.bins())
	for i := range s.X {
		p := make([]float64, fft.bins())
		sp.Power[i] = p
		if keep > 0 {
			sp.Coefficient[i] = make([][]float64, keep)
			for f := range sp.Coefficient[i] {
				sp.Coefficient[i][f] = make([]float64, 2*sp.Segments)
			}
		}
		if !s.lively(i) {
			if s.Bad[i] {
				copy(p, nans(len(p)))
			}
			continue
		}
		for k := range sp.Segments {
			segment(x, s.X[i][k*step:k*step+n], window)
			fft.forward(c, x)
			for f, v := range c {
				p[f] += real(v)*real(v) + imag(v)*imag(v)
			}
			for f := range keep {
				sp.Coefficient[i][f][k], sp.Coefficient[i][f][sp.Segments+k] = real(c[f]), imag(c[f])
			}
		}
		for f := range p {
			p[f] *= norm
			if f > 0 && 2*f < n {
				p[f] *= 2
			}
		}
	}
	return sp
}

// segment fills dst with x less its mean, times the window.
func segment(dst, x, window []float64) {
	sum, shift := 0.0, x[0]
	for _, v := range x {
		sum += v - shift
	}
	centre := shift + sum/float64(len(x))
	for t, v := range x {
		dst[t] = (v - centre) * window[t]
	}
}

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
