// Package metrics draws numbers from series: rates, functional connectivity, spectra, states and their like.
//
// Metrics are a table of groups. Each file makes the metrics of one group and begins with their formulas and
// sources; adding one means touching that file and its test. What needs sums alone is computed from what a series
// leaves behind while it streams (Moments); what needs more, from the series itself (Signal).
//
// Everywhere: variances and standard deviations are the population's; what is undefined is NaN, never 0; a node
// with a sample that is not finite is bad, and everything that has to do with it is NaN; a node is constant when
// its smallest and its largest sample are the same; summaries run over what is defined. Times are in seconds,
// frequencies in Hz.
package metrics

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// Group is the metrics that belong together, and what a user may choose about them.
type Group struct {
	Name    string
	About   string
	Options []Option
	Least   func(s Setup) Need   // what the series must have; nil: one sample
	Stream  func(s Setup) Stream // of its metrics that have none of their own
	Metrics []Metric
}

// Need is the number of samples that a metric needs, and why: "a window of 60 s".
type Need struct {
	Samples int
	Why     string
	Options string // what to write instead, so that the samples there are suffice; "" where no option changes it
	Never   string // what is wrong with the options, where no length would do; "" where one does
}

// Metric is one number, vector or matrix drawn from a series.
type Metric struct {
	Name   string
	Group  string // set by Table
	Shape  Shape
	In     string // its unit, in which x stands for the series' own: "x", "x^2", "s", "Hz"; "" for none
	Pairs  bool   // it needs Moments.Products
	Signal bool   // it needs the series: what a stream gathers of it, or the whole of it where there is none
	About  string
	Least  func(s Setup) Need // set by Table from the group
	// Stream makes what gathers all that the metric needs of the series; nil, or giving nil: it needs the whole one. From is
	// its name, under which metrics share it. Without them, Table sets those of the group.
	Stream func(s Setup) Stream
	From   string

	// Leaps says on what the numbers leap, however little the series changes; "" where they change with it.
	Leaps string

	LessIsBetter bool // of a distance: the smallest values are the best
	// Compute fills dst, as many numbers as the metric's dimensions say, whatever they were before.
	Compute func(dst []float64, in *Input)
	// Lend gives the same numbers where they lie already, for as long as those of Values; nobody may change them. nil: they lie
	// nowhere. Table makes Compute of it where there is none.
	Lend func(in *Input) []float64
}

// Unit returns the metric's unit for a quantity of the given unit; "" means dimensionless. What is in kHz is reported in Hz.
func (m Metric) Unit(quantity string) string {
	if quantity == "kHz" {
		quantity = "Hz"
	}
	if quantity == "" && strings.Contains(m.In, "x") {
		return ""
	}
	return strings.ReplaceAll(m.In, "x", quantity)
}

// Values computes the metric. What needs a whole series is NaN without one. The caller must not change the numbers. Where the
// input has a host, they are there until the host turns to another point.
func (m Metric) Values(in *Input) []float64 {
	if m.Signal && in.Streams[m.From] == nil && (in.Signal == nil || in.Signal.Len() == 0) {
		return nans(m.Shape.Len(in.setup()))
	}
	if m.Lend != nil {
		return m.Lend(in)
	}
	dst := in.room(m.Shape.Len(in.setup()))
	m.Compute(dst, in)
	return dst
}

// Input is what metrics are computed from: one series of one point, and the connectome as it was used.
// Make a new one for each series, since what several metrics share is kept in it.
type Input struct {
	Moments *Moments
	Signal  *Signal           // nil where no metric needs it whole
	Streams map[string]Stream // by Metric.From, of what has passed by; without them they are made of the signal
	Rate    float64           // samples a second [Hz]; 0: the signal's
	Unit    string            // of the series; rates in kHz are reported in Hz
	Weights []float64         // n*n, as used in the equations; nil where there are none: what needs them is NaN
	Lengths []float64         // n*n, tract lengths [mm]; nil likewise
	Config  Config            // nil: the defaults
	Targets []*Target         // see Comparisons
	Host    *Host             // computes what it can; nil: the signal's, or Go does

	shared map[string]any // see once
}

