package rateml_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/library"
	"brainsweep/model/rateml"
)

// unsaid are the models of the library that RateML cannot say, and why.
var unsaid = map[string]string{
	"adex1":                 "d(E) needs erfc, which RateML does not have",
	"adex2":                 "d(E) needs erfc, which RateML does not have",
	"balloon":               `driven by another model's output, "x", which RateML does not have`,
	"epileptor_codim3":      "d(z) needs atan2, which RateML does not have",
	"epileptor_codim3_slow": "d(z) needs atan2, which RateML does not have",
}

// again writes a model in RateML and reads it.
func again(t *testing.T, m *model.Model) (*model.Model, string) {
	t.Helper()
	text, _, err := rateml.Write(m)
	if err != nil {
		t.Fatal(err)
	}
	back, err := rateml.Parse(m.Name+".xml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return back, text
}

// Models of the library that travel to RateML and back have the same derivatives and observables at random states and
// parameters, in a network of three nodes.
func TestLibraryTravels(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if why := unsaid[name]; why != "" {
			if _, _, err := rateml.Write(m); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v, want %s", name, err, why)
			}
			continue
		}
		back, text := again(t, m)
		if len(back.States) != len(m.States) {
			t.Fatalf("%s has %d states, %d came back", name, len(m.States), len(back.States))
		}
		for j, s := range m.States {
			if b := back.States[j]; b.Name != s.Name || b.Low != s.Low || b.High != s.High || b.Min != s.Min || b.Max != s.Max {
				t.Errorf("%s: state %+v came back as %+v", name, s, b)
			}
		}
		for range 10 {
			values := draw(m, random)
			want, got := network(t, m, values), network(t, back, values)
			for node := range want {
				for what, w := range want[node] {
					if g := got[node][what]; !(math.Abs(g-w) <= 1e-12*(1+math.Abs(w))) {
						t.Errorf("%s: %s of node %d is %v, want %v\n%s", name, what, node, g, w, text)
						return
					}
				}
			}
		}
	}
}

const nodes = 3

// draw gives numbers for the states of each node, by "<node> <state>", and for the parameters.
func draw(m *model.Model, random *rand.Rand) map[string]float64 {
	values := map[string]float64{}
	for node := range nodes {
		for _, s := range m.States {
			values[key(node, s.Name)] = s.Low + (s.High-s.Low)*random.Float64()
			if m.Name == "k_ion_ex" && s.Name == "Kg" {
				values[key(node, s.Name)] = random.Float64()
			}
		}
	}
	for _, p := range m.Parameters {
		values[p.Name] = p.Value * (0.95 + 0.1*random.Float64())
	}
	return values
}

func key(node int, name string) string { return string(rune('0'+node)) + " " + name }

// network gives derivatives and observables of nodes that are coupled by fixed weights, each with its own coupling function.
func network(t *testing.T, m *model.Model, values map[string]float64) []map[string]float64 {
	t.Helper()
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	name, gains := "scaling", map[string]float64{"a": 1}
	if m.Coupling != "" {
		name, gains = m.Coupling, m.Gains
	}
	c, err := model.FindCoupling(name)
	if err != nil {
		t.Fatal(err)
	}
	modes := max(1, m.Modes)
	weights := [nodes][nodes]float64{{0, 0.01, 0.02}, {0.03, 0, 0}, {0.01, 0.02, 0.005}}
	terms := map[string]float64{}
	at := func(node int, n *expr.Node) float64 {
		return expr.Eval([]*expr.Node{n}, func(leaf string) float64 {
			for _, all := range []map[string]float64{terms, values} {
				if v, ok := all[key(node, leaf)]; ok {
					return v
				}
			}
			if v, ok := values[leaf]; ok {
				return v
			}
			if v, ok := gains[strings.TrimPrefix(leaf, "coupling.")]; ok {
				return v
			}
			for _, p := range slices.Concat(m.Parameters, c.Parameters) {
				if p.Name == strings.TrimPrefix(leaf, "coupling.") {
					return p.Value
				}
			}
			t.Fatalf("%s: no value for %q", m.Name, leaf)
			return 0
		})[0]
	}
	for k := range m.Coupled {
		var same []*expr.Node
		for j := k % modes; j < len(m.Coupled); j += modes {
			same = append(same, d.Values[m.Coupled[j]])
		}
		parts, post, err := c.Build(d.Graph, same, k/modes)
		if err != nil {
			t.Fatal(err)
		}
		for i := range nodes {
			total := 0.0
			for _, part := range parts {
				for j, w := range weights[i] {
					if w != 0 {
						total += w * at(i, part.Target) * at(j, part.Source)
					}
				}
			}
			terms[key(i, model.CouplingTermName(k))] = at(i, post(d.Graph.Const(total)))
		}
	}
	out := make([]map[string]float64, nodes)
	for i := range nodes {
		out[i] = map[string]float64{}
		for j, s := range m.States {
			out[i]["d("+s.Name+")"] = at(i, d.Derivatives[j])
		}
		for _, o := range m.Observables {
			out[i][o.Name] = at(i, d.Values[o.Name])
		}
	}
	return out
}

