package expr_test

import (
	"math/rand/v2"

	"brainsweep/model/expr"
)

// smooth functions that are harmless for arguments of moderate size.
var smooth = []expr.Op{
	expr.Exp, expr.Sin, expr.Cos, expr.Sinh, expr.Cosh, expr.Tanh, expr.Atan, expr.Erf, expr.Erfc, expr.Neg,
}

// randomNode makes an expression of about size operations over the leaves, with much sharing between its parts.
// Its values stay moderate: what grows is bounded by tanh, and what is divided by, or under a root, is positive.
func randomNode(r *rand.Rand, g *expr.Graph, leaves []*expr.Node, size int) *expr.Node {
	pool := append([]*expr.Node{g.Const(0.5), g.Const(-1.25), g.Const(3)}, leaves...)
	pick := func() *expr.Node {
		if r.IntN(3) > 0 && len(pool) > 6 {
			return pool[len(pool)-1-r.IntN(4)]
		}
		return pool[r.IntN(len(pool))]
	}
	bounded := func(n *expr.Node) *expr.Node { return g.Make(expr.Tanh, n) }
	positive := func(n *expr.Node) *expr.Node {
		n = bounded(n)
		return g.Make(expr.Add, g.Make(expr.Mul, n, n), g.Const(0.75))
	}
	for range size {
		a, b := pick(), pick()
		var n *expr.Node
		switch r.IntN(9) {
		case 0, 1:
			n = g.Make(expr.Add, a, b)
		case 2:
			n = g.Make(expr.Sub, a, b)
		case 3, 4:
			n = g.Make(expr.Mul, bounded(a), b)
		case 5:
			n = g.Make(expr.Div, a, positive(b))
		case 6:
			n = g.Make(expr.Pow, positive(a), bounded(b))
		case 7:
			op := []expr.Op{expr.Log, expr.Sqrt, expr.Atan2, expr.Asin, expr.Acos, expr.Tan}[r.IntN(6)]
			switch op {
			case expr.Log, expr.Sqrt:
				n = g.Make(op, positive(a))
			case expr.Atan2:
				n = g.Make(op, a, positive(b))
			default:
				n = g.Make(op, g.Make(expr.Mul, g.Const(0.75), bounded(a)))
			}
		default:
			n = g.Make(smooth[r.IntN(len(smooth))], bounded(a))
		}
		pool = append(pool, n)
	}
	return pool[len(pool)-1]
}
