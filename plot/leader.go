package plot

import (
	"cmp"
	"slices"
	"strings"

	"brainsweep/io/result"
)

// leaders are the addresses of what most people look at first, the foremost first.
func leaders() []string {
	return []string{"E.fc_mean", "E.rate_mean", "bold.fc_mean", "bold.fc", "E.fc", "E.psd"}
}

// LeadersFirst are variables with those first that most people look at: comparisons with data, then the leaders, then those
// of the same names of other quantities. Of the others, the first of each group come before the second of any.
func LeadersFirst(found []result.Variable) []result.Variable {
	places, ofGroup := map[string]int{}, map[string]int{}
	for _, v := range found {
		address := v.Address()
		_, metric, _ := strings.Cut(address, ".")
		group, _, _ := strings.Cut(address, "_")
		named := slices.IndexFunc(leaders(), func(l string) bool { return strings.HasSuffix(l, "."+metric) })
		switch i := slices.Index(leaders(), address); {
		case strings.HasSuffix(metric, "_fit"):
			places[address] = 0
		case i >= 0:
			places[address] = 1 + i
		case named >= 0:
			places[address] = 1 + len(leaders()) + named
		default:
			places[address] = 1 + 2*len(leaders()) + ofGroup[group]
			ofGroup[group]++
		}
	}
	return slices.SortedStableFunc(slices.Values(found), func(a, b result.Variable) int {
		return cmp.Compare(places[a.Address()], places[b.Address()])
	})
}

// scalar tells whether a variable is a metric with one number for each point.
func scalar(v result.Variable) bool { return !v.IsSeries() && len(v.Dims) == 1 }
