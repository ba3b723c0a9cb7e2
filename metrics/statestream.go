package metrics

import (
	"math"
	"slices"
)

// stateStream follows the states of each node about a given threshold. A unit has, besides its own samples, those that
// smoothing reaches.
type stateStream struct {
	Merged []runs
	Up     []bool // the run under way
	Length []int

	weights           []float64
	threshold         float64
	shortest, samples int
	rate              float64
}

func newStateStream(s Setup) *stateStream {
	c := s.Config
	return &stateStream{Merged: make([]runs, s.Nodes), Up: make([]bool, s.Nodes), Length: make([]int, s.Nodes),
		weights: gaussian(c.number("updown.sigma") * s.Rate), threshold: c.number("updown.threshold"),
		shortest: s.samplesOf(c.number("updown.least")), samples: s.Samples, rate: s.Rate}
}

// reach is how many samples on either side a smoothed one is made of.
func (st *stateStream) reach() int { return len(st.weights) - 1 }

// own are the samples that unit k smooths: those of two reaches at least, so that what is mirrored lies within the unit.
func (st *stateStream) own(k int) (from, to int) {
	length := max(unitSamples, 2*st.reach())
	return k * length, min((k+1)*length, st.samples)
}

func (st *stateStream) Unit(k int) (from, to int, ok bool) {
	from, to = st.own(k)
	return max(0, from-st.reach()), min(to+st.reach(), st.samples), from < st.samples
}

// Bytes takes runs of a quarter of a second to be usual.
func (st *stateStream) Bytes() int64 {
	return int64(len(st.Up)) * (64 + int64(4*float64(st.samples)/st.rate)*8)
}

func (st *stateStream) Add(k int, s *Signal) {
	begin, _, _ := st.Unit(k)
	from, to := st.own(k)
	up := smoothedAbove(s, st.weights, st.threshold)
	for i := range st.Up {
		if s.Bad[i] {
			continue
		}
		for t := from - begin; t < to-begin; t++ {
			if now := up(i, t); now != st.Up[i] {
				if st.Length[i] > 0 {
					st.Merged[i].add(st.Up[i], st.Length[i], st.shortest)
				}
				st.Up[i], st.Length[i] = now, 0
			}
			st.Length[i]++
		}
	}
}

// smoothedAbove tells of a node and a time whether the smoothed series is above the threshold. Its ends are mirrored.
func smoothedAbove(s *Signal, weights []float64, threshold float64) func(i, t int) bool {
	if s.host != nil {
		return statesFound(s, weights, 0, threshold).above
	}
	y := make([][]float64, s.N())
	var long []float64
	for i := range y {
		y[i] = slices.Clone(s.Node(i))
		if s.lively(i) {
			long = mirrored(long, s.Node(i), len(weights)-1)
			smoothed(y[i], long, weights)
		}
	}
	return func(i, t int) bool { return y[i][t] > threshold }
}

// states are those of the nodes of an input; a constant is not smoothed, so that rounding has no say in it.
func (st *stateStream) states(in *Input) []States {
	out := make([]States, len(st.Up))
	for i := range out {
		if in.Moments.Bad(i) {
			continue
		}
		out[i] = States{Rate: st.rate, Threshold: st.threshold, Largest: math.NaN()}
		if in.Moments.Constant(i) {
			out[i].First, out[i].Runs = in.Moments.Min[i]*Scale(in.Unit) > st.threshold, []int{st.samples}
			continue
		}
		merged := st.Merged[i]
		merged.Lengths = append([]int(nil), merged.Lengths...)
		merged.add(st.Up[i], st.Length[i], st.shortest)
		out[i].First, out[i].Runs = merged.done()
	}
	return out
}
