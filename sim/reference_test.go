package sim_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/model"
	"brainsweep/sim"
)

// reference is a run of TVB (tvb-root commit 0ada1f922e72, numpy backend, delay history in float64) as
// scripts/reference.py thins it.
type reference struct {
	Model      string
	States     []string `json:"state_variables"`
	Recorded   []string // the states that Raw and Average hold; none: all
	Integrator string
	Parameters map[string][]float64 `json:"model_parameters"`
	Coupling   string
	Gains      map[string][]float64 `json:"coupling_parameters"`
	Step       float64              `json:"dt"`
	Steps      int64                `json:"n_steps"`
	Speed      float64              `json:"conduction_speed_mm_per_ms"`
	Horizon    int64
	Weights    [][]float64
	Lengths    [][]float64 `json:"tract_lengths"`
	Initial    [][]float64 `json:"initial_state"`
	Raw        []struct {
		Step   int
		Values []float64
	}
	AverageSteps int         `json:"average_steps"`
	Average      [][]float64 // time stamp [ms], then the values
	Bold         [][]float64
	Stimulus     struct {
		Parameters map[string]float64
		Weight     []float64
	}
}

var libraryNames = map[string]string{
	"ZerlautAdaptationSecondOrder": "adex2", "ZerlautAdaptationFirstOrder": "adex1", "Kuramoto": "kuramoto",
	"ReducedWongWang": "wongwang", "Generic2dOscillator": "generic2d", "Epileptor": "epileptor", "Epileptor2D": "epileptor2d",
	"EpileptorRestingState": "epileptor_resting", "EpileptorCodim3": "epileptor_codim3",
	"EpileptorCodim3SlowMod": "epileptor_codim3_slow", "JansenRit": "jansen_rit", "ZetterbergJansen": "zetterberg_jansen",
	"MontbrioPazoRoxin": "montbrio", "ReducedWongWangExcInh": "wongwang_exc_inh", "DecoBalancedExcInh": "deco_balanced",
	"WilsonCowan": "wilson_cowan", "CoombesByrne": "coombes_byrne", "CoombesByrne2D": "coombes_byrne2d",
	"DumontGutkin": "dumont_gutkin", "GastSchmidtKnosche_SD": "gast_sd", "GastSchmidtKnosche_SF": "gast_sf",
	"KIonEx": "k_ion_ex", "LarterBreakspear": "larter_breakspear", "SupHopf": "hopf",
	"ReducedSetFitzHughNagumo": "reduced_fitzhugh_nagumo", "ReducedSetHindmarshRose": "reduced_hindmarsh_rose",
	"HyperbolicTangent": "hyperbolic_tangent", "SigmoidalJansenRit": "sigmoidal_jansen_rit",
	"EulerDeterministic": "euler", "HeunDeterministic": "heun", "RungeKutta4thOrderDeterministic": "rk4",
}

// libraryName gives our name of TVB's coupling; Kuramoto is both a model and a coupling.
func libraryName(name string) string {
	if ours, ok := libraryNames[name]; ok {
		return ours
	}
	return strings.ToLower(name)
}

func readReference(t *testing.T, path string) reference {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var r reference
	if err := json.NewDecoder(z).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r
}

// recorded gives the numbers of the states in the columns of Raw and Average.
func (r reference) recorded(m *model.Model) []int {
	var out []int
	for j, s := range m.States {
		if r.Recorded == nil || slices.Contains(r.Recorded, s.Symbol) {
			out = append(out, j)
		}
	}
	return out
}

