package connectome

import (
	"fmt"
	"math"
	"strconv"

	"brainsweep/fault"
)

// Field names a part of a connectome where a mistake lies.
type Field string

// The fields of a connectome.
const (
	Labels       Field = "labels"
	Weights      Field = "weights"
	Lengths      Field = "tract lengths"
	Centres      Field = "centres"
	Orientations Field = "orientations"
	Areas        Field = "areas"
	Cortical     Field = "cortical"
	Hemispheres  Field = "hemispheres"
)

// Check returns all that keeps the connectome from being simulated, as a fault.List in the place Source.
// Negative weights (inhibition) are allowed; see Warnings.
func (c *Connectome) Check() error {
	return c.CheckAt(func(Field, int, int) fault.Pos { return fault.Pos{File: c.Source} })
}

// CheckAt does the same with places of the caller's: place tells where the value (row, col) of a field stands,
// or, with row -1, the field as a whole.
func (c *Connectome) CheckAt(place func(field Field, row, col int) fault.Pos) error {
	k := checker{c: c, n: c.N(), place: place}
	if k.n < 2 || k.n > MaxRegions {
		k.faultf(Labels, -1, 0, "%d regions: a connectome has from 2 to %d", k.n, MaxRegions)
	}
	k.labels()
	if k.count(Weights, len(c.Weights), k.n*k.n, true) {
		k.values(Weights, c.Weights, k.n, "weight", "not a finite number", notFinite)
	}
	if k.count(Lengths, len(c.Lengths), k.n*k.n, true) {
		k.values(Lengths, c.Lengths, k.n, "tract length", "not a finite number", notFinite)
		k.values(Lengths, c.Lengths, k.n, "tract length", "negative", negative)
	}
	if k.count(Centres, len(c.Centres), k.n, false) {
		k.values(Centres, flat(c.Centres), 3, "coordinate", "not a finite number", notFinite)
	}
	if k.count(Orientations, len(c.Orientations), k.n, false) {
		k.values(Orientations, flat(c.Orientations), 3, "component", "not a finite number", notFinite)
	}
	if k.count(Areas, len(c.Areas), k.n, false) {
		k.values(Areas, c.Areas, 1, "area", "not a finite number", notFinite)
		k.values(Areas, c.Areas, 1, "area", "negative", negative)
	}
	k.count(Cortical, len(c.Cortical), k.n, false)
	k.count(Hemispheres, len(c.Right), k.n, false)
	return k.faults.Err()
}

type checker struct {
	c      *Connectome
	n      int
	place  func(Field, int, int) fault.Pos
	faults fault.List
}

func (k *checker) faultf(field Field, row, col int, format string, args ...any) {
	k.faults.Addf(k.place(field, row, col), format, args...)
}

func (k *checker) labels() {
	first := map[string]int{}
	for i, label := range k.c.Labels {
		if j, twice := first[label]; twice {
			k.faultf(Labels, i, 0, "label %s names region %d and region %d", quote(label), j+1, i+1)
			continue
		}
		first[label] = i
		if label == "" {
			k.faultf(Labels, i, 0, "region %d has an empty label", i+1)
		}
	}
}

// count reports whether a field has values to look at: as many as wanted.
func (k *checker) count(field Field, have, want int, required bool) bool {
	if have == want || have == 0 && !required {
		return have == want
	}
	if required {
		k.faultf(field, -1, 0, "%d %s for %d regions: there must be %d", have, field, k.n, want)
	} else {
		k.faultf(field, -1, 0, "%s for %d regions, but there are %d regions", field, have, k.n)
	}
	return false
}

// values notes the values of a field that are wrong, in one mistake at the first of them.
func (k *checker) values(field Field, x []float64, columns int, name, wrong string, is func(float64) bool) {
	first, count := -1, 0
	for i, v := range x {
		if is(v) {
			if count++; count == 1 {
				first = i
			}
		}
	}
	if count == 0 {
		return
	}
	row, col := first/columns, first%columns
	where := fmt.Sprintf("row %d (%s)", row+1, k.c.Labels[row])
	switch {
	case columns == k.n && (field == Weights || field == Lengths):
		where += fmt.Sprintf(", column %d (%s)", col+1, k.c.Labels[col])
	case columns > 1:
		where += fmt.Sprintf(", column %d", col+1)
	}
	if count == 1 {
		k.faultf(field, row, col, "%s %s is %s, at %s", name, number(x[first]), wrong, where)
		return
	}
	k.faultf(field, row, col, "%d %ss are %s, the first (%s) at %s", count, name, wrong, number(x[first]), where)
}

// Warnings returns what is allowed but worth a look, one sentence each, after the reader's notes.
func (c *Connectome) Warnings() []string {
	out := append([]string(nil), c.Notes...)
	n := c.N()
	negatives, loops, instant := 0, 0, 0
	inputs := make([]int, n)
	for k, w := range c.Weights {
		if w == 0 {
			continue
		}
		target, source := k/n, k%n
		inputs[target]++
		if w < 0 {
			negatives++
		}
		if target == source {
			loops++
		} else if c.Lengths[k] == 0 {
			instant++
		}
	}
	warn := func(count int, format string, args ...any) {
		if count > 0 {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	warn(negatives, "%d weights are negative", negatives)
	warn(loops, "%d regions are connected to themselves", loops)
	warn(instant, "%d connections between regions have length 0 and act without delay", instant)
	for i, count := range inputs {
		if count == 0 {
			out = append(out, "region "+quote(c.Labels[i])+" has no input")
		}
	}
	return out
}

func notFinite(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) }
func negative(x float64) bool  { return x < 0 && !math.IsInf(x, 0) }

func flat(points [][3]float64) []float64 {
	out := make([]float64, 0, 3*len(points))
	for _, p := range points {
		out = append(out, p[:]...)
	}
	return out
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
func quote(s string) string   { return strconv.Quote(s) }
