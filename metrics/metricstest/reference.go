package metricstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
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

func (r *reference) compareFC(t *testing.T) {
	r.check(t, nil, "fc", Relative, "fc", "matrix")
	for _, leaf := range []string{"mean", "std", "min", "max", "mean_abs", "mean_fisher_z", "n_valid_pairs"} {
		r.check(t, nil, "fc_"+leaf, Relative, "fc", "summary", leaf)
	}
	r.check(t, nil, "fc_sc", Relative, "fc", "fc_sc")
	r.check(t, nil, "fc_tract", Relative, "fc", "fc_tract")
	if r.at("fc", "fc_sc_spearman") != nil { // where rounding decides ties, there is none
		r.check(t, nil, "fc_sc_spearman", Relative, "fc", "fc_sc_spearman")
	}
	if r.has("fc", "fc_emp") {
		compared := *r.in(nil)
		compared.Targets = []*metrics.Target{{FC: r.numbers("fc", "emp_fc")}}
		Same(t, "fc_fit", Compared(&compared, "fc_fit"), r.at("fc", "fc_emp"), Relative)
	}
	c := metrics.Config{"homotopic.pairs": r.numbers("homotopic", "pairs")}
	r.check(t, c, "homotopic_fc_mean", Relative, "homotopic", "mean")
	r.check(t, c, "homotopic_fc_std", Relative, "homotopic", "std")
	c = metrics.Config{"graph.modules": r.numbers("graph", "partition")}
	r.check(t, c, "region_strength_signed", Relative, "graph", "strength_signed")
	r.check(t, c, "region_strength", Relative, "graph", "strength_pos")
	r.check(t, c, "efficiency", Relative, "graph", "global_efficiency")
	r.check(t, c, "modularity", Relative, "graph", "modularity_given")
	c = metrics.Config{"graph.modules": r.numbers("graph", "modularity_max_partition")}
	r.check(t, c, "modularity", Relative, "graph", "modularity_max")
	if r.has("graph", "modularity_max") {
		r.check(t, nil, "modularity_louvain", Relative, "graph", "modularity_max")
	}
}

// fcdConfig has the windows of the reference data; nil where the series is too short for them.
func (r *reference) fcdConfig() metrics.Config {
	if r.at("fcd") == nil {
		return nil
	}
	return metrics.Config{"fcd.window": r.numbers("fcd", "window_s"), "fcd.step": r.numbers("fcd", "step_s")}
}

func (r *reference) fcdValues() []float64 {
	m, _ := metrics.Find("fcd")
	c := r.fcdConfig()
	return metrics.FCDValues(m.Values(r.in(c)), metrics.Setup{Rate: r.input.Fs, Config: c}, false)
}

func (r *reference) compareFCD(t *testing.T) {
	c := r.fcdConfig()
	if c == nil {
		return
	}
	r.compareMatrix(t, c)
	r.check(t, c, "fcd_mean", Relative, "fcd", "mean")
	r.check(t, c, "fcd_var", Relative, "fcd", "var")
	r.check(t, c, "fcd_mean_nonoverlap", Relative, "fcd", "mean_nonoverlap")
	r.check(t, c, "fcd_var_nonoverlap", Relative, "fcd", "var_nonoverlap")
	windows := metrics.WindowFC(r.signal, int(number(r.at("fcd", "window_samples"))), int(number(r.at("fcd", "step_samples"))))
	Same(t, "windows", float64(len(windows)), r.at("fcd", "n_windows"), 0)
	for what, got := range map[string][]float64{"window_fc_first": windows[0], "window_fc_last": windows[len(windows)-1]} {
		for k, want := range leaves(r.at("fcd", what)) {
			Same(t, fmt.Sprintf("%s[%d]", what, k), got[k], want, Relative)
		}
	}
}

// compareMatrix looks at the first rows and columns of fcd, as many as there are.
func (r *reference) compareMatrix(t *testing.T, c metrics.Config) {
	rows, _ := r.at("fcd", "matrix").([]any)
	m, _ := metrics.Find("fcd")
	got := m.Values(r.in(c))
	count := int(math.Sqrt(float64(len(got))))
	Same(t, "windows", float64(count), r.at("fcd", "n_windows"), 0)
	for k, row := range rows {
		for l, want := range leaves(row) {
			Same(t, fmt.Sprintf("fcd[%d,%d]", k, l), got[k*count+l], want, Relative)
		}
	}
}

func (r *reference) compareStates(t *testing.T) {
	c := metrics.Config{"updown.sigma": r.numbers("updown", "sigma_s"), "updown.ratio": r.numbers("updown", "ratio"),
		"updown.offset": r.numbers("updown", "offset_hz"), "updown.least": r.numbers("updown", "min_s")}
	names := map[string]string{"up_mean_s": "up_duration", "down_mean_s": "down_duration", "up_mean_interior_s": "up_duration_interior",
		"down_mean_interior_s": "down_duration_interior", "up_fraction": "up_fraction", "transition_rate_hz": "transition_rate", "n_up": "up_count", "n_down": "down_count"}
	regions, _ := r.at("updown", "region").([]any)
	for leaf, name := range names {
		r.check(t, c, name, Relative, "updown", "mean_"+leaf)
		m, _ := metrics.Find("region_" + name)
		got := m.Values(r.in(c))
		for i, entry := range regions {
			if e := entry.(map[string]any); !r.signal.Bad[i] {
				Same(t, fmt.Sprintf("region_%s[%d]", name, i), got[i], e[leaf], Relative)
			}
		}
	}
	states := metrics.FindStates(r.signal, c["updown.sigma"][0], c["updown.ratio"][0], c["updown.offset"][0], c["updown.least"][0])
	for i, entry := range regions {
		e := entry.(map[string]any)
		if r.signal.Bad[i] {
			continue
		}
		Same(t, "threshold", states[i].Threshold, e["threshold_hz"], Relative)
		Same(t, "largest smoothed", states[i].Largest, e["smooth_max_hz"], Relative)
		if runs := leaves(e["runs"]); e["runs"] != nil {
			for k, length := range states[i].Runs {
				up := 0.0
				if states[i].First == (k%2 == 0) {
					up = 1
				}
				if 2*k+1 >= len(runs) || number(runs[2*k]) != up || number(runs[2*k+1]) != float64(length) {
					t.Errorf("run %d of region %d is %v, %d", k, i, up, length)
				}
			}
		}
	}
}

