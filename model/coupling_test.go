package model_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// formulas are TVB's coupling functions, as pre(x_i, x_j) and post(sum), written down once more.
var formulas = map[string]struct {
	pre  func(p map[string]float64, xi, xj float64) float64
	post func(p map[string]float64, sum float64) float64
}{
	"linear":     {source, func(p map[string]float64, s float64) float64 { return p["a"]*s + p["b"] }},
	"scaling":    {source, scaled},
	"difference": {func(p map[string]float64, xi, xj float64) float64 { return xj - xi }, scaled},
	"kuramoto":   {func(p map[string]float64, xi, xj float64) float64 { return math.Sin(xj - xi) }, scaled},
	"hyperbolic_tangent": {
		func(p map[string]float64, xi, xj float64) float64 {
			return p["a"] * (1 + math.Tanh((p["b"]*xj-p["midpoint"])/p["sigma"]))
		},
		func(p map[string]float64, s float64) float64 { return s },
	},
	"sigmoidal": {source, func(p map[string]float64, s float64) float64 {
		return p["cmin"] + (p["cmax"]-p["cmin"])/(1+math.Exp(-p["a"]*(s-p["midpoint"])/p["sigma"]))
	}},
	"sigmoidal_jansen_rit": {
		func(p map[string]float64, xi, xj float64) float64 {
			return p["cmin"] + (p["cmax"]-p["cmin"])/(1+math.Exp(p["r"]*(p["midpoint"]-xj)))
		},
		scaled,
	},
	"pre_sigmoidal": { // of one coupled value: a dynamic threshold is then 0
		func(p map[string]float64, xi, xj float64) float64 {
			threshold := p["theta"]
			if p["dynamic"] != 0 {
				threshold = 0
			}
			return p["H"] * (p["Q"] + math.Tanh(p["G"]*(p["P"]*xj-threshold)))
		},
		func(p map[string]float64, s float64) float64 { return s },
	},
}

func source(p map[string]float64, xi, xj float64) float64 { return xj }

func scaled(p map[string]float64, sum float64) float64 { return p["a"] * sum }

