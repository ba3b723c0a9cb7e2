package jobs

import (
	"math"
	"slices"
	"strings"

	"brainsweep/document"
	"brainsweep/model"
)

// ntau is the key, and the end of the address, of the correlation time of a state's noise.
const ntau = "ntau"

// noise reads [noise]: of each state D, or a table with D, ntau, gain and the numbers that the gain names. The defaults are
// the preset's, else the model's; run.noise = "none" makes D 0.
func (r *reader) noise() {
	if r.plan.Model == nil || !r.isTable("noise") {
		return
	}
	preset := r.presetOf(r.plan.Model)
	for _, state := range r.plan.Model.States {
		address := "noise." + state.Name
		d := Setting{Address: address, Values: []float64{state.Noise}, Max: math.Inf(1)}
		if v, ok := preset.Noise[state.Name]; ok {
			d.Values[0] = v
		}
		tau := Setting{Address: address + "." + ntau, Unit: "ms", Values: []float64{state.NoiseTau}, Max: math.Inf(1)}
		at := r.ofState("noise", state)
		if r.Keys(at...) == nil || r.Has(join(at, "file")...) {
			r.put(d, at...)
			r.plan.add(tau)
		} else {
			r.put(d, join(at, "D")...)
			r.put(tau, join(at, ntau)...)
			r.gain(state, at)
		}
		if r.plan.Run.Noise == NoiseNone {
			r.plan.Setting(address).Values = []float64{0}
		}
	}
	r.known([]string{"noise"}, "state", "model "+r.plan.Model.Name, keysOfStates(r.plan.Model))
}

// gain reads what a state's noise is multiplied by, and the numbers that it names besides the model's own.
func (r *reader) gain(state model.State, at []string) {
	keys := []string{"D", ntau, "gain"}
	if !r.Has(join(at, "gain")...) {
		r.known(at, "key", "noise", keys)
		return
	}
	var names []string
	for _, key := range r.Keys(at...) {
		if slices.Contains(keys, key) {
			continue
		}
		names = append(names, key)
		r.put(Setting{Address: state.GainAddress(key), Values: []float64{0}, Min: math.Inf(-1), Max: math.Inf(1)}, join(at, key)...)
	}
	changed, err := r.plan.Model.WithGain(state.Name, r.text(join(at, "gain")...), names, r.ValuePos(join(at, "gain")...))
	if err != nil {
		r.faults.Add(err)
		return
	}
	r.plan.Model = changed
}

// clamp reads [clamp]: the values at which states are held.
func (r *reader) clamp() {
	m := r.plan.Model
	if m == nil || !r.isTable("clamp") {
		return
	}
	for _, state := range m.States {
		if at := r.ofState("clamp", state); r.Has(at...) {
			r.put(Setting{Address: clampOf(state), Unit: state.Unit, Values: []float64{0}, Min: state.Min, Max: state.Max}, at...)
		}
	}
	r.known([]string{"clamp"}, "state", "model "+m.Name, keysOfStates(m))
}

func clampOf(s model.State) string { return "clamp." + s.Name }

// ofState is the path of what a section says of a state: its name or, in a model with modes, the name of all modes.
func (r *reader) ofState(section string, s model.State) []string {
	if at := []string{section, s.Symbol}; !r.Has(section, s.Name) && r.Has(at...) {
		return at
	}
	return []string{section, s.Name}
}

// keysOfStates are the names by which a section may call states.
func keysOfStates(m *model.Model) []string {
	out := stateNames(m)
	for _, s := range m.States {
		if s.Mode == 0 && s.Symbol != s.Name {
			out = append(out, s.Symbol)
		}
	}
	return out
}

// Noisy lists the states that noise drives at some point, in the model's order.
func (p *Plan) Noisy() []string {
	return p.states(func(s model.State) bool { return p.some("noise." + s.Name) })
}

// Coloured lists the states whose noise has a correlation time at some point, in the model's order.
func (p *Plan) Coloured() []string {
	return p.states(func(s model.State) bool { return p.some("noise."+s.Name) && p.some("noise."+s.Name+"."+ntau) })
}

// Clamped lists the states that are held at a value, in the model's order.
func (p *Plan) Clamped() []string {
	return p.states(func(s model.State) bool { return p.Setting(clampOf(s)) != nil })
}

// some reports whether the number at an address is other than 0 at some node of some point.
func (p *Plan) some(address string) bool {
	s := p.Setting(address)
	return p.Swept(address) || s != nil && slices.ContainsFunc(s.Values, func(v float64) bool { return v != 0 })
}

func (p *Plan) states(which func(model.State) bool) []string {
	var out []string
	for _, s := range p.Model.States {
		if which(s) {
			out = append(out, s.Name)
		}
	}
	return out
}

// noiseText writes [noise]: D alone where there is nothing else to say.
func (p *Plan) noiseText(w *writer) {
	w.section("[noise]")
	for _, s := range p.Model.States {
		address := "noise." + s.Name
		plain := s.NoiseGain.Missing() && !p.some(address+"."+ntau)
		var words []string
		word := func(key, address string) {
			if !p.Swept(address) {
				words = append(words, document.Key(key)+" = "+numbers(p.Setting(address).Values))
			}
		}
		word("D", address)
		if plain {
			if len(words) > 0 {
				w.line(s.Name, numbers(p.Setting(address).Values))
			}
			continue
		}
		word(ntau, address+"."+ntau)
		if !s.NoiseGain.Missing() {
			words = append(words, "gain = "+document.Quote(s.NoiseGain.String()))
		}
		for _, name := range s.GainNames { // the swept ones, too: they are what the gain may name
			words = append(words, document.Key(name)+" = "+numbers(p.Setting(s.GainAddress(name)).Values))
		}
		w.line(s.Name, "{ "+strings.Join(words, ", ")+" }")
	}
}
