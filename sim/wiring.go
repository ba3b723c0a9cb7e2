package sim

import (
	"fmt"
	"math"
	"slices"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/fault"
)

// Wiring is a connectome at one conduction speed and step, laid out for the kernel: which pairs are read over how many
// steps at once (codegen.Spans), target by target, and which are columns: all that hear one node after one delay.
// What a node sends itself without delay is neither. Of each node the kernel keeps a line of values, as long as the
// node's own longest delay asks for. Points that share a connectome and a speed share a Wiring.
type Wiring struct {
	Nodes      int
	MaxDelay   int                    // [steps]
	Horizon    int                    // places of a ring that keeps of each node what others read of it
	Connectome *connectome.Connectome // that it was made of
	edges      int                    // non-zero weights
	rows       []int32                // [node][span + 1]: the first edge of each span, and the end
	near       int32                  // a bit for each span below a block that has edges
	edge       pairs                  // in the order of rows
	column     pairs                  // a multiple of codegen.Columns
	weights    []float64              // of the columns [column][codegen.Stride]
	newest     []int32                // where in the ring each node's line ends
	self       []float64              // weight of each node's undelayed connection with itself
	sums       []float64              // of each node's weights; of a node's own past, its rest
}

// pairs are sources with delays [steps], and weights where those are numbers.
type pairs struct {
	source, delay []int32
	weight        []float64
}

func (p *pairs) add(source, delay int32, weight float64) {
	p.source, p.delay, p.weight = append(p.source, source), append(p.delay, delay), append(p.weight, weight)
}

// NewWiring lays the non-zero weights of c out. speed is in mm/ms, step in ms; delays are rounded half to even,
// as TVB's are. The error is a mistake of the user's: a speed or a step that gives no delays.
func NewWiring(c *connectome.Connectome, speed, step float64) (*Wiring, error) {
	return newWiring(c, speed, step, columnPays)
}

// newWiring is NewWiring with a rule by which a node with so many targets after a delay [steps] becomes a column.
func newWiring(c *connectome.Connectome, speed, step float64, pays func(nodes, targets, delay int) bool) (*Wiring, error) {
	n := c.N()
	w := &Wiring{Nodes: n, Connectome: c, self: make([]float64, n), sums: make([]float64, n)}
	delays, err := c.Delays(speed, step)
	if err != nil {
		return nil, err
	}
	isColumn := w.columns(c.Weights, delays, pays)
	for i := range n {
		of := make([]pairs, len(codegen.Spans()))
		for j := range n {
			weight, delay := c.Weights[i*n+j], int(delays[i*n+j])
			if weight == 0 {
				continue
			}
			w.edges++
			w.sums[i] += weight
			w.MaxDelay = max(w.MaxDelay, delay)
			switch {
			case i == j && delay == 0:
				w.self[i] = weight
			case !isColumn(j, delay):
				of[spanOf(delay)].add(int32(j), int32(delay), weight)
			}
		}
		w.row(of)
	}
	return w, w.lines()
}

// NewOwnWiring is the wiring of a coupling whose sums are over each node's own past: model.OwnRows, or with columns
// model.OwnColumns.
func NewOwnWiring(c *connectome.Connectome, columns bool, speed, step float64) (*Wiring, error) {
	n := c.N()
	w := &Wiring{Nodes: n, Connectome: c, self: make([]float64, n), sums: make([]float64, n)}
	delays, err := c.Delays(speed, step)
	if err != nil {
		return nil, err
	}
	for i := range n {
		if columns && c.Weights[i*n+i] != 0 {
			if delays[i*n+i] != 0 {
				return nil, fault.Mistake{Msg: fmt.Sprintf("this coupling needs connections of regions to themselves to have no length; that of %s has %v mm", c.Labels[i], c.Lengths[i*n+i])}
			}
			w.sums[i] = 1
		}
		of := make([]pairs, len(codegen.Spans()))
		for j := range n {
			weight, back := c.Weights[i*n+j], c.Weights[j*n+i]
			delay := int(delays[j*n+i])
			if columns {
				weight = back
			}
			switch {
			case weight == 0:
				continue
			case back == 0:
				w.sums[i] += weight
			case delay == 0:
				w.self[i] += weight
			default:
				of[spanOf(delay)].add(int32(i), int32(delay), weight)
			}
			w.edges++
			w.MaxDelay = max(w.MaxDelay, delay)
		}
		w.row(of)
	}
	return w, w.lines()
}

// lines lays the nodes' lines one behind the other. A line has room for the value that its longest delay reaches, for
// that of the moment, and for the one that a step writes while others still read. What nobody hears is written all the
// same, a whole block at once where all delays are long, and must find room beside the line before it.
func (w *Wiring) lines() error {
	longest := slices.Repeat([]int64{unheard}, w.Nodes)
	for _, p := range []pairs{w.edge, w.column} {
		for k, source := range p.source {
			longest[source] = max(longest[source], int64(p.delay[k]))
		}
	}
	for j, delay := range longest {
		if delay == unheard {
			longest[j] = codegen.Block - 2
		}
	}
	places := int64(0)
	w.newest = make([]int32, w.Nodes)
	for j, delay := range longest {
		places += delay + 2
		if places > mostPlaces {
			return fault.Mistake{Msg: fmt.Sprintf("%d regions with delays of up to %d steps send more than can be kept: %d numbers at most", w.Nodes, w.MaxDelay, int64(mostPlaces))}
		}
		w.newest[j] = int32(places - 1)
	}
	w.Horizon = max(int(places), codegen.Block)
	return nil
}

