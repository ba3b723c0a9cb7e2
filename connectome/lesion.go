package connectome

import "slices"

// Lesion is a set of connections that is scaled: cut with 0, weakened below 1, strengthened above.
type Lesion struct {
	Nodes    []int // connections to and from these, and among them; none: From and To say which
	From, To []int // connections from these sources to these targets; none of one of the two: all
}

// Hits reports whether a connection belongs to the lesion.
func (l Lesion) Hits(target, source int) bool {
	if len(l.Nodes) > 0 {
		return slices.Contains(l.Nodes, target) || slices.Contains(l.Nodes, source)
	}
	return (len(l.To) == 0 || slices.Contains(l.To, target)) && (len(l.From) == 0 || slices.Contains(l.From, source))
}

// Lesioned returns the connectome with the weights of each lesion multiplied by its scale. A connection that several
// lesions hit is scaled by all of them. Nothing else changes: weights are not normalised again, so that what a lesion
// spares keeps its strength, and lengths stay. Lesions count nodes as number does, nil as the connectome.
func (c *Connectome) Lesioned(lesions []Lesion, scales []float64, number func(node int) int) *Connectome {
	if number == nil {
		number = func(node int) int { return node }
	}
	out := *c
	out.Weights = slices.Clone(c.Weights)
	n := c.N()
	for k, lesion := range lesions {
		for i := range n {
			for j := range n {
				if lesion.Hits(number(i), number(j)) {
					out.Weights[i*n+j] *= scales[k]
				}
			}
		}
	}
	return &out
}
