package rateml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// coupling reads a component of coupling: name = value * sum_j w_ij*post*pre, where pre and post may use delayed states of
// the source j and present ones of the target. The sum becomes sums of what each node sends, c0, c1, ..., times what the
// target makes of them; the job's coupling is then scaling with a = 1.
func (r *reader) coupling(c *element) {
	fetched := map[string]string{} // states of the source by the name they have here
	var factors []*element
	parts := map[string]*element{}
	for _, e := range c.children {
		switch e.name {
		case "Parameter":
			k, err := strconv.Atoi(e.values["dimension"])
			if name := r.name(e); err != nil || k < 0 || k >= len(r.m.States) {
				r.mistakes.Addf(e.pos, "parameter %q: expected the number of a state, 0 to %d, as its dimension, found %q", name, len(r.m.States)-1, e.values["dimension"])
			} else {
				fetched[name] = r.m.States[k].Name
			}
		case "DerivedParameter":
			factors = append(factors, e)
		case "Constant":
			if !slices.ContainsFunc(r.m.Parameters, func(p model.Parameter) bool { return p.Name == e.values["name"] }) {
				r.constant(e)
			}
		case "Dynamics":
			for _, d := range e.children {
				name := d.values["name"]
				switch {
				case d.name != "DerivedVariable":
					r.unknown(d, "DerivedVariable")
				case name != "pre" && name != "post":
					r.mistakes.Addf(d.pos, `the DerivedVariables of a coupling are "pre" and "post", not %q`, name)
				default:
					parts[name] = d
				}
			}
		default:
			r.unknown(e, "Parameter", "DerivedParameter", "Constant", "Dynamics")
		}
	}
	if len(factors) != 1 || parts["pre"] == nil || parts["post"] == nil {
		r.mistakes.Addf(c.pos, `coupling %q needs one DerivedParameter, which names the sum, and the DerivedVariables "pre" and "post"`, c.values["name"])
		return
	}
	pre, post := r.expression(parts["pre"], "value"), r.expression(parts["post"], "value")
	factor := r.expression(factors[0], "value")
	name := r.name(factors[0])
	if len(r.mistakes) > 0 {
		return
	}
	text, err := r.separate(fetched, pre, post)
	if err != nil {
		r.mistakes.Add(onLine(err, parts["pre"].pos))
		return
	}
	if whole := factor.String(); whole != "1" {
		text = "(" + whole + ")*(" + text + ")"
	}
	sum, err := expr.Parse(c.pos, text)
	r.mistakes.Add(err)
	r.define(factors[0], name, sum)
	r.m.Coupling = "scaling"
	r.m.Gains = map[string]float64{"a": 1}
}

// separate writes the sum over sources as a text in c0, c1, ..., and adds what the nodes send to what is coupled.
func (r *reader) separate(fetched map[string]string, pre, post expr.Expr) (string, error) {
	g := expr.NewGraph()
	present, delayed := map[*expr.Node]*expr.Node{}, map[*expr.Node]*expr.Node{}
	scope := expr.Scope{Value: func(name string) *expr.Node {
		if state, ok := fetched[name]; ok {
			leaf := g.Var("delayed " + name)
			delayed[leaf] = g.Var(state)
			return leaf
		}
		if slices.Contains(r.stateNames(), name) {
			leaf := g.Var("present " + name)
			present[leaf] = g.Var(name)
			return leaf
		}
		if r.means(name) {
			return g.Var(name)
		}
		return nil
	}}
	var list fault.List
	a, err := pre.Build(g, scope)
	list.Add(err)
	b, err := post.Build(g, scope)
	list.Add(err)
	if len(list) > 0 {
		return "", list
	}
	terms, ok := model.Separate(g, g.Make(expr.Mul, a, b), present, delayed)
	if !ok {
		return "", fault.List{{Msg: "pre*post cannot be written as a sum of products of a value at the target and one at the source, which is how a node's input is computed"}}
	}
	var sums []string
	for _, t := range terms {
		sum := model.CouplingTermName(r.sends(t.Source))
		if t.Target != g.Const(1) {
			sum = fmt.Sprintf("(%s)*%s", t.Target, sum)
		}
		sums = append(sums, sum)
	}
	return strings.Join(sums, " + "), nil
}

// means reports whether a parameter or a definition has the name.
func (r *reader) means(name string) bool {
	return slices.ContainsFunc(r.m.Parameters, func(p model.Parameter) bool { return p.Name == name }) ||
		slices.ContainsFunc(r.m.Definitions, func(d model.Definition) bool { return d.Name == name })
}

// sends gives the number of the coupling term of what a node sends.
func (r *reader) sends(value *expr.Node) int {
	name := value.String()
	if !slices.Contains(r.stateNames(), name) {
		text := name
		name = fmt.Sprintf("sent_%d", len(r.m.Coupled))
		for r.means(name) {
			name += "_"
		}
		e, err := expr.Parse(fault.Pos{File: r.file}, text)
		r.mistakes.Add(err)
		r.m.Definitions = append(r.m.Definitions, model.Definition{Name: name, About: "what a node sends to the others", Value: e})
	}
	if k := slices.Index(r.m.Coupled, name); k >= 0 {
		return k
	}
	r.m.Coupled = append(r.m.Coupled, name)
	return len(r.m.Coupled) - 1
}
