package metrics

import (
	"fmt"
	"math"
)

// Setup is what is known of a series before it is there.
type Setup struct {
	Nodes   int
	Samples int
	Rate    float64 // samples a second [Hz]
	Config  Config  // nil: the defaults
}

// Pieces is how many samples a piece has by an option such as "psd.segment".
func (s Setup) Pieces(address string) int { return s.samplesOf(s.Config.number(address)) }

// samplesOf turns a time [s] into samples, half up.
func (s Setup) samplesOf(seconds float64) int { return int(math.Floor(seconds*s.Rate + 0.5)) }

// Kind says what an option's value is.
type Kind string

// The kinds of options. A value is a list of numbers whatever the kind.
const (
	KindTime    Kind = "a time"            // one number [s]
	KindNumber  Kind = "a number"          // one number
	KindCount   Kind = "a count"           // one whole number
	KindBand    Kind = "a band"            // two frequencies [Hz], or none
	KindWord    Kind = "a word"            // the place of a word in Option.Words
	KindRegions Kind = "a list of regions" // numbers of nodes
	KindPairs   Kind = "a list of pairs of regions"
	KindLabels  Kind = "a number for each region" // of the module that it belongs to
)

// Option is something that a user may choose about a group.
type Option struct {
	Name     string // within its group
	Kind     Kind
	Default  []float64
	Words    []string // of KindWord
	Min, Max float64  // of allowed numbers; both 0: no bounds
	Required bool     // without it the group's metrics mean nothing
	About    string
}

// Piece tells whether an option is the length of the pieces that a series is cut into, of which each has at least two samples:
// those that are called segment or window are.
func (o Option) Piece() bool {
	return o.Kind == KindTime && (o.Name == "segment" || o.Name == "window")
}

// Config holds the chosen values of options by address: "fcd.window". What it does not hold has its default.
type Config map[string][]float64

// Option returns the value of an option by its address, such as "fcd.window".
func (c Config) Option(address string) []float64 {
	if v, ok := c[address]; ok {
		return v
	}
	v, ok := Defaults()[address]
	if !ok {
		panic("metrics: no option " + address)
	}
	return v
}

// Defaults are the values of all options that nobody chooses. It takes some microseconds to make: computations begin
// with a Config that has all of them.
func Defaults() Config {
	c := Config{}
	for _, g := range Groups() {
		for _, o := range g.Options {
			c[g.Name+"."+o.Name] = o.Default
		}
	}
	return c
}

// number is an option's only number.
func (c Config) number(address string) float64 { return c.Option(address)[0] }

// indices is an option's list of nodes.
func (c Config) indices(address string) []int {
	var out []int
	for _, v := range c.Option(address) {
		out = append(out, int(v))
	}
	return out
}

// Shape says along what a metric's numbers lie.
type Shape int

// The shapes of metrics.
const (
	PerPoint         Shape = iota // one number
	PerNode                       // a number for each node
	PerPair                       // nodes x nodes
	PerFrequency                  // a number for each bin of the spectrum
	PerNodeFrequency              // nodes x bins
	PerWindowPair                 // windows x windows
)

// Dim is a dimension of a metric. That of the nodes has no values.
type Dim struct {
	Name, Unit, About string
	Values            []float64
	nodes             int
}

// Len is the number of places along the dimension.
func (d Dim) Len() int { return max(len(d.Values), d.nodes) }

// Dims are the dimensions of a shape, the last one fastest.
func (s Shape) Dims(of Setup) []Dim {
	node, node2 := Dim{Name: "node", nodes: of.Nodes}, Dim{Name: "node2", nodes: of.Nodes}
	switch s {
	case PerNode:
		return []Dim{node}
	case PerPair:
		return []Dim{node, node2}
	case PerFrequency:
		return []Dim{frequencies(of)}
	case PerNodeFrequency:
		return []Dim{node, frequencies(of)}
	case PerWindowPair:
		return []Dim{windows(of, "window"), windows(of, "window2")}
	}
	return nil
}

// Len returns how many numbers a metric of the shape has.
func (s Shape) Len(of Setup) int {
	switch s {
	case PerNode:
		return of.Nodes
	case PerPair:
		return of.Nodes * of.Nodes
	case PerFrequency:
		return binCount(of.psdSegment())
	case PerNodeFrequency:
		return of.Nodes * binCount(of.psdSegment())
	case PerWindowPair:
		windows := of.fcdWindows()
		return windows * windows
	}
	return 1
}

// fitting is the assignment of n samples to an option, for a message: psd.segment = "1 s".
func (s Setup) fitting(option string, n int) string {
	return fmt.Sprintf("metrics.%s = %q", option, seconds(float64(n)/s.Rate))
}

// seconds writes a time for a message.
func seconds(s float64) string { return fmt.Sprintf("%.12g s", s) }