// setup is what was known of the input before it was there.
func (in *Input) setup() Setup {
	s := Setup{Nodes: in.Moments.N(), Samples: int(in.Moments.Count), Rate: in.Rate, Config: in.Config}
	if s.Rate == 0 && in.Signal != nil {
		s.Rate = in.Signal.Rate
	}
	return s
}

// host is what computes for the input, nil for Go.
func (in *Input) host() *Host {
	if in.Host == nil && in.Signal != nil {
		return in.Signal.host
	}
	return in.Host
}

// room is memory for n numbers, whatever they are, for as long as those of Values.
func (in *Input) room(n int) []float64 {
	if h := in.host(); h != nil {
		return h.room.take(n)
	}
	return zeros(n)
}

// piece is likewise memory that a host's kernels see, too.
func (in *Input) piece(n int) piece {
	if h := in.host(); h != nil {
		return h.piece(n)
	}
	return plain(n)
}

// zeros is memory for n numbers for good.
func zeros(n int) []float64 { return make([]float64, n) }

// eachGood fills dst, a number for each node, with f where the node is not bad, NaN elsewhere.
func (in *Input) eachGood(dst []float64, f func(i int) float64) {
	for i := range dst {
		dst[i] = math.NaN()
		if !in.Moments.Bad(i) {
			dst[i] = f(i)
		}
	}
}

// once computes what several metrics share, under a name, at its first use.
func once[T any](in *Input, name string, compute func() T) T {
	if v, ok := in.shared[name]; ok {
		return v.(T)
	}
	if in.shared == nil {
		in.shared = map[string]any{}
	}
	v := compute()
	in.shared[name] = v
	return v
}

// Scale takes numbers of a series' unit to the unit of the report.
func Scale(unit string) float64 {
	if unit == "kHz" {
		return 1000
	}
	return 1
}

// Groups returns all groups.
func Groups() []Group {
	return []Group{
		rateGroup(), fcGroup(), structureGroup(), homotopicGroup(), graphGroup(), fcdGroup(), psdGroup(), coherenceGroup(),
		phaseGroup(), updownGroup(), regimeGroup(), shareGroup(), dfaGroup(), complexityGroup(), timescaleGroup(),
		avalancheGroup(), pciGroup(), paperGroup(),
	}
}

// Table returns all metrics, group by group.
func Table() []Metric {
	var table []Metric
	for _, g := range Groups() {
		for _, m := range g.Metrics {
			m.Group = g.Name
			m.Least = g.Least
			if m.Leaps == "" {
				m.Leaps = leapsOf(g.Name, m.Name)
			}
			if m.Stream == nil {
				m.Stream, m.From = g.Stream, g.Name
			}
			if m.Compute == nil {
				m.Compute = func(dst []float64, in *Input) { copy(dst, m.Lend(in)) }
			}
			table = append(table, m)
		}
	}
	return table
}

// groupNames lists the names of the groups in the order of Table.
func groupNames() []string {
	var names []string
	for _, g := range Groups() {
		names = append(names, g.Name)
	}
	return names
}

// Find returns the metric of that name. The error is a mistake of the user's.
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

// apart is the group that "all" leaves out: it is there to compare with one publication.
const apart = "paper"

// Lookup returns the metrics that one name stands for: a group, a single metric, or "all", which is everything but the
// group paper. Where a metric has its
// group's name, the name stands for the group. The error is a mistake of the user's.
func Lookup(name string) ([]Metric, error) {
	var found []Metric
	known := []string{"all"}
	for _, m := range Table() {
		if name == "all" && m.Group != apart || name == m.Group || name == m.Name {
			found = append(found, m)
		}
		known = append(known, m.Group, m.Name)
	}
	if len(found) == 0 {
		return nil, fault.Mistake{Msg: "unknown metric " + strconv.Quote(name) + fault.Suggest(name, known) +
			"; groups are " + strings.Join(groupNames(), ", ")}
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

// NeedSignal reports whether any of the metrics needs the whole series.
func NeedSignal(of []Metric) bool {
	return slices.ContainsFunc(of, func(m Metric) bool { return m.Signal })
}
