package jobs_test

import (
	"context"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/jobs"
	"brainsweep/model/expr"
	"brainsweep/model/library"
)

// The kernel's derivatives are the interpreter's, for every model of the library, at states drawn from the model's ranges.
func TestEvaluation(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1, CacheDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	random := rand.New(rand.NewPCG(5, 6))
	const rows = 20
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		columns := map[string][]float64{}
		draw := func(name string, low, high float64) {
			for range rows {
				columns[name] = append(columns[name], low+(high-low)*random.Float64())
			}
		}
		for _, s := range m.States {
			draw(s.Name, s.Low, s.High)
		}
		for _, s := range m.Probe().States[len(m.States):] {
			draw(s.Name, 0, 0.01)
		}
		if name == "k_ion_ex" {
			columns["Kg"] = nil
			draw("Kg", 0, 5)
		}
		e := jobs.Evaluation{Model: m, Precision: 64, Columns: columns}
		got, err := e.Run(context.Background(), dev)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		probe := m.Probe()
		dyn, err := probe.Dynamics()
		if err != nil {
			t.Fatal(err)
		}
		var slopes []*expr.Node
		for _, s := range m.States {
			slopes = append(slopes, dyn.Values[s.Slope()])
		}
		for row := range rows {
			want := expr.Eval(slopes, func(leaf string) float64 {
				if c := columns[leaf]; c != nil {
					return c[row]
				}
				for _, p := range m.Parameters {
					if p.Name == leaf {
						return p.Value
					}
				}
				return math.NaN()
			})
			for k, w := range want {
				if !(math.Abs(got[k][row]-w) <= 1e-11*(1+math.Abs(w))) {
					t.Errorf("%s: d_%s = %v, want %v", name, m.States[k].Name, got[k][row], w)
				}
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