func (r *reference) compareRegime(t *testing.T) {
	r.check(t, nil, "ratio_ai", Relative, "ai", "ratio_ai_paper")
	r.regions(t, nil, "region_ratio_ai", r.at("ai", "paper"), "ai")
	r.regions(t, nil, "region_bimodality", r.at("ai", "bimodality"), "bc")
	r.regions(t, nil, "region_separability", r.at("ai", "bimodality"), "eta")
	if list, ok := r.at("ai", "state").([]any); ok {
		var want []any
		for _, name := range list {
			want = append(want, map[any]any{"silent": 0.0, "ai": 1.0, "updown": 2.0}[name])
		}
		r.checkValues(t, nil, "region_class", 0, want)
	}
	rules, _ := r.at("ai", "paper").([]any)
	for i, rule := range rules {
		one := &reference{want: rule.(map[string]any)}
		if r.signal.Bad[i] {
			continue
		}
		_, kept := metrics.PaperAI(r.signal, i)
		for k, at := range one.numbers("peaks") {
			Same(t, "peak", float64(kept[k].At), at, 0)
			Same(t, "prominence", kept[k].Prominence, one.numbers("proms")[k], 0)
		}
	}
	c := metrics.Config{"dmn.regions": r.numbers("topk", "members"), "dmn.k": r.numbers("topk", "k"), "dmn.seed": r.numbers("topk", "seed")}
	r.check(t, c, "dmn_rate", Relative, "topk", "by_rate", "ratio")
	r.check(t, c, "dmn_fc", Relative, "topk", "by_fc_seed", "ratio")
}

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
func compareConstants(t *testing.T, all map[string]any) {
	entries := func(name string) []*reference {
		list, _ := all[name].([]any)
		var out []*reference
		for _, e := range list {
			out = append(out, &reference{want: e.(map[string]any)})
		}
		return out
	}
	for _, e := range entries("lz76_strings") {
		text := e.at("s").(string)
		Same(t, "words of "+text, float64(metrics.LempelZiv(Pack(text), len(text))), e.at("c"), 0)
	}
	for _, e := range entries("bimodality_small") {
		x := e.numbers("x")
		bc, skewness, kurtosis := metrics.Bimodality(x)
		eta, threshold := metrics.Otsu(slices.Sorted(slices.Values(x)))
		for leaf, got := range map[string]float64{"bc": bc, "skew": skewness, "exkurt": kurtosis, "eta": eta, "otsu_threshold": threshold} {
			Same(t, leaf, got, e.at(leaf), Relative)
		}
	}
	for _, e := range entries("prominence_small") {
		peaks := metrics.Peaks(e.numbers("x"))
		if len(peaks) != len(e.numbers("peaks")) {
			t.Errorf("peaks of %v: %v", e.numbers("x"), peaks)
			continue
		}
		for k, p := range peaks {
			Same(t, "place of the peak", float64(p.At), e.numbers("peaks")[k], 0)
			Same(t, "prominence", p.Prominence, e.numbers("prominences")[k], Relative)
		}
	}
	for _, e := range entries("ks_small") {
		Same(t, "KS", metrics.KS(e.numbers("a"), e.numbers("b")), e.at("ks"), Relative)
	}
	responses, _ := all["pci"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(responses)) {
		comparePCI(t, &reference{want: responses[name].(map[string]any)})
	}
}

// comparePCI makes the response [((k t² + 11 s t + 17 s²) mod 31) < 9] [((s + t) mod 5) < 4].
func comparePCI(t *testing.T, e *reference) {
	k := int(number(e.at("k")))
	response := make([][]bool, int(number(e.at("sources"))))
	for s := range response {
		response[s] = make([]bool, int(number(e.at("times"))))
		for j := range response[s] {
			response[s][j] = (k*j*j+11*s*j+17*s*s)%31 < 9 && (s+j)%5 < 4
		}
	}
	pci, words, entropy := metrics.PCI(response)
	Same(t, "words", float64(words), e.at("casali_2d", "c"), 0)
	Same(t, "PCI", pci, e.at("casali_2d", "pci"), Relative)
	Same(t, "entropy", entropy, e.at("casali_2d", "H"), Relative)
	flat := ""
	for j := range response[0] {
		for s := range response {
			flat += map[bool]string{true: "1", false: "0"}[response[s][j]]
		}
	}
	Same(t, "words one after another", float64(metrics.LempelZiv(Pack(flat), len(flat))), e.at("flat_lz76", "c"), 0)
}

// Pack packs a text of 0 and 1 as LempelZiv wants it.
func Pack(text string) []uint64 {
	out := make([]uint64, (len(text)+63)/64)
	for i, b := range text {
		if b == '1' {
			out[i/64] |= 1 << (63 - i%64)
		}
	}
	return out
}

// Compared is one metric of a comparison with the target without a name.
func Compared(in *metrics.Input, name string) float64 {
	all := metrics.Comparisons("", 0)
	return all[slices.IndexFunc(all, func(m metrics.Metric) bool { return m.Name == name })].Values(in)[0]
}
