// Package h5 reads and writes HDF5 files: groups, data sets, attributes and dimension scales.
// It stands on gonum.org/v1/hdf5 and adds what that lacks; it knows nothing of brains.
//
// Objects are named by absolute paths such as "/average/E". Any number of goroutines may use any
// number of files; the library lets one in at a time. Equal calls give files of equal bytes: no time
// stamps, and one format, that of HDF5 1.8. A file is not safe against crashes while it is open for
// writing: write under a temporary name, Close, and rename.
package h5

import (
	"errors"
	"os"
	"path"
	"slices"
	"strings"

	"gonum.org/v1/hdf5"
)

// File is an open HDF5 file.
type File struct {
	path string
	file *hdf5.File
	open []*Dataset // in the order in which they are closed, which shows in the file's bytes

	scales map[uint64]string // paths of scales by their references: HDF5 finds a path by going through the whole file
}

// Create makes an empty file, in place of what was there.
func Create(path string) (*File, error) { return CreateAfter(path, 0) }

// CreateAfter is Create for a file whose first reserve bytes are the caller's, to be written when the
// file is closed. reserve is 0 or a power of two from 512 on.
func CreateAfter(path string, reserve int) (*File, error) {
	err := call("create", path, func() error { return nativeCreate(path, reserve) })
	if err != nil {
		return nil, err
	}
	return OpenReadWrite(path)
}

// Open opens a file for reading.
func Open(path string) (*File, error) { return open(path, hdf5.F_ACC_RDONLY) }

// OpenReadWrite opens an existing file for reading and writing.
func OpenReadWrite(path string) (*File, error) { return open(path, hdf5.F_ACC_RDWR) }

func open(path string, access int) (*File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, &Error{Op: "open", Path: path, Reason: "is a folder, not an HDF5 file"}
	}
	f := &File{path: path, scales: map[uint64]string{}}
	err = call("open", path, func() (err error) {
		if f.file, err = hdf5.OpenFile(path, access); err != nil || access == hdf5.F_ACC_RDONLY {
			return err
		}
		return nativeFixFormat(f.file.ID())
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Path is the file's name as it was opened.
func (f *File) Path() string { return f.path }

// Close closes the file and the data sets still open. Its error may be the only sign that the disk
// was full; what was written is then not to be used.
func (f *File) Close() error {
	if f.file == nil {
		return nil
	}
	var errs []error
	for _, d := range slices.Clone(f.open) {
		errs = append(errs, d.Close())
	}
	errs = append(errs, call("close", f.path, f.file.Close))
	f.file = nil
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Group makes the group and those above it, where they are not there yet.
func (f *File) Group(name string) error {
	if name = path.Clean(name); name == "/" || f.Exists(name) {
		return nil
	}
	if err := f.Group(path.Dir(name)); err != nil {
		return err
	}
	return f.call("create", name, func() error { return nativeGroup(f.file.ID(), name) })
}

// Link gives an object a second name, whose group must be there. Both names then mean the same object.
func (f *File) Link(object, name string) error {
	return f.call("link", name, func() error { return nativeLink(f.file.ID(), object, name) })
}

// Exists tells whether an object has the name.
func (f *File) Exists(name string) bool {
	name = path.Clean(name)
	if name == "/" {
		return true
	}
	if !f.Exists(path.Dir(name)) {
		return false
	}
	there := false
	return f.call("look for", name, func() error {
		there = f.file.LinkExists(name)
		return nil
	}) == nil && there
}

// Entry is an object of a group.
type Entry struct {
	Name  string // within its group
	Group bool   // else a data set
}

// List gives the groups and data sets of a group, by name.
func (f *File) List(group string) (entries []Entry, err error) {
	err = f.call("list", group, func() error {
		g, err := f.file.OpenGroup(group)
		if err != nil {
			return err
		}
		defer drop(g.ID())
		n, err := g.NumObjects()
		for i := uint(0); err == nil && i < n; i++ {
			var name string
			var kind hdf5.GType
			if name, err = g.ObjectNameByIndex(i); err != nil {
				break
			}
			kind, err = g.ObjectTypeByIndex(i)
			if kind == hdf5.H5G_GROUP || kind == hdf5.H5G_DATASET {
				entries = append(entries, Entry{name, kind == hdf5.H5G_GROUP})
			}
		}
		return err
	})
	return entries, err
}

// SkipGroup returned by Walk's function leaves out what is in the group.
//
//lint:ignore ST1012 it is no error, and named as fs.SkipDir is
var SkipGroup = errors.New("skip this group")

// Walk calls visit for every group and data set below the group, each group before what is in it, by name.
func (f *File) Walk(group string, visit func(name string, isGroup bool) error) error {
	entries, err := f.List(group)
	for _, e := range entries {
		name := strings.TrimSuffix(group, "/") + "/" + e.Name
		err = visit(name, e.Group)
		if err == nil && e.Group {
			err = f.Walk(name, visit)
		} else if e.Group && err == SkipGroup {
			err = nil
		}
		if err != nil {
			break
		}
	}
	return err
}

// call is the package's call for an object of the file.
func (f *File) call(op, name string, do func() error) error {
	if f.file == nil {
		return &Error{Op: op, Path: f.path + ":" + name, Reason: "the file is closed"}
	}
	return call(op, f.path+":"+name, do)
}

// Version is the HDF5 library's version, such as "1.10.8".
func Version() string {
	v, err := hdf5.LibVersion()
	if err != nil {
		return "unknown"
	}
	return v.String()
}
