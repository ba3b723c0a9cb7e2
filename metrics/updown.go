package metrics

import "math"

// updownGroup is the group "updown": up and down states of each node.
//
//	y = x smoothed by a Gaussian of 10 ms, cut at 4 sigma, weights normalised, ends mirrored (d c b a|a b c d|d c b a)
//	threshold = 0.3 max(y) + 0.2 Hz, or a given one; up where y > threshold; runs shorter than 20 ms join their
//	predecessor, the first one its successor
//
// Durations count the two runs that the ends cut, those called interior do not. A constant series is up throughout or
// down throughout. The published TVB-AdEx analysis pads with zeros, and takes sigma 10 s when it is called as it is.
// Steriade et al. 1993 (J Neurosci 13:3252), di Volo et al. 2019 (Neural Comput 31:653).
func updownGroup() Group {
	g := Group{
		Name: "updown", About: "up and down states",
		Options: []Option{
			{Name: "sigma", Kind: KindTime, Default: []float64{0.01}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "of the smoothing"},
			{Name: "least", Kind: KindTime, Default: []float64{0.02}, Min: 0, Max: math.Inf(1), About: "shortest state"},
			{Name: "ratio", Kind: KindNumber, Default: []float64{0.3}, Min: 0, Max: 1, About: "the threshold's share of the largest smoothed value"},
			{Name: "offset", Kind: KindNumber, Default: []float64{0.2}, Min: math.Inf(-1), Max: math.Inf(1), About: "what the threshold has besides, in the quantity's unit (Hz for rates)"},
			{Name: "threshold", Kind: KindNumber, About: "the threshold itself, in place of ratio and offset; then memory does not grow with the run"},
		},
		Stream: func(s Setup) Stream {
			if len(s.Config.Option("updown.threshold")) == 0 {
				return nil // the largest value is known at the end
			}
			return newStateStream(s)
		},
	}
	add := func(name, in, about string, of func(s States) float64) {
		values := func(in *Input) []float64 {
			return once(in, name, func() []float64 {
				out, states := in.room(in.Moments.N()), in.states()
				in.eachGood(out, func(i int) float64 { return of(states[i]) })
				return out
			})
		}
		g.Metrics = append(g.Metrics,
			Metric{Name: name, Shape: PerPoint, Signal: true, In: in, About: "mean over nodes: " + about,
				Compute: func(dst []float64, in *Input) { dst[0] = mean(values(in)) }},
			Metric{Name: "region_" + name, Shape: PerNode, Signal: true, In: in, About: about, Lend: values})
	}
	add("up_duration", "s", "mean duration of an up state", func(s States) float64 { return s.duration(true, false) })
	add("down_duration", "s", "mean duration of a down state", func(s States) float64 { return s.duration(false, false) })
	add("up_duration_interior", "s", "mean duration of an up state that is whole", func(s States) float64 { return s.duration(true, true) })
	add("down_duration_interior", "s", "mean duration of a down state that is whole", func(s States) float64 { return s.duration(false, true) })
	add("up_fraction", "", "share of time in up states", States.UpFraction)
	add("transition_rate", "Hz", "changes of state per second", States.TransitionRate)
	add("up_count", "", "number of up states", func(s States) float64 { return float64(s.count(true)) })
	add("down_count", "", "number of down states", func(s States) float64 { return float64(s.count(false)) })
	return g
}

// States are the runs of up and down of one node.
type States struct {
	Rate      float64 // [Hz]
	First     bool    // the first run is up
	Runs      []int   // lengths [samples], up and down in turn
	Threshold float64
	Largest   float64 // of the smoothed series
}

func (in *Input) states() []States {
	return once(in, "states", func() []States {
		c := in.Config
		if len(c.Option("updown.threshold")) > 0 {
			return stream(in, "updown", newStateStream).states(in)
		}
		return FindStates(in.Signal, c.number("updown.sigma"), c.number("updown.ratio"), c.number("updown.offset"), c.number("updown.least"))
	})
}

// FindStates finds the states of every node that is not bad; sigma and least in seconds. A host has them until it turns to another
// point.
func FindStates(s *Signal, sigma, ratio, offset, least float64) []States {
	weights := gaussian(sigma * s.Rate)
	var out []States
	if s.host != nil {
		out = statesByHost(s, weights, ratio, offset)
	} else {
		out = statesOfAll(s, weights, ratio, offset)
	}
	shortest := int(math.Floor(least*s.Rate + 0.5))
	for i := range out {
		if !s.Bad[i] {
			out[i].merge(shortest)
		}
	}
	return out
}

// statesOfAll smooths each node and compares it with its threshold.
func statesOfAll(s *Signal, weights []float64, ratio, offset float64) []States {
	out := make([]States, s.N())
	var y, long []float64
	for i := range out {
		if s.Bad[i] {
			continue
		}
		y = append(y[:0], s.Node(i)...)
		if !s.Flat[i] {
			long = mirrored(long, s.Node(i), len(weights)-1)
			smoothed(y, long, weights)
		}
		largest := math.Inf(-1)
		for _, v := range y {
			largest = max(largest, v)
		}
		threshold := ratio*largest + offset
		st := States{Rate: s.Rate, First: y[0] > threshold, Threshold: threshold, Largest: largest}
		up, start := st.First, 0
		for t, v := range y {
			if (v > threshold) != up {
				st.Runs = append(st.Runs, t-start)
				up, start = !up, t
			}
		}
		st.Runs = append(st.Runs, len(y)-start)
		out[i] = st
	}
	return out
}

