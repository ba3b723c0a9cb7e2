package metrics

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// fft transforms real series of one length, width of them at once.
type fft interface {
	width() int
	load(series [][]float64)
	transform()
	bins(dst []complex128, k int)               // coefficients of series k from frequency 0 to n/2
	pass(gain func(frequency int) float64)      // multiplies each frequency
	delay()                                     // by a quarter of a turn
	inverse()                                   // times n
	unload(dst []float64, k int, scale float64) // series k
}

// newFFT plans transforms of length n.
func newFFT(n int) fft {
	if n > 0 && smooth(n, manyFactor) {
		return newManyFFT(n)
	}
	return newSingleFFT(n)
}

// singleFFT transforms one series of any length.
type singleFFT struct {
	*anyLength
	x []float64
	c []complex128
}

func newSingleFFT(n int) *singleFFT {
	t := newAnyLength(n)
	return &singleFFT{t, make([]float64, n), make([]complex128, t.half())}
}

func (f *singleFFT) width() int                   { return 1 }
func (f *singleFFT) load(series [][]float64)      { copy(f.x, series[0]) }
func (f *singleFFT) transform()                   { f.forward(f.c, f.x) }
func (f *singleFFT) bins(dst []complex128, _ int) { copy(dst, f.c) }
func (f *singleFFT) inverse()                     { f.backward(f.x, f.c) }

func (f *singleFFT) pass(gain func(frequency int) float64) {
	for k := range f.c {
		f.c[k] *= complex(gain(k), 0)
	}
}

func (f *singleFFT) delay() {
	for k, v := range f.c {
		f.c[k] = complex(imag(v), -real(v))
		if k == 0 || 2*k == f.n {
			f.c[k] = 0
		}
	}
}

func (f *singleFFT) unload(dst []float64, _ int, scale float64) {
	for t := range dst {
		dst[t] = f.x[t] * scale
	}
}

// anyLength is the discrete Fourier transform of n real numbers, for any n. Lengths with large prime factors go by way
// of a convolution of smooth length (Bluestein 1970, IEEE Trans Audio Electroacoust 18:451).
type anyLength struct {
	n     int
	real  *fourier.FFT      // smooth lengths
	wide  *fourier.CmplxFFT // of the convolution, else
	chirp []complex128      // exp(-i pi k²/n)
	taps  []complex128      // transform of the chirp's conjugate
	work  []complex128
}

// largestFactor is the largest prime factor that the direct transform takes.
const largestFactor = 13

func newAnyLength(n int) *anyLength {
	t := &anyLength{n: n}
	if smooth(n, largestFactor) {
		t.real = fourier.NewFFT(n)
		return t
	}
	m := 2*n - 1
	for !smooth(m, 5) {
		m++
	}
	t.wide = fourier.NewCmplxFFT(m)
	t.chirp, t.taps, t.work = make([]complex128, n), make([]complex128, m), make([]complex128, m)
	for k := range n {
		// k² is taken modulo 2n, so that the angle keeps its digits.
		angle := math.Pi * float64(k*k%(2*n)) / float64(n)
		t.chirp[k] = cmplx.Rect(1, -angle)
		t.taps[k] = cmplx.Rect(1, angle)
		if k > 0 {
			t.taps[m-k] = t.taps[k]
		}
	}
	t.wide.Coefficients(t.taps, t.taps)
	return t
}

// smooth tells whether n has no prime factor above the largest.
func smooth(n, largest int) bool {
	for p := 2; p <= largest; p++ {
		for n%p == 0 {
			n /= p
		}
	}
	return n <= 1
}

// half is the number of coefficients: n/2 + 1.
func (t *anyLength) half() int { return t.n/2 + 1 }

// forward fills dst, n/2+1 numbers, with sum_t x_t exp(-2 pi i k t/n).
func (t *anyLength) forward(dst []complex128, x []float64) {
	if t.real != nil {
		t.real.Coefficients(dst, x)
		return
	}
	clear(t.work)
	for k, v := range x {
		t.work[k] = complex(v, 0) * t.chirp[k]
	}
	t.convolve()
	for k := range dst {
		dst[k] = t.work[k] * t.chirp[k]
	}
}

// backward fills dst, n numbers, with those whose transform is c, times n. It may overwrite c.
func (t *anyLength) backward(dst []float64, c []complex128) {
	if t.real != nil {
		t.real.Sequence(dst, c)
		return
	}
	// The inverse is the conjugate of the transform of the conjugate, and what comes out is real.
	clear(t.work)
	for k := range t.n {
		v := complex(0, 0)
		if k < len(c) {
			v = cmplx.Conj(c[k])
		} else {
			v = c[t.n-k]
		}
		t.work[k] = v * t.chirp[k]
	}
	t.convolve()
	for k := range dst {
		dst[k] = real(t.work[k] * t.chirp[k])
	}
}

// convolve takes the work times the taps.
func (t *anyLength) convolve() {
	t.wide.Coefficients(t.work, t.work)
	scale := complex(1/float64(len(t.work)), 0)
	for k := range t.work {
		t.work[k] *= t.taps[k] * scale
	}
	t.wide.Sequence(t.work, t.work)
}
