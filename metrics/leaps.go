package metrics

import (
	"slices"
	"strings"
)

// LargestResponse is how many times as far as every sample of lively series, by a share of itself, a metric that does not leap
// may go, by a share of its largest number. TestResponses measures 5.7 (homotopic_fc_std, of correlations near 1), 2 of fc_sc and
// fc_tract, and at most 1.3 of all others.
const LargestResponse = 8

// What the numbers of some metrics leap on, however little a series changes; those of all others change by some times as
// much as the series does. TestResponses holds every metric to the one or the other.
const (
	leapsCount     = "a count"
	leapsPlace     = "the place of a maximum"
	leapsOrder     = "an order"
	leapsSign      = "the sign of a difference"
	leapsThreshold = "what is above a threshold"
)

// leapsOf says on what a metric leaps that does not say it itself, "" where it does not.
func leapsOf(group, name string) string {
	name = strings.TrimPrefix(name, "region_")
	switch {
	case strings.HasSuffix(name, "_n_valid"), name == "fc_n_valid_pairs", name == "psd_peak_count":
		return leapsCount
	case slices.Contains([]string{"psd_dominant_frequency", "psd_highest_peak", "psd_peak_frequency"}, name):
		return leapsPlace
	case group == "dmn", name == "fc_sc_spearman":
		return leapsOrder
	case strings.HasPrefix(name, "pli"), name == "paper_mean_pli":
		return leapsSign
	case group == "updown", group == "lz", group == "avalanche", name == "tau_int_truncated",
		group == "regime" && name != "bimodality" && name != "separability":
		return leapsThreshold
	}
	return ""
}
