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
	d := &Dynamics{Graph: r.graph, Values: map[string]*expr.Node{}, Derivatives: make([]*expr.Node, len(m.States)), Gains: make([]*expr.Node, len(m.States))}
	for mode := range max(1, m.Modes) {
		for _, f := range m.Functions {
			r.function(f.Name, mode)
		}
		for _, f := range m.Definitions {
			d.define(m, f.Name, mode, r.value(f.Name, mode))
		}
		for j, s := range m.States {
			switch {
			case s.Mode != mode:
			case s.Derivative.Missing():
				r.mistakes.Addf(s.Pos, "state %q has no equation: d(%s) = ... is missing", s.Symbol, s.Symbol)
			default:
				d.Values[s.Name] = r.value(s.Symbol, mode)
				n, err := s.Derivative.Build(r.graph, r.scope(mode))
				r.mistakes.Add(err)
				d.Derivatives[j] = n
				d.Gains[j] = r.gain(s)
			}
		}
		if len(r.mistakes) > 0 { // the other modes have the same
			return d, r.mistakes.Err()
		}
	}
	for k, name := range m.CouplingTerms() {
		leaf := r.graph.Var(CouplingTermName(k))
		d.Values[CouplingTermName(k)], d.Values[name] = leaf, leaf
	}
	d.shareDivisions()
	return d, nil
}

// define notes the value of a definition: by its name, and in a model with modes by the name of each mode, too; by its
// name alone only where all modes have the same.
func (d *Dynamics) define(m *Model, name string, mode int, value *expr.Node) {
	if m.Modes > 1 {
		d.Values[modeName(name, mode)] = value
		if mode > 0 && d.Values[name] != value {
			delete(d.Values, name)
			return
		}
	}
	d.Values[name] = value
}

// shareDivisions lets derivatives and values have their reciprocals in common.
func (d *Dynamics) shareDivisions() {
	names := slices.Sorted(maps.Keys(d.Values))
	roots := slices.Clone(d.Derivatives)
	for _, name := range names {
		roots = append(roots, d.Values[name])
	}
	for _, gain := range d.Gains {
		if gain != nil {
			roots = append(roots, gain)
		}
	}
	roots = d.Graph.ShareDivisions(roots)
	roots = roots[copy(d.Derivatives, roots):]
	for i, name := range names {
		d.Values[name] = roots[i]
	}
	roots = roots[len(names):]
	for j, gain := range d.Gains {
		if gain != nil {
			d.Gains[j], roots = roots[0], roots[1:]
		}
	}
}

// Warnings says what its reader left out of a model, and names what the file declares and no equation needs.
func (m *Model) Warnings() []string {
	all := append([]string(nil), m.Notes...)
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

// Uses reports whether a derivative, an observable or the coupling rests on the name.
func (m *Model) Uses(name string) bool { return m.used()[name] }

// used finds the names that the derivatives, the observables or the coupling need, at first or second hand.
func (m *Model) used() map[string]bool {
	r := newResolver(m)
	for _, s := range m.States {
		if !s.Derivative.Missing() {
			s.Derivative.Build(r.graph, r.scope(s.Mode))
		}
		r.gain(s)
	}
	for _, o := range m.Observables {
		r.value(m.symbol(o.Name))
	}
	for _, name := range m.Coupled {
		r.value(m.symbol(name))
	}
	return r.used
}

// resolver gives the names of a model their values, each when it is first asked for, mode by mode.
type resolver struct {
	graph       *expr.Graph
	modes       int
	definitions map[string]Definition
	bodies      map[string]Function
	values      []map[string]*expr.Node // of each mode
	functions   []map[string]*expr.Function
	known       []string
	used        map[string]bool
	open        []string // what is being worked out, for finding circles
	mistakes    fault.List
}

func newResolver(m *Model) *resolver {
	r := &resolver{
		graph: expr.NewGraph(), modes: max(1, m.Modes),
		definitions: map[string]Definition{}, bodies: map[string]Function{}, used: map[string]bool{},
	}
	for mode := range r.modes {
		values := map[string]*expr.Node{}
		for _, p := range m.Parameters {
			values[p.Name] = r.graph.Var(p.Name)
		}
		for _, s := range m.States {
			if s.Mode == mode {
				values[s.Symbol] = r.graph.Var(s.Name)
			}
		}
		for k := range len(m.Coupled) / r.modes {
			values[CouplingTermName(k)] = r.graph.Var(CouplingTermName(k*r.modes + mode))
		}
		if m.Input != "" {
			values[m.Input] = r.graph.Var(m.Input)
		}
		r.values = append(r.values, values)
		r.functions = append(r.functions, map[string]*expr.Function{})
	}
	r.known = slices.Sorted(maps.Keys(r.values[0]))
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

// CouplingTerms gives the names of what a node receives, one for each of Coupled: c0, c1, ...; in a model with modes
// c0_1, c0_2, ..., c1_1, ..., each mode's own.
func (m *Model) CouplingTerms() []string {
	names := make([]string, len(m.Coupled))
	for k := range names {
		names[k] = CouplingTermName(k)
		if m.Modes > 1 {
			names[k] = modeName(CouplingTermName(k/m.Modes), k%m.Modes)
		}
	}
	return names
}

func (r *resolver) scope(mode int) expr.Scope {
	return expr.Scope{
		Value:    func(name string) *expr.Node { return r.value(name, mode) },
		Function: func(name string) *expr.Function { return r.function(name, mode) },
		Known:    r.known, Modes: r.modes, Mode: mode, In: r.scope,
	}
}

// gain gives the factor of a state's noise, nil where there is none. Its own names hide those of the equations.
func (r *resolver) gain(s State) *expr.Node {
	if s.NoiseGain.Missing() {
		return nil
	}
	scope := r.scope(s.Mode)
	scope.Value = func(name string) *expr.Node {
		if slices.Contains(s.GainNames, name) {
			r.used[s.GainAddress(name)] = true
			return r.graph.Var(s.GainAddress(name))
		}
		return r.value(name, s.Mode)
	}
	scope.Known = slices.Concat(s.GainNames, r.known)
	n, err := s.NoiseGain.Build(r.graph, scope)
	r.mistakes.Add(err)
	return n
}

// value gives the node of a name in a mode, nil when there is none.
func (r *resolver) value(name string, mode int) *expr.Node {
	r.used[name] = true
	if n := r.values[mode][name]; n != nil {
		return n
	}
	f, known := r.definitions[name]
	if !known {
		return nil
	}
	if r.circle(name, f.Pos) {
		return r.graph.Const(0)
	}
	n, err := f.Value.Build(r.graph, r.scope(mode))
	r.leave(err)
	r.values[mode][name] = n
	return n
}

// function gives the function of a name in a mode, nil when there is none.
func (r *resolver) function(name string, mode int) *expr.Function {
	r.used[name] = true
	if f := r.functions[mode][name]; f != nil {
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
	built, err := f.Body.BuildFunction(r.graph, name, f.Args, r.scope(mode))
	r.leave(err)
	r.functions[mode][name] = built
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
