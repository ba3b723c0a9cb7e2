package codegen

import (
	"slices"

	"brainsweep/model/expr"
)

// scaled is a live value as factor * rest, where the factor depends on parameters alone and the rest has no such
// factor: the factors of a product meet, and become one constant of the host's.
type scaled struct{ factor, rest *expr.Node }

// fold rewrites a value so that constant factors are gathered. It changes the order of multiplications, not the
// value; nothing is divided that was not divided before, so a parameter may be 0.
func (u *unit) fold(n *expr.Node) *expr.Node { return u.whole(u.scale(n)) }

func (u *unit) whole(s scaled) *expr.Node { return u.graph.Make(expr.Mul, s.factor, s.rest) }

func (u *unit) scale(n *expr.Node) scaled {
	if s, ok := u.scales[n.ID]; ok {
		return s
	}
	g := u.graph
	one := g.Const(1)
	var s scaled
	switch {
	case u.classify(n) != live:
		s = scaled{n, one}
	case n.Op == expr.Neg:
		a := u.scale(n.Args[0])
		s = scaled{g.Make(expr.Neg, a.factor), a.rest}
	case n.Op == expr.Mul || n.Op == expr.Div:
		a, b := u.scale(n.Args[0]), u.scale(n.Args[1])
		s = scaled{g.Make(n.Op, a.factor, b.factor), g.Make(n.Op, a.rest, b.rest)}
	case n.Op == expr.Add || n.Op == expr.Sub:
		s = u.scaleSum(n)
	case n.Op == expr.Erfc:
		s = scaled{one, u.foldErfc(n)}
	default:
		args := make([]*expr.Node, len(n.Args))
		for i, a := range n.Args {
			args[i] = u.fold(a)
		}
		s = scaled{one, n}
		if len(args) > 0 {
			s.rest = g.Make(n.Op, args...)
		}
	}
	// What has been folded stays as it is when it is met again.
	u.scales[s.rest.ID] = scaled{one, s.rest}
	u.scales[u.whole(s).ID] = s
	u.scales[n.ID] = s
	return s
}

// scaleSum gathers the terms of a sum, and of the sums within it that nothing else needs: terms that differ only in
// their factor become one. A factor that all terms share is kept outside.
func (u *unit) scaleSum(n *expr.Node) scaled {
	g := u.graph
	var sum terms
	u.gather(n, g.Const(1), true, &sum)
	kept := slices.DeleteFunc(sum.list, func(t scaled) bool { return isNumber(t.factor, 0) })
	if len(kept) == 0 {
		return scaled{g.Const(1), g.Const(0)}
	}
	common := kept[0].factor
	for _, t := range kept {
		if t.factor != common && g.Make(expr.Neg, t.factor) != common {
			common = g.Const(1)
		}
	}
	// A term to be added comes first, so that none has to be negated for its own sake.
	var total *expr.Node
	for _, positive := range []bool{true, false} {
		for _, t := range kept {
			factor := t.factor
			if common != g.Const(1) {
				factor = g.Const(1)
				if t.factor != common {
					factor = g.Const(-1)
				}
			}
			if negative(factor) == positive {
				continue
			}
			term := u.whole(scaled{factor, t.rest})
			if total == nil {
				total = term
			} else {
				total = g.Make(expr.Add, total, term)
			}
		}
	}
	return scaled{common, total}
}

// terms is a sum in the making: its terms in the order of their first appearance, each rest once.
type terms struct {
	list []scaled
	at   map[int]int
}

// gather adds sign*n to the sum, term by term where n is a sum of its own.
func (u *unit) gather(n, sign *expr.Node, top bool, sum *terms) {
	g := u.graph
	if u.classify(n) == live && (top || u.uses[n.ID] <= 1) {
		minus := g.Make(expr.Neg, sign)
		switch n.Op {
		case expr.Add:
			u.gather(n.Args[0], sign, false, sum)
			u.gather(n.Args[1], sign, false, sum)
			return
		case expr.Sub:
			u.gather(n.Args[0], sign, false, sum)
			u.gather(n.Args[1], minus, false, sum)
			return
		case expr.Neg:
			u.gather(n.Args[0], minus, false, sum)
			return
		}
	}
	s := u.scale(n)
	factor := g.Make(expr.Mul, sign, s.factor)
	if sum.at == nil {
		sum.at = map[int]int{}
	}
	if i, known := sum.at[s.rest.ID]; known {
		sum.list[i].factor = g.Make(expr.Add, sum.list[i].factor, factor)
		return
	}
	sum.at[s.rest.ID] = len(sum.list)
	sum.list = append(sum.list, scaled{factor, s.rest})
}

// countUses notes how many values of the graph name each value, so that a shared sum stays whole.
func (u *unit) countUses(roots []*expr.Node) {
	for _, n := range expr.Order(roots...) {
		for _, a := range n.Args {
			u.uses[a.ID]++
		}
	}
	for _, r := range roots {
		u.uses[r.ID]++
	}
}

func isNumber(n *expr.Node, v float64) bool { return n.Op == expr.Const && n.Value == v }

// negative tells a factor that is written with a minus.
func negative(n *expr.Node) bool {
	return n.Op == expr.Neg || n.Op == expr.Const && n.Value < 0
}

// foldErfc folds erfc(z) and exp(-z*z) together: derivatives of the one hold the other, and both come from one
// exponential.
func (u *unit) foldErfc(n *expr.Node) *expr.Node {
	g, z := u.graph, n.Args[0]
	gaussian := u.fold(g.Make(expr.Exp, g.Make(expr.Neg, g.Make(expr.Mul, z, z))))
	out := g.Make(expr.Erfc, u.fold(z))
	u.gaussians[out.ID] = gaussian
	u.roots[gaussian.ID] = out.Args[0]
	return out
}
