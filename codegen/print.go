package codegen

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"brainsweep/model/expr"
)

// Precedence of a printed text, rising with the strength of its outermost operator.
const (
	precSum = iota + 1
	precProduct
	precUnary
	precAtom
)

// calls are the functions of the numerics (kernel/math.c) by operation.
var calls = map[expr.Op]string{
	expr.Exp: "exp", expr.Log: "log", expr.Sqrt: "sqrt", expr.Sin: "sin", expr.Cos: "cos", expr.Tan: "tan",
	expr.Sinh: "sinh", expr.Cosh: "cosh", expr.Tanh: "tanh", expr.Asin: "asin", expr.Acos: "acos",
	expr.Atan: "atan", expr.Atan2: "atan2", expr.Erf: "erf", expr.Abs: "abs", expr.Floor: "floor",
	expr.Ceil: "ceil", expr.Sign: "sign", expr.Mod: "mod", expr.Min: "min", expr.Max: "max", expr.Pow: "pow",
}

var comparisons = map[expr.Op]string{
	expr.Lt: "<", expr.Le: "<=", expr.Eq: "==", expr.Ne: "!=",
}

// writer prints the values of one C function: each live value that is used more than once becomes a variable.
type writer struct {
	u     *unit
	uses  map[int]int
	done  map[int]string // texts of values that are variables by now
	pairs map[int]bool   // arguments of which both sine and cosine are wanted
	over  map[int]int    // how many values are divided by a value
	lines []string
	next  int
}

// root is a value to be returned as a member of the result.
type root struct {
	field string
	value *expr.Node
}

// function makes a C function of roots. parameters is the text between its parentheses; leaves of the graph are
// printed as u.text says.
func (u *unit) function(about, result, name, parameters string, roots []root) Function {
	w := &writer{u: u, uses: map[int]int{}, done: map[int]string{}, pairs: map[int]bool{}, over: map[int]int{}}
	for i := range roots {
		roots[i].value = u.fold(roots[i].value)
	}
	w.countDivisors(roots)
	sines := map[int]expr.Op{}
	for _, r := range roots {
		w.count(r.value, sines)
	}
	f := Function{About: about, Result: result, Name: name, Parameters: parameters}
	for _, r := range roots {
		text, _ := w.value(r.value)
		f.Returns = append(f.Returns, Field{Field: r.field, Text: text})
	}
	f.Body = w.lines
	return f
}

// count notes how often each live value is used, and which sines come with their cosines.
func (w *writer) count(n *expr.Node, sines map[int]expr.Op) {
	if w.u.classify(n) != live {
		return
	}
	w.uses[n.ID]++
	if w.uses[n.ID] > 1 {
		return
	}
	if n.Op == expr.Sin || n.Op == expr.Cos {
		if other, ok := sines[n.Args[0].ID]; ok && other != n.Op {
			w.pairs[n.Args[0].ID] = true
		}
		sines[n.Args[0].ID] = n.Op
	}
	for _, a := range w.operands(n) {
		w.count(a, sines)
	}
}

// countDivisors notes how many quotients share a divisor.
func (w *writer) countDivisors(roots []root) {
	values := make([]*expr.Node, len(roots))
	for i, r := range roots {
		values[i] = r.value
	}
	for _, n := range expr.Order(values...) {
		if n.Op == expr.Div {
			w.over[n.Args[1].ID]++
		}
	}
}

// operands are the values that n's text names: its arguments, with exceptions for the sake of speed.
// erfc(z) is computed from exp(-z^2), which its derivatives need anyway; a quotient by a constant, or by a value
// that others are divided by too, is a product with the reciprocal; the constant factors of a product are one.
func (w *writer) operands(n *expr.Node) []*expr.Node {
	if z := w.u.roots[n.ID]; z != nil {
		return []*expr.Node{z}
	}
	switch n.Op {
	case expr.Erfc:
		return []*expr.Node{n.Args[0], w.u.gaussians[n.ID]}
	case expr.Mul:
		if s := w.u.scale(n); s.factor.Op != expr.Const || s.factor.Value != 1 {
			return []*expr.Node{s.factor, s.rest}
		}
	case expr.Div:
		if w.asProduct(n) {
			return []*expr.Node{n.Args[0], w.reciprocal(n.Args[1])}
		}
	}
	return n.Args
}

// asProduct tells whether the quotient n is printed as a product with a reciprocal.
func (w *writer) asProduct(n *expr.Node) bool {
	shared := w.u.classify(n.Args[1]) != live || w.over[n.Args[1].ID] > 1
	return shared && n != w.reciprocal(n.Args[1])
}

func (w *writer) reciprocal(n *expr.Node) *expr.Node {
	g := w.u.graph
	return g.Make(expr.Div, g.Const(1), n)
}

