package metrics

import "math"

// coherenceGroup is the group "coherence": linear dependence of two nodes by frequency.
//
//	C_xy(f) = |P_xy|² / (P_xx P_yy),  P_xy = mean over segments of conj(X) Y, segments as in Spectra
//
// A band's value is the plain mean over its bins, both ends in. NaN where there is one segment (it would be 1 throughout).
// Carter 1987 (Proc IEEE 75:236).
func coherenceGroup() Group {
	g := Group{
		Name: "coherence", About: "linear dependence of two nodes by frequency",
		Options: []Option{{Name: "segment", Kind: KindTime, Default: []float64{1}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1),
			About: "length of Welch's segments, which overlap by half"}},
		Least: func(s Setup) Need {
			n := s.segmentLength("coherence.segment")
			need := Need{Samples: 2*n - n/2, Why: "two segments of " + seconds(s.Config.number("coherence.segment"))}
			if third := s.Samples / 3; third > 0 {
				need.Options = s.fitting("coherence.segment", 2*third)
			}
			return need
		},
	}
	g.Stream = func(s Setup) Stream { return newCrossStream(s) }
	for b, band := range Bands() {
		g.Metrics = append(g.Metrics,
			Metric{Name: "coherence_" + band.Name, Shape: PerPair, Signal: true, About: "coherence, " + band.Name + " band",
				Compute: func(dst []float64, in *Input) { copy(dst, in.coherence()[b]) }},
			Metric{Name: "coherence_" + band.Name + "_mean", Shape: PerPoint, Signal: true, About: "mean over pairs of coherence_" + band.Name,
				Compute: func(dst []float64, in *Input) { dst[0] = mean(upper(in.coherence()[b], in.Moments.N(), in.room)) }})
	}
	return g
}

// coherence is the coherence of every band, n*n, with NaN on the diagonal. A node is bad wherever its sample is that is not
// finite, also behind the last segment.
func (in *Input) coherence() [][]float64 {
	return once(in, "coherence", func() [][]float64 {
		bands, n := stream(in, "coherence", newCrossStream).bands(Bands()), in.Moments.N()
		for i := range n {
			for _, c := range bands {
				for j := 0; in.Moments.Bad(i) && j < n; j++ {
					c[i*n+j], c[j*n+i] = math.NaN(), math.NaN()
				}
			}
		}
		return bands
	})
}

// crossStream adds up the products of the coefficients of every two nodes, bin by bin up to the top of the highest band.
type crossStream struct {
	Products          [][]float64 // of each bin as cross has them
	n, nodes, samples int
	rate              float64
}

func newCrossStream(s Setup) *crossStream {
	c := &crossStream{n: min(s.segmentLength("coherence.segment"), s.Samples), nodes: s.Nodes, samples: s.Samples, rate: s.Rate}
	top := Bands()[len(Bands())-1].Top
	c.Products = make([][]float64, min(1+int(top*float64(c.n)/s.Rate), c.n/2+1))
	for f := range c.Products {
		c.Products[f] = make([]float64, 2*s.Nodes*s.Nodes)
	}
	return c
}

func (c *crossStream) Unit(k int) (from, to int, ok bool) { return segmentUnit(k, c.n, c.samples) }

func (c *crossStream) Add(_ int, s *Signal) {
	if s.host != nil && s.host.plan(c.n) != nil {
		c.addByHost(s)
		return
	}
	sp := welchPart(s, c.n, len(c.Products), 1, plain)
	for f, products := range c.Products {
		cross(products, sp.parts(f))
	}
}

// addByHost has the host do it. A constant node has no coefficients; what the host finds of it is rounding.
func (c *crossStream) addByHost(s *Signal) {
	h, n, bins, step := s.host, c.nodes, len(c.Products), c.n-c.n/2
	segments := segmentCount(s.Len(), c.n)
	window, _ := h.hann(c.n) // first: it may take the place of other plans
	p := h.plan(c.n)
	out := h.launch(s, "coherence", Task{
		Numbers: append([]int64{int64(step), int64(segments), int64(bins)}, p.numbers...),
		Laid:    h.laid(p, window),
		Work:    p.matrix() + 2*h.stride()*bins*segments,
	}, bins*2*n*n)
	nodes := s.livelyNodes()
	for f, products := range c.Products {
		for part := range 2 {
			at := part * n * n
			found := out[2*f*n*n+at:]
			for k, i := range nodes {
				for _, j := range nodes[k:] {
					products[at+i*n+j] += found[i*n+j]
				}
			}
		}
	}
}

func (c *crossStream) Bytes() int64 {
	return int64(len(c.Products)) * int64(c.nodes) * int64(c.nodes) * 16
}

// bands is the mean coherence of each band for every two nodes, n*n with NaN on the diagonal.
func (c *crossStream) bands(bands []Band) [][]float64 {
	frequency, n := binsOf(c.n, c.rate), c.nodes
	segments := segmentCount(c.samples, c.n)
	out, bins := make([][]float64, len(bands)), make([]float64, len(bands))
	for b := range out {
		out[b] = make([]float64, n*n)
	}
	values := make([]float64, n*n)
	for f, products := range c.Products {
		coherenceOf(values, products, n, segments)
		for b, band := range bands {
			if frequency[f] < band.Low || frequency[f] > band.Top {
				continue
			}
			bins[b]++
			for k, v := range values {
				out[b][k] += v
			}
		}
	}
	for b := range out {
		for i := range n {
			for j := range n {
				out[b][i*n+j] /= bins[b]
			}
			out[b][i*n+i] = math.NaN()
		}
	}
	return out
}

// parts are the real parts of a bin's coefficients, a row for each node, and then the imaginary ones.
func (sp *Spectra) parts(f int) [][]float64 {
	n := len(sp.Power)
	rows := make([][]float64, 2*n)
	for i := range n {
		row := sp.Coefficient[i][f]
		rows[i], rows[n+i] = row[:sp.Segments], row[sp.Segments:]
	}
	return rows
}

// cross adds to dst the sums over segments of conj(X) Y of every two nodes i <= j, n*n real parts and then n*n imaginary ones.
func cross(dst []float64, parts [][]float64) {
	m, n := len(parts), len(parts)/2
	g := make([]float64, m*m)
	gram(g, parts)
	for i := range n {
		for j := i; j < n; j++ {
			dst[i*n+j] += g[i*m+j] + g[(n+i)*m+n+j]
			dst[n*n+i*n+j] += g[i*m+n+j] - g[j*m+n+i]
		}
	}
}

// BinCoherence is the coherence of one bin for every two nodes, n*n, 1 on the diagonal.
func BinCoherence(sp *Spectra, f int) []float64 {
	n := len(sp.Power)
	products := make([]float64, 2*n*n)
	cross(products, sp.parts(f))
	out := make([]float64, n*n)
	coherenceOf(out, products, n, sp.Segments)
	return out
}

// coherenceOf fills dst, n*n, with the coherence of n nodes by the products of their coefficients.
func coherenceOf(dst, products []float64, n, segments int) {
	if segments < 2 {
		copy(dst, nans(len(dst)))
		return
	}
	re, im := products[:len(dst)], products[len(dst):]
	power := make([]float64, n)
	for i := range n {
		power[i] = re[i*n+i]
		if power[i] == 0 {
			power[i] = math.NaN()
		}
		dst[i*n+i] = power[i] / power[i]
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			x, y := re[i*n+j], im[i*n+j]
			c := (x*x + y*y) / (power[i] * power[j])
			dst[i*n+j], dst[j*n+i] = c, c
		}
	}
}
