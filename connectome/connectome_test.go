package connectome_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/connectome/connectometest"
	"brainsweep/fault"
)

func TestEdges(t *testing.T) {
	want := []connectome.Edge{
		{Target: 0, Source: 1, Weight: 0.8, Length: 10},
		{Target: 1, Source: 0, Weight: 0.5, Length: 7.3},
	}
	if got := connectometest.Toy2().Edges(); !slices.Equal(got, want) {
		t.Errorf("edges %v, want %v", got, want)
	}
}

func TestZeroDiagonal(t *testing.T) {
	c := connectometest.Toy2()
	c.Weights[3] = 7
	if got, want := c.ZeroDiagonal().Weights, []float64{0, 0.8, 0.5, 0}; !slices.Equal(got, want) {
		t.Errorf("weights %v, want %v", got, want)
	}
	if c.Weights[3] != 7 {
		t.Error("ZeroDiagonal changes the connectome it is given")
	}
}

func TestDigestNamesWhatEntersTheEquations(t *testing.T) {
	digest := connectometest.Toy2().Digest()
	for name, change := range map[string]func(c *connectome.Connectome){
		"labels":    func(c *connectome.Connectome) { c.Labels[0] = "other" },
		"source":    func(c *connectome.Connectome) { c.Source = "other" },
		"sign of 0": func(c *connectome.Connectome) { c.Weights[0] = math.Copysign(0, -1) },
	} {
		c := connectometest.Toy2()
		if change(c); c.Digest() != digest {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, change := range map[string]func(c *connectome.Connectome){
		"a weight": func(c *connectome.Connectome) { c.Weights[1] = math.Nextafter(0.8, 1) },
		"a length": func(c *connectome.Connectome) { c.Lengths[1] = math.Nextafter(10, 11) },
		"swapping": func(c *connectome.Connectome) { c.Weights, c.Lengths = c.Lengths, c.Weights },
	} {
		c := connectometest.Toy2()
		if change(c); c.Digest() == digest {
			t.Errorf("%s leaves the digest as it is", name)
		}
	}
}

func TestCheck(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, test := range []struct {
		name   string
		change func(c *connectome.Connectome)
		want   []string
	}{
		{"whole", func(c *connectome.Connectome) {}, nil},
		{"inhibition", func(c *connectome.Connectome) { c.Weights[1] = -1 }, nil},
		{"NaN weight", func(c *connectome.Connectome) { c.Weights[2] = nan },
			[]string{"toy2: weight NaN is not a finite number, at row 2 (n1), column 1 (n0)"}},
		{"infinite weights", func(c *connectome.Connectome) { c.Weights[1], c.Weights[2] = inf, -inf },
			[]string{"toy2: 2 weights are not a finite number, the first (+Inf) at row 1 (n0), column 2 (n1)"}},
		{"negative length", func(c *connectome.Connectome) { c.Lengths[1] = -10 },
			[]string{"toy2: tract length -10 is negative, at row 1 (n0), column 2 (n1)"}},
		{"all at once", func(c *connectome.Connectome) {
			c.Labels[1] = "n0"
			c.Weights[0], c.Lengths[3], c.Lengths[2] = nan, nan, -1
			c.Areas = []float64{1, -2}
			c.Centres = [][3]float64{{0, 0, inf}, {}}
		}, []string{
			`toy2: label "n0" names region 1 and region 2`,
			"toy2: weight NaN is not a finite number, at row 1 (n0), column 1 (n0)",
			"toy2: tract length NaN is not a finite number, at row 2 (n0), column 2 (n0)",
			"toy2: tract length -1 is negative, at row 2 (n0), column 1 (n0)",
			"toy2: coordinate +Inf is not a finite number, at row 1 (n0), column 3",
			"toy2: area -2 is negative, at row 2 (n0)",
		}},
		{"shapes", func(c *connectome.Connectome) {
			c.Weights = c.Weights[:3]
			c.Lengths = nil
			c.Areas = []float64{1}
			c.Cortical = []bool{true, true, true}
		}, []string{
			"toy2: 3 weights for 2 regions: there must be 4",
			"toy2: 0 tract lengths for 2 regions: there must be 4",
			"toy2: areas for 1 regions, but there are 2 regions",
			"toy2: cortical for 3 regions, but there are 2 regions",
		}},
		{"one region", func(c *connectome.Connectome) {
			c.Labels, c.Weights, c.Lengths = []string{""}, []float64{0}, []float64{0}
		}, []string{
			"toy2: 1 regions: a connectome has from 2 to 10000",
			"toy2: region 1 has an empty label",
		}},
	} {
		c := connectometest.Toy2()
		test.change(c)
		err := c.Check()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != strings.Join(test.want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, strings.Join(test.want, "\n"))
		}
		if err != nil && !fault.Is(err) {
			t.Errorf("%s: not a mistake of the user's", test.name)
		}
	}
}

func TestWarnings(t *testing.T) {
	c := connectometest.Toy2()
	c.Notes = []string{"made up"}
	c.Weights = []float64{1, -0.8, 0, 0}
	c.Lengths[1] = 0
	want := []string{
		"made up",
		"1 weights are negative",
		"1 regions are connected to themselves",
		"1 connections between regions have length 0 and act without delay",
		`region "n1" has no input`,
	}
	if got := c.Warnings(); !slices.Equal(got, want) {
		t.Errorf("warnings %q, want %q", got, want)
	}
	if got := connectometest.Syn10().Warnings(); got != nil {
		t.Errorf("syn10 warns: %q", got)
	}
}
