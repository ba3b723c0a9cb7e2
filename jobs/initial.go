package jobs

import (
	"strings"

	"brainsweep/model"
)

// isInitial tells an address of an initial value.
func isInitial(address string) bool { return strings.HasPrefix(address, "initial.") }

// initial reads [initial]: a state's value, in the order given here: its key, the file, the preset, the model's range
// where that is a single value. What is left is drawn from the range.
func (r *reader) initial() {
	m := r.plan.Model
	if m == nil || !r.isTable("initial") {
		return
	}
	preset := r.presetOf(m)
	table := r.initialFile()
	for _, state := range m.States {
		s := Setting{Address: "initial." + state.Name, Unit: state.Unit, Min: state.Min, Max: state.Max}
		if state.Low == state.High {
			s.Values = []float64{state.Low}
		}
		if v, ok := preset.Initial[state.Name]; ok {
			s.Values = []float64{v}
		}
		if row, ok := table[state.Name]; ok {
			s.Values = row
		}
		if at := r.ofState("initial", state); s.Values != nil || r.Has(at...) {
			r.put(s, at...)
		}
	}
	r.known([]string{"initial"}, "state", "model "+m.Name, append(keysOfStates(m), "file"))
}

// initialFile reads initial.file: a line for each state, its name, then a number for each node.
func (r *reader) initialFile() map[string][]float64 {
	if !r.Has("initial", "file") {
		return nil
	}
	file, err := r.Text("initial", "file")
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	lines, err := r.lines(file, r.ValuePos("initial", "file"))
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	m, table := r.plan.Model, map[string][]float64{}
	for _, l := range lines {
		name := l.fields[0]
		s := stateOf(m, name)
		switch {
		case s == nil:
			r.unknown(l.pos[0], "state", name, "model "+m.Name, stateNames(m))
			continue
		case table[name] != nil:
			r.faultf(l.pos[0], "state %s has two lines", name)
			continue
		}
		var row []float64
		for i := 1; i < len(l.fields); i++ {
			x, err := l.finite(i)
			r.faults.Add(err)
			row = append(row, x)
		}
		if !r.sameNodes(l.pos[0], name) {
			continue
		}
		if n := r.nodes(); n > 0 && len(row) != n {
			r.faultf(l.pos[0], "%s: %d numbers for the %d nodes of %s", name, len(row), n, r.plan.Connectome.Source)
			continue
		}
		r.bounds(Setting{Unit: s.Unit, Min: s.Min, Max: s.Max}, row, l.pos[0], name)
		table[name] = compact(row)
	}
	return table
}

func stateOf(m *model.Model, name string) *model.State {
	for i := range m.States {
		if m.States[i].Name == name {
			return &m.States[i]
		}
	}
	return nil
}
