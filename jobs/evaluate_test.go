package jobs_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/jobs"
	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/library"
)

// trials are rows of states, coupling terms and all parameters of a model: states drawn from the model's ranges, parameters
// around their values and within their bounds.
func trials(m *model.Model, rows int, random *rand.Rand) map[string][]float64 {
	columns := map[string][]float64{}
	draw := func(name string, low, high float64) {
		for range rows {
			columns[name] = append(columns[name], low+(high-low)*random.Float64())
		}
	}
	for _, s := range m.States {
		low, high := s.Low, s.High
		if low == high {
			low, high = max(low-0.2, s.Min), min(high+0.2, s.Max)
		}
		draw(s.Name, low, high)
	}
	for _, s := range m.Probe().States[len(m.States):] {
		draw(s.Name, 0, 0.01)
	}
	if m.Name == "k_ion_ex" { // elsewhere potassium is negative
		columns["Kg"] = nil
		draw("Kg", 0, 5)
	}
	for _, p := range m.Parameters {
		low, high := p.Value-0.06*math.Abs(p.Value), p.Value+0.06*math.Abs(p.Value)
		if p.Value == 0 {
			high = 0.05
		}
		draw(p.Name, max(low, p.Min), min(high, p.Max))
	}
	return columns
}

// slopes gives a model's derivatives at the rows of columns by the interpreter of expressions, [state][row].
func slopes(t *testing.T, m *model.Model, columns map[string][]float64, rows int) [][]float64 {
	t.Helper()
	dyn, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float64, len(m.States))
	for row := range rows {
		for k, v := range expr.Eval(dyn.Derivatives, func(leaf string) float64 { return columns[leafColumn(m, leaf)][row] }) {
			out[k] = append(out[k], v)
		}
	}
	return out
}

// leafColumn is the column of a leaf: a coupling term has another name in a table where the model has modes.
func leafColumn(m *model.Model, leaf string) string {
	if k, err := strconv.Atoi(strings.TrimPrefix(leaf, "c")); err == nil && leaf == model.CouplingTermName(k) && m.Modes > 1 {
		return fmt.Sprintf("c%d_%d", k/m.Modes, k%m.Modes+1)
	}
	return leaf
}

// Single precision is held to this, relative to the larger of a value and the root mean square of its state's derivatives.
const singleBound = 2e-6

// singleBounds are those of models that lose more: the AdEx transfer function takes large numbers away from each other in the
// argument of its erfc, whose tail multiplies what is left of their rounding.
var singleBounds = map[string]float64{"adex1": 1e-5, "adex2": 1e-5}

// The kernel's derivatives are the interpreter's, for every model of the library and with all parameters drawn.
func TestEvaluation(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it compiles every model of the library")
	}
	dev, err := cpu.Open(cpu.Options{Threads: 1, CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	const rows = 40
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		columns := trials(m, rows, rand.New(rand.NewPCG(5, 6)))
		want := slopes(t, m, columns, rows)
		bounds := map[int]float64{64: 1e-11, 32: singleBound}
		if own, known := singleBounds[name]; known {
			bounds[32] = own
		}
		for precision, bound := range bounds {
			got, err := jobs.Evaluation{Model: m, Precision: precision, Columns: columns}.Run(context.Background(), dev)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			worst, where := 0.0, ""
			for k, s := range m.States {
				squares := 0.0
				for _, w := range want[k] {
					squares += w * w / rows
				}
				for row, w := range want[k] {
					if e := math.Abs(got[k][row]-w) / max(math.Abs(w), math.Sqrt(squares), 1e-300); !(e <= worst) {
						worst, where = e, fmt.Sprintf("d_%s = %v, want %v", s.Name, got[k][row], w)
					}
				}
			}
			t.Logf("%s, %d bits: %.1e", name, precision, worst)
			if !(worst <= bound) {
				t.Errorf("%s, %d bits: %s is %.1e off", name, precision, where, worst)
			}
		}
	}
}

func TestEvaluationMistakes(t *testing.T) {
	m, err := library.Read("generic2d")
	if err != nil {
		t.Fatal(err)
	}
	e := jobs.Evaluation{Model: m, Precision: 64, Preset: "none", Columns: map[string][]float64{"V": {1}, "w": {2}}, Of: []string{"d_V", "d_w"}}
	if unused := e.Unused(); len(unused) != 1 || unused[0] != "w" {
		t.Errorf("unused: %v", unused)
	}
	_, err = e.Run(context.Background(), nil)
	for _, want := range []string{`no preset "none"`, `there is no column "W"`, `has no value "d_w"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}
