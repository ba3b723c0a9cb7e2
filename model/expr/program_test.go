package expr_test

import (
	"testing"

	"brainsweep/model/expr"
)

// A program asks for each leaf once, in every evaluation anew, and keeps nothing between them.
func TestProgram(t *testing.T) {
	g := expr.NewGraph()
	x, y := g.Var("x"), g.Var("y")
	sum := g.Make(expr.Add, x, y)
	p := expr.Compile([]*expr.Node{g.Make(expr.Mul, sum, sum), sum, g.Const(3)})
	for _, at := range []float64{1, -2} {
		asked := map[string]int{}
		have := p.Eval(func(name string) float64 {
			asked[name]++
			return map[string]float64{"x": at, "y": 4}[name]
		})
		want := []float64{(at + 4) * (at + 4), at + 4, 3}
		for i := range want {
			if have[i] != want[i] {
				t.Errorf("x = %v: value %d is %v, want %v", at, i, have[i], want[i])
			}
		}
		if asked["x"] != 1 || asked["y"] != 1 {
			t.Errorf("leaves were asked %v times", asked)
		}
	}
	if got := (&expr.Program{}).Eval(nil); len(got) != 0 {
		t.Errorf("a program of nothing gives %v", got)
	}
}
