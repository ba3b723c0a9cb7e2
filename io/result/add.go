package result

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/h5"
)

// Add adds the metrics of a layout, out of the parts that have them, to the result at a path: to a copy, which takes the
// result's place when it is whole. Metrics that are there already are a mistake; with replace their numbers are
// written over.
func Add(path string, l *Layout, parts []string, replace bool) (err error) {
	held, err := survey(l, parts)
	if err != nil {
		return err
	}
	if err := copyFile(temporary(path), path); err != nil {
		return errors.Join(err, os.Remove(temporary(path)))
	}
	file, err := h5.OpenReadWrite(temporary(path))
	if err != nil {
		return errors.Join(err, os.Remove(temporary(path)))
	}
	m := &merger{layout: l, file: file, parts: held, rankings: map[Keep]*ranking{}}
	err = inTurn(func() error { return m.more(replace) }, func() error { return m.all(func(int, int) {}) }, m.notes,
		func() error { return sealResult(file) })
	m.close()
	err = errors.Join(err, file.Close())
	if err == nil {
		err = inTurn(func() error { return flush(temporary(path)) }, func() error { return publish(path) })
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary(path)))
	}
	return nil
}

// copyFile copies a file; where the file system can share its blocks, it does.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// more lays out the metrics in the groups that are there, or new ones. The mistakes name all that cannot be added.
func (m *merger) more(replace bool) error {
	frames := map[string]*frame{}
	var there []string
	for _, metric := range m.layout.Metrics {
		f, err := m.oldFrame(frames, metric)
		if err != nil {
			return err
		}
		shape := m.layout.lengths(metric)
		name := f.path + "/" + metric.Name
		v := variable{name: metric.Name, unit: metric.Unit, about: metric.About, kind: h5.Float64, dims: metric.Dims, shape: shape}
		if !m.file.Exists(name) {
			if err := addColumn(m, f, v, "", math.NaN()); err != nil {
				return err
			}
			if metric.LessIsBetter {
				if err := m.file.SetAttr(name, bestAttribute, lowest); err != nil {
					return err
				}
			}
			continue
		}
		there = append(there, metric.Address())
		set, err := m.file.OpenDataset(name)
		if err != nil {
			return err
		}
		if want := append([]int{m.layout.Points}, shape...); !slices.Equal(set.Shape(), want) {
			return fault.Mistake{Msg: fmt.Sprintf("%s is in the result with another shape, %v and not %v; write a file of its own with -o", metric.Address(), set.Shape(), want)}
		}
		c, err := newColumn(set, math.NaN())
		if err != nil {
			return err
		}
		m.copies = append(m.copies, copying{name, shape, c.take, c.flush})
	}
	if len(there) > 0 && !replace {
		return fault.Mistake{Msg: fmt.Sprintf("%s: there already; --force writes over what is there, -o NAME writes a file of its own", fewOf(there))}
	}
	return nil
}

// fewOf names a few of many.
func fewOf(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// oldFrame is the group of a metric with the scales that it has, and those that the metric needs besides.
func (m *merger) oldFrame(frames map[string]*frame, metric Metric) (*frame, error) {
	f := frames[metric.group()]
	if f == nil {
		var err error
		if m.file.Exists(metric.group() + "/point") {
			f = &frame{m.file, m.layout, metric.group(), nil, map[string]*h5.Dataset{}}
			f.scales["point"], err = m.file.OpenDataset(f.path + "/point")
		} else {
			f, err = newFrame(m.file, m.layout, metric.group(), nil)
		}
		if err != nil {
			return nil, err
		}
		frames[metric.group()] = f
	}
	for _, name := range metric.Dims {
		d, _ := m.layout.dim(name)
		if f.scales[name] == nil && m.file.Exists(f.path+"/"+name) {
			set, err := m.file.OpenDataset(f.path + "/" + name)
			if err != nil {
				return nil, err
			}
			if err := sameScale(set, d, metric); err != nil {
				return nil, err
			}
			f.scales[name] = set
		}
		if err := f.dim(d); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// sameScale sees to it that a dimension of the group is that of the metric.
func sameScale(set *h5.Dataset, d Dim, metric Metric) error {
	same := set.Len() == d.len()
	if same && d.Labels == nil {
		values := make([]float64, set.Len())
		if err := set.Read(nil, nil, values); err != nil {
			return err
		}
		same = slices.Equal(values, d.Values)
	}
	if !same {
		return fault.Mistake{Msg: fmt.Sprintf("%s has another %s than the metrics that are in the result (%d and not %d values); write a file of its own with -o",
			metric.Address(), path.Base(set.Name()), d.len(), set.Len())}
	}
	return nil
}

// notes says in the provenance what was added: attributes of the job stay as they are.
func (m *merger) notes() error {
	for _, e := range m.layout.Provenance {
		if e.Name != "analysis" {
			continue
		}
		text, _ := e.Value.(string)
		old := []string{}
		names, err := m.file.Attrs("/provenance")
		if err != nil {
			return err
		}
		if slices.Contains(names, e.Name) {
			value, err := m.file.Attr("/provenance", e.Name)
			if err != nil {
				return err
			}
			switch v := value.(type) {
			case []string:
				old = v
			case string:
				old = []string{v}
			}
		}
		return m.file.SetAttr("/provenance", e.Name, append(old, text))
	}
	return nil
}
