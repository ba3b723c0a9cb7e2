package model_test

import (
	"errors"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

const small = `
title     = "A leaky node"
reference = "nobody"
coupled   = ["x"]
equations = '''
gain(u) = k*u^2
drive = gain(x) + c0   # a comment
d(x) = -x/tau + drive
'''

[states]
x = { unit = "kHz", range = [0.0, 1.0], min = 0.0, about = "rate" }

[parameters]
tau = { value = 10.0, unit = "ms", min = 1e-3, about = "time constant" }
k   = { value = 2.0 }

[observables]
drive = { unit = "kHz/ms", about = "what drives it" }

[noise]
x = 0.5

[presets.fast]
about      = "a fast one"
parameters = { tau = 1.0 }
initial    = { x = 0.25 }
noise      = { x = 0.0 }
`

func TestParse(t *testing.T) {
	m, err := model.Parse("dir/leaky.toml", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "leaky" || m.Title != "A leaky node" || len(m.States) != 1 || len(m.Parameters) != 2 || len(m.Functions) != 1 {
		t.Errorf("%+v", m)
	}
	x := m.States[0]
	if x.Unit != "kHz" || x.Low != 0 || x.High != 1 || x.Min != 0 || !x.Noisy || x.Noise != 0.5 || x.Derivative.String() != "-x/tau + drive" {
		t.Errorf("%+v", x)
	}
	if o := m.Observables; len(o) != 1 || o[0].Name != "drive" || o[0].Unit != "kHz/ms" || o[0].Value.String() != "gain(x) + c0" {
		t.Errorf("%+v", o)
	}
	if p := m.Presets[0]; p.Parameters["tau"] != 1 || p.Initial["x"] != 0.25 || p.Noise["x"] != 0 || p.About != "a fast one" {
		t.Errorf("%+v", p)
	}
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	v := expr.Eval([]*expr.Node{d.Derivatives[0], d.Values["drive"], d.Values["x"]}, func(name string) float64 {
		return map[string]float64{"x": 3, "tau": 10, "k": 2, "c0": 0.5}[name]
	})
	if v[0] != 18.2 || v[1] != 18.5 || v[2] != 3 {
		t.Error(v)
	}
	if w := m.Warnings(); len(w) != 0 {
		t.Error(w)
	}
}

func TestWarnings(t *testing.T) {
	text := strings.Replace(small, "d(x) =", "spare = lost(x)\nlost(u) = q*u\nd(x) =", 1)
	text = strings.Replace(text, "[parameters]", "[parameters]\nq = { value = 1.0 }", 1)
	m, err := model.Parse("m.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := `m.toml:17:1: parameter "q" is in no equation
m.toml:9:1: function "lost" is never called
m.toml:8:1: nothing needs "spare"`
	if got := strings.Join(m.Warnings(), "\n"); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// mend replaces pairs of texts in small.
func mend(t *testing.T, pairs []string) string {
	text := small
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q in the model", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs []string
		want  string
	}{
		{"unknown names, all at once", []string{"k*u^2", "kk*u^2", "-x/tau", "-y/tua"},
			"m.toml:6:11: unknown name \"kk\" (did you mean \"k\"?)\nm.toml:8:9: unknown name \"y\" (did you mean \"k\"?)\nm.toml:8:11: unknown name \"tua\" (did you mean \"tau\"?)"},
		{"no equation", []string{"d(x) = -x/tau + drive", ""}, `m.toml:12:1: state "x" has no equation: d(x) = ... is missing`},
		{"two equations", []string{"'''\n\n[states]", "d(x) = 1\n'''\n\n[states]"}, `m.toml:9:1: d(x) is given twice`},
		{"unknown state", []string{"d(x) =", "d(z) = 1\nd(x) ="}, `m.toml:8:1: d(z): there is no state "z" (did you mean "x"?)`},
		{"cycle of definitions", []string{"+ c0", "+ other", "d(x) =", "other = third + c0\nthird = 2*drive\nd(x) ="},
			`m.toml:7:1: "drive" is defined by itself: drive -> other -> third -> drive`},
		{"cycle through a function", []string{"k*u^2", "k*drive"}, `m.toml:6:1: "gain" is defined by itself: gain -> drive -> gain`},
		{"recursion", []string{"k*u^2", "gain(k*u)"}, `m.toml:6:1: "gain" is defined by itself: gain -> gain`},
		{"derivative of a cycle", []string{"k*u^2", "diff(gain(u), u)"}, `m.toml:6:1: "gain" is defined by itself: gain -> gain`},
		{"coupling term that is not there", []string{"c0", "c1"}, `m.toml:7:19: unknown name "c1" (did you mean "c0"?)`},
		{"coupling of what is coupled", []string{`coupled   = ["x"]`, `coupled = ["drive"]`}, `m.toml: coupled: "drive" rests on the coupling term c0, which rests on it`},
		{"unknown coupled", []string{`["x"]`, `["x", "xx", "x"]`},
			"m.toml:4:20: coupled: there is no state or definition \"xx\" (did you mean \"x\"?)\nm.toml:4:26: coupled: \"x\" stands here twice"},
		{"names", []string{"k   =", "exp = { value = 1.0 }\nc7 = { value = 1.0 }\nx = { value = 1.0 }\nk   ="},
			"m.toml:12:1: state \"x\" is declared twice, as a parameter before\n" +
				"m.toml:16:1: \"exp\" belongs to the language of the equations: choose another name for this parameter\n" +
				"m.toml:17:1: \"c7\" is the name of a coupling term: choose another name for this parameter"},
		{"name of a definition", []string{"d(x) =", "tau = 3\nd(x) ="}, `m.toml:8:1: definition "tau" is declared twice, as a parameter before`},
		{"name in quotes", []string{"k   =", "\"k k\" = { value = 1.0 }\nk   ="}, `m.toml:16:1: "k k" cannot be the name of a parameter: names are made of the letters a to z, digits and _, and begin with a letter`},
		{"arguments", []string{"gain(u) = k*u^2", "gain(u, u, c3) = k*u^2", "gain(x)", "gain(x, 1, 2)"},
			"m.toml:6:1: function \"gain\" has two arguments \"u\"\nm.toml:6:1: function \"gain\": \"c3\" cannot be the name of an argument, it means something already"},
		{"bounds", []string{"min = 1e-3", "min = 3.0, max = 2.0"},
			`m.toml:15:1: parameter "tau": its bounds 3 .. 2 hold no number: min must be less than max`},
		{"value outside", []string{"min = 1e-3", "min = 20.0"},
			"m.toml:15:1: parameter \"tau\": the value 10 is outside its bounds 20 .. inf\nm.toml:26:22: preset \"fast\": tau = 1 is outside its bounds 20 .. inf"},
		{"no value", []string{"value = 2.0", `unit = "ms"`}, `m.toml:16:1: parameter "k" has no value: write k = { value = 1.0, unit = "", about = "..." }`},
		{"range", []string{"range = [0.0, 1.0]", "range = [-1.0, 1.0]"}, `m.toml:12:1: state "x": the range of initial values -1 .. 1 leaves its bounds 0 .. inf`},
		{"range backwards", []string{"range = [0.0, 1.0]", "range = [1.0, 0.0]"}, `m.toml:12:1: state "x": the range of initial values 1 .. 0 is not one: write range = [low, high]`},
		{"no range", []string{", range = [0.0, 1.0]", ""}, `m.toml:12:1: state "x": initial values are drawn from a range: write range = [low, high], twice the same number for a fixed one`},
		{"unknown keys", []string{"title ", "titel ", "about = \"rate\"", "abuot = \"rate\""},
			"m.toml:2:1: unknown key \"titel\" (did you mean \"title\"?)\nm.toml:12:52: unknown key \"abuot\" (did you mean \"about\"?)"},
		{"kinds", []string{"value = 2.0", `value = "2"`}, `m.toml:16:18: parameters.k.value: expected a number, found the string "2"`},
		{"observable", []string{"drive = { unit", "drvie = { unit"}, `m.toml:19:1: observable "drvie": the equations define no such value (did you mean "drive"?)`},
		{"observable state", []string{"drive = { unit", "x = { unit"}, `m.toml:19:1: observable "x": the equations define no such value; a state can always be recorded`},
		{"noise", []string{"x = 0.5", "y = 0.5"}, `m.toml:22:1: noise: there is no state "y" (did you mean "x"?)`},
		{"negative noise", []string{"x = 0.5", "x = -0.5"}, `m.toml:12:1: state "x": noise is a variance, which cannot be -0.5`},
		{"preset", []string{"tau = 1.0", "tua = 1.0", "x = 0.25", "x = -1.0", "noise      = { x", "noise = { z"},
			"m.toml:26:16: preset \"fast\": there is no parameter \"tua\" (did you mean \"tau\"?)\n" +
				"m.toml:27:20: preset \"fast\": x = -1 is outside its bounds 0 .. inf\n" +
				"m.toml:28:11: preset \"fast\": there is no state \"z\" (did you mean \"x\"?)"},
		{"preset key", []string{"about      = \"a fast one\"", "abuot = \"a fast one\""}, `m.toml:25:1: unknown key "abuot" (did you mean "about"?)`},
		{"syntax and names", []string{"k*u^2", "k**u", "-x/tau", "-x/(tau"},
			"m.toml:6:12: unexpected \"**\": write ^ for a power\nm.toml:8:11: the bracket of \"(\" is not closed; lines that continue it must be indented deeper"},
		{"heads", []string{"d(x) =", "dx/dt = 1\n3 = 4\ny\nd(x, y) = 1\nz =\nd(x) ="},
			"m.toml:8:3: expected = after \"dx\", found \"/\"; the derivative of a state x is d(x) = ...\n" +
				"m.toml:9:1: an equation begins with a name: name = ..., d(state) = ... or function(a, b) = ...\n" +
				"m.toml:10:2: expected = after \"y\", found the end\n" +
				"m.toml:11:1: d(x, y) = ... is the derivative of one state: write d(x) = ...\n" +
				"m.toml:12:4: nothing follows the = of \"z\": its expression stands on the same line, or indented below"},
		{"TOML", []string{"[states]", "[states"}, ""},
	} {
		_, err := model.Parse("m.toml", []byte(mend(t, c.pairs)))
		var list fault.List
		if !errors.As(err, &list) {
			t.Errorf("%s: no mistakes found: %v", c.name, err)
			continue
		}
		if c.want != "" && err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", c.name, err, c.want)
		}
	}
}

func TestAModelWithoutEquationsOrStates(t *testing.T) {
	_, err := model.Parse("m.toml", []byte("title = \"x\"\n"))
	if err == nil || !strings.Contains(err.Error(), "equations") || !strings.Contains(err.Error(), "at least one state") {
		t.Error(err)
	}
	if _, err := model.Read("nowhere.toml"); !fault.Is(err) || !strings.Contains(err.Error(), "nowhere.toml: the model file cannot be read") {
		t.Error(err)
	}
}

func TestDigest(t *testing.T) {
	digest := func(pairs ...string) string {
		m, err := model.Parse("m.toml", []byte(mend(t, pairs)))
		if err != nil {
			t.Fatal(err)
		}
		return m.Digest()
	}
	plain := digest()
	for name, pairs := range map[string][]string{
		"title":   {"A leaky node", "Another"},
		"comment": {"# a comment", ""},
		"spacing": {"-x/tau + drive", "( -x / tau )\n   +(drive)"},
		"order":   {"gain(u) = k*u^2\n", "", "d(x) =", "gain(u) = k*u^2\nd(x) ="},
		"default": {"value = 2.0", "value = 3.0"},
		"preset":  {"tau = 1.0", "tau = 2.0"},
		"unit":    {`unit = "ms"`, `unit = "s"`},
	} {
		if digest(pairs...) != plain {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, pairs := range map[string][]string{
		"equation": {"u^2", "u^3"},
		"bounds":   {"min = 0.0", "min = -1.0"},
		"coupled":  {`coupled   = ["x"]`, `coupled = ["x2"]`, "d(x) =", "x2 = x^2\nd(x) ="},
		"noisy":    {"[noise]\nx = 0.5", ""},
	} {
		if digest(pairs...) == plain {
			t.Errorf("%s does not change the digest", name)
		}
	}
}

func parsed(t *testing.T, text string, g *expr.Graph, s expr.Scope) *expr.Node {
	t.Helper()
	e, err := expr.Parse(fault.Pos{}, text)
	if err != nil {
		t.Fatal(err)
	}
	n, err := e.Build(g, s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Noise with a correlation time and a gain is read, written and read again; what is wrong in it has its place.
func TestNoise(t *testing.T) {
	const text = `title = "noises"
equations = '''
spread = 1 - x^2
d(x) = -x
d(y) = -y
'''
[states]
x = { range = [0.0, 1.0] }
y = { range = [0.0, 1.0] }
[noise]
x = { D = 0.5, ntau = 3.0, gain = "s*spread" }
y = 0.25
[parameters]
s = { value = 2.0 }
`
	m, err := model.Parse("noises.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := model.Parse("noises.toml", []byte(m.File()))
	if err != nil {
		t.Fatalf("%v\n%s", err, m.File())
	}
	for _, m := range []*model.Model{m, again} {
		x, y := m.States[0], m.States[1]
		if x.Noise != 0.5 || x.NoiseTau != 3 || x.NoiseGain.String() != "s*spread" || !x.Noisy || y.Noise != 0.25 || y.NoiseTau != 0 || !y.NoiseGain.Missing() {
			t.Errorf("x %+v, y %+v", x, y)
		}
		if len(m.Warnings()) > 0 {
			t.Errorf("warnings: %q", m.Warnings())
		}
	}
	additive, err := model.Parse("noises.toml", []byte(strings.Replace(text, `, gain = "s*spread"`, "", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest() != m.Digest() || additive.Digest() == m.Digest() {
		t.Error("the digest does not tell gains apart")
	}
	_, err = model.Parse("noises.toml", []byte(strings.Replace(text, `{ D = 0.5, ntau = 3.0, gain = "s*spread" }`, `{ D = -0.5, ntau = -1.0, gain = "s*spred", gian = "x" }`, 1)))
	for _, want := range []string{`unknown key "gian"`, "noise is a variance, which cannot be -0.5", "the correlation time of its noise cannot be -1", `unknown name "spred" (did you mean "spread"?)`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in %v", want, err)
		}
	}
}

func TestAJobIsNoModel(t *testing.T) {
	_, err := model.Parse("job.toml", []byte("model = \"adex2\"\n[run]\nduration = \"1 s\"\n"))
	if want := "job.toml: this is a job, not a model"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
