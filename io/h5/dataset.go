package h5

import (
	"fmt"
	"slices"

	"gonum.org/v1/hdf5"
)

// Spec says what a data set is to be.
type Spec struct {
	Type    Type
	Shape   []int // nil: one value
	Chunk   []int // nil: contiguous, and no Deflate
	Deflate int   // 1 (fast) to 9, after a shuffle of bytes; 0: not compressed
	Fill    any   // what is read where nothing was written, a float64, int32, ... as Type says; nil: zero
}

// Dataset is an open data set.
type Dataset struct {
	file    *File
	name    string
	dataset *hdf5.Dataset
	kind    Type
	shape   []int
}

// CreateDataset makes a data set in a group that is there.
func (f *File) CreateDataset(name string, s Spec) (*Dataset, error) {
	var fill *values
	if s.Fill != nil {
		v, err := valueOf(s.Fill)
		if err != nil || v.kind != s.Type || !v.scalar || s.Type == String {
			panic(fmt.Sprintf("h5: fill value %v (%T) is not of the data set's type", s.Fill, s.Fill))
		}
		fill = &v
	}
	err := f.call("create", name, func() error { return nativeDataset(f.file.ID(), name, s, fill) })
	if err != nil {
		return nil, err
	}
	return f.OpenDataset(name)
}

// OpenDataset opens a data set. It is closed with its file, if not before.
func (f *File) OpenDataset(name string) (*Dataset, error) {
	d := &Dataset{file: f, name: name}
	err := f.call("open", name, func() (err error) {
		if d.dataset, err = f.file.OpenDataset(name); err != nil {
			return err
		}
		if d.kind, err = nativeType(d.dataset.ID()); err == nil {
			err = d.readShape()
		}
		if err != nil {
			drop(d.dataset.ID())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	library.Lock()
	f.open = append(f.open, d)
	library.Unlock()
	return d, nil
}

// readShape asks the library. The lock is held.
func (d *Dataset) readShape() error {
	space := d.dataset.Space()
	if space == nil {
		return errNative
	}
	defer drop(space.ID())
	d.shape = nil
	if space.SimpleExtentType() != hdf5.S_SIMPLE {
		return nil
	}
	dims, _, err := space.SimpleExtentDims()
	for _, n := range dims {
		d.shape = append(d.shape, int(n))
	}
	return err
}

// Name is the data set's path.
func (d *Dataset) Name() string { return d.name }

// Type is the narrowest of this package's types that holds every value; 0 when there is none.
func (d *Dataset) Type() Type { return d.kind }

// Shape is the length of each dimension; nil for one value. The caller leaves it as it is.
func (d *Dataset) Shape() []int { return d.shape }

// Len is the number of values.
func (d *Dataset) Len() int { return product(d.shape) }

// Chunk is the shape of a chunk, nil for a contiguous data set.
func (d *Dataset) Chunk() (chunk []int, err error) {
	err = d.file.call("read", d.name, func() error {
		chunk, err = nativeChunk(d.dataset.ID())
		return err
	})
	return chunk, err
}

// Write writes the block of count values that begins at offset, from a slice in row-major order.
// nil for both means everything. Numbers are converted to the data set's type.
func (d *Dataset) Write(offset, count []int, data any) error {
	return d.transfer("write", offset, count, data, nativeWrite)
}

// Read reads a block as Write writes it, into a slice of as many values.
func (d *Dataset) Read(offset, count []int, data any) error {
	return d.transfer("read", offset, count, data, nativeRead)
}

func (d *Dataset) transfer(op string, offset, count []int, data any,
	move func(dataset, memory, space int64, v values) error) error {
	v, err := sliceOf(data)
	if err == nil {
		err = d.fits(offset, count, v)
	}
	if err != nil {
		return &Error{Op: op, Path: d.file.path + ":" + d.name, Reason: err.Error()}
	}
	if v.n == 0 {
		return nil
	}
	return d.file.call(op, d.name, func() error {
		if offset == nil {
			return move(d.dataset.ID(), everything, everything, v)
		}
		// Of the same shape as the block, or HDF5 moves it element by element.
		memory, err := hdf5.CreateSimpleDataspace(unsigned(count), nil)
		if err != nil {
			return err
		}
		defer drop(memory.ID())
		space := d.dataset.Space()
		if space == nil {
			return errNative
		}
		defer drop(space.ID())
		if err := space.SelectHyperslab(unsigned(offset), nil, unsigned(count), nil); err != nil {
			return err
		}
		return move(d.dataset.ID(), memory.ID(), space.ID(), v)
	})
}

// everything is H5S_ALL, the whole of a data set.
const everything = 0

func (d *Dataset) fits(offset, count []int, v values) error {
	if offset == nil && count == nil {
		offset, count = make([]int, len(d.shape)), d.shape
	}
	if len(offset) != len(d.shape) || len(count) != len(d.shape) {
		return fmt.Errorf("block %v from %v in a data set of shape %v", count, offset, d.shape)
	}
	for i, n := range d.shape {
		if offset[i] < 0 || count[i] < 0 || offset[i]+count[i] > n {
			return fmt.Errorf("block %v from %v reaches out of shape %v", count, offset, d.shape)
		}
	}
	if product(count) != v.n {
		return fmt.Errorf("%d values for a block of %v", v.n, count)
	}
	if (v.kind == String) != (d.kind == String) || d.kind == 0 {
		return fmt.Errorf("%v values in a data set of %v", v.kind, d.kind)
	}
	return nil
}

// Close closes the data set. Its error may be the only sign that writing did not succeed.
func (d *Dataset) Close() error {
	library.Lock()
	at := slices.Index(d.file.open, d)
	if at >= 0 {
		d.file.open = slices.Delete(d.file.open, at, at+1)
	}
	library.Unlock()
	if at < 0 {
		return nil
	}
	return d.file.call("close", d.name, d.dataset.Close)
}

// MakeScale makes the data set the scale of a dimension called name: its values are that dimension's coordinates.
func (d *Dataset) MakeScale(name string) error {
	return d.file.call("make a scale of", d.name, func() error { return nativeMakeScale(d.dataset.ID(), name) })
}

// Attach gives dimension dim of the data set its scale.
func (d *Dataset) Attach(dim int, scale *Dataset) error {
	return d.file.call("attach a scale to", d.name, func() error {
		return nativeAttach(d.dataset.ID(), scale.dataset.ID(), dim)
	})
}

// Scales gives the path of each dimension's scale, "" where there is none.
func (d *Dataset) Scales() (scales []string, err error) {
	err = d.file.call("read", d.name, func() error {
		refs, err := nativeScaleRefs(d.dataset.ID(), len(d.shape))
		for dim := 0; err == nil && dim < len(refs); dim++ {
			scale, known := d.file.scales[refs[dim]]
			if !known {
				if scale, err = nativeScale(d.dataset.ID(), dim); err == nil && refs[dim] != 0 {
					d.file.scales[refs[dim]] = scale
				}
			}
			scales = append(scales, scale)
		}
		return err
	})
	return scales, err
}

func product(n []int) int {
	p := 1
	for _, v := range n {
		p *= v
	}
	return p
}

func unsigned(n []int) []uint {
	u := make([]uint, len(n))
	for i, v := range n {
		u[i] = uint(v)
	}
	return u
}
