package metrics

import "math"

// structureMetrics is the group "fc_sc": how far functional connectivity follows structure.
//
//	fc_sc    = Pearson correlation of the upper triangles of FC and of (W + Wᵀ)/2
//	fc_tract = the same with the tract lengths
//
// over the pairs that are finite in both, NaN below three of them. Weights are those of the equations, normalised
// as the job says. The published TVB-AdEx analysis correlates whole matrices with their diagonals, which can turn
// a strong correlation into a negative one.
// Honey et al. 2009 (PNAS 106:2035).
func structureMetrics() []Metric {
	return []Metric{
		structural("fc_sc", "correlation of fc with the weights over pairs", func(in *Input) []float64 { return in.Weights }),
		structural("fc_tract", "correlation of fc with the tract lengths over pairs", func(in *Input) []float64 { return in.Lengths }),
	}
}

func structural(name, about string, matrix func(in *Input) []float64) Metric {
	return Metric{Name: name, Group: "fc_sc", Shape: PerPoint, Pairs: true, About: about,
		Compute: func(dst []float64, in *Input) {
			n := in.Moments.N()
			dst[0] = math.NaN()
			if structure := matrix(in); structure != nil {
				dst[0] = pearson(upper(in.FC(), n), upper(symmetrised(structure, n), n))
			}
		}}
}

// symmetrised returns (a + aᵀ)/2.
func symmetrised(a []float64, n int) []float64 {
	out := make([]float64, n*n)
	for i := range n {
		for j := range n {
			out[i*n+j] = (a[i*n+j] + a[j*n+i]) / 2
		}
	}
	return out
}