// study sets up the same run with our names.
func (r reference) study(t *testing.T, precision int, streams ...codegen.Stream) (*sim.Study, sim.Point) {
	t.Helper()
	m, c := fromLibrary(t, libraryName(r.Model)), coupling(t, r.coupling())
	set, perNode := map[string]float64{}, map[string][]float64{}
	for name, v := range r.Parameters {
		if len(v) == 1 {
			set[name] = v[0]
			continue
		}
		if slices.ContainsFunc(m.Parameters, func(p model.Parameter) bool { return p.Name == name }) {
			perNode[name] = v
			continue
		}
		for k, x := range v {
			set[fmt.Sprintf("%s%d", name, k)] = x
		}
	}
	for name, v := range r.Gains {
		set["coupling."+name] = v[0] // theta of PreSigmoidal with globalT is a list, of which the first counts
	}
	var initial []float64
	for _, state := range r.Initial {
		initial = append(initial, state...)
	}
	nodes := len(r.Weights)
	study := &sim.Study{
		Spec: codegen.Spec{Title: "reference", Model: m, Coupling: c, Scheme: scheme(t, libraryName(r.Integrator)), Precision: precision, Nodes: nodes, Streams: streams},
		Step: r.Step, Steps: r.Steps, Origin: r.Horizon - 1,
	}
	study.PerNode = slices.Sorted(maps.Keys(perNode))
	nodeValue := func(name string, node int) float64 { return perNode[name][node] }
	wired := wiring(t, network(r.Weights, r.Lengths), r.Speed, r.Step)
	if c.Own != "" {
		var err error
		if wired, err = sim.NewOwnWiring(network(r.Weights, r.Lengths), c.Own == model.OwnColumns, r.Speed, r.Step); err != nil {
			t.Fatal(err)
		}
	}
	return study, sim.Point{Value: values(m, c, r.Step, set), NodeValue: nodeValue, Initial: initial, Wiring: wired}
}

// coupling gives our name of the run's coupling.
func (r reference) coupling() string {
	if r.Coupling != "PreSigmoidal" {
		return libraryName(r.Coupling)
	}
	if r.Gains["dynamic"][0] == 1 {
		return "pre_sigmoidal_tvb_dynamic"
	}
	return "pre_sigmoidal_tvb_static"
}

func names(m *model.Model) []string {
	var out []string
	for _, s := range m.States {
		out = append(out, s.Name)
	}
	return out
}

// Tolerances in double, relative to the larger of a value and the largest of its state. TVB differentiates AdEx's
// transfer function numerically, which leaves 1e-11 to 1e-8 in the second-order model; the rest agrees to rounding.
const (
	toleranceSecondOrder = 1e-7
	tolerance            = 1e-9
)

func TestTrajectoriesAgreeWithTVB(t *testing.T) {
	paths, err := filepath.Glob("testdata/tvb/*.json.gz")
	if err != nil || len(paths) == 0 {
		t.Fatal("no references in testdata", err)
	}
	dev := open(t, 1)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json.gz")
		t.Run(name, func(t *testing.T) {
			r := readReference(t, path)
			if len(r.Raw) == 0 || r.Stimulus.Weight != nil {
				t.Skip("another test's")
			}
			m := fromLibrary(t, libraryName(r.Model))
			study, point := r.study(t, 64, every(1, names(m)...), stream(codegen.Average, r.AverageSteps, names(m)...))
			k, _ := simulate(t, dev, study, point)
			allowed := tolerance
			if m.Name == "adex2" {
				allowed = toleranceSecondOrder
			}
			recorded := r.recorded(m)
			scales := largest(r, len(recorded), study.Nodes)
			worst, address := 0.0, ""
			note := func(have, want float64, column, node int, when string) {
				if e := relative(have, want, scales[column]); e > worst || math.IsNaN(e) {
					worst, address = e, fmt.Sprintf("%s of node %d %s: %g, TVB has %g", m.States[recorded[column]].Name, node, when, have, want)
				}
			}
			for _, row := range r.Raw {
				for j, state := range recorded {
					for i := range study.Nodes {
						note(k[[3]int{0, 0, state}][row.Step-1][i], row.Values[j*study.Nodes+i], j, i, fmt.Sprintf("after step %d", row.Step))
					}
				}
			}
			_, first, period := study.Samples(1)
			for _, row := range r.Average {
				at := int(math.Round((row[0] - float64(study.Origin)*study.Step - first) / period))
				for j, state := range recorded {
					for i := range study.Nodes {
						note(k[[3]int{0, 1, state}][at][i], row[1+j*study.Nodes+i], j, i, fmt.Sprintf("average at %g ms", row[0]))
					}
				}
			}
			t.Logf("largest difference %.1e (%s)", worst, address)
			if !(worst <= allowed) {
				t.Errorf("differs by %.1e, allowed are %.0e: %s", worst, allowed, address)
			}
		})
	}
}

// largest gives the largest magnitude of each state over a reference run.
func largest(r reference, states, nodes int) []float64 {
	out := make([]float64, states)
	for _, row := range r.Raw {
		for j := range out {
			for _, v := range row.Values[j*nodes : (j+1)*nodes] {
				out[j] = math.Max(out[j], math.Abs(v))
			}
		}
	}
	return out
}
