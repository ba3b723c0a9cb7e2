package metrics

import "math"

// phaseGroup is the group "phase": synchrony of instantaneous phases.
//
//	z = analytic signal of x less its mean, by FFT at the series' own length (Gabor 1946, J IEE 93:429); phi = arg z
//	plv_ij = |mean_t exp(i (phi_i - phi_j))|              Lachaux et al. 1999 (Hum Brain Mapp 8:194)
//	pli_ij = |mean_t sign(sin(phi_i - phi_j))|            Stam et al. 2007 (Hum Brain Mapp 28:1178)
//	R(t) = |mean_i exp(i phi_i)|, synchrony = mean_t R, metastability = std_t R
//	                                                      Kuramoto 1984, Shanahan 2010 (Chaos 20:013108)
//
// sign is 0 where |sin| <= 1e-9. A node with nothing but round-off in the band has no phase. Means run over the upper
// triangle. The published TVB-AdEx analysis compares wrapped phases of series with their means, which is another number.
func phaseGroup() Group {
	summary := func(name, about string, of func(order powers) float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Signal: true, About: about, Compute: func(dst []float64, in *Input) { dst[0] = of(in.order()) }}
	}
	return Group{
		Name: "phase", About: "synchrony of instantaneous phases",
		Options: []Option{
			{Name: "band", Kind: KindBand, Min: 0, Max: math.Inf(1), About: "what to let through, as [8, 12] in Hz; without it everything"},
			{Name: "filter", Kind: KindWord, Words: []string{"fft", "butterworth"}, Default: []float64{0},
				About: "of the band: ideal, or Butterworth of order 2 forwards and backwards"},
			{Name: "angle", Kind: KindWord, Words: []string{"analytic", "values"}, Default: []float64{0},
				About: "the phase: of the analytic signal, or the values themselves [rad], as of phase models; then memory does not grow with the run, and there is no band"},
			{Name: "trim", Kind: KindTime, Default: []float64{0}, Min: 0, Max: math.Inf(1), About: "dropped at both ends after the transform"},
		},
		Stream: func(s Setup) Stream {
			if s.Config.number("phase.angle") == 0 {
				return nil // the analytic signal is made of the whole series
			}
			return newAngleStream(s)
		},
		Least: func(s Setup) Need {
			if s.Config.number("phase.angle") == 1 && len(s.Config.Option("phase.band")) > 0 {
				return Need{Never: `metrics.phase: values that are phases have no band; leave out band, or angle`}
			}
			if wrong := s.BandWrong(s.Config.Option("phase.band"), s.Config.number("phase.filter") == 1); wrong != "" {
				return Need{Never: "metrics.phase.band: " + wrong}
			}
			return Need{Samples: 2*s.samplesOf(s.Config.number("phase.trim")) + 3, Why: "a phase"}
		},
		Metrics: []Metric{
			{Name: "plv", Shape: PerPair, Signal: true, About: "phase-locking value",
				Lend: (*Input).plv},
			{Name: "pli", Shape: PerPair, Signal: true, About: "phase-lag index",
				Lend: (*Input).pli},
			{Name: "plv_mean", Shape: PerPoint, Signal: true, About: "mean of plv over pairs",
				Compute: func(dst []float64, in *Input) { dst[0] = mean(upper(in.plv(), in.Moments.N(), in.room)) }},
			{Name: "pli_mean", Shape: PerPoint, Signal: true, About: "mean of pli over pairs",
				Compute: func(dst []float64, in *Input) { dst[0] = mean(upper(in.pli(), in.Moments.N(), in.room)) }},
			summary("synchrony", "mean over time of the Kuramoto order parameter", func(o powers) float64 { return o.Mean }),
			summary("metastability", "standard deviation over time of the Kuramoto order parameter", func(o powers) float64 { return math.Sqrt(o.M2 / o.Count) }),
			{Name: "phase_n_valid", Shape: PerPoint, Signal: true, About: "number of nodes with a phase", Compute: func(dst []float64, in *Input) {
				if a := in.angles(); a != nil {
					dst[0] = float64(len(a.valid(in)))
				} else {
					dst[0] = float64(len(in.phases().valid()))
				}
			}},
		},
	}
}

