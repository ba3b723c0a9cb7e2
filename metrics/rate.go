package metrics

import "math"

// rateGroup is the group "rate": level and spread of a series x[t,i] over time t and nodes i.
//
//	mean_i = mean_t x[t,i]          std_i² = mean_t (x[t,i] - mean_i)²          cv_i = std_i / mean_i
//	rate_mean = mean_i mean_i       rate_std² = mean_i std_i² + var_i mean_i    rate_cv = rate_std / rate_mean
//
// cv is NaN where the mean is not above 0, but for rounding. The published TVB-AdEx analysis has mean/std under the name coeff_var.
// Sums after Welford 1962 (Technometrics 4:419) and Chan, Golub and LeVeque 1983 (Am Stat 37:242).
func rateGroup() Group {
	return Group{Name: "rate", About: "level and spread over time and nodes", Metrics: []Metric{
		overall("rate_mean", "x", "mean over time and nodes", func(r rates) float64 { return mean(r.mean) }),
		overall("rate_std", "x", "standard deviation over time and nodes", rates.std),
		overall("rate_min", "x", "smallest value over time and nodes", func(r rates) float64 { return least(r.min) }),
		overall("rate_max", "x", "largest value over time and nodes", func(r rates) float64 { return most(r.max) }),
		overall("rate_cv", "", "rate_std over rate_mean", func(r rates) float64 { return variation(r.std(), mean(r.mean)) }),
		overall("rate_mean_of_region_std", "x", "mean over nodes of their standard deviation in time", func(r rates) float64 { return mean(r.stds) }),
		overall("rate_std_of_region_mean", "x", "standard deviation over nodes of their mean", func(r rates) float64 { return std(r.mean) }),
		overall("rate_mean_of_region_cv", "", "mean over nodes of their coefficient of variation", func(r rates) float64 { return mean(r.cv) }),
		overall("rate_n_valid", "", "number of nodes whose samples are all finite", func(r rates) float64 { return definedCount(r.mean) }),
		perNode("region_rate_mean", "x", "mean over time", func(r rates) []float64 { return r.mean }),
		perNode("region_rate_std", "x", "standard deviation over time", func(r rates) []float64 { return r.stds }),
		perNode("region_rate_min", "x", "smallest value over time", func(r rates) []float64 { return r.min }),
		perNode("region_rate_max", "x", "largest value over time", func(r rates) []float64 { return r.max }),
		perNode("region_rate_cv", "", "standard deviation over mean", func(r rates) []float64 { return r.cv }),
	}}
}

func overall(name string, in, about string, of func(rates) float64) Metric {
	return Metric{Name: name, Shape: PerPoint, In: in, About: about,
		Compute: func(dst []float64, input *Input) { dst[0] = of(ratesOf(input)) }}
}

func perNode(name string, in, about string, of func(rates) []float64) Metric {
	return Metric{Name: name, Shape: PerNode, In: in, About: about,
		Compute: func(dst []float64, input *Input) { copy(dst, of(ratesOf(input))) }}
}

// rates are the figures of each node, NaN where it is bad.
type rates struct {
	mean, stds, cv, min, max []float64
}

func ratesOf(in *Input) rates {
	return once(in, "rates", func() rates { return newRates(in) })
}

func newRates(in *Input) rates {
	m, scale := in.Moments, Scale(in.Unit)
	n := m.N()
	r := rates{in.room(n), in.room(n), in.room(n), in.room(n), in.room(n)}
	for i := range n {
		if m.Count == 0 || m.Bad(i) {
			for _, x := range [][]float64{r.mean, r.stds, r.cv, r.min, r.max} {
				x[i] = math.NaN()
			}
			continue
		}
		r.mean[i], r.stds[i] = scale*m.Mean(i), scale*m.Std(i)
		r.min[i], r.max[i] = scale*m.Min[i], scale*m.Max[i]
		r.cv[i] = variation(r.stds[i], r.mean[i])
	}
	return r
}

// std is the spread of all values of all nodes: that within nodes and that between them.
func (r rates) std() float64 {
	within := 0.0
	for _, s := range r.stds {
		if !math.IsNaN(s) {
			within += s * s
		}
	}
	return math.Sqrt(within/definedCount(r.stds) + square(std(r.mean)))
}

// variation is the coefficient of variation; NaN where the mean is not above 0, or only by the rounding of a mean of 0.
func variation(std, mean float64) float64 {
	if !(mean > roundOff*std) {
		return math.NaN()
	}
	return std / mean
}
