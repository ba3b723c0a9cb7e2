package model

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Read reads a model file.
func Read(path string) (*Model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Mistake{Pos: fault.Pos{File: path}, Msg: "the model file cannot be read: " + fault.Reason(err)}
	}
	return Parse(path, text)
}

// Parse reads the text of a model file; the model's name is the file's without its ending. The text is TOML:
//
//	title     = "Reduced Wong-Wang"
//	reference = "Wong & Wang 2006"
//	remarks   = "..."                 # what a user should know besides
//	coupled   = ["S"]                 # states or definitions that reach other nodes, as c0, c1, ...
//	stimulated = ["S"]                # states that a stimulus drives which names none; left out: those that are coupled
//	coupling  = { function = "linear", a = 0.1 } # what a job takes that says nothing of the coupling
//	input     = "x"                   # only of a model that is driven by another one's output
//	equations = '''
//	f(x) = x/(1 - exp(-x))            # a function
//	x = w*S + J*c0                    # a definition
//	d(S) = -S/tau + f(x)              # the derivative of a state, per ms
//	'''
//
//	[parameters]
//	tau = { value = 100.0, unit = "ms", min = 0.0, about = "time constant" }
//	[states]
//	S = { unit = "", range = [0.0, 1.0], min = 0.0, max = 1.0, about = "open channels" }
//	[observables]                     # definitions that can be recorded
//	x = { unit = "nA", about = "input current" }
//	[noise]                           # states that noise may drive, with the default D
//	S = 0.0                           # or { D = 0.0, ntau = 5.0, gain = "1 - S" }
//	[presets.paper]
//	about      = "..."
//	parameters = { tau = 90.0 }
//	initial    = { S = 0.1 }
//	noise      = { S = 1e-3 }
//
// With modes = 3 every state x has three values, x_1, x_2, x_3. An equation holds for each mode: x is the value in the mode
// at hand, msum(x) the sum over the modes, modes(a, b, c) a number for each mode.
//
// All mistakes are returned together, as a fault.List.
func Parse(file string, text []byte) (*Model, error) {
	d, err := document.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if d.Has("model") && !d.Has("equations") {
		return nil, fault.List{{Pos: fault.Pos{File: file}, Msg: "this is a job, not a model"}}
	}
	r := &reader{Document: d, m: &Model{
		Name: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file)),
		file: file,
	}}
	r.read()
	if err := r.mistakes.Err(); err != nil {
		return nil, err
	}
	return r.m, nil
}

// sections are the keys of a model file.
var sections = []string{"title", "reference", "remarks", "coupled", "stimulated", "input", "coupling", "modes", "equations", "parameters", "states", "observables", "noise", "presets"}

// reader fills a model from its file.
type reader struct {
	*document.Document
	m        *Model
	mistakes fault.List
}

func (r *reader) read() {
	for _, key := range r.Keys() {
		if !slices.Contains(sections, key) {
			r.mistakes.Add(document.Unknown(r.Pos(key), "key", key, sections))
		}
	}
	r.decode(&r.m.Title, "title")
	r.decode(&r.m.Reference, "reference")
	r.decode(&r.m.Remarks, "remarks")
	r.decode(&r.m.Input, "input")
	r.parameters()
	r.states()
	r.equations()
	r.observables()
	r.coupled()
	r.stimulated()
	r.coupling()
	r.noise()
	r.presets()
	r.modes()
	r.mistakes.Add(r.m.Check())
}

func (r *reader) decode(v any, path ...string) { r.mistakes.Add(r.Decode(v, path...)) }

// section gives the names in a table of tables.
func (r *reader) section(path ...string) []string {
	if r.Has(path...) && r.Keys(path...) == nil {
		r.mistakes.Addf(r.Pos(path...), "%s: expected a table, found %s", document.Address(path...), r.Kind(path...))
	}
	return r.Keys(path...)
}