func (in *Input) phases() *Phases {
	return once(in, "phases", func() *Phases {
		p := NewPhases(in.Signal, in.Config.Option("phase.band"), in.Config.number("phase.filter") == 1)
		p.trim(in.setup().samplesOf(in.Config.number("phase.trim")))
		return p
	})
}

// angles is what is gathered of phases that are the values themselves; nil where the phases are of the analytic signal.
func (in *Input) angles() *angleStream {
	if in.Config.number("phase.angle") == 0 {
		return nil
	}
	return stream(in, "phase", newAngleStream)
}

// order is the mean and the spread over time of the order parameter, NaN for fewer than two phases.
func (in *Input) order() powers {
	return once(in, "order", func() powers {
		var o powers
		if a := in.angles(); a != nil {
			if len(a.valid(in)) == in.Moments.N() { // of a mean over nodes that is known, none can be taken out
				o = a.Order
			}
		} else {
			r := in.phases().Order()
			o = powersOf(r, mean(r))
		}
		if o.Count == 0 {
			return powers{Mean: math.NaN(), M2: math.NaN()}
		}
		return o
	})
}

func (in *Input) plv() []float64 {
	return once(in, "plv", func() []float64 {
		if a := in.angles(); a != nil {
			return a.plv(in)
		}
		return in.phases().PLV()
	})
}

func (in *Input) pli() []float64 {
	return once(in, "pli", func() []float64 {
		if a := in.angles(); a != nil {
			return a.pli(in)
		}
		if a := in.hostPhases(); a != nil {
			return a.pli(in.room)
		}
		return in.phases().PLI()
	})
}

// Phases are the phasors of the nodes, cos phi and sin phi, [node][time]; nil for a node without a phase.
type Phases struct {
	Cos, Sin [][]float64
}

// roundOff is the largest amplitude of an analytic signal, relative to the series', that counts as nothing.
const roundOff = 1e-9

// NewPhases gives the phases of the nodes within a band of two frequencies [Hz], or of everything when it is empty. The
// filter is ideal or, with smooth, Butterworth's of order 2, forwards and backwards.
func NewPhases(s *Signal, band []float64, smooth bool) *Phases {
	n, samples := s.N(), s.Len()
	p := &Phases{Cos: make([][]float64, n), Sin: make([][]float64, n)}
	gain := func(int) float64 { return 1 }
	if len(band) > 0 && !smooth {
		gain = bandGain(band, s.Rate, samples)
	}
	f := newFFT(samples)
	nodes := s.livelyNodes()
	for len(nodes) > 0 {
		together := nodes[:min(f.width(), len(nodes))]
		x, size := make([][]float64, len(together)), make([]float64, len(together))
		for k, i := range together {
			x[k] = s.centred(nil, i)
			size[k] = max(s.Max[i]-s.Mean[i], s.Mean[i]-s.Min[i])
			if len(band) > 0 && smooth {
				filtfilt(x[k], x[k], butterworth(band[0], band[1], s.Rate), butterworthPad)
				subtract(x[k], mean(x[k]))
			}
			for t := range x[k] { // of about the same size, since they share their rounding
				x[k][t] /= size[k]
			}
		}
		im := analytic(f, x, gain, len(band) > 0 && !smooth)
		for k, i := range together {
			if phasors(x[k], im[k]) > roundOff {
				p.Cos[i], p.Sin[i] = x[k], im[k]
			}
		}
		nodes = nodes[len(together):]
	}
	return p
}

// analytic gives the imaginary parts of the analytic signals of x; with filtered it leaves in x what the gain lets through.
func analytic(f fft, x [][]float64, gain func(frequency int) float64, filtered bool) [][]float64 {
	n := len(x[0])
	f.load(x)
	f.transform()
	if filtered {
		f.pass(gain)
		f.inverse()
		for k := range x {
			f.unload(x[k], k, 1/float64(n))
		}
		f.load(x)
		f.transform()
		f.pass(gain) // of what is not let through, rounding has left a little
	}
	f.delay()
	f.inverse()
	im := make([][]float64, len(x))
	for k := range im {
		im[k] = make([]float64, n)
		f.unload(im[k], k, 1/float64(n))
	}
	return im
}

