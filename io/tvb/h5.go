package tvb

import (
	"io"
	"path"
	"slices"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/h5"
)

// readH5 reads the connectome of an HDF5 file as TVB keeps its own: data sets weights, tract_lengths, centres (x, y, z),
// region_labels, areas, orientations, cortical and hemispheres, or by the names that members of an archive may have.
func readH5(name string) (*connectome.Connectome, error) {
	place := fault.Pos{File: name}
	f, err := h5.Open(name)
	if err != nil {
		return nil, fault.Mistake{Pos: place, Msg: "an HDF5 file that cannot be read: " + err.Error()}
	}
	defer f.Close()
	var members []member
	err = f.Walk("/", func(dataset string, isGroup bool) error {
		if !isGroup && len(members) < maxMembers {
			members = append(members, member{name: strings.TrimPrefix(dataset, "/"), place: fault.Pos{File: name + ":" + dataset}})
		}
		return nil
	})
	if err != nil {
		return nil, fault.Mistake{Pos: place, Msg: "an HDF5 file that cannot be read: " + err.Error()}
	}
	chosen := map[connectome.Field]member{}
	var faults fault.List
	for _, n := range names {
		for _, m := range members {
			if !slices.Contains(n.stems, strings.ToLower(path.Base(m.name))) {
				continue
			}
			if other, twice := chosen[n.field]; twice {
				faults.Addf(m.place, "%s could be %s or %s: there must be one", n.field, other.name, m.name)
				continue
			}
			faults.Add(m.load(f, n.field))
			chosen[n.field] = m
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if _, there := chosen[connectome.Weights]; !there {
		return nil, fault.Mistake{Pos: place, Msg: "the file has no data set weights; there are " + listing(members)}
	}
	return read(name, "file", members, chosen)
}

// load takes the member's data set: labels as lines of text, all else as a table.
func (m *member) load(f *h5.File, field connectome.Field) error {
	d, err := f.OpenDataset("/" + m.name)
	if err != nil {
		return fault.Mistake{Pos: m.place, Msg: err.Error()}
	}
	defer d.Close()
	shape := d.Shape()
	if len(shape) < 1 || len(shape) > 2 || d.Len() > connectome.MaxRegions*connectome.MaxRegions {
		return fault.Mistake{Pos: m.place, Msg: "not a table of the regions of a connectome"}
	}
	all := func(data any) error {
		if err := d.Read(make([]int, len(shape)), shape, data); err != nil {
			return fault.Mistake{Pos: m.place, Msg: "cannot be read as " + string(field) + ": " + err.Error()}
		}
		return nil
	}
	if field == connectome.Labels {
		texts := make([]string, d.Len())
		if err := all(texts); err != nil {
			return err
		}
		m.raw = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(strings.Join(texts, "\n"))), nil }
		return nil
	}
	t := &table{rows: shape[0], cols: 1, values: make([]float64, d.Len())}
	if len(shape) == 2 {
		t.cols = shape[1]
	}
	if err := all(t.values); err != nil {
		return err
	}
	for i := range t.rows {
		t.line = append(t.line, i+1)
		for j := range t.cols {
			t.col = append(t.col, int32(j+1))
		}
	}
	t.member, m.table = *m, t
	return nil
}
