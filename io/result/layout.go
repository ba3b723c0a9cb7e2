// Package result writes what a job leaves behind: a part file for each batch while it runs, one
// result file at the end, made of the parts.
//
// A Layout says all that is known before the first point is computed. A Part takes the series and
// metrics of one batch, and is whole or not there. Merge lays the parts out as the page "The result
// file" of the design says, in memory that does not grow with the number of points; the contents of
// its data sets do not depend on how the points were divided into parts. Open reads a result.
package result

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
)

// Layout is what a job's files hold, besides the numbers that it computes.
type Layout struct {
	Title  string
	Plan   string // digest of everything that decides the numbers
	Basis  string // digest of what decides the numbers of a point besides what it is; parts with another are refused
	Steps  int64  // that every point is simulated for; what Basis leaves open
	Points int
	// Order gives the number of the point in each place. Parts hold points by place, so that points may be added to a job
	// between those that parts hold; nil is the order of the points.
	Order []int
	// Identity tells points apart, whatever their number is: parts note whose points they hold. It may be nil.
	Identity   func(point int) []byte
	Mode       string // how the axes make points, as sweep.Mode
	Grid       []int  // in mode grid, the number of values of each axis, the last axis fastest; else nil
	Axes       []Axis
	Name       func(point int) string // the digest that is the point's name; nil for none
	Connectome *connectome.Connectome // as used in the equations; of a cohort only the labels of all nodes
	Subjects   []Subject              // of a cohort: those simulated; nil where there is one connectome
	Broken     []Broken               // of a cohort: those that could not be
	States     []string               // what Fault.State counts
	Series     []Series
	Metrics    []Metric
	Dims       []Dim // of the metrics, besides node and node2
	Compress   bool  // the series too, at about 50 MB/s; metrics always are
	Provenance []Entry
	Inputs     []byte // all files that the job reads, as its own package has them
}

// Subject is one of the brains of a cohort. The rows of its points are those of the layout's nodes, with NaN at nodes that
// it has not.
type Subject struct {
	ID         string
	Place      []int // of each of its nodes among the layout's; nil where they are the same
	Connectome func() (*connectome.Connectome, error)
}

// Broken is a subject that was asked for and could not be simulated.
type Broken struct{ ID, Reason string }

// Axis is a swept quantity. One of Value and Text gives what a point has.
type Axis struct {
	Address string
	Unit    string
	Value   func(point int) float64
	Text    func(point int) string
}

// Series is a quantity recorded over time. It becomes /<Group>/<Name>, with the dimensions point, time and node, or
// Across instead of node. Series of one group have the same Times, Keep and Across.
type Series struct {
	Group  string // the monitor's name
	Name   string // of the quantity
	Unit   string
	About  string
	Times  Times
	Global bool // one number per sample instead of one per node
	Across *Dim // what a sample has a number for instead of each node: sensors, areas; nil: the nodes
	Single bool // float32, else float64
	Keep   Keep
}

// Times are the times of a series' samples: First, First+Period, ... [ms]. Files have them in seconds.
type Times struct {
	Count         int
	First, Period float64
}

// Keep says at which points a series is kept. The zero value keeps it everywhere.
type Keep struct {
	Best  int    // keep the points with the Best best values of a metric; 0: all points
	By    string // that metric, one number per point: "E.rate_mean"
	Least bool   // the smallest values are the best, else the largest
}

// Metric is a number, vector or matrix for each point. It becomes /metrics/<Quantity>/<Name>.
type Metric struct {
	Quantity string
	Name     string
	Unit     string
	About    string
	Dims     []string // beyond point: "node", "node2" (the nodes again), or one of Layout.Dims

	LessIsBetter bool // of a distance: the smallest values are the best
}

// Dim is a dimension with its coordinates: numbers, or labels where there are any.
type Dim struct {
	Name   string
	Unit   string
	About  string
	Values []float64
	Labels []string
}

func (d Dim) len() int { return max(len(d.Values), len(d.Labels)) }

// Entry is one fact about the origin of a result, an attribute of /provenance.
// The value is a string or a number, or a slice of these. What differs between equal runs, such as
// times and hosts, has entries of its own.
type Entry struct {
	Name  string
	Value any
}

// Address is the metric's name in a job file, such as "E.rate_mean".
func (m Metric) Address() string { return m.Quantity + "." + m.Name }

func (m Metric) group() string { return "/metrics/" + m.Quantity }

// Number is that of the point in a place.
func (l *Layout) Number(place int) int {
	if l.Order == nil {
		return place
	}
	return l.Order[place]
}

