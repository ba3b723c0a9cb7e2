package sim

import (
	"brainsweep/codegen"
	"brainsweep/connectome"
)

// Wiring is a connectome at one conduction speed and step: for every target its edges, far ones first.
// An edge is far when its delay is at least codegen.Block - 1 steps, so that the kernel can gather a block of its
// past at once. What a node sends itself without delay is no edge. Points that share a connectome and a speed share a
// Wiring.
type Wiring struct {
	Nodes      int
	MaxDelay   int                    // [steps]
	Connectome *connectome.Connectome // that it was made of
	rows       []int32                // three for each node: first far edge, first near edge, end
	source     []int32                // of each edge
	delay      []int32                // of each edge [steps]
	weight     []float64              // of each edge
	self       []float64              // weight of each node's undelayed connection with itself
	sums       []float64              // of each node's weights
	near       bool                   // whether any edge is near
}

// NewWiring orders the non-zero weights of c. speed is in mm/ms, step in ms; delays are rounded half to even,
// as TVB's are. The error is a mistake of the user's: a speed or a step that gives no delays.
func NewWiring(c *connectome.Connectome, speed, step float64) (*Wiring, error) {
	n := c.N()
	w := &Wiring{Nodes: n, Connectome: c, self: make([]float64, n), sums: make([]float64, n)}
	delays, err := c.Delays(speed, step)
	if err != nil {
		return nil, err
	}
	var far, near []int
	for i := range n {
		far, near = far[:0], near[:0]
		for j := range n {
			if c.Weights[i*n+j] == 0 {
				continue
			}
			w.sums[i] += c.Weights[i*n+j]
			d := int(delays[i*n+j])
			w.MaxDelay = max(w.MaxDelay, d)
			switch {
			case i == j && d == 0:
				w.self[i] = c.Weights[i*n+j]
			case d >= codegen.Block-1:
				far = append(far, j)
			default:
				near = append(near, j)
			}
		}
		w.rows = append(w.rows, int32(len(w.source)), int32(len(w.source)+len(far)), int32(len(w.source)+len(far)+len(near)))
		for _, j := range append(far, near...) {
			w.source = append(w.source, int32(j))
			w.delay = append(w.delay, delays[i*n+j])
			w.weight = append(w.weight, c.Weights[i*n+j])
		}
		w.near = w.near || len(near) > 0
	}
	return w, nil
}

// Edges is the number of non-zero weights.
func (w *Wiring) Edges() int {
	count := len(w.source)
	for _, weight := range w.self {
		if weight != 0 {
			count++
		}
	}
	return count
}

// horizon is the number of slots of a ring that serves all wirings: a power of two that holds the longest delay
// and the block in work.
func horizon(wirings []*Wiring) int {
	longest := 0
	for _, w := range wirings {
		longest = max(longest, w.MaxDelay)
	}
	slots := codegen.Block
	for slots < longest+codegen.Block {
		slots *= 2
	}
	return slots
}

// distinct returns the wirings of points, each once, and for each point the number of its wiring.
func distinct(points []Point) (wirings []*Wiring, of []int32) {
	number := map[*Wiring]int32{}
	for _, p := range points {
		if _, ok := number[p.Wiring]; !ok {
			number[p.Wiring] = int32(len(wirings))
			wirings = append(wirings, p.Wiring)
		}
		of = append(of, number[p.Wiring])
	}
	return wirings, of
}