// separated computes a coupling term as the program does: each term's sources summed first, then its target, then post.
func separated(t *testing.T, c model.Coupling, p map[string]float64, xi float64, xs, weights []float64) float64 {
	t.Helper()
	g := expr.NewGraph()
	u, v := g.Var("u"), g.Var("v") // the coupled value is a difference of two states
	terms, post, err := c.Build(g, []*expr.Node{g.Make(expr.Sub, u, v)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	at := func(n *expr.Node, x float64) float64 {
		return expr.Eval([]*expr.Node{n}, func(name string) float64 {
			switch name {
			case "u":
				return x + 1.5
			case "v":
				return 1.5
			}
			value, known := p[strings.TrimPrefix(name, "coupling.")]
			if !known || !strings.HasPrefix(name, "coupling.") {
				t.Fatalf("%s: unknown leaf %q", c.Name, name)
			}
			return value
		})[0]
	}
	total := 0.0
	for _, term := range terms {
		sum := 0.0
		for j, x := range xs {
			sum += weights[j] * at(term.Source, x)
		}
		total += at(term.Target, xi) * sum
	}
	return at(post(g.Const(total)), xi)
}

func TestCouplingsAgainstTheirFormulas(t *testing.T) {
	const tolerance = 1e-13
	r := rand.New(rand.NewPCG(1, 1))
	for _, c := range model.Couplings() {
		if c.Own != "" {
			continue // held to TVB's tables
		}
		f, known := formulas[c.Name]
		if !known {
			t.Errorf("no formula for %s", c.Name)
			continue
		}
		for trial := range 20 {
			p := map[string]float64{}
			for _, q := range c.Parameters {
				p[q.Name] = q.Value
				if trial > 0 {
					p[q.Name] = q.Value*(0.5+r.Float64()) + 0.1*r.Float64()
				}
			}
			xi := 4*r.Float64() - 2
			var xs, weights []float64
			sum := 0.0
			for range 5 {
				x, w := 4*r.Float64()-2, r.Float64()
				xs, weights = append(xs, x), append(weights, w)
				sum += w * f.pre(p, xi, x)
			}
			got, want := separated(t, c, p, xi, xs, weights), f.post(p, sum)
			if !(math.Abs(got-want) <= tolerance*(1+math.Abs(want))) {
				t.Errorf("%s: %v, want %v", c.Name, got, want)
			}
		}
	}
}

// Terms and sources: how many sums over the sources a coupling costs.
func TestSeparation(t *testing.T) {
	for _, c := range []struct {
		pre   string
		terms int // -1: cannot be separated
	}{
		{"x_j", 1},
		{"x_i", 1},
		{"3", 1},
		{"x_j - x_i", 2},
		{"a*(x_j - x_i)", 2},
		{"x_i*x_j", 1},
		{"x_j/(1 + x_i^2)", 1},
		{"(x_j - x_i)^2", 3},
		{"sin(x_j - x_i)", 2},
		{"cos(2*x_i + a*x_j - 1)", 2},
		{"sin(x_j - x_i - a) + 0.5*sin(2*(x_j - x_i))", 4},
		{"x_j*tanh(x_i) - tanh(x_i)", 2},
		{"exp(x_j)*(1 - x_i)", 1},
		{"tanh(x_j - x_i)", -1},
		{"sin(x_i*x_j)", -1},
		{"1/(x_i + x_j)", -1},
		{"max(x_i, x_j)", -1},
		{"(x_j - x_i)^8", -1},
	} {
		coupling := model.Coupling{Name: "mine", Pre: c.pre, Post: "sum", Parameters: []model.Parameter{{Name: "a"}}}
		g := expr.NewGraph()
		x := g.Var("x")
		terms, _, err := coupling.Build(g, []*expr.Node{x}, 0)
		if c.terms < 0 {
			if err == nil || !strings.Contains(err.Error(), "cannot be written as a sum of products") {
				t.Errorf("%s: %v, %v", c.pre, terms, err)
			}
			continue
		}
		if err != nil || len(terms) != c.terms {
			t.Errorf("%s: %d terms, want %d: %v, %v", c.pre, len(terms), c.terms, terms, err)
			continue
		}
		p := map[string]float64{"a": 0.3}
		got := separated(t, coupling, p, 0.7, []float64{-0.4}, []float64{1})
		scope := expr.Scope{Value: func(name string) *expr.Node { return g.Var(name) }}
		n := parsed(t, c.pre, g, scope)
		want := expr.Eval([]*expr.Node{n}, func(name string) float64 {
			return map[string]float64{"x_i": 0.7, "x_j": -0.4, "a": 0.3}[name]
		})[0]
		if math.Abs(got-want) > 1e-14 {
			t.Errorf("%s: %v, want %v", c.pre, got, want)
		}
	}
}

func TestBadCouplings(t *testing.T) {
	for _, c := range []struct{ pre, post, want string }{
		{"x_j - y", "b*sum", "coupling mine, post:1:1: unknown name \"b\" (did you mean \"a\"?)\ncoupling mine, pre:1:7: unknown name \"y\" (did you mean \"a\"?)"},
		{"x_j -", "sum", "coupling mine, pre:1:6: expected a value, found the end"},
		{"sum", "x_j", "coupling mine, post:1:1: unknown name \"x_j\" (did you mean \"x_i\"?)\ncoupling mine, pre:1:1: unknown name \"sum\""},
	} {
		coupling := model.Coupling{Name: "mine", Pre: c.pre, Post: c.post, Parameters: []model.Parameter{{Name: "a"}}}
		g := expr.NewGraph()
		if _, _, err := coupling.Build(g, []*expr.Node{g.Var("x")}, 0); err == nil || err.Error() != c.want {
			t.Errorf("%v\nwant\n%s", err, c.want)
		}
	}
	if _, err := model.FindCoupling("linaer"); err == nil || err.Error() != `unknown coupling function "linaer" (did you mean "linear"?)` {
		t.Error(err)
	}
}
