package codegen

import (
	"fmt"
	"maps"
	"slices"

	"brainsweep/device"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// page is what the template sees.
type page struct {
	Title     string
	Reference []string
	Nodes     int
	Scheme    Scheme
	Precision int
	Block     int
	Rows      int
	Wide      int
	Products  int
	Infinity  string

	Spans   []span // between a block and a single step
	Row     int    // entries of rows for each node
	Single  int    // the bit of span 1
	Columns int
	Stride  int

	Main         *unit
	Wider        bool // double is needed beside single
	Rings        []string
	RowWeights   bool
	OwnSources   bool     // coupling terms rest on what the target itself sends
	SeesInput    bool     // quantities rest on the coupling terms
	Inputs       []string // the coupling terms that are computed
	Noisy        []noisy
	Coloured     []coloured
	Gains        []string // of noise: what their function gives
	Kicks        []kick
	Stimuli      *unit
	StimulusStep string // C text
	Series       []series
	Stages       []stage
	Streams      []*stream
	Accumulates  bool
	Moments      bool
	Args         []arg
}

// span is a number of steps whose input is gathered at once: its place among all, its bit among the near ones.
type span struct{ Steps, Place, Bit int }

// wiring tells the template how the edges are laid out.
func (p *page) wiring(nodes int) {
	spans := Spans()
	for place, steps := range spans {
		if place > 0 && steps > 1 {
			p.Spans = append(p.Spans, span{Steps: steps, Place: place, Bit: 1 << (place - 1)})
		}
	}
	p.Row, p.Single = len(spans)+1, 1<<(len(spans)-2)
	p.Columns, p.Stride = Columns, Stride(nodes)
}

// arg is a member of struct args.
type arg struct{ Declaration, About string }

// Generate writes the kernel of a spec.
func Generate(s Spec) (*Kernel, error) {
	g := &generator{spec: s, k: &Kernel{spec: s}}
	if err := g.main(); err != nil {
		return nil, err
	}
	if err := g.streams(); err != nil {
		return nil, err
	}
	g.arguments()
	text, err := g.text()
	if err != nil {
		return nil, err
	}
	for _, u := range g.k.units {
		u.compile()
	}
	if g.k.stimuli != nil {
		g.k.stimuli.compile()
	}
	g.k.Source = device.Source{Name: identifier(s.Model.Name), Text: text, Precision: s.Precision, Nodes: s.Nodes}
	return g.k, nil
}

type generator struct {
	spec Spec
	k    *Kernel
	page page
	dyn  *model.Dynamics
	unit *unit
}

// main prints the node's model, its coupling and the scheme.
func (g *generator) main() error {
	s := g.spec
	dyn, err := s.Model.Dynamics()
	if err != nil {
		return err
	}
	u := newUnit(s.Model.Name, "", dyn.Graph, s.Precision)
	g.dyn, g.unit = dyn, u
	g.k.units = append(g.k.units, u)
	perNode := map[string]bool{}
	for _, name := range s.PerNode {
		perNode[name] = true
	}
	g.leaves(perNode)
	for _, st := range s.Model.States {
		u.States = append(u.States, Field{Field: "s_" + st.Name, About: about(st.Name, st.Unit, st.About)})
	}
	u.Bounds = bounds(s.Model, u.suffix, s.Clamped...)
	if err := g.coupling(); err != nil {
		return err
	}
	g.derivatives(u, s.Model, s.Scheme.slopes(dyn.Graph, s.Model.States, dyn.Derivatives))
	g.noise()
	if err := g.stimuli(); err != nil {
		return err
	}
	g.kicks()
	step := u.constant(dyn.Graph.Var(StepAddress))
	g.page.Stages = s.Scheme.stages(u.States, step, u.suffix, g.kicksOf, g.clampOf)
	return nil
}

// kicksOf are the C names of what a state gets in a step besides its derivative.
func (g *generator) kicksOf(state int) []string {
	var names []string
	for _, k := range g.page.Kicks {
		if k.State == state {
			names = append(names, k.Name)
		}
	}
	return names
}

// clampOf is the C text of the value at which a state is held, "" where it is free.
func (g *generator) clampOf(state int) string {
	if name := g.spec.Model.States[state].Name; slices.Contains(g.spec.Clamped, name) {
		return g.unit.constant(g.dyn.Graph.Var("clamp." + name))
	}
	return ""
}

// leaves tells the unit what each leaf of the graph is.
func (g *generator) leaves(perNode map[string]bool) {
	fixed := func(address string) {
		c := folded
		if perNode[address] {
			c = nodal
		}
		g.unit.leaves[address] = c
	}
	for _, p := range g.spec.Model.Parameters {
		fixed(p.Name)
	}
	for _, p := range g.spec.Coupling.Parameters {
		fixed("coupling." + p.Name)
	}
	for _, st := range g.spec.Model.States {
		fixed("noise." + st.Name)
		fixed("noise." + st.Name + ".ntau")
		fixed("clamp." + st.Name)
		for _, name := range st.GainNames {
			fixed(st.GainAddress(name))
		}
		g.unit.leaves[st.Name] = live
		g.unit.text[st.Name] = "v.s_" + st.Name
	}
	for _, s := range g.spec.Stimuli {
		fixed(s.Address(WeightOf))
	}
	g.unit.leaves[StepAddress] = folded
	g.unit.leaves[rowWeight] = live
	for k := range g.spec.Model.Coupled {
		g.unit.leaves[fmt.Sprintf("c%d", k)] = live
		g.unit.text[fmt.Sprintf("c%d", k)] = fmt.Sprintf("c.c%d", k)
	}
	g.unit.countUses(allRoots(g.dyn))
	g.unit.name(g.dyn.Values)
}

// StepAddress is the address of the step [ms]. Like all addresses that are no parameter of the model it is no name.
const StepAddress = "run.step"

// rowWeight is the leaf of the sum of a target's weights; the leaves of the other sums are numbered.
const rowWeight = "sum of weights"

// allRoots are the values that somebody may ask a model for.
func allRoots(d *model.Dynamics) []*expr.Node {
	roots := slices.Clone(d.Derivatives)
	for _, name := range slices.Sorted(maps.Keys(d.Values)) {
		roots = append(roots, d.Values[name])
	}
	return roots
}

// coupling prints how the sums over sources become the coupling terms, and what each node sends.
// Sources are told apart by their value, so that a value that two terms need travels once.
func (g *generator) coupling() error {
	u, graph := g.unit, g.dyn.Graph
	ring := map[int]int{}
	var sources, terms []root
	var sums, inputs []string
	var values []*expr.Node
	for _, name := range g.spec.Model.Coupled {
		values = append(values, g.dyn.Values[name])
	}
	needed := g.neededInputs()
	for k := range values {
		if !needed[k] {
			continue
		}
		modes := max(1, g.spec.Model.Modes)
		var same []*expr.Node // the coupled values of this mode
		for j := k % modes; j < len(values); j += modes {
			same = append(same, values[j])
		}
		parts, post, err := g.spec.Coupling.Build(graph, same, k/modes)
		if err != nil {
			return err
		}
		total := graph.Const(0)
		for _, part := range parts {
			sum := graph.Make(expr.Mul, part.Source, graph.Var(rowWeight))
			if part.Source.Op != expr.Const {
				r, known := ring[part.Source.ID]
				if !known {
					r = len(sources)
					ring[part.Source.ID] = r
					sources = append(sources, root{fmt.Sprintf("r%d", r), part.Source})
					sums = append(sums, fmt.Sprintf("r%d", r))
				}
				leaf := fmt.Sprintf("sum #%d", r)
				u.leaves[leaf], u.text[leaf] = live, fmt.Sprintf("sums.r%d", r)
				sum = graph.Var(leaf)
			} else {
				g.page.RowWeights = true
			}
			total = graph.Make(expr.Add, total, graph.Make(expr.Mul, part.Target, sum))
		}
		inputs = append(inputs, fmt.Sprintf("c%d", k))
		terms = append(terms, root{fmt.Sprintf("c%d", k), post(total)})
	}
	g.reuseSources(sources, terms)
	g.page.Rings, g.page.Inputs, g.k.Rings = sums, inputs, len(sums)
	if g.page.RowWeights {
		u.text[rowWeight] = "sums.row_weight"
		sums = append(sums[:len(sums):len(sums)], "row_weight")
	}
	u.Structs = append(u.Structs, Struct{"sums", sums}, Struct{"inputs", inputs}, Struct{"sources", g.page.Rings})
	parameters := "PARAMETERS, const struct sums sums"
	if g.page.OwnSources {
		parameters += ", const struct sources sent"
	}
	about := fmt.Sprintf("Coupling %s: pre(x_i, x_j) = %s, post(sum) = %s.", g.spec.Coupling.Name, g.spec.Coupling.Pre, g.spec.Coupling.Post)
	u.Functions = append(u.Functions,
		u.function(about, "inputs", "coupled", parameters, terms),
		u.function("What a node sends to the others.", "sources", "sources", "PARAMETERS", sources))
	return nil
}

// reuseSources lets the coupling terms read what the target itself has sent at the end of the last step, where they
// would compute the same value from the same state again: the sine and the cosine of a phase, for example.
func (g *generator) reuseSources(sources, terms []root) {
	sent := map[*expr.Node]*expr.Node{}
	for r, source := range sources {
		if source.value.Op != expr.Var {
			leaf := fmt.Sprintf("sent #%d", r)
			g.unit.leaves[leaf], g.unit.text[leaf] = live, fmt.Sprintf("sent.r%d", r)
			sent[source.value] = g.dyn.Graph.Var(leaf)
		}
	}
	for i, term := range terms {
		terms[i].value = g.dyn.Graph.Substitute(term.value, sent)
		g.page.OwnSources = g.page.OwnSources || terms[i].value != term.value
	}
}

// neededInputs tells which coupling terms a derivative or a recorded quantity rests on; others are not computed.
func (g *generator) neededInputs() map[int]bool {
	roots := slices.Clone(g.dyn.Derivatives)
	for j, st := range g.spec.Model.States {
		if g.dyn.Gains[j] != nil && slices.Contains(g.spec.Noisy, st.Name) {
			roots = append(roots, g.dyn.Gains[j])
		}
	}
	for _, s := range g.spec.Streams {
		names := []string{s.Drive}
		if s.Kind != Balloon {
			for _, q := range s.Quantities {
				names = append(names, q.Name)
			}
		}
		for _, name := range names {
			if n := g.dyn.Values[name]; n != nil {
				roots = append(roots, n)
			}
		}
	}
	needed := map[int]bool{}
	for _, n := range expr.Order(roots...) {
		for k := range g.spec.Model.Coupled {
			needed[k] = needed[k] || n.Op == expr.Var && n.Name == model.CouplingTermName(k)
		}
	}
	return needed
}

// derivatives prints a model's right-hand side.
func (g *generator) derivatives(u *unit, m *model.Model, slopes []*expr.Node) {
	roots := make([]root, len(m.States))
	for j := range m.States {
		roots[j] = root{u.States[j].Field, slopes[j]}
	}
	u.Functions = append(u.Functions, u.function(equations(m), u.Prefix+"state", u.Prefix+"derivatives",
		"PARAMETERS, const struct "+u.Prefix+"inputs c", roots))
}

// Wide is the length of a row of co-moments: nodes rounded up to 8.
func Wide(nodes int) int { return (nodes + 7) / 8 * 8 }

// Products is how many co-moments a kernel keeps: of each node with those of its own 8 and all behind them.
func Products(nodes int) int {
	groups := nodes / 8
	return ProductsOf(nodes, nodes) + 8*groups
}

// ProductsOf tells where a node's co-moments are: that with node j is number ProductsOf(nodes, i) + j.
func ProductsOf(nodes, i int) int {
	wide, group := Wide(nodes), i/8
	return 8*group*wide - 32*group*(group-1) + i%8*(wide-8*group) - 8*group
}
