package result

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"brainsweep/io/h5"
)

// Merge makes the result file out of the parts of a job, under a temporary name until it is whole. Points that no part
// has are missing in it. Its memory does not grow with their number. progress, which may be nil, is told how many
// points are done with. A part that is damaged, of another plan, or overlaps with another is an error.
func Merge(out string, l *Layout, parts []string, progress func(done, total int)) error {
	if err := l.Check(); err != nil {
		return err
	}
	held, err := survey(l, parts)
	if err != nil {
		return err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	file, err := h5.Create(temporary(out))
	if err != nil {
		return err
	}
	m := &merger{layout: l, file: file, parts: held, rankings: map[Keep]*ranking{}}
	defer m.close()
	if err := m.run(progress); err != nil {
		file.Close() // what became of the contents does not matter
		return errors.Join(err, os.Remove(temporary(out)))
	}
	err = inTurn(file.Close,
		func() error { return flush(temporary(out)) },
		func() error { return publish(out) })
	if err != nil {
		return errors.Join(err, os.Remove(temporary(out)))
	}
	return nil
}

// survey reads the headers of the parts and puts them in the order of their places.
func survey(l *Layout, parts []string) ([]*source, error) {
	var all []*source
	for _, path := range parts {
		h, err := readHeader(path, l.Basis)
		if err != nil {
			return nil, err
		}
		all = append(all, &source{path: path, first: h.First, count: h.Count})
		if h.Steps != l.Steps {
			return nil, fmt.Errorf("part %s is of %d steps, not %d", path, h.Steps, l.Steps)
		}
		if h.First+h.Count <= l.Points && h.Names != l.Names(h.First, h.Count) {
			return nil, fmt.Errorf("part %s holds other points", path)
		}
	}
	slices.SortFunc(all, func(a, b *source) int { return a.first - b.first })
	next := 0
	for i, h := range all {
		if h.first < next {
			return nil, fmt.Errorf("parts %s and %s hold the same points", all[i-1].path, h.path)
		}
		next = h.first + h.count
	}
	if next > l.Points {
		return nil, fmt.Errorf("part %s holds points up to %d; there are %d", all[len(all)-1].path, next-1, l.Points)
	}
	return all, nil
}

// merger makes one result.
type merger struct {
	layout   *Layout
	file     *h5.File
	parts    []*source
	open     []*source // of parts, at most a few
	copies   []copying
	rankings map[Keep]*ranking
	runs     runs
}

// copying is a data set of the parts on its way into the result.
type copying struct {
	path  string                                             // in the parts
	shape []int                                              // of one point
	take  func(from *h5.Dataset, first, count, to int) error // rows of a part, to the rows of the result from to on
	flush func() error
}

func (m *merger) run(progress func(done, total int)) error {
	return inTurn(
		func() error {
			return attributes(m.file, "/", Entry{"title", m.layout.Title}, Entry{"format", "brainsweep result 1"})
		},
		m.points, m.metrics, m.everywhere,
		func() error { return m.all(progress) },
		m.bests,
		func() error { return writeConnectome(m.file, m.layout) },
		func() error { return writeParticipants(m.file, m.layout) },
		func() error { return writeProvenance(m.file, m.layout, m.runs) },
		func() error { return sealResult(m.file) })
}

// inTurn calls the steps until one fails.
func inTurn(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// all takes over the parts.
func (m *merger) all(progress func(done, total int)) error {
	for _, s := range m.spans() {
		if err := m.copy(s); err != nil {
			return err
		}
		progress(s.to+s.count, m.layout.Points)
	}
	for _, c := range m.copies {
		if err := c.flush(); err != nil {
			return err
		}
	}
	return nil
}

// points lays out /points.
func (m *merger) points() error {
	l := m.layout
	f, err := newFrame(m.file, l, "/points", nil)
	if err != nil {
		return err
	}
	if l.Name != nil {
		set, err := f.variable(variable{name: "name", about: "digest of all values that enter the equations", kind: h5.String})
		if err == nil {
			err = stream(set, l.Name)
		}
		if err != nil {
			return err
		}
	}
	addresses := []string{}
	for _, a := range l.Axes {
		addresses = append(addresses, a.Address)
	}
	return inTurn(
		func() error {
			return addColumn(m, f, variable{name: "status", about: "what became of the point", kind: h5.Uint8}, "", Missing)
		},
		func() error {
			return addColumn(m, f, variable{name: "fault_node", about: "node where the point first went wrong, or -1", kind: h5.Int32}, "", int32(-1))
		},
		func() error {
			return addColumn(m, f, variable{name: "fault_state", about: "state that first went wrong, or -1", kind: h5.Int32}, "", int32(-1))
		},
		func() error {
			return addColumn(m, f, variable{name: "fault_time", unit: "s", about: "time when the point first went wrong", kind: h5.Float64}, "", math.NaN())
		},
		func() error {
			return attributes(m.file, "/points/status", Entry{"flag_values", []uint8{Done, Failed, Missing}}, Entry{"flag_meanings", "done failed missing"})
		},
		func() error {
			return attributes(m.file, "/points/fault_state", Entry{"flag_meanings", strings.Join(l.States, " ")})
		},
		func() error {
			return attributes(m.file, "/points", Entry{"mode", l.Mode}, Entry{"axes", addresses}, Entry{"grid", append([]int{}, l.Grid...)})
		})
}

// metrics lays out /metrics, a group for each quantity.
func (m *merger) metrics() error {
	frames := map[string]*frame{}
	for _, metric := range m.layout.Metrics {
		f := frames[metric.Quantity]
		if f == nil {
			var err error
			if f, err = newFrame(m.file, m.layout, metric.group(), nil); err != nil {
				return err
			}
			frames[metric.Quantity] = f
		}
		for _, name := range metric.Dims {
			d, _ := m.layout.dim(name)
			if err := f.dim(d); err != nil {
				return err
			}
		}
		v := variable{name: metric.Name, unit: metric.Unit, about: metric.About, kind: h5.Float64,
			dims: metric.Dims, shape: m.layout.lengths(metric)}
		if err := addColumn(m, f, v, "", math.NaN()); err != nil {
			return err
		}
		if metric.LessIsBetter {
			if err := m.file.SetAttr(f.path+"/"+v.name, bestAttribute, lowest); err != nil {
				return err
			}
		}
	}
	return nil
}

// A metric whose smallest values are the best says so.
const (
	bestAttribute = "best"
	lowest        = "lowest"
)

// addColumn makes a data set over all points, which the parts have at the same path below prefix.
func addColumn[T number](m *merger, f *frame, v variable, prefix string, fill T) error {
	v.fill = fill
	set, err := f.variable(v)
	if err != nil {
		return err
	}
	c, err := newColumn(set, fill)
	if err != nil {
		return err
	}
	m.copies = append(m.copies, copying{prefix + f.path + "/" + v.name, v.shape, c.take, c.flush})
	return nil
}

// seriesFrame makes the group of a series with its coordinates, if it is not there yet.
func (m *merger) seriesFrame(frames map[string]*frame, s Series, points []int) (f *frame, err error) {
	if f = frames[s.Group]; f == nil {
		if f, err = newFrame(m.file, m.layout, "/"+s.Group, points); err != nil {
			return nil, err
		}
		frames[s.Group] = f
		err = f.times(s.Times)
	}
	if err == nil && !s.Global {
		err = f.dim(m.layout.across(s))
	}
	return f, err
}

func (m *merger) seriesVariable(s Series) variable {
	return variable{name: s.Name, unit: s.Unit, about: s.About, kind: floats(s.Single), dims: []string{"time", m.layout.across(s).Name}[:len(m.layout.shape(s))],
		shape: m.layout.shape(s), together: seriesChunk, compress: m.layout.Compress}
}

// everywhere lays out the series that are kept at all points.
func (m *merger) everywhere() error {
	frames := map[string]*frame{}
	for _, s := range m.layout.Series {
		if s.Keep.Best > 0 {
			continue
		}
		f, err := m.seriesFrame(frames, s, nil)
		if err == nil && s.Single {
			err = addSeries(m, f, m.seriesVariable(s), float32(math.NaN()))
		} else if err == nil {
			err = addSeries(m, f, m.seriesVariable(s), math.NaN())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addSeries is addColumn for a series: where a chunk is one point or less, nothing has to be collected.
func addSeries[T float32 | float64](m *merger, f *frame, v variable, fill T) error {
	if err := addColumn(m, f, v, "/series", fill); err != nil {
		return err
	}
	last := &m.copies[len(m.copies)-1]
	set, err := m.file.OpenDataset(f.path + "/" + v.name)
	if err != nil {
		return err
	}
	chunk, err := set.Chunk()
	if err != nil || chunk[0] > 1 {
		return err
	}
	last.flush = func() error { return nil }
	last.take = func(from *h5.Dataset, first, count, to int) error {
		for row := range count {
			if err := copyRow[T](set, from, to+row, first+row, stepOf(chunk, v.kind)); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

// stepOf is how many samples are copied at a time: whole chunks.
func stepOf(chunk []int, kind h5.Type) int {
	size := 4
	if kind == h5.Float64 {
		size = 8
	}
	for _, n := range chunk[1:] {
		size *= n
	}
	return max(1, slab/size) * chunk[1]
}
