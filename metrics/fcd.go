package metrics

import (
	"math"
	"slices"
)

// fcdName is the name of the group, and of the stream of its windows.
const fcdName = "fcd"

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
		Name: fcdName, About: "dynamics of functional connectivity",
		Options: []Option{
			{Name: "window", Kind: KindTime, Default: []float64{60}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "length of a window"},
			{Name: "step", Kind: KindTime, Default: []float64{2}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "from the start of a window to that of the next"},
		},
		Least: func(s Setup) Need {
			length, step := s.fcdWindow()
			need := Need{Samples: length + step, Why: "two windows of " + seconds(s.Config.number("fcd.window"))}
			if quarter := s.Samples / 4; quarter > 0 { // three windows that overlap by half
				need.Options = s.fitting("fcd.window", 2*quarter) + " and " + s.fitting("fcd.step", quarter)
			}
			return need
		},
		Stream: func(s Setup) Stream { return newWindowStream(s) },
		Metrics: []Metric{
			{Name: "fcd", Shape: PerWindowPair, Signal: true, About: "correlation of the functional connectivities of every two windows",
				Lend: (*Input).fcd},
			fcdSummary("fcd_mean", "mean of fcd over pairs of windows", false, mean),
			fcdSummary("fcd_var", "variance of fcd over pairs of windows", false, variance),
			fcdSummary("fcd_mean_nonoverlap", "mean of fcd over pairs of windows without a common sample", true, mean),
			fcdSummary("fcd_var_nonoverlap", "variance of fcd over pairs of windows without a common sample", true, variance),
		},
	}
}

func fcdSummary(name, about string, apart bool, of func([]float64) float64) Metric {
	return Metric{Name: name, Shape: PerPoint, Signal: true, About: about,
		Compute: func(dst []float64, in *Input) {
			fcd := in.fcd()
			dst[0] = of(fcdValues(in.room(len(fcd))[:0], fcd, in.setup(), apart))
		}}
}

// fcdWindow is the length of a window and the step in samples, at least one.
func (s Setup) fcdWindow() (length, step int) {
	return max(1, s.samplesOf(s.Config.number("fcd.window"))), max(1, s.samplesOf(s.Config.number("fcd.step")))
}

// fcdWindows is how many windows a series has.
func (s Setup) fcdWindows() int {
	length, step := s.fcdWindow()
	return windowCount(s.Samples, length, step)
}

func windowCount(samples, length, step int) int {
	if samples < length {
		return 0
	}
	return (samples-length)/step + 1
}

// windows is the dimension of the windows of fcd, with the times of their middles since the first sample.
func windows(s Setup, name string) Dim {
	length, step := s.fcdWindow()
	d := Dim{Name: name, Unit: "s", About: "middle of the window, since the first sample"}
	for k := range s.fcdWindows() {
		d.Values = append(d.Values, (float64(k*step)+float64(length)/2)/s.Rate)
	}
	return d
}

// FCDValues returns the entries k < l of fcd; with apart those of windows without a common sample.
func FCDValues(fcd []float64, s Setup, apart bool) []float64 { return fcdValues(nil, fcd, s, apart) }

// fcdValues appends them to out.
func fcdValues(out, fcd []float64, s Setup, apart bool) []float64 {
	length, step := s.fcdWindow()
	count := int(math.Round(math.Sqrt(float64(len(fcd)))))
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
		w, passing := in.Streams[fcdName].(*windowStream)
		if !passing {
			w = in.windows(in.setup())
		}
		centred := in.room
		if w.once {
			centred = nil // nobody else has a use for the vectors
		}
		v := w.FC
		out := in.room(len(v) * len(v))
		correlateAll(out, v, centred)
		return out
	})
}

// windows are those of a whole series, for this input alone.
func (in *Input) windows(s Setup) *windowStream {
	w := newWindowStream(s)
	w.once, w.hosted.take = true, (*Host).piece
	passed(w, in.Signal)
	return w
}

// WindowFC returns the upper triangles of the functional connectivity of every window of length samples, step
// samples apart. A host has them until it turns to another point.
func WindowFC(s *Signal, length, step int) [][]float64 {
	w := newWindows(s.N(), s.Len(), length, step)
	w.hosted.take = (*Host).piece
	passed(w, s)
	return w.FC
}

// FCD correlates every two of the vectors, of equal lengths: k*k numbers.
func FCD(v [][]float64) []float64 {
	count := len(v)
	out := make([]float64, count*count)
	correlateAll(out, v, zeros)
	return out
}

// correlateAll fills out with what FCD gives. Room gives memory for vectors less their means; without it they are changed.
func correlateAll(out []float64, v [][]float64, room func(n int) []float64) {
	count := len(v)
	if centred := allCentred(v, room); centred != nil {
		clear(out)
		gram(out, centred)
		root := make([]float64, count)
		for k := range root {
			root[k] = math.Sqrt(out[k*count+k])
		}
		for k := range count {
			for l := k; l < count; l++ {
				out[k*count+l] = out[k*count+l] / root[k] / root[l]
			}
		}
	} else {
		for k := range count {
			for l := k; l < count; l++ {
				out[k*count+l] = pearson(v[k], v[l])
			}
		}
	}
	for k := range count {
		for l := k; l < count; l++ {
			r := max(-1, min(1, out[k*count+l]))
			out[k*count+l], out[l*count+k] = r, r
		}
	}
}

// allCentred are the vectors less their means, in memory that room gives, or themselves; nil where one has undefined entries, too
// few, or no spread.
func allCentred(v [][]float64, room func(n int) []float64) [][]float64 {
	if len(v) == 0 || len(v[0]) < 3 {
		return nil
	}
	centres := make([]float64, len(v))
	for k, x := range v {
		centres[k] = total(x) / float64(len(x))
		differ := slices.ContainsFunc(x, func(r float64) bool { return r != x[0] })
		if !differ || math.IsNaN(centres[k]) || math.IsInf(centres[k], 0) {
			return nil
		}
	}
	out := make([][]float64, len(v))
	for k, x := range v {
		if out[k] = x; room != nil {
			out[k] = room(len(x))
		}
		centre, row := centres[k], out[k][:len(x)]
		for j, r := range x {
			row[j] = r - centre
		}
	}
	return out
}

// total is the sum of x, every fourth number by itself: additions wait for each other.
func total(x []float64) float64 {
	a, b, c, d := 0.0, 0.0, 0.0, 0.0
	for ; len(x) >= 4; x = x[4:] {
		a, b, c, d = a+x[0], b+x[1], c+x[2], d+x[3]
	}
	for _, v := range x {
		a += v
	}
	return a + b + c + d
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
