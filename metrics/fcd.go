package metrics

import (
	"math"
	"slices"
)

// fcdGroup is the group "fcd": dynamics of functional connectivity.
//
//	window k = samples [k S, k S + L), L and S the window and the step in samples, K = floor((T - L)/S) + 1 windows
//	v_k      = upper triangle of the FC of window k
//	fcd_kl   = Pearson correlation of v_k and v_l over the entries finite in both, at least three, else NaN
//
// A node that is bad or constant within a window has NaN in that window only. Statistics run over k < l; those called
// nonoverlap over windows without a common sample, (l - k) S >= L, since overlap alone raises fcd.
// Allen et al. 2014 (Cereb Cortex 24:663), Hansen et al. 2015 (NeuroImage 105:525), Deco et al. 2017 (Sci Rep 7:3095).
func fcdGroup() Group {
	return Group{
		Name: "fcd", About: "dynamics of functional connectivity",
		Options: []Option{
			{Name: "window", Kind: KindTime, Default: []float64{60}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "length of a window"},
			{Name: "step", Kind: KindTime, Default: []float64{2}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "from the start of a window to that of the next"},
		},
		Least: func(s Setup) Need {
			length, step := s.fcdWindow()
			return Need{length + step, "two windows of " + seconds(s.Config.number("fcd.window"))}
		},
		Metrics: []Metric{
			{Name: "fcd", Shape: PerWindowPair, Signal: true, About: "correlation of the functional connectivities of every two windows",
				Compute: func(dst []float64, in *Input) { copy(dst, in.fcd()) }},
			fcdSummary("fcd_mean", "mean of fcd over pairs of windows", false, mean),
			fcdSummary("fcd_var", "variance of fcd over pairs of windows", false, variance),
			fcdSummary("fcd_mean_nonoverlap", "mean of fcd over pairs of windows without a common sample", true, mean),
			fcdSummary("fcd_var_nonoverlap", "variance of fcd over pairs of windows without a common sample", true, variance),
		},
	}
}

func fcdSummary(name, about string, apart bool, of func([]float64) float64) Metric {
	return Metric{Name: name, Shape: PerPoint, Signal: true, About: about,
		Compute: func(dst []float64, in *Input) { dst[0] = of(FCDValues(in.fcd(), in.setup(), apart)) }}
}

// fcdWindow is the length of a window and the step in samples, at least one.
func (s Setup) fcdWindow() (length, step int) {
	return max(1, s.samplesOf(s.Config.number("fcd.window"))), max(1, s.samplesOf(s.Config.number("fcd.step")))
}

// windows is the dimension of the windows of fcd, with the times of their middles since the first sample.
func windows(s Setup, name string) Dim {
	length, step := s.fcdWindow()
	d := Dim{Name: name, Unit: "s", About: "middle of the window, since the first sample"}
	for k := 0; k*step+length <= s.Samples; k++ {
		d.Values = append(d.Values, (float64(k*step)+float64(length)/2)/s.Rate)
	}
	return d
}

// FCDValues returns the entries k < l of fcd; with apart those of windows without a common sample.
func FCDValues(fcd []float64, s Setup, apart bool) []float64 {
	length, step := s.fcdWindow()
	count := int(math.Round(math.Sqrt(float64(len(fcd)))))
	var out []float64
	for k := range count {
		for l := k + 1; l < count; l++ {
			if !apart || (l-k)*step >= length {
				out = append(out, fcd[k*count+l])
			}
		}
	}
	return out
}

func (in *Input) fcd() []float64 {
	return once(in, "fcd", func() []float64 {
		length, step := in.setup().fcdWindow()
		return FCD(WindowFC(in.Signal, length, step))
	})
}

// WindowFC returns the upper triangles of the functional connectivity of every window of length samples, step
// samples apart. Blocks are summed once and then put together: a window is a number of whole steps and a rest, so
// a step is two blocks, cut where windows end.
func WindowFC(s *Signal, length, step int) [][]float64 {
	count := (s.Len() - length) / step
	if s.Len() < length {
		return nil
	}
	rest := length % step
	if length < step {
		rest = length
	}
	// A window begins with block 2k and ends with a rest.
	last := count*step + length
	var edges []int
	for from := 0; from < last; from += step {
		edges = append(edges, from, min(from+rest, last))
	}
	edges = append(edges, last)
	blocks := newWindows(s, edges)
	if length < step {
		for k := 1; k < len(blocks); k += 2 {
			blocks[k] = nil
		}
	}
	out := make([][]float64, count+1)
	sum := &window{}
	for k := range out {
		sum.merge(blocks[2*k : min(len(blocks), 2*(k+length/step)+1)])
		out[k] = sum.correlations()
	}
	return out
}

// window is the sums over some samples about each node's mean in the whole series.
type window struct {
	count         int
	sum, min, max []float64
	products      []float64 // n rows of stride numbers, of which those from the diagonal on count
	stride        int
}

