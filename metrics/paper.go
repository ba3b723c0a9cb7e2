package metrics

import "math"

// paperGroup is the group "paper": figures as the published TVB-AdEx analysis (vast-TVB-space, 2024) has them, for
// comparison with it alone. Their definitions are not the usual ones:
//
//	paper_coeff_var      mean over standard deviation of everything: the inverse of the usual coefficient
//	paper_mean_fc        sum of the fc off the diagonal over n²
//	paper_corr_fc_sc     correlation of whole matrices with their diagonals; paper_corr_fc_tract likewise
//	paper_mean_pli       sign of the difference of wrapped phases, of series with their means
//	paper_var_fcd        windows of 1000 samples, 100 apart, whole matrices, variance over a matrix half of which is 0
func paperGroup() Group {
	whole := func(name, about string, matrix func(in *Input) []float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Pairs: true, About: about, Compute: func(dst []float64, in *Input) {
			dst[0] = math.NaN()
			if m := matrix(in); m != nil {
				dst[0] = pearson(in.FC(), m)
			}
		}}
	}
	return Group{
		Name: "paper", About: "figures with the definitions of the published TVB-AdEx analysis",
		Least: func(Setup) Need { return Need{Samples: paperWindow + paperStep, Why: "two windows of 1000 samples"} },
		Metrics: []Metric{
			{Name: "paper_coeff_var", Shape: PerPoint, About: "mean over standard deviation of everything",
				Compute: func(dst []float64, in *Input) { r := ratesOf(in); dst[0] = mean(r.mean) / r.std() }},
			{Name: "paper_mean_fc", Shape: PerPoint, Pairs: true, About: "sum of fc off the diagonal over n²",
				Compute: func(dst []float64, in *Input) {
					n := in.Moments.N()
					dst[0] = mean(upper(in.FC(), n, in.room)) * float64(n-1) / float64(n)
				}},
			whole("paper_corr_fc_sc", "correlation of fc with the weights, diagonals included", func(in *Input) []float64 { return in.Weights }),
			whole("paper_corr_fc_tract", "correlation of fc with the tract lengths, diagonals included", func(in *Input) []float64 { return in.Lengths }),
			{Name: "paper_mean_pli", Shape: PerPoint, Signal: true, About: "phase-lag index of wrapped phases of series with their means",
				Compute: func(dst []float64, in *Input) { dst[0] = PaperPLI(in.Signal) }},
			{Name: "paper_var_fcd", Shape: PerPoint, Signal: true, About: "variance of fcd of whole matrices, zeros included",
				Compute: func(dst []float64, in *Input) { dst[0] = PaperFCD(in.Signal) }},
		},
	}
}

const (
	paperWindow = 1000 // [samples]
	paperStep   = 100
)

// PaperPLI is the mean over all n² pairs of |mean_t sign(phi_i - phi_j)|, phi the wrapped phase of the analytic signal
// of x with its mean.
func PaperPLI(s *Signal) float64 {
	n := s.N()
	f := newSingleFFT(s.Len())
	phase := make([][]float64, n)
	for i := range n {
		if s.Bad[i] {
			continue
		}
		re := s.Node(i)
		im := analytic(f, [][]float64{re}, nil, false)[0]
		phase[i] = make([]float64, s.Len())
		for t := range re {
			phase[i][t] = math.Atan2(im[t], re[t])
		}
	}
	sum := 0.0
	for i := range n {
		for j := range i {
			if phase[i] == nil || phase[j] == nil {
				return math.NaN()
			}
			sign := 0
			for t, v := range phase[i] {
				if v > phase[j][t] {
					sign++
				} else if v < phase[j][t] {
					sign--
				}
			}
			sum += 2 * math.Abs(float64(sign)) / float64(s.Len())
		}
	}
	return sum / float64(n*n)
}

// PaperFCD correlates whole matrices of windows, their diagonals included, and takes the variance over a matrix of which
// the lower triangle, the diagonal and the first diagonal above it are 0.
func PaperFCD(s *Signal) float64 {
	n := s.N()
	windows := WindowFC(s, paperWindow, paperStep)
	if len(windows) > 0 && (s.Len()-paperWindow)%paperStep == 0 {
		windows = windows[:len(windows)-1] // one that ends with the series is left out
	}
	if len(windows) == 0 {
		return math.NaN()
	}
	full := make([][]float64, len(windows))
	for k, v := range windows {
		full[k] = make([]float64, 0, n*n)
		for i := range n {
			for j := range n {
				full[k] = append(full[k], entry(v, n, i, j))
			}
		}
	}
	fcd := FCD(full)
	for k := range full {
		for l := range min(k+2, len(full)) {
			fcd[k*len(full)+l] = 0
		}
	}
	return variance(fcd)
}

// entry is that of a symmetric matrix given by its upper triangle, with ones on the diagonal.
func entry(upper []float64, n, i, j int) float64 {
	if i == j {
		return 1
	}
	i, j = min(i, j), max(i, j)
	return upper[i*n-i*(i+1)/2+j-i-1]
}
