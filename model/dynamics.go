package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Dynamics makes the model one graph of values. It returns a graph of its own at each call.
// The error is a fault.List with all that is wrong in the equations: unknown names, wrong calls, circles.
func (m *Model) Dynamics() (*Dynamics, error) {
	r := newResolver(m)
	d := &Dynamics{Graph: r.graph, Values: map[string]*expr.Node{}}
	for _, f := range m.Functions {
		r.function(f.Name)
	}
	for _, f := range m.Definitions {
		d.Values[f.Name] = r.value(f.Name)
	}
	for _, s := range m.States {
		d.Values[s.Name] = r.value(s.Name)
	}
	for _, s := range m.States {
		if s.Derivative.Missing() {
			r.mistakes.Addf(s.Pos, "state %q has no equation: d(%s) = ... is missing", s.Name, s.Name)
			continue
		}
		n, err := s.Derivative.Build(r.graph, r.scope())
		r.mistakes.Add(err)
		d.Derivatives = append(d.Derivatives, n)
	}
	if len(r.mistakes) > 0 {
		return d, r.mistakes.Err()
	}
	d.shareDivisions()
	return d, nil
}

// shareDivisions lets derivatives and values have their reciprocals in common.
func (d *Dynamics) shareDivisions() {
	names := slices.Sorted(maps.Keys(d.Values))
	roots := slices.Clone(d.Derivatives)
	for _, name := range names {
		roots = append(roots, d.Values[name])
	}
	roots = d.Graph.ShareDivisions(roots)
	copy(d.Derivatives, roots)
	for i, name := range names {
		d.Values[name] = roots[len(d.Derivatives)+i]
	}
}

// Warnings names what the model file declares and no equation needs.
func (m *Model) Warnings() []string {
	var all []string
	used := m.used()
	for _, p := range m.Parameters {
		if !used[p.Name] {
			all = append(all, fmt.Sprintf("%v: parameter %q is in no equation", p.Pos, p.Name))
		}
	}
	for _, f := range m.Functions {
		if !used[f.Name] {
			all = append(all, fmt.Sprintf("%v: function %q is never called", f.Pos, f.Name))
		}
	}
	for _, f := range m.Definitions {
		if !used[f.Name] {
			all = append(all, fmt.Sprintf("%v: nothing needs %q", f.Pos, f.Name))
		}
	}
	return all
}

// used finds the names that the derivatives, the observables or the coupling need, at first or second hand.
func (m *Model) used() map[string]bool {
	r := newResolver(m)
	for _, s := range m.States {
		if !s.Derivative.Missing() {
			s.Derivative.Build(r.graph, r.scope())
		}
	}
	for _, o := range m.Observables {
		r.value(o.Name)
	}
	for _, name := range m.Coupled {
		r.value(name)
	}
	return r.used
}

// resolver gives the names of a model their values, each when it is first asked for.
type resolver struct {
	graph       *expr.Graph
	definitions map[string]Definition
	bodies      map[string]Function
	values      map[string]*expr.Node
	functions   map[string]*expr.Function
	known       []string
	used        map[string]bool
	open        []string // what is being worked out, for finding circles
	mistakes    fault.List
}

func newResolver(m *Model) *resolver {
	r := &resolver{
		graph:       expr.NewGraph(),
		definitions: map[string]Definition{}, bodies: map[string]Function{},
		values: map[string]*expr.Node{}, functions: map[string]*expr.Function{},
		used: map[string]bool{},
	}
	leaf := func(name string) {
		r.values[name] = r.graph.Var(name)
		r.known = append(r.known, name)
	}
	for _, p := range m.Parameters {
		leaf(p.Name)
	}
	for _, s := range m.States {
		leaf(s.Name)
	}
	for k := range m.Coupled {
		leaf(CouplingTermName(k))
	}
	if m.Input != "" {
		leaf(m.Input)
	}
	for _, f := range m.Functions {
		r.bodies[f.Name] = f
		r.known = append(r.known, f.Name)
	}
	for _, f := range m.Definitions {
		r.definitions[f.Name] = f
		r.known = append(r.known, f.Name)
	}
	return r
}

// CouplingTermName is the name by which equations call coupling term k: c0, c1, ...
func CouplingTermName(k int) string { return fmt.Sprintf("c%d", k) }

func (r *resolver) scope() expr.Scope {
	return expr.Scope{Value: r.value, Function: r.function, Known: r.known}
}

// value gives the node of a name, nil when there is none.
func (r *resolver) value(name string) *expr.Node {
	r.used[name] = true
	if n := r.values[name]; n != nil {
		return n
	}
	f, known := r.definitions[name]
	if !known {
		return nil
	}
	if r.circle(name, f.Pos) {
		return r.graph.Const(0)
	}
	n, err := f.Value.Build(r.graph, r.scope())
	r.leave(err)
	r.values[name] = n
	return n
}

// function gives the function of a name, nil when there is none.
func (r *resolver) function(name string) *expr.Function {
	r.used[name] = true
	if f := r.functions[name]; f != nil {
		return f
	}
	f, known := r.bodies[name]
	if !known {
		return nil
	}
	if r.circle(name, f.Pos) {
		none := &expr.Function{Name: name, Body: r.graph.Const(0)}
		for _, a := range f.Args {
			none.Args = append(none.Args, r.graph.Var(a))
		}
		return none
	}
	built, err := f.Body.BuildFunction(r.graph, name, f.Args, r.scope())
	r.leave(err)
	r.functions[name] = built
	return built
}

// circle opens name, unless it is open already: then it is defined by itself, which is noted.
func (r *resolver) circle(name string, pos fault.Pos) bool {
	for i, open := range r.open {
		if open == name {
			r.mistakes.Addf(pos, "%q is defined by itself: %s", name, strings.Join(append(r.open[i:len(r.open):len(r.open)], name), " -> "))
			return true
		}
	}
	r.open = append(r.open, name)
	return false
}

// leave closes what was opened last.
func (r *resolver) leave(err error) {
	r.open = r.open[:len(r.open)-1]
	r.mistakes.Add(err)
}
