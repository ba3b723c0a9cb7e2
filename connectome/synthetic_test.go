package connectome_test

import (
	"math"
	"slices"
	"testing"

	"brainsweep/connectome"
)

func synthetic(t *testing.T, n int) *connectome.Connectome {
	t.Helper()
	c, err := connectome.Synthetic(n)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSyntheticIsWholeForEveryN(t *testing.T) {
	for _, n := range []int{2, 3, 4, 5, 6, 7, 10, 33, 68, 99, 100, 101, 400} {
		c := synthetic(t, n)
		if c.N() != n {
			t.Fatalf("%d regions, want %d", c.N(), n)
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		if w := c.Warnings(); w != nil {
			t.Errorf("n = %d warns: %q", n, w)
		}
		for i := range n {
			for j := range i {
				if c.Weights[i*n+j] != c.Weights[j*n+i] || c.Lengths[i*n+j] != c.Lengths[j*n+i] {
					t.Fatalf("n = %d: pair %d, %d is not symmetric", n, i, j)
				}
				if c.Lengths[i*n+j] <= 0 {
					t.Fatalf("n = %d: regions %d and %d lie in the same place", n, i, j)
				}
			}
		}
	}
}

func TestSyntheticHemispheres(t *testing.T) {
	c := synthetic(t, 68)
	if c.Labels[0] != "L.01" || c.Labels[33] != "L.34" || c.Labels[34] != "R.01" || c.Labels[67] != "R.34" {
		t.Errorf("labels %v", c.Labels)
	}
	for k := range 34 {
		left, right := c.Centres[k], c.Centres[34+k]
		if right != [3]float64{-left[0], left[1], left[2]} || left[0] >= 0 {
			t.Errorf("%s at %v, %s at %v are not mirror images", c.Labels[k], left, c.Labels[34+k], right)
		}
		if c.Right[k] || !c.Right[34+k] {
			t.Errorf("%s or %s is on the wrong side", c.Labels[k], c.Labels[34+k])
		}
		if c.Weights[k*68+34+k] == 0 {
			t.Errorf("%s is not connected to its twin", c.Labels[k])
		}
	}
	if odd := synthetic(t, 5); !slices.Equal(odd.Labels, []string{"L.01", "L.02", "L.03", "R.01", "R.02"}) {
		t.Errorf("labels of five: %v", odd.Labels)
	}
}

// The rule that Synthetic promises, found again in what it makes: ln w = a - d/25 mm + 1.5 z, z standard normal.
// Twins follow another rule and are left out.
func TestSyntheticFollowsTheDistanceRule(t *testing.T) {
	const n = 400
	c := synthetic(t, n)
	var d, y []float64
	for _, e := range c.Edges() {
		if e.Target > e.Source && e.Target-n/2 != e.Source {
			d, y = append(d, e.Length/1.4), append(y, math.Log(e.Weight))
		}
	}
	count := float64(len(d))
	md, my := sum(d)/count, sum(y)/count
	var dd, dy float64
	for k := range d {
		dd += (d[k] - md) * (d[k] - md)
		dy += (d[k] - md) * (y[k] - my)
	}
	slope := dy / dd
	var m2, m3, m4 float64
	for k := range d {
		r := y[k] - my - slope*(d[k]-md)
		m2, m3, m4 = m2+r*r/count, m3+r*r*r/count, m4+r*r*r*r/count
	}
	// Four standard errors each, with the standard errors of a normal sample.
	near(t, "slope [1/mm]", slope, -1.0/25, 4*1.5/math.Sqrt(dd))
	near(t, "spread of ln w", math.Sqrt(m2), 1.5, 4*1.5/math.Sqrt(2*count))
	near(t, "skewness of ln w", m3/math.Pow(m2, 1.5), 0, 4*math.Sqrt(6/count))
	near(t, "excess kurtosis of ln w", m4/(m2*m2)-3, 0, 4*math.Sqrt(24/count))
}

func TestSyntheticDensity(t *testing.T) {
	for _, test := range []struct {
		n    int
		want float64
	}{
		{68, 0.28},
		{200, 0.28},
		{1000, 100.0 / 999}, // no more than 100 partners a region
	} {
		pairs := float64(test.n*(test.n-1)) / 2
		got := float64(len(synthetic(t, test.n).Edges())) / 2 / pairs
		// Four binomial standard deviations, and one pair a region that is connected in any case.
		near(t, "density", got, test.want, 4*math.Sqrt(test.want/pairs)+float64(test.n)/pairs)
	}
}

// The brain is of human size: TVB's 68 regions have tracts of up to 253 mm and weights over five decades.
func TestSyntheticSize(t *testing.T) {
	c := synthetic(t, 68)
	longest, least, most := 0.0, math.Inf(1), 0.0
	for _, e := range c.Edges() {
		longest, least, most = max(longest, e.Length), min(least, e.Weight), max(most, e.Weight)
	}
	near(t, "longest tract [mm]", longest, 230, 30)
	near(t, "decades of weight", math.Log10(most/least), 5, 1)
	if most != 1 {
		t.Errorf("the largest weight is %v, want 1", most)
	}
}

// Frozen when the rule was settled: a change here changes every demonstration and every saved figure.
func TestSyntheticIsFrozen(t *testing.T) {
	const want = "3b0fdc0c695a719e977ac9168f5ca56cba39b87c96011e4ed297d5b3e5284b48"
	if got := synthetic(t, 68).Digest(); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestSyntheticRefuses(t *testing.T) {
	for _, n := range []int{-1, 0, 1, connectome.MaxRegions + 1} {
		if _, err := connectome.Synthetic(n); err == nil {
			t.Errorf("n = %d is taken", n)
		}
	}
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %.4g, want %.4g within %.2g", what, got, want, tolerance)
	}
}
