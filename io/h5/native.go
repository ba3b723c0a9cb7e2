package h5

// The directories are those of gonum.org/v1/hdf5, so that both packages find the same library. Where HDF5
// lies elsewhere, CGO_CFLAGS=-I... and CGO_LDFLAGS=-L... reach both packages and are searched first.

// #cgo LDFLAGS: -lhdf5_hl -lhdf5
// #cgo linux,!arm64 CFLAGS: -I/usr/lib/x86_64-linux-gnu/hdf5/serial/include
// #cgo linux,!arm64 LDFLAGS: -L/usr/lib/x86_64-linux-gnu/hdf5/serial
// #cgo linux,arm64 CFLAGS: -I/usr/lib/aarch64-linux-gnu/hdf5/serial/include
// #cgo linux,arm64 LDFLAGS: -L/usr/lib/aarch64-linux-gnu/hdf5/serial
// #include <stdlib.h>
// #include <hdf5_hl.h>
// #include "native.h"
import "C"

import (
	"errors"
	"unsafe"
)

// errNative stands for a call that failed; call puts HDF5's own reason in its place.
var errNative = errors.New("unknown reason")

func check[T ~int32 | ~int64](rc T) error {
	if rc < 0 {
		return errNative
	}
	return nil
}

// Type is the type of a data set's elements as this package writes and reads them. HDF5 converts
// between numeric types, so that a float32 data set can be read as float64.
type Type int

// The types. The zero Type stands for what this package cannot read.
const (
	Float32 Type = C.FLOAT32
	Float64 Type = C.FLOAT64
	Int32   Type = C.INT32
	Int64   Type = C.INT64
	Uint8   Type = C.UINT8
	String  Type = C.STRING // UTF-8, of any length
)

func silence() { C.h5_silence() }

func reason() string {
	var text [512]C.char
	C.h5_reason(&text[0], C.size_t(len(text)))
	return C.GoString(&text[0])
}

// drop closes an id and keeps the reason of an error that came before.
func drop(id int64) { C.h5_drop(C.hid_t(id)) }

// withStrings hands f the texts as C strings, which end with it.
func withStrings(f func(c []*C.char) error, texts ...string) error {
	c := make([]*C.char, len(texts))
	for i, t := range texts {
		c[i] = C.CString(t)
		defer C.free(unsafe.Pointer(c[i]))
	}
	return f(c)
}

// sizes gives nil for nil.
func sizes(n []int) *C.hsize_t {
	if n == nil {
		return nil
	}
	c := make([]C.hsize_t, len(n)+1)
	for i, v := range n {
		c[i] = C.hsize_t(v)
	}
	return &c[0]
}

func nativeCreate(path string, reserve int) error {
	return withStrings(func(c []*C.char) error {
		return check(C.h5_file_create(c[0], C.hsize_t(reserve)))
	}, path)
}

func nativeFixFormat(file int64) error {
	return check(C.H5Fset_libver_bounds(C.hid_t(file), C.H5F_LIBVER_V18, C.H5F_LIBVER_V18))
}

func nativeGroup(file int64, path string) error {
	return withStrings(func(c []*C.char) error {
		return check(C.h5_group_create(C.hid_t(file), c[0]))
	}, path)
}

func nativeLink(file int64, from, to string) error {
	return withStrings(func(c []*C.char) error {
		return check(C.H5Lcreate_hard(C.hid_t(file), c[0], C.hid_t(file), c[1], C.H5P_DEFAULT, C.H5P_DEFAULT))
	}, from, to)
}

// nativeDataset takes the fill value as values of the data set's type, or nil.
func nativeDataset(file int64, path string, s Spec, fill *values) error {
	var p unsafe.Pointer
	if fill != nil {
		p = fill.data
	}
	return withStrings(func(c []*C.char) error {
		return check(C.h5_dataset_create(C.hid_t(file), c[0], C.int(s.Type), C.int(len(s.Shape)),
			sizes(s.Shape), sizes(s.Chunk), C.int(s.Deflate), p))
	}, path)
}

func nativeType(dataset int64) (Type, error) {
	kind := C.h5_dataset_kind(C.hid_t(dataset))
	return Type(kind), check(kind)
}

func nativeChunk(dataset int64) ([]int, error) {
	var c [C.H5S_MAX_RANK]C.hsize_t
	rank := C.h5_dataset_chunk(C.hid_t(dataset), &c[0])
	if rank <= 0 {
		return nil, check(rank)
	}
	chunk := make([]int, rank)
	for i := range chunk {
		chunk[i] = int(c[i])
	}
	return chunk, nil
}

