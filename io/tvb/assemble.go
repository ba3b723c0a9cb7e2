package tvb

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// names are the stems by which a field's member goes, the first as TVB writes it.
var names = []struct {
	field connectome.Field
	stems []string
}{
	{connectome.Weights, []string{"weights", "weight"}},
	{connectome.Lengths, []string{"tract_lengths", "tract_length", "tract", "lengths", "distances", "distance"}},
	{connectome.Centres, []string{"centres", "centers", "centre", "center"}},
	{connectome.Labels, []string{"region_labels", "labels"}},
	{connectome.Areas, []string{"areas", "area"}},
	{connectome.Orientations, []string{"average_orientations", "orientations", "orientation"}},
	{connectome.Cortical, []string{"cortical"}},
	{connectome.Hemispheres, []string{"hemispheres", "hemisphere"}},
}

// choose finds the member of each field: that whose stem is one of the field's, else that whose stem contains one.
func choose(members []member) (map[connectome.Field]member, error) {
	exact, near := map[connectome.Field][]member{}, map[connectome.Field][]member{}
	for _, m := range members {
		stem := m.stem()
		var field connectome.Field
		longest := 0
		for _, n := range names {
			for _, s := range n.stems {
				if stem == s {
					exact[n.field] = append(exact[n.field], m)
				} else if strings.Contains(stem, s) && len(s) > longest {
					field, longest = n.field, len(s)
				}
			}
		}
		if longest > 0 {
			near[field] = append(near[field], m)
		}
	}
	var faults fault.List
	chosen := map[connectome.Field]member{}
	for _, n := range names {
		candidates := exact[n.field]
		if len(candidates) == 0 {
			candidates = near[n.field]
		}
		switch len(candidates) {
		case 0:
		case 1:
			chosen[n.field] = candidates[0]
		default:
			faults.Addf(candidates[1].place, "%s could be %s or %s: there must be one", n.field, candidates[0].name, candidates[1].name)
		}
	}
	return chosen, faults.Err()
}

// reader collects a connectome and the mistakes of its members.
type reader struct {
	c      *connectome.Connectome
	n      int
	chosen map[connectome.Field]member
	tables map[connectome.Field]*table
	faults fault.List
}

// assemble makes the connectome of an archive's or a folder's members.
func assemble(source, kind string, members []member) (*connectome.Connectome, error) {
	place := fault.Pos{File: source}
	if len(members) == 0 {
		return nil, fault.Mistake{Pos: place, Msg: "an empty " + kind + ": weights.txt, tract_lengths.txt and centres.txt are wanted"}
	}
	chosen, err := choose(members)
	if err != nil {
		return nil, err
	}
	if _, there := chosen[connectome.Weights]; !there {
		return nil, fault.Mistake{Pos: place, Msg: fmt.Sprintf("the %s has no weights.txt; there are %s", kind, listing(members))}
	}
	return read(source, kind, members, chosen)
}

// read makes the connectome of the members chosen, among them the weights.
func read(source, kind string, members []member, chosen map[connectome.Field]member) (*connectome.Connectome, error) {
	place := fault.Pos{File: source}
	r := &reader{c: &connectome.Connectome{Source: source}, chosen: chosen, tables: map[connectome.Field]*table{}}
	weights := r.table(connectome.Weights, 0, 0)
	if weights == nil {
		// The others are looked at all the same, so that their mistakes show too.
		r.table(connectome.Lengths, 0, 0)
		r.table(connectome.Centres, 1, 3)
		return nil, r.faults.Err()
	}
	if weights.rows != weights.cols {
		r.faults.Addf(weights.member.place, "weights are %d x %d: a square matrix is wanted, rows the targets and columns the sources", weights.rows, weights.cols)
		return nil, r.faults.Err()
	}
	r.n, r.c.Weights = weights.rows, weights.values
	r.regions()
	r.lengths(place, kind, members)
	r.optional()
	r.check()
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return r.c, nil
}

// table reads a field's member; nil when there is none, or when it has mistakes.
func (r *reader) table(field connectome.Field, skip, most int) *table {
	m, there := r.chosen[field]
	if !there {
		return nil
	}
	t, err := readTable(m, skip, most)
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	r.tables[field] = t
	return t
}

// sized reads a field's member of n x cols numbers; nil also when the shape is another.
// A column may be written as one row.
func (r *reader) sized(field connectome.Field, skip, cols int) *table {
	most := 0
	if cols == 3 {
		most = cols
	}
	t := r.table(field, skip, most)
	if t == nil {
		return nil
	}
	if t.rows == r.n && t.cols == cols || cols == 1 && t.rows == 1 && t.cols == r.n {
		return t
	}
	r.faults.Addf(t.member.place, "%s are %d x %d, but the weights are of %d regions: %d x %d is wanted", field, t.rows, t.cols, r.n, r.n, cols)
	delete(r.tables, field)
	return nil
}

