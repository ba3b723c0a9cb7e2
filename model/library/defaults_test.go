package library_test

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"brainsweep/model"
)

// unused are parameters that TVB declares and no equation of its reads.
var unused = map[string][]string{
	"epileptor": {"s"}, "epileptor_resting": {"s"}, "jansen_rit": {"p_min", "p_max"}, "wongwang": {"sigma_noise"}, "montbrio": {"Gamma"},
}

// TestDefaultsAreTVBs compares states, ranges, bounds, modes, what is coupled and all parameters' values. Of what TVB couples
// the last ones may be missing, where they have no effect.
func TestDefaultsAreTVBs(t *testing.T) {
	var table map[string]struct {
		States     []string `json:"state_variables"`
		Ranges     map[string][]float64
		Bounds     map[string][]any
		Modes      int
		Cvar       []int
		Observed   []string `json:"observables_offered"`
		Parameters map[string]struct{ Default any }
	}
	readJSON(t, "testdata/model_defaults.json", &table)
	for name, tvb := range tvbNames {
		want, known := table[tvb]
		if !known {
			t.Errorf("there are no defaults of %s", tvb)
		}
		m, d := read(t, name)
		modes := max(1, m.Modes)
		if modes != want.Modes || len(m.States) != modes*len(want.States) {
			t.Errorf("%s: %d states in %d modes", name, len(m.States), modes)
			continue
		}
		for k, symbol := range want.States {
			s := m.States[k*modes]
			if s.Symbol != symbol || s.Low != want.Ranges[symbol][0] || s.High != want.Ranges[symbol][1] {
				t.Errorf("%s: state %s in %v .. %v, want %s in %v", name, s.Symbol, s.Low, s.High, symbol, want.Ranges[symbol])
			}
			low, high := bounds(want.Bounds[symbol])
			if s.Min != low || s.Max != high {
				t.Errorf("%s: %s is bounded by %v .. %v, want %v .. %v", name, symbol, s.Min, s.Max, low, high)
			}
		}
		var coupled []string
		for _, k := range want.Cvar {
			coupled = append(coupled, want.States[k])
		}
		var ours []string
		for k := 0; k < len(m.Coupled); k += modes {
			ours = append(ours, strings.TrimSuffix(m.Coupled[k], "_1"))
		}
		if name == "hopfield" { // TVB couples theta where the threshold is dynamic
			coupled = append(coupled, "theta")
		}
		if len(ours) == 0 || len(ours) > len(coupled) || !slices.Equal(ours, coupled[:len(ours)]) {
			t.Errorf("%s: coupled are %v, want %v", name, ours, coupled)
		}
		for _, o := range want.Observed {
			if name := observable(o); d.Values[name] == nil && d.Values[name+"_1"] == nil {
				t.Errorf("%s: %s cannot be observed", m.Name, o)
			}
		}
		for p, v := range want.Parameters {
			compareDefault(t, m, p, v.Default)
		}
	}
}

// observable is our name of TVB's expression: x2 - x1 is x2_minus_x1.
func observable(text string) string {
	return strings.ReplaceAll(strings.NewReplacer(" - ", "_minus_", " + ", "_plus_").Replace(text), " ", "")
}

// bounds reads two numbers, of which none is written as null.
func bounds(pair []any) (low, high float64) {
	low, high = math.Inf(-1), math.Inf(1)
	if len(pair) == 2 {
		if v, ok := pair[0].(float64); ok {
			low = v
		}
		if v, ok := pair[1].(float64); ok && v < 1e300 {
			high = v
		}
	}
	return low, high
}

func compareDefault(t *testing.T, m *model.Model, name string, want any) {
	t.Helper()
	if slices.Contains(unused[m.Name], name) {
		return
	}
	if list, several := want.([]any); several {
		for k, v := range list {
			compareDefault(t, m, name+strconv.Itoa(k), v)
		}
		return
	}
	v, ok := number(want)
	for _, p := range m.Parameters {
		if p.Name == name {
			if !ok || p.Value != v {
				t.Errorf("%s: %s = %v, want %v", m.Name, name, p.Value, want)
			}
			return
		}
	}
	t.Errorf("%s has no parameter %s", m.Name, name)
}
