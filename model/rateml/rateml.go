// Package rateml reads models in RateML, the dialect of LEMS that TVB generates kernels from.
//
// What a RateML file says about a study rather than a model is not the model's: ranges of Parameters and the speed of
// conduction belong to the job. Notes of the model say what was left out and where it is written now.
package rateml

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// generatorStep is the step [ms] that RateML's kernels take where nothing else is said.
const generatorStep = 0.1

// Read reads a RateML file.
func Read(path string) (*model.Model, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.Mistake{Pos: fault.Pos{File: path}, Msg: "the model file cannot be read: " + fault.Reason(err)}
	}
	return Parse(path, text)
}

// Parse reads the text of a RateML file. All mistakes are returned together, as a fault.List, each with its line.
func Parse(file string, text []byte) (*model.Model, error) {
	root, err := parse(file, text)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	r := &reader{file: file, m: &model.Model{
		Name: name, Title: name + ", from RateML", Reference: "the RateML file " + filepath.Base(file), Modes: 1,
	}, texts: map[string]string{}}
	r.document(root)
	if err := r.mistakes.Err(); err != nil {
		return nil, err
	}
	if err := r.m.Check(); err != nil {
		return nil, err
	}
	return r.m, nil
}

// reader fills a model from the elements of its file.
type reader struct {
	file     string
	m        *model.Model
	mistakes fault.List
	texts    map[string]string // of derived parameters, which RateML may mean specially
	swept    []swept
	noise    bool
	step     fault.Pos // where dt is used in the equations
}

// swept is a Parameter with its range.
type swept struct {
	name      string
	low, high float64
}

// document reads the root: one ComponentType of derivatives, any of couplings, and one of noise.
func (r *reader) document(root *element) {
	if root.name != "Lems" {
		r.mistakes.Addf(root.pos, "expected the element <Lems>, found <%s>", root.name)
		return
	}
	if title := strings.Join(strings.Fields(root.values["description"]), " "); title != "" {
		r.m.Title = title
	}
	var dynamics *element
	var couplings []*element
	for _, e := range root.children {
		name := e.values["name"]
		switch {
		case e.name != "ComponentType":
			r.unknown(e, "ComponentType")
		case name == "derivatives" && dynamics == nil:
			dynamics = e
		case strings.Contains(name, "coupling"):
			couplings = append(couplings, e)
		case name == "noise":
			r.noise = true
			r.noiseOf(e)
		default:
			r.mistakes.Addf(e.pos, `the ComponentType %q is none of RateML's: there are "derivatives", once, names with "coupling", and "noise"`, name)
		}
	}
	if dynamics == nil {
		r.mistakes.Addf(root.pos, `there is no <ComponentType name="derivatives">`)
		return
	}
	r.derivatives(dynamics)
	for _, c := range couplings {
		r.coupling(c)
	}
	r.finish()
}

// noiseOf reads the component of noise, which may hold its strength.
func (r *reader) noiseOf(c *element) {
	for _, e := range c.children {
		switch {
		case e.name == "DerivedParameter" && e.values["name"] == "nsig":
			r.derivedParameter(e)
		case e.name == "DerivedParameter":
			r.mistakes.Addf(e.pos, `the noise has one DerivedParameter, "nsig", not %q`, e.values["name"])
		default:
			r.unknown(e, "DerivedParameter")
		}
	}
}

// derivatives reads the component of that name.
func (r *reader) derivatives(c *element) {
	var exposures []*element
	for _, e := range c.children {
		switch e.name {
		case "Parameter":
			r.parameter(e)
		case "DerivedParameter":
			r.derivedParameter(e)
		case "Constant":
			r.constant(e)
		case "Exposure":
			exposures = append(exposures, e)
		case "Dynamics":
			r.dynamics(e)
		default:
			r.unknown(e, "Parameter", "DerivedParameter", "Constant", "Exposure", "Dynamics")
		}
	}
	for _, e := range exposures {
		r.exposure(e)
	}
}

