package jobs

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Filling is a coarse map of a metric that fills up while a job runs. Its methods are for one goroutine.
type Filling struct {
	Metric, Unit string
	X, Y         Ruler     // Y has no address where one axis is swept
	Values       []float64 // mean over the points of each cell that are done, NaN where there is none; the least Y first

	place       *place
	layout      *result.Layout
	notice      notice
	metric      result.Metric
	sums, count []float64
	seen        map[string]bool
}

// Ruler is a side of a map: the values between the cells' smallest and largest.
type Ruler struct {
	Address, Unit string
	First, Last   string // the ends, as a person writes them
	Cells         int

	of func(point int) int // the cell of a point
}

// Watch begins a map of a metric ("" chooses one) of the job whose result will be the file output, of at most so many
// cells across and up. Without a swept quantity or a metric with one number per point there is none: the map is nil.
func Watch(output, metric string, across, up int) (*Filling, error) {
	f := &Filling{place: newPlace(output), seen: map[string]bool{}}
	var err error
	if f.notice, err = f.place.readNotice(); err != nil {
		return nil, err
	}
	j, err := f.place.left(f.notice)
	if err != nil {
		return nil, err
	}
	s, err := newSetup(j.Plan)
	if err != nil {
		return nil, err
	}
	s.layout.Order = f.notice.Order
	f.layout = s.layout
	if found, err := f.choose(metric); err != nil || !found {
		return nil, err
	}
	f.X = newRuler(f.layout, f.layout.Axes[0], across)
	f.Y = Ruler{Cells: 1, of: func(int) int { return 0 }}
	if len(f.layout.Axes) > 1 {
		f.Y = newRuler(f.layout, f.layout.Axes[1], up)
	}
	n := f.X.Cells * f.Y.Cells
	f.sums, f.count, f.Values = make([]float64, n), make([]float64, n), make([]float64, n)
	return f, f.Fill()
}

// choose finds the metric.
func (f *Filling) choose(metric string) (found bool, err error) {
	var known []string
	for _, m := range f.layout.Metrics {
		if len(m.Dims) == 0 {
			known = append(known, m.Address())
		}
	}
	if metric != "" && !slices.Contains(known, metric) {
		return false, fault.Mistake{Msg: fmt.Sprintf("the job has no metric %q with one number per point%s; it has %s", metric, fault.Suggest(metric, known), fault.Among(known))}
	}
	if len(known) == 0 || len(f.layout.Axes) == 0 {
		return false, nil
	}
	for _, usual := range []string{known[0], "E.rate_mean", metric} {
		for _, m := range f.layout.Metrics {
			if m.Address() == usual && len(m.Dims) == 0 {
				f.metric = m
			}
		}
	}
	f.Metric, f.Unit = f.metric.Address(), f.metric.Unit
	return true, nil
}

// newRuler divides the different values of an axis into at most so many cells of equally many values.
func newRuler(l *result.Layout, a result.Axis, most int) Ruler {
	r := Ruler{Address: a.Address, Unit: a.Unit}
	if a.Text != nil {
		var texts []string
		for p := range l.Points {
			texts = append(texts, a.Text(p))
		}
		slices.Sort(texts)
		texts = slices.Compact(texts)
		r.Cells = min(most, len(texts))
		r.First, r.Last = texts[0], texts[len(texts)-1]
		r.of = func(p int) int { return sort.SearchStrings(texts, a.Text(p)) * r.Cells / len(texts) }
		return r
	}
	values := make([]float64, l.Points)
	for p := range values {
		values[p] = a.Value(p)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	r.Cells = min(most, len(values))
	r.First, r.Last = fmt.Sprintf("%.4g", values[0]), fmt.Sprintf("%.4g", values[len(values)-1])
	r.of = func(p int) int { return sort.SearchFloat64s(values, a.Value(p)) * r.Cells / len(values) }
	return r
}

// Fill takes in the parts that have come since.
func (f *Filling) Fill() error {
	parts, err := result.Parts(f.place.parts)
	if err != nil {
		return err
	}
	for _, path := range parts {
		if f.seen[path] {
			continue
		}
		held, err := result.CountPart(path, f.notice.Basis)
		if err != nil || held.Steps != f.notice.Steps {
			continue // as Look does
		}
		values, err := result.PartNumbers(path, f.metric)
		if err != nil {
			continue // merged and removed since
		}
		f.seen[path] = true
		for row, v := range values {
			if math.IsNaN(v) {
				continue
			}
			point := f.layout.Number(held.First + row)
			cell := f.Y.of(point)*f.X.Cells + f.X.of(point)
			f.sums[cell] += v
			f.count[cell]++
		}
	}
	for i := range f.Values {
		f.Values[i] = f.sums[i] / f.count[i]
	}
	return nil
}
