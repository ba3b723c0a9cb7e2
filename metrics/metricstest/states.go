package metricstest

import (
	"fmt"
	"testing"

	"brainsweep/metrics"
)

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
