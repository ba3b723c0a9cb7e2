package metrics

import (
	"math"
	"math/cmplx"
	"testing"
)

// The coefficients are those of the definition, for all kinds of lengths, and the inverse gives the series back.
func TestManyFFT(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 20, 60, 105, 128, 1000, 5000} {
		f := newManyFFT(n)
		series := make([][]float64, f.width()-3)
		for k := range series {
			series[k] = make([]float64, n)
			for i := range series[k] {
				series[k][i] = math.Sin(float64(i*i*(k+1))) + float64(k)
			}
		}
		f.load(series)
		f.transform()
		for _, k := range []int{0, 1, len(series) - 1} {
			for _, bin := range []int{0, n / 3, n / 2} {
				want := complex(0, 0)
				for i, v := range series[k] {
					want += complex(v, 0) * cmplx.Rect(1, -2*math.Pi*float64(i*bin%n)/float64(n))
				}
				c := make([]complex128, n/2+1)
				f.bins(c, k)
				if cmplx.Abs(c[bin]-want) > 1e-12*float64(n)*float64(k+2) {
					t.Errorf("length %d, series %d, bin %d: %v, want %v", n, k, bin, c[bin], want)
				}
			}
		}
		f.inverse()
		got := make([]float64, n)
		for k := range series {
			f.unload(got, k, 1/float64(n))
			for i := range got {
				if math.Abs(got[i]-series[k][i]) > 1e-12*float64(k+2) {
					t.Fatalf("length %d, series %d comes back as %v, want %v", n, k, got[i], series[k][i])
				}
			}
		}
	}
}

// A series by itself goes the same way as many.
func TestSingleFFT(t *testing.T) {
	for _, n := range []int{5, 12, 26, 101, 997, 1000} {
		one := newSingleFFT(n)
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Sin(float64(i * i))
		}
		ways := []fft{one}
		if smooth(n, manyFactor) {
			ways = append(ways, newManyFFT(n))
		}
		var delayed [][]float64
		for _, f := range ways {
			f.load([][]float64{x})
			f.transform()
			f.pass(func(k int) float64 { return float64(k % 3) })
			f.delay()
			f.inverse()
			got := make([]float64, n)
			f.unload(got, 0, 1/float64(n))
			delayed = append(delayed, got)
		}
		for i := range x {
			want := 0.0
			if n > 200 { // long ones are compared with each other
				want = delayed[0][i]
			}
			for k := 1; 2*k < n && n <= 200; k++ {
				c, s := 0.0, 0.0
				for j, v := range x {
					c += v * math.Cos(2*math.Pi*float64(j*k%n)/float64(n))
					s += v * math.Sin(2*math.Pi*float64(j*k%n)/float64(n))
				}
				angle := 2 * math.Pi * float64(i*k%n) / float64(n)
				want += 2 / float64(n) * float64(k%3) * (c*math.Sin(angle) - s*math.Cos(angle))
			}
			for _, got := range delayed {
				if math.Abs(got[i]-want) > 1e-11 {
					t.Fatalf("length %d, place %d: %v, want %v", n, i, got[i], want)
				}
			}
		}
	}
}

func TestRotatePlain(t *testing.T) {
	if !wide {
		t.Skip("this machine has the plain way alone")
	}
	const r, count, apart = 5, 20, 24
	src, matrix := make([]float64, r*apart), make([]float64, 2*r*r)
	for i := range src {
		src[i] = math.Sin(float64(i))
	}
	for i := range matrix {
		matrix[i] = math.Cos(float64(3 * i))
	}
	a, b, c, d := make([]float64, r*apart), make([]float64, r*apart), make([]float64, r*apart), make([]float64, r*apart)
	rotate(&a[0], &b[0], &src[0], &src[1], &matrix[0], apart, apart-1, r, count)
	rotatePlain(c, d, src, src[1:], matrix, apart, apart-1, r, count)
	for i := range a {
		if math.Abs(a[i]-c[i]) > 1e-13 || math.Abs(b[i]-d[i]) > 1e-13 {
			t.Errorf("%d: %v and %v, want %v and %v", i, a[i], b[i], c[i], d[i])
		}
	}
}

func BenchmarkManyFFT(b *testing.B) {
	for _, n := range []int{1000, 2000, 10000} {
		f := newManyFFT(n)
		b.Run("", func(b *testing.B) {
			for b.Loop() {
				f.transform()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*f.width()), "ns/sample")
		})
	}
}