func nativeWrite(dataset, memory, space int64, v values) error {
	return v.lend(func(p unsafe.Pointer) error {
		return check(C.h5_dataset_write(C.hid_t(dataset), C.int(v.kind), C.hid_t(memory), C.hid_t(space), p))
	})
}

func nativeRead(dataset, memory, space int64, v values) error {
	return v.fill(func(p unsafe.Pointer) error {
		return check(C.h5_dataset_read(C.hid_t(dataset), C.int(v.kind), C.hid_t(memory), C.hid_t(space), C.size_t(v.n), p))
	})
}

func nativeSetAttr(file int64, object, name string, v values) error {
	n := C.longlong(v.n)
	if v.scalar {
		n = -1
	}
	return withStrings(func(c []*C.char) error {
		return v.lend(func(p unsafe.Pointer) error {
			return check(C.h5_attribute_write(C.hid_t(file), c[0], c[1], C.int(v.kind), n, p))
		})
	}, object, name)
}

// nativeAttr gives a string, int64 or float64, or a slice of these; nil for an attribute of another type.
func nativeAttr(file int64, object, name string) (value any, err error) {
	err = withStrings(func(c []*C.char) error {
		var kind, scalar C.int
		var n C.longlong
		a := C.h5_attribute_open(C.hid_t(file), c[0], c[1], &kind, &scalar, &n)
		if a < 0 {
			return errNative
		}
		v, get := newValues(Type(kind), int(n), scalar != 0)
		read := func(p unsafe.Pointer) error { return check(C.h5_attribute_read(a, C.int(v.kind), C.size_t(v.n), p)) }
		if v.n > 0 {
			if err := v.fill(read); err != nil {
				C.H5Idec_ref(a)
				return err
			}
		}
		value = get()
		return check(C.H5Aclose(a))
	}, object, name)
	return value, err
}

func nativeAttrs(file int64, object string) (names []string, err error) {
	err = withStrings(func(c []*C.char) error {
		n := C.h5_attribute_count(C.hid_t(file), c[0])
		for i := C.longlong(0); i < n; i++ {
			var name [1024]C.char
			if C.h5_attribute_name(C.hid_t(file), c[0], C.hsize_t(i), &name[0], C.size_t(len(name))) < 0 {
				return errNative
			}
			names = append(names, C.GoString(&name[0]))
		}
		return check(int64(n))
	}, object)
	return names, err
}

func nativeMakeScale(dataset int64, name string) error {
	return withStrings(func(c []*C.char) error {
		return check(C.H5DSset_scale(C.hid_t(dataset), c[0]))
	}, name)
}

func nativeAttach(dataset, scale int64, dim int) error {
	return check(C.H5DSattach_scale(C.hid_t(dataset), C.hid_t(scale), C.uint(dim)))
}

// nativeScaleRefs gives what tells the first scale of each dimension from others, 0 where that is not known.
func nativeScaleRefs(dataset int64, dims int) ([]uint64, error) {
	refs := make([]C.ulonglong, dims+1)
	rc := C.h5_scale_refs(C.hid_t(dataset), &refs[0])
	out := make([]uint64, dims)
	for i := range out {
		out[i] = uint64(refs[i])
	}
	return out, check(rc)
}

// nativeScale gives the path of the first scale of a dimension, or "".
func nativeScale(dataset int64, dim int) (string, error) {
	var path [1024]C.char
	rc := C.h5_scale_of(C.hid_t(dataset), C.uint(dim), &path[0], C.size_t(len(path)))
	return C.GoString(&path[0]), check(rc)
}

// lend hands f the values as C sees them: numbers in place, strings copied.
func (v values) lend(f func(p unsafe.Pointer) error) error {
	if v.kind != String {
		return f(v.data)
	}
	return withStrings(func(c []*C.char) error {
		return f(unsafe.Pointer(unsafe.SliceData(c)))
	}, v.texts...)
}

// fill lets f write into the values: numbers in place, strings by way of C's own.
func (v values) fill(f func(p unsafe.Pointer) error) error {
	if v.kind != String {
		return f(v.data)
	}
	c := make([]*C.char, v.n)
	defer func() {
		for _, s := range c {
			C.free(unsafe.Pointer(s))
		}
	}()
	if err := f(unsafe.Pointer(unsafe.SliceData(c))); err != nil {
		return err
	}
	for i, s := range c {
		v.texts[i] = C.GoString(s)
	}
	return nil
}
