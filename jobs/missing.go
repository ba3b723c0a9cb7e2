package jobs

import (
	"slices"

	"brainsweep/document"
	"brainsweep/fault"
)

// lack is a key that is not there, and the mistake that this is.
type lack struct {
	path    []string
	mistake fault.Mistake
}

// missing notes that there is no key at path, in the place of the section that it belongs to.
func (r *reader) missing(path []string, format string, args ...any) {
	r.faultf(r.Pos(path...), format, args...)
	r.lacking = append(r.lacking, lack{path, r.faults[len(r.faults)-1]})
}

// mistakes is the error of all mistakes, nil where there are none. A key that is there under a name that looks like a slip of
// its own is not missing besides: the name that is not known is one mistake.
func (r *reader) mistakes() error {
	left := slices.Clone(r.faults)
	for _, l := range r.lacking {
		if r.misspelt(l.path) {
			left = slices.DeleteFunc(left, func(m fault.Mistake) bool { return m == l.mistake })
		}
	}
	return left.Err()
}

// misspelt tells whether a key that is not known stands where that at path should, or where a section should that it is in.
func (r *reader) misspelt(path []string) bool {
	for depth, name := range path {
		section := path[:depth]
		if r.Has(path[:depth+1]...) {
			continue
		}
		for _, key := range r.Keys(section...) {
			if slices.Contains(r.faults, document.Unknown(r.Pos(join(section, key)...), "key", key, []string{name})) {
				return true
			}
		}
	}
	return false
}
