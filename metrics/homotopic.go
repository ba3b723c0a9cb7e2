package metrics

import (
	"slices"
	"strings"
)

// homotopicGroup is the group "homotopic": functional connectivity of regions that mirror each other.
//
//	mean and standard deviation of fc over a given list of pairs (left, right)
//
// Zuo et al. 2010 (J Neurosci 30:15034).
func homotopicGroup() Group {
	summary := func(name, about string, of func([]float64) float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Pairs: true, About: about, Compute: func(dst []float64, in *Input) {
			var values []float64
			at := in.Config.indices("homotopic.pairs")
			for k := 0; k+1 < len(at); k += 2 {
				values = append(values, in.FC()[at[k]*in.Moments.N()+at[k+1]])
			}
			dst[0] = of(values)
		}}
	}
	return Group{
		Name: "homotopic", About: "functional connectivity of given pairs, such as left and right of one region",
		Options: []Option{{Name: "pairs", Kind: KindPairs, Required: true, About: "pairs of labels; without it, labels that differ in left and right alone"}},
		Least:   func(Setup) Need { return Need{Samples: 2, Why: "a correlation"} },
		Metrics: []Metric{
			summary("homotopic_fc_mean", "mean of fc over the pairs", mean),
			summary("homotopic_fc_std", "standard deviation of fc over the pairs", std),
		},
	}
}

// MirrorPairs finds the pairs of labels that differ in a mark of their side alone: a beginning or an end such as l and r,
// left and right, L and R. It gives the numbers of the left and of the right node of each pair, one after the other.
func MirrorPairs(labels []string) []float64 {
	sides := [][2]string{{"left", "right"}, {"Left", "Right"}, {"LEFT", "RIGHT"}, {"lh", "rh"}, {"L", "R"}, {"l", "r"}}
	for _, side := range sides {
		for _, swap := range []func(label string) (string, bool){
			func(label string) (string, bool) {
				rest, ok := strings.CutPrefix(label, side[0])
				return side[1] + rest, ok
			},
			func(label string) (string, bool) {
				rest, ok := strings.CutSuffix(label, side[0])
				return rest + side[1], ok
			},
		} {
			var pairs []float64
			for i, label := range labels {
				if mirror, ok := swap(label); ok {
					if j := slices.Index(labels, mirror); j >= 0 {
						pairs = append(pairs, float64(i), float64(j))
					}
				}
			}
			// A mark is one only if it is that of most labels.
			if len(pairs) > len(labels)/2 {
				return pairs
			}
		}
	}
	return nil
}