// gaussian gives the weights at distances 0, 1, ... of a Gaussian that is cut at 4 sigma [samples] and adds up to 1.
func gaussian(sigma float64) []float64 {
	w := make([]float64, int(math.Floor(4*sigma+0.5))+1)
	sum := 0.0
	for k := range w {
		w[k] = math.Exp(-0.5 * float64(k*k) / (sigma * sigma))
		sum += w[k]
		if k > 0 {
			sum += w[k]
		}
	}
	for k := range w {
		w[k] /= sum
	}
	return w
}

// mirrored is x with pad samples more at both ends, mirrored about the ends as often as needed.
func mirrored(dst, x []float64, pad int) []float64 {
	n := len(x)
	dst = dst[:0]
	for k := -pad; k < n+pad; k++ {
		at := ((k % (2 * n)) + 2*n) % (2 * n)
		if at >= n {
			at = 2*n - 1 - at
		}
		dst = append(dst, x[at])
	}
	return dst
}

// twoSided gives the weights from the farthest before to the farthest behind.
func twoSided(weights []float64) []float64 {
	var both []float64
	for k := len(weights) - 1; k > 0; k-- {
		both = append(both, weights[k])
	}
	return append(both, weights...)
}

// smoothed fills dst with the weighted sums of long, which has len(weights)-1 samples more at both ends.
func smoothed(dst, long, weights []float64) {
	pad, even := len(weights)-1, 0
	if even = len(dst) - len(dst)%16; wide && even > 0 {
		both := twoSided(weights)
		fir(&dst[0], &long[0], &both[0], len(both), even)
	} else {
		even = 0
	}
	for t := even; t < len(dst); t++ {
		at := long[t : t+2*pad+1]
		sum := weights[0] * at[pad]
		for k, w := range weights[1:] {
			sum += float64(w * (at[pad-1-k] + at[pad+1+k]))
		}
		dst[t] = sum
	}
}

// merge leaves no run shorter than the shortest: such a run joins its predecessor, the first one its successor, in one
// pass from the left.
func (s *States) merge(shortest int) {
	m := runs{Lengths: s.Runs[:0]} // of a number of runs there come no more
	up := s.First
	for _, length := range s.Runs {
		m.add(up, length, shortest)
		up = !up
	}
	s.First, s.Runs = m.done()
}

// runs merges runs that come one after the other.
type runs struct {
	Lengths []int
	Up      bool // the last one of them
	Waits   int  // length of a first run that was too short, until there is a second one
	WaitsUp bool
}

func (m *runs) add(up bool, length, shortest int) {
	switch {
	case len(m.Lengths) == 0 && m.Waits == 0 && length < shortest:
		m.Waits, m.WaitsUp = length, up
		return
	case m.Waits > 0:
		m.Lengths, m.Up, m.Waits = append(m.Lengths, m.Waits), up, 0
		if length < shortest {
			up = m.Up
		}
	case len(m.Lengths) > 0 && length < shortest:
		up = m.Up
	}
	if len(m.Lengths) > 0 && m.Up == up {
		m.Lengths[len(m.Lengths)-1] += length
		return
	}
	m.Lengths, m.Up = append(m.Lengths, length), up
}

// done tells whether the first run is up, and the lengths.
func (m *runs) done() (first bool, lengths []int) {
	if m.Waits > 0 { // there was no second one
		return m.WaitsUp, append(m.Lengths, m.Waits)
	}
	return m.Up == (len(m.Lengths)%2 == 1), m.Lengths
}

// duration is the mean length of the runs of one kind [s], NaN if there is none.
func (s States) duration(up, interior bool) float64 {
	sum, count := 0, 0
	for k, length := range s.Runs {
		if s.First == (k%2 == 0) != up || interior && (k == 0 || k == len(s.Runs)-1) {
			continue
		}
		sum, count = sum+length, count+1
	}
	return float64(sum) / float64(count) / s.Rate
}

func (s States) count(up bool) int {
	if s.First == up {
		return (len(s.Runs) + 1) / 2
	}
	return len(s.Runs) / 2
}

func (s States) samples() int {
	sum := 0
	for _, length := range s.Runs {
		sum += length
	}
	return sum
}

// UpFraction is the share of time in up states.
func (s States) UpFraction() float64 {
	up := 0
	for k, length := range s.Runs {
		if s.First == (k%2 == 0) {
			up += length
		}
	}
	return float64(up) / float64(s.samples())
}

// TransitionRate is the number of changes of state per second.
func (s States) TransitionRate() float64 {
	return float64(len(s.Runs)-1) / (float64(s.samples()) / s.Rate)
}
