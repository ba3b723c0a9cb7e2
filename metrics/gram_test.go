package metrics

import (
	"fmt"
	"math"
	"testing"
)

// The products and sums agree with plain loops, whatever the numbers of rows and times leave over.
func TestGram(t *testing.T) {
	x := 0.5
	next := func() float64 { x = math.Mod(3.9*x*(1-x), 1); return x - 0.5 }
	for _, m := range []int{1, 2, 3, 4, 5, 7, 12, 13} {
		for _, n := range []int{1, 3, 4, 5, 511, 512, 513, 1030} {
			rows := make([][]float64, m)
			for i := range rows {
				rows[i] = make([]float64, n)
				for k := range rows[i] {
					rows[i][k] = next()
				}
			}
			got := make([]float64, m*m)
			gram(got, rows)
			for i := range m {
				for j := range m {
					want := 0.0
					for k := range n {
						want += rows[i][k] * rows[j][k]
					}
					if j < i {
						want = 0
					}
					if math.Abs(got[i*m+j]-want) > 1e-13*float64(n) {
						t.Errorf("%d rows of %d: product %d, %d is %v, want %v", m, n, i, j, got[i*m+j], want)
					}
				}
			}
		}
	}
}

func TestSmoothedSums(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 100} {
		for _, pad := range []int{0, 1, 40} {
			t.Run(fmt.Sprint(n, pad), func(t *testing.T) {
				long, weights, dst := make([]float64, n+2*pad), make([]float64, pad+1), make([]float64, n)
				for k := range long {
					long[k] = math.Sin(float64(3 * k))
				}
				for k := range weights {
					weights[k] = math.Cos(float64(k))
				}
				smoothed(dst, long, weights)
				for k, got := range dst {
					want := 0.0
					for d := -pad; d <= pad; d++ {
						want += weights[max(d, -d)] * long[k+pad+d]
					}
					if math.Abs(got-want) > 1e-12 {
						t.Errorf("sum %d is %v, want %v", k, got, want)
					}
				}
			})
		}
	}
}
