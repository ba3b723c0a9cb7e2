package metrics_test

import (
	"math"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// partitions visits every partition of n nodes, as restricted growth strings.
func partitions(n int, visit func(modules []int)) {
	modules := make([]int, n)
	var grow func(i, count int)
	grow = func(i, count int) {
		if i == n {
			visit(modules)
			return
		}
		for m := range count + 1 {
			modules[i] = m
			grow(i+1, max(count, m+1))
		}
	}
	grow(0, 0)
}

// newman is the definition, term by term.
func newman(w []float64, modules []int) float64 {
	n, total, q := len(modules), 0.0, 0.0
	for _, v := range w {
		total += v
	}
	for i := range n {
		for j := range n {
			if modules[i] != modules[j] {
				continue
			}
			ki, kj := 0.0, 0.0
			for k := range n {
				ki += w[i*n+k]
				kj += w[j*n+k]
			}
			q += (w[i*n+j] - ki*kj/total) / total
		}
	}
	return q
}

// Of small networks all partitions are looked at: none is better.
func TestCommunitiesAreTheBestOfSmallNetworks(t *testing.T) {
	uniform := metricstest.Congruential(5)
	for trial := range 40 {
		const n = 7
		w := make([]float64, n*n)
		for i := range n {
			for j := range i {
				if v := uniform() + 0.5; v > 0.4 {
					w[i*n+j], w[j*n+i] = v, v
				}
			}
		}
		best := math.Inf(-1)
		partitions(n, func(modules []int) { best = max(best, newman(w, modules)) })
		modules, q := metrics.Communities(w, n)
		if math.Abs(q-best) > 1e-12 || math.Abs(newman(w, modules)-q) > 1e-12 {
			t.Errorf("network %d: modularity %v of %v, which is %v; the best is %v", trial, q, modules, newman(w, modules), best)
		}
	}
}

// A ring of cliques, each tied to the next by one edge, falls apart into its cliques: with c cliques of k nodes and edges of
// weight 1, Q = 1 - c/m - 1/c, m = c (k(k-1)/2 + 1) edges (Fortunato, Barthelemy 2007, PNAS 104:36).
func TestCommunitiesOfARingOfCliques(t *testing.T) {
	const cliques, size = 6, 5
	const n = cliques * size
	w := make([]float64, n*n)
	tie := func(i, j int) { w[i*n+j], w[j*n+i] = 1, 1 }
	place := func(clique, k int) int { return (k*cliques + clique) % n } // far apart in the numbering
	for c := range cliques {
		for a := range size {
			for b := range a {
				tie(place(c, a), place(c, b))
			}
		}
		tie(place(c, 0), place((c+1)%cliques, 1))
	}
	modules, q := metrics.Communities(w, n)
	edges := float64(cliques * (size*(size-1)/2 + 1))
	if want := 1 - cliques/edges - 1.0/cliques; math.Abs(q-want) > 1e-12 {
		t.Errorf("modularity is %v, want %v", q, want)
	}
	for c := range cliques {
		for k := range size {
			if got := modules[place(c, k)]; got != c {
				t.Errorf("node %d of clique %d is in module %d", k, c, got)
			}
		}
	}
	if modules, q := metrics.Communities(make([]float64, 9), 3); !math.IsNaN(q) || len(modules) != 3 {
		t.Errorf("without edges: %v, %v", modules, q)
	}
}
