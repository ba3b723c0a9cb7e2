package codegen

import (
	"fmt"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// Scheme is an explicit one-step scheme, as data. With f the derivative at fixed input, z the noise of the step and
// B the hard bounds, stage s and the step are
//
//	k_s = f(Y_s),  Y_1 = x,  Y_s = B(x + dt * sum_j A[s-1][j] k_j + Noise[s-1] z),
//	x' = B(x + dt * sum_j Weights[j] k_j + z).
//
// In a map the equations give the next state itself, x' = B(f(x) + z). In an exponential scheme k_s of a state whose
// equation is linear in the state itself, with the slope J, is phi(dt J) f(Y_s), where phi(z) = (exp(z) - 1)/z: the state's
// own decay is exact, whatever the step, as long as all else is held.
type Scheme struct {
	Name    string
	Title   string
	A       [][]float64 // of stages 2, 3, ...
	Noise   []float64   // share of the step's noise in the stages 2, 3, ...
	Weights []float64
	Order   int // of convergence without noise; 0 for a map

	Map         bool
	Exponential bool
}

// Schemes lists the schemes. With noise, Euler is Euler-Maruyama, and Heun adds the same draw to both stages.
func Schemes() []Scheme {
	return []Scheme{
		{Name: "euler", Title: "Euler, Euler-Maruyama with noise", Weights: []float64{1}, Order: 1},
		{Name: "heun", Title: "Heun, with the same noise in both stages", A: [][]float64{{1}}, Noise: []float64{1},
			Weights: []float64{0.5, 0.5}, Order: 2},
		{Name: "rk4", Title: "Runge-Kutta of order 4, noise added once a step", A: [][]float64{{0.5}, {0, 0.5}, {0, 0, 1}},
			Noise: []float64{0, 0, 0}, Weights: []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6}, Order: 4},
		// Dormand & Prince 1980, the solution of order 5. The step is the job's: coupling is taken once a step and delays are
		// whole steps, so an adapted step could only solve the frozen problem of one step, not the network's.
		{Name: "dopri5", Title: "Dormand-Prince of order 5 with a fixed step, noise added once a step", A: [][]float64{
			{1. / 5},
			{3. / 40, 9. / 40},
			{44. / 45, -56. / 15, 32. / 9},
			{19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729},
			{9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656},
		}, Noise: make([]float64, 5), Weights: []float64{35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84}, Order: 5},
		{Name: "exponential", Title: "exponential Euler: the decay of states that are linear in themselves is exact", Weights: []float64{1},
			Order: 1, Exponential: true},
		{Name: "map", Title: "the equations give the next state, not a derivative", Weights: []float64{1}, Map: true},
	}
}

// slopes are a scheme's derivatives of a model's states: as they are, or those of an exponential scheme.
func (s Scheme) slopes(g *expr.Graph, states []model.State, derivatives []*expr.Node) []*expr.Node {
	if !s.Exponential {
		return derivatives
	}
	out := make([]*expr.Node, len(derivatives))
	for j, f := range derivatives {
		x := g.Var(states[j].Name)
		slope := g.Diff(f, x)
		if reads(slope, x) {
			slope = g.Const(0) // not linear in x: Euler
		}
		out[j] = g.Make(expr.Mul, f, phi(g, g.Make(expr.Mul, slope, g.Var(StepAddress))))
	}
	return out
}

// phi makes (exp(z) - 1)/z, near 0 its series, whose next term is 0.1^9/10!.
func phi(g *expr.Graph, z *expr.Node) *expr.Node {
	one := g.Const(1)
	if isNumber(z, 0) {
		return one
	}
	series := one
	for k := 9.0; k > 1; k-- {
		series = g.Make(expr.Add, one, g.Make(expr.Mul, g.Make(expr.Div, z, g.Const(k)), series))
	}
	quotient := g.Make(expr.Div, g.Make(expr.Sub, g.Make(expr.Exp, z), one), z)
	return g.Make(expr.Where, g.Make(expr.Lt, g.Make(expr.Abs, z), g.Const(0.1)), series, quotient)
}

// reads reports whether n rests on the leaf.
func reads(n, leaf *expr.Node) bool { return slices.Contains(expr.Order(n), leaf) }

// FindScheme returns the scheme of a name.
func FindScheme(name string) (Scheme, error) {
	var names []string
	for _, s := range Schemes() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scheme{}, fault.Mistake{Msg: fmt.Sprintf("unknown scheme %q%s; there are %s",
		name, fault.Suggest(name, names), strings.Join(names, ", "))}
}

// stage is one stage of a step as the template prints it.
type stage struct {
	Number  int      // of its derivative d<Number>
	At      string   // the state at which the derivative is taken
	Next    string   // the state that it leads to
	Updates []string // statements that turn Next, a copy of v0, into that state
}

// stages spells the scheme out for the states. kicks gives the names of what is added to a state in the step, clamp the text of
// the value at which a state is held, "" where it is free.
func (s Scheme) stages(states []Field, step, suffix string, kicks func(state int) []string, clamp func(state int) string) []stage {
	rows := append(append([][]float64(nil), s.A...), s.Weights)
	out := make([]stage, len(rows))
	at := "v0"
	for r, row := range rows {
		share, next := 1.0, "v"
		if r < len(s.A) {
			share, next = s.Noise[r], fmt.Sprintf("v%d", r+1)
		}
		out[r] = stage{Number: r + 1, At: at, Next: next}
		for j, state := range states {
			if held := clamp(j); held != "" {
				out[r].Updates = append(out[r].Updates, next+"."+state.Field+" = "+held+";")
				continue
			}
			update := next + "." + state.Field + " += " + increment(row, state.Field, step, suffix)
			if s.Map {
				update = next + "." + state.Field + " = d1." + state.Field
			}
			out[r].Updates = append(out[r].Updates, update+";")
			if share == 0 {
				continue
			}
			for _, z := range kicks(j) {
				out[r].Updates = append(out[r].Updates, next+"."+state.Field+" += "+factor(share, suffix)+z+";")
			}
		}
		at = next
	}
	return out
}

// increment prints dt * sum_j row[j] k_j for one state.
func increment(row []float64, field, step, suffix string) string {
	var terms []string
	equal := true
	for j, w := range row {
		if w != 0 {
			terms = append(terms, fmt.Sprintf("%sd%d.%s", factor(w, suffix), j+1, field))
		}
		equal = equal && w == row[0]
	}
	if equal && row[0] != 1 {
		for j := range row {
			terms[j] = fmt.Sprintf("d%d.%s", j+1, field)
		}
		return factor(row[0], suffix) + step + " * (" + strings.Join(terms, " + ") + ")"
	}
	if len(terms) == 1 {
		return step + " * " + terms[0]
	}
	return step + " * (" + strings.Join(terms, " + ") + ")"
}

// factor prints "w * ", or nothing for 1.
func factor(w float64, suffix string) string {
	if w == 1 {
		return ""
	}
	return number(w, suffix) + " * "
}
