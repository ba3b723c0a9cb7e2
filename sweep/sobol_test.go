package sweep_test

import (
	"fmt"
	"slices"
	"testing"

	"brainsweep/sweep"
)

func sobolSpace(dimensions, points int, seed uint64) sweep.Space {
	s := sweep.Space{Mode: sweep.Sobol, Points: points, Seed: seed}
	for d := range dimensions {
		s.Axes = append(s.Axes, sweep.Axis{Address: fmt.Sprint("x", d), Range: sweep.Range{To: 1}})
	}
	return s
}

// The first points by hand from the definition, e.g. dimension 3: p(x) = x^2 + x + 1, m = 1, 3, so m_3 = 2*3 ^ 4*1 ^ 1 = 3
// and the direction numbers are 1/2, 3/4, 3/8. They are those of the example in Joe and Kuo's notes (2008).
func TestSobolFirstPoints(t *testing.T) {
	want := [][]float64{
		{0, 0, 0}, {0.5, 0.5, 0.5}, {0.75, 0.25, 0.25}, {0.25, 0.75, 0.75},
		{0.375, 0.375, 0.625}, {0.875, 0.875, 0.125}, {0.625, 0.125, 0.875}, {0.125, 0.625, 0.375},
	}
	if got := all(sobolSpace(3, 8, 0)); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v\nwant %v", got, want)
	}
}

// Every dimension by itself fills each of 2^k equal intervals once with its first 2^k points, shifted or not.
func TestSobolFillsEveryInterval(t *testing.T) {
	const n = 1 << 12
	for _, seed := range []uint64{0, 9} {
		s := sobolSpace(21, n, seed)
		for d := range s.Axes {
			hit := make([]bool, n)
			for i := range n {
				hit[int(s.Point(i, nil)[d]*n)] = true
			}
			if slices.Contains(hit, false) {
				t.Errorf("seed %d: an interval of dimension %d is empty", seed, d+1)
			}
		}
	}
}

// Joe and Kuo's numbers have Sobol's property A: of the first 2^d points in d dimensions, each of the 2^d orthants
// of the cube holds one. The orthants of the points whose Gray code has a single bit must then be linearly independent
// over the field of two elements. A slip in the table's leading bits breaks it.
func TestSobolHasPropertyA(t *testing.T) {
	for d := 1; d <= 21; d++ {
		s := sobolSpace(d, 1<<d, 0)
		var basis []int
		for k := range d {
			orthant := 0
			for _, x := range s.Point(2<<k-1, nil) {
				orthant = orthant<<1 | int(2*x)
			}
			for _, b := range basis {
				orthant = min(orthant, orthant^b)
			}
			if orthant == 0 {
				t.Fatalf("an orthant of %d dimensions is empty", d)
			}
			basis = append(basis, orthant)
			slices.Sort(basis)
			slices.Reverse(basis)
		}
	}
}
