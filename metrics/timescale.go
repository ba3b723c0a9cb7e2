package metrics

import "math"

// timescaleGroup is the group "timescale": how long a node remembers.
//
//	r(k) = sum_{t < T-k} x'_t x'_{t+k} / sum x'²,  lags up to 1 s
//	tau_e    = where r first falls below 1/e, interpolated;  tau_zero = where it first falls below 0
//	tau_int  = (1/2 + sum_{k >= 1} r(k)) / rate, up to the first r <= 0
//
// NaN for a series of at most 1 s. Murray et al. 2014 (Nat Neurosci 17:1661).
func timescaleGroup() Group {
	g := Group{Name: "timescale", About: "autocorrelation times", Least: func(s Setup) Need {
		return Need{Samples: s.samplesOf(longestLag) + 1, Why: "lags up to 1 s"}
	}, Stream: func(s Setup) Stream { return newLagStream(s) }}
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
	return once(in, "timescales", func() []Timescale {
		return stream(in, "timescale", newLagStream).timescales(func(i int) bool { return !in.Moments.Bad(i) && !in.Moments.Constant(i) })
	})
}

// Timescales computes the autocorrelations of all nodes.
func Timescales(s *Signal) []Timescale {
	l := newLagStream(Setup{Nodes: s.N(), Samples: s.Len(), Rate: s.Rate})
	passed(l, s)
	return l.timescales(s.lively)
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
