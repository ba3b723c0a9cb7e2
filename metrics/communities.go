package metrics

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// communityOrders is how many orders of the nodes Communities tries; every second one begins with few modules.
const communityOrders = 16

// Communities finds modules of a network with as much modularity as Louvain's method finds, and gives the modularity, NaN
// without edges. w has n rows of n weights, none below 0, symmetric, with nothing on the diagonal.
//
//	each node, one after the other, joins the module where modularity gains most, until none gains;
//	then modules are nodes, the weights between them added up, and the same again;
//	then from the nodes again, with the modules found so far, until nothing changes
//
// What is found depends on the order of the nodes and on where they begin, each for itself or in few modules, so some fixed
// ones are tried and the best kept: in small networks that is nearly always the largest modularity there is. Modules are numbered
// by their first nodes. Blondel et al. 2008 (J Stat Mech P10008).
func Communities(w []float64, n int) (modules []int, q float64) {
	q = math.NaN()
	source := rand.NewPCG(1, 2)
	for turn := range communityOrders {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		for i := n - 1; i > 0 && turn > 0; i-- {
			j := drawn(source, i+1)
			order[i], order[j] = order[j], order[i]
		}
		begin := make([]int, n)
		for i := range begin {
			begin[i] = i
			if turn%2 == 1 {
				begin[i] = drawn(source, max(2, n/turn))
			}
		}
		found := louvain(w, order, begin)
		v := modularity(w, found)
		if !math.IsNaN(v) && slices.Max(found) == 0 {
			v = 0 // one module: what is left is rounding
		}
		const gain = 1e-12 // less is rounding, too
		if math.IsNaN(q) || v > q+gain {
			modules, q = found, v
		}
	}
	return modules, q
}

// drawn is a whole number below n. A share of n/2^64 of them is drawn more often.
func drawn(source *rand.PCG, n int) int {
	high, _ := bits.Mul64(source.Uint64(), uint64(n))
	return int(high)
}

// louvain takes the nodes in the given order, and begins with the modules of of, which it changes.
func louvain(w []float64, order, of []int) []int {
	n := len(order)
	// Nodes are numbered by their place in the order.
	a := make([]float64, n*n)
	for i, from := range order {
		for j, to := range order {
			a[i*n+j] = w[from*n+to]
		}
	}
	for join(a, of) {
		for { // modules as nodes
			count := numbered(of)
			modules := make([]int, count)
			for m := range modules {
				modules[m] = m
			}
			if !join(merged(a, of, count), modules) {
				break
			}
			for i := range of {
				of[i] = modules[of[i]]
			}
		}
	}
	out := make([]int, n)
	for i, node := range order {
		out[node] = of[i]
	}
	numbered(out)
	return out
}

// merged adds up the weights between count modules.
func merged(a []float64, modules []int, count int) []float64 {
	n, out := len(modules), make([]float64, count*count)
	for i, m := range modules {
		for j, v := range a[i*n : (i+1)*n] {
			out[m*count+modules[j]] += v
		}
	}
	return out
}

// join moves nodes between modules, whose numbers are below that of nodes, while modularity gains, and tells whether any
// has moved. What a has on the diagonal stays within a node.
func join(a []float64, modules []int) (any bool) {
	n := len(modules)
	strength, sum, size := make([]float64, n), make([]float64, n), make([]int, n)
	strengths(strength, a)
	total := 0.0
	for i, s := range strength {
		sum[modules[i]] += s
		size[modules[i]]++
		total += s
	}
	links := make([]float64, n)
	for moved := total > 0; moved; {
		moved = false
		for i := range n {
			clear(links)
			for j, v := range a[i*n : (i+1)*n] {
				if j != i {
					links[modules[j]] += v
				}
			}
			own := modules[i]
			sum[own] -= strength[i]
			size[own]--
			share := strength[i] / total
			best, most := own, 0.0 // alone
			if size[own] > 0 {
				most = links[own] - share*sum[own]
			}
			// A gain within rounding is none: nodes would wander for ever.
			least := 1e-12 * total
			for m, l := range links {
				switch {
				case l-share*sum[m] <= most+least:
				case size[m] > 0 || most+least < 0:
					best, most = m, l-share*sum[m]
				}
			}
			sum[best] += strength[i]
			size[best]++
			if best != own {
				modules[i], moved, any = best, true, true
			}
		}
	}
	return any
}

// numbered numbers modules in the order in which they occur, and counts them.
func numbered(modules []int) int {
	numbers := map[int]int{}
	for i, m := range modules {
		if _, known := numbers[m]; !known {
			numbers[m] = len(numbers)
		}
		modules[i] = numbers[m]
	}
	return len(numbers)
}

// communities are those of the positive fc; nodes without fc are in none.
type communities struct {
	modules    []int
	modularity float64
}

func (in *Input) communities() communities {
	return once(in, "communities", func() communities {
		modules, q := Communities(positive(network(in)), in.Moments.N())
		return communities{modules, q}
	})
}

// communityMetrics are the metrics of the group graph that need no modules.
func communityMetrics() []Metric {
	numbers := func(in *Input) []float64 {
		out, c := nans(in.Moments.N()), in.communities()
		for i := range out {
			if !math.IsNaN(c.modularity) && !math.IsNaN(in.FC()[i*len(out)+i]) {
				out[i] = float64(c.modules[i])
			}
		}
		return out
	}
	return []Metric{
		{Name: "modularity_louvain", Shape: PerPoint, Pairs: true, Leaps: leapsPlace, About: "largest modularity of the positive fc that Louvain's method finds",
			Compute: func(dst []float64, in *Input) { dst[0] = in.communities().modularity }},
		{Name: "community_count", Shape: PerPoint, Pairs: true, Leaps: leapsPlace, About: "number of its modules",
			Compute: func(dst []float64, in *Input) {
				seen := map[float64]bool{}
				for _, m := range defined(numbers(in)) {
					seen[m] = true
				}
				if dst[0] = float64(len(seen)); len(seen) == 0 {
					dst[0] = math.NaN()
				}
			}},
		{Name: "region_community", Shape: PerNode, Pairs: true, Leaps: leapsPlace, About: "number of the module, from 0",
			Compute: func(dst []float64, in *Input) { copy(dst, numbers(in)) }},
	}
}
