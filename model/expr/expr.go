// Package expr is the language of models: it parses, checks, prints, evaluates and differentiates expressions.
//
// Text becomes an Expr (Parse), which remembers what was written and where. An Expr becomes a Node of a Graph
// (Build) once its names have a meaning. A graph knows each distinct value once, whichever equation it came from:
// what two equations, or a function and its derivatives, have in common is computed once.
//
// The language, from what binds weakest to what binds strongest:
//
//	a or b     a and b     not a                  0 is false, all else is true; the result is 0 or 1
//	a < b   a <= b   a > b   a >= b   a == b   a != b
//	a + b   a - b
//	a*b   a/b   -a
//	a^b                                           from the right: a^b^c is a^(b^c), -a^2 is -(a^2)
//	where(condition, a, b)                        a where the condition is true, else b
//	exp log sqrt sin cos tan sinh cosh tanh asin acos atan erf erfc abs floor ceil sign   of (a)
//	atan2 mod min max                             of (a, b)
//	f(a, b)                                       a function of the model's own
//	diff(f(a, b), a)   diff(f(a, b), a, b)        its exact partial derivatives
//	msum(a)   modes(a, b, c)                      in models with modes: the sum over them, and a value for each
//	1.5e-3   pi   inf   name   (a)   # comment
//
// diff differentiates by arguments of the call, named as they stand there, and holds all else fixed, also what the
// body of f uses besides its arguments.
package expr

import (
	"math"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// Expr is an expression as it was written: local definitions and a value. The zero Expr is missing.
type Expr struct {
	locals []local
	value  *term
}

// local is a line `name = value` of a block.
type local struct {
	name  string
	pos   fault.Pos
	value *term
}

// term is a part of an expression: a number, a name, a call (args is not nil) or an operator.
type term struct {
	pos   fault.Pos
	kind  kind
	text  string
	value float64
	args  []*term
	depth int // of the tree below and including this term
}

// The levels at which operators bind, the weakest first.
const (
	levelOr = 1 + iota
	levelAnd
	levelNot
	levelComparison
	levelSum
	levelProduct
	levelPower
	levelAtom
)

// binaries are the operators between two operands.
var binaries = map[string]struct {
	level int
	op    Op
	swap  bool // of the operands
}{
	"or": {levelOr, Or, false}, "and": {levelAnd, And, false},
	"<": {levelComparison, Lt, false}, "<=": {levelComparison, Le, false},
	">": {levelComparison, Lt, true}, ">=": {levelComparison, Le, true},
	"==": {levelComparison, Eq, false}, "!=": {levelComparison, Ne, false},
	"+": {levelSum, Add, false}, "-": {levelSum, Sub, false},
	"*": {levelProduct, Mul, false}, "/": {levelProduct, Div, false},
	"^": {levelPower, Pow, false},
}

// Missing reports whether there is no expression.
func (e Expr) Missing() bool { return e.value == nil }

// Pos is where the expression's value stands.
func (e Expr) Pos() fault.Pos {
	if e.value == nil {
		return fault.Pos{}
	}
	return e.value.first()
}

// first is the place of the leftmost part of a term.
func (t *term) first() fault.Pos {
	for t.kind == symbol && len(t.args) == 2 {
		t = t.args[0]
	}
	return t.pos
}

// String gives the expression in one form, whatever the spacing and brackets it was written with; a block has a line
// for each local definition. Parsed again, it is the same expression.
func (e Expr) String() string {
	if e.value == nil {
		return ""
	}
	var b strings.Builder
	for _, l := range e.locals {
		b.WriteString(l.name + " = ")
		l.value.write(&b, 1)
		b.WriteString("\n")
	}
	e.value.write(&b, 1)
	return b.String()
}

// level is how strongly the parts of a term hold together.
func (t *term) level() int {
	switch {
	case t.kind != symbol:
		return levelAtom
	case t.text == "not":
		return levelNot
	case len(t.args) == 1: // a sign: -a*b
		return levelProduct
	}
	return binaries[t.text].level
}

// write prints a term, in brackets if it binds weaker than least.
func (t *term) write(b *strings.Builder, least int) {
	level := t.level()
	if level < least {
		b.WriteString("(")
		defer b.WriteString(")")
	}
	switch {
	case t.kind == number:
		b.WriteString(Number(t.value))
	case t.kind == name && t.args == nil:
		b.WriteString(t.text)
	case t.kind == name:
		b.WriteString(t.text + "(")
		for i, a := range t.args {
			if i > 0 {
				b.WriteString(", ")
			}
			a.write(b, 1)
		}
		b.WriteString(")")
	case t.text == "not":
		b.WriteString("not ")
		t.args[0].write(b, level)
	case len(t.args) == 1:
		b.WriteString("-")
		t.args[0].write(b, level)
	case len(t.args) == 2:
		t.writeBinary(b, level)
	}
}

func (t *term) writeBinary(b *strings.Builder, level int) {
	left, right, space := level, level+1, " "
	switch level {
	case levelProduct:
		space = ""
	case levelPower:
		left, right, space = levelAtom, level, ""
	case levelComparison:
		left = level + 1
	}
	t.args[0].write(b, left)
	b.WriteString(space + t.text + space)
	t.args[1].write(b, right)
}

// Number prints v in its shortest form that reads back as v: 0.1, 1e-6, inf.
func Number(v float64) string {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, 64), "+"))
	}
	text := strconv.FormatFloat(v, 'g', -1, 64)
	mantissa, exponent, scientific := strings.Cut(text, "e")
	if !scientific {
		return text
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "e" + sign + strings.TrimLeft(exponent, "+-0")
}
