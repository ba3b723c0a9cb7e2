package expr_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// randomFunction makes a function of x and y that also rests on z, with branches.
func randomFunction(r *rand.Rand, g *expr.Graph) *expr.Function {
	x, y, z := g.Var("x"), g.Var("y"), g.Var("z")
	a := randomNode(r, g, []*expr.Node{x, y, z}, 4+r.IntN(40))
	b := randomNode(r, g, []*expr.Node{x, y, a}, 2+r.IntN(10))
	if r.IntN(2) == 0 {
		b = g.Make(expr.Where, g.Make(expr.Lt, x, g.Make(expr.Sin, y)), g.Make(expr.Mul, a, b), g.Make(expr.Max, a, b))
	}
	return &expr.Function{Name: "f", Args: []*expr.Node{x, y}, Body: b}
}

// The derivatives by parts and by forms must be those of the rules, operation by operation.
func TestFunctionDerivativesAreThoseOfTheRules(t *testing.T) {
	const accurate = 1e-9 // the two ways round differently; there is no other difference
	checked := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 3))
		g := expr.NewGraph()
		f := randomFunction(r, g)
		x, y := f.Args[0], f.Args[1]
		dx, dy := g.Diff(f.Body, x), g.Diff(f.Body, y)
		xx, xy, yy := g.Diff(dx, x), g.Diff(dx, y), g.Diff(dy, y)
		p, q, s := g.Var("p"), g.Var("q"), g.Var("s")
		weighted := g.Make(expr.Add, g.Make(expr.Add, g.Make(expr.Mul, p, xx), g.Make(expr.Mul, q, xy)), g.Make(expr.Mul, s, yy))
		got := []*expr.Node{
			f.Diff(g, []int{0}, x, y), f.Diff(g, []int{1}, x, y), f.Diff(g, []int{0, 0}, x, y), f.Diff(g, []int{1, 0}, x, y), f.Diff(g, []int{1, 1}, x, y),
			f.Form(g, []expr.Curvature{{I: 0, J: 0, Weight: p}, {I: 1, J: 0, Weight: q}, {I: 1, J: 1, Weight: s}}, x, y),
			f.Diff(g, []int{1, 0, 0}, x, y),
		}
		want := []*expr.Node{dx, dy, xx, xy, yy, weighted, g.Diff(xx, y)}
		values := map[string]float64{}
		for _, name := range []string{"x", "y", "z", "p", "q", "s"} {
			values[name] = 2*r.Float64() - 1
		}
		all := expr.Eval(append(got, want...), func(name string) float64 { return values[name] })
		for k := range got {
			g, w := all[k], all[len(got)+k]
			if math.IsNaN(w) || math.Abs(w) > 1e12 {
				continue
			}
			checked++
			if !(math.Abs(g-w) <= accurate*(1+math.Abs(w))) {
				t.Errorf("seed %d, derivative %d: %v, want %v, of %v", seed, k, g, w, f.Body)
			}
		}
	}
	if checked < 2000 {
		t.Errorf("only %d derivatives could be compared", checked)
	}
}

// transfer is a function with a body like that of a mean field.
const transfer = `
	g = 1 + a*x + b*y
	m = (a*c*x - b*y - z)/g
	u = x*(c - m)^2/(1 + 1/g) + y*m^2/(2 + 1/g)
	s = sqrt(u)/g
	w = (x + y)/u
	erfc((m^2 + s*w + m*w - m)/s)/w`

