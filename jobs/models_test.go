package jobs_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"brainsweep/jobs"
	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/library"
)

// everyModel is a job of a model with a parameter that differs from region to region, a drawn initial state, and a sweep of
// another parameter, the coupling and the conduction speed.
func everyModel(m *model.Model, random *rand.Rand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "model = %q\n[connectome]\nsource = \"synthetic:6\"\n[coupling]\nfunction = \"linear\"\nb = [0.001, 0.002, 0, 0, 0.003, 0]\n", m.Name)
	b.WriteString("[run]\nduration = \"0.03 ms\"\nstep = \"0.01 ms\"\nscheme = \"euler\"\nprecision = \"double\"\nnoise = \"none\"\n[parameters]\n")
	first, second := m.Parameters[0], m.Parameters[len(m.Parameters)-1]
	within := func(p model.Parameter, factor float64) float64 {
		return min(max(p.Value*factor+0.001*(factor-1), p.Min), p.Max)
	}
	var list []string
	for range 6 {
		list = append(list, fmt.Sprint(within(first, 0.97+0.06*random.Float64())))
	}
	fmt.Fprintf(&b, "%s = [%s]\n", first.Name, strings.Join(list, ", "))
	if m.Name == "k_ion_ex" { // elsewhere potassium is negative
		b.WriteString("[initial]\nKg = 1.0\n")
	}
	b.WriteString("[sweep]\ncoupling.a = [0.01, 0.02]\nconnectome.speed = [1, 100]\n")
	if second.Name != first.Name {
		fmt.Fprintf(&b, "%s = [%v, %v]\n", second.Name, second.Value, within(second, 1.01))
	}
	b.WriteString("[[record]]\nmonitor = \"raw\"\nof = [")
	for _, s := range m.States {
		fmt.Fprintf(&b, "%q, ", s.Name)
	}
	b.WriteString("]\n")
	return b.String()
}

// TestEveryModelInAJob runs every model of the library in a sweep with parameters and a coupling's offset region by region:
// the state after one step is X + dt f(X, c) by the interpreter of the equations, in every mode and with every coupling term.
func TestEveryModelInAJob(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it compiles every model of the library")
	}
	random := rand.New(rand.NewPCG(7, 8))
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if m.Input != "" {
			continue // it runs as the BOLD record's
		}
		j := parse(t, everyModel(m, random))
		contents := result(t, j, ways{})
		for point := range j.Plan.Points() {
			pt := j.Plan.Point(point)
			want := oneStep(t, m, j.Plan, pt)
			for k, s := range m.States {
				got := numbersIn(t, contents["/raw/"+s.Name])
				at := point * len(got) / j.Plan.Points()
				for node := range 6 {
					if g, w := got[at+node], want[k*6+node]; !(math.Abs(g-w) <= 1e-13*math.Max(1, math.Abs(w))) {
						t.Fatalf("%s, point %d: %s of node %d is %v, want %v", name, point, s.Name, node, g, w)
					}
				}
			}
		}
	}
}

// oneStep is the state after a step of Euler from a point's initial state, which all of the past is, too.
func oneStep(t *testing.T, m *model.Model, p *jobs.Plan, pt jobs.Point) []float64 {
	t.Helper()
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	initial, n := pt.Initial(), 6
	leaf := func(node int, terms map[string]float64) func(string) float64 {
		return func(name string) float64 {
			if v, ok := terms[name]; ok {
				return v
			}
			for k, s := range m.States {
				if s.Name == name {
					return initial[k*n+node]
				}
			}
			return pt.NodeValue(name, node)
		}
	}
	out := make([]float64, len(initial))
	for i := range n {
		terms := map[string]float64{}
		for k, name := range m.Coupled {
			sum := 0.0
			for j := range n {
				sum += p.Connectome.Weights[i*n+j] * expr.Eval([]*expr.Node{d.Values[name]}, leaf(j, nil))[0]
			}
			terms[model.CouplingTermName(k)] = pt.NodeValue("coupling.a", i)*sum + pt.NodeValue("coupling.b", i)
		}
		for k, slope := range expr.Eval(d.Derivatives, leaf(i, terms)) {
			out[k*n+i] = min(max(initial[k*n+i]+p.Run.Step*slope, m.States[k].Min), m.States[k].Max)
		}
	}
	return out
}

// numbersIn reads the numbers of a data set of doubles, which are there as their bits.
func numbersIn(t *testing.T, content string) []float64 {
	t.Helper()
	_, values, _ := strings.Cut(content, ": ")
	var out []float64
	for _, word := range strings.Fields(strings.Trim(values, "[]")) {
		bits, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, math.Float64frombits(bits))
	}
	return out
}

// What the author of a RateML file swept is told where the job says nothing of it.
func TestSweepsOfRateML(t *testing.T) {
	const start = "model = \"../../model/rateml/testdata/montbrio.xml\"\n[connectome]\nsource = \"synthetic:4\"\n[run]\nduration = \"10 ms\"\n[[record]]\nmonitor = \"raw\"\nof = \"r\"\n"
	for rest, want := range map[string][]string{
		"":                                     {"connectome.speed", "global_coupling"},
		"[sweep]\nconnectome.speed = [1, 2]\n": {"global_coupling"},
		"[sweep]\n\"connectome.speed\" = [1, 2]\nglobal_coupling = [1, 2]": nil,
		"[parameters]\nglobal_coupling = 2\n":                              {"connectome.speed"},
	} {
		var got []string
		for _, w := range parse(t, start+rest).Warnings {
			for _, address := range []string{"connectome.speed", "global_coupling"} {
				if strings.Contains(w, "for RateML's sweep write in the job") && strings.Contains(w, address) {
					got = append(got, address)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%q: notes on %q, want %q", rest, got, want)
		}
	}
}