// parameter reads a swept parameter: its value is the lower end of its range.
func (r *reader) parameter(e *element) {
	name := r.name(e)
	low, high, ok := r.pair(e, "dimension")
	if name == "" || !ok {
		return
	}
	r.m.Parameters = append(r.m.Parameters, model.Parameter{
		Name: name, Value: low, Min: math.Inf(-1), Max: math.Inf(1), Pos: e.pos,
		About: about(e, fmt.Sprintf("swept from %s to %s by RateML", expr.Number(low), expr.Number(high))),
	})
	r.swept = append(r.swept, swept{name, low, high})
}

func (r *reader) constant(e *element) {
	name := r.name(e)
	v, err := strconv.ParseFloat(strings.TrimSuffix(e.values["value"], "f"), 64)
	if err != nil {
		r.mistakes.Addf(e.pos, "constant %q: expected a number as its value, found %q", name, e.values["value"])
	}
	if name != "" {
		r.m.Parameters = append(r.m.Parameters, model.Parameter{
			Name: name, Value: v, Min: math.Inf(-1), Max: math.Inf(1), About: about(e, ""), Pos: e.pos,
		})
	}
}

// derivedParameter reads a value made of parameters. Two names are RateML's own: the speed of conduction and the noise.
func (r *reader) derivedParameter(e *element) {
	name := r.name(e)
	r.texts[name] = e.values["value"]
	switch name {
	case "", "rec_speed_dt":
	case "nsig":
		r.noise = true
	default:
		r.define(e, name, r.expression(e, "value"))
	}
}

// exposure makes something observable: a state always is.
func (r *reader) exposure(e *element) {
	name, text := r.name(e), e.values["dimension"]
	if name == "" {
		return
	}
	for _, s := range r.m.States {
		if s.Name == name && (text == "" || text == name) {
			return
		}
	}
	if text == "" {
		text = name
	}
	value, err := expr.Parse(e.pos, translate(text))
	r.mistakes.Add(err)
	d := model.Definition{Name: name, About: about(e, ""), Value: value, Pos: e.pos}
	for _, known := range r.m.Definitions {
		if known.Name == name {
			if text == name {
				known.About = d.About
				r.m.Observables = append(r.m.Observables, known)
				return
			}
			d.Name = name + "_exposed"
		}
	}
	for _, s := range r.m.States {
		if s.Name == name {
			d.Name = name + "_exposed"
		}
	}
	if d.Name != name {
		r.note("line %d: what is exposed as %q is called %q, for the name has another meaning", e.pos.Line, name, d.Name)
	}
	r.m.Definitions = append(r.m.Definitions, d)
	r.m.Observables = append(r.m.Observables, d)
}

// dynamics reads states and equations.
func (r *reader) dynamics(c *element) {
	for _, e := range c.children {
		if e.name == "StateVariable" {
			r.state(e)
		}
	}
	for _, e := range c.children {
		switch e.name {
		case "StateVariable":
		case "DerivedVariable":
			r.define(e, r.name(e), r.expression(e, "value"))
		case "ConditionalDerivedVariable":
			r.conditional(e)
		case "TimeDerivative":
			r.timeDerivative(e)
		default:
			r.unknown(e, "StateVariable", "DerivedVariable", "ConditionalDerivedVariable", "TimeDerivative")
		}
	}
}

// state reads a state: its dimension is the range of initial values, its exposure the bounds.
func (r *reader) state(e *element) {
	name := r.name(e)
	low, high, ok := r.pair(e, "dimension")
	s := model.State{Name: name, Symbol: name, Low: low, High: high, Min: math.Inf(-1), Max: math.Inf(1), About: about(e, ""), Pos: e.pos}
	if bounds := e.values["exposure"]; bounds != "" && !strings.EqualFold(bounds, "none") {
		var given bool
		if s.Min, s.Max, given = r.pair(e, "exposure"); !given {
			return
		}
		if low < s.Min || high > s.Max {
			s.Low, s.High = min(max(low, s.Min), s.Max), min(max(high, s.Min), s.Max)
			r.note("state %q starts within its bounds, in %s .. %s", name, expr.Number(s.Low), expr.Number(s.High))
		}
	}
	if name != "" && ok {
		r.m.States = append(r.m.States, s)
	}
}

