package metricstest

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"brainsweep/metrics"
)

// reference is one series of the reference data with what is wanted of it.
type reference struct {
	want    map[string]any
	input   input
	samples [][]float64 // [time][node]
	signal  *metrics.Signal
	moments *metrics.Moments
	inputs  map[string]*metrics.Input // by what was chosen
}

func newReference(t *testing.T, want map[string]any, signals Signals) *reference {
	t.Helper()
	r := &reference{want: want, inputs: map[string]*metrics.Input{}}
	text, err := json.Marshal(want["input"])
	if err == nil {
		err = json.Unmarshal(text, &r.input)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.samples = r.input.samples()
	sameSeries(t, r.input, r.samples)
	r.moments = Gather(r.samples)
	r.signal = signals(t, r.input.Fs, slices.Concat(r.samples...), r.input.N)
	return r
}

// at is what stands at a path of the wanted values; nil where there is nothing.
func (r *reference) at(path ...string) any {
	var x any = r.want
	for _, name := range path {
		m, ok := x.(map[string]any)
		if !ok {
			return nil
		}
		x = m[name]
	}
	return x
}

func (r *reference) has(path ...string) bool {
	last := len(path) - 1
	m, ok := r.at(path[:last]...).(map[string]any)
	_, there := m[path[last]]
	return ok && there
}

// numbers is a list of numbers at a path.
func (r *reference) numbers(path ...string) []float64 {
	var out []float64
	for _, v := range leaves(r.at(path...)) {
		if v != nil {
			out = append(out, number(v))
		}
	}
	return out
}

func (r *reference) in(c metrics.Config) *metrics.Input {
	key := fmt.Sprint(c)
	if r.inputs[key] == nil {
		in := &metrics.Input{Moments: r.moments, Signal: r.signal, Unit: "Hz", Config: c}
		in.Weights, in.Lengths = Structure(r.input.N)
		r.inputs[key] = in
	}
	return r.inputs[key]
}

// check compares a metric with a leaf, a list of leaves, of which the first may stand for more, or a matrix.
func (r *reference) check(t *testing.T, c metrics.Config, name string, tolerance float64, path ...string) {
	t.Helper()
	if r.has(path...) {
		r.checkValues(t, c, name, tolerance, r.at(path...))
	}
}

func (r *reference) checkValues(t *testing.T, c metrics.Config, name string, tolerance float64, want any) {
	t.Helper()
	m, err := metrics.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := m.Values(r.in(c)), leaves(want)
	if len(got) < len(wanted) || m.Shape != metrics.PerFrequency && len(got) != len(wanted) {
		t.Fatalf("%s has %d values, want %d", name, len(got), len(wanted))
	}
	for k, w := range wanted {
		Same(t, fmt.Sprintf("%s[%d]", name, k), got[k], w, tolerance)
	}
}

// regions compares a metric for each region with a leaf of each region's entry.
func (r *reference) regions(t *testing.T, c metrics.Config, name string, list any, leaf string) {
	t.Helper()
	regions, _ := list.([]any)
	var want []any
	for _, entry := range regions {
		m, _ := entry.(map[string]any)
		value, there := m[leaf]
		if !there && len(m) < 6 && m["alpha"] == nil { // an entry of a bad region has few leaves
			value, there = nil, true
		}
		if !there {
			return
		}
		want = append(want, value)
	}
	if len(want) > 0 {
		r.checkValues(t, c, name, Relative, want)
	}
}

func (r *reference) compare(t *testing.T) {
	for leaf, name := range overallNames {
		r.check(t, nil, name, Relative, "rates", "overall", leaf)
	}
	for _, leaf := range []string{"mean", "std", "cv", "min", "max"} {
		r.check(t, nil, "region_rate_"+leaf, Relative, "rates", "region", leaf)
	}
	r.compareFC(t)
	r.compareFCD(t)
	r.compareSpectra(t)
	r.compareCoherence(t)
	r.comparePhase(t)
	r.compareStates(t)
	r.compareRegime(t)
	r.compareScaling(t)
	r.compareRest(t)
}

// overallNames are our names of the reference data's overall rates.
var overallNames = map[string]string{
	"mean": "rate_mean", "std_all": "rate_std", "min": "rate_min", "max": "rate_max", "cv_all": "rate_cv",
	"mean_of_region_std": "rate_mean_of_region_std", "std_of_region_mean": "rate_std_of_region_mean",
	"mean_of_region_cv": "rate_mean_of_region_cv", "n_valid": "rate_n_valid",
}

// fcdConfig has the windows of the reference data; nil where the series is too short for them.
// compareMatrix looks at the first rows and columns of fcd, as many as there are.
func (r *reference) compareScaling(t *testing.T) {
	r.regions(t, nil, "region_dfa", r.at("dfa"), "alpha")
	r.regions(t, nil, "region_dfa_r2", r.at("dfa"), "r2")
	list, _ := r.at("dfa").([]any)
	for i, entry := range list {
		f, one := metrics.DFA(r.signal, i), &reference{want: entry.(map[string]any)}
		for k, want := range one.numbers("F") {
			Same(t, fmt.Sprintf("F[%d] of region %d", k, i), f.F[k], want, Relative)
			Same(t, "scale", float64(f.Scales[k]), one.numbers("scales")[k], 0)
		}
	}
	for k, threshold := range []string{"mean", "median"} {
		c := metrics.Config{"lz.threshold": {float64(k)}}
		r.compareComplexity(t, c, threshold)
	}
	for leaf, name := range map[string]string{"tau_e_s": "tau_e", "tau_int_s": "tau_int", "zero_s": "tau_zero"} {
		r.regions(t, nil, "region_"+name, r.at("timescale"), leaf)
	}
	times := metrics.Timescales(r.signal)
	list, _ = r.at("timescale").([]any)
	for i, entry := range list {
		one := &reference{want: entry.(map[string]any)}
		Same(t, "truncated", times[i].Truncated, one.at("tau_int_truncated"), 0)
		lags := []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
		for k, want := range one.numbers("r") {
			Same(t, fmt.Sprintf("r(%d) of region %d", lags[k], i), times[i].R[lags[k]], want, Relative)
		}
	}
}

// compareComplexity leaves out regions where many samples are the threshold, which the reference data do not have.
func (r *reference) compareComplexity(t *testing.T, c metrics.Config, threshold string) {
	m, _ := metrics.Find("region_lz")
	got := m.Values(r.in(c))
	list, _ := r.at("lz", threshold).([]any)
	for i, entry := range list {
		if want := entry.(map[string]any)["norm"]; want != nil || r.signal.Bad[i] {
			Same(t, fmt.Sprintf("region_lz[%d] by the %s", i, threshold), got[i], want, Relative)
		}
	}
}

func (r *reference) compareRest(t *testing.T) {
	c := metrics.Config{"avalanche.threshold": r.numbers("avalanche", "nsd"), "avalanche.bin": r.numbers("avalanche", "bin_samples")}
	for leaf, name := range map[string]string{"n_events": "events", "n_avalanches": "count", "mean_size": "size", "max_size": "size_max",
		"mean_duration_s_bins": "duration", "size_exponent": "exponent"} {
		r.check(t, c, "avalanche_"+name, Relative, "avalanche", leaf)
	}
	for leaf, name := range map[string]string{"coeff_var": "coeff_var", "mean_FC": "mean_fc", "mean_PLI": "mean_pli", "corr_FC_SC": "corr_fc_sc",
		"corr_FC_tract": "corr_fc_tract", "varFCD": "var_fcd"} {
		r.check(t, nil, "paper_"+name, Relative, "paper", leaf)
	}
}

// compareConstants looks at what is computed on a few given numbers.
// comparePCI makes the response [((k t² + 11 s t + 17 s²) mod 31) < 9] [((s + t) mod 5) < 4].
// Pack packs a text of 0 and 1 as LempelZiv wants it.
// Compared is one metric of a comparison with the target without a name.
