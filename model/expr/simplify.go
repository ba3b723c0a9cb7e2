package expr

import (
	"fmt"
	"math"
)

// Make returns op of args, simplified: constants are folded; 0, 1 and double signs vanish; signs and constant
// factors move outwards; arguments of commutative operations stand in one order; small powers become products.
// The value is that of the plain formula up to rounding, for finite arguments (0*x is 0).
// A wrong number of arguments is a bug of the caller's and panics.
func (g *Graph) Make(op Op, args ...*Node) *Node {
	if op <= Var || int(op) >= len(operations) || len(args) != operations[op].arity {
		panic(fmt.Sprintf("expr: operation %d cannot have %d arguments", op, len(args)))
	}
	if n := g.fold(op, args); n != nil {
		return n
	}
	switch op {
	case Add:
		return g.add(args[0], args[1])
	case Sub:
		return g.sub(args[0], args[1])
	case Mul:
		return g.mul(args[0], args[1])
	case Div:
		return g.div(args[0], args[1])
	case Neg:
		return g.neg(args[0])
	case Pow:
		return g.pow(args[0], args[1])
	case Sin, Tan, Sinh, Tanh, Asin, Atan, Erf, Sign:
		if args[0].Op == Neg {
			return g.neg(g.node(op, args[0].Args[0]))
		}
	case Cos, Cosh, Abs:
		if args[0].Op == Neg {
			return g.node(op, args[0].Args[0])
		}
	case Min, Max:
		if args[0] == args[1] {
			return args[0]
		}
		return g.commuted(op, args[0], args[1])
	case Lt, Le, Eq, Ne:
		return g.comparison(op, args[0], args[1])
	case And, Or, Not:
		return g.logic(op, args)
	case Where:
		return g.where(args[0], args[1], args[2])
	}
	return g.node(op, args...)
}

// fold computes op of constants. It returns nil when an argument is not constant or the result is not a number:
// 0/0 stays a formula.
func (g *Graph) fold(op Op, args []*Node) *Node {
	values := make([]float64, len(args))
	for i, a := range args {
		if a.Op != Const {
			return nil
		}
		values[i] = a.Value
	}
	if v := apply(op, values); !math.IsNaN(v) {
		return g.Const(v)
	}
	return nil
}

// commuted makes a node whose arguments may change places: constants last, the others by number.
func (g *Graph) commuted(op Op, a, b *Node) *Node {
	if b.Op != Const && (a.Op == Const || a.ID > b.ID) {
		a, b = b, a
	}
	return g.node(op, a, b)
}

func (g *Graph) add(a, b *Node) *Node {
	if a.Op == Const {
		a, b = b, a
	}
	if b.Op == Const {
		switch {
		case b.Value == 0:
			return a
		case a.Op == Add && a.Args[1].Op == Const:
			return g.Make(Add, a.Args[0], g.Make(Add, a.Args[1], b))
		case a.Op == Sub && a.Args[0].Op == Const:
			return g.Make(Sub, g.Make(Add, a.Args[0], b), a.Args[1])
		}
	}
	if b.Op == Neg {
		return g.Make(Sub, a, b.Args[0])
	}
	if a.Op == Neg {
		return g.Make(Sub, b, a.Args[0])
	}
	if p, x := factor(a); b.Op != Const {
		if q, y := factor(b); x == y {
			return g.Make(Mul, g.Const(p+q), x)
		}
	}
	return g.commuted(Add, a, b)
}

func (g *Graph) sub(a, b *Node) *Node {
	switch {
	case a == b && a.Op != Const:
		return g.Const(0)
	case b.Op == Const:
		return g.Make(Add, a, g.Const(-b.Value))
	case a.Op == Const && a.Value == 0:
		return g.neg(b)
	case b.Op == Neg:
		return g.Make(Add, a, b.Args[0])
	case a.Op == Neg:
		return g.neg(g.Make(Add, a.Args[0], b))
	case a.Op == Const && b.Op == Add && b.Args[1].Op == Const:
		return g.Make(Sub, g.Make(Sub, a, b.Args[1]), b.Args[0])
	case a.Op == Const && b.Op == Sub && b.Args[0].Op == Const:
		return g.Make(Add, b.Args[1], g.Make(Sub, a, b.Args[0]))
	}
	if p, x := factor(a); a.Op != Const {
		if q, y := factor(b); x == y {
			return g.Make(Mul, g.Const(p-q), x)
		}
	}
	return g.node(Sub, a, b)
}

func (g *Graph) neg(a *Node) *Node {
	switch {
	case a.Op == Const:
		return g.Const(-a.Value)
	case a.Op == Neg:
		return a.Args[0]
	case a.Op == Sub:
		return g.Make(Sub, a.Args[1], a.Args[0])
	case a.Op == Add && a.Args[1].Op == Const:
		return g.Make(Sub, g.Const(-a.Args[1].Value), a.Args[0])
	}
	return g.node(Neg, a)
}

// mul keeps a product as sign, constant, rest, so that x*y is one node in 2*x*y and in -x*y.
func (g *Graph) mul(a, b *Node) *Node {
	if b.Op == Const {
		a, b = b, a
	}
	if a.Op == Const {
		if b.isConst(0) {
			return b
		}
		return g.scale(a, b)
	}
	switch {
	case a.Op == Neg:
		return g.neg(g.mul(a.Args[0], b))
	case b.Op == Neg:
		return g.neg(g.mul(a, b.Args[0]))
	}
	if c, x := factor(a); c != 1 {
		return g.mul(g.Const(c), g.mul(x, b))
	}
	if c, y := factor(b); c != 1 {
		return g.mul(g.Const(c), g.mul(a, y))
	}
	return g.commuted(Mul, a, b)
}

