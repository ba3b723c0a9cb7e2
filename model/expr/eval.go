package expr

import (
	"fmt"
	"math"
)

// operations names the operations as they are written, with the number of their arguments.
var operations = [...]struct {
	name  string
	arity int
}{
	Const: {"", 0}, Var: {"", 0},
	Add: {"+", 2}, Sub: {"-", 2}, Mul: {"*", 2}, Div: {"/", 2}, Neg: {"-", 1}, Pow: {"^", 2},
	Exp: {"exp", 1}, Log: {"log", 1}, Sqrt: {"sqrt", 1},
	Sin: {"sin", 1}, Cos: {"cos", 1}, Tan: {"tan", 1}, Sinh: {"sinh", 1}, Cosh: {"cosh", 1}, Tanh: {"tanh", 1},
	Asin: {"asin", 1}, Acos: {"acos", 1}, Atan: {"atan", 1}, Atan2: {"atan2", 2},
	Erf: {"erf", 1}, Erfc: {"erfc", 1},
	Abs: {"abs", 1}, Floor: {"floor", 1}, Ceil: {"ceil", 1}, Sign: {"sign", 1}, Mod: {"mod", 2},
	Min: {"min", 2}, Max: {"max", 2},
	Lt: {"<", 2}, Le: {"<=", 2}, Eq: {"==", 2}, Ne: {"!=", 2},
	And: {"and", 2}, Or: {"or", 2}, Not: {"not", 1},
	Where: {"where", 3},
}

// String gives the operation as it is written in an expression.
func (op Op) String() string {
	if op <= Var || int(op) >= len(operations) {
		return fmt.Sprintf("operation %d", uint8(op))
	}
	return operations[op].name
}

// Eval computes nodes in float64; leaf gives the values of the leaves, each asked once.
func Eval(nodes []*Node, leaf func(name string) float64) []float64 {
	return Compile(nodes).Eval(leaf)
}

// Program is some nodes with all that they rest on, in order: made once, evaluated for many values of the leaves. Any
// number of goroutines may evaluate it at a time. The zero value computes nothing.
type Program struct {
	order   []*Node
	args    []int // places of the arguments of order[0], order[1], ..., one after the other
	results []int // places of the nodes asked for
}

// Compile puts nodes and all that they rest on in order.
func Compile(nodes []*Node) *Program {
	p := &Program{order: Order(nodes...)}
	place := make(map[*Node]int, len(p.order))
	for i, n := range p.order {
		place[n] = i
		for _, a := range n.Args {
			p.args = append(p.args, place[a])
		}
	}
	for _, n := range nodes {
		p.results = append(p.results, place[n])
	}
	return p
}

// Eval computes the nodes in float64; leaf gives the values of the leaves, each asked once.
func (p *Program) Eval(leaf func(name string) float64) []float64 {
	values := make([]float64, len(p.order))
	var args [3]float64
	next := 0
	for at, n := range p.order {
		switch n.Op {
		case Const:
			values[at] = n.Value
		case Var:
			values[at] = leaf(n.Name)
		default:
			for i := range n.Args {
				args[i] = values[p.args[next+i]]
			}
			next += len(n.Args)
			values[at] = apply(n.Op, args[:len(n.Args)])
		}
	}
	results := make([]float64, len(p.results))
	for i, at := range p.results {
		results[i] = values[at]
	}
	return results
}

// apply computes one operation.
func apply(op Op, x []float64) float64 {
	switch op {
	case Add:
		return x[0] + x[1]
	case Sub:
		return x[0] - x[1]
	case Mul:
		return x[0] * x[1]
	case Div:
		return x[0] / x[1]
	case Neg:
		return -x[0]
	case Mod:
		return modulo(x[0], x[1])
	case Where:
		if x[0] != 0 {
			return x[1]
		}
		return x[2]
	case Sign:
		return truth(x[0] > 0) - truth(x[0] < 0)
	case Lt:
		return truth(x[0] < x[1])
	case Le:
		return truth(x[0] <= x[1])
	case Eq:
		return truth(x[0] == x[1])
	case Ne:
		return truth(x[0] != x[1])
	case And:
		return truth(x[0] != 0 && x[1] != 0)
	case Or:
		return truth(x[0] != 0 || x[1] != 0)
	case Not:
		return truth(x[0] == 0)
	case Pow:
		return math.Pow(x[0], x[1])
	case Atan2:
		return math.Atan2(x[0], x[1])
	case Min:
		return math.Min(x[0], x[1])
	case Max:
		return math.Max(x[0], x[1])
	}
	return function(op)(x[0])
}

// function returns the plain function of one argument that op stands for.
func function(op Op) func(float64) float64 {
	switch op {
	case Exp:
		return math.Exp
	case Log:
		return math.Log
	case Sqrt:
		return math.Sqrt
	case Sin:
		return math.Sin
	case Cos:
		return math.Cos
	case Tan:
		return math.Tan
	case Sinh:
		return math.Sinh
	case Cosh:
		return math.Cosh
	case Tanh:
		return math.Tanh
	case Asin:
		return math.Asin
	case Acos:
		return math.Acos
	case Atan:
		return math.Atan
	case Erf:
		return math.Erf
	case Erfc:
		return math.Erfc
	case Abs:
		return math.Abs
	case Floor:
		return math.Floor
	case Ceil:
		return math.Ceil
	}
	panic(fmt.Sprintf("expr: no function for operation %d", op))
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// modulo is x - y floor(x/y), of the sign of y, rounded correctly as long as the quotient has all its digits. Where x/y is
// rounded up to a whole number the quotient is one too large.
func modulo(x, y float64) float64 {
	r := math.FMA(-y, math.Floor(x/y), x)
	if r < 0 && y > 0 || r > 0 && y < 0 {
		r += y
	}
	return r
}
