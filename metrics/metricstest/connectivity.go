package metricstest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"brainsweep/metrics"
)

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

func Compared(in *metrics.Input, name string) float64 {
	all := metrics.Comparisons("", 0)
	return all[slices.IndexFunc(all, func(m metrics.Metric) bool { return m.Name == name })].Values(in)[0]
}
