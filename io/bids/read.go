package bids

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/tvb"
)

// Read reads the subject's connectome and checks it. Its labels and centres come from the sidecar of the weights where
// that names them, else from files of the subject's, else from those of the whole data set. The error holds all mistakes
// that were found. Different subjects may be read at the same time.
func (s *Subject) Read() (*connectome.Connectome, error) {
	if len(s.faults) > 0 {
		return nil, s.faults.Err()
	}
	if !s.has(weights) && s.has(archive) {
		return s.readArchive()
	}
	r := &reading{Subject: s}
	w, l := r.one(weights, "weights"), r.one(lengths, "tract lengths")
	if len(r.faults) > 0 {
		return nil, r.faults.Err()
	}
	files := []tvb.File{s.table(w, connectome.Weights), s.table(l, connectome.Lengths)}
	side := r.sidecar(w)
	r.sidecar(l)
	files = append(files, r.regions(side)...)
	for _, k := range []kind{areas, orientations, cortical, hemispheres} {
		if s.has(k) {
			if f := r.one(k, string(fieldOf[k])); f.path != "" {
				files = append(files, s.table(f, fieldOf[k]))
			}
		}
	}
	c, err := tvb.ReadFiles(s.set.at(w.path), files...)
	r.faults.Add(err)
	if c != nil && side != nil {
		r.faults.Add(side.agrees(c))
	}
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// reading is a subject being read, with what is wrong so far.
type reading struct {
	*Subject
	faults fault.List
}

// one is the subject's only file of a kind.
func (r *reading) one(k kind, what string) file {
	found := r.of(k)
	place := fault.Pos{File: r.set.at(r.ID)}
	switch {
	case len(found) == 1:
		return found[0]
	case len(found) > 1:
		var names []string
		for _, f := range found {
			names = append(names, path.Base(f.path))
		}
		if len(names) > 4 {
			names = append(names[:4], "...")
		}
		r.faults.Addf(place, `%s could be any of %s; choose with cohort.only, e.g. only = "run-1"`, what, strings.Join(names, ", "))
	case k == lengths && (r.has(delays) || r.has(speeds)):
		r.faults.Addf(place, "tract lengths are missing; delays or speeds do not stand for them, since a job chooses the speed")
	default:
		r.faults.Addf(place, "%s are missing: there is no file of them", what)
	}
	return file{}
}

// table is a file as tvb reads it.
func (s *Subject) table(f file, field connectome.Field) tvb.File {
	return tvb.File{Field: field, Name: s.set.at(f.path), Size: f.size, Open: func() (io.ReadCloser, error) { return s.set.open(f.path) }}
}

// text is a table made up of lines, in the place of a file.
func (s *Subject) text(of string, field connectome.Field, lines []string) tvb.File {
	content := strings.Join(lines, "\n") + "\n"
	return tvb.File{Field: field, Name: strings.TrimSuffix(s.set.at(of), path.Ext(of)) + ".tsv", Size: int64(len(content)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// readArchive reads TVB's own form.
func (s *Subject) readArchive() (*connectome.Connectome, error) {
	r := &reading{Subject: s}
	f := r.one(archive, "the connectome's archive")
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	in, err := s.set.root.Open(f.path)
	if err != nil {
		return nil, mistake(s.set.at(f.path), "cannot be read: %s", reason(err))
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, mistake(s.set.at(f.path), "cannot be read: %s", reason(err))
	}
	return tvb.ReadZip(s.set.at(f.path), in, info.Size())
}

// regions finds labels and centres.
func (r *reading) regions(side *sidecar) []tvb.File {
	var out []tvb.File
	label, centre := r.described(side)
	if label == "" && (side == nil || len(side.names) == 0) {
		label = r.choose(labels)
	}
	if centre == "" {
		centre = r.choose(centres)
	}
	switch {
	case label != "":
		if lines, err := r.set.lines(label); err != nil {
			r.faults.Add(err)
		} else {
			out = append(out, r.text(label, connectome.Labels, column(lines, 0)))
		}
	case side != nil && len(side.names) > 0:
		out = append(out, r.text(side.path, connectome.Labels, side.names))
	}
	if centre == "" {
		return out
	}
	lines, err := r.set.lines(centre)
	if err != nil {
		r.faults.Add(err)
		return out
	}
	numbers, names := coordinates(lines)
	out = append(out, r.text(centre, connectome.Centres, numbers))
	if names != nil && len(out) == 1 {
		out = append(out, r.text(centre, connectome.Labels, names))
	}
	return out
}

// described are the files of labels and centres that a sidecar names; it may name a .json, beside which the .tsv lies.
func (r *reading) described(side *sidecar) (label, centre string) {
	if side == nil {
		return "", ""
	}
	found := [2]string{}
	for i := range found {
		if i >= len(side.rows) || side.rows[i] == "" {
			continue
		}
		at, err := r.set.resolve(path.Dir(side.path), side.rows[i])
		if err != nil {
			r.faults.Addf(fault.Pos{File: r.set.at(side.path)}, "CoordsRows names %q, which %s", side.rows[i], reason(err))
			continue
		}
		found[i] = at
	}
	return found[0], found[1]
}

// choose is the subject's only file of a kind, or the data set's; "" where there is none, or several.
func (r *reading) choose(k kind) string {
	if own := r.of(k); len(own) == 1 {
		return own[0].path
	} else if len(own) > 1 {
		r.one(k, string(map[kind]connectome.Field{labels: connectome.Labels, centres: connectome.Centres}[k]))
		return ""
	}
	var common []string
	for _, f := range r.set.common {
		if f.kind == k {
			common = append(common, f.path)
		}
	}
	if len(common) == 1 {
		return common[0]
	}
	return ""
}

// resolve finds the table that a name in a sidecar means: beside the sidecar, or from the data set's folder.
func (s *Set) resolve(folder, name string) (string, error) {
	name = strings.ReplaceAll(name, `\`, "/")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "bids::"), "file://")
	if ext := path.Ext(name); strings.EqualFold(ext, ".json") {
		name = strings.TrimSuffix(name, ext) + ".tsv"
	}
	if path.IsAbs(name) {
		return "", errors.New("is a path from the root of a machine; it must lie in the data set's folder")
	}
	var first error
	for _, at := range []string{path.Join(folder, name), path.Clean(name)} {
		if at == ".." || strings.HasPrefix(at, "../") {
			first = errors.Join(first, errors.New("leads out of the data set's folder, which is refused"))
			continue
		}
		info, err := s.root.Stat(at)
		if err == nil && info.Mode().IsRegular() {
			return at, nil
		}
		if err == nil {
			err = errors.New("is no file")
		}
		if first == nil {
			first = err
		}
	}
	return "", first
}

// open opens a file of text, decoded where it is in UTF-16.
func (s *Set) open(name string) (io.ReadCloser, error) {
	info, err := s.root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is no file")
	}
	if err != nil {
		return nil, fmt.Errorf("%s", reason(err))
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s", reason(err))
	}
	head := make([]byte, 2)
	n, _ := f.ReadAt(head, 0)
	if n < 2 || !utf16Mark(head) {
		return f, nil
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxText))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader([]byte(decode(raw)))), nil
}
