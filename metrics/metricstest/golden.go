// Package metricstest is what everything that computes metrics must pass: it holds them to the reference data of seven series.
package metricstest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"brainsweep/metrics"
)

// Relative and Absolute are the tolerances of the reference data: its numbers were found the same within these by a second computation.
const (
	Relative = 1e-9
	Absolute = 1e-12
)

type golden struct {
	Series map[string]map[string]any
	FCDKS  []struct {
		A, B string
		KS   float64
	} `json:"fcd_ks"`
	Constants map[string]any
}

// Signals makes the signal of a series, [time][node] of n nodes.
type Signals func(t *testing.T, rate float64, rows []float64, n int) *metrics.Signal

//go:embed testdata/golden.json
var excerpt []byte

// Golden holds all metrics of the seven series of the reference data to its numbers, computed of signals that are made so. Where the
// whole reference data are at hand, more of each matrix, and whatever they have grown by, is compared.
func Golden(t *testing.T, signals Signals) {
	t.Run("excerpt", func(t *testing.T) { compare(t, excerpt, signals) })
	t.Run("whole", func(t *testing.T) {
		path := filepath.Join(cmp.Or(os.Getenv("BRAINSWEEP_SHARED"), "../../shared"), "reference", "metrics", "golden.json")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Skipf("the reference data are not there: %v", err)
		}
		compare(t, text, signals)
	})
}

func compare(t *testing.T, text []byte, signals Signals) {
	var all golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Series) < 7 {
		t.Fatalf("the reference data have %d series", len(all.Series))
	}
	cases := map[string]*reference{}
	for name, want := range all.Series {
		cases[name] = newReference(t, want, signals)
	}
	for name, c := range cases {
		t.Run(name, c.compare)
	}
	t.Run("fcd_ks", func(t *testing.T) {
		for _, k := range all.FCDKS {
			got := metrics.KS(cases[k.A].fcdValues(), cases[k.B].fcdValues())
			Same(t, k.A+" and "+k.B, got, k.KS, Relative)
			a, b := cases[k.A], cases[k.B]
			in := *a.in(a.fcdConfig())
			in.Targets = []*metrics.Target{metrics.NewTarget(b.signal, b.fcdConfig())}
			Same(t, k.A+" and the target "+k.B, Compared(&in, "fcd_ks"), k.KS, Relative)
		}
	})
	t.Run("constants", func(t *testing.T) { compareConstants(t, all.Constants) })
}

// Gather runs the samples through the streaming sums.
func Gather(samples [][]float64) *metrics.Moments {
	s := metrics.NewSeries(len(samples[0]), true)
	for _, x := range samples {
		s.Add(x)
	}
	return s.Moments()
}

// Same compares a number with that wanted; nil stands for NaN.
func Same(t *testing.T, what string, got float64, want any, tolerance float64) {
	t.Helper()
	if want == nil {
		if !math.IsNaN(got) {
			t.Errorf("%s is %v, want NaN", what, got)
		}
		return
	}
	if w := number(want); !(math.Abs(got-w) <= tolerance*math.Abs(w)+Absolute) {
		t.Errorf("%s is %v, want %v", what, got, w)
	}
}

// number reads a leaf; truth is 1.
func number(x any) float64 {
	switch v := x.(type) {
	case float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	}
	return math.NaN()
}

// leaves flattens lists of lists of leaves.
func leaves(x any) []any {
	list, ok := x.([]any)
	if !ok {
		return []any{x}
	}
	var out []any
	for _, v := range list {
		out = append(out, leaves(v)...)
	}
	return out
}

func agree(got float64, want *float64) bool {
	if want == nil {
		return math.IsNaN(got)
	}
	return math.Abs(got-*want) <= Relative*math.Abs(*want)+Absolute
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