// newWindows sums the blocks between the edges; one without a sample is nil.
func newWindows(s *Signal, edges []int) []*window {
	// The shift only keeps digits; that of a bad node is any sample of it that is finite.
	shift := make([]float64, s.N())
	for i := range shift {
		shift[i] = s.Mean[i]
		if s.Bad[i] {
			shift[i] = firstFinite(s.Node(i))
		}
	}
	out := make([]*window, len(edges)-1)
	if s.host == nil {
		for k := range out {
			if edges[k] < edges[k+1] {
				out[k] = newWindow(s, shift, edges[k], edges[k+1])
			}
		}
		return out
	}
	stride := s.host.stride()
	size := (3 + s.N()) * stride
	numbers := []int64{int64(len(out))}
	for _, at := range edges {
		numbers = append(numbers, int64(at))
	}
	sums := s.host.launch(s, "products", Task{Numbers: numbers, Table: s.host.perNode(func(i int) float64 { return shift[i] })}, size*len(out))
	for k := range out {
		part := func(row int) []float64 { return sums[k*size+row*stride:][:s.N()] }
		if count := edges[k+1] - edges[k]; count > 0 {
			out[k] = &window{count, part(0), part(1), part(2), sums[k*size+3*stride : (k+1)*size], stride}
		}
	}
	return out
}

func newWindow(s *Signal, shift []float64, from, to int) *window {
	n := s.N()
	w := &window{to - from, make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n*n), n}
	flat := make([]float64, n*(to-from))
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = flat[i*(to-from) : (i+1)*(to-from)]
		w.min[i], w.max[i] = math.Inf(1), math.Inf(-1)
		for k, x := range s.Node(i)[from:to] {
			y := x - shift[i]
			rows[i][k] = y
			w.sum[i] += y
			w.min[i], w.max[i] = min(w.min[i], x), max(w.max[i], x)
		}
	}
	gram(w.products, rows)
	return w
}

// firstFinite is the first finite number of x, 0 if there is none.
func firstFinite(x []float64) float64 {
	for _, v := range x {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v
		}
	}
	return 0
}

// merge makes w the sums of blocks, some of which may be nil.
func (w *window) merge(blocks []*window) {
	w.count = 0
	for _, b := range blocks {
		if b == nil {
			continue
		}
		if w.count == 0 {
			w.sum, w.products = append(w.sum[:0], b.sum...), append(w.products[:0], b.products...)
			w.min, w.max = append(w.min[:0], b.min...), append(w.max[:0], b.max...)
			w.count, w.stride = b.count, b.stride
			continue
		}
		w.count += b.count
		for i := range w.sum {
			w.sum[i] += b.sum[i]
			w.min[i], w.max[i] = min(w.min[i], b.min[i]), max(w.max[i], b.max[i])
		}
		for i := range w.sum {
			row := w.products[i*w.stride:][:w.stride]
			for j, v := range b.products[i*w.stride:][:len(w.sum)] {
				row[j] += v
			}
		}
	}
}

// correlations is the upper triangle of the window's functional connectivity.
func (w *window) correlations() []float64 {
	n, count := len(w.sum), float64(w.count)
	root := make([]float64, n)
	for i := range root {
		squares := w.products[i*w.stride+i] - w.sum[i]*w.sum[i]/count
		root[i] = math.NaN()
		if w.min[i] < w.max[i] && squares > 0 && !math.IsInf(squares, 0) {
			root[i] = math.Sqrt(squares)
		}
	}
	out := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			r := (w.products[i*w.stride+j] - w.sum[i]*w.sum[j]/count) / root[i] / root[j]
			out = append(out, max(-1, min(1, r)))
		}
	}
	return out
}

// FCD correlates every two of the vectors: k*k numbers.
func FCD(v [][]float64) []float64 {
	count := len(v)
	out := make([]float64, count*count)
	whole := make([][]float64, 0, count)
	for _, x := range v {
		if y := standardised(x); y != nil {
			whole = append(whole, y)
		}
	}
	if len(whole) == count {
		gram(out, whole)
	}
	for k := range count {
		for l := k; l < count; l++ {
			if len(whole) < count {
				out[k*count+l] = pearson(v[k], v[l])
			}
			r := max(-1, min(1, out[k*count+l]))
			out[k*count+l], out[l*count+k] = r, r
		}
	}
	return out
}

// standardised takes x to mean 0 and sum of squares 1; nil where it has undefined entries, too few, or no spread.
func standardised(x []float64) []float64 {
	if len(x) < 3 || slices.ContainsFunc(x, math.IsNaN) || slices.Min(x) == slices.Max(x) {
		return nil
	}
	out, centre, sum := slices.Clone(x), mean(x), 0.0
	for k := range out {
		out[k] -= centre
		sum += out[k] * out[k]
	}
	if !(sum > 0) {
		return nil
	}
	for k := range out {
		out[k] /= math.Sqrt(sum)
	}
	return out
}

// KS is the Kolmogorov-Smirnov distance of two sets: sup_z |F_a(z) - F_b(z)|, F(z) the share of values <= z. NaN where
// either is empty. Undefined values are left out.
func KS(a, b []float64) float64 {
	a, b = defined(a), defined(b)
	if len(a) == 0 || len(b) == 0 {
		return math.NaN()
	}
	slices.Sort(a)
	slices.Sort(b)
	greatest := 0.0
	for i, j := 0, 0; i < len(a) || j < len(b); {
		z := math.Inf(1)
		if i < len(a) {
			z = a[i]
		}
		if j < len(b) {
			z = min(z, b[j])
		}
		for i < len(a) && a[i] <= z {
			i++
		}
		for j < len(b) && b[j] <= z {
			j++
		}
		greatest = max(greatest, math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return greatest
}
