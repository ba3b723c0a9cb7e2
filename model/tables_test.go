package model_test

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"unicode"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// ours makes our name of TVB's: HyperbolicTangent is hyperbolic_tangent.
func ours(name string) string {
	var b strings.Builder
	for i, c := range name {
		if unicode.IsUpper(c) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatal(err)
	}
}

// TestCouplingsAgainstTVB compares whole networks with delays.
func TestCouplingsAgainstTVB(t *testing.T) {
	var table struct {
		W      [][]float64
		Delays [][]int `json:"idelays"`
		Cases  []struct {
			Coupling   string
			Parameters map[string]float64
			History    [][][]float64
			Result     [][]float64
		}
	}
	readJSON(t, "testdata/coupling.json", &table)
	for _, c := range table.Cases {
		coupling, err := model.FindCoupling(ours(c.Coupling))
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range c.Result {
			g := expr.NewGraph()
			var values []*expr.Node
			for v := range c.History[0] {
				values = append(values, g.Var(model.CouplingTermName(v)))
			}
			terms, post, err := coupling.Build(g, values, k)
			if err != nil {
				t.Fatal(err)
			}
			at := func(n *expr.Node, state [][]float64, node int) float64 {
				return expr.Eval([]*expr.Node{n}, func(name string) float64 {
					for v := range values {
						if name == model.CouplingTermName(v) {
							return state[v][node]
						}
					}
					p, ok := c.Parameters[strings.TrimPrefix(name, "coupling.")]
					if !ok {
						t.Fatalf("%s: no value for %s", c.Coupling, name)
					}
					return p
				})[0]
			}
			last := len(c.History) - 1
			for i, w := range want {
				total := 0.0
				for _, term := range terms {
					sum := 0.0
					for j, weight := range table.W[i] {
						if weight != 0 {
							sum += weight * at(term.Source, c.History[last-table.Delays[i][j]], j)
						}
					}
					total += sum * at(term.Target, c.History[last], i)
				}
				if got := at(post(g.Const(total)), c.History[last], i); !(math.Abs(got-w) <= 1e-12*(1+math.Abs(w))) {
					t.Errorf("%s, term %d, node %d: %v, want %v", c.Coupling, k, i, got, w)
				}
			}
		}
	}
}

func TestPatternsAgainstTVB(t *testing.T) {
	var table []struct {
		Equation   string
		Parameters map[string]float64
		X, Y       []float64
	}
	readJSON(t, "testdata/equations.json", &table)
	for _, c := range table {
		p, err := model.FindPattern(ours(c.Equation))
		if err != nil {
			t.Fatal(err)
		}
		g := expr.NewGraph()
		n, err := p.Build(g, g.Var("time"), func(parameter string) string { return parameter })
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range c.X {
			got := expr.Eval([]*expr.Node{n}, func(name string) float64 {
				if name == "time" {
					return x
				}
				if v, ok := c.Parameters[name]; ok {
					return v
				}
				for _, q := range p.Parameters {
					if q.Name == name {
						return q.Value
					}
				}
				return math.NaN()
			})[0]
			if !(math.Abs(got-c.Y[i]) <= 1e-12*(1+math.Abs(c.Y[i]))) {
				t.Errorf("%s at %v: %v, want %v", c.Equation, x, got, c.Y[i])
			}
		}
	}
}
