package metrics

import "math"

// fcGroup is the group "fc": functional connectivity.
//
//	FC_ij = Pearson correlation over time of the series of nodes i and j, within [-1, 1]
//
// The diagonal is 1. Bad and constant nodes have NaN, and so has everything below two samples.
// Summaries run over the upper triangle, i < j. The published TVB-AdEx analysis divides the sum of all pairs by
// n² and not by n(n-1).
// Friston 1994 (Hum Brain Mapp 2:56), Biswal et al. 1995 (Magn Reson Med 34:537).
func fcGroup() Group {
	two := func(Setup) Need { return Need{Samples: 2, Why: "a correlation"} }
	return Group{Name: "fc", About: "functional connectivity", Least: two, Metrics: []Metric{
		{Name: "fc", Shape: PerPair, Pairs: true, About: "functional connectivity: correlation of every pair of nodes",
			Lend: (*Input).FC},
		fcSummary("fc_mean", "mean of the upper triangle of fc", mean),
		fcSummary("fc_std", "standard deviation of the upper triangle of fc", std),
		fcSummary("fc_min", "smallest value of the upper triangle of fc", least),
		fcSummary("fc_max", "largest value of the upper triangle of fc", most),
		fcSummary("fc_mean_abs", "mean absolute value of the upper triangle of fc", meanAbs),
		fcSummary("fc_mean_fisher_z", "mean of artanh(fc) over the upper triangle, where |fc| < 1 - 1e-12", meanFisherZ),
		fcSummary("fc_n_valid_pairs", "number of pairs whose fc is defined", definedCount),
	}}
}

func fcSummary(name, about string, of func(pairs []float64) float64) Metric {
	return Metric{Name: name, Shape: PerPoint, Pairs: true, About: about,
		Compute: func(dst []float64, in *Input) { dst[0] = of(in.pairs()) }}
}

// FC returns the functional connectivity, n*n, computed once. The caller must not change it.
func (in *Input) FC() []float64 {
	return once(in, "fc", func() []float64 { return correlations(in.Moments, in.room) })
}

// pairs are the entries i < j of the functional connectivity. The caller must not change them.
func (in *Input) pairs() []float64 {
	return once(in, "fc of pairs", func() []float64 { return upper(in.FC(), in.Moments.N(), in.room) })
}

func correlations(m *Moments, room func(n int) []float64) []float64 {
	n := m.N()
	fc := room(n * n)
	// Roots are taken one by one: the product of two sums of squares may leave the range of a float64.
	root := room(n)
	for i := range n {
		root[i] = math.NaN()
		if m.Count >= 2 && !m.Bad(i) && !m.Constant(i) && m.Squares[i] > 0 {
			root[i] = math.Sqrt(m.Squares[i])
		}
		fc[i*n+i] = root[i] / root[i]
	}
	pair := 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			r := m.Products[pair] / root[i] / root[j]
			r = max(-1, min(1, r))
			fc[i*n+j], fc[j*n+i] = r, r
			pair++
		}
	}
	return fc
}

func meanAbs(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += math.Abs(v)
		}
	}
	return sum / definedCount(x)
}

// meanFisherZ adds up artanh(x) = ln((1+x)/(1-x))/2 as logarithms of products of so many factors as stay far within the range of
// a float64.
func meanFisherZ(x []float64) float64 {
	const together = 16
	sum, n, above, below := 0.0, 0, 1.0, 1.0
	for _, v := range x {
		if !(math.Abs(v) < 1-1e-12) {
			continue
		}
		above, below = above*(1+v), below*(1-v)
		if n++; n%together == 0 {
			sum, above, below = sum+math.Log(above/below), 1, 1
		}
	}
	return (sum + math.Log(above/below)) / 2 / float64(n)
}
