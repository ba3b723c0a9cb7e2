package model

import (
	"math"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// Probe is the model held still: its states do not move and have no bounds, and its coupling terms (c0, c1, ..., and in a
// model with modes c0_1, c0_2, ...) and its input are states, too. Its derivatives are definitions, whose names Slope
// gives. So a kernel of it computes the model's derivatives and definitions wherever one wants to know them.
func (m *Model) Probe() *Model {
	still, err := expr.Parse(fault.Pos{}, "0")
	if err != nil {
		panic("model: " + err.Error()) // a mistake of ours: 0 is an expression
	}
	p := *m
	p.States, p.Coupled, p.Input, p.Presets = nil, nil, "", nil
	p.Definitions = append([]Definition(nil), m.Definitions...)
	hold := func(name, symbol string, mode int) {
		p.States = append(p.States, State{
			Name: name, Symbol: symbol, Mode: mode, Min: math.Inf(-1), Max: math.Inf(1), Derivative: still,
		})
	}
	modes := max(1, m.Modes)
	for _, s := range m.States {
		hold(s.Name, s.Symbol, s.Mode)
		if s.Mode == 0 {
			p.Definitions = append(p.Definitions, Definition{Name: slope(s.Symbol), Unit: s.Unit, Value: s.Derivative, Pos: s.Derivative.Pos()})
		}
	}
	for k, name := range m.CouplingTerms() {
		hold(name, CouplingTermName(k/modes), k%modes)
	}
	if m.Input != "" {
		hold(m.Input, m.Input, 0)
	}
	return &p
}

// Slope is the name by which a probe of the state's model defines its derivative. Equations cannot have it.
func (s State) Slope() string {
	if s.Name == s.Symbol {
		return slope(s.Symbol)
	}
	return modeName(slope(s.Symbol), s.Mode)
}

func slope(symbol string) string { return "d(" + symbol + ")" }
