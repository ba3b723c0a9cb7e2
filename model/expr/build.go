package expr

import (
	"math"
	"slices"

	"brainsweep/fault"
)

// Scope gives the names of an expression their meaning.
type Scope struct {
	Value    func(name string) *Node     // nil where there is no value of that name
	Function func(name string) *Function // nil where there is no function of that name
	Known    []string                    // all names of values and functions, for "did you mean"

	Modes, Mode int                  // how many modes there are, and which one, from 0, is meant here
	In          func(mode int) Scope // the scope in another mode
}

// Function is a user's function: a value over leaves of its own that stand for its arguments.
type Function struct {
	Name string
	Args []*Node
	Body *Node

	expansion *expansion // made when it is first needed
}

// constants that every expression knows.
var constants = map[string]float64{"pi": math.Pi, "inf": math.Inf(1)}

// named holds the operations that are written as calls.
var named = func() map[string]Op {
	all := map[string]Op{}
	for op := Exp; op <= Where; op++ {
		if isLetter(rune(operations[op].name[0])) && !words[operations[op].name] {
			all[operations[op].name] = op
		}
	}
	return all
}()

// advice for names that other languages have.
var advice = map[string]string{
	"ln": "the natural logarithm is log(x)", "log10": "write log(x)/log(10)", "pow": "write a^b", "fabs": "write abs(x)",
	"if": "write where(condition, a, b)", "select": "write where(condition, a, b)", "heaviside": "write where(x > 0, 1, 0)",
	"arctan": "write atan(x)", "arcsin": "write asin(x)", "arccos": "write acos(x)",
	"true": "write 1", "false": "write 0", "e": "write exp(x)", "PI": "write pi",
}

// largestOrder is the highest order of a derivative that diff gives.
const largestOrder = 4

// IsReserved reports whether the language itself uses the name.
func IsReserved(name string) bool {
	_, constant := constants[name]
	_, function := named[name]
	return constant || function || words[name] || name == "diff" || name == "if" || name == modeSum || name == modeValues
}

// Build makes e a node of g. All unknown names and wrong calls are returned together.
func (e Expr) Build(g *Graph, s Scope) (*Node, error) {
	b := newBuilder(g, s, nil)
	n := b.settle(b.build(e))
	return n, b.mistakes.Err()
}

// BuildFunction makes e the body of a function of args.
func (e Expr) BuildFunction(g *Graph, name string, args []string, s Scope) (*Function, error) {
	leaves := map[string]*Node{}
	f := &Function{Name: name}
	for _, a := range args {
		leaf := g.Var(name + "(" + a + ")") // no name of the user's looks like this
		f.Args = append(f.Args, leaf)
		leaves[a] = leaf
	}
	b := newBuilder(g, s, leaves)
	f.Body = b.settle(b.build(e))
	return f, b.mistakes.Err()
}

// Call returns the function's value at args.
func (f *Function) Call(g *Graph, args ...*Node) *Node {
	return f.at(g, f.Body, args)
}

// Diff returns the partial derivative of the function by its arguments of the numbers by, one after the other,
// at args. Whatever else the body uses is held fixed. The order of by does not matter.
func (f *Function) Diff(g *Graph, by []int, args ...*Node) *Node {
	by = slices.Sorted(slices.Values(by))
	if len(by) == 2 {
		return f.Form(g, []Curvature{{by[0], by[1], g.Const(1)}}, args...)
	}
	n := f.Body
	for k, i := range by {
		if k == 0 {
			n = f.expand(g).slope(n, i)
		} else {
			n = g.Diff(n, f.Args[i])
		}
	}
	return f.at(g, n, args)
}

// at puts args in the place of the function's own leaves.
func (f *Function) at(g *Graph, n *Node, args []*Node) *Node {
	with := map[*Node]*Node{}
	for i, a := range f.Args {
		with[a] = args[i]
	}
	return g.Substitute(n, with)
}

// builder turns terms into nodes.
type builder struct {
	g        *Graph
	scope    Scope
	args     map[string]*Node // arguments of the function
	locals   map[string]*Node // the same, and definitions of the block
	block    []local          // those definitions
	seconds  []second
	mistakes fault.List
}

func newBuilder(g *Graph, s Scope, args map[string]*Node) *builder {
	b := &builder{g: g, scope: s, args: args, locals: map[string]*Node{}}
	for name, leaf := range args {
		b.locals[name] = leaf
	}
	return b
}

func (b *builder) build(e Expr) *Node {
	if e.value == nil {
		b.mistakes.Addf(fault.Pos{}, "an expression is missing")
		return b.g.Const(0)
	}
	for _, l := range e.locals {
		value := b.term(l.value)
		switch {
		case IsReserved(l.name):
			b.mistakes.Addf(l.pos, "%q belongs to the language: choose another name", l.name)
		case b.locals[l.name] != nil:
			b.mistakes.Addf(l.pos, "%q is defined twice in this block", l.name)
		default:
			b.locals[l.name] = value
			b.block = append(b.block, l)
		}
	}
	return b.term(e.value)
}

// term makes t a node. After a mistake, any node will do: it goes no further.
func (b *builder) term(t *term) *Node {
	switch {
	case t.kind == number:
		return b.g.Const(t.value)
	case t.kind == name && t.args == nil:
		return b.name(t)
	case t.kind == name && t.text == "diff":
		return b.diff(t)
	case t.kind == name && t.text == modeSum:
		return b.modeSum(t)
	case t.kind == name && t.text == modeValues:
		return b.modeValue(t)
	case t.kind == name:
		return b.call(t)
	case t.kind != symbol:
		return b.g.Const(0)
	}
	args := b.terms(t.args)
	switch {
	case t.text == "not":
		return b.g.Make(Not, args...)
	case len(args) == 1:
		return b.g.Make(Neg, args...)
	}
	o := binaries[t.text]
	if o.swap {
		args[0], args[1] = args[1], args[0]
	}
	return b.g.Make(o.op, args...)
}

