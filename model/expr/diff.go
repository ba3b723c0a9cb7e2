package expr

import "math"

// Diff returns the exact partial derivative of n by the leaf v, all other leaves held fixed.
// Equal parts are shared with n and with every other derivative, so that the derivatives of a graph together
// are about as large as forward-mode jets. Steps (floor, sign, comparisons) have slope 0; at a kink
// (abs, min, max, where) the derivative is that of the branch taken.
func (g *Graph) Diff(n, v *Node) *Node {
	for _, m := range Order(n) {
		k := slope{m.ID, v.ID}
		if g.slopes[k] == nil {
			g.slopes[k] = g.rule(m, v)
		}
	}
	return g.slopes[slope{n.ID, v.ID}]
}

// rule differentiates one operation; the derivatives of its arguments are known.
func (g *Graph) rule(n, v *Node) *Node {
	if n == v {
		return g.Const(1)
	}
	d := make([]*Node, len(n.Args))
	constant := true
	for i, a := range n.Args {
		d[i] = g.slopes[slope{a.ID, v.ID}]
		constant = constant && d[i].isConst(0)
	}
	if n.Op == Where {
		return g.Make(Where, n.Args[0], d[1], d[2])
	}
	if constant {
		return g.Const(0)
	}
	switch len(d) {
	case 1:
		return g.chain(n, n.Args[0], d[0])
	default:
		return g.pair(n, n.Args[0], n.Args[1], d[0], d[1])
	}
}

// pair differentiates a function of a and b, whose derivatives are da and db.
func (g *Graph) pair(n, a, b, da, db *Node) *Node {
	switch n.Op {
	case Add, Sub:
		return g.Make(n.Op, da, db)
	case Mul:
		return g.Make(Add, g.Make(Mul, da, b), g.Make(Mul, a, db))
	case Div: // (da - n db)/b has one division and shares b with n
		return g.Make(Div, g.Make(Sub, da, g.Make(Mul, n, db)), b)
	case Pow:
		return g.power(n, a, b, da, db)
	case Atan2:
		above := g.Make(Sub, g.Make(Mul, b, da), g.Make(Mul, a, db))
		return g.Make(Div, above, g.Make(Add, g.Make(Mul, a, a), g.Make(Mul, b, b)))
	case Mod:
		return g.Make(Sub, da, g.Make(Mul, db, g.Make(Floor, g.Make(Div, a, b))))
	case Min:
		return g.Make(Where, g.Make(Lt, a, b), da, db)
	case Max:
		return g.Make(Where, g.Make(Lt, a, b), db, da)
	}
	return g.Const(0) // comparisons and logic
}

// power differentiates n = a^b: b a^(b-1) da + n log(a) db.
func (g *Graph) power(n, a, b, da, db *Node) *Node {
	base, exponent := g.Const(0), g.Const(0)
	if !da.isConst(0) {
		lower := g.Make(Pow, a, g.Make(Sub, b, g.Const(1)))
		base = g.Make(Mul, g.Make(Mul, b, lower), da)
	}
	if !db.isConst(0) {
		exponent = g.Make(Mul, g.Make(Mul, n, g.Make(Log, a)), db)
	}
	return g.Make(Add, base, exponent)
}

// chain differentiates n = f(x) by the chain rule. Where the slope of f can be had from n itself, it is.
func (g *Graph) chain(n, x, dx *Node) *Node {
	one := g.Const(1)
	square := func(y *Node) *Node { return g.Make(Mul, y, y) }
	times := func(y *Node) *Node { return g.Make(Mul, y, dx) }
	over := func(y *Node) *Node { return g.Make(Div, dx, y) }
	bell := func(c float64) *Node { return g.Make(Mul, g.Const(c), times(g.Make(Exp, g.Make(Neg, square(x))))) }
	switch n.Op {
	case Neg:
		return g.Make(Neg, dx)
	case Exp:
		return times(n)
	case Log:
		return over(x)
	case Sqrt:
		return g.Make(Mul, g.Const(0.5), over(n))
	case Sin:
		return times(g.Make(Cos, x))
	case Cos:
		return g.Make(Neg, times(g.Make(Sin, x)))
	case Tan:
		return times(g.Make(Add, square(n), one))
	case Sinh:
		return times(g.Make(Cosh, x))
	case Cosh:
		return times(g.Make(Sinh, x))
	case Tanh:
		return times(g.Make(Sub, one, square(n)))
	case Asin:
		return over(g.Make(Sqrt, g.Make(Sub, one, square(x))))
	case Acos:
		return g.Make(Neg, over(g.Make(Sqrt, g.Make(Sub, one, square(x)))))
	case Atan:
		return over(g.Make(Add, square(x), one))
	case Erf:
		return bell(2 / math.Sqrt(math.Pi))
	case Erfc:
		return bell(-2 / math.Sqrt(math.Pi))
	case Abs:
		return times(g.Make(Sign, x))
	}
	return g.Const(0) // floor, ceil, sign, not
}

// isConst reports whether n is the number v.
func (n *Node) isConst(v float64) bool { return n.Op == Const && n.Value == v }
