package jobs

import (
	"math"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// Map is a parameter's course over the regions, such as the density of a receptor: at every node the parameter is
// scale times the map's number plus offset. Scale and offset are settings with addresses of their own, which can be
// swept: parameters.<name>.scale and parameters.<name>.offset.
type Map struct {
	File   string // as the job names it; {subject} in it stands for the subject's ID
	Column string

	each [][]float64 // of each subject, a number for each of its nodes
}

// mapAddress is where scale or offset of a parameter's map stands.
func mapAddress(parameter, what string) string { return "parameters." + parameter + "." + what }

// isMap tells whether a map is written at a path.
func (r *reader) isMap(path []string) bool {
	return r.Kind(path...) == "a table" && r.Has(join(path, "map")...)
}

// putMap notes a parameter that follows a map: { map = "maps/5ht2a.csv", column = "density", scale = 2, offset = 1 }.
func (r *reader) putMap(s Setting, path []string) {
	m := &Map{}
	r.faults.Add(r.Decode(&struct {
		Map, Column   *string
		Scale, Offset any
	}{&m.File, &m.Column, nil, nil}, path...))
	for _, f := range []struct {
		name    string
		missing float64
	}{{"scale", 1}, {"offset", 0}} {
		v := f.missing
		if at := join(path, f.name); r.Has(at...) {
			v, _ = r.number(s.Unit, at...)
		}
		r.plan.add(Setting{Address: mapAddress(s.Address, f.name), Unit: s.Unit, Values: []float64{v}, Min: math.Inf(-1), Max: math.Inf(1)})
	}
	pos := r.ValuePos(join(path, "map")...)
	for i := range r.plan.Subjects {
		subject := &r.plan.Subjects[i]
		own := strings.Contains(m.File, "{subject}")
		if i > 0 && !own && r.plan.uniform() {
			m.each = append(m.each, m.each[0])
			continue
		}
		of := regions{labels: subject.Labels, source: subject.Source, own: own, some: subject.ID != ""}
		numbers, err := r.columnOf(of, strings.ReplaceAll(m.File, "{subject}", subject.ID), m.Column, pos)
		if err != nil {
			r.faults.Add(err)
			return
		}
		if len(numbers) != subject.Nodes() {
			r.faultf(pos, "%s: %d numbers for the %d nodes of %s", document.Address(path...), len(numbers), subject.Nodes(), subject.Source)
			return
		}
		m.each = append(m.each, numbers)
	}
	if len(m.each) > 0 {
		s.Map, s.Values = m, m.each[0]
	}
	r.plan.add(s)
}

// mapBounds checks, once the sweep is known, that no map takes its parameter out of bounds.
func (r *reader) mapBounds() {
	p := r.plan
	for _, s := range p.Settings {
		if s.Map == nil {
			continue
		}
		low, high := math.Inf(1), math.Inf(-1)
		for _, numbers := range s.Map.each {
			for _, v := range numbers {
				low, high = min(low, v), max(high, v)
			}
		}
		var ends []float64
		for _, scale := range p.span(mapAddress(s.Address, "scale")) {
			for _, offset := range p.span(mapAddress(s.Address, "offset")) {
				ends = append(ends, scale*low+offset, scale*high+offset)
			}
		}
		r.bounds(s, ends, r.ValuePos("parameters", s.Address), "parameters."+s.Address)
	}
}

// span is the value of a setting, or the values or ends of its axis.
func (p *Plan) span(address string) []float64 {
	if k, ok := p.axes[address]; ok {
		return values(p.Sweep.Axes[k])
	}
	return p.Setting(address).Values
}

// mapText writes a parameter that follows a map.
func (p *Plan) mapText(s Setting) string {
	words := []string{"map = " + document.Quote(s.Map.File)}
	if s.Map.Column != "" {
		words = append(words, "column = "+document.Quote(s.Map.Column))
	}
	for _, what := range []string{"scale", "offset"} {
		if address := mapAddress(s.Address, what); !p.Swept(address) {
			words = append(words, what+" = "+document.Number(p.Setting(address).Values[0]))
		}
	}
	return "{ " + strings.Join(words, ", ") + " }"
}

// regions are the nodes that a table is read for.
type regions struct {
	labels []string
	source string
	own    bool // the table is of this subject alone
	some   bool // the table may have lines for others, such as those of a whole atlas
}

// planRegions are the plan's nodes.
func (r *reader) planRegions() regions {
	if r.plan.Connectome == nil {
		return regions{}
	}
	return regions{labels: r.plan.Connectome.Labels, source: r.plan.Connectome.Source, some: r.plan.Cohort != nil}
}

// column reads a column of a table: a line of names, then a line for each of the plan's nodes.
func (r *reader) column(file, name string, pos fault.Pos) ([]float64, error) {
	return r.columnOf(r.planRegions(), file, name, pos)
}