func (r *reader) timeDerivative(e *element) {
	value := r.expression(e, "value")
	for i := range r.m.States {
		if s := &r.m.States[i]; s.Name == e.values["variable"] {
			if !s.Derivative.Missing() {
				r.mistakes.Addf(e.pos, "the derivative of %q is given twice", s.Name)
			}
			s.Derivative = value
			return
		}
	}
	r.mistakes.Addf(e.pos, "TimeDerivative: there is no StateVariable %q%s", e.values["variable"], fault.Suggest(e.values["variable"], r.stateNames()))
}

// conditional reads Cases, the first true one of which gives the value: if, else if, else. Of several Cases the last one is
// RateML's else, whatever its condition says.
func (r *reader) conditional(e *element) {
	name := r.name(e)
	text, closing := "", ""
	for i, c := range e.children {
		if c.name != "Case" {
			r.unknown(c, "Case")
			continue
		}
		condition, value := c.values["condition"], c.values["value"]
		r.expression(c, "value") // for its mistakes, with this line
		if condition != "" && i > 0 && i == len(e.children)-1 {
			r.expression(c, "condition")
			r.note("line %d: the last Case of %q is for whatever the others leave, as RateML has it; its condition %s is not looked at", c.pos.Line, name, condition)
			condition = ""
		}
		if condition == "" {
			if i < len(e.children)-1 {
				r.mistakes.Addf(c.pos, "a Case without a condition is the last one of %q", name)
			}
			text += "(" + translate(value) + ")"
			closing += "#"
			continue
		}
		r.expression(c, "condition")
		text += "where(" + translate(condition) + ", " + translate(value) + ", "
		closing = ")" + closing
	}
	if !strings.Contains(closing, "#") {
		text += "0" // RateML's variables start at 0
	}
	value, err := expr.Parse(e.pos, text+strings.ReplaceAll(closing, "#", ""))
	if err == nil && len(e.children) == 0 {
		r.mistakes.Addf(e.pos, "%q has no Case", name)
	}
	if len(r.mistakes) == 0 {
		r.mistakes.Add(err)
	}
	r.define(e, name, value)
}

// finish sets what rests on several elements: noise, delays, the step in equations.
func (r *reader) finish() {
	if len(r.mistakes) > 0 {
		return
	}
	r.studies()
	if r.noise {
		d := r.variance()
		for i := range r.m.States {
			r.m.States[i].Noise, r.m.States[i].Noisy = d, true
		}
	}
	if r.step.Line > 0 {
		r.m.Parameters = append(r.m.Parameters, model.Parameter{
			Name: "dt", Value: generatorStep, Unit: "ms", Min: 0, Max: math.Inf(1), About: "the step, which RateML's equations use: it must be the job's", Pos: r.step,
		})
		r.note("the equations use the step: dt = %s ms must be the job's run.step", expr.Number(generatorStep))
	}
}

// study notes what a job may sweep at an address.
func (r *reader) study(address, format string, args ...any) {
	r.m.Swept = append(r.m.Swept, model.Swept{Address: address, Note: fmt.Sprintf(format, args...)})
}

// studies notes what RateML sweeps. A parameter that only the speed of conduction is made of is no part of the model.
func (r *reader) studies() {
	for _, p := range r.swept {
		axis := fmt.Sprintf("{ from = %s, to = %s, points = 8 }", expr.Number(p.low), expr.Number(p.high))
		word := regexp.MustCompile(`\b` + p.name + `\b`)
		if word.MatchString(r.texts["rec_speed_dt"]) && !r.m.Uses(p.name) {
			r.m.Parameters = slices.DeleteFunc(r.m.Parameters, func(q model.Parameter) bool { return q.Name == p.name })
			r.study("connectome.speed", "%s is the speed of conduction, which is the job's; for RateML's sweep write in the job: [sweep] \"connectome.speed\" = %s", p.name, axis)
			continue
		}
		r.study(p.name, "parameter %q has the value %s; for RateML's sweep write in the job: [sweep] %s = %s", p.name, expr.Number(p.low), p.name, axis)
	}
	if r.texts["rec_speed_dt"] == "" && len(r.m.Coupled) > 0 {
		r.note(`there is no rec_speed_dt, which means no delays; write [connectome] speed = "1e9 mm/ms" for that`)
	}
}
