package codegen

import (
	"fmt"
	"slices"
	"strings"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// Stimulus drives states of chosen nodes: its pattern in time, times the node's weight, is added to their derivatives.
// Within a step it is constant, and enters where the scheme has the noise enter. Its numbers have the addresses
// "stimulus.<name>.<parameter>" and "stimulus.<name>.weight", the latter node by node.
type Stimulus struct {
	Name    string
	Pattern model.Pattern
	Into    []string // states

	// Samples is the number of samples of a stimulus that is a series instead of a formula, at least 2; they are the
	// host's, see sim.Study. The series begins at Onset and is multiplied by Amp, parameters of the pattern.
	Samples int
	Hold    bool // a sample holds until the next; else values lie on the line between two
}

// The parameters of a series.
const (
	SeriesOnset = "onset"
	SeriesAmp   = "amp"
)

// series is a stimulus that is read from samples, as the template sees it.
type series struct{ Number, Samples, Hold int }

// Address is the address of one of the stimulus' numbers.
func (s Stimulus) Address(number string) string { return "stimulus." + s.Name + "." + number }

// WeightOf is the number of a stimulus that a node's share of it is given by.
const WeightOf = "weight"

// kick is one of the things that a state gets in a step besides its derivative: noise, stimuli. Each is added by itself, so
// that one that is 0 leaves the state as it is, to the last digit.
type kick struct {
	State int
	Name  string // of the C variable
	Term  string
}

// stimuli prints the patterns as a unit of their own. They are computed once a step and in double always: an edge is an
// edge after hours, too.
func (g *generator) stimuli() error {
	if len(g.spec.Stimuli) == 0 {
		return nil
	}
	graph := expr.NewGraph()
	u := newUnit("stimuli", "stimulus_", graph, 64)
	u.Type = "double"
	if g.spec.Precision == 32 {
		u.widen()
		g.page.Wider = true
	}
	u.leaves["t"], u.text["t"] = live, "v.t"
	u.States = []Field{{Field: "t", About: "time since the start [ms]"}}
	var roots []root
	var fields []string
	for i, s := range g.spec.Stimuli {
		for _, p := range s.Pattern.Parameters {
			u.leaves[s.Address(p.Name)] = folded
		}
		n, err := g.pattern(graph, s)
		if err != nil {
			return err
		}
		field := fmt.Sprintf("q%d", i)
		roots, fields = append(roots, root{field, n}), append(fields, field)
		if s.Samples > 0 {
			field = fmt.Sprintf("a%d", i)
			roots, fields = append(roots, root{field, graph.Var(s.Address(SeriesAmp))}), append(fields, field)
			hold := 0
			if s.Hold {
				hold = 1
			}
			g.page.Series = append(g.page.Series, series{i, s.Samples, hold})
		}
	}
	u.leaves[StepAddress] = folded
	values := make([]*expr.Node, len(roots))
	for i, r := range roots {
		values[i] = r.value
	}
	u.countUses(values)
	u.Structs = []Struct{{u.Prefix + "values", fields}}
	u.Functions = append(u.Functions, u.function("The stimuli at a time.", u.Prefix+"values", u.Prefix+"at", "PARAMETERS", roots))
	g.page.StimulusStep = strings.Replace(u.constant(graph.Var(StepAddress)), "k.", u.Prefix+"k.", 1)
	g.page.Stimuli, g.k.stimuli = u, u
	u.spellParameters()
	return nil
}

// pattern is the value of a stimulus; of a series the time within it.
func (g *generator) pattern(graph *expr.Graph, s Stimulus) (*expr.Node, error) {
	if s.Samples > 0 {
		return graph.Make(expr.Sub, graph.Var("t"), graph.Var(s.Address(SeriesOnset))), nil
	}
	return s.Pattern.Build(graph, graph.Var("t"), s.Address)
}

// kicks gathers noise and stimuli by state.
func (g *generator) kicks() {
	for j, st := range g.spec.Model.States {
		var terms []string
		for i, n := range g.page.Noisy {
			if n.State == j {
				terms = append(terms, n.draw(i))
			}
		}
		for i, s := range g.spec.Stimuli {
			if slices.Contains(s.Into, st.Name) {
				share := g.dyn.Graph.Var(s.Address(WeightOf))
				if !g.spec.Scheme.Map {
					share = g.dyn.Graph.Make(expr.Mul, g.dyn.Graph.Var(StepAddress), share)
				}
				terms = append(terms, fmt.Sprintf("%s * (real)drive.q%d", g.unit.constant(share), i))
			}
		}
		for i, term := range terms {
			g.page.Kicks = append(g.page.Kicks, kick{j, fmt.Sprintf("z%d_%d", j, i), term})
		}
	}
}

// StimulusConstants evaluates what the numbers of the stimuli fold to, in the order of the buffer "stimulus_constants".
func (k *Kernel) StimulusConstants(value func(address string) float64) []float64 {
	if k.stimuli == nil {
		return nil
	}
	return k.stimuli.folded.Eval(value)
}
