package model

import "brainsweep/model/expr"

// separator writes a value of a target's leaves and a source's leaves as a sum of products of values of one of them.
type separator struct {
	g              *expr.Graph
	target, source map[*expr.Node]*expr.Node // the leaves of each end, and what they stand for
}

// Separate writes n as a sum of products of a value of the target's leaves and a value of the source's, and puts for the
// leaves what they stand for. It reports false where that does not succeed.
func Separate(g *expr.Graph, n *expr.Node, target, source map[*expr.Node]*expr.Node) ([]CouplingTerm, bool) {
	s := separator{g: g, target: target, source: source}
	terms, ok := s.terms(n)
	if !ok {
		return nil, false
	}
	for i, t := range terms {
		terms[i] = CouplingTerm{Target: g.Substitute(t.Target, target), Source: g.Substitute(t.Source, source)}
	}
	return terms, true
}

// mostTerms bounds the terms of a separated pre: each costs a sum over all sources.
const mostTerms = 8

// terms separates n: by sums, products, quotients and the addition theorems of sine and cosine. It reports false
// where that does not succeed.
func (s *separator) terms(n *expr.Node) ([]CouplingTerm, bool) {
	list, ok := s.split(n)
	if !ok {
		return nil, false
	}
	return s.merge(list), len(list) <= mostTerms
}

func (s *separator) split(n *expr.Node) ([]CouplingTerm, bool) {
	one := s.g.Const(1)
	switch {
	case !reads(n, s.source):
		return []CouplingTerm{{n, one}}, true
	case !reads(n, s.target):
		return []CouplingTerm{{one, n}}, true
	}
	switch n.Op {
	case expr.Neg:
		a, ok := s.split(n.Args[0])
		return s.times([]CouplingTerm{{s.g.Const(-1), one}}, a), ok
	case expr.Add, expr.Sub:
		a, ok := s.split(n.Args[0])
		b, also := s.split(n.Args[1])
		if n.Op == expr.Sub {
			b = s.times([]CouplingTerm{{s.g.Const(-1), one}}, b)
		}
		return append(a, b...), ok && also
	case expr.Mul:
		a, ok := s.split(n.Args[0])
		b, also := s.split(n.Args[1])
		return s.times(a, b), ok && also && len(a)*len(b) <= mostTerms
	case expr.Div:
		if reads(n.Args[1], s.source) && reads(n.Args[1], s.target) {
			return nil, false
		}
		a, ok := s.split(n.Args[0])
		b, also := s.split(s.g.Make(expr.Div, one, n.Args[1]))
		return s.times(a, b), ok && also
	case expr.Sin, expr.Cos:
		return s.angle(n.Op, n.Args[0])
	}
	return nil, false
}

// times multiplies two sums term by term.
func (s *separator) times(a, b []CouplingTerm) []CouplingTerm {
	var all []CouplingTerm
	for _, p := range a {
		for _, q := range b {
			all = append(all, CouplingTerm{s.g.Make(expr.Mul, p.Target, q.Target), s.g.Make(expr.Mul, p.Source, q.Source)})
		}
	}
	return all
}

// angle separates sin(u + v) = sin u cos v + cos u sin v and cos(u + v) = cos u cos v - sin u sin v,
// where u rests on the target alone and v on the source alone.
func (s *separator) angle(op expr.Op, n *expr.Node) ([]CouplingTerm, bool) {
	parts, ok := s.split(n)
	g, one := s.g, s.g.Const(1)
	u, v := g.Const(0), g.Const(0)
	for _, p := range parts {
		switch {
		case p.Source == one:
			u = g.Make(expr.Add, u, p.Target)
		case !reads(p.Target, s.target): // a factor that both ends know
			v = g.Make(expr.Add, v, g.Make(expr.Mul, p.Target, p.Source))
		default:
			return nil, false
		}
	}
	sin := func(x *expr.Node) *expr.Node { return g.Make(expr.Sin, x) }
	cos := func(x *expr.Node) *expr.Node { return g.Make(expr.Cos, x) }
	if op == expr.Sin {
		return []CouplingTerm{{sin(u), cos(v)}, {cos(u), sin(v)}}, ok
	}
	return []CouplingTerm{{cos(u), cos(v)}, {g.Make(expr.Neg, sin(u)), sin(v)}}, ok
}

// merge adds up terms that have the same source, or the same target.
func (s *separator) merge(list []CouplingTerm) []CouplingTerm {
	var all []CouplingTerm
next:
	for _, t := range list {
		for i, have := range all {
			switch {
			case have.Source == t.Source:
				all[i].Target = s.g.Make(expr.Add, have.Target, t.Target)
				continue next
			case have.Target == t.Target:
				all[i].Source = s.g.Make(expr.Add, have.Source, t.Source)
				continue next
			}
		}
		all = append(all, t)
	}
	return all
}

// reads reports whether n rests on one of the leaves.
func reads(n *expr.Node, leaves map[*expr.Node]*expr.Node) bool {
	for _, m := range expr.Order(n) {
		if leaves[m] != nil {
			return true
		}
	}
	return false
}