// unheard is below any delay.
const unheard = -1

// mostPlaces keeps the sum of two places of a ring below 2^31.
const mostPlaces = 1 << 30

// places are where in the ring the pairs' values are.
func (p *pairs) places(newest []int32) []int32 {
	out := make([]int32, len(p.source))
	for k, source := range p.source {
		out[k] = newest[source] - p.delay[k]
	}
	return out
}

// row lays out the edges of the next target, by span.
func (w *Wiring) row(of []pairs) {
	for s, edges := range of {
		w.rows = append(w.rows, int32(len(w.edge.source)))
		w.edge.append(edges)
		if s > 0 && len(edges.source) > 0 {
			w.near |= 1 << (s - 1)
		}
	}
	w.rows = append(w.rows, int32(len(w.edge.source)))
}

// spanOf is the place in codegen.Spans of the longest span that a delay covers.
func spanOf(delay int) int {
	return slices.IndexFunc(codegen.Spans(), func(steps int) bool { return delay >= steps-1 })
}

// What it takes to read near pairs, in cycles of a core for each step; TestColumnsPay holds the choice to measurement.
// It decides the order of sums, and with it the last digits of results: it depends on nothing but the wiring.
const (
	columnCost = 1.5 // of a column, for every 16 targets
	columnBase = 3.0 // of a column, beside
)

// edgeCost is the cost of an edge by the place of its span in codegen.Spans.
func edgeCost(place int) float64 { return []float64{0.2, 0.35, 0.75, 3.5}[place] }

// columnPays tells whether a weight for every target costs less than an edge for each that there is.
func columnPays(nodes, targets, delay int) bool {
	return float64(targets)*edgeCost(spanOf(delay)) > columnBase+columnCost*float64(codegen.Stride(nodes)/16)
}

// columns picks the columns among sources and near delays. The weights that a column has for others are zero.
func (w *Wiring) columns(weights []float64, delays []int32, pays func(nodes, targets, delay int) bool) (isColumn func(source, delay int) bool) {
	const near = codegen.Block - 1
	n := w.Nodes
	targets := make([]int, n*near) // [source][delay]
	for at, weight := range weights {
		if i, j, delay := at/n, at%n, int(delays[at]); weight != 0 && delay < near && !(i == j && delay == 0) {
			targets[j*near+delay]++
		}
	}
	stride := codegen.Stride(n)
	isColumn = func(source, delay int) bool { return delay < near && pays(n, targets[source*near+delay], delay) }
	for j := range n {
		for delay := range near {
			if targets[j*near+delay] == 0 || !isColumn(j, delay) {
				continue
			}
			column := make([]float64, stride)
			for i := range n {
				if at := i*n + j; int(delays[at]) == delay && !(i == j && delay == 0) {
					column[i] = weights[at]
				}
			}
			w.column.add(int32(j), int32(delay), 0)
			w.weights = append(w.weights, column...)
		}
	}
	for len(w.column.source)%codegen.Columns != 0 {
		w.column.add(0, 0, 0)
		w.weights = append(w.weights, make([]float64, stride)...)
	}
	return isColumn
}

// Edges is the number of non-zero weights.
func (w *Wiring) Edges() int { return w.edges }

// horizon is the number of places of a ring that serves all wirings.
func horizon(wirings []*Wiring) int {
	most := 0
	for _, w := range wirings {
		most = max(most, w.Horizon)
	}
	return most
}

// mostEdges is how many edges the wirings of a batch may have, which the kernel numbers in 32 bits.
const mostEdges = math.MaxInt32

// fit tells that the wirings are too many for one batch, as memory may be: a smaller one may do.
func fit(wirings []*Wiring, most int) error {
	edges := 0
	for _, w := range wirings {
		if edges += len(w.edge.source); edges > most {
			return fmt.Errorf("sim: the connections of %d connectomes or speeds, more than %d: %w", len(wirings), most, device.ErrMemory)
		}
	}
	return nil
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

// wires are the contents of the buffers that hold the wirings, one after the other.
func (b *batch) wires(wirings []*Wiring) map[string][]byte {
	var rows, near, newest, columns, edges, heads []int32
	var weight, weights, self, sums []float64
	for _, w := range wirings {
		for _, e := range w.rows {
			rows = append(rows, e+int32(len(edges)))
		}
		near, newest = append(near, w.near), append(newest, w.newest...)
		edges, weight = append(edges, w.edge.places(w.newest)...), append(weight, w.edge.weight...)
		columns = append(columns, int32(len(heads)), int32(len(heads)+len(w.column.source)))
		heads = append(heads, w.column.places(w.newest)...)
		weights, self, sums = append(weights, w.weights...), append(self, w.self...), append(sums, w.sums...)
	}
	return map[string][]byte{
		"rows": ints(rows), "near": ints(near), "newest": ints(newest),
		"edge_place": ints(edges), "edge_weight": b.reals(weight),
		"columns": ints(columns), "column_place": ints(heads), "column_weight": b.reals(weights),
		"self_weight": b.reals(self), "row_weight": b.reals(sums),
	}
}

func (p *pairs) append(q pairs) {
	p.source, p.delay, p.weight = append(p.source, q.source...), append(p.delay, q.delay...), append(p.weight, q.weight...)
}
