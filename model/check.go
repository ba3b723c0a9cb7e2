package model

import (
	"math"
	"strings"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Check looks for everything in the model that cannot be right and returns it as a fault.List.
// Every reader of models calls it; what a reader returns has passed.
func (m *Model) Check() error {
	var list fault.List
	m.checkNames(&list)
	for _, p := range m.Parameters {
		if checkBounds(&list, p.Pos, "parameter "+quoted(p.Name), p.Min, p.Max) && !(p.Value >= p.Min && p.Value <= p.Max) {
			list.Addf(p.Pos, "parameter %q: the value %s is outside its bounds %s", p.Name, expr.Number(p.Value), interval(p.Min, p.Max))
		}
	}
	for _, s := range m.States {
		if s.Mode > 0 {
			continue
		}
		what := "state " + quoted(s.Symbol)
		switch {
		case !checkBounds(&list, s.Pos, what, s.Min, s.Max):
		case !(s.Low <= s.High) || math.IsInf(s.Low, 0) || math.IsInf(s.High, 0):
			list.Addf(s.Pos, "%s: the range of initial values %s is not one: write range = [low, high]", what, interval(s.Low, s.High))
		case s.Low < s.Min || s.High > s.Max:
			list.Addf(s.Pos, "%s: the range of initial values %s leaves its bounds %s", what, interval(s.Low, s.High), interval(s.Min, s.Max))
		}
		if !(s.Noise >= 0) {
			list.Addf(s.Pos, "%s: noise is a variance, which cannot be %s", what, expr.Number(s.Noise))
		}
		if !(s.NoiseTau >= 0) {
			list.Addf(s.Pos, "%s: the correlation time of its noise cannot be %s", what, expr.Number(s.NoiseTau))
		}
	}
	if len(m.States) == 0 {
		list.Addf(fault.Pos{File: m.file}, "a model needs at least one state")
	}
	d, err := m.Dynamics()
	list.Add(err)
	for _, name := range m.Coupled {
		if term := couplingTerm(d.Values[name]); term != "" {
			list.Addf(fault.Pos{File: m.file}, "coupled: %q rests on the coupling term %s, which rests on it", name, term)
		}
	}
	return list.Err()
}

// couplingTerm names a coupling term that n rests on, or gives "".
func couplingTerm(n *expr.Node) string {
	if n == nil {
		return ""
	}
	for _, a := range expr.Order(n) {
		if a.Op == expr.Var && isCouplingTerm(a.Name) {
			return a.Name
		}
	}
	return ""
}

func checkBounds(list *fault.List, pos fault.Pos, what string, low, high float64) bool {
	if !(low < high) {
		list.Addf(pos, "%s: its bounds %s hold no number: min must be less than max", what, interval(low, high))
		return false
	}
	return true
}

func interval(low, high float64) string { return expr.Number(low) + " .. " + expr.Number(high) }

func quoted(name string) string { return `"` + name + `"` }

// checkNames sees to it that every name can stand in an equation and means one thing.
func (m *Model) checkNames(list *fault.List) {
	first := map[string]string{}
	declare := func(pos fault.Pos, kind, name string) {
		switch {
		case !expr.IsName(name):
			list.Addf(pos, "%q cannot be the name of a %s: names are made of the letters a to z, digits and _, and begin with a letter", name, kind)
		case expr.IsReserved(name):
			list.Addf(pos, "%q belongs to the language of the equations: choose another name for this %s", name, kind)
		case isCouplingTerm(name):
			list.Addf(pos, "%q is the name of a coupling term: choose another name for this %s", name, kind)
		case first[name] != "":
			list.Addf(pos, "%s %q is declared twice, as %s before", kind, name, first[name])
		default:
			first[name] = article(kind)
		}
	}
	for _, p := range m.Parameters {
		declare(p.Pos, "parameter", p.Name)
	}
	for _, s := range m.States {
		if s.Mode == 0 {
			declare(s.Pos, "state", s.Symbol)
		}
		if m.Modes > 1 {
			declare(s.Pos, "mode", s.Name)
		}
	}
	if m.Input != "" {
		declare(fault.Pos{File: m.file}, "input", m.Input)
	}
	for _, f := range m.Functions {
		declare(f.Pos, "function", f.Name)
		m.checkArguments(list, f)
	}
	for _, f := range m.Definitions {
		declare(f.Pos, "definition", f.Name)
	}
}

func (m *Model) checkArguments(list *fault.List, f Function) {
	seen := map[string]bool{}
	for _, a := range f.Args {
		switch {
		case expr.IsReserved(a) || isCouplingTerm(a):
			list.Addf(f.Pos, "function %q: %q cannot be the name of an argument, it means something already", f.Name, a)
		case seen[a]:
			list.Addf(f.Pos, "function %q has two arguments %q", f.Name, a)
		}
		seen[a] = true
	}
}

func article(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

// isCouplingTerm reports whether a name has the form c0, c1, ...
func isCouplingTerm(name string) bool {
	return len(name) > 1 && name[0] == 'c' && strings.Trim(name[1:], "0123456789") == ""
}