func (b *builder) terms(list []*term) []*Node {
	nodes := make([]*Node, len(list))
	for i, t := range list {
		nodes[i] = b.term(t)
	}
	return nodes
}

func (b *builder) name(t *term) *Node {
	if n := b.locals[t.text]; n != nil {
		return n
	}
	if v, known := constants[t.text]; known {
		return b.g.Const(v)
	}
	if n := b.value(t.text); n != nil {
		return n
	}
	if _, known := named[t.text]; known || t.text == "diff" || b.function(t.text) != nil {
		b.mistakes.Addf(t.pos, "%q is a function: write %s(...)", t.text, t.text)
	} else {
		b.unknown(t, "name")
	}
	return b.g.Const(0)
}

func (b *builder) call(t *term) *Node {
	args := b.terms(t.args)
	if op, known := named[t.text]; known {
		if len(args) != operations[op].arity {
			b.mistakes.Addf(t.pos, "%s takes %s, not %d", t.text, arguments(operations[op].arity), len(args))
			return b.g.Const(0)
		}
		return b.g.Make(op, args...)
	}
	if f := b.function(t.text); f != nil {
		if b.matches(t, f) {
			return f.Call(b.g, args...)
		}
		return b.g.Const(0)
	}
	if b.locals[t.text] != nil || b.value(t.text) != nil {
		b.mistakes.Addf(t.pos, "%q is not a function; write %s*(...) to multiply", t.text, t.text)
	} else {
		b.unknown(t, "function")
	}
	return b.g.Const(0)
}

// matches checks the number of arguments in a call of f.
func (b *builder) matches(t *term, f *Function) bool {
	if len(t.args) == len(f.Args) {
		return true
	}
	b.mistakes.Addf(t.pos, "%s takes %s, not %d", t.text, arguments(len(f.Args)), len(t.args))
	return false
}

// diff reads diff(f(a, b), a, b).
func (b *builder) diff(t *term) *Node {
	if len(t.args) < 2 || t.args[0].kind != name || t.args[0].args == nil {
		b.mistakes.Addf(t.pos, "diff is written diff(f(a, b), a): a call of a function, then the arguments to differentiate by")
		return b.g.Const(0)
	}
	call := t.args[0]
	args := b.terms(call.args)
	f := b.function(call.text)
	if f == nil {
		if IsReserved(call.text) {
			b.mistakes.Addf(call.pos, "diff takes a function of the model's own: write a line f(x) = %s(x) and differentiate f", call.text)
		} else {
			b.unknown(call, "function")
		}
		return b.g.Const(0)
	}
	if !b.matches(call, f) {
		return b.g.Const(0)
	}
	by := make([]int, 0, len(t.args)-1)
	for _, v := range t.args[1:] {
		i, found := b.argument(call, v)
		if !found {
			return b.g.Const(0)
		}
		by = append(by, i)
	}
	if len(by) > largestOrder {
		b.mistakes.Addf(t.pos, "diff goes to order %d, not %d", largestOrder, len(by))
		return b.g.Const(0)
	}
	if len(by) == 2 {
		return b.second(f, args, min(by[0], by[1]), max(by[0], by[1]))
	}
	return f.Diff(b.g, by, args...)
}

// argument finds the place of the plain name v among the arguments of call.
func (b *builder) argument(call, v *term) (int, bool) {
	place, times := 0, 0
	for i, a := range call.args {
		if v.kind == name && v.args == nil && a.kind == name && a.args == nil && a.text == v.text {
			place, times = i, times+1
		}
	}
	switch {
	case v.kind != name || v.args != nil:
		b.mistakes.Addf(v.pos, "diff differentiates by plain names, as in diff(%s(x), x)", call.text)
	case times == 0:
		b.mistakes.Addf(v.pos, "%q is not one of the arguments in this call of %s", v.text, call.text)
	case times > 1:
		b.mistakes.Addf(v.pos, "%q is more than one of the arguments in this call of %s, so that the derivative has no clear meaning", v.text, call.text)
	}
	return place, times == 1
}

func (b *builder) value(name string) *Node {
	if b.scope.Value == nil {
		return nil
	}
	return b.scope.Value(name)
}

func (b *builder) function(name string) *Function {
	if b.scope.Function == nil {
		return nil
	}
	return b.scope.Function(name)
}

// unknown notes a name that nobody knows, with the nearest one that somebody does.
func (b *builder) unknown(t *term, what string) {
	if hint, known := advice[t.text]; known {
		b.mistakes.Addf(t.pos, "unknown %s %q: %s", what, t.text, hint)
		return
	}
	known := slices.Clone(b.scope.Known)
	for n := range b.locals {
		known = append(known, n)
	}
	for n := range constants {
		known = append(known, n)
	}
	for n := range named {
		known = append(known, n)
	}
	b.mistakes.Addf(t.pos, "unknown %s %q%s", what, t.text, fault.Suggest(t.text, known))
}

// arguments counts arguments in words.
func arguments(n int) string {
	if n == 1 {
		return "1 argument"
	}
	return Number(float64(n)) + " arguments"
}