func (r *reader) parameters() {
	for _, name := range r.section("parameters") {
		e := struct {
			Value    *float64
			Unit     string
			Min, Max float64
			About    string
		}{Min: math.Inf(-1), Max: math.Inf(1)}
		r.decode(&e, "parameters", name)
		pos := r.Pos("parameters", name)
		p := Parameter{Name: name, Unit: e.Unit, Min: e.Min, Max: e.Max, About: e.About, Pos: pos}
		if e.Value != nil {
			p.Value = *e.Value
		} else {
			p.Min, p.Max = math.Inf(-1), math.Inf(1)
			if !r.Has("parameters", name, "value") {
				r.mistakes.Addf(pos, "parameter %q has no value: write %s = { value = 1.0, unit = \"\", about = \"...\" }", name, name)
			}
		}
		r.m.Parameters = append(r.m.Parameters, p)
	}
}

func (r *reader) states() {
	for _, name := range r.section("states") {
		e := struct {
			Unit     string
			Range    []float64
			Min, Max float64
			About    string
		}{Min: math.Inf(-1), Max: math.Inf(1)}
		before := len(r.mistakes)
		r.decode(&e, "states", name)
		pos := r.Pos("states", name)
		s := State{Name: name, Symbol: name, Unit: e.Unit, Min: e.Min, Max: e.Max, About: e.About, Pos: pos}
		switch {
		case len(e.Range) == 2:
			s.Low, s.High = e.Range[0], e.Range[1]
		case len(r.mistakes) == before:
			r.mistakes.Addf(pos, "state %q: initial values are drawn from a range: write range = [low, high], twice the same number for a fixed one", name)
			fallthrough
		default:
			s.Min, s.Max = math.Inf(-1), math.Inf(1)
		}
		r.m.States = append(r.m.States, s)
	}
}

// equations hands each equation to its state, or makes it a function or a definition.
func (r *reader) equations() {
	text, err := r.Text("equations")
	if err != nil {
		r.mistakes.Add(err)
		return
	}
	all, err := expr.ParseEquations(r.ValuePos("equations"), text)
	r.mistakes.Add(err)
	for _, e := range all {
		switch {
		case e.Derivative:
			s := r.state(e.Name)
			switch {
			case s == nil:
				r.mistakes.Addf(e.Pos, "d(%s): there is no state %q%s", e.Name, e.Name, fault.Suggest(e.Name, r.stateNames()))
			case !s.Derivative.Missing():
				r.mistakes.Addf(e.Pos, "d(%s) is given twice", e.Name)
			default:
				s.Derivative = e.Value
			}
		case e.Args != nil:
			r.m.Functions = append(r.m.Functions, Function{Name: e.Name, Args: e.Args, Body: e.Value, Pos: e.Pos})
		default:
			r.m.Definitions = append(r.m.Definitions, Definition{Name: e.Name, Value: e.Value, Pos: e.Pos})
		}
	}
}

func (r *reader) state(name string) *State {
	for i := range r.m.States {
		if r.m.States[i].Name == name {
			return &r.m.States[i]
		}
	}
	return nil
}

func (r *reader) stateNames() []string {
	var names []string
	for _, s := range r.m.States {
		names = append(names, s.Name)
	}
	return names
}

func (r *reader) definition(name string) *Definition {
	for i := range r.m.Definitions {
		if r.m.Definitions[i].Name == name {
			return &r.m.Definitions[i]
		}
	}
	return nil
}

func (r *reader) definitionNames() []string {
	var names []string
	for _, f := range r.m.Definitions {
		names = append(names, f.Name)
	}
	return names
}

// observables gives definitions their units and makes them recordable.
func (r *reader) observables() {
	for _, name := range r.section("observables") {
		var e struct{ Unit, About string }
		r.decode(&e, "observables", name)
		f := r.definition(name)
		if f == nil {
			hint := fault.Suggest(name, r.definitionNames())
			if r.state(name) != nil {
				hint = "; a state can always be recorded"
			}
			r.mistakes.Addf(r.Pos("observables", name), "observable %q: the equations define no such value%s", name, hint)
			continue
		}
		f.Unit, f.About = e.Unit, e.About
		r.m.Observables = append(r.m.Observables, *f)
	}
}

func (r *reader) coupled() {
	var names []string
	r.decode(&names, "coupled")
	for i, name := range names {
		pos := r.ValuePos("coupled", fmt.Sprint(i))
		switch {
		case r.state(name) == nil && r.definition(name) == nil:
			r.mistakes.Addf(pos, "coupled: there is no state or definition %q%s", name, fault.Suggest(name, append(r.stateNames(), r.definitionNames()...)))
		case slices.Contains(names[:i], name):
			r.mistakes.Addf(pos, "coupled: %q stands here twice", name)
		}
	}
	r.m.Coupled = names
}

