package expr_test

import (
	"testing"

	"brainsweep/model/expr"
)

func TestSymmetricSecondDerivativesAreOneNode(t *testing.T) {
	g := expr.NewGraph()
	x, y := g.Var("x"), g.Var("y")
	f := g.Make(expr.Erfc, g.Make(expr.Div, g.Make(expr.Mul, x, g.Make(expr.Sqrt, y)), g.Make(expr.Add, x, y)))
	xy, yx := g.Diff(g.Diff(f, x), y), g.Diff(g.Diff(f, y), x)
	values := expr.Eval([]*expr.Node{xy, yx}, func(string) float64 { return 1.25 })
	if d := values[0] - values[1]; d > 1e-14 || d < -1e-14 {
		t.Errorf("mixed derivatives differ: %v and %v", values[0], values[1])
	}
}
