package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"brainsweep/model/expr"
)

// lineWidth is where Text breaks equations.
const lineWidth = 110

// Text shows the model to a reader: what it is, its symbols, its equations as one would write them, its presets.
func (m *Model) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", m.Name, m.Title)
	if m.Reference != "" {
		fmt.Fprintf(&b, "%s\n", strings.TrimSpace(m.Reference))
	}
	if m.Remarks != "" {
		b.WriteByte('\n')
		writeList(&b, "", strings.Fields(m.Remarks), "")
	}
	heading(&b, "Equations")
	for _, line := range m.equations() {
		b.WriteString(line)
	}
	m.writeStates(&b)
	if m.Input != "" || len(m.Coupled) > 0 || len(m.Stimulated) > 0 {
		heading(&b, "Input")
	}
	if m.Input != "" {
		fmt.Fprintf(&b, "  %s is the output of the model that drives this one\n", m.Input)
	}
	for k := range len(m.Coupled) / max(1, m.Modes) {
		name, _ := m.symbol(m.Coupled[k*max(1, m.Modes)])
		fmt.Fprintf(&b, "  %s is the coupling term of %s\n", CouplingTermName(k), name)
	}
	if len(m.Stimulated) > 0 {
		fmt.Fprintf(&b, "  a stimulus that names no states drives %s\n", strings.Join(m.Stimulated, ", "))
	}
	if m.Coupling != "" {
		text := m.Coupling
		for _, name := range slices.Sorted(maps.Keys(m.Gains)) {
			text += fmt.Sprintf(", %s = %s", name, expr.Number(m.Gains[name]))
		}
		fmt.Fprintf(&b, "  a job that says nothing of the coupling takes %s\n", text)
	}
	if m.Modes > 1 {
		heading(&b, "Modes")
		fmt.Fprintf(&b, "  %d; in jobs and results %s is %s, %s, ...\n", m.Modes, m.States[0].Symbol, m.States[0].Name, m.States[1].Name)
	}
	heading(&b, "Parameters")
	table(&b, len(m.Parameters), func(i int) []string {
		p := m.Parameters[i]
		return []string{p.Name, expr.Number(p.Value), p.Unit, limits(p.Min, p.Max), p.About}
	})
	if len(m.Observables) > 0 {
		heading(&b, "Observables, besides the states")
		table(&b, len(m.Observables), func(i int) []string {
			o := m.Observables[i]
			return []string{o.Name, o.Unit, o.About}
		})
	}
	m.writePresets(&b)
	m.writeSweepable(&b)
	return b.String()
}

// writeSweepable says what a job can set and sweep.
func (m *Model) writeSweepable(b *strings.Builder) {
	heading(b, "What a job can sweep")
	states := "<state>: initial.<state>, noise.<state>, noise.<state>.ntau, clamp.<state>"
	items := []string{"parameters by their names", "of a " + states}
	if len(m.Coupled) > 0 {
		items = append(items, "coupling.<parameter>", "connectome.speed")
	}
	writeList(b, " ", append(items, "run.seed"), ",")
	b.WriteString("  parameters may also have a number for each region\n")
}

func heading(b *strings.Builder, text string) { fmt.Fprintf(b, "\n%s\n", text) }

