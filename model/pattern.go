package model

import (
	"strings"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Pattern is the course of a stimulus in time.
type Pattern struct {
	Name       string
	Title      string
	Parameters []Parameter
	Text       string // in t [ms] since the start of the simulation, and the parameters
}

// Patterns lists the patterns that the program knows, with TVB's names for the parameters and its defaults.
func Patterns() []Pattern {
	return []Pattern{
		{
			Name: "pulse_train", Title: "pulses of one height, one each T",
			Parameters: parameters("onset", 30, "start [ms]", "T", 42, "from pulse to pulse [ms]", "tau", 13, "length of a pulse [ms]", "amp", 1, "height"),
			Text:       "where(t > onset and mod(t - onset, T) < tau, amp, 0)",
		},
		{
			Name: "constant", Title: "the same from onset to offset",
			Parameters: parameters("onset", 0, "start [ms]", "offset", 1e12, "end [ms]", "amp", 1, "height"),
			Text:       "where(t >= onset and t < offset, amp, 0)",
		},
		{
			Name: "linear", Title: "a ramp", Parameters: parameters("a", 1, "slope", "b", 0, "offset"), Text: "a*t + b",
		},
		{
			Name: "gaussian", Title: "a bell",
			Parameters: parameters("amp", 1, "height", "sigma", 1, "width [ms]", "midpoint", 0, "middle [ms]", "offset", 0, "offset"),
			Text:       "amp*exp(-(t - midpoint)^2/(2*sigma^2)) + offset",
		},
		{
			Name: "double_gaussian", Title: "the difference of two bells",
			Parameters: parameters("amp_1", 0.5, "height", "sigma_1", 20, "width [ms]", "midpoint_1", 0, "middle [ms]",
				"amp_2", 1, "height of the second", "sigma_2", 10, "its width [ms]", "midpoint_2", 0, "its middle [ms]"),
			Text: "amp_1*exp(-(t - midpoint_1)^2/(2*sigma_1^2)) - amp_2*exp(-(t - midpoint_2)^2/(2*sigma_2^2))",
		},
		{
			Name: "sigmoid", Title: "a smooth fall",
			Parameters: parameters("amp", 1, "height", "radius", 5, "middle [ms]", "sigma", 1, "width [ms]", "offset", 0, "offset"),
			Text:       "amp/(1 + exp(-pi/sqrt(3)*(radius - t)/sigma)) + offset",
		},
		{
			Name: "generalized_sigmoid", Title: "a smooth rise",
			Parameters: parameters("low", 0, "value before", "high", 1, "value after", "midpoint", 1, "middle [ms]", "sigma", 0.3, "width [ms]"),
			Text:       "low + (high - low)/(1 + exp(-pi/sqrt(3)*(t - midpoint)/sigma))",
		},
		{
			Name: "sinusoid", Title: "a sine", Parameters: parameters("amp", 1, "height", "frequency", 0.01, "frequency [kHz]"), Text: "amp*sin(2*pi*frequency*t)",
		},
		{
			Name: "cosine", Title: "a cosine", Parameters: parameters("amp", 1, "height", "frequency", 0.01, "frequency [kHz]"), Text: "amp*cos(2*pi*frequency*t)",
		},
		{
			Name: "alpha", Title: "a fast rise and a slower fall",
			Parameters: parameters("onset", 0.5, "start [ms]", "alpha", 13, "one rate [1/ms]", "beta", 42, "the other [1/ms]", "amp", 1, "factor"),
			Text:       "where(t <= onset, 0, amp*alpha*beta/(beta - alpha)*(exp(-alpha*(t - onset)) - exp(-beta*(t - onset))))",
		},
	}
}

// FindPattern returns the pattern of that name. The error is a fault.Mistake.
func FindPattern(name string) (Pattern, error) {
	var names []string
	for _, p := range Patterns() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	hint := fault.Suggest(name, names)
	if hint == "" {
		hint = "; there is " + strings.Join(names, ", ")
	}
	return Pattern{}, fault.Mistake{Msg: "unknown pattern " + quoted(name) + hint}
}

// Build makes the pattern a value of the leaf time and of leaves address(parameter).
func (p Pattern) Build(g *expr.Graph, time *expr.Node, address func(parameter string) string) (*expr.Node, error) {
	names := map[string]*expr.Node{"t": time}
	for _, q := range p.Parameters {
		names[q.Name] = g.Var(address(q.Name))
	}
	e, err := expr.Parse(fault.Pos{File: "pattern " + p.Name}, p.Text)
	if err != nil {
		return nil, err
	}
	return e.Build(g, expr.Scope{Value: func(name string) *expr.Node { return names[name] }})
}
