package jobs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// areas reads which nodes a record takes together: "hemisphere" or "cortical", a mask in TVB's form (the number of the
// area of each region), a column of a table, or a table of names with the regions of each. Without areas it is what the
// connectome tells, as in TVB: hemispheres, else cortical regions and others. nil where it cannot be read, which is noted.
func (r *reader) areas(at []string) *View {
	path := join(at, "areas")
	if r.plan.Connectome == nil {
		return nil
	}
	v := &View{Dimension: "area", Mean: true}
	switch value := r.Value(path...).(type) {
	case nil:
		c := r.plan.Connectome
		switch {
		case c.Right != nil:
			return v.flags(c.Right, "left", "right")
		case c.Cortical != nil:
			return v.flags(c.Cortical, "subcortical", "cortical")
		}
		r.faultf(r.Pos(at...), `%s.areas is missing: %s tells neither hemispheres nor cortex; write for example areas = { front = ["%s"] }`,
			document.Address(at...), c.Source, c.Labels[0])
	case string:
		return r.areasOf(v, value, path)
	case map[string]any:
		if r.Has(join(path, "file")...) && r.Kind(join(path, "file")...) == "a string" {
			return r.areaColumn(v, path)
		}
		return r.areaTable(v, path)
	default:
		r.faultf(r.ValuePos(path...), `%s: expected "hemisphere", "cortical", the file of a mask, or a table of names with the regions of each, found %s`,
			document.Address(path...), r.Kind(path...))
	}
	return nil
}

// areasOf finds the areas that a word stands for.
func (r *reader) areasOf(v *View, word string, path []string) *View {
	c := r.plan.Connectome
	switch word {
	case "hemisphere":
		if c.Right != nil {
			return v.flags(c.Right, "left", "right")
		}
		r.faultf(r.ValuePos(path...), "%s: %s does not tell hemispheres", document.Address(path...), c.Source)
		return nil
	case "cortical":
		if c.Cortical != nil {
			return v.flags(c.Cortical, "subcortical", "cortical")
		}
		r.faultf(r.ValuePos(path...), "%s: %s does not tell which regions are cortical", document.Address(path...), c.Source)
		return nil
	}
	m := r.matrix(word, path)
	if m == nil || !r.sameNodes(r.ValuePos(path...), word) {
		return nil
	}
	if len(m.Values) != c.N() || m.Rows != 1 && m.Cols != 1 {
		r.faults.Addf(m.File(), "%d x %d numbers for the %d regions of %s: the number of the area of each is wanted", m.Rows, m.Cols, c.N(), c.Source)
		return nil
	}
	var names []string
	for i, x := range m.Values {
		if x < 0 || x > 1e6 || x != float64(int(x)) {
			r.faults.Addf(m.Place(i/m.Cols, i%m.Cols), "%v is no area; they are numbered from 0", x)
			return nil
		}
		names = append(names, strconv.Itoa(int(x)))
	}
	areas := slices.Clone(names)
	slices.SortFunc(areas, func(a, b string) int { return len(a)*10 - len(b)*10 + strings.Compare(a, b) })
	return v.groups(slices.Compact(areas), names)
}

// flags makes two areas, or the one that has regions.
func (v *View) flags(flags []bool, no, yes string) *View {
	of := make([]string, len(flags))
	for i, is := range flags {
		of[i] = no
		if is {
			of[i] = yes
		}
	}
	names := slices.DeleteFunc([]string{no, yes}, func(name string) bool { return !slices.Contains(of, name) })
	return v.groups(names, of)
}

// groups makes areas of the nodes that have their names.
func (v *View) groups(areas, of []string) *View {
	for _, area := range areas {
		weights := make([]float64, len(of))
		for i, name := range of {
			if name == area {
				weights[i] = 1
			}
		}
		v.Labels, v.Weights = append(v.Labels, area), append(v.Weights, weights)
	}
	return v
}

// areaColumn reads the areas' names in a column of a table with a line for each region. A region without a name is in none.
func (r *reader) areaColumn(v *View, path []string) *View {
	var from struct{ File, Column string }
	before := len(r.faults)
	r.faults.Add(r.Decode(&from, path...))
	if len(r.faults) > before {
		return nil
	}
	pos := r.ValuePos(path...)
	lines, err := r.lines(from.File, pos)
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	header, lines := lines[0].fields, lines[1:]
	k, labels := slices.Index(header, from.Column), slices.Index(header, labelColumn)
	switch {
	case labels < 0:
		r.faults.Addf(lines0(lines, r.inputs.path(from.File)), "no column is called %s; it says which region a line is for", labelColumn)
		return nil
	case k < 0:
		r.faults.Add(document.Unknown(pos, "column", from.Column, header))
		return nil
	}
	order, err := r.match(r.planRegions(), lines, labels, from.File)
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	of := make([]string, r.nodes())
	var areas []string
	for i, l := range lines {
		if order[i] < 0 || k >= len(l.fields) || l.fields[k] == "" {
			continue
		}
		of[order[i]] = l.fields[k]
		if !slices.Contains(areas, l.fields[k]) {
			areas = append(areas, l.fields[k])
		}
	}
	if len(areas) == 0 {
		r.faultf(pos, "%s: no region has an area", document.Address(path...))
		return nil
	}
	return v.groups(areas, of)
}

// lines0 is the place of a table's first line.
func lines0(lines []line, file string) fault.Pos {
	if len(lines) > 0 && len(lines[0].pos) > 0 {
		return fault.Pos{File: lines[0].pos[0].File, Line: 1, Col: 1}
	}
	return fault.Pos{File: file}
}

// areaTable reads { name = [regions], ... }.
func (r *reader) areaTable(v *View, path []string) *View {
	before := len(r.faults)
	for _, name := range r.Keys(path...) {
		at := join(path, name)
		if kind := r.Kind(at...); kind != "a list" && kind != "a string" {
			r.faultf(r.ValuePos(at...), "%s: expected a list of regions, found %s", document.Address(at...), kind)
			continue
		}
		weights := make([]float64, r.nodes())
		for _, k := range r.nodeList(at) {
			weights[k] = 1
		}
		v.Labels, v.Weights = append(v.Labels, name), append(v.Weights, weights)
	}
	if len(v.Labels) == 0 {
		r.faultf(r.ValuePos(path...), "%s: there are no areas", document.Address(path...))
	}
	if len(r.faults) > before {
		return nil
	}
	return v
}

// viewText writes the keys of a view.
func (p *Plan) viewText(w *writer, v *View) {
	if v.source != nil {
		for _, key := range []string{"projection", "mapping", "sensors"} {
			w.text(key, v.source[key])
		}
		w.text("reference", v.Reference)
		w.line("noise", document.Number(v.Noise))
		return
	}
	areas := make([]string, len(v.Labels))
	for c, label := range v.Labels {
		var nodes []string
		for i, weight := range v.Weights[c] {
			if weight != 0 {
				nodes = append(nodes, document.Quote(p.Connectome.Labels[i]))
			}
		}
		areas[c] = fmt.Sprintf("%s = [%s]", document.Key(label), strings.Join(nodes, ", "))
	}
	w.line("areas", "{ "+strings.Join(areas, ", ")+" }")
}
