package metrics

import "math"

// dfaGroup is the group "dfa": long-range correlation by detrended fluctuation analysis.
//
//	y = cumulated x - mean; windows of n = floor(16 2^(k/4) + 0.5) <= T/4 samples from the start; a line taken off each
//	F(n) = root of the mean squared residual over all windows;  dfa = slope of ln F on ln n
//	hurst = dfa for 0 < dfa < 1 (noise), dfa - 1 for 1 < dfa < 2 (walk), else NaN
//
// Peng et al. 1994 (PRE 49:1685), Kantelhardt et al. 2001 (Physica A 295:441).
func dfaGroup() Group {
	g := Group{Name: "dfa", About: "long-range correlation",
		Least: func(Setup) Need { return Need{108, "four scales"} }}
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
		out := make([]Fluctuation, in.Signal.N())
		for i := range out {
			out[i] = DFA(in.Signal, i)
		}
		return out
	})
}

// DFA is the detrended fluctuation analysis of a node.
func DFA(s *Signal, i int) Fluctuation {
	f := Fluctuation{Exponent: math.NaN(), R2: math.NaN()}
	if !s.lively(i) {
		return f
	}
	y := s.centred(nil, i)
	sum := 0.0
	for t, v := range y {
		sum += v
		y[t] = sum
	}
	for k := 0; ; k++ {
		n := int(math.Floor(16*math.Pow(2, float64(k)/4) + 0.5))
		if n > len(y)/4 {
			break
		}
		if len(f.Scales) == 0 || f.Scales[len(f.Scales)-1] != n {
			f.Scales, f.F = append(f.Scales, n), append(f.F, fluctuation(y, n))
		}
	}
	if len(f.Scales) < 4 {
		return f
	}
	x, z := make([]float64, len(f.F)), make([]float64, len(f.F))
	for k := range x {
		x[k], z[k] = math.Log(float64(f.Scales[k])), math.Log(f.F[k])
	}
	f.Exponent, _, f.R2 = line(x, z)
	return f
}

// fluctuation is F(n) of a cumulated series. Each window is taken about its first value and its middle, so that the sums
// keep their digits.
func fluctuation(y []float64, n int) float64 {
	windows := len(y) / n
	middle := float64(n-1) / 2
	kk := float64(n) * (float64(n)*float64(n) - 1) / 12 // sum of (k - middle)²
	total := 0.0
	for w := range windows {
		at := y[w*n : (w+1)*n]
		start := at[0]
		var sum, squares, product [2]float64
		k := -middle
		t := 0
		for ; t+1 < n; t += 2 { // two chains of sums at once
			u, v := at[t]-start, at[t+1]-start
			sum[0] += u
			sum[1] += v
			squares[0] += float64(u * u)
			squares[1] += float64(v * v)
			product[0] += float64(k * u)
			product[1] += float64((k + 1) * v)
			k += 2
		}
		if t < n {
			u := at[t] - start
			sum[0] += u
			squares[0] += float64(u * u)
			product[0] += float64(k * u)
		}
		s, p := sum[0]+sum[1], product[0]+product[1]
		total += max(0, squares[0]+squares[1]-s*s/float64(n)-p*p/kk)
	}
	return math.Sqrt(total / float64(windows*n))
}