func parseFunction(t *testing.T, g *expr.Graph, text string, args ...string) *expr.Function {
	t.Helper()
	e, err := expr.Parse(fault.Pos{}, strings.TrimSpace(strings.ReplaceAll(text, "\n\t", "\n")))
	if err != nil {
		t.Fatal(err)
	}
	f, err := e.BuildFunction(g, "f", args, expr.Scope{Value: func(name string) *expr.Node { return g.Var(name) }})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// buildWith builds text, in which f is a function and all other names are leaves.
func buildWith(t *testing.T, g *expr.Graph, f *expr.Function, text string) *expr.Node {
	t.Helper()
	e, err := expr.Parse(fault.Pos{}, text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := e.Build(g, expr.Scope{
		Value: func(name string) *expr.Node { return g.Var(name) },
		Function: func(name string) *expr.Function {
			if name == "f" {
				return f
			}
			return nil
		},
	})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// However second derivatives are combined, the value is that of the rules.
func TestSecondDerivativesInExpressions(t *testing.T) {
	const accurate = 1e-11
	values := map[string]float64{"x": 0.8, "y": 0.5, "z": 0.1, "a": 1.3, "b": 0.7, "c": 2.5, "p": 0.4, "q": -0.3, "s": 0.9}
	for _, text := range []string{
		"p*diff(f(x, y), x, x) + q*diff(f(x, y), y, x) + s*diff(f(x, y), y, y)",
		"(f(x, y) - x + (0.5*p*diff(f(x, y), x, x) + q*diff(f(x, y), x, y))/1e3)/s",
		"diff(f(x, y), x, x)*diff(f(x, y), y, y) - diff(f(x, y), x, y)^2",
		"exp(-diff(f(x, y), x, x))",
		"diff(f(x, y), x, x) + p*diff(f(y, x), x, x)",
		"u = diff(f(x, y), x, x) + diff(f(x, y), x, y)\nu + u*diff(f(x, y), x, x)",
		"u = diff(f(x, y), x, x) + s*diff(f(x, y), y, y)\nsin(u) + diff(f(x, y), x, x)",
		"where(p > 0, diff(f(x, y), x, x), diff(f(x, y), y, y))",
		"f(x, diff(f(x, y), x, x)) + diff(f(x, y), x, x)",
		"diff(f(x, diff(f(x, y), x, x)), x, x) + p*diff(f(x, y), x, y)",
		"diff(f(x, y), x, x, y)",
		"floor(1e3*diff(f(x, y), x, x)) + diff(f(x, y), y, y)",
		"(diff(f(x, y), x, x) > 0)*2 + diff(f(x, y), y, y)",
		"diff(f(x, y), x, x)/diff(f(x, y), y, y)",
	} {
		g := expr.NewGraph()
		f := parseFunction(t, g, transfer, "x", "y")
		got := buildWith(t, g, f, text)
		// The same with each derivative by the rules, as functions of their own.
		plain := text
		for _, by := range []string{"x, x", "y, x", "x, y", "y, y", "x, x, y"} {
			plain = strings.ReplaceAll(plain, "diff(f(x, y), "+by+")", "f_"+strings.ReplaceAll(by, ", ", "_"))
		}
		rules := map[string]*expr.Node{}
		at := func(args ...*expr.Node) map[*expr.Node]*expr.Node {
			return map[*expr.Node]*expr.Node{f.Args[0]: args[0], f.Args[1]: args[1]}
		}
		x, y := g.Var("x"), g.Var("y")
		fx, fy := g.Diff(f.Body, f.Args[0]), g.Diff(f.Body, f.Args[1])
		for name, n := range map[string]*expr.Node{
			"f_x_x": g.Diff(fx, f.Args[0]), "f_x_y": g.Diff(fx, f.Args[1]), "f_y_x": g.Diff(fx, f.Args[1]), "f_y_y": g.Diff(fy, f.Args[1]),
			"f_x_x_y": g.Diff(g.Diff(fx, f.Args[0]), f.Args[1]),
		} {
			rules[name] = g.Substitute(n, at(x, y))
		}
		plain = strings.ReplaceAll(plain, "diff(f(y, x), x, x)", "swapped")
		rules["swapped"] = g.Substitute(g.Diff(fy, f.Args[1]), at(y, x))
		plain = strings.ReplaceAll(plain, "diff(f(x, f_x_x), x, x)", "inner")
		rules["inner"] = g.Substitute(g.Diff(fx, f.Args[0]), at(x, rules["f_x_x"]))
		want := buildWith(t, g, f, plain)
		want = g.Substitute(want, func() map[*expr.Node]*expr.Node {
			with := map[*expr.Node]*expr.Node{}
			for name, n := range rules {
				with[g.Var(name)] = n
			}
			return with
		}())
		v := expr.Eval([]*expr.Node{got, want}, func(name string) float64 {
			value, known := values[name]
			if !known {
				t.Errorf("%s: the leaf %q is left over", text, name)
			}
			return value
		})
		if !(math.Abs(v[0]-v[1]) <= accurate*(1+math.Abs(v[1]))) {
			t.Errorf("%s = %v, want %v", text, v[0], v[1])
		}
	}
}

// What a choice does not take may have no derivative at all.
func TestDerivativesOfChoices(t *testing.T) {
	for _, c := range []struct {
		body string
		want float64 // of diff(f, x) and of diff(f, x, x) at x = 0, y = 1
	}{
		{"max(y, sqrt(x))", 0}, {"min(-y, sqrt(x))", 0}, {"where(x > 0, log(x), y)", 0}, {"y*max(sqrt(x), y^2)", 0},
	} {
		g := expr.NewGraph()
		f := parseFunction(t, g, c.body, "x", "y")
		for _, text := range []string{"diff(f(x, y), x)", "diff(f(x, y), x, x)", "diff(f(x, y), x, x) + diff(f(x, y), x, y)"} {
			if got := at(buildWith(t, g, f, text), 0, 1, 0); got != c.want {
				t.Errorf("f = %s: %s = %v, want %v", c.body, text, got, c.want)
			}
		}
	}
}

// A sum of second derivatives costs one quantity per value, not three.
func TestFormsAreSmallerThanTheirTerms(t *testing.T) {
	size := func(text string) int {
		g := expr.NewGraph()
		f := parseFunction(t, g, transfer, "x", "y")
		return len(expr.Order(buildWith(t, g, f, text)))
	}
	form := size("p*diff(f(x, y), x, x) + q*diff(f(x, y), x, y) + s*diff(f(x, y), y, y)")
	terms := size("exp(p*diff(f(x, y), x, x)) + exp(q*diff(f(x, y), x, y)) + exp(s*diff(f(x, y), y, y))")
	if 4*form > 3*terms {
		t.Errorf("the form has %d nodes, its terms %d", form, terms)
	}
	t.Logf("the form has %d nodes, its terms %d", form, terms)
}

func TestSharedDivisions(t *testing.T) {
	for _, c := range []struct {
		text string
		divs int
	}{
		{"x/y", 1},
		{"x/y + z/y", 1},
		{"x/y + z/x", 2},
		{"x/y + z/sqrt(y)", 1},
		{"u = sqrt(x)/y\n1/u + 1/x", 2}, // y is divided by once, in u; 1/u is y sqrt(x)/x
		{"x/3 + y/3", 2},
		{"x/(3*y) + z/y", 2}, // one of them 1/3
	} {
		g := expr.NewGraph()
		before := build(t, g, c.text)
		after := g.ShareDivisions([]*expr.Node{before})[0]
		divs := 0
		for _, n := range expr.Order(after) {
			if n.Op == expr.Div {
				divs++
			}
		}
		a, b := at(before, 0.7, 1.3, 2.1), at(after, 0.7, 1.3, 2.1)
		if math.Abs(a-b) > 1e-14*math.Abs(a) || divs > c.divs {
			t.Errorf("%s becomes %v: %d divisions, value %v, want at most %d, %v", c.text, after, divs, b, c.divs, a)
		}
	}
}
