// Package sweep numbers the points of a parameter study.
//
// A Space is a plain value: a few axes and a mode that says how they make points. Nothing is laid
// out in memory, a point is computed from its number, so that a thousand million points cost no
// more than ten, and any rank can ask for any of them.
package sweep

import (
	"fmt"
	"math"
	"strings"

	"brainsweep/fault"
)

// Mode says how axes make points.
type Mode string

// The modes. The zero value of a Mode is Grid.
const (
	Grid           Mode = "grid"            // every combination of values; the first axis is slowest, the last fastest
	Zip            Mode = "zip"             // the first values of all axes, the second values of all axes, ...
	List           Mode = "list"            // as Zip; the axes are the columns of a table
	Random         Mode = "random"          // independent uniform draws
	LatinHypercube Mode = "latin-hypercube" // as many slices of each axis as points, one point in each slice
	Sobol          Mode = "sobol"           // Sobol's low-discrepancy sequence
)

// Modes lists every mode by name, for messages and help.
func Modes() []Mode { return []Mode{Grid, Zip, List, Random, LatinHypercube, Sobol} }

// Drawn reports whether the mode draws its points, so that Space.Points and Space.Seed count.
func (m Mode) Drawn() bool { return m == Random || m == LatinHypercube || m == Sobol }

// Axis is one swept quantity.
type Axis struct {
	Address string    // a parameter's name, or a path in the job file
	Unit    string    // of the values; for labels only
	Values  []float64 // what it takes; in a drawn mode, what it is drawn from (each equally often), or nil to draw from Range
	Range   Range     // what a drawn mode draws from when Values is nil
}

// Range is an interval to draw from, uniformly in the value or in its logarithm.
type Range struct {
	From, To float64
	Log      bool
}

// Space is all points of a study. The zero value has one point without coordinates.
// Equal spaces have equal points, on every machine.
type Space struct {
	Mode   Mode
	Axes   []Axis
	Points int    // how many to draw, in the drawn modes
	Seed   uint64 // in the drawn modes; with seed 0 the Sobol sequence is the published one, unshifted
}

// Check returns every mistake in the space as a fault.List, or nil. The other methods may be used only after it.
func (s Space) Check() error {
	var mistakes fault.List
	names := make([]string, 0, len(Modes()))
	known := s.Mode == ""
	for _, m := range Modes() {
		names = append(names, string(m))
		known = known || m == s.Mode
	}
	if !known {
		mistakes.Addf(fault.Pos{}, "sweep.mode: no mode %q%s; there are %s",
			s.Mode, fault.Suggest(string(s.Mode), names), strings.Join(names, ", "))
	}
	seen := map[string]bool{}
	for _, a := range s.Axes {
		if seen[a.Address] {
			mistakes.Addf(fault.Pos{}, "sweep.%s: swept twice; keep one of the two", a.Address)
		}
		seen[a.Address] = true
		mistakes.Add(a.check(s.Mode))
	}
	s.checkCount(&mistakes)
	return mistakes.Err()
}

// check looks at one axis by itself.
func (a Axis) check(mode Mode) error {
	var mistakes fault.List
	if mode.Drawn() && a.Values == nil {
		if err := a.Range.check(); err != nil {
			mistakes.Addf(fault.Pos{}, "sweep.%s: %v", a.Address, err)
		}
		return mistakes.Err()
	}
	if len(a.Values) == 0 {
		mistakes.Addf(fault.Pos{}, "sweep.%s: no values; give at least one", a.Address)
	}
	for i, v := range a.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			mistakes.Addf(fault.Pos{}, "sweep.%s: value %d is %v; every value must be a finite number", a.Address, i+1, v)
			break
		}
	}
	return mistakes.Err()
}

// checkCount looks at what the axes make together.
func (s Space) checkCount(mistakes *fault.List) {
	switch {
	case s.Mode.Drawn():
		if s.Points < 1 {
			mistakes.Addf(fault.Pos{}, "sweep.points: %d points; mode %q needs at least one", s.Points, s.Mode)
		}
		if s.Points > mostPoints {
			mistakes.Addf(fault.Pos{}, "sweep.points: %d points; at most %d are allowed", s.Points, mostPoints)
		}
		if s.Mode == Sobol && len(s.Axes) > len(directions) {
			mistakes.Addf(fault.Pos{}, "sweep: %d axes; mode %q has direction numbers for %d", len(s.Axes), s.Mode, len(directions))
		}
	case s.Mode == Zip || s.Mode == List:
		if len(s.Axes) == 0 {
			mistakes.Addf(fault.Pos{}, "sweep: no axes; mode %q needs at least one", s.Mode)
		}
		s.checkEqualLengths(mistakes)
	default:
		n := 1.0
		for _, a := range s.Axes {
			n *= float64(max(1, len(a.Values)))
		}
		if n > mostPoints {
			mistakes.Addf(fault.Pos{}, "sweep: the grid has %.3g points; at most %d are allowed", n, mostPoints)
		}
	}
}

func (s Space) checkEqualLengths(mistakes *fault.List) {
	lengths := make([]string, len(s.Axes))
	equal := true
	for i, a := range s.Axes {
		lengths[i] = fmt.Sprintf("%s has %d", a.Address, len(a.Values))
		equal = equal && len(a.Values) == len(s.Axes[0].Values)
	}
	if !equal {
		mistakes.Addf(fault.Pos{}, "sweep: mode %q needs axes of one length, but %s", s.Mode, strings.Join(lengths, ", "))
	}
}

// Len returns the number of points.
func (s Space) Len() int {
	switch {
	case s.Mode.Drawn():
		return s.Points
	case s.Mode == Zip || s.Mode == List:
		if len(s.Axes) == 0 {
			return 0
		}
		return len(s.Axes[0].Values)
	}
	n := 1
	for _, a := range s.Axes {
		n *= len(a.Values)
	}
	return n
}

// Point returns the values of point i, one for each axis in order. It writes to dst where that is long enough.
func (s Space) Point(i int, dst []float64) []float64 {
	if i < 0 || i >= s.Len() {
		panic("sweep: no such point")
	}
	if cap(dst) < len(s.Axes) {
		dst = make([]float64, len(s.Axes))
	}
	dst = dst[:len(s.Axes)]
	rest := i
	for d := len(s.Axes) - 1; d >= 0; d-- {
		a := s.Axes[d]
		switch s.Mode {
		case Zip, List:
			dst[d] = a.Values[i]
		case Random:
			dst[d] = a.at(uniform(s.Seed, a.Address, i))
		case LatinHypercube:
			dst[d] = a.at(stratified(s.Seed, a.Address, i, s.Points))
		case Sobol:
			dst[d] = a.at(sobol(s.Seed, a.Address, d, i))
		default:
			dst[d] = a.Values[rest%len(a.Values)]
			rest /= len(a.Values)
		}
	}
	return dst
}
