package metrics

import (
	"math"
	"slices"
)

// timescaleGroup is the group "timescale": how long a node remembers.
//
//	r(k) = sum_{t < T-k} x'_t x'_{t+k} / sum x'²,  lags up to 1 s
//	tau_e    = where r first falls below 1/e, interpolated;  tau_zero = where it first falls below 0
//	tau_int  = (1/2 + sum_{k >= 1} r(k)) / rate, up to the first r <= 0
//
// NaN for a series of at most 1 s. Murray et al. 2014 (Nat Neurosci 17:1661).
func timescaleGroup() Group {
	g := Group{Name: "timescale", About: "autocorrelation times", Least: func(s Setup) Need {
		return Need{s.samplesOf(longestLag) + 1, "lags up to 1 s"}
	}}
	add := func(name, in, about string, of func(a Timescale) float64) {
		g.Metrics = append(g.Metrics,
			Metric{Name: name, Shape: PerPoint, Signal: true, In: in, About: "mean over nodes: " + about, Compute: func(dst []float64, in *Input) {
				var values []float64
				for _, a := range in.timescales() {
					values = append(values, of(a))
				}
				dst[0] = mean(values)
			}},
			Metric{Name: "region_" + name, Shape: PerNode, Signal: true, In: in, About: about, Compute: func(dst []float64, in *Input) {
				for i, a := range in.timescales() {
					dst[i] = of(a)
				}
			}})
	}
	add("tau_e", "s", "lag at which the autocorrelation falls below 1/e", func(a Timescale) float64 { return a.E })
	add("tau_zero", "s", "lag at which the autocorrelation falls below 0", func(a Timescale) float64 { return a.Zero })
	add("tau_int", "s", "integral of the autocorrelation up to its first zero", func(a Timescale) float64 { return a.Integral })
	add("tau_int_truncated", "", "1 where the autocorrelation has no zero within 1 s, else 0", func(a Timescale) float64 { return a.Truncated })
	return g
}

const longestLag = 1.0 // [s]

// Timescale is the autocorrelation of a node and what is drawn from it [s].
type Timescale struct {
	R                 []float64 // by lag, from 0; nil where undefined
	E, Zero, Integral float64
	Truncated         float64 // 1 or 0
}

func (in *Input) timescales() []Timescale {
	return once(in, "timescales", func() []Timescale { return Timescales(in.Signal) })
}

// Timescales computes the autocorrelations of all nodes by FFT, with zeros behind so that no lag wraps around.
func Timescales(s *Signal) []Timescale {
	out := make([]Timescale, s.N())
	lags := int(math.Floor(longestLag*s.Rate + 0.5))
	size := s.Len() + lags
	for !smooth(size, 5) {
		size++
	}
	nan := math.NaN()
	for i := range out {
		out[i] = Timescale{E: nan, Zero: nan, Integral: nan, Truncated: nan}
	}
	nodes := s.livelyNodes()
	if s.Len() <= lags || len(nodes) == 0 {
		return out
	}
	f := newFFT(size)
	r, c := make([]float64, lags+1), make([]complex128, size/2+1)
	for len(nodes) > 0 {
		together := nodes[:min(f.width(), len(nodes))]
		x := make([][]float64, len(together))
		for k, i := range together {
			x[k] = append(s.centred(nil, i), make([]float64, size-s.Len())...)
			for t := range x[k] { // of about the same size, since they share their rounding
				x[k][t] /= s.Max[i] - s.Min[i]
			}
		}
		f.load(x)
		f.transform()
		for k := range together { // the power, as the transform of a series that is the same backwards
			f.bins(c, k)
			for j, v := range c {
				power := real(v)*real(v) + imag(v)*imag(v)
				x[k][j], x[k][(size-j)%size] = power, power
			}
		}
		f.load(x)
		f.transform()
		for k, i := range together {
			f.bins(c[:lags+1], k)
			for lag := range r {
				r[lag] = real(c[lag]) / real(c[0])
			}
			out[i].R = slices.Clone(r)
			out[i].draw(s.Rate)
		}
		nodes = nodes[len(together):]
	}
	return out
}

// draw fills in the times.
func (a *Timescale) draw(rate float64) {
	below := func(level float64) float64 {
		for k := 1; k < len(a.R); k++ {
			if a.R[k] < level {
				return (float64(k-1) + (a.R[k-1]-level)/(a.R[k-1]-a.R[k])) / rate
			}
		}
		return math.NaN()
	}
	a.E, a.Zero = below(1/math.E), below(0)
	sum := 0.5
	a.Truncated = 1
	for _, v := range a.R[1:] {
		if v <= 0 {
			a.Truncated = 0
			break
		}
		sum += v
	}
	a.Integral = sum / rate
}
