package metrics

import (
	"math"
	"slices"
)

// dfaGroup is the group "dfa": long-range correlation by detrended fluctuation analysis.
//
//	y = cumulated x - mean; windows of n = floor(16 2^(k/4) + 0.5) <= T/4 samples from the start; a line taken off each
//	F(n) = root of the mean squared residual over all windows;  dfa = slope of ln F on ln n
//	hurst = dfa for 0 < dfa < 1 (noise), dfa - 1 for 1 < dfa < 2 (walk), else NaN
//
// Peng et al. 1994 (PRE 49:1685), Kantelhardt et al. 2001 (Physica A 295:441).
func dfaGroup() Group {
	g := Group{Name: "dfa", About: "long-range correlation",
		Least:  func(Setup) Need { return Need{Samples: 108, Why: "four scales"} },
		Stream: func(s Setup) Stream { return newWalkStream(s) }}
	add := func(name, about string, of func(f Fluctuation) float64) {
		g.Metrics = append(g.Metrics,
			Metric{Name: name, Shape: PerPoint, Signal: true, About: "mean over nodes: " + about, Compute: func(dst []float64, in *Input) {
				var values []float64
				for _, f := range in.fluctuations() {
					values = append(values, of(f))
				}
				dst[0] = mean(values)
			}},
			Metric{Name: "region_" + name, Shape: PerNode, Signal: true, About: about, Compute: func(dst []float64, in *Input) {
				for i, f := range in.fluctuations() {
					dst[i] = of(f)
				}
			}})
	}
	add("dfa", "exponent of detrended fluctuation analysis", func(f Fluctuation) float64 { return f.Exponent })
	add("dfa_r2", "share of the variance that the fit explains", func(f Fluctuation) float64 { return f.R2 })
	add("hurst", "Hurst exponent", Fluctuation.Hurst)
	return g
}

// Fluctuation is the fluctuation of a series by scale.
type Fluctuation struct {
	Scales       []int // [samples]
	F            []float64
	Exponent, R2 float64
}

// Hurst is the Hurst exponent.
func (f Fluctuation) Hurst() float64 {
	switch a := f.Exponent; {
	case a > 0 && a < 1:
		return a
	case a > 1 && a < 2:
		return a - 1
	}
	return math.NaN()
}

func (in *Input) fluctuations() []Fluctuation {
	return once(in, "fluctuations", func() []Fluctuation {
		w, out := stream(in, "dfa", newWalkStream), make([]Fluctuation, in.Moments.N())
		for i := range out {
			out[i] = w.fluctuation(i, !in.Moments.Bad(i) && !in.Moments.Constant(i))
		}
		return out
	})
}

// DFA is the detrended fluctuation analysis of a node.
func DFA(s *Signal, i int) Fluctuation {
	w := newWalkStream(Setup{Nodes: s.N(), Samples: s.Len(), Rate: s.Rate})
	passed(w, s)
	return w.fluctuation(i, s.lively(i))
}

// walkStream has the walks of all scales. Each begins with 0 in every window, since the line that is taken off absorbs
// where it begins, and what is subtracted from the samples, which is there to keep digits.
type walkStream struct {
	Shift  []float64 // of each node, the mean of its first unit
	Scales []walk

	nodes, samples int
}

// walk is that of one scale, of each node.
type walk struct {
	Walk, Sum, Squares, Product []float64 // in the window under way; the product is with the place less the window's middle
	Residual                    []float64 // of the windows that have ended
	n                           int
}

func newWalkStream(s Setup) *walkStream {
	w := &walkStream{nodes: s.Nodes, samples: s.Samples}
	for k := 0; ; k++ {
		n := int(math.Floor(16*math.Pow(2, float64(k)/4) + 0.5))
		if n > s.Samples/4 {
			return w
		}
		empty := func() []float64 { return make([]float64, s.Nodes) }
		w.Scales = append(w.Scales, walk{empty(), empty(), empty(), empty(), empty(), n})
	}
}

func (w *walkStream) Unit(k int) (from, to int, ok bool) { return plainUnit(k, w.samples) }