func subtract(x []float64, c float64) {
	for t := range x {
		x[t] -= c
	}
}

// butterworthPad is the odd extension of the filtered series: three times the five taps of a two-sided band-pass.
const butterworthPad = 15

// phasors divides re and im by their amplitude, of which it returns the largest.
func phasors(re, im []float64) float64 {
	largest := 0.0
	for t := range re {
		square := re[t]*re[t] + im[t]*im[t]
		largest = max(largest, square)
		if square > 0 {
			scale := 1 / math.Sqrt(square)
			re[t], im[t] = re[t]*scale, im[t]*scale
		} else {
			re[t], im[t] = 1, 0
		}
	}
	return math.Sqrt(largest)
}

// trim drops samples at both ends.
func (p *Phases) trim(samples int) {
	for i := range p.Cos {
		if p.Cos[i] != nil {
			end := len(p.Cos[i]) - samples
			p.Cos[i], p.Sin[i] = p.Cos[i][samples:end], p.Sin[i][samples:end]
		}
	}
}

// valid lists the nodes with a phase.
func (p *Phases) valid() []int {
	var out []int
	for i := range p.Cos {
		if p.Cos[i] != nil {
			out = append(out, i)
		}
	}
	return out
}

// PLV is the phase-locking value, n*n, 1 on the diagonal.
func (p *Phases) PLV() []float64 {
	n, valid := len(p.Cos), p.valid()
	out := nans(n * n)
	var rows [][]float64
	for _, i := range valid {
		rows = append(rows, p.Cos[i])
	}
	for _, i := range valid {
		rows = append(rows, p.Sin[i])
	}
	m, count := len(rows), len(valid)
	g := make([]float64, m*m)
	gram(g, rows)
	for a, i := range valid {
		out[i*n+i] = 1
		for b := a + 1; b < count; b++ {
			j := valid[b]
			v := locking(g, count, a, b) / float64(len(rows[0]))
			out[i*n+j], out[j*n+i] = v, v
		}
	}
	return out
}

// locking is |sum of exp(i difference)| of the phases a < b of count, of the products g of their cosines and then their sines.
func locking(g []float64, count, a, b int) float64 {
	m := 2 * count
	re := g[a*m+b] + g[(count+a)*m+count+b]
	im := g[b*m+count+a] - g[a*m+count+b]
	return math.Hypot(re, im)
}

// PLI is the phase-lag index, n*n, 0 on the diagonal.
func (p *Phases) PLI() []float64 {
	n := len(p.Cos)
	out := nans(n * n)
	valid := p.valid()
	planes := make([]*bitPlanes, n)
	for _, i := range valid {
		planes[i] = newBitPlanes(p.Cos[i], p.Sin[i])
		out[i*n+i] = 0
	}
	for a, i := range valid {
		for _, j := range valid[a+1:] {
			v := math.Abs(float64(planes[i].ahead(planes[j]))) / float64(len(p.Cos[i]))
			out[i*n+j], out[j*n+i] = v, v
		}
	}
	return out
}

// Order is Kuramoto's order parameter R(t) of the nodes with a phase, nil for fewer than two.
func (p *Phases) Order() []float64 {
	valid := p.valid()
	if len(valid) < 2 {
		return nil
	}
	re, im := make([]float64, len(p.Cos[valid[0]])), make([]float64, len(p.Cos[valid[0]]))
	for _, i := range valid {
		for t, c := range p.Cos[i] {
			re[t] += c
			im[t] += p.Sin[i][t]
		}
	}
	for t := range re {
		re[t] = math.Sqrt(re[t]*re[t]+im[t]*im[t]) / float64(len(valid))
	}
	return re
}
