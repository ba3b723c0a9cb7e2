package rateml

import (
	"math"
	"strconv"

	"brainsweep/model/expr"
)

// unsayable are the operations that RateML's expressions do not have and that cannot be put in other words.
var unsayable = map[expr.Op]bool{
	expr.Asin: true, expr.Acos: true, expr.Atan: true, expr.Atan2: true, expr.Erf: true, expr.Erfc: true,
}

// lowering puts values into operations that RateML has: of choices only where.
type lowering struct {
	g    *expr.Graph
	done map[*expr.Node]*expr.Node
}

// value lowers n, which is wanted as a number.
func (l *lowering) value(n *expr.Node) *expr.Node {
	if out := l.done[n]; out != nil {
		return out
	}
	g := l.g
	one, none := g.Const(1), g.Const(0)
	args := make([]*expr.Node, len(n.Args))
	for i, a := range n.Args {
		if n.Op == expr.Where && i == 0 || isTruth(n.Op) && n.Op != expr.Lt && n.Op != expr.Le && n.Op != expr.Eq && n.Op != expr.Ne {
			args[i] = l.truth(a)
		} else {
			args[i] = l.value(a)
		}
	}
	floor := func(x *expr.Node) *expr.Node {
		return g.Make(expr.Neg, g.Make(expr.Ceil, g.Make(expr.Neg, x)))
	}
	out := n
	switch {
	case n.Op == expr.Floor:
		out = floor(args[0])
	case n.Op == expr.Mod:
		out = g.Make(expr.Sub, args[0], g.Make(expr.Mul, args[1], floor(g.Make(expr.Div, args[0], args[1]))))
	case n.Op == expr.Min:
		out = g.Make(expr.Where, g.Make(expr.Lt, args[1], args[0]), args[1], args[0])
	case n.Op == expr.Max:
		out = g.Make(expr.Where, g.Make(expr.Lt, args[0], args[1]), args[1], args[0])
	case n.Op == expr.Sign:
		out = g.Make(expr.Where, g.Make(expr.Lt, none, args[0]), one, g.Make(expr.Where, g.Make(expr.Lt, args[0], none), g.Const(-1), none))
	case isTruth(n.Op):
		out = g.Make(expr.Where, l.truth(n), one, none)
	case len(args) > 0:
		out = g.Make(n.Op, args...)
	}
	l.done[n] = out
	return out
}

// truth lowers n, which is wanted as a condition.
func (l *lowering) truth(n *expr.Node) *expr.Node {
	g := l.g
	switch n.Op {
	case expr.And, expr.Or:
		return g.Make(n.Op, l.truth(n.Args[0]), l.truth(n.Args[1]))
	case expr.Not:
		return l.untruth(n.Args[0])
	case expr.Lt, expr.Le, expr.Eq, expr.Ne:
		return g.Make(n.Op, l.value(n.Args[0]), l.value(n.Args[1]))
	}
	return g.Make(expr.Ne, l.value(n), g.Const(0))
}

// untruth lowers the opposite of a condition: RateML's ~ is that of C, which negates bits.
func (l *lowering) untruth(n *expr.Node) *expr.Node {
	g := l.g
	switch n.Op {
	case expr.And:
		return g.Make(expr.Or, l.untruth(n.Args[0]), l.untruth(n.Args[1]))
	case expr.Or:
		return g.Make(expr.And, l.untruth(n.Args[0]), l.untruth(n.Args[1]))
	case expr.Not:
		return l.truth(n.Args[0])
	case expr.Eq:
		return g.Make(expr.Ne, l.value(n.Args[0]), l.value(n.Args[1]))
	case expr.Ne:
		return g.Make(expr.Eq, l.value(n.Args[0]), l.value(n.Args[1]))
	case expr.Lt, expr.Le: // of numbers: a NaN is neither
		opposite := map[expr.Op]expr.Op{expr.Lt: expr.Le, expr.Le: expr.Lt}[n.Op]
		return g.Make(opposite, l.value(n.Args[1]), l.value(n.Args[0]))
	}
	return g.Make(expr.Eq, l.value(n), g.Const(0))
}

// isTruth tells the operations that give 1 or 0.
func isTruth(op expr.Op) bool { return op >= expr.Lt && op <= expr.Not }

// printer writes values as RateML's expressions; those that have a name are called by it.
type printer struct{ names map[*expr.Node]string }

// How strongly the parts of a text hold together.
const (
	sums = iota + 1
	products
	atoms
)

// text writes a value.
func (p printer) text(n *expr.Node) string {
	text, _ := p.print(n)
	return text
}

// operand writes an argument, in brackets where it holds together less than is needed.
func (p printer) operand(n *expr.Node, strength int) string {
	text, own := p.print(n)
	if own < strength {
		return "(" + text + ")"
	}
	return text
}

func (p printer) print(n *expr.Node) (text string, strength int) {
	if name := p.names[n]; name != "" {
		return name, atoms
	}
	switch n.Op {
	case expr.Const:
		if n.Value < 0 {
			return number(n.Value), sums
		}
		return number(n.Value), atoms
	case expr.Var:
		return n.Name, atoms
	case expr.Add:
		return p.operand(n.Args[0], sums) + " + " + p.operand(n.Args[1], products), sums
	case expr.Sub:
		return p.operand(n.Args[0], sums) + " - " + p.operand(n.Args[1], products), sums
	case expr.Mul:
		return p.operand(n.Args[0], products) + " * " + p.operand(n.Args[1], atoms), products
	case expr.Div:
		return p.operand(n.Args[0], products) + " / " + p.operand(n.Args[1], atoms), products
	case expr.Neg:
		return "-" + p.operand(n.Args[0], atoms), sums
	case expr.Pow:
		return "{" + p.operand(n.Args[0], atoms) + "^" + p.operand(n.Args[1], atoms) + "}", atoms
	}
	return n.Op.String() + "(" + p.text(n.Args[0]) + ")", atoms
}

// condition writes a lowered condition.
func (p printer) condition(n *expr.Node) string {
	switch n.Op {
	case expr.And:
		return "(" + p.condition(n.Args[0]) + ") && (" + p.condition(n.Args[1]) + ")"
	case expr.Or:
		return "(" + p.condition(n.Args[0]) + ") || (" + p.condition(n.Args[1]) + ")"
	case expr.Lt, expr.Le, expr.Eq, expr.Ne:
		return p.operand(n.Args[0], sums) + " " + n.Op.String() + " " + p.operand(n.Args[1], sums)
	}
	return p.text(n) + " != 0"
}

// number writes a number so that it reads back as it is.
func number(v float64) string {
	switch {
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