// A model with everything that RateML has other words for, and a coupling of its own.
const odd = `
title = "odds and ends <&>"
coupled = ["sent", "y"]
coupling = { function = "difference", a = 0.3 }
equations = '''
f(u, v) = u^2/(1 + v^2)
sent = f(x, 2) + shift
slope = diff(f(x, y), y)
level = where(x < 0.5 and not (y > 0.2 or flag), min(x, y), where(x == y, 1, max(x, floor(3*y))))
late  = level + sign(x - 0.4)*mod(7*x, 2)
far   = late^2 - -3.5 + (x <= y) + ceil(5*x)
d(x) = -x*far + slope + c0
d(y) = -y*level + c1*(-2)^2 - 2^-x^2
'''
[states]
x = { range = [0.1, 1.0], min = 0.0 }
y = { range = [-1.0, 1.0] }
[observables]
late = { unit = "mV" }
sent = {}
[noise]
x = 1e-3
y = 1e-3
[parameters]
shift = { value = 0.25, unit = "mV", about = "a \"shift\"" }
flag  = { value = 0.0 }
`

func TestOddsAndEndsTravel(t *testing.T) {
	m, err := model.Parse("odd.toml", []byte(odd))
	if err != nil {
		t.Fatal(err)
	}
	back, text := again(t, m)
	if back.Title != m.Title || back.Parameters[0].About != `a "shift" [mV]` {
		t.Errorf("title %q, about %q", back.Title, back.Parameters[0].About)
	}
	if s := back.States[1]; math.Abs(s.Noise-1e-3) > 1e-15 {
		t.Errorf("noise %v", s.Noise)
	}
	random := rand.New(rand.NewPCG(1, 9))
	for range 50 {
		values := draw(m, random)
		want, got := network(t, m, values), network(t, back, values)
		for node := range want {
			for what, w := range want[node] {
				if g := got[node][what]; !(math.Abs(g-w) <= 1e-12*(1+math.Abs(w))) {
					t.Fatalf("%s of node %d is %v, want %v\n%s", what, node, g, w, text)
				}
			}
		}
	}
	// RateML files that travel by the model file say the same, too.
	for _, path := range []string{"montbrio", "two"} {
		m, _ := read(t, "testdata/"+path+".xml")
		back, text := again(t, m)
		values := draw(m, random)
		want, got := network(t, m, values), network(t, back, values)
		for node := range want {
			for what, w := range want[node] {
				if g := got[node][strings.TrimSuffix(what, "_exposed")]; what[0] == 'd' && !(math.Abs(g-w) <= 1e-12*(1+math.Abs(w))) {
					t.Fatalf("%s: %s of node %d is %v, want %v\n%s", path, what, node, g, w, text)
				}
			}
		}
	}
}

func TestWhatRateMLCannotSay(t *testing.T) {
	m, err := model.Parse("odd.toml", []byte(strings.Replace(odd, "y = 1e-3", "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	want := "the noise of model odd is not the same white noise in every state, and RateML has no other"
	if _, _, err := rateml.Write(m); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
