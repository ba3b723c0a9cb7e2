package metrics

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// shareGroup is the group "dmn": how much of a given set of regions, such as the default mode network, leads.
//
//	dmn_rate = |top k nodes by mean rate, in the set| / k
//	dmn_fc   = |top k nodes by fc with a seed, the seed left out, in the set| / k
//
// Ties go to the lower index; NaN if fewer than k values are defined, or no set is given. The published TVB-AdEx
// analysis keeps the seed, whose fc with itself always takes a place.
// Raichle et al. 2001 (PNAS 98:676).
func shareGroup() Group {
	return Group{
		Name: "dmn", About: "share of a given set of regions among those that lead",
		Options: []Option{
			{Name: "regions", Kind: KindRegions, Required: true, About: "labels of the set"},
			{Name: "k", Kind: KindCount, Default: []float64{0}, Min: 0, Max: math.Inf(1), About: "how many lead; 0: as many as the set has"},
			{Name: "seed", Kind: KindRegions, About: "label of the seed; without it the first of the set"},
		},
		Least: func(s Setup) Need {
			if k := s.Config.number("dmn.k"); k > float64(s.Nodes) {
				return Need{Never: fmt.Sprintf("metrics.dmn.k: %v regions cannot lead, there are %d", k, s.Nodes)}
			}
			if seeds := s.Config.Option("dmn.seed"); len(seeds) > 1 {
				return Need{Never: fmt.Sprintf("metrics.dmn.seed: %d regions; the seed is one", len(seeds))}
			}
			return Need{Samples: 2, Why: "a correlation"}
		},
		Metrics: []Metric{
			{Name: "dmn_rate", Shape: PerPoint, About: "share of the set among the k regions with the highest means",
				Compute: func(dst []float64, in *Input) {
					means := make([]float64, in.Moments.N())
					for i := range means {
						means[i] = in.Moments.Mean(i)
						if in.Moments.Bad(i) {
							means[i] = math.NaN()
						}
					}
					dst[0], _ = in.leading(means)
				}},
			{Name: "dmn_fc", Shape: PerPoint, Pairs: true, About: "share of the set among the k regions with the highest fc with the seed",
				Compute: func(dst []float64, in *Input) {
					n, set, seed := in.Moments.N(), in.Config.indices("dmn.regions"), in.Config.indices("dmn.seed")
					if dst[0] = math.NaN(); len(set) == 0 {
						return
					}
					at := append(seed, set[0])[0]
					column := make([]float64, n)
					for i := range column {
						column[i] = in.FC()[i*n+at]
					}
					column[at] = math.NaN()
					dst[0], _ = in.leading(column)
				}},
		},
	}
}

func (in *Input) leading(x []float64) (ratio float64, top []int) {
	set, k := in.Config.indices("dmn.regions"), int(in.Config.number("dmn.k"))
	if k == 0 {
		k = len(set)
	}
	return Leading(x, set, k)
}

// Leading is the share of a set among the k places with the largest values, and those places, best first.
func Leading(x []float64, set []int, k int) (ratio float64, top []int) {
	for i, v := range x {
		if !math.IsNaN(v) {
			top = append(top, i)
		}
	}
	if k < 1 || len(top) < k || len(set) == 0 {
		return math.NaN(), nil
	}
	slices.SortFunc(top, func(a, b int) int { return cmp.Or(cmp.Compare(x[b], x[a]), a-b) })
	top = top[:k]
	in := 0
	for _, i := range top {
		if slices.Contains(set, i) {
			in++
		}
	}
	return float64(in) / float64(k), top
}