func (w *walkStream) Bytes() int64 { return int64(len(w.Scales)) * int64(w.nodes) * 40 }

func (w *walkStream) Add(k int, s *Signal) {
	begin, _, _ := w.Unit(k)
	if w.Shift == nil {
		w.Shift = slices.Clone(s.Mean)
	}
	if s.host != nil {
		w.addByHost(begin, s)
		return
	}
	y := make([]float64, s.Len())
	for i := range w.nodes {
		sum := 0.0
		for t, v := range s.Node(i) {
			sum += v - w.Shift[i]
			y[t] = sum
		}
		for k := range w.Scales {
			w.Scales[k].add(i, y, begin, w.samples)
		}
	}
}

// add takes the walk y of node i, whose first sample has the number begin.
func (w *walk) add(i int, y []float64, begin, samples int) {
	n := w.n
	middle := float64(n-1) / 2
	spread := float64(n) * (float64(n)*float64(n) - 1) / 12 // sum of (place - middle)²
	left := min(len(y), samples/n*n-begin)
	base := w.Walk[i]
	for t := 0; t < left; {
		place := (begin + t) % n
		stop := min(t+n-place, left)
		if place == 0 {
			base = -y[t]
			w.Sum[i], w.Squares[i], w.Product[i] = 0, 0, 0
		}
		k := float64(place) - middle
		var sum, squares, product [2]float64 // two chains of sums at once
		for ; t+1 < stop; t += 2 {
			u, v := y[t]+base, y[t+1]+base
			sum[0] += u
			sum[1] += v
			squares[0] += float64(u * u)
			squares[1] += float64(v * v)
			product[0] += float64(k * u)
			product[1] += float64((k + 1) * v)
			k += 2
		}
		if t < stop {
			u := y[t] + base
			sum[0] += u
			squares[0] += float64(u * u)
			product[0] += float64(k * u)
			t++
		}
		w.Sum[i] += sum[0] + sum[1]
		w.Squares[i] += squares[0] + squares[1]
		w.Product[i] += product[0] + product[1]
		if (begin+t)%n == 0 {
			w.Residual[i] += max(0, w.Squares[i]-w.Sum[i]*w.Sum[i]/float64(n)-w.Product[i]*w.Product[i]/spread)
		}
	}
	w.Walk[i] = base + y[len(y)-1]
}

// addByHost has the host do it.
func (w *walkStream) addByHost(begin int, s *Signal) {
	h := s.host
	t := Task{Numbers: []int64{int64(len(w.Scales)), int64(begin)}, Table: h.perNode(func(i int) float64 { return w.Shift[i] })}
	for _, scale := range w.Scales {
		t.Numbers = append(t.Numbers, int64(scale.n), int64(w.samples/scale.n*scale.n))
		for _, row := range scale.rows() {
			t.Table = append(t.Table, h.perNode(func(i int) float64 { return row[i] })...)
		}
	}
	stride := h.stride()
	out := h.launch(s, "walks", t, len(t.Table)-stride)
	for _, scale := range w.Scales {
		for _, row := range scale.rows() {
			copy(row, out)
			out = out[stride:]
		}
	}
}

func (w *walk) rows() [][]float64 {
	return [][]float64{w.Walk, w.Sum, w.Squares, w.Product, w.Residual}
}

// fluctuation is that of node i, undefined where the node is not lively.
func (w *walkStream) fluctuation(i int, lively bool) Fluctuation {
	f := Fluctuation{Exponent: math.NaN(), R2: math.NaN()}
	if !lively {
		return f
	}
	var x, z []float64
	for _, scale := range w.Scales {
		f.Scales = append(f.Scales, scale.n)
		f.F = append(f.F, math.Sqrt(scale.Residual[i]/float64(w.samples/scale.n*scale.n)))
		x, z = append(x, math.Log(float64(scale.n))), append(z, math.Log(f.F[len(f.F)-1]))
	}
	if len(f.Scales) >= 4 {
		f.Exponent, _, f.R2 = line(x, z)
	}
	return f
}
