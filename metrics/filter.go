package metrics

import (
	"fmt"
	"math"
	"math/cmplx"
)

// section is a second-order filter: (b0 + b1/z + b2/z²) / (1 + a1/z + a2/z²).
type section struct{ b0, b1, b2, a1, a2 float64 }

// BandWrong says why the rate or the number of the samples does not allow a band [Hz], or with smooth a Butterworth filter of it; "" where
// it does, and where there is no band.
func (s Setup) BandWrong(band []float64, smooth bool) string {
	if len(band) != 2 {
		return ""
	}
	top, samples := s.Rate/2, seconds(1/s.Rate)
	switch {
	case smooth && !(band[0] > 0 && band[1] < top):
		return fmt.Sprintf("a Butterworth filter of samples every %s has its band above 0 and below %.6g Hz", samples, top)
	case smooth && s.Samples <= butterworthPad:
		return fmt.Sprintf("a Butterworth filter needs at least %d samples, of which it mirrors %d at both ends; there are %d", butterworthPad+1, butterworthPad, s.Samples)
	case band[1] > top:
		return fmt.Sprintf("frequencies of samples every %s lie up to %.6g Hz", samples, top)
	}
	return ""
}

// butterworth designs the band-pass of order 2 on each side from low to top [Hz], by the bilinear transform of the
// analogue prototype with prewarped edges, as two sections: the first has the two zeros at -1 and the poles that are
// nearer to the origin. Butterworth 1930 (Exp Wireless 7:536).
func butterworth(low, top, rate float64) []section {
	w1, w2 := 4*math.Tan(math.Pi*low/rate), 4*math.Tan(math.Pi*top/rate)
	band, centre := w2-w1, w1*w2
	// The prototype's poles are at angle ±3π/4; each makes two of the band-pass.
	half := cmplx.Rect(1, 3*math.Pi/4) * complex(band/2, 0)
	root := cmplx.Sqrt(half*half - complex(centre, 0))
	var poles [2]complex128
	gain := complex(band*band, 0) * 16 // (2 rate)² of the zeros at 0, with the rate taken as 2
	for k, s := range []complex128{half + root, half - root} {
		poles[k] = (4 + s) / (4 - s)
		gain /= (4 - s) * cmplx.Conj(4-s)
	}
	if cmplx.Abs(poles[0]) > cmplx.Abs(poles[1]) {
		poles[0], poles[1] = poles[1], poles[0]
	}
	g := real(gain)
	of := func(p complex128) (a1, a2 float64) { return -2 * real(p), real(p)*real(p) + imag(p)*imag(p) }
	first, second := section{b0: g, b1: 2 * g, b2: g}, section{b0: 1, b1: -2, b2: 1}
	first.a1, first.a2 = of(poles[0])
	second.a1, second.a2 = of(poles[1])
	return []section{first, second}
}

// steady is the state of the sections for an input that has been 1 for ever.
func steady(sos []section) [][2]float64 {
	out := make([][2]float64, len(sos))
	scale := 1.0
	for k, s := range sos {
		// y = gain of the section at frequency 0; the states follow from y.
		y := (s.b0 + s.b1 + s.b2) / (1 + s.a1 + s.a2)
		z1 := s.b2 - s.a2*y
		out[k] = [2]float64{scale * (s.b1 - s.a1*y + z1), scale * z1}
		scale *= y
	}
	return out
}

// run filters x in place, from the states that the input's first value for ever would have left.
func runSections(sos []section, state [][2]float64, x []float64) {
	if len(x) == 0 {
		return
	}
	start := x[0]
	for k, s := range sos {
		z0, z1 := state[k][0]*start, state[k][1]*start
		for t, v := range x {
			y := s.b0*v + z0
			z0 = s.b1*v - s.a1*y + z1
			z1 = s.b2*v - s.a2*y
			x[t] = y
		}
	}
}

// filtfilt filters x forwards and backwards, so that phases stay, with odd extensions of pad samples at both ends.
func filtfilt(dst, x []float64, sos []section, pad int) {
	n := len(x)
	pad = min(pad, n-1)
	long := make([]float64, 0, n+2*pad)
	for k := pad; k > 0; k-- {
		long = append(long, 2*x[0]-x[k])
	}
	long = append(long, x...)
	for k := 1; k <= pad; k++ {
		long = append(long, 2*x[n-1]-x[n-1-k])
	}
	state := steady(sos)
	for range 2 {
		runSections(sos, state, long)
		for a, b := 0, len(long)-1; a < b; a, b = a+1, b-1 {
			long[a], long[b] = long[b], long[a]
		}
	}
	copy(dst, long[pad:pad+n])
}
