package model

import (
	"math"
	"strings"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Coupling says what a node receives from the others. For target i and a coupled value x,
//
//	c_i = post( sum over j with w_ij != 0 of w_ij pre(x_i, x_j) )
//
// where x_i is the target's present value and x_j the source's value when it was sent. A model that couples by several
// values has a term c0, c1, ... for each; x_i and x_j are of the term's own value, x0_i, x0_j of the first, x1_i, x1_j of
// the second one, 0 where there is none. A parameter that is given node by node is, in a part of pre that rests on the
// source, the source's.
type Coupling struct {
	Name       string
	Title      string
	Parameters []Parameter
	Pre        string // in x_i, x_j, x0_i, ..., term (the number of the term), terms (how many there are) and the parameters
	Post       string // in sum, x_i, x0_i, x1_i, term, terms and the parameters
	Own        Own    // whose past the sum is over, where not the sources'
	Rest       string // with Own: what is added to the sum times sim.Wiring's rest, in x_i, x0_i, x1_i, term and the parameters
}

// Own is a sum over a node's own past instead of its sources', x_j = x_i(t - delay_ji), which is what TVB's PreSigmoidal has.
type Own string

// The sums over a node's own past.
const (
	OwnRows    Own = "rows"    // weighed by w_ij; where w_ji is 0, x_j is 0: the rest is the sum of those weights
	OwnColumns Own = "columns" // weighed by w_ji; the rest is 1 for nodes with a connection to themselves
)

// CouplingTerm is a part of a separated pre: a value at the target, from its present state, times a value at
// the source, from the state that was sent.
type CouplingTerm struct{ Target, Source *expr.Node }

// Couplings lists the coupling functions that the program knows, with TVB's names for the parameters and its defaults.
func Couplings() []Coupling {
	return []Coupling{
		{
			Name: "linear", Title: "the sum, scaled and shifted",
			Parameters: parameters("a", 1.0/256, "factor", "b", 0, "offset"),
			Pre:        "x_j", Post: "a*sum + b",
		},
		{
			Name: "scaling", Title: "the sum, scaled",
			Parameters: parameters("a", 1.0/256, "factor"),
			Pre:        "x_j", Post: "a*sum",
		},
		{
			Name: "difference", Title: "diffusion: what the source has more than the target",
			Parameters: parameters("a", 0.1, "factor"),
			Pre:        "x_j - x_i", Post: "a*sum",
		},
		{
			Name: "hyperbolic_tangent", Title: "each source through a sigmoid",
			Parameters: parameters("a", 1, "height", "b", 1, "gain", "midpoint", 0, "middle of the sigmoid", "sigma", 1, "width of the sigmoid"),
			Pre:        "a*(1 + tanh((b*x_j - midpoint)/sigma))", Post: "sum",
		},
		{
			Name: "sigmoidal", Title: "the sum through a sigmoid",
			Parameters: parameters("cmin", -1, "least value", "cmax", 1, "largest value", "midpoint", 0, "middle of the sigmoid", "a", 1, "gain", "sigma", 230, "width of the sigmoid"),
			Pre:        "x_j", Post: "cmin + (cmax - cmin)/(1 + exp(-a*(sum - midpoint)/sigma))",
		},
		{
			// Jansen & Rit 1995; the potential is the first coupled value less the second.
			Name: "sigmoidal_jansen_rit", Title: "the firing rate of each source, from its potential",
			Parameters: parameters("cmin", 0, "least rate", "cmax", 0.005, "largest rate", "midpoint", 6, "potential of half the rate", "r", 0.56, "steepness", "a", 1, "factor"),
			Pre:        "cmin + (cmax - cmin)/(1 + exp(r*(midpoint - (x0_j - x1_j))))", Post: "a*sum",
		},
		{
			// Kuramoto 1975, without a division by the number of nodes: TVB describes one, but divides by the number of terms.
			Name: "kuramoto", Title: "the sine of the phase difference",
			Parameters: parameters("a", 1, "factor"),
			Pre:        "sin(x_j - x_i)", Post: "a/terms*sum",
		},
		{
			// Hopfield 1984. TVB describes this, but computes each node's own past instead of its sources'.
			Name: "pre_sigmoidal", Title: "each source through a sigmoid with a static or dynamic threshold",
			Parameters: preSigmoidal("theta", 0.5, "threshold",
				"dynamic", 1, "1: the threshold is the second coupled value, whose term is the node's own output; 0: it is theta"),
			Pre:  "H*(Q + tanh(G*(P*x_j - where(dynamic, x1_j, theta))))",
			Post: "where(dynamic and term == 1, H*(Q + tanh(G*(P*x0_i - x1_i))), sum)",
		},
		{
			Name: "pre_sigmoidal_tvb_static", Title: "what TVB computes for a static threshold: each node's own past, weighed by its sources",
			Parameters: preSigmoidal("theta", 0.5, "threshold; TVB's globalT is one number for all nodes"),
			Pre:        "H*(Q + tanh(G*(P*x_j - theta)))", Post: "sum", Own: OwnRows, Rest: "H*(Q - tanh(G*theta))",
		},
		{
			Name: "pre_sigmoidal_tvb_dynamic", Title: "what TVB computes for a dynamic threshold: each node's own past, weighed by its targets",
			Parameters: preSigmoidal(),
			Pre:        "where(term == 1, 0, H*(Q + tanh(G*(P*x0_j - x1_j))))", Post: "where(term == 1, H*Q + sum, sum)",
			Own: OwnColumns, Rest: "where(term == 1, H*tanh(G*(P*x0_i - x1_i)), 0)",
		},
	}
}

// preSigmoidal gives the parameters of the three forms of that coupling.
func preSigmoidal(more ...any) []Parameter {
	return parameters(append([]any{"H", 0.5, "height", "Q", 1, "offset", "G", 60, "steepness", "P", 1, "gain"}, more...)...)
}

// parameters makes a list from names, values and descriptions, with the unit in brackets, in turn.
func parameters(list ...any) []Parameter {
	var all []Parameter
	for i := 0; i < len(list); i += 3 {
		value := 0.0
		switch v := list[i+1].(type) {
		case int:
			value = float64(v)
		case float64:
			value = v
		}
		about, unit := list[i+2].(string), ""
		if text, bracket, found := strings.Cut(about, " ["); found {
			about, unit = text, strings.TrimSuffix(bracket, "]")
		}
		all = append(all, Parameter{Name: list[i].(string), Value: value, Unit: unit, Min: math.Inf(-1), Max: math.Inf(1), About: about})
	}
	return all
}

// FindCoupling returns the coupling function of that name. The error is a fault.Mistake.
func FindCoupling(name string) (Coupling, error) {
	var names []string
	for _, c := range Couplings() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	hint := fault.Suggest(name, names)
	if hint == "" {
		hint = "; there is " + strings.Join(names, ", ")
	}
	return Coupling{}, fault.Mistake{Msg: "unknown coupling function " + quoted(name) + hint}
}

// Build makes term k of the coupling as a part of a model's graph. x are the coupled values over the leaves of one node.
// The terms' sum of Target*Source is pre (and Rest, with the Source 1); post makes the coupling term of the weighted sum. The coupling's parameters are
// leaves "coupling.a" and so on. An error says what cannot be built, or that pre does not separate into such terms.
func (c Coupling) Build(g *expr.Graph, x []*expr.Node, k int) (terms []CouplingTerm, post func(sum *expr.Node) *expr.Node, err error) {
	sum := g.Var("coupling sum")
	targets, sources := map[*expr.Node]*expr.Node{}, map[*expr.Node]*expr.Node{}
	before := map[string]*expr.Node{"term": g.Const(float64(k)), "terms": g.Const(float64(len(x)))}
	after := map[string]*expr.Node{"term": g.Const(float64(k)), "terms": g.Const(float64(len(x))), "sum": sum}
	values := coupledValues(x, k)
	for _, name := range []string{"x", "x0", "x1"} {
		value, target, source := values[name], name+"_i", name+"_j"
		before[target], before[source] = g.Var("coupling "+target), g.Var("coupling "+source)
		after[target] = before[target]
		if value == nil {
			value = g.Const(0)
		}
		targets[before[target]], sources[before[source]] = value, value
	}
	var list fault.List
	pre := c.build(g, "pre", c.Pre, before, &list)
	last := c.build(g, "post", c.Post, after, &list)
	var rest *expr.Node
	if c.Rest != "" {
		rest = c.build(g, "rest", c.Rest, after, &list)
	}
	if len(list) > 0 {
		return nil, nil, list.Err()
	}
	terms, ok := Separate(g, pre, targets, sources)
	if !ok {
		list.Addf(fault.Pos{}, "coupling %s: pre = %s cannot be written as a sum of products of a value at the target and one at the source, which is how a node's input is computed", c.Name, c.Pre)
		return nil, nil, list.Err()
	}
	if rest != nil { // a source that sends 1 is summed by the wiring
		terms = append(terms, CouplingTerm{Target: g.Substitute(rest, targets), Source: g.Const(1)})
	}
	return terms, func(total *expr.Node) *expr.Node {
		targets[sum] = total
		return g.Substitute(last, targets)
	}, nil
}

// coupledValues gives the values that a coupling's texts call x, x0 and x1; nil where there is none.
func coupledValues(x []*expr.Node, k int) map[string]*expr.Node {
	values := map[string]*expr.Node{"x": x[k], "x0": x[0], "x1": nil}
	if len(x) > 1 {
		values["x1"] = x[1]
	}
	return values
}

// build makes one of the coupling's texts a node.
func (c Coupling) build(g *expr.Graph, what, text string, names map[string]*expr.Node, list *fault.List) *expr.Node {
	scope := expr.Scope{Value: func(name string) *expr.Node { return names[name] }}
	for name := range names {
		scope.Known = append(scope.Known, name)
	}
	for _, p := range c.Parameters {
		names[p.Name] = g.Var("coupling." + p.Name)
		scope.Known = append(scope.Known, p.Name)
	}
	e, err := expr.Parse(fault.Pos{File: "coupling " + c.Name + ", " + what}, text)
	if err != nil {
		list.Add(err)
		return nil
	}
	n, err := e.Build(g, scope)
	list.Add(err)
	return n
}