func (r *reader) stimulated() {
	var names []string
	r.decode(&names, "stimulated")
	for i, name := range names {
		pos := r.ValuePos("stimulated", fmt.Sprint(i))
		switch {
		case r.state(name) == nil:
			r.mistakes.Addf(pos, "stimulated: there is no state %q%s", name, fault.Suggest(name, r.stateNames()))
		case slices.Contains(names[:i], name):
			r.mistakes.Addf(pos, "stimulated: %q stands here twice", name)
		}
	}
	r.m.Stimulated = names
}

// coupling reads the coupling function that a job of the model takes when it names none.
func (r *reader) coupling() {
	if len(r.section("coupling")) == 0 {
		return
	}
	r.decode(&r.m.Coupling, "coupling", "function")
	c, err := FindCoupling(r.m.Coupling)
	if err != nil {
		r.mistakes.Addf(r.ValuePos("coupling", "function"), "coupling: %v", err)
		return
	}
	r.m.Gains = map[string]float64{}
	names := []string{"function"}
	for _, p := range c.Parameters {
		names = append(names, p.Name)
		if r.Has("coupling", p.Name) {
			v, err := r.Number("coupling", p.Name)
			r.mistakes.Add(err)
			r.m.Gains[p.Name] = v
		}
	}
	for _, key := range r.Keys("coupling") {
		if !slices.Contains(names, key) {
			r.mistakes.Add(document.Unknown(r.Pos("coupling", key), "key", key, names))
		}
	}
}

// numbers reads a table of numbers whose keys are known names.
func (r *reader) numbers(what string, known []string, kind string, path ...string) map[string]float64 {
	all := map[string]float64{}
	for _, name := range r.section(path...) {
		at := append(slices.Clone(path), name)
		if !slices.Contains(known, name) {
			r.mistakes.Addf(r.Pos(at...), "%s: there is no %s %q%s", what, kind, name, fault.Suggest(name, known))
			continue
		}
		x, err := r.Number(at...)
		r.mistakes.Add(err)
		if err == nil {
			all[name] = x
		}
	}
	return all
}

func (r *reader) presets() {
	keys := []string{"about", "parameters", "initial", "noise"}
	for _, name := range r.section("presets") {
		what := "preset " + quoted(name)
		p := Preset{Name: name, Pos: r.Pos("presets", name)}
		for _, key := range r.section("presets", name) {
			if !slices.Contains(keys, key) {
				r.mistakes.Add(document.Unknown(r.Pos("presets", name, key), "key", key, keys))
			}
		}
		r.decode(&p.About, "presets", name, "about")
		var parameters []string
		for _, q := range r.m.Parameters {
			parameters = append(parameters, q.Name)
		}
		p.Parameters = r.numbers(what, parameters, "parameter", "presets", name, "parameters")
		p.Initial = r.numbers(what, r.stateNames(), "state", "presets", name, "initial")
		p.Noise = r.numbers(what, r.stateNames(), "state", "presets", name, "noise")
		r.presetBounds(p)
		r.m.Presets = append(r.m.Presets, p)
	}
}

// presetBounds checks a preset's values as those of the model are checked.
func (r *reader) presetBounds(p Preset) {
	for _, q := range r.m.Parameters {
		if v, set := p.Parameters[q.Name]; set && q.Min < q.Max && (v < q.Min || v > q.Max) {
			r.outside(p, "parameters", q.Name, v, q.Min, q.Max)
		}
	}
	for _, s := range r.m.States {
		if v, set := p.Initial[s.Name]; set && s.Min < s.Max && (v < s.Min || v > s.Max) {
			r.outside(p, "initial", s.Name, v, s.Min, s.Max)
		}
		if v, set := p.Noise[s.Name]; set && !(v >= 0) {
			r.outside(p, "noise", s.Name, v, 0, math.Inf(1))
		}
	}
}

func (r *reader) outside(p Preset, section, name string, v, low, high float64) {
	r.mistakes.Addf(r.ValuePos("presets", p.Name, section, name), "preset %q: %s = %s is outside its bounds %s", p.Name, name, expr.Number(v), interval(low, high))
}