// table writes rows in columns; columns that are empty everywhere are left out.
func table(b *strings.Builder, rows int, row func(i int) []string) {
	var cells [][]string
	var filled []bool
	for i := range rows {
		r := row(i)
		cells = append(cells, r)
		filled = append(filled, make([]bool, max(0, len(r)-len(filled)))...)
		for k, cell := range r {
			filled[k] = filled[k] || cell != ""
		}
	}
	var aligned strings.Builder
	w := tabwriter.NewWriter(&aligned, 0, 0, 2, ' ', 0)
	for _, r := range cells {
		var shown []string
		for k, cell := range r {
			if filled[k] {
				shown = append(shown, cell)
			}
		}
		fmt.Fprintln(w, "  "+strings.Join(shown, "\t"))
	}
	w.Flush()
	for line := range strings.Lines(aligned.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// limits shows bounds in words; nothing where there are none.
func limits(low, high float64) string {
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return ""
	case math.IsInf(high, 1):
		return "at least " + expr.Number(low)
	case math.IsInf(low, -1):
		return "at most " + expr.Number(high)
	}
	return interval(low, high)
}

func (m *Model) writeStates(b *strings.Builder) {
	heading(b, "States")
	modes := max(1, m.Modes)
	table(b, len(m.States)/modes, func(i int) []string {
		s := m.States[i*modes]
		start := "starts in " + interval(s.Low, s.High)
		if s.Low == s.High {
			start = "starts at " + expr.Number(s.Low)
		}
		noise := ""
		if s.Noisy {
			noise = "noise D = " + expr.Number(s.Noise)
			if s.NoiseTau != 0 {
				noise += ", ntau = " + expr.Number(s.NoiseTau) + " ms"
			}
			if !s.NoiseGain.Missing() {
				noise += ", times " + s.NoiseGain.String()
			}
		}
		return []string{s.Symbol, s.Unit, start, limits(s.Min, s.Max), noise, s.About}
	})
}

func (m *Model) writePresets(b *strings.Builder) {
	for _, p := range m.Presets {
		heading(b, fmt.Sprintf("Preset %q", p.Name))
		if p.About != "" {
			fmt.Fprintf(b, "  %s\n", strings.TrimSpace(p.About))
		}
		var parameters, initial, noise []string
		for _, q := range m.Parameters {
			parameters = assigned(parameters, q.Name, p.Parameters)
		}
		for _, s := range m.States {
			initial = assigned(initial, s.Name, p.Initial)
			noise = assigned(noise, s.Name, p.Noise)
		}
		for _, list := range []struct {
			what  string
			items []string
		}{{"parameters", parameters}, {"initial", initial}, {"noise", noise}} {
			writeList(b, "  "+list.what+":", list.items, ",")
		}
	}
}

// writeList writes items behind a head, with a mark between them and with line breaks between items only.
func writeList(b *strings.Builder, head string, items []string, mark string) {
	if len(items) == 0 {
		return
	}
	line := head
	for i, item := range items {
		if i < len(items)-1 {
			item += mark
		}
		if len(line)+1+len(item) > lineWidth {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", len(head)-len(strings.TrimLeft(head, " ")))
			if head != "" {
				line += " "
			}
		}
		if line != "" {
			line += " "
		}
		line += item
	}
	b.WriteString(line + "\n")
}

func assigned(list []string, name string, values map[string]float64) []string {
	if v, set := values[name]; set {
		list = append(list, name+" = "+expr.Number(v))
	}
	return list
}

// equation is one equation with its place in the file.
type equation struct {
	line  int
	head  string
	value expr.Expr
}

// equations gives the equations in the order of the file, each a text of lines that reads back as it is.
func (m *Model) equations() []string {
	all := m.heads()
	slices.SortStableFunc(all, func(a, b equation) int { return a.line - b.line })
	var out []string
	for _, e := range all {
		out = append(out, e.String())
	}
	return out
}

// heads lists functions, definitions and derivatives.
func (m *Model) heads() []equation {
	var all []equation
	for _, f := range m.Functions {
		all = append(all, equation{f.Pos.Line, f.Name + "(" + strings.Join(f.Args, ", ") + ") =", f.Body})
	}
	for _, f := range m.Definitions {
		all = append(all, equation{f.Pos.Line, f.Name + " =", f.Value})
	}
	for _, s := range m.States {
		if s.Mode == 0 {
			all = append(all, equation{s.Derivative.Pos().Line, "d(" + s.Symbol + ") =", s.Derivative})
		}
	}
	return all
}

func (e equation) String() string {
	lines := strings.Split(e.value.String(), "\n")
	if len(lines) == 1 {
		return wrap("  "+e.head+" "+lines[0], "      ")
	}
	out := wrap("  "+e.head, "      ")
	for _, l := range lines {
		out += wrap("    "+l, "        ")
	}
	return out
}

// wrap breaks a line at spaces; what continues it begins with indent.
func wrap(line, indent string) string {
	var b strings.Builder
	for len(line) > lineWidth {
		cut := strings.LastIndexByte(line[:lineWidth], ' ')
		if cut <= len(indent) {
			break
		}
		b.WriteString(line[:cut] + "\n")
		line = indent + line[cut+1:]
	}
	b.WriteString(line + "\n")
	return b.String()
}

// Digest identifies what the model computes: states with their bounds, names of parameters, equations, what is coupled
// and what drives it. Comments, spacing, titles, default values and presets do not enter.
func (m *Model) Digest() string {
	var lines []string
	for _, e := range m.heads() {
		lines = append(lines, e.head+" "+e.value.String())
	}
	slices.Sort(lines)
	for _, s := range m.States { // their order tells them apart in the noise
		lines = append(lines, fmt.Sprintf("state %s in %s, noisy %v", s.Name, interval(s.Min, s.Max), s.Noisy))
		if !s.NoiseGain.Missing() {
			lines = append(lines, "gain "+s.NoiseGain.String()+" with "+strings.Join(s.GainNames, " "))
		}
	}
	var names []string
	for _, p := range m.Parameters {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	lines = append(lines, "parameters "+strings.Join(names, " "), "coupled "+strings.Join(m.Coupled, " "), "input "+m.Input)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}
