// Package tvb reads and writes connectomes in The Virtual Brain's form: a zip archive, or a folder, of tables. A MATLAB file with
// matrices of such names is read, too.
//
// A member is known by its name, wherever it lies: weights.txt, tract_lengths.txt, centres.txt (label x y z),
// areas.txt, average_orientations.txt, cortical.txt, hemispheres.txt and their aliases, also compressed (.bz2, .gz),
// with commas or semicolons between the numbers (.csv), and as NumPy's arrays (.npy; the archive may be an .npz). TVB's HDF5 files are read, too.
// Archives come from strangers: nothing is written to disk, what unpacks beyond reason is refused, and every mistake
// has a place such as sub-01.zip:weights.txt:12:30.
package tvb

import (
	"archive/zip"
	"io"
	"os"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// Open returns the connectome that a source names: "synthetic:N", or the path of a zip archive, a folder or an HDF5
// file.
func Open(source string) (*connectome.Connectome, error) {
	count, synthetic := strings.CutPrefix(source, "synthetic:")
	if !synthetic {
		return Read(source)
	}
	n, err := strconv.Atoi(count)
	if err != nil {
		return nil, fault.Mistake{Msg: strconv.Quote(source) + ": the number of regions is wanted after the colon, as in synthetic:68"}
	}
	return connectome.Synthetic(n)
}

// Read reads the zip archive, the folder or the HDF5 file at path and checks it. The error holds all mistakes found.
func Read(path string) (*connectome.Connectome, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, unreadable(path, err)
	}
	switch {
	case info.IsDir():
		members, err := folderMembers(path)
		if err != nil {
			return nil, err
		}
		return assemble(path, "folder", members)
	case !info.Mode().IsRegular():
		return nil, fault.Mistake{Pos: fault.Pos{File: path}, Msg: "neither a zip archive, nor an HDF5 file, nor a folder"}
	}
	if isH5(f) {
		return readH5(path)
	}
	return ReadZip(path, f, info.Size())
}

// isH5 tells an HDF5 file by its first bytes.
func isH5(r io.ReaderAt) bool {
	const signature = "\x89HDF\r\n\x1a\n"
	head := make([]byte, len(signature))
	_, err := r.ReadAt(head, 0)
	return err == nil && string(head) == signature
}

// ReadZip reads a zip archive, or a MATLAB file, of size bytes from r. name stands for it in messages and becomes the Source.
func ReadZip(name string, r io.ReaderAt, size int64) (*connectome.Connectome, error) {
	place := fault.Pos{File: name}
	head := make([]byte, 32)
	read, _ := r.ReadAt(head, 0)
	head = head[:read]
	switch {
	case matrix.IsMAT(head):
		return readMAT(name, r, size)
	case isH5(r):
		return nil, fault.Mistake{Pos: place, Msg: "an HDF5 file where a zip archive is wanted; TVB exports connectomes as zip, too"}
	}
	z, err := zip.NewReader(r, size)
	switch {
	case err != nil && strings.HasPrefix(string(head), "PK"):
		return nil, fault.Mistake{Pos: place, Msg: "a damaged zip archive, perhaps cut short (" + err.Error() + "): fetch or copy it again"}
	case err != nil:
		return nil, fault.Mistake{Pos: place, Msg: "neither a zip archive, nor a folder, nor a MATLAB file; tables go into a folder: weights and tract_lengths, as .txt, .csv or .npy"}
	}
	members, err := zipMembers(name, z)
	if err != nil {
		return nil, err
	}
	return assemble(name, "archive", members)
}

// File is a table that holds a field of a connectome, whatever it is called.
type File struct {
	Field connectome.Field
	Name  string // stands for it in messages; its ending tells how it is packed
	Size  int64  // [bytes], as it is packed
	Open  func() (io.ReadCloser, error)
}

// ReadFiles does what Read does with the files given, one for a field and among them one of weights. source stands for
// them all in messages and becomes the Source.
func ReadFiles(source string, files ...File) (*connectome.Connectome, error) {
	var members []member
	chosen := map[connectome.Field]member{}
	for _, f := range files {
		m := member{name: f.Name, place: fault.Pos{File: f.Name}, packed: f.Size, unpacked: f.Size, raw: f.Open}
		members, chosen[f.Field] = append(members, m), m
	}
	if _, there := chosen[connectome.Weights]; !there {
		return nil, fault.Mistake{Pos: fault.Pos{File: source}, Msg: "there are no weights"}
	}
	return read(source, "data set", members, chosen)
}

// unreadable turns an error of the operating system into a mistake at path.
func unreadable(path string, err error) error {
	return fault.Mistake{Pos: fault.Pos{File: path}, Msg: "cannot be read: " + fault.Reason(err)}
}