// Names is a digest, in hexadecimal, of which points are in the places first, ..., first+count-1.
func (l *Layout) Names(first, count int) string {
	h := sha256.New()
	for place := first; l.Identity != nil && place < first+count; place++ {
		h.Write(l.Identity(l.Number(place)))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Nodes is the number of nodes.
func (l *Layout) Nodes() int { return l.Connectome.N() }

// width is the number of values in a sample.
func (l *Layout) width(s Series) int {
	switch {
	case s.Global:
		return 1
	case s.Across != nil:
		return s.Across.len()
	}
	return l.Nodes()
}

// shape is the series' shape at one point.
func (l *Layout) shape(s Series) []int {
	if s.Global {
		return []int{s.Times.Count}
	}
	return []int{s.Times.Count, l.width(s)}
}

// across is the dimension of the numbers of a sample.
func (l *Layout) across(s Series) Dim {
	if s.Across != nil {
		return *s.Across
	}
	return Dim{Name: "node", About: "region", Labels: l.Connectome.Labels}
}

// dim finds a dimension of metrics.
func (l *Layout) dim(name string) (Dim, bool) {
	if name == "node" || name == "node2" {
		return Dim{Name: name, About: "region", Labels: l.Connectome.Labels}, true
	}
	i := slices.IndexFunc(l.Dims, func(d Dim) bool { return d.Name == name })
	if i < 0 {
		return Dim{}, false
	}
	return l.Dims[i], true
}

// lengths is the metric's shape at one point.
func (l *Layout) lengths(m Metric) []int {
	lengths := []int{}
	for _, name := range m.Dims {
		d, _ := l.dim(name)
		lengths = append(lengths, d.len())
	}
	return lengths
}

// ranked is the index of the metric that decides which points a series keeps, or -1.
func (l *Layout) ranked(k Keep) int {
	return slices.IndexFunc(l.Metrics, func(m Metric) bool { return k.Best > 0 && m.Address() == k.By })
}

// Check returns everything that cannot be laid out, as a fault.List. The functions of this package
// begin with it.
func (l *Layout) Check() error {
	var faults fault.List
	add := func(format string, args ...any) { faults.Addf(fault.Pos{}, "result: "+format, args...) }
	if l.Connectome == nil {
		return errors.New("result: a layout without a connectome")
	}
	if l.Points < 1 {
		add("%d points; there must be at least one", l.Points)
	}
	if l.Basis == "" || len(l.Basis) > 128 || strings.ContainsAny(l.Basis, " \n") {
		add("the digest %q is not a word of at most 128 letters", l.Basis)
	}
	if l.Order != nil && len(l.Order) != l.Points {
		add("an order of %d points; there are %d", len(l.Order), l.Points)
	}
	taken := l.checkNames(add)
	groups := map[string]Series{}
	for _, s := range l.Series {
		name := s.Group + "/" + s.Name
		if taken["/"+name] {
			add("two series are called %s", name)
		}
		taken["/"+name] = true
		if first, there := groups[s.Group]; !there {
			groups[s.Group] = s
		} else if first.Times != s.Times || first.Keep != s.Keep || !reflect.DeepEqual(first.Across, s.Across) {
			add("series %s and %s/%s differ in their times, in what is kept or in their dimensions; give their monitors different names", name, first.Group, first.Name)
		}
		if s.Times.Count < 1 {
			add("series %s has no samples", name)
		}
		l.checkKeep(s, add)
	}
	return faults.Err()
}

// checkNames sees to it that no two things of a group have one name, and that HDF5 and NetCDF take the names.
// It returns the names taken by metrics and coordinates.
func (l *Layout) checkNames(add func(format string, args ...any)) map[string]bool {
	taken := map[string]bool{}
	words := []string{}
	coordinates := []string{"point", "time", "node", "node2", "status", "name", "fault_node", "fault_state", "fault_time"}
	for _, a := range l.Axes {
		if slices.Contains(coordinates, a.Address) {
			add("the axis %q has the name of something else; it cannot be swept under this name", a.Address)
		}
		coordinates = append(coordinates, a.Address)
	}
	words = append(words, coordinates...)
	for _, d := range l.Dims {
		if slices.Contains(coordinates, d.Name) {
			add("the dimension %q has the name of something else", d.Name)
		}
		coordinates = append(coordinates, d.Name)
		words = append(words, d.Name)
	}
	for _, m := range l.Metrics {
		for _, name := range m.Dims {
			if _, known := l.dim(name); !known {
				add("metric %s has the unknown dimension %q", m.Address(), name)
			}
		}
		if taken[m.group()+"/"+m.Name] || slices.Contains(coordinates, m.Name) {
			add("the name of metric %s is taken", m.Address())
		}
		taken[m.group()+"/"+m.Name] = true
		words = append(words, m.Quantity, m.Name)
	}
	for _, s := range l.Series {
		if slices.Contains(coordinates, s.Name) || slices.Contains([]string{"points", "metrics", "connectome", "participants", "provenance"}, s.Group) {
			add("the name of series %s/%s is taken", s.Group, s.Name)
		}
		words = append(words, s.Group, s.Name)
		if s.Across != nil {
			if s.Across.Name == s.Name || s.Across.Name != "node" && slices.Contains(coordinates, s.Across.Name) {
				add("the dimension %q of series %s/%s has the name of something else", s.Across.Name, s.Group, s.Name)
			}
			words = append(words, s.Across.Name)
		}
	}
	for _, w := range words {
		if w == "" || strings.ContainsAny(w, "/ \t\n") || strings.HasPrefix(w, ".") {
			add("%q cannot name a data set: a name has no blank and no /, and does not begin with a dot", w)
		}
	}
	return taken
}

func (l *Layout) checkKeep(s Series, add func(format string, args ...any)) {
	if s.Keep.Best == 0 {
		return
	}
	where := fmt.Sprintf("series %s/%s keeps the best %d by %s", s.Group, s.Name, s.Keep.Best, s.Keep.By)
	i := l.ranked(s.Keep)
	var scalars []string
	for _, m := range l.Metrics {
		if len(m.Dims) == 0 {
			scalars = append(scalars, m.Address())
		}
	}
	switch {
	case s.Keep.Best < 0:
		add("%s; there is no such number", where)
	case i < 0:
		add("%s, which is not among the metrics%s", where, fault.Suggest(s.Keep.By, scalars))
	case len(l.Metrics[i].Dims) > 0:
		add("%s, which is not one number per point", where)
	}
}
