package connectome_test

import (
	"math"
	"testing"

	"brainsweep/connectome"
	"brainsweep/connectome/connectometest"
)

// of returns a connectome of the given weights.
func of(labels []string, weights ...float64) *connectome.Connectome {
	return &connectome.Connectome{Labels: labels, Weights: weights, Lengths: make([]float64, len(weights))}
}

func TestNormalise(t *testing.T) {
	const tolerance = 3e-12 // the 1e-12 that is added to sums, and rounding
	abc := []string{"a", "b", "c"}
	phi := (1 + math.Sqrt(5)) / 2
	for _, test := range []struct {
		name, mode    string
		weights, want []float64
	}{
		{"as it is", "none", []float64{0, 4, 0, 1, 0, 3, 0, 1, 0}, []float64{0, 4, 0, 1, 0, 3, 0, 1, 0}},
		{"max", "max", []float64{0, 4, 0, 1, 0, -8, 0, 1, 0}, []float64{0, 0.5, 0, 0.125, 0, -1, 0, 0.125, 0}},
		{"max of nothing", "max", make([]float64, 9), make([]float64, 9)},
		{"row, one without input", "row", []float64{0, 4, 4, 1, 0, -3, 0, 0, 0}, []float64{0, 0.5, 0.5, 0.25, 0, -0.75, 0, 0, 0}},
		{"column", "column", []float64{0, 4, 0, 1, 0, 3, 1, 1, 0}, []float64{0, 0.8, 0, 0.5, 0, 1, 0.5, 0.2, 0}},
		// Eigenvalues 2, -2, 0: power iteration alone would swing.
		{"spectral, even cycle", "spectral", []float64{0, 2, 0, 2, 0, 0, 0, 0, 0}, []float64{0, 1, 0, 1, 0, 0, 0, 0, 0}},
		// A directed ring of weights 1, 2, 4: eigenvalues are the cube roots of 8.
		{"spectral, ring", "spectral", []float64{0, 0, 1, 2, 0, 0, 0, 4, 0}, []float64{0, 0, 0.5, 1, 0, 0, 0, 2, 0}},
		// Fibonacci's matrix has the golden section.
		{"spectral, Fibonacci", "spectral", []float64{1, 1, 0, 1, 0, 0, 0, 0, 0}, []float64{1 / phi, 1 / phi, 0, 1 / phi, 0, 0, 0, 0, 0}},
	} {
		c := of(abc, test.weights...)
		got, err := c.Normalise(test.mode)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for k := range test.want {
			if math.Abs(got.Weights[k]-test.want[k]) > tolerance {
				t.Errorf("%s: weights %v, want %v", test.name, got.Weights, test.want)
				break
			}
		}
	}
}

func TestSpectralRadiusOfABrainIsOneAfterwards(t *testing.T) {
	c, err := connectome.Synthetic(68)
	if err != nil {
		t.Fatal(err)
	}
	c, err = c.Normalise("spectral")
	if err != nil {
		t.Fatal(err)
	}
	// Symmetric and scaled to radius 1, W²ᵏx neither grows nor fades once the other eigenvectors have.
	x := make([]float64, 68)
	x[0] = 1
	norm := func() float64 {
		sum := 0.0
		for _, v := range x {
			sum += v * v
		}
		return math.Sqrt(sum)
	}
	before := 0.0
	for range 20000 {
		before = norm()
		y := make([]float64, 68)
		for i := range y {
			for j := range x {
				y[i] += c.Weights[i*68+j] * x[j]
			}
		}
		x = y
	}
	if growth := norm() / before; math.Abs(growth-1) > 1e-11 {
		t.Errorf("the spectral radius is %v", growth)
	}
}

func TestNormaliseRefuses(t *testing.T) {
	ab := []string{"a", "b"}
	for _, test := range []struct {
		c          *connectome.Connectome
		mode, want string
	}{
		{connectometest.Toy2(), "colum", `unknown normalisation "colum" (did you mean "column"?); there are none, max, row, column, spectral`},
		{of(ab, 0, -1, 1, 0), "spectral", "spectral normalisation needs weights that are not negative; use max, row or column"},
		{of(ab, 0, 1, 0, 0), "spectral", "spectral normalisation: no connection leads back to where it began, so the spectral radius is 0; use max, row or column"},
	} {
		if _, err := test.c.Normalise(test.mode); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v\nwant %s", test.mode, err, test.want)
		}
	}
}
