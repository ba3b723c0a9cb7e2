package metrics

import (
	"math"
	"slices"
)

// hostPhases are the phases of the analytic signals as the kernel "analytic" leaves them with the host: Phases without a
// band, node by node of the same series.
type hostPhases struct {
	*Signal
	valid    []bool
	table    []float64 // centres and scales of the nodes
	kept     int
	from, to int // what is left after the ends are trimmed
}

// hostPhases has the host find the phases; nil where it cannot: with a band, or at a length that its transform does not take.
func (in *Input) hostPhases() *hostPhases {
	return once(in, "host phases", func() *hostPhases {
		s := in.Signal
		if s.host == nil || len(in.Config.Option("phase.band")) > 0 || s.host.plan(s.Len()) == nil {
			return nil
		}
		trim := in.setup().samplesOf(in.Config.number("phase.trim"))
		return newHostPhases(s, trim)
	})
}

func newHostPhases(s *Signal, trim int) *hostPhases {
	h, n := s.host, s.Len()
	p := &hostPhases{Signal: s, valid: make([]bool, s.N()), from: trim, to: n - trim, kept: h.stride() * (n + n/4 + 1)}
	centres := h.perNode(func(i int) float64 {
		if !s.lively(i) {
			return 0
		}
		return s.Mean[i]
	})
	scales := h.perNode(func(i int) float64 {
		if !s.lively(i) {
			return 0
		}
		return 1 / max(s.Max[i]-s.Mean[i], s.Mean[i]-s.Min[i])
	})
	p.table = append(centres, scales...)
	f := h.plan(n)
	largest := h.launch(s, "analytic", Task{Numbers: f.numbers, Table: slices.Concat(f.table, p.table),
		Work: 2 * tileWidth * n, Kept: p.kept}, h.stride())
	for i := range p.valid {
		p.valid[i] = s.lively(i) && math.Sqrt(largest[i]) > roundOff
	}
	return p
}

// pli is the phase-lag index, as Phases.PLI has it.
func (p *hostPhases) pli() []float64 {
	n := p.N()
	sums := p.host.launch(p.Signal, "pli", Task{Numbers: []int64{int64(p.Len()), int64(p.from), int64(p.to)}, Table: p.table,
		Work: p.host.stride() * 2048 / 4, Kept: p.kept}, n*(n-1)/2)
	return p.pairs(0, func(pair int) float64 { return math.Abs(sums[pair]) / float64(p.to-p.from) })
}

// pairs is a symmetric matrix of what is defined for pairs of nodes with a phase, in the order (0,1), (0,2), ... (1,2), ...
func (p *hostPhases) pairs(diagonal float64, of func(pair int) float64) []float64 {
	n := p.N()
	out, pair := nans(n*n), 0
	for i := range n {
		if p.valid[i] {
			out[i*n+i] = diagonal
		}
		for j := i + 1; j < n; j++ {
			if p.valid[i] && p.valid[j] {
				v := of(pair)
				out[i*n+j], out[j*n+i] = v, v
			}
			pair++
		}
	}
	return out
}
