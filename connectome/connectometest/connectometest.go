// Package connectometest holds the small connectomes of the reference runs with TVB, given by formulas,
// and reads the tables of such runs. It is for tests.
package connectometest

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"brainsweep/connectome"
)

// Toy2 returns two regions: w = [[0, 0.8], [0.5, 0]], tract lengths [[0, 10], [7.3, 0]] mm.
func Toy2() *connectome.Connectome {
	return &connectome.Connectome{
		Labels:  []string{"n0", "n1"},
		Weights: []float64{0, 0.8, 0.5, 0},
		Lengths: []float64{0, 10, 7.3, 0},
		Source:  "toy2",
	}
}

// Syn10 returns ten regions on a ring:
//
//	a_ij = (1 + ((7i + 3j) mod 11))/11 exp(-|i-j|/5) if i != j and (3i + 5j) mod 4 != 0, else 0
//	w_ij = a_ij / sum_j a_ij
//	L_ij = 12.5 d + 0.75 ((i j + i) mod 5) mm with d = min(|i-j|, 10-|i-j|), for i != j, else 0
func Syn10() *connectome.Connectome {
	const n = 10
	c := &connectome.Connectome{Weights: make([]float64, n*n), Lengths: make([]float64, n*n), Source: "syn10"}
	for i := range n {
		c.Labels = append(c.Labels, fmt.Sprintf("n%d", i))
		sum := 0.0
		for j := range n {
			if i == j {
				continue
			}
			apart := max(i-j, j-i)
			if (3*i+5*j)%4 != 0 {
				a := float64(1+(7*i+3*j)%11) / 11 * math.Exp(-float64(apart)/5)
				c.Weights[i*n+j] = a
				sum += a
			}
			c.Lengths[i*n+j] = 12.5*float64(min(apart, n-apart)) + 0.75*float64((i*j+i)%5)
		}
		for j := range n {
			c.Weights[i*n+j] /= sum
		}
	}
	return c
}

// Numbers reads a CSV file of numbers without a head, row by row. The test ends where that fails.
func Numbers(t testing.TB, path string) []float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var out []float64
	for _, text := range slices.Concat(rows...) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out = append(out, v)
	}
	return out
}
