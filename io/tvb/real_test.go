package tvb_test

import (
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"brainsweep/connectome"
	"brainsweep/connectome/connectometest"
	"brainsweep/io/tvb"
)

// shared returns the path of a file in the folder of reference data, or skips.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(cmp.Or(os.Getenv("BRAINSWEEP_SHARED"), "../../../shared"), name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference data are not there: %v", err)
	}
	return path
}

func open(t *testing.T, source string) *connectome.Connectome {
	t.Helper()
	c, err := tvb.Open(source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Figures from the page of the data set, the rest counted in the unpacked files with a few lines of Python.
func TestReadTVBData(t *testing.T) {
	for _, test := range []struct {
		name               string
		regions, edges     int
		longest            float64 // [mm]
		diagonal           float64 // largest weight of a region to itself
		symmetric          bool
		first              string
		cortical, oriented bool
	}{
		{"66", 66, 1377, 238, 0.5122, false, "rBSTS", false, false},
		{"68", 68, 1244, 252.90276, 0.1205, true, "r_lateralorbitofrontal", false, true},
		{"76", 76, 1560, 153.48574, 3, false, "rA1", true, true},
		{"80", 80, 3290, 150.10497, 3, false, "RM-TCpol_R", false, true},
		{"96", 96, 3939, 150.10497, 3, false, "RM-TCpol_R", true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := open(t, shared(t, "data/connectivity_"+test.name+".zip"))
			n := c.N()
			diagonal, symmetric := 0.0, true
			for i := range n {
				diagonal = max(diagonal, c.Weights[i*n+i])
				for j := range i {
					symmetric = symmetric && c.Weights[i*n+j] == c.Weights[j*n+i]
				}
			}
			if n != test.regions || len(c.Edges()) != test.edges || symmetric != test.symmetric || c.Labels[0] != test.first {
				t.Errorf("%d regions, %d weights, symmetric %t, first %q", n, len(c.Edges()), symmetric, c.Labels[0])
			}
			if (c.Cortical != nil) != test.cortical || (c.Orientations != nil) != test.oriented || len(c.Centres) != n {
				t.Errorf("cortical %t, orientations %t, %d centres", c.Cortical != nil, c.Orientations != nil, len(c.Centres))
			}
			if math.Abs(slices.Max(c.Lengths)-test.longest) > 1e-5 || math.Abs(diagonal-test.diagonal) > 1e-4 {
				t.Errorf("longest tract %v mm, largest diagonal %v", slices.Max(c.Lengths), diagonal)
			}
		})
	}
}

// The paper's case: delays and normalised weights as TVB computed them.
func TestPapersConnectome(t *testing.T) {
	c := open(t, shared(t, "data/connectivity_68.zip"))
	run := shared(t, "reference/tvb/adex2low_paper68_p2_be60_g0.3.weights.csv")
	run = run[:len(run)-len(".weights.csv")]

	for _, test := range []struct {
		speed float64
		steps int
	}{{3, 843}, {1, 2529}} {
		if got, err := c.MaxDelay(test.speed, 0.1); err != nil || got != test.steps {
			t.Errorf("longest delay at %g mm/ms: %d (%v), want %d", test.speed, got, err, test.steps)
		}
	}
	delays, err := c.Delays(4, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range connectometest.Numbers(t, run+".idelays.csv") {
		if float64(delays[k]) != want {
			t.Fatalf("delay %d is %d, want %g", k, delays[k], want)
		}
	}
	c, err = c.Normalise("column")
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range connectometest.Numbers(t, run+".weights.csv") {
		if c.Weights[k] != want {
			t.Fatalf("weight %d is %v, want %v", k, c.Weights[k], want)
		}
	}
}
