package jobs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/metrics"
)

// keep reads keep = "all", "none" or "best:18 by E.rate_mean"; a minus before the quantity asks for the smallest.
func (r *reader) keep(path []string) Keep {
	text := r.text(path...)
	var k Keep
	switch text {
	case "":
		return Keep{Mode: KeepAll}
	case KeepAll, KeepNone:
		return Keep{Mode: text}
	}
	count, by, ok := strings.Cut(strings.TrimPrefix(text, "best:"), " by ")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	by = strings.TrimSpace(by)
	k = Keep{Mode: KeepBest, Count: n, Least: strings.HasPrefix(by, "-")}
	k.Quantity, k.Metric, _ = strings.Cut(strings.TrimPrefix(by, "-"), ".")
	if !strings.HasPrefix(text, "best:") || !ok || err != nil || k.Metric == "" || k.Quantity == "" {
		r.faultf(r.ValuePos(path...), `%s: %q is neither "all", "none" nor like "best:18 by E.rate_mean"`, document.Address(path...), text)
	}
	return k
}

// keeps checks what the records rank points by; it needs the metrics and the sweep.
func (r *reader) keeps() {
	for i := range r.Len("record") {
		path := []string{"record", strconv.Itoa(i), "keep"}
		rec := r.plan.Record(r.text("record", strconv.Itoa(i), "monitor"))
		if rec == nil || rec.Keep.Mode != KeepBest || rec.Keep.Metric == "" {
			continue
		}
		r.best(&rec.Keep, path)
	}
}

// best checks what points are ranked by. Of a distance the smallest values are the best.
func (r *reader) best(k *Keep, path []string) {
	p, pos, address := r.plan, r.ValuePos(path...), document.Address(path...)
	if points := p.Points(); k.Count < 1 {
		r.faultf(pos, "%s: the best %d points; there must be at least one", address, k.Count)
	} else if k.Count > points {
		r.faultf(pos, "%s: the best %d points, but the sweep has %d; write keep = \"all\", or fewer", address, k.Count, points)
	}
	if !slices.Contains(p.Metrics.Of, k.Quantity) {
		r.faultf(pos, "%s: no metrics of %q are computed%s; add it to metrics.of", address, k.Quantity, fault.Suggest(k.Quantity, p.Metrics.Of))
		return
	}
	var ranks []string
	for _, m := range p.Table(k.Quantity) {
		if m.Name == k.Metric {
			k.Least = k.Least || m.LessIsBetter
		}
		if m.Shape == metrics.PerPoint {
			ranks = append(ranks, m.Name)
		}
		if m.Name == k.Metric && m.Shape != metrics.PerPoint {
			r.faultf(pos, "%s: %s has many numbers for a point; ranking needs a metric with one", address, k.Metric)
			return
		}
	}
	if slices.Contains(ranks, k.Metric) {
		return
	}
	found, err := metrics.Lookup(k.Metric)
	single := err == nil && len(found) == 1
	if r.amiss && (single || r.isComparison(k.Metric)) {
		return // what is amiss is noted, and may be why it is not there
	}
	switch reason := r.leftOut(k); {
	case reason != "":
		r.faultf(pos, "%s: %s.%s is not computed: %s", address, k.Quantity, k.Metric, reason)
	case single:
		r.faultf(pos, "%s: the metric %s is not computed; add it to metrics.use", address, k.Metric)
	default:
		r.faultf(pos, "%s: unknown metric %q%s", address, k.Metric, nearRank(k.Metric, ranks))
	}
}

// nearRank suggests a metric: that of a target with a name, where the name alone is missing.
func nearRank(name string, ranks []string) string {
	for _, rank := range ranks {
		if strings.HasSuffix(rank, "_"+name) {
			return fmt.Sprintf(" (did you mean %q?)", rank)
		}
	}
	return fault.Suggest(name, ranks)
}

// isComparison tells whether a target, be it sound or not, may have a comparison of that name.
func (r *reader) isComparison(name string) bool {
	for i := range r.Len("target") {
		of, _ := r.Value("target", strconv.Itoa(i), "name").(string)
		if slices.ContainsFunc(metrics.Comparisons(of, i), func(m metrics.Metric) bool { return m.Name == name }) {
			return true
		}
	}
	return false
}

// leftOut says why what was asked for is not computed of a quantity; "" where that is not known.
func (r *reader) leftOut(k *Keep) string {
	for i := range r.plan.Targets {
		t := &r.plan.Targets[i]
		for _, m := range t.comparisons() {
			if m.Name == k.Metric && slices.Contains(t.Of, k.Quantity) {
				if reasons, _ := r.tooShort(t, m); len(reasons) > 0 {
					return reasons[0]
				}
			}
		}
	}
	m, err := metrics.Find(k.Metric)
	if err != nil || !slices.Contains(r.plan.Metrics.Use, "all") || r.plan.Connectome == nil || math.IsNaN(r.plan.Run.Step) || !r.hasSeries(k.Quantity) {
		return ""
	}
	return r.unfit(m, m.Group, m.Group, k.Quantity)
}
