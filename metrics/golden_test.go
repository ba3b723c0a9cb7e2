package metrics_test

import (
	"cmp"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"brainsweep/metrics"
)

// Tolerances of the reference data: its numbers were found the same within these by a second computation.
const (
	relative = 1e-9
	absolute = 1e-12
)

type golden struct {
	Series map[string]struct {
		Input input
		Rates struct {
			Region  map[string][]*float64
			Overall map[string]*float64
		}
		FC struct {
			Matrix  [][]*float64
			Summary map[string]*float64
			FCSC    *float64 `json:"fc_sc"`
			FCTract *float64 `json:"fc_tract"`
		}
	}
}

func TestGolden(t *testing.T) {
	compare(t, filepath.Join("testdata", "golden.json"))
}

// The whole file of the reference data, in case it has grown beyond the excerpt.
func TestGoldenWhole(t *testing.T) {
	path := filepath.Join(cmp.Or(os.Getenv("BRAINSWEEP_SHARED"), "../../shared"), "reference", "metrics", "golden.json")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference data are not there: %v", err)
	}
	compare(t, path)
}

func compare(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Series) < 7 {
		t.Fatalf("%s has %d series", path, len(all.Series))
	}
	for name, want := range all.Series {
		t.Run(name, func(t *testing.T) {
			samples := want.Input.samples()
			sameSeries(t, want.Input, samples)
			in := &metrics.Input{Moments: gather(samples), Unit: "Hz"}
			in.Weights, in.Lengths = structure(want.Input.N)

			for leaf, value := range want.Rates.Overall {
				check(t, in, overallNames[leaf], []*float64{value})
			}
			for leaf, values := range want.Rates.Region {
				check(t, in, "region_rate_"+leaf, values)
			}
			check(t, in, "fc", slices.Concat(want.FC.Matrix...))
			for leaf, value := range want.FC.Summary {
				check(t, in, "fc_"+leaf, []*float64{value})
			}
			check(t, in, "fc_sc", []*float64{want.FC.FCSC})
			check(t, in, "fc_tract", []*float64{want.FC.FCTract})
		})
	}
}

// overallNames are our names of the reference data's overall rates.
var overallNames = map[string]string{
	"mean": "rate_mean", "std_all": "rate_std", "min": "rate_min", "max": "rate_max", "cv_all": "rate_cv",
	"mean_of_region_std": "rate_mean_of_region_std", "std_of_region_mean": "rate_std_of_region_mean",
	"mean_of_region_cv": "rate_mean_of_region_cv", "n_valid": "rate_n_valid",
}

// gather runs the samples through the streaming sums.
func gather(samples [][]float64) *metrics.Moments {
	s := metrics.NewSeries(len(samples[0]), true)
	for _, x := range samples {
		s.Add(x)
	}
	return s.Moments()
}

// check compares a metric's values with those wanted; nil stands for NaN.
func check(t *testing.T, in *metrics.Input, name string, want []*float64) {
	t.Helper()
	m, err := metrics.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	got := m.Values(in)
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", name, len(got), len(want))
	}
	for k := range want {
		if !agree(got[k], want[k]) {
			t.Errorf("%s[%d] is %v, want %v", name, k, got[k], show(want[k]))
		}
	}
}

func agree(got float64, want *float64) bool {
	if want == nil {
		return math.IsNaN(got)
	}
	return math.Abs(got-*want) <= relative*math.Abs(*want)+absolute
}

func show(x *float64) any {
	if x == nil {
		return "NaN"
	}
	return *x
}

// sameSeries makes sure that the series is that of the reference data, before anything is made of it.
func sameSeries(t *testing.T, in input, samples [][]float64) {
	t.Helper()
	for _, s := range in.CheckSamples {
		for r, want := range s.X {
			if got := samples[s.T][r]; !agree(got, want) {
				t.Fatalf("the series differs: x[%d,%d] is %v, want %v", s.T, r, got, show(want))
			}
		}
	}
	for r := range in.N {
		sum, squares := 0.0, 0.0
		for _, x := range samples {
			sum += x[r]
			squares += x[r] * x[r]
		}
		if !agree(sum, in.CheckSum[r]) || !agree(squares, in.CheckSumsq[r]) {
			t.Fatalf("the series differs: node %d adds up to %v, want %v", r, sum, show(in.CheckSum[r]))
		}
	}
}
