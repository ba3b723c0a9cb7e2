package tvb

import (
	"archive/zip"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// What is refused. A matrix of 3000 regions of which 0.5 % are not zero shrinks 200 times by deflate and 470 times
// by bzip2; a deflate bomb shrinks 1030 times, a bzip2 bomb a hundred thousand times.
const (
	maxMembers  = 10000
	maxUnpacked = 4 << 30  // [bytes] of one member: a matrix of 10000 regions with 40 characters each
	maxRatio    = 800      // of unpacked to packed bytes, ...
	ratioFrom   = 64 << 20 // ... beyond this many unpacked bytes
	maxDepth    = 4        // of folders in folders
)

// member is one file of an archive or a folder.
type member struct {
	name     string // within the archive, with slashes
	place    fault.Pos
	array    *matrix.Matrix // of a member that is a variable of a MATLAB file; nil for files
	packed   int64          // [bytes] as stored
	unpacked int64          // [bytes] as the archive says, which may be a lie
	raw      func() (io.ReadCloser, error)
	table    *table // of a data set, which is no text
}

// base is the name without folders and compression, in lower case.
func (m member) base() string {
	base := strings.ToLower(path.Base(m.name))
	for _, ending := range []string{".bz2", ".gz"} {
		base = strings.TrimSuffix(base, ending)
	}
	return base
}

// isArray tells whether the member is an array of NumPy's or MATLAB's, and no text.
func (m member) isArray() bool {
	return m.array != nil || strings.HasSuffix(m.base(), ".npy") || strings.HasSuffix(m.base(), ".mat")
}

// stem is the base without its kind; "" if the member is no table.
func (m member) stem() string {
	if m.array != nil {
		return m.base()
	}
	for _, kind := range []string{".txt", ".csv", ".tsv", ".dat", ".npy", ".mat"} {
		if stem, is := strings.CutSuffix(m.base(), kind); is {
			return stem
		}
	}
	return ""
}

// open gives the member's contents, unpacked and guarded.
func (m member) open() (io.ReadCloser, error) {
	if m.raw == nil {
		return nil, fault.Mistake{Pos: m.place, Msg: "holds numbers, where names are wanted"}
	}
	if err := m.bomb(m.unpacked); err != nil {
		return nil, err
	}
	raw, err := m.raw()
	if err != nil {
		return nil, m.damaged(err)
	}
	var text io.Reader = raw
	switch strings.ToLower(path.Ext(m.name)) {
	case ".bz2":
		text = bzip2.NewReader(raw)
	case ".gz":
		if text, err = gzip.NewReader(raw); err != nil {
			raw.Close()
			return nil, m.damaged(err)
		}
	}
	return &guard{member: m, text: text, Closer: raw}, nil
}

// bomb returns a mistake if size bytes are more than the member may unpack to.
func (m member) bomb(size int64) error {
	if size > maxUnpacked || size > ratioFrom && size > maxRatio*m.packed {
		return fault.Mistake{Pos: m.place, Msg: fmt.Sprintf("unpacks from %d bytes to %d or more: refused as a zip bomb", m.packed, size)}
	}
	return nil
}

func (m member) damaged(err error) error {
	return fault.Mistake{Pos: m.place, Msg: "cannot be unpacked: " + err.Error() + "; it is damaged: fetch or copy it again"}
}

// whole reads all of the member's contents.
func (m member) whole() ([]byte, error) {
	in, err := m.open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(in)
}

// sound returns what is wrong with the packing of the member.
func (m member) sound() error {
	in, err := m.open()
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(io.Discard, in)
	return err
}

// guard is a member's text that stops when there is too much of it.
type guard struct {
	io.Closer
	member member
	text   io.Reader
	size   int64
}

func (g *guard) Read(p []byte) (int, error) {
	n, err := g.text.Read(p)
	g.size += int64(n)
	if bomb := g.member.bomb(g.size); bomb != nil {
		return n, bomb
	}
	if err != nil && err != io.EOF {
		err = g.member.damaged(err)
	}
	return n, err
}

func zipMembers(archive string, z *zip.Reader) ([]member, error) {
	if len(z.File) > maxMembers {
		return nil, fault.Mistake{Pos: fault.Pos{File: archive}, Msg: fmt.Sprintf("%d members: a connectome has a dozen, more than %d are refused", len(z.File), maxMembers)}
	}
	var faults fault.List
	var members []member
	for _, f := range z.File {
		name := strings.ReplaceAll(f.Name, `\`, "/")
		if strings.HasSuffix(name, "/") || ignored(name) {
			continue
		}
		m := member{
			name: strings.TrimPrefix(path.Clean(name), "./"), place: fault.Pos{File: archive + ":" + name},
			packed: int64(f.CompressedSize64), unpacked: int64(f.UncompressedSize64), raw: f.Open,
		}
		switch {
		case path.IsAbs(name) || !fs.ValidPath(m.name):
			faults.Addf(m.place, "a member's name must not lead out of the archive")
		case f.Flags&1 != 0:
			faults.Addf(m.place, "encrypted; only plain members are read")
		default:
			members = append(members, m)
		}
	}
	return members, faults.Err()
}

func folderMembers(root string) ([]member, error) {
	var members []member
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error { // follows root if it is a link
		file := filepath.Join(root, filepath.FromSlash(name))
		if err != nil {
			return unreadable(file, err)
		}
		if name == "." {
			return nil
		}
		if entry.IsDir() {
			if ignored(name+"/") || strings.Count(name, "/") >= maxDepth {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(file) // of what a link leads to: data sets under git-annex are all links
		if err != nil || !info.Mode().IsRegular() || ignored(name) {
			return nil
		}
		if len(members) == maxMembers {
			return fault.Mistake{Pos: fault.Pos{File: root}, Msg: fmt.Sprintf("more than %d files: not the folder of one connectome", maxMembers)}
		}
		members = append(members, member{
			name: name, place: fault.Pos{File: file}, packed: info.Size(), unpacked: info.Size(),
			raw: func() (io.ReadCloser, error) { return os.Open(file) },
		})
		return nil
	})
	return members, err
}

// ignored tells what systems leave beside data: hidden files, and the folder in which macOS keeps its own.
func ignored(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "__MACOSX" || strings.HasPrefix(part, ".") && part != "." && part != ".." {
			return true
		}
	}
	return false
}
