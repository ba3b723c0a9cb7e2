package metrics

import (
	"math"
	"slices"
)

// add adds the sums of blocks, of which some may be empty.
func (w *window) add(blocks []window) {
	filled, _ := filledBlocks(blocks)
	if len(filled) == 0 {
		return
	}
	n := len(filled[0].Sum)
	if w.Count == 0 {
		*w = newSums(n)
	}
	for b := range filled {
		from := &filled[b]
		w.Count += from.Count
		for i := range n {
			w.Sum[i] += from.Sum[i]
			w.Min[i], w.Max[i] = min(w.Min[i], from.Min[i]), max(w.Max[i], from.Max[i])
			w.Products[i*w.Stride+i] += from.Products[i*from.Stride+i]
		}
	}
	for i := range n {
		addProducts(w.Products[i*w.Stride+i+1:(i+1)*w.Stride], filled, i)
	}
}

// newSums is a window of no samples.
func newSums(n int) window {
	w := window{Sum: make([]float64, n), Min: make([]float64, n), Max: make([]float64, n), Products: make([]float64, n*n), Stride: n}
	fill(w.Min, math.Inf(1))
	fill(w.Max, math.Inf(-1))
	return w
}

// moments are those of the series about the shifts. What these are apart from the means is part of the spread of the series, so that
// centring costs no more digits than the first step is a share of it.
func (w *windowStream) moments() *Moments {
	all, count := w.Whole, float64(w.Whole.Count)
	m := NewMoments(len(w.Shift), true)
	m.Count = int64(all.Count)
	copy(m.Shift, w.Shift)
	copy(m.Min, all.Min)
	copy(m.Max, all.Max)
	pair := 0
	for i, sum := range all.Sum {
		m.Offset[i] = sum / count
		m.Squares[i] = all.Products[i*all.Stride+i] - sum*m.Offset[i]
		for j, product := range all.Products[i*all.Stride+i+1 : (i+1)*all.Stride] {
			m.Products[pair] = product - m.Offset[i]*all.Sum[i+1+j]
			pair++
		}
	}
	return m
}

// OfWindows tells whether a metric is made of the windows of fcd.
func (m Metric) OfWindows() bool { return m.From == fcdName }

// MomentsOfWindows tells whether the moments that these metrics of a series need are found on the way to the windows of others of
// them: nobody else need sum the series.
func MomentsOfWindows(of []Metric) bool {
	return NeedPairs(of) && slices.ContainsFunc(of, Metric.OfWindows)
}

// TakeMomentsOfWindows gives an input its moments where MomentsOfWindows says so: of what streams have gathered, or of the whole series.
// They are in the unit of the report, and so is the input then.
func (in *Input) TakeMomentsOfWindows(s Setup) {
	w, gathered := in.Streams[fcdName].(*windowStream)
	if !gathered {
		w = in.windows(s)
		in.Streams = map[string]Stream{fcdName: w}
	}
	in.Moments = w.moments()
	if Scale(in.Unit) != 1 {
		in.Unit = "Hz"
	}
}
