package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// File writes the model as a model file, which Parse reads as the same model. Comments are lost.
func (m *Model) File() string {
	var b strings.Builder
	fmt.Fprintf(&b, "title     = %s\n", textValue(m.Title))
	if m.Reference != "" {
		fmt.Fprintf(&b, "reference = %s\n", textValue(strings.TrimSpace(m.Reference)))
	}
	if m.Remarks != "" {
		fmt.Fprintf(&b, "remarks   = %s\n", textValue(strings.TrimSpace(m.Remarks)))
	}
	modes := max(1, m.Modes)
	if modes > 1 {
		fmt.Fprintf(&b, "modes     = %d\n", modes)
	}
	m.writeNames(&b, "coupled   ", m.Coupled)
	m.writeNames(&b, "stimulated", m.Stimulated)
	if m.Input != "" {
		fmt.Fprintf(&b, "input     = %s\n", textValue(m.Input))
	}
	if m.Coupling != "" {
		fmt.Fprintf(&b, "coupling  = { function = %s", textValue(m.Coupling))
		for _, name := range slices.Sorted(maps.Keys(m.Gains)) {
			fmt.Fprintf(&b, ", %s = %s", name, numberValue(m.Gains[name]))
		}
		b.WriteString(" }\n")
	}
	b.WriteString("\nequations = '''\n")
	for _, text := range m.equations() {
		for line := range strings.Lines(text) {
			b.WriteString(strings.TrimPrefix(line, "  "))
		}
	}
	b.WriteString("'''\n\n[states]\n")
	for j := 0; j < len(m.States); j += modes {
		s := m.States[j]
		entry(&b, s.Symbol, unit(s.Unit), fmt.Sprintf("range = [%s, %s]", numberValue(s.Low), numberValue(s.High)), bound("min", s.Min), bound("max", s.Max), said(s.About))
	}
	m.writeRest(&b, modes)
	return b.String()
}

// writeNames writes a list of quantities, each once for all its modes.
func (m *Model) writeNames(b *strings.Builder, key string, list []string) {
	if len(list) == 0 {
		return
	}
	var names []string
	for k := 0; k < len(list); k += max(1, m.Modes) {
		name, _ := m.symbol(list[k])
		names = append(names, textValue(name))
	}
	fmt.Fprintf(b, "%s = [%s]\n", key, strings.Join(names, ", "))
}

// writeRest writes observables, noise, parameters and presets.
func (m *Model) writeRest(b *strings.Builder, modes int) {
	section(b, "observables", len(m.Observables)/modes)
	for k := 0; k < len(m.Observables); k += modes {
		o := m.Observables[k]
		name, _ := m.symbol(o.Name)
		entry(b, name, unit(o.Unit), said(o.About))
	}
	noisy := 0
	for _, s := range m.States {
		if s.Noisy && s.Mode == 0 {
			noisy++
		}
	}
	section(b, "noise", noisy)
	for _, s := range m.States {
		if s.Noisy && s.Mode == 0 {
			fmt.Fprintf(b, "%s = %s\n", s.Symbol, s.noiseValue())
		}
	}
	section(b, "parameters", len(m.Parameters))
	for _, p := range m.Parameters {
		entry(b, p.Name, "value = "+numberValue(p.Value), unit(p.Unit), bound("min", p.Min), bound("max", p.Max), said(p.About))
	}
	for _, p := range m.Presets {
		fmt.Fprintf(b, "\n[presets.%s]\n", p.Name)
		if p.About != "" {
			fmt.Fprintf(b, "about = %s\n", textValue(p.About))
		}
		table := func(what string, values map[string]float64, names []string) {
			if len(values) == 0 {
				return
			}
			fmt.Fprintf(b, "\n[presets.%s.%s]\n", p.Name, what)
			for _, name := range names {
				if v, set := values[name]; set {
					fmt.Fprintf(b, "%s = %s\n", name, numberValue(v))
				}
			}
		}
		var parameters []string
		for _, q := range m.Parameters {
			parameters = append(parameters, q.Name)
		}
		var states []string
		initial, noise := map[string]float64{}, map[string]float64{}
		for _, s := range m.States {
			if s.Mode > 0 {
				continue
			}
			states = append(states, s.Symbol)
			if v, set := p.Initial[s.Name]; set {
				initial[s.Symbol] = v
			}
			if v, set := p.Noise[s.Name]; set {
				noise[s.Symbol] = v
			}
		}
		table("parameters", p.Parameters, parameters)
		table("initial", initial, states)
		table("noise", noise, states)
	}
}

// noiseValue is a state's line in [noise].
func (s State) noiseValue() string {
	if s.NoiseTau == 0 && s.NoiseGain.Missing() {
		return numberValue(s.Noise)
	}
	text := "{ D = " + numberValue(s.Noise)
	if s.NoiseTau != 0 {
		text += ", ntau = " + numberValue(s.NoiseTau)
	}
	if !s.NoiseGain.Missing() {
		text += ", gain = " + textValue(s.NoiseGain.String())
	}
	return text + " }"
}

func section(b *strings.Builder, name string, entries int) {
	if entries > 0 {
		fmt.Fprintf(b, "\n[%s]\n", name)
	}
}

// entry writes a line of a table of tables.
func entry(b *strings.Builder, name string, fields ...string) {
	fields = slices.DeleteFunc(fields, func(f string) bool { return f == "" })
	fmt.Fprintf(b, "%s = { %s }\n", name, strings.Join(fields, ", "))
}

func unit(u string) string {
	if u == "" {
		return ""
	}
	return "unit = " + textValue(u)
}

func said(about string) string {
	if about == "" {
		return ""
	}
	return "about = " + textValue(about)
}

func bound(key string, v float64) string {
	if math.IsInf(v, 0) {
		return ""
	}
	return key + " = " + numberValue(v)
}

// numberValue is a TOML number that is no whole number's type.
func numberValue(v float64) string {
	s := strconv.FormatFloat(v, 'g', -1, 64)
	if !strings.ContainsAny(s, ".eni") {
		s += ".0"
	}
	return s
}

// textValue is a TOML string.
func textValue(s string) string {
	if !strings.Contains(s, "\n") {
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
	}
	return "\"\"\"\n" + strings.NewReplacer(`\`, `\\`, `"""`, `\"\"\"`).Replace(s) + "\"\"\""
}
