package codegen

import (
	"fmt"
	"strings"

	"brainsweep/fault"
)

// Scheme is an explicit one-step scheme, as data. With f the derivative at fixed input, z the noise of the step and
// B the hard bounds, stage s and the step are
//
//	k_s = f(Y_s),  Y_1 = x,  Y_s = B(x + dt * sum_j A[s-1][j] k_j + Noise[s-1] z),
//	x' = B(x + dt * sum_j Weights[j] k_j + z).
type Scheme struct {
	Name    string
	Title   string
	A       [][]float64 // of stages 2, 3, ...
	Noise   []float64   // share of the step's noise in the stages 2, 3, ...
	Weights []float64
	Order   int // of convergence without noise
}

// Schemes lists the schemes. With noise, Euler is Euler-Maruyama, and Heun adds the same draw to both stages.
func Schemes() []Scheme {
	return []Scheme{
		{Name: "euler", Title: "Euler, Euler-Maruyama with noise", Weights: []float64{1}, Order: 1},
		{Name: "heun", Title: "Heun, with the same noise in both stages", A: [][]float64{{1}}, Noise: []float64{1},
			Weights: []float64{0.5, 0.5}, Order: 2},
		{Name: "rk4", Title: "Runge-Kutta of order 4, noise added once a step", A: [][]float64{{0.5}, {0, 0.5}, {0, 0, 1}},
			Noise: []float64{0, 0, 0}, Weights: []float64{1. / 6, 1. / 3, 1. / 3, 1. / 6}, Order: 4},
	}
}

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

// stages spells the scheme out for the states. noise gives the text of a state's noise of the step, or "".
func (s Scheme) stages(states []Field, step, suffix string, noise func(state int) string) []stage {
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
			update := next + "." + state.Field + " += " + increment(row, state.Field, step, suffix)
			if z := noise(j); z != "" && share != 0 {
				update += " + " + factor(share, suffix) + z
			}
			out[r].Updates = append(out[r].Updates, update+";")
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
