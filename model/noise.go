package model

import (
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/model/expr"
)

// noise reads [noise]: D of a state, or a table with D, ntau and gain.
func (r *reader) noise() {
	for _, name := range r.section("noise") {
		s := r.state(name)
		if s == nil {
			r.mistakes.Addf(r.Pos("noise", name), "noise: there is no state %q%s", name, fault.Suggest(name, r.stateNames()))
			continue
		}
		s.Noisy = true
		if r.Kind("noise", name) != "a table" {
			d, err := r.Number("noise", name)
			r.mistakes.Add(err)
			s.Noise = d
			continue
		}
		for _, key := range r.Keys("noise", name) {
			at := []string{"noise", name, key}
			var err error
			switch key {
			case "D":
				s.Noise, err = r.Number(at...)
			case "ntau":
				s.NoiseTau, err = r.Number(at...)
			case "gain":
				s.NoiseGain, err = r.gain(at...)
			default:
				err = document.Unknown(r.Pos(at...), "key", key, []string{"D", "ntau", "gain"})
			}
			r.mistakes.Add(err)
		}
	}
}

// gain reads the expression at path.
func (r *reader) gain(path ...string) (expr.Expr, error) {
	text, err := r.Text(path...)
	if err != nil {
		return expr.Expr{}, err
	}
	return expr.Parse(r.ValuePos(path...), text)
}

// WithGain is the model with another gain of a state's noise, whose text stands at pos: in the names of the equations and
// those of names, which hide them and must all be used. The error is a fault.List.
func (m *Model) WithGain(state, text string, names []string, pos fault.Pos) (*Model, error) {
	gain, err := expr.Parse(pos, text)
	if err != nil {
		return nil, err
	}
	out := *m
	out.States = append([]State(nil), m.States...)
	for j, s := range out.States {
		if s.Name == state {
			out.States[j].NoiseGain, out.States[j].GainNames = gain, names
		}
	}
	if _, err := out.Dynamics(); err != nil {
		return nil, err
	}
	var list fault.List
	used := out.used()
	for _, name := range names {
		if !used[State{Name: state}.GainAddress(name)] {
			list.Addf(pos, "the gain has no use for %q, nor has the noise: its keys are D, ntau, gain and the numbers that the gain names", name)
		}
	}
	return &out, list.Err()
}
