package metrics

import (
	"math"
	"math/bits"
	"slices"
)

// The kernel of states sums at every stateStep times; in between, so many of these sums tell what there is to expect.
const stateStep, statePoints = 8, 8

// foundStates is what a host has found of a series that is smoothed and compared.
type foundStates struct {
	Largest, Threshold []float64 // of each node
	up                 []float64 // [tile][eight times]: a byte for each node with a bit for each time
	steps              int
}

// word has the bits of eight times of a tile's nodes.
func (f foundStates) word(tile, step int) uint64 { return math.Float64bits(f.up[tile*f.steps+step]) }

// above tells whether node i is above its threshold at time t.
func (f foundStates) above(i, t int) bool {
	return f.word(i/tileWidth, t/stateStep)>>(i%tileWidth*8+t%stateStep)&1 != 0
}

// statesFound has the host smooth and compare.
func statesFound(s *Signal, weights []float64, ratio, offset float64) foundStates {
	const least = 1e-290 // what is lost where numbers too small for their form are taken for 0, and more
	b := s.host.bends(weights)
	stride, steps := s.host.stride(), (s.Len()+stateStep-1)/stateStep
	nodes := make([]float64, 3*stride)
	for i := range stride {
		nodes[stride+i], nodes[2*stride+i] = math.NaN(), math.NaN() // nothing is open
		switch {
		case i >= s.N() || s.Bad[i]:
		case s.Flat[i]:
			nodes[i] = 1
		default:
			spread := s.Max[i] - s.Min[i]
			rounding := float64(len(b.both)+64)*0x1p-50*max(math.Abs(s.Max[i]), math.Abs(s.Min[i])) + least
			nodes[stride+i], nodes[2*stride+i] = b.line*spread+rounding, b.curve*spread+rounding
		}
	}
	ends := len(b.both)/2 + (statePoints/2+8)*stateStep
	t := Task{Numbers: []int64{int64(len(b.both))}, Table: []float64{ratio, offset}, Tables: [][]float64{nodes, b.parts, b.both},
		Work: tileWidth * (s.Len() + 2*ends + steps + statePoints + 8)}
	found := s.host.launch(s, "states", t, 2*stride+stride/tileWidth*steps)
	return foundStates{found[:stride], found[stride : 2*stride], found[2*stride:], steps}
}

// bends tells how well sums of weights that lie stateStep times apart tell those in between: how far these lie from the line
// between two neighbours, and from the sum of the parts of statePoints neighbours, as shares of the spread of the samples.
// Parts are those of the polynomial through the neighbours, a row of them for each time.
//
// What a sum differs by from what is made of its neighbours is a sum of the same samples, with weights v that add up to 0:
// it is not changed by taking the samples about the middle of their range, so it is at most half their spread times sum |v|.
type bends struct {
	weights     []float64 // at distances 0, 1, ...
	both        []float64 // from the farthest before to the farthest behind
	line, curve float64
	parts       []float64
}

// bends gives those of weights, found anew where the last ones were others.
func (h *Host) bends(weights []float64) bends {
	if !slices.Equal(h.bent.weights, weights) {
		h.bent = newBends(weights)
	}
	return h.bent
}

func newBends(weights []float64) bends {
	out := bends{weights: weights, both: twoSided(weights)}
	const before = statePoints/2 - 1
	half := func(time int, of func(point int) float64) float64 {
		v := make([]float64, len(out.both)+statePoints*stateStep)
		for k, w := range out.both {
			v[before*stateStep+time+k] += w
			for p := range statePoints {
				v[p*stateStep+k] -= of(p) * w
			}
		}
		sum := 0.0
		for _, x := range v {
			sum += math.Abs(x) / 2
		}
		return sum
	}
	for time := range stateStep {
		at := float64(before) + float64(time)/stateStep
		out.line = max(out.line, half(time, func(p int) float64 { return max(0, 1-math.Abs(at-float64(p))) }))
		for p := range statePoints {
			part := 1.0
			for q := range statePoints {
				if q != p {
					part *= (at - float64(q)) / float64(p-q)
				}
			}
			out.parts = append(out.parts, part)
		}
		own := out.parts[time*statePoints:]
		out.curve = max(out.curve, half(time, func(p int) float64 { return own[p] }))
	}
	return out
}

// statesByHost has the host find the states of every node.
func statesByHost(s *Signal, weights []float64, ratio, offset float64) []States {
	found := statesFound(s, weights, ratio, offset)
	out := make([]States, s.N())
	for first := 0; first < len(out); first += tileWidth {
		changes := s.host.changes(found, first/tileWidth, s.Len())
		for i := first; i < min(first+tileWidth, len(out)); i++ {
			at := changes[i-first]
			st := States{Rate: s.Rate, First: found.above(i, 0), Largest: found.Largest[i], Threshold: found.Threshold[i]}
			st.Runs = s.host.lengths.take(len(at))
			start := 0
			for k, end := range at {
				st.Runs[k], start = end-start, end
			}
			out[i] = st
		}
	}
	return out
}

// changes are the times at which the nodes of a tile change between up and down, and then n, until they are asked for again.
func (h *Host) changes(found foundStates, tile, n int) *[tileWidth][]int {
	at := &h.changed
	for l := range at {
		at[l] = at[l][:0]
	}
	last := found.word(tile, 0) << 7 // the bit of each node before the times of a word, in its highest place
	for step, up := range found.up[tile*found.steps : (tile+1)*found.steps] {
		word := math.Float64bits(up)
		changed := word ^ (word<<1&0xfefefefefefefefe | last>>7&0x0101010101010101)
		last = word
		for ; changed != 0; changed &= changed - 1 {
			bit := bits.TrailingZeros64(changed)
			if t := step*stateStep + bit%8; t < n {
				at[bit/8] = append(at[bit/8], t)
			}
		}
	}
	for l := range at {
		at[l] = append(at[l], n)
	}
	return at
}
