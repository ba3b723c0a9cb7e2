package jobs

import (
	"encoding/hex"
	"math"
	"slices"
	"strings"

	"brainsweep/codegen"
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/matrix"
	"brainsweep/model"
)

// Series is a stimulus' course in time that a job reads from a file.
type Series struct {
	Times, Values []float64 // [ms] since the onset, ascending
	Hold          bool      // a value holds until the next, else values lie on the line between two

	file, column string
	step         float64 // [ms] between samples; 0: the file has a column of times
}

// The ways from one sample to the next.
const (
	interpolateLinear   = "linear"
	interpolatePrevious = "previous"
)

// timeColumn is the name of the column with the times of samples [ms].
const timeColumn = "time"

// seriesKeys are the keys of a stimulus that is a series, besides those of all stimuli.
var seriesKeys = []string{"file", "column", "step", "interpolation"}

// pattern is what stands for the formula of a series; the digest of the samples is part of it.
func (s *Series) pattern() model.Pattern {
	word := interpolateLinear
	if s.Hold {
		word = interpolatePrevious
	}
	infinite := math.Inf(1)
	return model.Pattern{
		Name: "series",
		Parameters: []model.Parameter{
			{Name: codegen.SeriesOnset, Unit: "ms", Min: -infinite, Max: infinite},
			{Name: codegen.SeriesAmp, Value: 1, Min: -infinite, Max: infinite},
		},
		Text: "series " + word + " " + hex.EncodeToString(digestOf(slices.Concat(s.Times, s.Values))),
	}
}

// stimulusSeries reads the samples of a stimulus; nil where they cannot be read, which is noted.
func (r *reader) stimulusSeries(at []string) *Series {
	path := func(key string) []string { return join(at, key) }
	s := &Series{file: r.text(path("file")...), column: r.text(path("column")...)}
	before := len(r.faults)
	word := r.text(path("interpolation")...)
	r.choice(&word, []string{interpolateLinear, interpolatePrevious}, path("interpolation")...)
	s.Hold = word == interpolatePrevious
	if s.step = r.quantity("ms", 0, path("step")...); r.Has(path("step")...) && len(r.faults) == before && s.step <= 0 {
		r.faultf(r.ValuePos(path("step")...), "%s: %v ms is not above 0", document.Address(path("step")...), s.step)
	}
	if r.Has(path("pattern")...) {
		r.faultf(r.Pos(path("pattern")...), "%s: the stimulus has a file; write the one or the other", document.Address(path("pattern")...))
	}
	if len(r.faults) > before || s.file == "" {
		return nil
	}
	m := r.matrix(s.file, path("file"))
	if m == nil {
		return nil
	}
	k, times := r.seriesColumns(s, m, path)
	if k < 0 {
		return nil
	}
	for row := range m.Rows {
		s.Values = append(s.Values, m.At(row, k))
		if times >= 0 {
			s.Times = append(s.Times, m.At(row, times))
		} else {
			s.Times = append(s.Times, float64(row)*s.step)
		}
	}
	if !r.seriesSound(s, m, k, times) {
		return nil
	}
	if n := len(s.Times); s.Hold {
		// The last value holds as long as the one before it did.
		s.Times, s.Values = append(s.Times, 2*s.Times[n-1]-s.Times[n-2]), append(s.Values, 0)
	}
	return s
}

// seriesColumns finds the columns of the values and of the times, -1 for none.
func (r *reader) seriesColumns(s *Series, m *matrix.Matrix, path func(string) []string) (k, times int) {
	times = slices.Index(m.ColNames, timeColumn)
	address := document.Address(path("step")...)
	switch {
	case times >= 0 && s.step != 0:
		r.faultf(r.Pos(path("step")...), "%s: %s has a column %s already", address, s.file, timeColumn)
		return -1, -1
	case times < 0 && s.step == 0:
		r.faultf(r.Pos(path("file")...), `%s: %s has no column %s [ms]; say how far its lines are apart, for example step = "1 ms"`, address, s.file, timeColumn)
		return -1, -1
	}
	others := slices.DeleteFunc(slices.Clone(m.ColNames), func(name string) bool { return name == timeColumn })
	switch {
	case s.column != "":
		if k = slices.Index(m.ColNames, s.column); k < 0 || k == times {
			r.faults.Add(document.Unknown(r.ValuePos(path("column")...), "column", s.column, others))
			return -1, -1
		}
		return k, times
	case len(others) == 1:
		return slices.Index(m.ColNames, others[0]), times
	case m.ColNames == nil && m.Cols == 1:
		return 0, times
	}
	what := strings.Join(others, ", ")
	if m.ColNames == nil {
		what = "several without names"
	}
	r.faultf(r.Pos(path("file")...), "%s: which column? %s has %s", document.Address(path("column")...), s.file, what)
	return -1, -1
}

// seriesSound notes what samples cannot be.
func (r *reader) seriesSound(s *Series, m *matrix.Matrix, k, times int) bool {
	before := len(r.faults)
	if len(s.Values) < 2 {
		r.faults.Addf(m.File(), "a series has at least 2 samples")
	}
	finite := func(x float64, row, col int) bool {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			r.faults.Addf(m.Place(row, col), "not a finite number")
			return false
		}
		return true
	}
	for row, v := range s.Values {
		if !finite(v, row, k) || times >= 0 && !finite(s.Times[row], row, times) {
			break
		}
		if row > 0 && !(s.Times[row] > s.Times[row-1]) {
			place := fault.Pos{}
			if place = m.File(); times >= 0 {
				place = m.Place(row, times)
			}
			r.faults.Addf(place, "time %v is not after the one before it, %v; times ascend", s.Times[row], s.Times[row-1])
			break
		}
	}
	return len(r.faults) == before
}

// text writes the keys of a series.
func (s *Series) text(w *writer) {
	w.text("file", s.file)
	w.text("column", s.column)
	if s.step != 0 {
		w.line("step", quantityText(s.step, "ms"))
	}
	if s.Hold {
		w.text("interpolation", interpolatePrevious)
	}
}

// stimulusSeries are the samples of the stimuli that are series, as the simulation takes them.
func (p *Plan) stimulusSeries() map[int][]float64 {
	out := map[int][]float64{}
	for i, s := range p.Series {
		if s != nil {
			out[i] = slices.Concat(s.Times, s.Values)
		}
	}
	return out
}
