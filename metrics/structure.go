package metrics

import "math"

// structureGroup is the group "fc_sc": how far functional connectivity follows structure.
//
//	fc_sc    = Pearson correlation of the upper triangles of FC and of (W + Wᵀ)/2
//	fc_tract = the same with the tract lengths;  fc_sc_log = with log10 of (W + Wᵀ)/2, where that is above 0
//
// over the pairs that are finite in both, NaN below three of them. Weights are those of the equations, normalised
// as the job says. The published TVB-AdEx analysis correlates whole matrices with their diagonals, which can turn
// a strong correlation into a negative one.
// Honey et al. 2009 (PNAS 106:2035).
func structureGroup() Group {
	two := func(Setup) Need { return Need{Samples: 2, Why: "a correlation"} }
	return Group{Name: "fc_sc", About: "how far functional connectivity follows structure", Least: two, Metrics: []Metric{
		structural("fc_sc", "correlation of fc with the weights over pairs", pearson, (*Input).weightPairs),
		structural("fc_tract", "correlation of fc with the tract lengths over pairs", pearson, func(in *Input) []float64 { return symmetricPairs(in.Lengths, in.Moments.N()) }),
		structural("fc_sc_log", "correlation of fc with log10 of the weights, over pairs that have one", logarithmic, (*Input).weightPairs),
		structural("fc_sc_spearman", "rank correlation of fc with the weights over pairs", spearman, (*Input).weightPairs),
	}}
}

func structural(name, about string, of func(a, b []float64) float64, structure func(in *Input) []float64) Metric {
	return Metric{Name: name, Shape: PerPoint, Pairs: true, About: about,
		Compute: func(dst []float64, in *Input) {
			dst[0] = math.NaN()
			if pairs := structure(in); pairs != nil {
				dst[0] = of(in.pairs(), pairs)
			}
		}}
}

// logarithmic is the correlation of a and log10 of b, where that is finite.
func logarithmic(a, b []float64) float64 {
	logs := make([]float64, len(b))
	for k, v := range b {
		logs[k] = math.Log10(v)
	}
	return pearson(a, logs)
}

// weightPairs are the weights as they are compared with the functional connectivity. The caller must not change them.
func (in *Input) weightPairs() []float64 {
	return once(in, "pairs of weights", func() []float64 { return symmetricPairs(in.Weights, in.Moments.N()) })
}

// symmetricPairs are the entries i < j of (a + aᵀ)/2; nil of none.
func symmetricPairs(a []float64, n int) []float64 {
	if a == nil {
		return nil
	}
	out := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			out = append(out, (a[i*n+j]+a[j*n+i])/2)
		}
	}
	return out
}

// ranks replaces numbers, none of them NaN, by their places in ascending order from 1; equal ones share the mean of theirs.
func ranks(x []float64) []float64 {
	order := ascendingOrder(x)
	out := make([]float64, len(x))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to+1) / 2
		}
		from = to
	}
	return out
}

// spearman is the correlation of the ranks of the entries finite in both.
func spearman(a, b []float64) float64 {
	x, y := make([]float64, 0, len(a)), make([]float64, 0, len(a))
	for i := range a {
		if bothFinite(a[i], b[i]) {
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	return pearson(ranks(x), ranks(y))
}
