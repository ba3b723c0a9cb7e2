// Package metrics draws numbers from series: rates, functional connectivity and their like.
//
// Metrics are a table. Each file makes the metrics of one group and begins with their formulas; adding one means
// touching that file and its test. They are computed from what a series leaves behind while it streams
// (Moments), never from the series itself.
//
// Everywhere: variances and standard deviations are the population's; what is undefined is NaN, never 0; a node
// with a sample that is not finite is bad, and everything that has to do with it is NaN; summaries run over what
// is defined. Formulas and their sources stand with each group.
package metrics

import (
	"slices"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// Shape says how many numbers a metric has.
type Shape int

// The shapes of metrics.
const (
	PerPoint Shape = iota // one number
	PerNode               // n numbers
	PerPair               // n*n numbers, row-major
)

// Len returns how many numbers a metric of the shape has for n nodes.
func (s Shape) Len(n int) int {
	switch s {
	case PerNode:
		return n
	case PerPair:
		return n * n
	}
	return 1
}

// Metric is one number, vector or matrix drawn from a series.
type Metric struct {
	Name    string
	Group   string
	Shape   Shape
	Carried bool // it has the quantity's unit (kHz is reported as Hz); otherwise it is dimensionless
	Pairs   bool // it needs Moments.Products
	About   string
	// Compute fills dst, Shape.Len(n) numbers.
	Compute func(dst []float64, in *Input)
}

// Unit returns the metric's unit for a quantity of the given unit; "" means dimensionless.
func (m Metric) Unit(quantity string) string {
	switch {
	case !m.Carried:
		return ""
	case quantity == "kHz":
		return "Hz"
	}
	return quantity
}

// Values computes the metric.
func (m Metric) Values(in *Input) []float64 {
	dst := make([]float64, m.Shape.Len(in.Moments.N()))
	m.Compute(dst, in)
	return dst
}

// Input is what metrics are computed from: one series of one point, and the connectome as it was used.
// Make a new one for each series, since matrices that several metrics share are kept in it.
type Input struct {
	Moments *Moments
	Unit    string    // of the series; rates in kHz are reported in Hz
	Weights []float64 // n*n, as used in the equations; nil where there are none: what needs them is NaN
	Lengths []float64 // n*n, tract lengths [mm]; nil likewise

	fc []float64 // see FC
}

// scale takes numbers of the series' unit to the unit of the report.
func (in *Input) scale() float64 {
	if in.Unit == "kHz" {
		return 1000
	}
	return 1
}

// Table returns all metrics, group by group.
func Table() []Metric {
	return slices.Concat(rateMetrics(), fcMetrics(), structureMetrics())
}

// Groups returns the names of the groups in the order of Table.
func Groups() []string {
	var groups []string
	for _, m := range Table() {
		if !slices.Contains(groups, m.Group) {
			groups = append(groups, m.Group)
		}
	}
	return groups
}

// Find returns the metric of that name, as ranking needs it. The error is a mistake of the user's.
func Find(name string) (Metric, error) {
	var known []string
	for _, m := range Table() {
		if m.Name == name {
			return m, nil
		}
		known = append(known, m.Name)
	}
	return Metric{}, fault.Mistake{Msg: "unknown metric " + strconv.Quote(name) + fault.Suggest(name, known)}
}

// Lookup returns the metrics that one name stands for: a group, a single metric, or "all". Where a metric has its
// group's name, the name stands for the group. The error is a mistake of the user's.
func Lookup(name string) ([]Metric, error) {
	var found []Metric
	known := []string{"all"}
	for _, m := range Table() {
		if name == "all" || name == m.Group || name == m.Name {
			found = append(found, m)
		}
		known = append(known, m.Group, m.Name)
	}
	if len(found) == 0 {
		return nil, fault.Mistake{Msg: "unknown metric " + strconv.Quote(name) + fault.Suggest(name, known) +
			"; groups are " + strings.Join(Groups(), ", ")}
	}
	return found, nil
}

// Select returns the metrics that the names of use stand for, each once, in the order of Table.
// The error names all unknown ones.
func Select(use []string) ([]Metric, error) {
	var faults fault.List
	wanted := map[string]bool{}
	for _, name := range use {
		found, err := Lookup(name)
		faults.Add(err)
		for _, m := range found {
			wanted[m.Name] = true
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(Table(), func(m Metric) bool { return !wanted[m.Name] }), nil
}

// NeedPairs reports whether any of the metrics needs sums of products.
func NeedPairs(of []Metric) bool {
	return slices.ContainsFunc(of, func(m Metric) bool { return m.Pairs })
}
