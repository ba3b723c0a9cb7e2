package metrics

import "math"

// hostPhases are the phases of the analytic signals as the kernel "analytic" leaves them with the host: Phases without a
// band, node by node of the same series.
type hostPhases struct {
	*Signal
	table    []float64 // centres and scales of the nodes
	from, to int       // what is left after the ends are trimmed
}

// hostPhases has the host find the phases; nil where it cannot: with a band, or at a length that its transform does not take.
func (in *Input) hostPhases() *hostPhases {
	return once(in, "host phases", func() *hostPhases {
		s := in.Signal
		if s.host == nil || len(in.Config.Option("phase.band")) > 0 {
			return nil
		}
		if plan, _ := s.host.halved(s.Len()); plan == nil {
			return nil
		}
		trim := in.setup().samplesOf(in.Config.number("phase.trim"))
		return newHostPhases(s, trim)
	})
}

func newHostPhases(s *Signal, trim int) *hostPhases {
	p := &hostPhases{Signal: s, from: trim, to: s.Len() - trim}
	centres := s.host.perNode(func(i int) float64 {
		if !s.lively(i) {
			return 0
		}
		return s.Mean[i]
	})
	scales := s.host.perNode(func(i int) float64 {
		if !s.lively(i) {
			return 0
		}
		return 1 / max(s.Max[i]-s.Mean[i], s.Mean[i]-s.Min[i])
	})
	p.table = append(centres, scales...)
	return p
}

// pli is the phase-lag index, as Phases.PLI has it, in memory that room gives. Angles to 32 bits tell who lies behind in nearly every case; where they
// do not, as of two nodes that do the same, everything is done again with the analytic signals themselves.
func (p *hostPhases) pli(room func(n int) []float64) []float64 {
	sums, all := p.signs(false)
	if !all {
		sums, _ = p.signs(true)
	}
	n, count := p.N(), float64(p.to-p.from)
	out, pair := room(n*n), 0
	fill(out, math.NaN()) // for nodes without a phase
	for i := range n {
		if p.lively(i) {
			out[i*n+i] = 0
		}
		for j := i + 1; j < n; j++ {
			if p.lively(i) && p.lively(j) {
				v := math.Abs(sums[pair]) / count
				out[i*n+j], out[j*n+i] = v, v
			}
			pair++
		}
	}
	return out
}

// phaseSpan is the number of times that the kernel "pli" compares together.
const phaseSpan = 256

// signs are the sums over time of sign(sin(phi_i - phi_j)) of all pairs, and whether all could be told; exactly, they can.
func (p *hostPhases) signs(exactly bool) (sums []float64, all bool) {
	n, h := p.Len(), p.host
	f, each := h.halved(n)
	var quarters []float64
	if each == 2 {
		quarters = f.quarterTurns()
	}
	kept, exact := h.stride()*n/2+2*tileWidth, int64(0) // angles of four times are read at once, and so some behind the last
	if exactly {
		kept, exact = kept+h.stride()*n, 1
	}
	h.launch(p.Signal, "analytic", Task{Numbers: append([]int64{exact, int64(each)}, f.numbers...), Laid: h.laid(f, p.table, quarters),
		Work: f.matrix(), Kept: kept}, 0)
	pairs := p.N() * (p.N() - 1) / 2
	out := h.launch(p.Signal, "pli", Task{Numbers: []int64{int64(n), int64(p.from), int64(p.to), exact}, Table: p.table,
		Work: h.stride() * phaseSpan / 4, Kept: kept}, pairs+1)
	return out[:pairs], out[pairs] == 0
}
