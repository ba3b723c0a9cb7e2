package jobs

import (
	"math"
	"slices"
)

// scattered puts rows of one number for each of the subject's nodes into rows for the plan's, with NaN at nodes that the
// subject has not. Each number may be several that belong together.
func scattered[T float32 | float64](s *Subject, rows []T, nodes, together int) []T {
	n := s.Nodes()
	count := len(rows) / (n * together)
	out := make([]T, count*nodes*together)
	for i := range out {
		out[i] = T(math.NaN())
	}
	for k := range count {
		for i, at := range s.place {
			copy(out[(k*nodes+at)*together:], rows[(k*n+i)*together:(k*n+i+1)*together])
		}
	}
	return out
}

// seriesOverPlan scatters rows of a series.
func seriesOverPlan(s *Subject, rows any, nodes int) any {
	switch r := rows.(type) {
	case []float32:
		return scattered(s, r, nodes, 1)
	case []float64:
		return scattered(s, r, nodes, 1)
	}
	return rows
}

// overPlan scatters the values of a metric with some dimensions, in row-major order, along those that are nodes.
func (s *setup) overPlan(subject *Subject, values []float64, dims []string) []float64 {
	nodes := s.layout.Nodes()
	together := 1 // numbers behind the dimension
	for _, name := range slices.Backward(dims) {
		if name == "node" || name == "node2" {
			values = scattered(subject, values, nodes, together)
			together *= nodes
			continue
		}
		for _, d := range s.layout.Dims {
			if d.Name == name {
				together *= max(len(d.Values), len(d.Labels))
			}
		}
	}
	return values
}
