package sim_test

import (
	"fmt"
	"math"
	"testing"

	"brainsweep/cpu/simt"
)

// TestTeamsOfThreads runs adex2 with everything on by teams of several threads under the thread sanitizer: no member
// touches what another writes without a SYNC between, and the numbers are the CPU's to rounding.
func TestTeamsOfThreads(t *testing.T) {
	for _, precision := range []int{32, 64} {
		t.Run(fmt.Sprint(precision), func(t *testing.T) {
			dev, err := simt.Open(3)
			if err != nil {
				t.Skip(err)
			}
			defer dev.Close()
			study, points := brain(t, precision, 2)
			study.Steps, study.Transient = 803, 103
			want, moments := simulate(t, open(t, 1), study, points...)
			got, theirs := simulate(t, dev, study, points...)
			if len(got) != len(want) || len(got) == 0 {
				t.Fatalf("%d series, want %d", len(got), len(want))
			}
			tolerance := 1e-9
			if precision == 32 {
				tolerance = 1e-4
			}
			for key, rows := range want {
				if far := distance(rows, got[key]); far > tolerance {
					t.Errorf("point %d, stream %d, quantity %d: %.2g of the largest value apart", key[0], key[1], key[2], far)
				}
			}
			for i := range moments {
				if moments[i].Fault != nil || theirs[i].Fault != nil {
					t.Errorf("point %d: faults %v and %v", i, moments[i].Fault, theirs[i].Fault)
				}
			}
		})
	}
}

// distance is the largest difference of two series, as a share of the largest value; of what is still next to nothing,
// as BOLD is in the beginning, rounding is all.
func distance(a, b [][]float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	most, far := 1e-3, 0.0
	for k := range a {
		if len(a[k]) != len(b[k]) {
			return math.Inf(1)
		}
		for i := range a[k] {
			most = max(most, math.Abs(a[k][i]))
			far = max(far, math.Abs(a[k][i]-b[k][i]))
		}
	}
	return far / most
}
