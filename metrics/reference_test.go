package metrics_test

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

func newReference(t *testing.T, want map[string]any) *reference {
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
	r.moments = gather(r.samples)
	r.signal = metrics.Transposed(r.input.Fs, slices.Concat(r.samples...), r.input.N, 1)
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
		in.Weights, in.Lengths = structure(r.input.N)
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
		same(t, fmt.Sprintf("%s[%d]", name, k), got[k], w, tolerance)
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
		r.checkValues(t, c, name, relative, want)
	}
}

func (r *reference) compare(t *testing.T) {
	for leaf, name := range overallNames {
		r.check(t, nil, name, relative, "rates", "overall", leaf)
	}
	for _, leaf := range []string{"mean", "std", "cv", "min", "max"} {
		r.check(t, nil, "region_rate_"+leaf, relative, "rates", "region", leaf)
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
	r.check(t, nil, "fc", relative, "fc", "matrix")
	for _, leaf := range []string{"mean", "std", "min", "max", "mean_abs", "mean_fisher_z", "n_valid_pairs"} {
		r.check(t, nil, "fc_"+leaf, relative, "fc", "summary", leaf)
	}
	r.check(t, nil, "fc_sc", relative, "fc", "fc_sc")
	r.check(t, nil, "fc_tract", relative, "fc", "fc_tract")
	if r.at("fc", "fc_sc_spearman") != nil { // where rounding decides ties, there is none
		r.check(t, nil, "fc_sc_spearman", relative, "fc", "fc_sc_spearman")
	}
	if r.has("fc", "fc_emp") {
		in := r.in(nil)
		same(t, "fc_emp", metrics.CompareFC(in.FC(), r.numbers("fc", "emp_fc"), r.input.N), r.at("fc", "fc_emp"), relative)
		compared := *in
		compared.Targets = []*metrics.Target{{FC: r.numbers("fc", "emp_fc")}}
		same(t, "fc_fit", compareOne(&compared, "fc_fit"), r.at("fc", "fc_emp"), relative)
	}
	c := metrics.Config{"homotopic.pairs": r.numbers("homotopic", "pairs")}
	r.check(t, c, "homotopic_fc_mean", relative, "homotopic", "mean")
	r.check(t, c, "homotopic_fc_std", relative, "homotopic", "std")
	c = metrics.Config{"graph.modules": r.numbers("graph", "partition")}
	r.check(t, c, "region_strength_signed", relative, "graph", "strength_signed")
	r.check(t, c, "region_strength", relative, "graph", "strength_pos")
	r.check(t, c, "efficiency", relative, "graph", "global_efficiency")
	r.check(t, c, "modularity", relative, "graph", "modularity_given")
	c = metrics.Config{"graph.modules": r.numbers("graph", "modularity_max_partition")}
	r.check(t, c, "modularity", relative, "graph", "modularity_max")
	if r.has("graph", "modularity_max") {
		r.check(t, nil, "modularity_louvain", relative, "graph", "modularity_max")
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
	r.check(t, c, "fcd_mean", relative, "fcd", "mean")
	r.check(t, c, "fcd_var", relative, "fcd", "var")
	r.check(t, c, "fcd_mean_nonoverlap", relative, "fcd", "mean_nonoverlap")
	r.check(t, c, "fcd_var_nonoverlap", relative, "fcd", "var_nonoverlap")
	windows := metrics.WindowFC(r.signal, int(number(r.at("fcd", "window_samples"))), int(number(r.at("fcd", "step_samples"))))
	same(t, "windows", float64(len(windows)), r.at("fcd", "n_windows"), 0)
	for what, got := range map[string][]float64{"window_fc_first": windows[0], "window_fc_last": windows[len(windows)-1]} {
		for k, want := range leaves(r.at("fcd", what)) {
			same(t, fmt.Sprintf("%s[%d]", what, k), got[k], want, relative)
		}
	}
}

// compareMatrix looks at the first rows and columns of fcd, as many as there are.
func (r *reference) compareMatrix(t *testing.T, c metrics.Config) {
	rows, _ := r.at("fcd", "matrix").([]any)
	m, _ := metrics.Find("fcd")
	got := m.Values(r.in(c))
	count := int(math.Sqrt(float64(len(got))))
	same(t, "windows", float64(count), r.at("fcd", "n_windows"), 0)
	for k, row := range rows {
		for l, want := range leaves(row) {
			same(t, fmt.Sprintf("fcd[%d,%d]", k, l), got[k*count+l], want, relative)
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
		r.check(t, c, name, relative, "updown", "mean_"+leaf)
		m, _ := metrics.Find("region_" + name)
		got := m.Values(r.in(c))
		for i, entry := range regions {
			if e := entry.(map[string]any); !r.signal.Bad[i] {
				same(t, fmt.Sprintf("region_%s[%d]", name, i), got[i], e[leaf], relative)
			}
		}
	}
	states := metrics.FindStates(r.signal, c["updown.sigma"][0], c["updown.ratio"][0], c["updown.offset"][0], c["updown.least"][0])
	for i, entry := range regions {
		e := entry.(map[string]any)
		if r.signal.Bad[i] {
			continue
		}
		same(t, "threshold", states[i].Threshold, e["threshold_hz"], relative)
		same(t, "largest smoothed", states[i].Largest, e["smooth_max_hz"], relative)
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
	r.check(t, nil, "ratio_ai", relative, "ai", "ratio_ai_paper")
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
			same(t, "peak", float64(kept[k].At), at, 0)
			same(t, "prominence", kept[k].Prominence, one.numbers("proms")[k], 0)
		}
	}
	c := metrics.Config{"dmn.regions": r.numbers("topk", "members"), "dmn.k": r.numbers("topk", "k"), "dmn.seed": r.numbers("topk", "seed")}
	r.check(t, c, "dmn_rate", relative, "topk", "by_rate", "ratio")
	r.check(t, c, "dmn_fc", relative, "topk", "by_fc_seed", "ratio")
}

func (r *reference) compareScaling(t *testing.T) {
	r.regions(t, nil, "region_dfa", r.at("dfa"), "alpha")
	r.regions(t, nil, "region_dfa_r2", r.at("dfa"), "r2")
	list, _ := r.at("dfa").([]any)
	for i, entry := range list {
		f, one := metrics.DFA(r.signal, i), &reference{want: entry.(map[string]any)}
		for k, want := range one.numbers("F") {
			same(t, fmt.Sprintf("F[%d] of region %d", k, i), f.F[k], want, relative)
			same(t, "scale", float64(f.Scales[k]), one.numbers("scales")[k], 0)
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
		same(t, "truncated", times[i].Truncated, one.at("tau_int_truncated"), 0)
		lags := []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000}
		for k, want := range one.numbers("r") {
			same(t, fmt.Sprintf("r(%d) of region %d", lags[k], i), times[i].R[lags[k]], want, relative)
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
			same(t, fmt.Sprintf("region_lz[%d] by the %s", i, threshold), got[i], want, relative)
		}
	}
}

func (r *reference) compareRest(t *testing.T) {
	c := metrics.Config{"avalanche.threshold": r.numbers("avalanche", "nsd"), "avalanche.bin": r.numbers("avalanche", "bin_samples")}
	for leaf, name := range map[string]string{"n_events": "events", "n_avalanches": "count", "mean_size": "size", "max_size": "size_max",
		"mean_duration_s_bins": "duration", "size_exponent": "exponent"} {
		r.check(t, c, "avalanche_"+name, relative, "avalanche", leaf)
	}
	for leaf, name := range map[string]string{"coeff_var": "coeff_var", "mean_FC": "mean_fc", "mean_PLI": "mean_pli", "corr_FC_SC": "corr_fc_sc",
		"corr_FC_tract": "corr_fc_tract", "varFCD": "var_fcd"} {
		r.check(t, nil, "paper_"+name, relative, "paper", leaf)
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
		same(t, "words of "+text, float64(metrics.LempelZiv(pack(text), len(text))), e.at("c"), 0)
	}
	for _, e := range entries("bimodality_small") {
		x := e.numbers("x")
		bc, skewness, kurtosis := metrics.Bimodality(x)
		eta, threshold := metrics.Otsu(slices.Sorted(slices.Values(x)))
		for leaf, got := range map[string]float64{"bc": bc, "skew": skewness, "exkurt": kurtosis, "eta": eta, "otsu_threshold": threshold} {
			same(t, leaf, got, e.at(leaf), relative)
		}
	}
	for _, e := range entries("prominence_small") {
		peaks := metrics.Peaks(e.numbers("x"))
		if len(peaks) != len(e.numbers("peaks")) {
			t.Errorf("peaks of %v: %v", e.numbers("x"), peaks)
			continue
		}
		for k, p := range peaks {
			same(t, "place of the peak", float64(p.At), e.numbers("peaks")[k], 0)
			same(t, "prominence", p.Prominence, e.numbers("prominences")[k], relative)
		}
	}
	for _, e := range entries("ks_small") {
		same(t, "KS", metrics.KS(e.numbers("a"), e.numbers("b")), e.at("ks"), relative)
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
	same(t, "words", float64(words), e.at("casali_2d", "c"), 0)
	same(t, "PCI", pci, e.at("casali_2d", "pci"), relative)
	same(t, "entropy", entropy, e.at("casali_2d", "H"), relative)
	flat := ""
	for j := range response[0] {
		for s := range response {
			flat += map[bool]string{true: "1", false: "0"}[response[s][j]]
		}
	}
	same(t, "words one after another", float64(metrics.LempelZiv(pack(flat), len(flat))), e.at("flat_lz76", "c"), 0)
}

// pack packs a text of 0 and 1 as LempelZiv wants it.
func pack(text string) []uint64 {
	out := make([]uint64, (len(text)+63)/64)
	for i, b := range text {
		if b == '1' {
			out[i/64] |= 1 << (63 - i%64)
		}
	}
	return out
}
