package codegen_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"brainsweep/codegen"
	"brainsweep/fault"
	"brainsweep/model/expr"
)

// TestFoldKeepsTheValue evaluates random graphs before and after folding. The interpreter is the oracle.
func TestFoldKeepsTheValue(t *testing.T) {
	const graphs, size = 3000, 40
	parameters, states := []string{"p", "q"}, []string{"x", "y", "z"}
	compared := 0
	for seed := range uint64(graphs) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := expr.NewGraph()
		var leaves []*expr.Node
		for _, name := range append(parameters, states...) {
			leaves = append(leaves, g.Var(name))
		}
		before := randomNodes(r, g, leaves, size)
		after := codegen.Folded(g, parameters, before...)
		values := map[string]float64{}
		leaf := func(name string) float64 {
			if _, ok := values[name]; !ok {
				values[name] = 4*r.Float64() - 2
			}
			return values[name]
		}
		// Sums are put in another order: what cancels leaves an error of the size of the terms.
		scale := 0.0
		for _, v := range expr.Eval(expr.Order(before...), leaf) {
			scale = math.Max(scale, math.Abs(v))
		}
		want, have := expr.Eval(before, leaf), expr.Eval(after, leaf)
		for i := range want {
			if math.IsNaN(want[i]) || math.IsInf(scale, 0) || scale > 1e6 {
				continue
			}
			compared++
			if !(math.Abs(have[i]-want[i]) <= 1e-9*scale) {
				t.Errorf("graph %d: %v = %v became %v = %v", seed, before[i], want[i], after[i], have[i])
			}
		}
	}
	if compared < graphs {
		t.Errorf("only %d values were compared", compared)
	}
}

// randomNodes makes expressions of sums and products over the leaves, with a function here and there, and much in
// common.
func randomNodes(r *rand.Rand, g *expr.Graph, leaves []*expr.Node, size int) []*expr.Node {
	pool := append([]*expr.Node{g.Const(0.5), g.Const(-2), g.Const(3)}, leaves...)
	pick := func() *expr.Node { return pool[r.IntN(len(pool))] }
	for range size {
		a, b := pick(), pick()
		var n *expr.Node
		switch r.IntN(12) {
		case 0, 1, 2:
			n = g.Make(expr.Add, a, b)
		case 3, 4:
			n = g.Make(expr.Sub, a, b)
		case 5, 6, 7:
			n = g.Make(expr.Mul, a, b)
		case 8:
			n = g.Make(expr.Div, a, g.Make(expr.Add, g.Make(expr.Mul, b, b), g.Const(1)))
		case 9:
			n = g.Make(expr.Neg, a)
		case 10:
			n = g.Make(expr.Where, g.Make(expr.Lt, a, b), a, g.Make(expr.Mul, a, b))
		default:
			op := []expr.Op{expr.Tanh, expr.Erfc, expr.Sin, expr.Atan}[r.IntN(4)]
			n = g.Make(op, g.Make(expr.Tanh, a))
		}
		pool = append(pool, n)
	}
	return pool[len(pool)-3:]
}

// TestFoldGathersConstants: what depends on parameters alone meets in one factor, so that the host computes it.
func TestFoldGathersConstants(t *testing.T) {
	for _, c := range []struct{ about, value, want string }{
		{"factors of a product", "p*x*(q*y)", "p*q*(x*y)"},
		{"a quotient by a parameter", "x/p", "1/p*x"},
		{"like terms", "p*x + q*x", "(p + q)*x"},
		{"a factor of all terms", "p*x + p*y", "p*(x + y)"},
		{"terms that cancel", "p*x - x*p", "0"},
	} {
		t.Run(c.about, func(t *testing.T) {
			g := expr.NewGraph()
			scope := expr.Scope{Value: func(name string) *expr.Node { return g.Var(name) }}
			folded := codegen.Folded(g, []string{"p", "q"}, build(t, g, scope, c.value))[0]
			if want := build(t, g, scope, c.want); folded != want {
				t.Errorf("%s became %s, want %s", c.value, folded, want)
			}
		})
	}
}

func build(t *testing.T, g *expr.Graph, s expr.Scope, text string) *expr.Node {
	t.Helper()
	e, err := expr.Parse(fault.Pos{}, text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := e.Build(g, s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