// regions reads labels and centres, and numbers the regions if they have no labels.
func (r *reader) regions() {
	var labels []string
	if m, there := r.chosen[connectome.Centres]; there {
		if m.table == nil {
			labels = r.named(m)
		}
		skip := min(len(labels), 1)
		if t := r.sized(connectome.Centres, skip, 3); t != nil {
			r.c.Centres = points(t.values)
		}
	}
	if m, there := r.chosen[connectome.Labels]; there {
		own := r.labels(m)
		if len(labels) == r.n && len(own) == r.n && !slices.Equal(labels, own) {
			i := slices.IndexFunc(own, func(s string) bool { return !slices.Contains(labels, s) })
			r.faults.Addf(m.place, "labels differ from those of %s%s", r.chosen[connectome.Centres].name, example(own, i))
		}
		labels = own
	}
	if len(labels) == r.n {
		r.c.Labels = labels
		return
	}
	digits := len(fmt.Sprint(r.n))
	for i := range r.n {
		r.c.Labels = append(r.c.Labels, fmt.Sprintf("region-%0*d", digits, i+1))
	}
	r.c.Notes = append(r.c.Notes, "regions are numbered, since there are no labels")
}

// named reads the labels that stand before the centres, if any do.
func (r *reader) named(m member) []string {
	if m.isArray() {
		return nil
	}
	var labels []string
	r.faults.Add(m.lines(func(_ int, _ string, row []cell) bool {
		if len(row) > 3 {
			labels = append(labels, row[0].text)
		}
		return len(labels) <= connectome.MaxRegions
	}))
	return labels
}

// labels reads a member with one label a line, or an array of them.
func (r *reader) labels(m member) []string {
	var labels []string
	if m.isArray() {
		raw, err := m.whole()
		if err == nil {
			labels, err = matrix.Words(m.place.File, raw)
		}
		if err != nil {
			r.faults.Add(err)
			return nil
		}
	} else {
		r.faults.Add(m.lines(func(_ int, text string, _ []cell) bool {
			labels = append(labels, strings.TrimSpace(text))
			return len(labels) <= connectome.MaxRegions
		}))
	}
	if len(labels) != r.n {
		r.faults.Addf(m.place, "%d labels, but the weights are of %d regions", len(labels), r.n)
		return nil
	}
	return labels
}

func example(labels []string, i int) string {
	if i < 0 {
		return " in their order"
	}
	return fmt.Sprintf(", which have no %q", labels[i])
}

// lengths reads the tract lengths, or takes the distances between centres, as TVB does.
func (r *reader) lengths(place fault.Pos, kind string, members []member) {
	if _, there := r.chosen[connectome.Lengths]; there {
		if t := r.sized(connectome.Lengths, 0, r.n); t != nil {
			r.c.Lengths = t.values
		}
		return
	}
	if _, there := r.chosen[connectome.Centres]; !there {
		r.faults.Addf(place, "the %s has neither tract_lengths.txt nor centres.txt to take distances from; there are %s", kind, listing(members))
		return
	}
	for _, p := range r.c.Centres {
		for _, q := range r.c.Centres {
			r.c.Lengths = append(r.c.Lengths, math.Sqrt(square(p[0]-q[0])+square(p[1]-q[1])+square(p[2]-q[2])))
		}
	}
	r.c.Notes = append(r.c.Notes, "tract lengths are the straight distances between centres, since there is no tract_lengths.txt")
}

// optional reads what a connectome may do without.
func (r *reader) optional() {
	if t := r.sized(connectome.Areas, 0, 1); t != nil {
		r.c.Areas = t.values
	}
	if t := r.sized(connectome.Orientations, 0, 3); t != nil {
		r.c.Orientations = points(t.values)
	}
	r.c.Cortical = r.flags(connectome.Cortical)
	r.c.Right = r.flags(connectome.Hemispheres)
}

// flags reads a member of zeros and ones.
func (r *reader) flags(field connectome.Field) []bool {
	t := r.sized(field, 0, 1)
	if t == nil {
		return nil
	}
	flags := make([]bool, r.n)
	for k, v := range t.values {
		if v != 0 && v != 1 {
			r.faults.Addf(t.place(k/t.cols, k%t.cols), "%s: %g is neither 0 nor 1", field, v)
			return nil
		}
		flags[k] = v == 1
	}
	return flags
}

// check looks at the values. Members that have mistakes of their own are left out of it.
func (r *reader) check() {
	whole := *r.c
	if whole.Lengths == nil {
		whole.Lengths = make([]float64, r.n*r.n)
	}
	r.faults.Add(whole.CheckAt(func(field connectome.Field, row, col int) fault.Pos {
		t := r.tables[field]
		switch {
		case field == connectome.Labels && r.chosen[connectome.Labels].name != "":
			return r.chosen[connectome.Labels].place
		case field == connectome.Labels && r.tables[connectome.Centres] != nil:
			p := r.tables[connectome.Centres].place(row, 0)
			p.Col = 0 // that of x, not of the label
			return p
		case t == nil:
			return fault.Pos{File: r.c.Source}
		case row >= 0 && t.rows == 1: // a column that is written as one row
			row, col = 0, row
		}
		return t.place(row, col)
	}))
}

func points(values []float64) [][3]float64 {
	out := make([][3]float64, len(values)/3)
	for i := range out {
		copy(out[i][:], values[3*i:])
	}
	return out
}

// listing names an archive's members.
func listing(members []member) string {
	const most = 12
	var out []string
	for _, m := range members {
		out = append(out, m.name)
	}
	if len(out) > most {
		out = append(out[:most], fmt.Sprintf("%d more", len(out)-most))
	}
	return strings.Join(out, ", ")
}

func square(x float64) float64 { return x * x }
