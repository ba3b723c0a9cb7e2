// Package export writes a result in forms that other programs read: tables of comma-separated values, NumPy's .npz, and
// NWB, and its connectome for TVB. Everything streams: the memory that it takes does not grow with the number of points.
package export

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Options say what of a result is written. The zero value is all of it.
type Options struct {
	Points []int    // of which points; nil: all
	Only   []string // addresses of series and metrics, such as "average.E"; nil: all
}

// Forms are the forms that there are, with a line on each.
func Forms() [][2]string {
	return [][2]string{
		{"csv", "a folder of tables: points.csv with what is swept and every number per point; series, vectors and matrices in files of their own"},
		{"npz", "one file for numpy.load, with arrays by the names that they have in the result"},
		{"nwb", "one file of Neurodata Without Borders for each point, with its series"},
		{"tvb", "the connectome as the equations have it, normalised and before lesions, as TVB's zip archive"},
		{"subjects", "of a cohort, a folder with a result of each subject, as a job of this subject alone gives it"},
		{"bids", "of a cohort, a BIDS derivative (BEP034): connectomes, BOLD, FC, FCD, parameters, model and job"},
	}
}

// selection is what is to be written, checked.
type selection struct {
	result    *result.Result
	wanted    func(point int) bool
	variables []result.Variable
}

// choose checks the options; the error holds all mistakes.
func choose(r *result.Result, o Options) (*selection, error) {
	var mistakes fault.List
	s := &selection{result: r, wanted: func(int) bool { return true }, variables: r.Variables}
	for _, p := range o.Points {
		if p < 0 || p >= r.Points {
			mistakes.Addf(fault.Pos{}, "there is no point %d; they are 0 to %d", p, r.Points-1)
		}
	}
	if o.Points != nil {
		s.wanted = func(point int) bool { return slices.Contains(o.Points, point) }
	}
	if o.Only != nil {
		s.variables = nil
	}
	var known []string
	for _, v := range r.Variables {
		known = append(known, v.Address())
		if slices.Contains(o.Only, v.Address()) {
			s.variables = append(s.variables, v)
		}
	}
	for _, name := range o.Only {
		if !slices.Contains(known, name) {
			mistakes.Addf(fault.Pos{}, "the result has no series or metric %q%s; it has %s", name, fault.Suggest(name, known), fault.Among(known))
		}
	}
	return s, mistakes.Err()
}

// rows gives the rows of a variable that are wanted, and their points.
func (s *selection) rows(v result.Variable) (rows, points []int, err error) {
	all, err := s.result.PointsOf(v)
	if err != nil {
		return nil, nil, err
	}
	for row, point := range all {
		if s.wanted(point) {
			rows, points = append(rows, row), append(points, point)
		}
	}
	return rows, points, nil
}

// coordinates are the data sets that a variable's dimensions beyond point have, by path, each once.
func (s *selection) coordinates() []string {
	var paths []string
	for _, v := range s.variables {
		for _, dim := range v.Dims[1:] {
			if at := v.Coordinates(dim); !slices.Contains(paths, at) {
				paths = append(paths, at)
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// inside is a data set's path as a name within an archive or folder.
func inside(name string) string { return strings.TrimPrefix(path.Clean(name), "/") }

// mistake is what the user may mend.
func mistake(format string, args ...any) error {
	return fault.Mistake{Msg: fmt.Sprintf(format, args...)}
}
