package codegen

import (
	"slices"

	"brainsweep/model/expr"
)

// Folded gives roots as they are printed: folded in a unit whose leaves named in parameters are constants of a point,
// and all others live.
func Folded(g *expr.Graph, parameters []string, roots ...*expr.Node) []*expr.Node {
	u := newUnit("test", "", g, 64)
	for _, n := range expr.Order(roots...) {
		if n.Op == expr.Var {
			u.leaves[n.Name], u.text[n.Name] = live, n.Name
			if slices.Contains(parameters, n.Name) {
				u.leaves[n.Name] = folded
			}
		}
	}
	u.countUses(roots)
	out := make([]*expr.Node, len(roots))
	for i, n := range roots {
		out[i] = u.fold(n)
	}
	return out
}
