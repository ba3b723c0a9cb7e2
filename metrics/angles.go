package metrics

import "math"

// angleStream gathers synchrony of values that are phases themselves [rad], as the states of phase models are. They may be
// wrapped or not. What it gathers is what Phases draws from the phasors of whole series.
type angleStream struct {
	Products []float64 // 2n*2n, of cosines and then of sines, see locking
	Ahead    []int     // of pairs (0,1), (0,2), ...: times at which the first is ahead, less those at which it is behind
	Order    powers    // of Kuramoto's order parameter
	Count    int       // samples

	nodes, from, to int // what is left after the ends are trimmed
}

func newAngleStream(s Setup) *angleStream {
	trim := s.samplesOf(s.Config.number("phase.trim"))
	return &angleStream{Products: make([]float64, 4*s.Nodes*s.Nodes), Ahead: make([]int, s.Nodes*(s.Nodes-1)/2),
		nodes: s.Nodes, from: trim, to: s.Samples - trim}
}

func (a *angleStream) Unit(k int) (from, to int, ok bool) {
	from, to, ok = plainUnit(k, a.to-a.from)
	return from + a.from, to + a.from, ok
}

func (a *angleStream) Bytes() int64 { return int64(len(a.Products)+len(a.Ahead)) * 8 }

func (a *angleStream) Add(_ int, s *Signal) {
	n := a.nodes
	p := &Phases{Cos: make([][]float64, n), Sin: make([][]float64, n)}
	planes := make([]*bitPlanes, n)
	for i := range n {
		p.Cos[i], p.Sin[i] = make([]float64, s.Len()), make([]float64, s.Len())
		for t, v := range s.Node(i) {
			p.Sin[i][t], p.Cos[i][t] = math.Sincos(v)
		}
		if !s.Bad[i] {
			planes[i] = newBitPlanes(p.Cos[i], p.Sin[i])
		}
	}
	gram(a.Products, append(append([][]float64(nil), p.Cos...), p.Sin...))
	pair := 0
	for i := range n {
		for j := i + 1; j < n; j++ {
			if planes[i] != nil && planes[j] != nil {
				a.Ahead[pair] += planes[i].ahead(planes[j])
			}
			pair++
		}
	}
	if r := p.Order(); r != nil {
		a.Order.merge(powersOf(r, mean(r)))
	}
	a.Count += s.Len()
}

// valid lists the nodes whose values are all finite; a constant phase is one, too.
func (a *angleStream) valid(in *Input) []int {
	var out []int
	for i := range a.nodes {
		if !in.Moments.Bad(i) {
			out = append(out, i)
		}
	}
	return out
}

func (a *angleStream) plv(in *Input) []float64 {
	return a.pairs(in, 1, func(i, j, _ int) float64 { return locking(a.Products, a.nodes, i, j) })
}

func (a *angleStream) pli(in *Input) []float64 {
	return a.pairs(in, 0, func(_, _, pair int) float64 { return math.Abs(float64(a.Ahead[pair])) })
}

// pairs is a symmetric matrix of sums over time, as means.
func (a *angleStream) pairs(in *Input, diagonal float64, of func(i, j, pair int) float64) []float64 {
	n := a.nodes
	out, pair := nans(n*n), 0
	for i := range n {
		if !in.Moments.Bad(i) {
			out[i*n+i] = diagonal
		}
		for j := i + 1; j < n; j++ {
			if !in.Moments.Bad(i) && !in.Moments.Bad(j) {
				v := of(i, j, pair) / float64(a.Count)
				out[i*n+j], out[j*n+i] = v, v
			}
			pair++
		}
	}
	return out
}
