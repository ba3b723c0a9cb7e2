package jobs

import (
	"math"
	"slices"
	"strings"

	"brainsweep/io/result"
	"brainsweep/metrics"
)

// How a result is held against what other means compute of the same point. Other instructions, compilers and devices round
// otherwise; what a rounding grows to is decided by the dynamics, and by what is drawn from them: a stable system forgets it, a
// chaotic one makes it as large as the signal, a correlation of what hardly changes enlarges it. So the bound is measured at
// the point itself: twins are computed that make some more roundings, and numbers may be away from the computed ones by some
// times what the furthest twin is.
const (
	twinCount     = 4
	twinRoundings = 4  // of each state, at most, at every codegen.Block steps
	twinMargin    = 32 // TestOtherMeans measures how much of it is used
	freeShare     = 0.1
)

// Verdict is what is to be said of one variable at one point.
type Verdict struct {
	Point    int
	Variable string
	Distance float64 // the largest difference over the variable's largest number at the point
	Bound    float64 // of it; of a series, whose bound grows in time, where the distance comes closest to it
	Leaps    string  // of a metric: on what its numbers leap, so that the bound does not bind them; "" for most
	Free     bool    // twins are away from each other by a tenth of the largest number: roundings decide
	Series   bool    // it is a series, not a metric
	From     float64 // where a series is free: since when [s]
}

// Beyond reports whether the result cannot be what it says.
func (v Verdict) Beyond() bool { return v.Distance > v.Bound && v.Leaps == "" }

// Leapt reports whether a number is another one for a reason that its metric names.
func (v Verdict) Leapt() bool { return v.Distance > v.Bound && v.Leaps != "" }

// Nearest is the verdict whose distance is the largest share of its bound, and how many are beyond theirs. Of what leaps it
// takes no notice.
func (r *Recomputed) Nearest() (nearest Verdict, beyond int) {
	most := -1.0
	for _, v := range r.Verdicts {
		if v.Beyond() {
			beyond++
		}
		if near := v.Distance / max(v.Bound, math.SmallestNonzeroFloat64); near > most && !v.Leapt() && !math.IsInf(v.Bound, 1) {
			most, nearest = near, v
		}
	}
	return nearest, beyond
}

// judge compares what a result holds of a point with what was computed again, by the measure of twins; without twins every
// difference is beyond its bound.
func judge(s *setup, point int, held, again []result.Numbers, twins [][]result.Numbers) []Verdict {
	var out []Verdict
	sizes := s.sizes(held, again)
	for i, h := range held {
		v := Verdict{Point: point, Variable: h.Name}
		if h.Values == nil || again[i].Values == nil {
			continue // of the points that keep a series it is only known afterwards which they are
		}
		width, floor := len(h.Values), 0.0
		switch {
		case h.Metric >= 0:
			m := s.metrics[h.Metric]
			v.Leaps, floor = m.Leaps, s.metricFloor(m)
		case h.Times > 0:
			v.Series, width, floor = true, len(h.Values)/h.Times, seriesFloor(s.plan)
		}
		if len(twins) == 0 {
			floor = 0
		}
		v.measure(h.Values, again[i].Values, sizes[i], width, floor, func(k int) []float64 { return twins[k][i].Values }, len(twins))
		if v.Free && v.Series {
			series := s.seriesNamed(h.Name)
			v.From = (series.Times.First + v.From*series.Times.Period) / 1000
		}
		if v.Distance > 0 {
			out = append(out, v)
		}
	}
	return out
}

// sizes are what distances of each variable are shares of: its largest number in either reading. Metrics that share a
// quantity and its unit share a size: the smallest rate is nothing to measure rates by.
func (s *setup) sizes(held, again []result.Numbers) []float64 {
	own := make([]float64, len(held))
	shared := map[string]float64{}
	key := func(h result.Numbers) string {
		if h.Metric < 0 || !strings.Contains(s.metrics[h.Metric].In, "x") {
			return h.Name
		}
		return s.layout.Metrics[h.Metric].Quantity + " " + s.metrics[h.Metric].In
	}
	for i, h := range held {
		for _, x := range slices.Concat(h.Values, again[i].Values) {
			if !math.IsNaN(x) && !math.IsInf(x, 0) {
				shared[key(h)] = max(shared[key(h)], math.Abs(x), math.SmallestNonzeroFloat64)
			}
		}
	}
	for i, h := range held {
		own[i] = shared[key(h)]
	}
	return own
}

// measure fills in distance and bound, as shares of a size, row by row of so many numbers; From is the number of the first free row.
func (v *Verdict) measure(held, again []float64, size float64, width int, floor float64, twin func(k int) []float64, twins int) {
	widest, closest := 0.0, -1.0
	for from := 0; from < len(held); from += width {
		to := from + width
		for k := range twins {
			widest = max(widest, furthest(twin(k)[from:to], again[from:to])/size)
		}
		if widest >= freeShare && !v.Free {
			v.Free, v.From = true, float64(from/width)
		}
		distance, bound := furthest(held[from:to], again[from:to])/size, twinMargin*widest+floor
		if near := distance / max(bound, math.SmallestNonzeroFloat64); distance > 0 && (near > closest || math.IsNaN(near)) {
			closest, v.Distance, v.Bound = near, distance, bound
		}
	}
}

// furthest is the largest difference of two numbers in the same place; where one alone is NaN it is infinite.
func furthest(a, b []float64) float64 {
	most := 0.0
	for i := range a {
		switch {
		case math.IsNaN(a[i]) != math.IsNaN(b[i]):
			return math.Inf(1)
		case a[i] != b[i] && !math.IsNaN(a[i]):
			most = max(most, math.Abs(a[i]-b[i]))
		}
	}
	return most
}

// seriesFloor is what samples may be away where all twins agree: some roundings in the last step.
func seriesFloor(p *Plan) float64 {
	if p.Run.Precision == 32 {
		return 8.0 / (1 << 23)
	}
	return 8.0 / (1 << 52)
}

// metricFloor is what a metric may be away where all twins agree: its answer to what samples may be, and what it makes itself,
// as a sum over the samples, in double, in whatever order suits the instructions.
func (s *setup) metricFloor(m drawn) float64 {
	samples, _, _ := s.study.Samples(m.stream)
	return metrics.LargestResponse*seriesFloor(s.plan) + 16*float64(samples)/(1<<52)
}

// seriesNamed is the series of the layout that has a name in the result.
func (s *setup) seriesNamed(name string) result.Series {
	for _, series := range s.layout.Series {
		if "/"+series.Group+"/"+series.Name == name {
			return series
		}
	}
	return result.Series{}
}

// sameBits tells whether two readings of a point are the same to the bit, NaN for NaN.
func sameBits(a, b []result.Numbers) bool {
	for i := range a {
		if a[i].Values == nil || b[i].Values == nil {
			continue
		}
		for k, x := range a[i].Values {
			if y := b[i].Values[k]; math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
				return false
			}
		}
	}
	return true
}
