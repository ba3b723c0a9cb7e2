package jobs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// number reads the number at path in the unit: a plain number, or a string with a unit. The mistake is noted.
func (r *reader) number(unit string, path ...string) (float64, bool) {
	address := document.Address(path...)
	x := 0.0
	switch v := r.Value(path...).(type) {
	case int64:
		x = float64(v)
	case float64:
		x = v
	case string:
		var err error
		if x, err = parseQuantity(v, nameOf(path), unit); err != nil {
			r.faultf(r.ValuePos(path...), "%s: %v", address, err)
			return 0, false
		}
	default:
		r.faultf(r.ValuePos(path...), "%s: expected a number, found %s", address, r.Kind(path...))
		return 0, false
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		r.faultf(r.ValuePos(path...), "%s: %v is not a finite number", address, x)
		return 0, false
	}
	return x + 0, true // -0 becomes 0
}

// nameOf is what a message calls the quantity at a path: not by the number of a list's element, nor as an end of a range.
func nameOf(path []string) string {
	for i := len(path) - 1; i > 0; i-- {
		if _, err := strconv.Atoi(path[i]); err != nil && path[i] != "from" && path[i] != "to" {
			return path[i]
		}
	}
	return path[0]
}

// quantity reads a number that must have its unit. Where nothing stands, it is the default.
func (r *reader) quantity(unit string, missing float64, path ...string) float64 {
	switch v := r.Value(path...).(type) {
	case nil:
		return missing
	case int64, float64:
		r.faultf(r.ValuePos(path...), "%s: %v has no unit; write for example %q", document.Address(path...), v, fmt.Sprint(v)+" "+example(nameOf(path), unit))
		return missing
	}
	if x, ok := r.number(unit, path...); ok {
		return x
	}
	return missing
}

// values reads what a parameter may have: one number for all nodes (true is 1, false 0), a list with one for each node, or
// { file = "x.csv", column = "name" } for a column of a table with a line for each node. Equal numbers become one.
func (r *reader) values(unit string, path ...string) ([]float64, bool) {
	var out []float64
	address := document.Address(path...)
	pos := r.ValuePos(path...)
	switch v := r.Value(path...).(type) {
	case []any:
		ok := true
		for i := range v {
			x, good := r.number(unit, join(path, strconv.Itoa(i))...)
			out, ok = append(out, x), ok && good
		}
		if !ok {
			return nil, false
		}
	case map[string]any:
		var from struct{ File, Column string }
		before := len(r.faults)
		r.faults.Add(r.Decode(&from, path...))
		if from.File == "" && len(r.faults) == before {
			r.faultf(r.Pos(path...), "%s: expected a number, a list with a number for each node, or { file = \"x.csv\", column = \"name\" }", address)
		}
		if len(r.faults) > before {
			return nil, false
		}
		column, err := r.column(from.File, from.Column, pos)
		if err != nil {
			r.faults.Add(err)
			return nil, false
		}
		if out = column; r.plan.Cohort != nil {
			return out, true // compact or not must not depend on who is in the cohort
		}
	case bool: // a switch
		if v {
			return []float64{1}, true
		}
		return []float64{0}, true
	default:
		x, ok := r.number(unit, path...)
		return []float64{x}, ok
	}
	if !r.sameNodes(pos, address) {
		return nil, false
	}
	if n := r.nodes(); n > 0 && len(out) != n {
		r.faultf(pos, "%s: %d numbers for the %d nodes of %s", address, len(out), n, r.plan.Connectome.Source)
		return nil, false
	}
	return compact(out), true
}

// sameNodes notes that numbers in the order of nodes need subjects with the same nodes.
func (r *reader) sameNodes(pos fault.Pos, address string) bool {
	if r.plan.uniform() {
		return true
	}
	r.faultf(pos, "%s: the subjects have different nodes, so numbers need labels: give a table with a column %q", address, labelColumn)
	return false
}

// compact makes equal numbers one. What is the same in every node is the same point, however it is written.
func compact(x []float64) []float64 {
	for _, v := range x {
		if v != x[0] {
			return x
		}
	}
	return x[:min(1, len(x))]
}

// add takes a setting into the plan.
func (p *Plan) add(s Setting) {
	p.settings[s.Address] = len(p.Settings)
	p.Settings = append(p.Settings, s)
}

// put notes the setting of an address: what stands at path, else the default.
func (r *reader) put(s Setting, path ...string) {
	if r.Has(path...) {
		if values, ok := r.values(s.Unit, path...); ok {
			s.Values = values
			r.bounds(s, values, r.ValuePos(path...), document.Address(path...))
		}
	}
	r.plan.add(s)
}

// putScalar notes a setting that has one number for all nodes, under its own address: what stands there, else the default.
func (r *reader) putScalar(s Setting) {
	path := strings.Split(s.Address, ".")
	if r.Has(path...) {
		if v, ok := r.number(s.Unit, path...); ok {
			s.Values = []float64{v}
			r.bounds(s, s.Values, r.ValuePos(path...), s.Address)
		}
	}
	r.plan.add(s)
}

// bounds notes the first of values that a setting does not allow.
func (r *reader) bounds(s Setting, values []float64, pos fault.Pos, address string) {
	for _, v := range values {
		if v >= s.Min && v <= s.Max {
			continue
		}
		limit := fmt.Sprintf("at least %v", s.Min)
		switch {
		case s.Min == math.SmallestNonzeroFloat64:
			limit = "above 0"
		case !math.IsInf(s.Max, 0) && !math.IsInf(s.Min, 0):
			limit = fmt.Sprintf("from %v to %v", s.Min, s.Max)
		case !math.IsInf(s.Max, 0):
			limit = fmt.Sprintf("at most %v", s.Max)
		}
		if s.Unit != "" {
			limit += " " + s.Unit
		}
		r.faultf(pos, "%s: %v is out of bounds; it must be %s", address, v, limit)
		return
	}
}

// join is path with names behind it, in memory of its own.
func join(path []string, names ...string) []string { return append(slices.Clone(path), names...) }
