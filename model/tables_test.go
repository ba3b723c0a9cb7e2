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

// couplingCase is a network's coupling in TVB: History[slot][value][node], the last slot is the present.
type couplingCase struct {
	Coupling, Variant string
	Parameters        map[string]any
	History           [][][]float64
	Weights           any // "W" or a matrix
	Result            any // [term][node], or what TVB says instead
}

// name is ours of the case's coupling.
func (c couplingCase) name() string {
	if c.Coupling != "PreSigmoidal" {
		return ours(c.Coupling)
	}
	if c.Parameters["dynamic"] == true {
		return "pre_sigmoidal_tvb_dynamic"
	}
	return "pre_sigmoidal_tvb_static"
}

// parameter gives a number of the case for a node.
func (c couplingCase) parameter(name string, node int) (float64, bool) {
	switch v := c.Parameters[name].(type) {
	case float64:
		return v, true
	case []any:
		if c.Parameters["globalT"] == true {
			node = 0
		}
		return v[node].(float64), true
	}
	return 0, false
}

// TestCouplingsAgainstTVB compares whole networks with delays.
func TestCouplingsAgainstTVB(t *testing.T) {
	var table struct {
		W      [][]float64
		Delays [][]int `json:"idelays"`
		Cases  []couplingCase
	}
	readJSON(t, "testdata/coupling.json", &table)
	compared := 0
	for _, c := range table.Cases {
		result, computed := c.Result.([]any)
		if !computed {
			continue // TVB raises an error
		}
		weights := table.W
		if rows, own := c.Weights.([]any); own {
			weights = nil
			for _, row := range rows {
				weights = append(weights, numbers(row))
			}
		}
		for k, row := range result {
			for i, want := range numbers(row) {
				if strings.Contains(c.Variant, "dynamic") && k == 1 && weights[i][i] != 0 && table.Delays[i][i] != 0 {
					continue // which no wiring of ours has
				}
				compared++
				if got := c.term(t, weights, table.Delays, k, i); !(math.Abs(got-want) <= 1e-12*(1+math.Abs(want))) {
					t.Errorf("%s %s, term %d, node %d: %v, want %v", c.Coupling, c.Variant, k, i, got, want)
				}
			}
		}
	}
	if compared < 250 {
		t.Errorf("only %d numbers compared", compared)
	}
}

func numbers(row any) []float64 {
	var out []float64
	for _, v := range row.([]any) {
		out = append(out, v.(float64))
	}
	return out
}

// term is a node's coupling term as the definition of model.Coupling has it.
func (c couplingCase) term(t *testing.T, weights [][]float64, delays [][]int, k, i int) float64 {
	t.Helper()
	coupling, err := model.FindCoupling(c.name())
	if err != nil {
		t.Fatal(err)
	}
	g := expr.NewGraph()
	var values []*expr.Node
	for v := range c.History[0] {
		values = append(values, g.Var(model.CouplingTermName(v)))
	}
	terms, post, err := coupling.Build(g, values, k)
	if err != nil {
		t.Fatal(err)
	}
	last := len(c.History) - 1
	at := func(n *expr.Node, delay, node int) float64 {
		return expr.Eval([]*expr.Node{n}, func(name string) float64 {
			for v := range values {
				if name == model.CouplingTermName(v) {
					return c.History[last-delay][v][node]
				}
			}
			p, ok := c.parameter(strings.TrimPrefix(name, "coupling."), node)
			if !ok {
				t.Fatalf("%s: no value for %s", c.Coupling, name)
			}
			return p
		})[0]
	}
	total := 0.0
	for _, term := range terms {
		sum := 0.0
		for j := range weights {
			w, back := weights[i][j], weights[j][i]
			switch {
			case coupling.Own == "" && w != 0:
				sum += w * at(term.Source, delays[i][j], j)
			case coupling.Own != "" && term.Source.Op == expr.Const:
				if coupling.Own == model.OwnRows && back == 0 {
					sum += w * term.Source.Value
				}
				if coupling.Own == model.OwnColumns && i == j && w != 0 {
					sum += term.Source.Value
				}
			case coupling.Own == model.OwnRows && back != 0:
				sum += w * at(term.Source, delays[j][i], i)
			case coupling.Own == model.OwnColumns && back != 0:
				sum += back * at(term.Source, delays[j][i], i)
			}
		}
		total += sum * at(term.Target, 0, i)
	}
	return at(post(g.Const(total)), 0, i)
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
