package expr_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"brainsweep/model/expr"
)

// slope estimates f'(x) by Richardson's extrapolation of central differences (Ridders 1982), with its error.
func slope(f func(float64) float64, x float64) (estimate, deviation float64) {
	const rows, shrink = 10, 1.4
	var table [rows][rows]float64
	h := 0.05
	deviation = math.Inf(1)
	for i := range rows {
		table[0][i] = (f(x+h) - f(x-h)) / (2 * h)
		weight := shrink * shrink
		for j := 1; j <= i; j++ {
			table[j][i] = (table[j-1][i]*weight - table[j-1][i-1]) / (weight - 1)
			weight *= shrink * shrink
			d := math.Max(math.Abs(table[j][i]-table[j-1][i]), math.Abs(table[j][i]-table[j-1][i-1]))
			if d <= deviation {
				deviation, estimate = d, table[j][i]
			}
		}
		h /= shrink
	}
	return estimate, deviation
}

// at evaluates n at x, y, z.
func at(n *expr.Node, x, y, z float64) float64 {
	return expr.Eval([]*expr.Node{n}, func(name string) float64 {
		return map[string]float64{"x": x, "y": y, "z": z}[name]
	})[0]
}

func TestDiffAgainstFiniteDifferences(t *testing.T) {
	const accurate = 1e-7 // relative; of the estimate, whose own error is asked to be ten times smaller
	checked := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		g := expr.NewGraph()
		v := []*expr.Node{g.Var("x"), g.Var("y"), g.Var("z")}
		f := randomNode(r, g, v, 4+r.IntN(30))
		x, y, z := 2*r.Float64()-1, 2*r.Float64()-1, 2*r.Float64()-1
		dx := g.Diff(f, v[0])
		for _, c := range []struct {
			name string
			got  *expr.Node
			f    func(float64) float64
			at   float64
		}{
			{"d/dx", dx, func(x float64) float64 { return at(f, x, y, z) }, x},
			{"d/dy", g.Diff(f, v[1]), func(y float64) float64 { return at(f, x, y, z) }, y},
			{"d2/dx2", g.Diff(dx, v[0]), func(x float64) float64 { return at(dx, x, y, z) }, x},
			{"d2/dxdz", g.Diff(dx, v[2]), func(z float64) float64 { return at(dx, x, y, z) }, z},
		} {
			want, deviation := slope(c.f, c.at)
			got := at(c.got, x, y, z)
			scale := 1 + math.Abs(want)
			if !(deviation < accurate/10*scale) {
				continue
			}
			checked++
			if !(math.Abs(got-want) < accurate*scale) {
				t.Errorf("seed %d, %s: %v, want %v +- %g\nof %v", seed, c.name, got, want, deviation, f)
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d derivatives could be checked", checked)
	}
}

func TestDiffRules(t *testing.T) {
	for _, c := range []struct{ of, want string }{
		{"x", "1"},
		{"y", "0"},
		{"x^2", "2*x"},
		{"x^3", "3*x^2"},
		{"x*y + x", "y + 1"},
		{"exp(-x)", "-exp(-x)"},
		{"log(x)", "1/x"},
		{"sqrt(x)", "0.5*(1/sqrt(x))"},
		{"1/x", "-(1/x)/x"},
		{"abs(x)", "sign(x)"},
		{"floor(x) + ceil(x) + sign(x)", "0"},
		{"mod(x, y)", "1"},
		{"mod(y, x)", "-floor(y/x)"},
		{"max(x, y)", "where(x < y, 0, 1)"},
		{"min(x^2, y)", "where(x^2 < y, 2*x, 0)"},
		{"where(x < 0, x^2, y*x)", "where(x < 0, 2*x, y)"},
		{"(x < y) + (not x)", "0"},
		{"x^y", "y*x^(y - 1)"},
		{"y^x", "y^x*log(y)"},
		{"atan2(x, y)", "y/(x^2 + y^2)"},
	} {
		g := expr.NewGraph()
		got, want := g.Diff(build(t, g, c.of), g.Var("x")), build(t, g, c.want)
		if simple := at(got, 0.7, 1.3, 0) - at(want, 0.7, 1.3, 0); math.Abs(simple) > 1e-15 {
			t.Errorf("d/dx %s is %v, want %v", c.of, got, want)
		}
		if got.Op == expr.Const && got != want {
			t.Errorf("d/dx %s is %v, want %v", c.of, got, want)
		}
	}
}

// The exponential in the slope of erfc must be one node in all derivatives.
func TestDerivativesShareTheirExponential(t *testing.T) {
	g := expr.NewGraph()
	x := g.Var("x")
	f := build(t, g, "erfc(3*x^2 + x)/(x + 2)")
	dx := g.Diff(f, x)
	exps, divisors := 0, map[*expr.Node]bool{}
	for _, n := range expr.Order(f, dx, g.Diff(dx, x)) {
		if n.Op == expr.Exp {
			exps++
		}
		if n.Op == expr.Div {
			divisors[n.Args[1]] = true
		}
	}
	if exps != 1 || len(divisors) != 1 {
		t.Errorf("%d exponentials and %d divisors, want 1 and 1", exps, len(divisors))
	}
}
