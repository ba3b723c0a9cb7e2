package jobs

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"brainsweep/metrics"
)

// metrics reads [metrics].
func (r *reader) metrics() {
	if !r.Has("metrics") {
		return
	}
	m := &r.plan.Metrics
	if !r.section(&struct{ Of, Use, Period any }{}, "metrics") {
		return
	}
	m.Of, m.Use = r.words("metrics", "of"), r.words("metrics", "use")
	for _, key := range []string{"of", "use"} {
		if !r.Has("metrics", key) {
			example := map[string]string{"of": fmt.Sprintf("[%q]", r.recordable()[0]), "use": `["rate", "fc"]`}[key]
			r.faultf(r.Pos("metrics"), "metrics.%s is missing; write for example %s = %s", key, key, example)
		}
	}
	r.quantities(m.Of, append(r.recordable(), boldQuantity), []string{"metrics", "of"})
	for i, name := range m.Use {
		if _, err := metrics.Lookup(name); err != nil && name != "" {
			path := []string{"metrics", "use", strconv.Itoa(i)}
			if r.Kind("metrics", "use") == "a string" {
				path = path[:2]
			}
			r.faults.Add(placed(err, r.ValuePos(path...)))
		}
	}
	m.Period = r.period(1, true, []string{"metrics", "period"})
	r.enoughSamples()
}

// enoughSamples checks that correlations have something to correlate, and that there is a bold record where metrics
// of it are wanted.
func (r *reader) enoughSamples() {
	p := r.plan
	pairs := slices.ContainsFunc(p.Metrics.Table(), func(m metrics.Metric) bool { return m.Pairs })
	for i, name := range p.Metrics.Of {
		pos := r.ValuePos("metrics", "of", strconv.Itoa(i))
		period, means := p.Metrics.Period, true
		if name == boldQuantity {
			bold := p.Record("bold")
			if bold == nil {
				if !r.isRecorded("bold") {
					r.faultf(pos, `metrics.of: bold is not recorded; add a [[record]] with monitor = "bold" (keep = "none" writes no series)`)
				}
				continue
			}
			period, means = bold.Period, false
		}
		if math.IsNaN(p.Run.Step) || math.IsNaN(period) || !pairs {
			continue
		}
		if n := p.Samples(period, means); n == 1 {
			r.faultf(pos, "metrics.of: correlations of %s need at least 2 samples; with a period of %s there is 1", name, plainTime(period))
		}
	}
}

// isRecorded tells whether the file has a record of the monitor, good or not.
func (r *reader) isRecorded(monitor string) bool {
	for i := range r.Len("record") {
		if r.Value("record", strconv.Itoa(i), "monitor") == monitor {
			return true
		}
	}
	return false
}
