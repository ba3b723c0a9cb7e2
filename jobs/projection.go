package jobs

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// projected lists the monitors that see the nodes through sensors.
func projected() []string { return []string{"eeg", "meg", "seeg", "projection"} }

// projectionKeys are the keys of those monitors alone.
var projectionKeys = []string{"projection", "mapping", "sensors", "reference", "noise"}

// projection reads how the sensors of a record see the nodes; nil where it cannot be read, which is noted.
func (r *reader) projection(at []string) *View {
	path := func(key string) []string { return join(at, key) }
	if !r.Has(path("projection")...) {
		r.missing(join(at, "projection"), `%s.projection is missing: the file of a matrix with a row for each sensor and a column for each region, e.g. projection = "leadfield.csv"`,
			document.Address(at...))
		return nil
	}
	v := &View{Dimension: "sensor", Reference: r.text(path("reference")...), source: map[string]string{}}
	before := len(r.faults)
	for _, key := range []string{"projection", "mapping", "sensors"} {
		v.source[key] = r.text(path(key)...)
	}
	if r.Has(path("noise")...) {
		v.Noise, _ = r.number("", path("noise")...)
		if v.Noise < 0 {
			r.faultf(r.ValuePos(path("noise")...), "%s: %v is out of bounds; the standard deviation of noise is at least 0", document.Address(path("noise")...), v.Noise)
		}
	}
	if len(r.faults) > before {
		return nil
	}
	m := r.matrix(v.source["projection"], path("projection"))
	if m == nil || r.plan.Connectome == nil {
		return nil
	}
	region := r.columnRegions(m, v.source["mapping"], path)
	if region == nil {
		return nil
	}
	v.gain(m, region, r)
	if v.Labels = r.sensorLabels(m, v.source["sensors"], path("sensors")); v.Labels == nil {
		return nil
	}
	if v.Reference == "" {
		v.Reference = ReferenceNone
	}
	if known := append([]string{ReferenceNone, ReferenceAverage}, v.Labels...); !slices.Contains(known, v.Reference) {
		r.faultf(r.ValuePos(path("reference")...), "%s: there is no sensor %q%s; write none, average, or the label of a sensor",
			document.Address(path("reference")...), v.Reference, fault.Suggest(v.Reference, known))
		return nil
	}
	return v
}

// matrix reads the matrix in a file that the job names at a path; nil where there is none, which is noted.
func (r *reader) matrix(file string, at []string) *matrix.Matrix {
	text, err := r.inputs.file(file, r.ValuePos(at...))
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	m, err := matrix.Parse(r.inputs.path(file), text)
	if err != nil {
		r.faults.Add(foundIn(err, r.ValuePos(at...)))
		return nil
	}
	return m
}

// columnRegions tells the region of each column of a projection: the mapping's, that of its name, or that of its place.
func (r *reader) columnRegions(m *matrix.Matrix, mapping string, path func(string) []string) []int {
	labels := r.plan.Connectome.Labels
	n := len(labels)
	switch {
	case mapping != "":
		return r.mapping(m, mapping, path("mapping"))
	case m.ColNames != nil:
		before := len(r.faults)
		var region []int
		for _, name := range m.ColNames {
			k := slices.Index(labels, name)
			switch {
			case k < 0:
				r.faults.Addf(m.File(), "%s has no region %q%s", r.plan.Connectome.Source, name, r.regionHint(name, labels))
			case slices.Contains(region, k):
				r.faults.Addf(m.File(), "region %q has two columns", name)
			}
			region = append(region, k)
		}
		for k, label := range labels {
			if !slices.Contains(region, k) {
				r.faults.Addf(m.File(), "region %q has no column", label)
				break
			}
		}
		if len(r.faults) > before {
			return nil
		}
		return region
	case m.Cols != n:
		hint := ""
		if m.Rows == n {
			hint = "; it may be transposed"
		} else if m.Cols > n {
			hint = "; of a surface's vertices, say with mapping which region each belongs to"
		}
		r.faults.Addf(m.File(), "a row for each sensor and a column for each of the %d regions of %s are wanted, the matrix has %d x %d numbers%s",
			n, r.plan.Connectome.Source, m.Rows, m.Cols, hint)
		return nil
	}
	if !r.sameNodes(r.ValuePos(path("projection")...), document.Address(path("projection")...)) {
		return nil
	}
	region := make([]int, n)
	for k := range region {
		region[k] = k
	}
	return region
}

// mapping reads the region of each column, as TVB numbers them: from 0, one for each vertex of a surface.
func (r *reader) mapping(m *matrix.Matrix, file string, at []string) []int {
	of := r.matrix(file, at)
	if of == nil || !r.sameNodes(r.ValuePos(at...), document.Address(at...)) {
		return nil
	}
	if len(of.Values) != m.Cols || of.Rows != 1 && of.Cols != 1 {
		r.faults.Addf(of.File(), "%d x %d numbers, but the projection has %d columns: one number for each is wanted", of.Rows, of.Cols, m.Cols)
		return nil
	}
	region := make([]int, m.Cols)
	for i, x := range of.Values {
		if n := r.nodes(); !(x >= 0 && x < float64(n)) || x != math.Trunc(x) {
			r.faults.Addf(of.Place(i/of.Cols, i%of.Cols), "%v is no region; they are numbered from 0 to %d", x, n-1)
			return nil
		}
		region[i] = int(x)
	}
	return region
}

// gain adds up the columns of each region. What is no finite number in the file is 0, as TVB has it.
func (v *View) gain(m *matrix.Matrix, region []int, r *reader) {
	lost := 0
	for row := range m.Rows {
		weights := make([]float64, r.nodes())
		for col, k := range region {
			x := m.At(row, col)
			if math.IsNaN(x) || math.IsInf(x, 0) {
				lost++
				continue
			}
			weights[k] += x
		}
		v.Weights = append(v.Weights, weights)
	}
	if lost > 0 {
		r.warnf("%s: %d entries are not finite numbers; they count as 0", v.source["projection"], lost)
	}
}

// sensorLabels are those of the sensors' file, else the names of the matrix' rows, else numbers.
func (r *reader) sensorLabels(m *matrix.Matrix, file string, at []string) []string {
	labels, place := m.RowNames, m.File()
	if file != "" {
		text, err := r.inputs.file(file, r.ValuePos(at...))
		if err != nil {
			r.faults.Add(err)
			return nil
		}
		labels, place = nil, fault.Pos{File: r.inputs.path(file)}
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "#")
			if words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;", c) }); len(words) > 0 {
				labels = append(labels, words[0])
			}
		}
		if len(labels) != m.Rows {
			r.faults.Addf(place, "%d sensors, but the projection has %d rows", len(labels), m.Rows)
			return nil
		}
	}
	if labels == nil {
		digits := len(fmt.Sprint(m.Rows - 1))
		for row := range m.Rows {
			labels = append(labels, fmt.Sprintf("s%0*d", digits, row))
		}
	}
	for i, label := range labels {
		if slices.Contains(labels[:i], label) || label == ReferenceAverage || label == ReferenceNone {
			r.faults.Addf(place, "the label %q of sensor %d is taken", label, i+1)
			return nil
		}
	}
	return labels
}