// value gives the text of n and its precedence, after writing the lines that it rests on.
func (w *writer) value(n *expr.Node) (string, int) {
	switch w.u.classify(n) {
	case literal:
		return w.literal(n)
	case folded, nodal:
		return w.u.constant(n), precAtom
	}
	if text, ok := w.done[n.ID]; ok {
		return text, precAtom
	}
	if n.Op == expr.Var {
		text, ok := w.u.text[n.Name]
		if !ok {
			panic("codegen: the value " + n.Name + " is not to be had in this function")
		}
		return text, precAtom
	}
	if (n.Op == expr.Sin || n.Op == expr.Cos) && w.pairs[n.Args[0].ID] {
		return w.sineAndCosine(n), precAtom
	}
	text, prec := w.operation(n)
	name, named := w.u.names[n.ID]
	const longest = 150
	if !named && w.uses[n.ID] <= 1 && len(text) < longest {
		return text, prec
	}
	if !named {
		name = fmt.Sprintf("t%d", w.next)
		w.next++
	}
	w.lines = append(w.lines, "const "+w.u.Type+" "+name+" = "+text+";")
	w.done[n.ID] = name
	return name, precAtom
}

// sineAndCosine writes both of one argument at once and gives the one asked for.
func (w *writer) sineAndCosine(n *expr.Node) string {
	arg := n.Args[0]
	text, _ := w.value(arg)
	s, c := fmt.Sprintf("sin%d", w.next), fmt.Sprintf("cos%d", w.next)
	w.next++
	w.lines = append(w.lines, fmt.Sprintf("%s %s, %s; %ssincos(%s, &%s, &%s);", w.u.Type, s, c, w.u.calls, text, s, c))
	w.done[w.u.graph.Make(expr.Sin, arg).ID] = s
	w.done[w.u.graph.Make(expr.Cos, arg).ID] = c
	return w.done[n.ID]
}

// operation prints one operation on the texts of its operands.
func (w *writer) operation(n *expr.Node) (string, int) {
	args := w.operands(n)
	switch n.Op {
	case expr.Add:
		return w.infix(args, " + ", precSum, precSum), precSum
	case expr.Sub:
		return w.infix(args, " - ", precSum, precProduct), precSum
	case expr.Mul:
		return w.infix(args, " * ", precProduct, precUnary), precProduct
	case expr.Div:
		if w.asProduct(n) {
			return w.infix(args, " * ", precProduct, precUnary), precProduct
		}
		return w.infix(args, " / ", precProduct, precUnary), precProduct
	case expr.Neg:
		return "-" + w.operand(args[0], precUnary), precUnary
	case expr.Erfc:
		return w.u.calls + "erfc_ex(" + w.list(args) + ")", precAtom
	case expr.Where:
		return "(" + w.condition(args[0]) + " ? " + w.operand(args[1], precSum) + " : " + w.operand(args[2], precSum) + ")", precAtom
	case expr.Lt, expr.Le, expr.Eq, expr.Ne, expr.And, expr.Or, expr.Not:
		return "(" + w.u.Type + ")" + w.condition(n), precUnary
	}
	if w.u.roots[n.ID] != nil {
		return w.u.calls + "exp_neg_square(" + w.list(args) + ")", precAtom
	}
	call, ok := calls[n.Op]
	if !ok {
		panic(fmt.Sprintf("codegen: no C for operation %d", n.Op))
	}
	return w.u.calls + call + "(" + w.list(args) + ")", precAtom
}

// condition prints a value that is asked for as true or false, in parentheses and without jumps.
func (w *writer) condition(n *expr.Node) string {
	if op, ok := comparisons[n.Op]; ok {
		return "(" + w.operand(n.Args[0], precSum) + " " + op + " " + w.operand(n.Args[1], precSum) + ")"
	}
	switch n.Op {
	case expr.And:
		return "(" + w.condition(n.Args[0]) + " & " + w.condition(n.Args[1]) + ")"
	case expr.Or:
		return "(" + w.condition(n.Args[0]) + " | " + w.condition(n.Args[1]) + ")"
	case expr.Not:
		return "(!" + w.condition(n.Args[0]) + ")"
	}
	return "(" + w.operand(n, precSum) + " != 0)"
}

func (w *writer) infix(args []*expr.Node, op string, left, right int) string {
	l := w.operand(args[0], left)
	return l + op + w.operand(args[1], right)
}

// operand prints n so that it may stand where precedence at least is wanted.
func (w *writer) operand(n *expr.Node, least int) string {
	text, prec := w.value(n)
	if prec < least {
		return "(" + text + ")"
	}
	return text
}

func (w *writer) list(args []*expr.Node) string {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i], _ = w.value(a)
	}
	return strings.Join(texts, ", ")
}

// literal prints a value without leaves.
func (w *writer) literal(n *expr.Node) (string, int) {
	v := expr.Eval([]*expr.Node{n}, nil)[0]
	if v < 0 {
		return "-" + number(-v, w.u.suffix), precUnary
	}
	return number(v, w.u.suffix), precAtom
}

// number is a C literal that reads back as v exactly.
func number(v float64, suffix string) string {
	switch {
	case math.IsInf(v, 1):
		return "(1.0" + suffix + " / 0.0" + suffix + ")"
	case math.IsNaN(v):
		return "(0.0" + suffix + " / 0.0" + suffix + ")"
	}
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s + suffix
}
