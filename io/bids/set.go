// Package bids finds the subjects of a data set, and reads their connectomes and what was measured of them.
//
// Data sets come as BIDS in the two forms of its extension for computational models, as derivatives of pipelines, and
// as folders of tables or of TVB's archives; and they come sloppy. So nothing is known by its folder alone: a file is
// known by its name, a subject by the entity sub- in it, a session by ses-. Everything is opened below the data set's
// folder: a link or a name that leads out of it is refused. Nothing is written, and nothing of what files hold gets
// into messages but the place of a mistake and the word or number that is wrong.
package bids

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"

	"brainsweep/connectome"
	"brainsweep/fault"
)

// Limits of what is looked at. A raw data set has thousands of files for a subject, of which none is a connectome.
const (
	maxEntries = 200000 // of a folder
	maxDepth   = 4      // of folders below that of a subject
)

// OwnFolder is where brainsweep's own derivatives lie, in which no subjects are looked for.
const OwnFolder = "brainsweep"

// Set is a data set, open for reading.
type Set struct {
	Folder       string
	Subjects     []*Subject    // in the order of their IDs
	Participants *Participants // nil where there is no participants.tsv

	root   *os.Root
	common []file // labels and centres of all subjects
}

// Subject is a subject, or one session of it, that has something of a connectome.
type Subject struct {
	ID      string // sub-01, or sub-01_ses-2
	Person  string // sub-01
	Session string // ses-2, or ""

	set    *Set
	files  []file
	faults fault.List // what was wrong when it was looked for
}

// file is a file that a subject has.
type file struct {
	path string // from the data set's folder
	kind kind
	size int64
}

// Open finds the subjects of the data set in a folder. only, if not empty, is a part that names of connectomes must
// have, such as "atlas-dk", where a data set has several of each subject. What is wrong with one subject shows when it is
// read; the error is about the data set as a whole. Close closes the set.
func Open(folder, only string) (*Set, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, mistake(folder, "cannot be read: %s", reason(err))
	}
	s := &Set{Folder: folder, root: root}
	if err := s.find(only); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// Close closes the set. Its subjects cannot be read afterwards.
func (s *Set) Close() error { return s.root.Close() }

// Subject returns the subject with an ID, with or without the leading "sub-"; nil when there is none.
func (s *Set) Subject(id string) *Subject {
	for _, sub := range s.Subjects {
		if sub.ID == id || sub.ID == "sub-"+id {
			return sub
		}
	}
	return nil
}

// find looks in the folder, in comp (the second form of the extension), and in the derivatives of other programs: the
// first of them that has connectomes is the data set.
func (s *Set) find(only string) error {
	bases := []string{".", "comp"}
	derived, err := s.entries("derivatives")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range derived {
		if e.dir && !strings.EqualFold(e.name, OwnFolder) {
			bases = append(bases, path.Join("derivatives", e.name))
		}
	}
	for _, base := range bases {
		if err := s.findIn(base, only); err != nil {
			return err
		}
		if len(s.Subjects) > 0 {
			if base != "." {
				s.common = append(s.common, s.walk("coord", 1, nil)...)
			}
			s.measured(bases)
			return s.participants(base)
		}
	}
	return mistake(s.Folder, "no connectome of any subject was found%s: wanted are folders sub-<id> with net/*_weights.tsv and net/*_distances.tsv, "+
		"or *_desc-weight_conndata-network_connectivity.tsv, or *_connectome.csv and *_meanlength.csv, or <id>_SC_weights.txt and <id>_SC_distances.txt, or TVB's <id>.zip", named(only))
}

func named(only string) string {
	if only == "" {
		return ""
	}
	return fmt.Sprintf(" with %q in its name", only)
}

// entry is a file or a folder, also one that a link leads to.
type entry struct {
	name string
	dir  bool
	size int64
	err  error // a link that leads nowhere, or out of the data set
}

