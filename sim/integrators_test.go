package sim_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/sim"
)

// integration is a case of testdata/integrators.json: steps that TVB takes at fixed input, [variable][node].
type integration struct {
	Model, Integrator string
	Step              float64 `json:"dt"`
	State, Coupling   [][]float64
	Stimulus          [][]float64
	Noise             *struct {
		Type  string
		Nsig  any
		Ntau  float64
		B     map[string]float64
		Draws [][][]float64 // of each step; of coloured noise those of its start come first
	}
	Clamp *struct {
		Variables []int
		Values    [][][]float64
	}
	After [][][]float64 `json:"states_after_each_step"`
}

var tvbSchemes = map[string]string{"Euler": "euler", "Heun": "heun", "RungeKutta4thOrder": "rk4", "Identity": "map"}

// given is a coupling whose terms are given.
var given = model.Coupling{
	Name: "given", Parameters: []model.Parameter{{Name: "g0"}, {Name: "g1"}},
	Pre: "x_j", Post: "where(term == 1, g1, g0)",
}

// TestIntegratorsAgreeWithTVB takes the steps of TVB's integrators, with and without stimulus, clamped variables and
// noise of every kind, its draws included.
func TestIntegratorsAgreeWithTVB(t *testing.T) {
	text, err := os.ReadFile("testdata/integrators.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Cases []integration }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Cases) < 30 {
		t.Fatalf("%d cases", len(table.Cases))
	}
	dev := open(t, 1)
	for i, c := range table.Cases {
		t.Run(fmt.Sprint(i, c.Integrator), func(t *testing.T) {
			study, point := c.study(t)
			run := dev
			if c.Noise != nil {
				run = scripted{dev, c.Noise.Draws, c.Noise.Ntau > 0}
			}
			k, _ := simulate(t, run, study, point)
			for step, states := range c.After {
				for j, row := range states {
					for node, want := range row {
						if got := k[[3]int{0, 0, j}][step][node]; relative(got, want, 1) > 1e-14 {
							t.Errorf("after step %d: %s of node %d is %v, want %v", step+1, study.Model.States[j].Name, node, got, want)
						}
					}
				}
			}
		})
	}
}

// study sets up the case.
func (c integration) study(t *testing.T) (*sim.Study, sim.Point) {
	t.Helper()
	m := fromLibrary(t, libraryNames[c.Model])
	name := strings.NewReplacer("Deterministic", "", "Stochastic", "").Replace(c.Integrator)
	nodes := len(c.State[0])
	study := &sim.Study{
		Spec: codegen.Spec{Title: c.Integrator, Coupling: given, Scheme: scheme(t, tvbSchemes[name]), Precision: 64, Nodes: nodes,
			PerNode: []string{"coupling.g0", "coupling.g1"}},
		Step: c.Step, Steps: int64(len(c.After)),
	}
	set, perNode := map[string]float64{}, map[string][]float64{"coupling.g0": c.Coupling[0], "coupling.g1": c.Coupling[len(c.Coupling)-1]}
	constant, err := model.FindPattern("constant")
	if err != nil {
		t.Fatal(err)
	}
	for j, weights := range c.Stimulus {
		s := codegen.Stimulus{Name: m.States[j].Name, Pattern: constant, Into: []string{m.States[j].Name}}
		for _, p := range constant.Parameters {
			set[s.Address(p.Name)] = p.Value
		}
		study.Stimuli = append(study.Stimuli, s)
		study.PerNode = append(study.PerNode, s.Address(codegen.WeightOf))
		perNode[s.Address(codegen.WeightOf)] = weights
	}
	if c.Clamp != nil {
		for i, variable := range c.Clamp.Variables {
			study.Clamped = append(study.Clamped, m.States[variable].Name)
			set["clamp."+m.States[variable].Name] = c.Clamp.Values[i][0][0]
		}
	}
	if c.Noise != nil {
		m = c.noise(t, m, study, set)
	}
	study.Model = m
	study.Streams = []codegen.Stream{every(1, names(m)...)}
	weights, lengths := alone(nodes)
	return study, sim.Point{
		Value:     values(m, given, c.Step, set),
		NodeValue: func(address string, node int) float64 { return perNode[address][node] },
		Initial:   slices.Concat(c.State...), Wiring: wiring(t, network(weights, lengths), 1, c.Step),
	}
}

// noise drives every state as the case has it, and returns the model with its gains.
func (c integration) noise(t *testing.T, m *model.Model, study *sim.Study, set map[string]float64) *model.Model {
	t.Helper()
	for j, s := range m.States {
		study.Noisy = append(study.Noisy, s.Name)
		switch nsig := c.Noise.Nsig.(type) {
		case float64:
			set["noise."+s.Name] = nsig
		case []any:
			set["noise."+s.Name] = nsig[j].(float64)
		}
		if c.Noise.Ntau > 0 {
			study.Coloured = append(study.Coloured, s.Name)
			set["noise."+s.Name+".ntau"] = c.Noise.Ntau
		}
		if c.Noise.Type != "Multiplicative" {
			continue
		}
		var err error
		if m, err = m.WithGain(s.Name, "a*"+s.Name+" + b", []string{"a", "b"}, fault.Pos{}); err != nil {
			t.Fatal(err)
		}
		set["noise."+s.Name+".a"], set["noise."+s.Name+".b"] = 1, 0
		for name, v := range c.Noise.B {
			set["noise."+s.Name+"."+name] = v
		}
	}
	return m
}
