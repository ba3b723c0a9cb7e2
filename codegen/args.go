package codegen

import "fmt"

// arguments lists the members of struct args: first the arrays, then the numbers.
func (g *generator) arguments() {
	n := g.spec.Nodes
	g.array(Buffer{Name: "constants", Elem: Real, PerTeam: len(g.unit.constants), About: "folded parameters [point][constant]"})
	if c := len(g.unit.nodeConstants); c > 0 {
		g.array(Buffer{Name: "node_constants", Elem: Real, PerTeam: c * n, About: "[point][constant][node]"})
	}
	g.array(Buffer{Name: "state", Elem: Real, PerTeam: len(g.unit.States) * n, State: true, Write: true, About: "[point][state][node]"})
	if g.k.Rings > 0 {
		g.array(Buffer{Name: "history", Elem: Real, State: true, Write: true, About: "what the nodes sent [point][ring][horizon + BLOCK]"})
	}
	g.array(Buffer{Name: "wiring", Elem: I32, PerTeam: 1, About: "which wiring a point has"})
	g.array(Buffer{Name: "newest", Elem: I32, About: "where in a ring a node's line ends at step 0 [wiring][node]"})
	g.array(Buffer{Name: "rows", Elem: I32, About: "a target's first edge of each span, and the end [wiring][node][ROW]"})
	g.array(Buffer{Name: "near", Elem: I32, About: "which spans shorter than a block a wiring has, a bit each"})
	g.array(Buffer{Name: "edge_place", Elem: I32, About: "where in a ring is, at step 0, what is read"})
	g.array(Buffer{Name: "edge_weight", Elem: Real})
	g.array(Buffer{Name: "columns", Elem: I32, About: "first and end of a wiring's columns [wiring][2]"})
	g.array(Buffer{Name: "column_place", Elem: I32, About: "as edge_place"})
	g.array(Buffer{Name: "column_weight", Elem: Real, About: "[column][STRIDE], by target"})
	if g.k.Rings > 0 {
		g.array(Buffer{Name: "self_weight", Elem: Real, About: "of a node's undelayed connection with itself [wiring][node]"})
	}
	if g.page.RowWeights {
		g.array(Buffer{Name: "row_weight", Elem: Real, About: "sum of a target's weights [wiring][node]"})
	}
	if len(g.page.Noisy) > 0 {
		g.array(Buffer{Name: "key", Elem: U64, PerTeam: 1, About: "of a point's noise"})
	}
	if c := len(g.page.Coloured); c > 0 {
		g.array(Buffer{Name: "colour", Elem: Real, PerTeam: c * n, State: true, Write: true, About: "coloured noise [point][noise][node]"})
	}
	if u := g.page.Stimuli; u != nil {
		g.array(Buffer{Name: "stimulus_constants", Elem: Double, PerTeam: len(u.constants), About: "folded numbers of the stimuli [point][constant]"})
	}
	for _, s := range g.page.Series {
		g.array(Buffer{Name: fmt.Sprintf("series%d", s.Number), Elem: Double, About: fmt.Sprintf("stimulus %d: times of its samples [ms], then their values", s.Number)})
	}
	g.array(Buffer{Name: "fault", Elem: I64, PerTeam: 4, State: true, Write: true, About: "1 when a state is not finite; then node, state, step"})
	for _, s := range g.page.Streams {
		g.streamArrays(s)
	}
	g.scalar("first_step", "steps done before this launch")
	g.scalar("steps", "to do in this launch")
	if g.page.Stimuli != nil {
		g.scalar("origin", "number of the step at the start, from which the time of stimuli counts")
	}
	g.scalar("horizon", "places of a ring")
	for _, s := range g.page.Streams {
		g.scalar(fmt.Sprintf("from%d", s.Number), "number of the first sample that counts; sample j ends with step j * period")
		if s.HasOut {
			g.scalar(fmt.Sprintf("base%d", s.Number), "number of the sample in slot 0 of out")
			g.scalar(fmt.Sprintf("capacity%d", s.Number), "slots of out for each point")
		}
		if s.Moments > 0 {
			g.scalar(fmt.Sprintf("samples%d", s.Number), "that count in the whole run")
		}
	}
}

// streamArrays lists what a stream keeps between launches, and what it gives.
func (g *generator) streamArrays(s *stream) {
	n, wide := g.spec.Nodes, Wide(g.spec.Nodes)
	array := func(name string, elem Elem, perTeam int, about string) {
		g.array(Buffer{Name: fmt.Sprintf("%s%d", name, s.Number), Elem: elem, PerTeam: perTeam, State: true, Write: true, About: about})
	}
	if s.Mean {
		elem := Real
		if s.SumType == "double" {
			elem = Double
		}
		array("sum", elem, len(s.Sums)*n, "over the steps of an unfinished mean [point][quantity][node]")
	}
	if s.Unit != nil {
		g.array(Buffer{Name: fmt.Sprintf("constants%d", s.Number), Elem: Double, PerTeam: len(s.Unit.constants), About: "folded parameters [point][constant]"})
		array("state", Double, len(s.Unit.States)*n, "[point][state][node]")
	}
	if s.Kind == string(Convolution) {
		array("stock", Real, len(s.Sums)*n*s.Taps, "ring of means [point][quantity][node][tap]")
		g.array(Buffer{Name: fmt.Sprintf("taps%d", s.Number), Elem: Double, About: "responses, each with its scale and its offset behind it [response][tap]"})
		g.array(Buffer{Name: fmt.Sprintf("response%d", s.Number), Elem: I32, PerTeam: 1, About: "which response a point has"})
	}
	if s.HasOut {
		g.array(Buffer{Name: fmt.Sprintf("out%d", s.Number), Elem: Real, Write: true, About: "samples [point][quantity][slot][node]"})
	}
	if s.Moments > 0 {
		array("shift", Real, s.Moments*n, "first sample")
		array("least", Real, s.Moments*n, "")
		array("most", Real, s.Moments*n, "")
		array("offset", Double, s.Moments*n, "mean less the first sample [point][quantity][node]")
		if s.Pairs {
			array("product", Double, s.Moments*Products(n), "sums of products about the means [point][quantity][PRODUCTS]")
		} else {
			array("product", Double, s.Moments*n, "sums of squares about the means [point][quantity][node]")
		}
		array("rows", Double, s.Moments*Rows*wide, "an unfinished block of samples")
	}
}

func (g *generator) array(b Buffer) {
	qualifier := "const "
	if b.Write {
		qualifier = ""
	}
	g.k.Buffers = append(g.k.Buffers, b)
	ctype := map[Elem]string{Real: "real", Double: "double", I32: "i32", I64: "i64", U64: "u64"}[b.Elem]
	g.page.Args = append(g.page.Args, arg{fmt.Sprintf("%s%s *%s;", qualifier, ctype, b.Name), b.About})
}

func (g *generator) scalar(name, about string) {
	g.k.Scalars = append(g.k.Scalars, name)
	g.page.Args = append(g.page.Args, arg{"i64 " + name + ";", about})
}
