package jobs

import (
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/metrics"
)

// Series of sensors and areas, the channels of a View, can be analysed as series of regions are, but for what is about regions.

// channelDims are the dimensions of such series in a result.
var channelDims = []string{"sensor", "area"}

// regional are the groups of metrics that mean something for regions alone: of sensors there is no connectome and no left and right.
func regional(group string) bool {
	return slices.Contains([]string{"fc_sc", "homotopic", "graph", "dmn", "paper"}, group)
}

// channelsOf are the labels of what a sample of a series has numbers for; nil for regions.
func (an *analysis) channelsOf(v result.Variable) (*result.Dim, error) {
	name := v.Dims[2]
	if !slices.Contains(channelDims, name) {
		return nil, nil
	}
	labels, err := an.res.Labels(v.Coordinates(name))
	return &result.Dim{Name: name, About: name, Labels: labels}, err
}

// channelTable takes the metrics that are about regions out of those of a series of channels. Where one of them was asked for
// by its name or its group's that is a mistake.
func (an *analysis) channelTable(r *reader, q *analysed) {
	q.table = slices.DeleteFunc(q.table, func(m metrics.Metric) bool { return regional(m.Group) })
	for i, name := range an.plan.Metrics.Use {
		found, err := metrics.Lookup(name)
		if err == nil && name != "all" && regional(found[0].Group) {
			r.faultf(r.usePos(i), "metrics.use: %s is of regions, but %s is of %ss; name the series with --of that it shall be computed of",
				name, q.name, q.channels.Name)
		}
	}
	for _, t := range an.plan.Targets {
		if slices.Contains(t.Of, q.name) {
			r.faultf(fault.Pos{}, "target: %s is of %ss, and data of regions cannot be compared with it", q.name, q.channels.Name)
		}
	}
}

// namedSeries finds the series that a word of metrics.of means: a quantity, monitor and quantity, or a monitor that
// recorded one quantity through sensors or area by area.
func namedSeries(word string, best, byAddress map[string]result.Variable) (result.Variable, bool) {
	if v, ok := best[word]; ok {
		return v, true
	}
	if v, ok := byAddress[word]; ok {
		return v, true
	}
	var of []result.Variable
	for address, v := range byAddress {
		if group, _, _ := strings.Cut(address, "."); group == word && slices.Contains(channelDims, v.Dims[2]) {
			of = append(of, v)
		}
	}
	if len(of) == 1 {
		return of[0], true
	}
	return result.Variable{}, false
}

// ofChannels notes that metrics.of names what sensors or areas record, of which a run computes none.
func (r *reader) ofChannels(of []string) bool {
	before := len(r.faults)
	for i, name := range of {
		monitor, _, _ := strings.Cut(name, ".")
		if r.plan.recorded == nil && (slices.Contains(projected(), monitor) || monitor == "spatial_average") {
			r.faultf(r.ofPos(i), "metrics.of: a run computes metrics of regions; those of %s are computed of its series after the job: brainsweep analyze RESULT --of %s --use ...", monitor, name)
		}
	}
	return len(r.faults) > before
}
