package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// mostModes bounds the modes of a model.
const mostModes = 16

// modes reads the number of modes and makes each state, and what belongs to one, as many.
func (r *reader) modes() {
	n := 1.0
	if r.Has("modes") {
		var err error
		n, err = r.Number("modes")
		r.mistakes.Add(err)
		if err == nil && (n != math.Trunc(n) || n < 1 || n > mostModes) {
			r.mistakes.Addf(r.ValuePos("modes"), "modes: expected a whole number from 1 to %d", mostModes)
			n = 1
		}
	}
	m := r.m
	m.Modes = max(1, int(n))
	if m.Modes == 1 {
		return
	}
	var states []State
	for _, s := range m.States {
		for mode := range m.Modes {
			s.Name, s.Mode = modeName(s.Symbol, mode), mode
			states = append(states, s)
		}
	}
	m.States = states
	m.Coupled, m.Stimulated = m.inModes(m.Coupled), m.inModes(m.Stimulated)
	var observables []Definition
	for _, o := range m.Observables {
		name := o.Name
		for mode := range m.Modes {
			o.Name = modeName(name, mode)
			observables = append(observables, o)
		}
	}
	m.Observables = observables
	for i := range m.Presets {
		m.Presets[i].Initial = m.byMode(m.Presets[i].Initial)
		m.Presets[i].Noise = m.byMode(m.Presets[i].Noise)
	}
}

// inModes gives the names of quantities in every mode.
func (m *Model) inModes(names []string) []string {
	var out []string
	for _, name := range names {
		for mode := range m.Modes {
			out = append(out, modeName(name, mode))
		}
	}
	return out
}

// byMode gives every mode of a state the value of the state.
func (m *Model) byMode(values map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for _, s := range m.States {
		if v, set := values[s.Symbol]; set {
			out[s.Name] = v
		}
	}
	return out
}

// modeName is the name of a quantity in a mode, counted from 0: x_1 in the first one.
func modeName(name string, mode int) string { return fmt.Sprintf("%s_%d", name, mode+1) }

// symbol takes the mode off the name of a quantity, where the model has modes.
func (m *Model) symbol(name string) (symbol string, mode int) {
	at := strings.LastIndexByte(name, '_')
	if m.Modes <= 1 || at < 0 {
		return name, 0
	}
	k, err := strconv.Atoi(name[at+1:])
	if err != nil || k < 1 || k > m.Modes {
		return name, 0
	}
	return name[:at], k - 1
}
