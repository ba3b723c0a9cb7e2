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
	both := twoSided(weights)
	line, curve, parts := bends(both)
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
			rounding := float64(len(both)+64)*0x1p-50*max(math.Abs(s.Max[i]), math.Abs(s.Min[i])) + least
			nodes[stride+i], nodes[2*stride+i] = line*spread+rounding, curve*spread+rounding
		}
	}
	ends := len(both)/2 + (statePoints/2+8)*stateStep
	t := Task{Numbers: []int64{int64(len(both))}, Table: slices.Concat([]float64{ratio, offset}, nodes, parts, both),
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
func bends(weights []float64) (line, curve float64, parts []float64) {
	const before = statePoints/2 - 1
	half := func(time int, of func(point int) float64) float64 {
		v := make([]float64, len(weights)+statePoints*stateStep)
		for k, w := range weights {
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
		line = max(line, half(time, func(p int) float64 { return max(0, 1-math.Abs(at-float64(p))) }))
		for p := range statePoints {
			part := 1.0
			for q := range statePoints {
				if q != p {
					part *= (at - float64(q)) / float64(p-q)
				}
			}
			parts = append(parts, part)
		}
		own := parts[time*statePoints:]
		curve = max(curve, half(time, func(p int) float64 { return own[p] }))
	}
	return line, curve, parts
}

// statesByHost has the host find the states of every node.
func statesByHost(s *Signal, weights []float64, ratio, offset float64) []States {
	n, found := s.Len(), statesFound(s, weights, ratio, offset)
	out := make([]States, s.host.stride())
	start := make([]int, len(out))
	for i := range out {
		out[i] = States{Rate: s.Rate, First: found.above(i, 0), Largest: found.Largest[i], Threshold: found.Threshold[i]}
	}
	for first := 0; first < len(out); first += tileWidth {
		last := found.word(first/tileWidth, 0) << 7 // the bit of each node before the times of a word, in its highest place
		for step := range found.steps {
			word := found.word(first/tileWidth, step)
			changed := word ^ (word<<1&0xfefefefefefefefe | last>>7&0x0101010101010101)
			last = word
			for ; changed != 0; changed &= changed - 1 {
				at := bits.TrailingZeros64(changed)
				if t := step*stateStep + at%8; t < n {
					i := first + at/8
					out[i].Runs = append(out[i].Runs, t-start[i])
					start[i] = t
				}
			}
		}
	}
	for i := range out {
		out[i].Runs = append(out[i].Runs, n-start[i])
	}
	return out[:s.N()]
}