// scale returns the product of the constant c and x.
func (g *Graph) scale(c, x *Node) *Node {
	switch {
	case c.Value == 0:
		return c
	case c.Value == 1:
		return x
	case c.Value < 0:
		return g.neg(g.Make(Mul, g.Const(-c.Value), x))
	case x.Op == Neg:
		return g.neg(g.scale(c, x.Args[0]))
	case x.Op == Div && x.Args[0].Op == Const:
		return g.Make(Div, g.Make(Mul, c, x.Args[0]), x.Args[1])
	}
	if d, y := factor(x); d != 1 {
		return g.Make(Mul, g.Const(c.Value*d), y)
	}
	return g.node(Mul, c, x)
}

// factor takes a product apart into its constant and the rest.
func factor(n *Node) (float64, *Node) {
	if n.Op == Mul && n.Args[0].Op == Const {
		return n.Args[0].Value, n.Args[1]
	}
	return 1, n
}

func (g *Graph) div(a, b *Node) *Node {
	switch {
	case a.isConst(0) && !b.isConst(0):
		return a
	case a == b && neverZero(b):
		return g.Const(1)
	case a.Op == Neg:
		return g.neg(g.Make(Div, a.Args[0], b))
	case b.Op == Neg:
		return g.neg(g.Make(Div, a, b.Args[0]))
	case a.Op == Const && a.Value < 0:
		return g.neg(g.Make(Div, g.Const(-a.Value), b))
	case b.Op == Const && b.Value < 0:
		return g.neg(g.Make(Div, a, g.Const(-b.Value)))
	case b.Op == Const && invertible(b.Value):
		return g.Make(Mul, g.Const(1/b.Value), a)
	}
	if c, x := factor(a); c != 1 {
		if b.Op == Const && b.Value != 0 {
			return g.Make(Mul, g.Const(c/b.Value), x)
		}
		return g.Make(Mul, g.Const(c), g.Make(Div, x, b))
	}
	if c, y := factor(b); c != 1 && invertible(c) {
		return g.Make(Mul, g.Const(1/c), g.Make(Div, a, y))
	}
	return g.node(Div, a, b)
}

// invertible reports whether 1/c is exact: c is a power of two.
func invertible(c float64) bool {
	fraction, exponent := math.Frexp(c)
	return (fraction == 0.5 || fraction == -0.5) && exponent > -1000 && exponent < 1000
}

// neverZero reports whether n cannot be 0 for any finite argument.
func neverZero(n *Node) bool {
	return n.Op == Exp || n.Op == Cosh
}

// largestProduct is the highest power that is written as products.
const largestProduct = 32

func (g *Graph) pow(a, b *Node) *Node {
	if a.Op == Const && a.Value == 1 {
		return a
	}
	if b.Op != Const || math.Abs(b.Value) > largestProduct {
		return g.node(Pow, a, b)
	}
	whole := math.Floor(math.Abs(b.Value))
	var p *Node
	switch math.Abs(b.Value) - whole {
	case 0:
		p = g.product(a, int(whole))
	case 0.5:
		p = g.Make(Mul, g.product(a, int(whole)), g.Make(Sqrt, a))
	default:
		return g.node(Pow, a, b)
	}
	if b.Value < 0 {
		return g.Make(Div, g.Const(1), p)
	}
	return p
}

// product returns a^n by repeated squaring.
func (g *Graph) product(a *Node, n int) *Node {
	switch {
	case n == 0:
		return g.Const(1)
	case n == 1:
		return a
	case n%2 == 0:
		half := g.product(a, n/2)
		return g.Make(Mul, half, half)
	}
	return g.Make(Mul, a, g.product(a, n-1))
}

func (g *Graph) comparison(op Op, a, b *Node) *Node {
	if a == b {
		return g.Const(apply(op, []float64{0, 0}))
	}
	if op == Eq || op == Ne {
		return g.commuted(op, a, b)
	}
	return g.node(op, a, b)
}

func (g *Graph) logic(op Op, args []*Node) *Node {
	if op == Not {
		if x := args[0]; x.Op == Not && isTruth(x.Args[0]) {
			return x.Args[0]
		}
		return g.node(Not, args[0])
	}
	a, b := args[0], args[1]
	if a.Op == Const {
		a, b = b, a
	}
	switch {
	case b.Op == Const && (b.Value != 0) == (op == Or):
		return g.Const(apply(op, []float64{b.Value, b.Value}))
	case b.Op == Const || a == b:
		return g.truth(a)
	}
	return g.commuted(op, a, b)
}

// isTruth reports whether n can only be 0 or 1.
func isTruth(n *Node) bool {
	return n.Op >= Lt && n.Op <= Not || n.Op == Const && (n.Value == 0 || n.Value == 1)
}

// truth returns 1 where n is not 0, else 0.
func (g *Graph) truth(n *Node) *Node {
	if isTruth(n) {
		return n
	}
	return g.Make(Ne, n, g.Const(0))
}

func (g *Graph) where(condition, a, b *Node) *Node {
	switch {
	case a == b:
		return a
	case condition.Op == Const && condition.Value != 0:
		return a
	case condition.Op == Const:
		return b
	case condition.Op == Not:
		return g.where(condition.Args[0], b, a)
	}
	return g.node(Where, condition, a, b)
}
