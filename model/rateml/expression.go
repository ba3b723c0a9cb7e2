package rateml

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// words of LEMS that our language writes otherwise. RateML puts powers into braces.
var words = []struct {
	pattern *regexp.Regexp
	to      string
}{
	{regexp.MustCompile(`\{`), "("},
	{regexp.MustCompile(`\}`), ")"},
	{regexp.MustCompile(`\*\*`), "^"},
	{regexp.MustCompile(`\.lt\.`), " < "},
	{regexp.MustCompile(`\.gt\.`), " > "},
	{regexp.MustCompile(`\.leq\.`), " <= "},
	{regexp.MustCompile(`\.geq\.`), " >= "},
	{regexp.MustCompile(`\.eq\.`), " == "},
	{regexp.MustCompile(`\.neq\.`), " != "},
	{regexp.MustCompile(`\.and\.|&&`), " and "},
	{regexp.MustCompile(`\.or\.|\|\|`), " or "},
	{regexp.MustCompile(`~|\.not\.`), " not "},
	{regexp.MustCompile(`\bpowf?\(([^(),]+),([^(),]+)\)`), "(($1)^($2))"},
	{regexp.MustCompile(`\b(exp|log|sqrt|sin|cos|tan|sinh|cosh|tanh)f\(`), "$1("},
	{regexp.MustCompile(`\bfabsf?\(`), "abs("},
	{regexp.MustCompile(`\bPI\b`), "pi"},
	{regexp.MustCompile(`\b([0-9]+\.[0-9]*|[0-9]+)f\b`), "$1"},
}

// translate writes an expression of RateML in our language.
func translate(text string) string {
	for _, w := range words {
		text = w.pattern.ReplaceAllString(text, w.to)
	}
	return strings.TrimSpace(text)
}

// usesStep finds RateML's name of the step.
var usesStep = regexp.MustCompile(`\bdt\b`)

// expression parses the expression in an attribute.
func (r *reader) expression(e *element, attribute string) expr.Expr {
	text, given := e.values[attribute]
	if !given || text == "" {
		r.mistakes.Addf(e.pos, "<%s> has no %s", e.name, attribute)
		return expr.Expr{}
	}
	if usesStep.MatchString(text) && r.step.Line == 0 { // noise and speed are read elsewhere
		r.step = e.pos
	}
	value, err := expr.Parse(fault.Pos{File: e.pos.File, Line: e.pos.Line}, translate(text))
	r.mistakes.Add(onLine(err, e.pos))
	return value
}

// onLine gives mistakes the line of their element; columns of a translated text mean nothing.
func onLine(err error, pos fault.Pos) error {
	list, ok := err.(fault.List)
	if !ok {
		return err
	}
	out := make(fault.List, len(list))
	for i, m := range list {
		out[i] = fault.Mistake{Pos: pos, Msg: m.Msg}
	}
	return out
}

// name gives an element's name, which must be one of our language.
func (r *reader) name(e *element) string {
	name, given := e.values["name"]
	switch {
	case !given || name == "":
		r.mistakes.Addf(e.pos, "<%s> has no name", e.name)
		return ""
	case !expr.IsName(name):
		r.mistakes.Addf(e.pos, "<%s>: %q is no name: names are made of letters, digits and _, and begin with a letter", e.name, name)
		return ""
	}
	return name
}

// pair reads two numbers with a comma between them.
func (r *reader) pair(e *element, attribute string) (low, high float64, ok bool) {
	parts := strings.Split(e.values[attribute], ",")
	if len(parts) == 2 {
		a, err := strconv.ParseFloat(strings.TrimSpace(parts[0]), 64)
		b, also := strconv.ParseFloat(strings.TrimSpace(parts[1]), 64)
		if strings.EqualFold(strings.TrimSpace(parts[0]), "none") {
			a, err = math.Inf(-1), nil
		}
		if strings.EqualFold(strings.TrimSpace(parts[1]), "none") {
			b, also = math.Inf(1), nil
		}
		if err == nil && also == nil {
			return a, b, true
		}
	}
	r.mistakes.Addf(e.pos, `<%s name=%q>: expected %s="low, high", found %q`, e.name, e.values["name"], attribute, e.values[attribute])
	return 0, 0, false
}

// define adds a definition.
func (r *reader) define(e *element, name string, value expr.Expr) {
	if name != "" {
		r.m.Definitions = append(r.m.Definitions, model.Definition{Name: name, About: about(e, ""), Value: value, Pos: e.pos})
	}
}

func (r *reader) stateNames() []string {
	var out []string
	for _, s := range r.m.States {
		out = append(out, s.Name)
	}
	return out
}

// unknown notes an element that RateML does not have at this place.
func (r *reader) unknown(e *element, known ...string) {
	hint := fault.Suggest(e.name, known)
	if hint == "" {
		hint = "; there is <" + strings.Join(known, ">, <") + ">"
	}
	r.mistakes.Addf(e.pos, "unknown element <%s>%s", e.name, hint)
}

func (r *reader) note(format string, args ...any) {
	r.m.Notes = append(r.m.Notes, fmt.Sprintf(format, args...))
}

func about(e *element, otherwise string) string {
	if text := strings.Join(strings.Fields(e.values["description"]), " "); text != "" {
		return text
	}
	return otherwise
}

// variance is the D of noise that adds nsig times a normal number to each state in each step: nsig^2 = 2 D dt.
func (r *reader) variance() float64 {
	text, given := r.texts["nsig"]
	if !given {
		text = "1"
	}
	at := func(step float64) float64 {
		g := expr.NewGraph()
		e, err := expr.Parse(fault.Pos{File: r.file}, translate(text))
		if err != nil {
			r.mistakes.Add(err)
			return 0
		}
		scope := expr.Scope{Value: func(name string) *expr.Node {
			if name == "dt" {
				return g.Const(step)
			}
			for _, p := range r.m.Parameters {
				if p.Name == name {
					return g.Const(p.Value)
				}
			}
			return nil
		}}
		n, err := e.Build(g, scope)
		if err != nil {
			r.mistakes.Add(err)
			return 0
		}
		gain := expr.Eval([]*expr.Node{n}, nil)[0]
		d, _ := strconv.ParseFloat(strconv.FormatFloat(gain*gain/(2*step), 'g', 14, 64), 64) // without the root's rounding
		return d
	}
	d, other := at(generatorStep), at(generatorStep/2)
	if math.Abs(d-other) > 1e-9*math.Abs(d) {
		r.note("noise: nsig = %s does not go with the root of the step; D = %s is for a step of %s ms", text, expr.Number(d), expr.Number(generatorStep))
	} else {
		r.note("noise: nsig = %s is D = %s of every state, swept as \"noise.%s\"", text, expr.Number(d), r.stateNames()[0])
	}
	return d
}
