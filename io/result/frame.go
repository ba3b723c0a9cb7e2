package result

import (
	"fmt"
	"strings"

	"brainsweep/io/h5"
)

// frame is a group of the result with its coordinates. xarray, by way of either of its engines, finds dimensions and
// coordinates only within the group that it opens; so every group has a name for each of them. Where a
// group has all points, that is a second name of what /points holds.
type frame struct {
	file   *h5.File
	layout *Layout
	path   string
	points []int // nil: all
	scales map[string]*h5.Dataset
}

// rows is the length of the dimension point.
func (f *frame) rows() int {
	if f.points == nil {
		return f.layout.Points
	}
	return len(f.points)
}

// newFrame makes a group for the points, nil for all.
func newFrame(file *h5.File, l *Layout, path string, points []int) (*frame, error) {
	f := &frame{file, l, path, points, map[string]*h5.Dataset{}}
	if err := file.Group(path); err != nil {
		return nil, err
	}
	if points == nil && path != "/points" {
		return f, f.link()
	}
	return f, f.coordinates()
}

// link names the coordinates of /points.
func (f *frame) link() (err error) {
	names := []string{"point"}
	for _, a := range f.layout.Axes {
		names = append(names, a.Address)
	}
	for _, name := range names {
		if err := f.file.Link("/points/"+name, f.path+"/"+name); err != nil {
			return err
		}
	}
	f.scales["point"], err = f.file.OpenDataset(f.path + "/point")
	return err
}

// coordinates writes the numbers of the points and the values of the axes.
func (f *frame) coordinates() error {
	number := func(row int) int {
		if f.points == nil {
			return row
		}
		return f.points[row]
	}
	point, err := f.create("point", h5.Spec{Type: h5.Int64, Shape: []int{f.rows()}})
	if err != nil {
		return err
	}
	if err := stream(point, func(row int) int64 { return int64(number(row)) }); err != nil {
		return err
	}
	if err := f.scale("point", point, "", "number of the point in the sweep"); err != nil {
		return err
	}
	for _, a := range f.layout.Axes {
		if err := f.axis(a, number); err != nil {
			return err
		}
	}
	return nil
}

func (f *frame) axis(a Axis, number func(row int) int) error {
	kind := h5.Float64
	if a.Text != nil {
		kind = h5.String
	}
	set, err := f.variable(variable{name: a.Address, unit: a.Unit, about: "swept", kind: kind, alone: true})
	if err != nil {
		return err
	}
	if a.Text != nil {
		return stream(set, func(row int) string { return a.Text(number(row)) })
	}
	return stream(set, func(row int) float64 { return a.Value(number(row)) })
}

// stream fills a data set of one dimension without holding all of it.
func stream[T number | string](set *h5.Dataset, value func(row int) T) error {
	var zero T
	c, err := newColumn(set, zero)
	for row := 0; err == nil && row < set.Len(); row++ {
		err = c.put(row, []T{value(row)})
	}
	if err != nil {
		return err
	}
	return c.flush()
}

func (f *frame) create(name string, s h5.Spec) (*h5.Dataset, error) {
	return f.file.CreateDataset(f.path+"/"+name, s)
}

// scale makes a data set the group's scale for the dimension of its name.
func (f *frame) scale(name string, set *h5.Dataset, unit, about string) error {
	f.scales[name] = set
	if err := set.MakeScale(name); err != nil {
		return err
	}
	return f.describe(name, unit, about)
}

func (f *frame) describe(name, unit, about string) error {
	if unit != "" {
		if err := f.file.SetAttr(f.path+"/"+name, "units", unit); err != nil {
			return err
		}
	}
	if about != "" {
		return f.file.SetAttr(f.path+"/"+name, "long_name", about)
	}
	return nil
}

// dim gives the group the scale of a dimension, if it has it not yet.
func (f *frame) dim(d Dim) error {
	if f.scales[d.Name] != nil {
		return nil
	}
	spec := h5.Spec{Type: h5.Float64, Shape: []int{d.len()}}
	var values any = d.Values
	if d.Labels != nil {
		spec.Type, values = h5.String, d.Labels
	}
	set, err := f.create(d.Name, spec)
	if err != nil {
		return err
	}
	if err := set.Write(nil, nil, values); err != nil {
		return err
	}
	return f.scale(d.Name, set, d.Unit, d.About)
}

// times gives the group its scale time [s].
func (f *frame) times(t Times) error {
	if f.scales["time"] != nil {
		return nil
	}
	set, err := f.create("time", h5.Spec{Type: h5.Float64, Shape: []int{t.Count}})
	if err != nil {
		return err
	}
	if err := stream(set, func(i int) float64 { return (t.First + float64(i)*t.Period) / 1000 }); err != nil {
		return err
	}
	return f.scale("time", set, "s", "time since the start")
}

// variable says what a data set of the group is to be.
type variable struct {
	name, unit, about string
	kind              h5.Type
	dims              []string // beyond point
	shape             []int    // of dims
	together          int      // bytes that go in a chunk; 0: as many as in metrics, and compressed
	compress          bool
	fill              any
	alone             bool // is a coordinate itself
}

// variable makes a data set over the points.
func (f *frame) variable(v variable) (*h5.Dataset, error) {
	spec := h5.Spec{Type: v.kind, Shape: append([]int{f.rows()}, v.shape...), Fill: v.fill}
	if v.kind != h5.String && f.rows() > 0 {
		size := map[h5.Type]int{h5.Float32: 4, h5.Float64: 8, h5.Int32: 4, h5.Int64: 8, h5.Uint8: 1}[v.kind]
		if v.together == 0 {
			v.together, v.compress = metricChunk, true
		}
		spec.Chunk = chunkOf(f.rows(), v.shape, size, v.together)
		if v.compress {
			spec.Deflate = 1
		}
	}
	set, err := f.create(v.name, spec)
	if err != nil {
		return nil, err
	}
	for i, dim := range append([]string{"point"}, v.dims...) {
		if err := set.Attach(i, f.scales[dim]); err != nil {
			return nil, err
		}
	}
	if err := f.describe(v.name, v.unit, v.about); err != nil {
		return nil, err
	}
	if len(f.layout.Axes) > 0 && !v.alone {
		var names []string
		for _, a := range f.layout.Axes {
			names = append(names, a.Address)
		}
		return set, f.file.SetAttr(f.path+"/"+v.name, "coordinates", strings.Join(names, " "))
	}
	return set, nil
}

// matrix writes a data set over dimensions that the group has, none of them point.
func (f *frame) matrix(name, unit, about string, kind h5.Type, dims []string, values any) error {
	shape := []int{}
	for _, d := range dims {
		shape = append(shape, f.scales[d].Len())
	}
	set, err := f.create(name, h5.Spec{Type: kind, Shape: shape})
	if err != nil {
		return err
	}
	if err := set.Write(nil, nil, values); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, d := range dims {
		if err := set.Attach(i, f.scales[d]); err != nil {
			return err
		}
	}
	return f.describe(name, unit, about)
}
