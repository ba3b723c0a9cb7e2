package metrics

import "math"

// graphGroup is the group "graph": functional connectivity as a network, without a threshold.
//
//	A = fc off the diagonal, undefined entries 0;  W = max(A, 0)
//	strength_signed_i = sum_j A_ij                 strength_i = sum_j W_ij
//	efficiency = mean over i != j of 1/d_ij, d the shortest path with edges of length 1/W
//	modularity = (1/2m) sum_ij (W_ij - k_i k_j/2m) [c_i = c_j], k the strengths, 2m their sum, for given modules c
//	modularity_louvain: for modules that are sought, see Communities
//
// Latora and Marchiori 2001 (PRL 87:198701), Newman 2004 (PRE 70:056131), Rubinov and Sporns 2010 (NeuroImage 52:1059).
func graphGroup() Group {
	return Group{
		Name: "graph", About: "functional connectivity as a network",
		Options: []Option{{Name: "modules", Kind: KindLabels, About: "the module of each region, for modularity; without it the first and the second half of the regions"}},
		Least:   func(Setup) Need { return Need{Samples: 2, Why: "a correlation"} },
		Metrics: append([]Metric{
			{Name: "region_strength", Shape: PerNode, Pairs: true, About: "sum of the positive fc with other nodes",
				Compute: func(dst []float64, in *Input) { strengths(dst, positive(network(in))) }},
			{Name: "region_strength_signed", Shape: PerNode, Pairs: true, About: "sum of the fc with other nodes",
				Compute: func(dst []float64, in *Input) { strengths(dst, network(in)) }},
			{Name: "efficiency", Shape: PerPoint, Pairs: true, About: "global efficiency of the positive fc",
				Compute: func(dst []float64, in *Input) { dst[0] = efficiency(positive(network(in)), len(in.Moments.Min)) }},
			{Name: "modularity", Shape: PerPoint, Pairs: true, About: "modularity of the positive fc for the given modules",
				Compute: func(dst []float64, in *Input) {
					n := in.Moments.N()
					modules := in.Config.indices("graph.modules")
					for i := 0; len(modules) < n; i++ {
						modules = append(modules, 2*i/n)
					}
					dst[0] = modularity(positive(network(in)), modules)
				}},
		}, communityMetrics()...),
	}
}

// network is A.
func network(in *Input) []float64 {
	n := in.Moments.N()
	a := append([]float64(nil), in.FC()...)
	for i := range n {
		a[i*n+i] = 0
	}
	for k, v := range a {
		if math.IsNaN(v) {
			a[k] = 0
		}
	}
	return a
}

// positive turns A into W.
func positive(a []float64) []float64 {
	for k := range a {
		a[k] = max(a[k], 0)
	}
	return a
}

func strengths(dst, a []float64) {
	n := len(dst)
	for i := range dst {
		dst[i] = 0
		for _, v := range a[i*n : (i+1)*n] {
			dst[i] += v
		}
	}
}

// efficiency takes shortest paths after Floyd 1962 (Comm ACM 5:345).
func efficiency(w []float64, n int) float64 {
	d := make([]float64, n*n)
	for k, v := range w {
		d[k] = 1 / v // +Inf where there is no edge
	}
	for via := range n {
		from := d[via*n : (via+1)*n]
		for i := range n {
			first, row := d[i*n+via], d[i*n:(i+1)*n]
			if math.IsInf(first, 1) || i == via {
				continue
			}
			for j, second := range from {
				if s := first + second; s < row[j] {
					row[j] = s
				}
			}
		}
	}
	sum := 0.0
	for i := range n {
		for j := range n {
			if i != j {
				sum += 1 / d[i*n+j]
			}
		}
	}
	return sum / float64(n*(n-1))
}

// modularity is NaN for a network without edges.
func modularity(w []float64, modules []int) float64 {
	n := len(modules)
	k := make([]float64, n)
	strengths(k, w)
	total, q := 0.0, 0.0
	for _, s := range k {
		total += s
	}
	if total == 0 {
		return math.NaN()
	}
	for i := range n {
		for j := range n {
			if modules[i] == modules[j] {
				q += w[i*n+j] - k[i]*k[j]/total
			}
		}
	}
	return q / total
}
