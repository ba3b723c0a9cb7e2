package tvb

import (
	"io"
	"path"
	"slices"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// matNames are what people besides TVB call the matrices of their MATLAB files.
var matNames = map[string]string{
	"sc": "weights", "connectivity": "weights", "w": "weights", "c": "weights",
	"len": "lengths", "l": "lengths", "d": "lengths", "dist": "lengths", "fiber_lengths": "lengths",
}

// readMAT reads a connectome from the variables of a MATLAB file, which are called as the members of an archive, or as matNames
// has it. A square matrix that is alone is the weights.
func readMAT(name string, r io.ReaderAt, size int64) (*connectome.Connectome, error) {
	place := fault.Pos{File: name}
	if size > maxUnpacked {
		return nil, fault.Mistake{Pos: place, Msg: "more than 4 GiB: not the file of one connectome"}
	}
	text := make([]byte, size)
	if _, err := r.ReadAt(text, 0); err != nil && err != io.EOF {
		return nil, unreadable(name, err)
	}
	found, err := matrix.ParseMAT(name, text)
	if err != nil {
		return nil, err
	}
	square := slices.DeleteFunc(slices.Clone(found), func(n matrix.Named) bool { return n.Rows != n.Cols || n.Rows < 2 })
	var members []member
	for _, n := range found {
		base := strings.ToLower(strings.TrimPrefix(path.Ext(n.Name), "."))
		if base == "" {
			base = strings.ToLower(n.Name)
		}
		if known, there := matNames[base]; there && n.Rows == n.Cols {
			base = known
		}
		if len(square) == 1 && n.Matrix == square[0].Matrix {
			base = "weights"
		}
		m := member{name: base, place: fault.Pos{File: name + ":" + n.Name}, array: n.Matrix}
		members = append(members, m)
	}
	chosen, err := choose(members)
	if err != nil {
		return nil, err
	}
	if _, there := chosen[connectome.Weights]; !there {
		return nil, fault.Mistake{Pos: place, Msg: "which matrix has the weights? the file has " + matrix.Listing(found) + "; call it weights or SC, and that of the tract lengths tract_lengths"}
	}
	return read(name, "file", members, chosen)
}
