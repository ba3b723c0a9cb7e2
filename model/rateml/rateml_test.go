package rateml_test

import (
	"math"
	"strings"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/rateml"
)

func read(t *testing.T, path string) (*model.Model, *model.Dynamics) {
	t.Helper()
	m, err := rateml.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

// eval gives nodes' values with the model's parameters and the leaves given.
func eval(t *testing.T, m *model.Model, leaves map[string]float64, nodes ...*expr.Node) []float64 {
	t.Helper()
	return expr.Eval(nodes, func(name string) float64 {
		if v, ok := leaves[name]; ok {
			return v
		}
		for _, p := range m.Parameters {
			if p.Name == name {
				return p.Value
			}
		}
		t.Fatalf("no value for %q", name)
		return 0
	})
}

func close(a, b float64) bool { return math.Abs(a-b) <= 1e-14*(1+math.Abs(b)) }

func TestMontbrio(t *testing.T) {
	m, d := read(t, "testdata/montbrio.xml")
	r, v, c := 0.3, -0.8, 0.11
	got := eval(t, m, map[string]float64{"r": r, "V": v, "c0": c}, d.Derivatives...)
	want := []float64{0.7/math.Pi + 2*v*r, v*v - math.Pow(math.Pi*r, 2) - 4.6 + 14.5*r + 1.0*c}
	for k := range want {
		if !close(got[k], want[k]) {
			t.Errorf("d(%s) = %v, want %v", m.States[k].Name, got[k], want[k])
		}
	}
	if len(m.Coupled) != 1 || m.Coupled[0] != "r" || m.Coupling != "scaling" || m.Gains["a"] != 1 {
		t.Errorf("coupled %v by %s %v", m.Coupled, m.Coupling, m.Gains)
	}
	if s := m.States[0]; s.Min != 0 || !math.IsInf(s.Max, 1) || s.Low != 0 || s.High != 2 {
		t.Errorf("r has the bounds %v .. %v and starts in %v .. %v", s.Min, s.Max, s.Low, s.High)
	}
	// nsig = sqrt(dt) sqrt(2 1e-5) at every step is D = 1e-5.
	if s := m.States[1]; !s.Noisy || !close(s.Noise*1e5, 1) {
		t.Errorf("noise of V: %v, %v", s.Noisy, s.Noise)
	}
	for _, p := range m.Parameters {
		if p.Name == "global_speed" {
			t.Error("global_speed only makes the speed of conduction, which is the job's")
		}
	}
	notes := strings.Join(m.Notes, "\n")
	for _, s := range m.Swept {
		notes += "\n" + s.Address + ": " + s.Note
	}
	for _, want := range []string{`connectome.speed: global_speed is the speed`, `"connectome.speed" = { from = 0.4, to = 1.6,`, "[sweep] global_coupling = { from = 1, to = 3,", `"noise.r"`} {
		if !strings.Contains(notes, want) {
			t.Errorf("no note with %q in\n%s", want, notes)
		}
	}
	if len(m.Observables) != 1 || m.Observables[0].Name != "rate" {
		t.Errorf("observables: %v", m.Observables)
	}
}

// What a target receives, from sources summed as the program sums them, is what RateML's sum gives.
func TestTwoCouplings(t *testing.T) {
	m, d := read(t, "testdata/two.xml")
	theta, x := []float64{0.2, 1.1, -2}, []float64{0.7, -0.9, 0.1}
	weights := []float64{0.5, 0.25, 2}
	const gain, a, b, omega = 0.1, 0.5, 2, 0.06
	terms := map[string]float64{}
	for k, name := range m.Coupled {
		for j := range theta {
			terms[model.CouplingTermName(k)] += weights[j] * eval(t, m, map[string]float64{"theta": theta[j], "x": x[j]}, d.Values[name])[0]
		}
	}
	for i, drive := range []float64{gain / 2 * x[0], -x[1], -x[2]} {
		phase, pull := 0.0, 0.0
		for j := range theta {
			phase += gain * weights[j] * a * math.Sin(theta[j]-theta[i])
			pull += weights[j] * b * (x[j] - x[i])
		}
		if i == 1 {
			drive = math.Pow(x[1], 3) // x < -0.5 and theta > 0
		}
		leaves := map[string]float64{"theta": theta[i], "x": x[i]}
		for name, v := range terms {
			leaves[name] = v
		}
		got := eval(t, m, leaves, d.Derivatives...)
		if !close(got[0], omega+phase) || !close(got[1], drive+pull) {
			t.Errorf("node %d: %v, want %v and %v", i, got, omega+phase, drive+pull)
		}
	}
}

func TestMistakesHaveLines(t *testing.T) {
	_, err := rateml.Read("testdata/wrong.xml")
	want := `testdata/wrong.xml:3: <Parameter name="gain">: expected dimension="low, high", found "0.1"
testdata/wrong.xml:4: constant "omega": expected a number as its value, found "fast"
testdata/wrong.xml:5: unknown element <Constnt> (did you mean "Constant"?)
testdata/wrong.xml:8: expected a value, found the end
testdata/wrong.xml:9: TimeDerivative: there is no StateVariable "thet" (did you mean "theta"?)
testdata/wrong.xml:12: the ComponentType "other" is none of RateML's: there are "derivatives", once, names with "coupling", and "noise"
testdata/wrong.xml:13: unknown element <Wobble>; there is <DerivedParameter>`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
	for text, want := range map[string]string{
		"<Lems><a></Lems>": "x.xml:1: this is no XML: element <a> closed by </Lems>",
		"<x/>":             "x.xml:1: expected the element <Lems>, found <x>",
		"":                 "x.xml: the file holds no XML element",
		"<Lems>\n</Lems>":  `x.xml:1: there is no <ComponentType name="derivatives">`,
	} {
		if _, err := rateml.Parse("x.xml", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// Of several Cases the last one is else, as in the kernels that RateML writes; the only Case of a variable leaves it 0.
func TestCases(t *testing.T) {
	const text = `<Lems><ComponentType name="derivatives">
<Dynamics>
<StateVariable name="x" dimension="0, 1" exposure="None"/>
<ConditionalDerivedVariable name="two"><Case condition="x &lt; 1" value="1"/><Case condition="x &gt; 2" value="2"/></ConditionalDerivedVariable>
<ConditionalDerivedVariable name="one"><Case condition="x &lt; 1" value="1"/></ConditionalDerivedVariable>
<TimeDerivative variable="x" value="two + 10*one"/>
</Dynamics></ComponentType>
<ComponentType name="noise"><DerivedParameter name="nsig" value="sqrt(dt) * 0.5"/></ComponentType></Lems>`
	m, err := rateml.Parse("cases.xml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[float64]float64{0.5: 11, 1.5: 2, 2.5: 2} {
		if got := eval(t, m, map[string]float64{"x": x}, d.Derivatives...)[0]; got != want {
			t.Errorf("x = %v: %v, want %v", x, got, want)
		}
	}
	if !close(m.States[0].Noise, 0.125) {
		t.Errorf("D = %v, want 0.5^2/2", m.States[0].Noise)
	}
	if len(m.Notes) == 0 || !strings.Contains(m.Notes[0], `line 4: the last Case of "two" is for whatever the others leave`) {
		t.Errorf("notes: %q", m.Notes)
	}
}

// A model read from RateML and written as a model file is the same model.
func TestConverted(t *testing.T) {
	for _, name := range []string{"montbrio", "two"} {
		m, _ := read(t, "testdata/"+name+".xml")
		again, err := model.Parse(name+".toml", []byte(m.File()))
		if err != nil {
			t.Errorf("%v\n%s", err, m.File())
			continue
		}
		if again.Digest() != m.Digest() || again.Coupling != m.Coupling || again.Gains["a"] != m.Gains["a"] {
			t.Errorf("%s is another model after writing and reading", name)
		}
	}
}
