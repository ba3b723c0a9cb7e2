package metrics

import "math"

// manyFFT is the discrete Fourier transform of several series at once, for lengths without large prime factors. Numbers of
// all series at one time lie side by side, real and imaginary parts apart, so that every step is the same for a whole
// row of them. It goes by Stockham's way (Cochran et al. 1967, Proc IEEE 55:1664): with length n' = r m and rows of s,
//
//	y[q + s (r p + k)] = sum_j x[q + s (p + j m)] exp(-2 pi i (j k/r + p k/n')),  p < m, q < s
//
// of which the sum over j is a small matrix for each p.
type manyFFT struct {
	n, lanes int
	passes   []pass
	re, im   [2][]float64 // rows of lanes numbers
	now      int          // which of the two holds the numbers
}

type pass struct {
	r, m, s  int
	matrices []float64 // of each p
}

// manyLimit is the length from which fewer series go together, so that all of them stay in the cache.
const manyLimit = 4096

// manyFactor is the largest prime factor that manyFFT takes.
const manyFactor = 7

// newManyFFT plans transforms of length n.
func newManyFFT(n int) *manyFFT {
	f := &manyFFT{n: n, lanes: 8}
	if n > manyLimit {
		f.lanes = 4
	}
	for k := range f.re {
		f.re[k], f.im[k] = make([]float64, n*f.lanes), make([]float64, n*f.lanes)
	}
	turn := func(k, n int) (float64, float64) {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k%n) / float64(n))
		return cos, sin
	}
	left, s := n, 1
	for _, r := range factors(n) {
		p := pass{r: r, m: left / r, s: s, matrices: make([]float64, 0, 2*r*left)}
		for at := range p.m {
			for k := range r {
				for j := range r {
					re, im := turn(j*k*p.m+at*k, left)
					p.matrices = append(p.matrices, re, im)
				}
			}
		}
		f.passes = append(f.passes, p)
		left, s = p.m, s*r
	}
	return f
}

// factors of a smooth number, fours first.
func factors(n int) []int {
	var out []int
	for _, r := range []int{4, 2, 3, 5, 7} {
		for n%r == 0 {
			out = append(out, r)
			n /= r
		}
	}
	return out
}

// width is the number of real series that go together: two for each lane.
func (f *manyFFT) width() int { return 2 * f.lanes }

// load takes up to width real series; the others are 0. Series 2l and 2l+1 are the real and the imaginary parts of lane l.
func (f *manyFFT) load(series [][]float64) {
	f.now = 0
	for l := range f.lanes {
		for part, dst := range [][]float64{f.re[0], f.im[0]} {
			if k := 2*l + part; k < len(series) {
				at := l
				for _, v := range series[k][:f.n] {
					dst[at] = v
					at += f.lanes
				}
				continue
			}
			for at := l; at < len(dst); at += f.lanes {
				dst[at] = 0
			}
		}
	}
}

// transform transforms what is there.
func (f *manyFFT) transform() { f.now = f.run(f.re, f.im) }

// inverse undoes transform, times n: the same with real and imaginary parts exchanged.
func (f *manyFFT) inverse() { f.now = f.run(f.im, f.re) }

func (f *manyFFT) run(re, im [2][]float64) int {
	from := f.now
	for _, p := range f.passes {
		to := 1 - from
		row := p.s * f.lanes
		size := 2 * p.r * p.r
		for at := range p.m {
			x, y := at*row, p.r*at*row
			matrix := p.matrices[at*size : (at+1)*size]
			if wide {
				rotate(&re[to][y], &im[to][y], &re[from][x], &im[from][x], &matrix[0], row, p.m*row, p.r, row)
			} else {
				rotatePlain(re[to][y:], im[to][y:], re[from][x:], im[from][x:], matrix, row, p.m*row, p.r, row)
			}
		}
		from = to
	}
	return from
}

// rotatePlain is rotate for any machine.
func rotatePlain(dstRe, dstIm, srcRe, srcIm, matrix []float64, dstApart, srcApart, r, count int) {
	for k := range r {
		re, im := dstRe[k*dstApart:][:count], dstIm[k*dstApart:][:count]
		clear(re)
		clear(im)
		for j := range r {
			c, s := matrix[2*(k*r+j)], matrix[2*(k*r+j)+1]
			x, y := srcRe[j*srcApart:][:count], srcIm[j*srcApart:][:count]
			for q := range re {
				re[q] += float64(c*x[q]) - float64(s*y[q])
				im[q] += float64(c*y[q]) + float64(s*x[q])
			}
		}
	}
}

// bins fills dst with the coefficients of real series k from frequency 0 to n/2.
func (f *manyFFT) bins(dst []complex128, k int) {
	zr, zi := f.re[f.now], f.im[f.now]
	a, b := k/2, k/2 // of a frequency and of its negative
	for frequency := range dst {
		if k%2 == 0 {
			dst[frequency] = complex((zr[a]+zr[b])/2, (zi[a]-zi[b])/2)
		} else {
			dst[frequency] = complex((zi[a]+zi[b])/2, (zr[b]-zr[a])/2)
		}
		if frequency == 0 {
			b += f.n * f.lanes
		}
		a, b = a+f.lanes, b-f.lanes
	}
}

// pass multiplies the frequencies, 0 to n/2, of all series by a gain.
func (f *manyFFT) pass(gain func(frequency int) float64) {
	for at := range f.n {
		g := gain(min(at, f.n-at))
		re, im := f.row(at)
		for l := range re {
			re[l] *= g
			im[l] *= g
		}
	}
}

// delay puts all frequencies a quarter of a turn behind, and takes those away, 0 and n/2, that cannot be.
func (f *manyFFT) delay() {
	for at := range f.n {
		re, im := f.row(at)
		switch {
		case at == 0 || 2*at == f.n:
			clear(re)
			clear(im)
		case 2*at < f.n:
			for l, x := range re {
				re[l], im[l] = im[l], -x
			}
		default:
			for l, x := range re {
				re[l], im[l] = -im[l], x
			}
		}
	}
}

func (f *manyFFT) row(at int) (re, im []float64) {
	from, to := at*f.lanes, (at+1)*f.lanes
	return f.re[f.now][from:to], f.im[f.now][from:to]
}

// unload copies real series k out of what an inverse has left, times scale.
func (f *manyFFT) unload(dst []float64, k int, scale float64) {
	src := f.re[f.now]
	if k%2 == 1 {
		src = f.im[f.now]
	}
	at := k / 2
	for t := range dst {
		dst[t] = src[at] * scale
		at += f.lanes
	}
}
