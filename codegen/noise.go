package codegen

import (
	"fmt"
	"slices"

	"brainsweep/model/expr"
)

// noisy is a state driven by noise.
type noisy struct {
	State     int
	Amplitude string // C text of the factor of its unit noise
	Gain      string // C text of what the amplitude is multiplied by as the state goes, "" for nothing
	Colour    int    // its place among the coloured ones, -1 of white noise
}

// coloured is a noise with a correlation time: eta' = keep*eta + fresh*N(0, 1), or N(0, 1) where white is true.
type coloured struct {
	Draw, State        int // number of the noise, and of its state
	Keep, Fresh, White string
}

// noise gives each noisy state the amplitude of its noise, with D = noise.<state> and the step h: sqrt(2 D h) for white
// noise, the Wiener increment of variance 2 D per ms. Coloured noise is TVB's: sqrt(2 D) h/sqrt(ntau) times a unit
// Ornstein-Uhlenbeck process with the correlation time ntau, which is white where ntau is 0.
func (g *generator) noise() {
	graph, u := g.dyn.Graph, g.unit
	num := graph.Const
	op := func(op expr.Op, args ...*expr.Node) *expr.Node { return graph.Make(op, args...) }
	var gains []root
	for j, st := range g.spec.Model.States {
		if !slices.Contains(g.spec.Noisy, st.Name) {
			continue
		}
		n := noisy{State: j, Colour: -1}
		d := op(expr.Mul, num(2), graph.Var("noise."+st.Name))
		step := graph.Var(StepAddress)
		amplitude := op(expr.Sqrt, op(expr.Mul, d, step))
		if slices.Contains(g.spec.Coloured, st.Name) {
			tau := graph.Var("noise." + st.Name + ".ntau")
			white := op(expr.Eq, tau, num(0))
			keep := op(expr.Exp, op(expr.Neg, op(expr.Div, step, tau)))
			fresh := op(expr.Sqrt, op(expr.Sub, num(1), op(expr.Mul, keep, keep)))
			own := op(expr.Mul, op(expr.Sqrt, op(expr.Div, d, tau)), step)
			amplitude = op(expr.Where, white, amplitude, own)
			n.Colour = len(g.page.Coloured)
			g.page.Coloured = append(g.page.Coloured, coloured{
				Draw: len(g.page.Noisy), State: j, Keep: u.constant(keep), Fresh: u.constant(fresh), White: u.constant(white),
			})
		}
		n.Amplitude = u.constant(amplitude)
		if gain := g.dyn.Gains[j]; gain != nil {
			field := fmt.Sprintf("g%d", j)
			n.Gain = "gain." + field
			gains, g.page.Gains = append(gains, root{field, gain}), append(g.page.Gains, field)
		}
		g.page.Noisy = append(g.page.Noisy, n)
	}
	if len(gains) > 0 {
		u.Structs = append(u.Structs, Struct{"gains", g.page.Gains})
		u.Functions = append(u.Functions, u.function("What the noise of a step is multiplied by.", "gains", "gains",
			"PARAMETERS, const struct inputs c", gains))
	}
}

// draw is the C text of a state's noise of the step, with number i.
func (n noisy) draw(i int) string {
	text := fmt.Sprintf("%s * AT(draw, %d * 4 + (t & 3), i)", n.Amplitude, i)
	if n.Colour >= 0 {
		text = fmt.Sprintf("%s * AT(eta, %d, i)", n.Amplitude, n.Colour)
	}
	if n.Gain != "" {
		text = n.Gain + " * (" + text + ")"
	}
	return text
}
