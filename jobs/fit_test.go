package jobs_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// linearNetwork is the symmetric weights of n nodes, of which no row adds up to more than 1:
// w_ij ~ exp(-|i-j|/2) (1 + ((7 i j + 3 (i + j)) mod 11)/11), none of a node with itself.
func linearNetwork(n int) [][]float64 {
	w := make([][]float64, n)
	most := 0.0
	for i := range w {
		w[i] = make([]float64, n)
		sum := 0.0
		for j := range w[i] {
			if i != j {
				w[i][j] = math.Exp(-math.Abs(float64(i-j))/2) * (1 + float64((7*i*j+3*(i+j))%11)/11)
			}
			sum += w[i][j]
		}
		most = max(most, sum)
	}
	for _, row := range w {
		for j := range row {
			row[j] /= most
		}
	}
	return w
}

// covariance is (1 - a W)^-1 by Gauss and Jordan, which is up to a factor the stationary covariance of
// dx = (-x + a W x) dt + noise for symmetric W: the solution C of A C + C A = -2 D, A = a W - 1 (Gardiner 2009, 4.5.6).
func covariance(w [][]float64, a float64) [][]float64 {
	n := len(w)
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, 2*n)
		for j := range n {
			m[i][j] = -a * w[i][j]
		}
		m[i][i]++
		m[i][n+i] = 1
	}
	for k := range m { // the matrix is positive definite: no pivot is 0
		for j, p := 2*n-1, m[k][k]; j >= 0; j-- {
			m[k][j] /= p
		}
		for i := range m {
			if f := m[i][k]; i != k {
				for j := range m[i] {
					m[i][j] -= f * m[k][j]
				}
			}
		}
	}
	for i := range m {
		m[i] = m[i][n:]
	}
	return m
}

// tableOf is a matrix as text.
func tableOf(m [][]float64) string {
	var b strings.Builder
	for _, row := range m {
		fmt.Fprintln(&b, strings.Trim(fmt.Sprint(row), "[]"))
	}
	return b.String()
}

// TestFitFindsTheCoupling fits the coupling of a linear network to the functional connectivity that it has in theory at a = 0.5.
func TestFitFindsTheCoupling(t *testing.T) {
	const n, known = 12, 0.5
	dir := t.TempDir()
	w := linearNetwork(n)
	c := covariance(w, known)
	fc, none, centres := make([][]float64, n), make([][]float64, n), ""
	for i := range fc {
		fc[i], none[i] = make([]float64, n), make([]float64, n)
		for j := range fc[i] {
			fc[i][j] = c[i][j] / math.Sqrt(c[i][i]*c[j][j])
		}
		centres += fmt.Sprintf("r%d %d 0 0\n", i, i)
	}
	writeAll(t, dir, map[string]string{"weights.txt": tableOf(w), "tract_lengths.txt": tableOf(none), "centres.txt": centres, "fc.txt": tableOf(fc)})
	j, err := readJob(t, dir, `model = "linear"
[parameters]
gamma = -1.0
[connectome]
source = "."
[run]
duration = "6 s"
transient = "0.1 s"
step = "0.1 ms"
precision = "double"
seed = 3
[noise]
x = 0.1
[sweep]
"coupling.a" = { from = 0.1, to = 0.9, points = 9 }
[[record]]
monitor = "average"
of = "x"
period = "10 ms"
keep = "best:1 by x.theory_fc_rmse"
[metrics]
of = "x"
period = "0.1 ms"
[[target]]
name = "theory"
kind = "fc"
file = "fc.txt"
`)
	if err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(dir, "fit.h5")
	if _, err := run(t, j, output, ways{threads: 2}); err != nil {
		t.Fatal(err)
	}
	r := open(t, output)
	a, err := r.Axis("coupling.a")
	if err != nil {
		t.Fatal(err)
	}
	// Correlations of 5.9 s with memories of about 2 ms err by about (2 ms/5.9 s)^(1/2) = 0.018.
	const sampling = 0.03
	best := 0
	for name, of := range map[string]string{"x.theory_fc_rmse": "distance", "average.x": "series"} {
		v, err := r.Variable(name)
		if err != nil {
			t.Fatal(err)
		}
		if of == "series" {
			points, err := r.PointsOf(v)
			if err != nil || len(points) != 1 || math.Abs(a[points[0]]-known) > 1e-9 {
				t.Errorf("the series of points %v are kept: %v", points, err)
			}
			continue
		}
		rmse, err := r.Rows(v, 0, len(a))
		if err != nil {
			t.Fatal(err)
		}
		for point := range rmse {
			if rmse[point] < rmse[best] {
				best = point
			}
		}
		if math.Abs(a[best]-known) > 1e-9 || rmse[best] > sampling || rmse[0] < 3*rmse[best] {
			t.Errorf("the best coupling is %v, of %v", a[best], rmse)
		}
	}
}