// entries lists a folder in order, without hidden files and with what links lead to.
func (s *Set) entries(folder string) ([]entry, error) {
	if info, err := s.root.Stat(folder); err != nil || !info.IsDir() {
		return nil, fs.ErrNotExist
	}
	dir, err := s.root.Open(folder)
	if err != nil {
		return nil, mistake(path.Join(s.Folder, folder), "cannot be read: %s", reason(err))
	}
	defer dir.Close()
	names, err := dir.Readdirnames(maxEntries + 1)
	if len(names) > maxEntries {
		return nil, mistake(path.Join(s.Folder, folder), "more than %d files: not the folder of a data set", maxEntries)
	}
	if len(names) == 0 && err != nil && err.Error() != "EOF" {
		return nil, mistake(path.Join(s.Folder, folder), "cannot be read: %s", reason(err))
	}
	slices.Sort(names)
	var out []entry
	for _, name := range names {
		if strings.HasPrefix(name, ".") || name == "__MACOSX" {
			continue
		}
		e := entry{name: name}
		info, err := s.root.Stat(path.Join(folder, name))
		if err != nil {
			e.err = err
		} else {
			e.dir, e.size = info.IsDir(), info.Size()
			if !e.dir && !info.Mode().IsRegular() {
				e.err = errors.New("neither a file nor a folder")
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// findIn looks for subjects in one folder of the set: in folders sub-<id>, and in files whose names begin with an id.
func (s *Set) findIn(base, only string) error {
	entries, err := s.entries(base)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	units := map[string]*Subject{}
	var loose []file
	for _, e := range entries {
		at := path.Join(base, e.name)
		switch {
		case strings.HasPrefix(e.name, "sub-") && (e.dir || e.err != nil && !strings.Contains(e.name, ".")):
			if err := s.person(units, at, e, only); err != nil {
				return err
			}
		case e.dir && (e.name == "coord" || e.name == "net"):
			s.common = append(s.common, s.walk(at, 1, nil)...)
		case !e.dir:
			if k := kindOf(e.name, true); k != other {
				loose = append(loose, file{at, k, e.size})
			}
		}
	}
	for _, f := range loose {
		if !f.kind.ofConnectome() || !strings.Contains(path.Base(f.path), only) {
			continue
		}
		if id := looseID(f); id != "" {
			u := unit(units, s, id, entity(path.Base(f.path), "ses"))
			u.files = append(u.files, f)
		} else {
			s.common = append(s.common, f)
		}
	}
	for _, u := range units {
		if u.has(weights) || u.has(archive) || len(u.faults) > 0 || u.has(lengths) {
			s.Subjects = append(s.Subjects, u)
		}
	}
	// Folders without any connectome count only beside others that have one: the subjects of raw data have none.
	if !slices.ContainsFunc(s.Subjects, func(u *Subject) bool { return u.has(weights) || u.has(archive) }) {
		s.Subjects, s.common = nil, nil
		return nil
	}
	for _, u := range units {
		if !slices.Contains(s.Subjects, u) {
			s.Subjects = append(s.Subjects, u)
		}
	}
	slices.SortFunc(s.Subjects, func(a, b *Subject) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// person gathers the files of a folder sub-<id> into units, one for each session that has a connectome.
func (s *Set) person(units map[string]*Subject, at string, e entry, only string) error {
	id := path.Base(at)
	if e.err != nil {
		u := unit(units, s, id, "")
		u.faults.Addf(fault.Pos{File: s.at(at)}, "%s", reason(e.err))
		return nil
	}
	var faults fault.List
	files := s.walk(at, maxDepth, &faults)
	var shared []file
	for _, f := range files {
		if f.kind.ofConnectome() && !strings.Contains(path.Base(f.path), only) && f.kind != labels && f.kind != centres {
			continue
		}
		if session := entity(f.path, "ses"); session != "" {
			u := unit(units, s, id, session)
			u.files = append(u.files, f)
			continue
		}
		shared = append(shared, f)
	}
	sessions := []*Subject{}
	for _, u := range units {
		if u.Person == id && u.Session != "" && (u.has(weights) || u.has(archive)) {
			sessions = append(sessions, u)
		}
	}
	// What no session has to itself all have, and a connectome among it makes a unit without session.
	own := slices.ContainsFunc(shared, func(f file) bool { return f.kind == weights || f.kind == archive })
	if own || len(sessions) == 0 {
		u := unit(units, s, id, "")
		u.files, u.faults = append(u.files, shared...), append(u.faults, faults...)
		for key, session := range units {
			if session.Person == id && session.Session != "" && !slices.Contains(sessions, session) {
				u.files = append(u.files, session.files...)
				delete(units, key)
			}
		}
	}
	for _, u := range sessions {
		u.faults = append(u.faults, faults...)
		for _, f := range shared {
			if !u.has(f.kind) {
				u.files = append(u.files, f)
			}
		}
	}
	return nil
}

// unit returns the subject of a person and session, made where it is not there yet.
func unit(units map[string]*Subject, s *Set, person, session string) *Subject {
	id := person
	if session != "" {
		id += "_" + session
	}
	if units[id] == nil {
		units[id] = &Subject{ID: id, Person: person, Session: session, set: s}
	}
	return units[id]
}

// walk lists the files that matter below a folder. Names that a connectome could have but that cannot be opened are
// faults.
func (s *Set) walk(folder string, depth int, faults *fault.List) []file {
	entries, err := s.entries(folder)
	if err != nil && faults != nil {
		faults.Add(err)
	}
	var out []file
	for _, e := range entries {
		at := path.Join(folder, e.name)
		k := kindOf(e.name, false)
		switch {
		case e.err != nil && faults != nil && (k.ofConnectome() || isFolder(e.name)):
			faults.Addf(fault.Pos{File: s.at(at)}, "%s", reason(e.err))
		case e.err != nil:
		case e.dir && depth > 1:
			out = append(out, s.walk(at, depth-1, faults)...)
		case !e.dir && k != other:
			out = append(out, file{at, k, e.size})
		}
	}
	return out
}

// isFolder tells the names of folders in which connectomes lie.
func isFolder(name string) bool {
	return slices.Contains([]string{"net", "coord", "connectivity", "connectome", "dwi"}, name) || strings.HasPrefix(name, "ses-")
}

// measured gives the subjects what was measured of them but lies in other folders of the set.
func (s *Set) measured(bases []string) {
	for _, base := range bases {
		for _, u := range s.Subjects {
			at := path.Join(base, u.Person)
			for _, f := range s.walk(at, maxDepth, nil) {
				known := slices.ContainsFunc(u.files, func(g file) bool { return g.path == f.path })
				session := entity(f.path, "ses")
				if f.kind.measured() && !known && (session == u.Session || session == "" || u.Session == "") {
					u.files = append(u.files, f)
				}
			}
		}
	}
}

// has tells whether the subject has a file of a kind.
func (s *Subject) has(k kind) bool {
	return slices.ContainsFunc(s.files, func(f file) bool { return f.kind == k })
}

// of lists the subject's files of a kind.
func (s *Subject) of(k kind) []file {
	var out []file
	for _, f := range s.files {
		if f.kind == k {
			out = append(out, f)
		}
	}
	return out
}

// at is the path of a file as messages have it.
func (s *Set) at(name string) string { return path.Join(s.Folder, name) }

func mistake(at, format string, args ...any) error {
	return fault.Mistake{Pos: fault.Pos{File: at}, Msg: fmt.Sprintf(format, args...)}
}

// reason says in a few words why a file cannot be opened.
func reason(err error) string {
	why := fault.Reason(err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is not there, or is a link that leads nowhere"
	case errors.Is(err, syscall.ELOOP):
		return "is a link that leads to itself"
	case strings.Contains(why, "escapes"):
		return "is a link that leads out of the data set's folder, which is refused"
	}
	return why
}

// fieldOf gives the part of a connectome that files of a kind hold.
var fieldOf = map[kind]connectome.Field{
	weights: connectome.Weights, lengths: connectome.Lengths, areas: connectome.Areas, orientations: connectome.Orientations,
	cortical: connectome.Cortical, hemispheres: connectome.Hemispheres,
}
