package metrics

import (
	"bytes"
	"math"
	"slices"
)

// structureGroup is the group "fc_sc": how far functional connectivity follows structure.
//
//	fc_sc    = Pearson correlation of the upper triangles of FC and of (W + Wᵀ)/2
//	fc_tract = the same with the tract lengths;  fc_sc_log = with log10 of (W + Wᵀ)/2, where that is above 0
//
// over the pairs that are finite in both, NaN below three of them. Weights are those of the equations, normalised
// as the job says. The published TVB-AdEx analysis correlates whole matrices with their diagonals, which can turn
// a strong correlation into a negative one.
// Honey et al. 2009 (PNAS 106:2035).
func structureGroup() Group {
	two := func(Setup) Need { return Need{Samples: 2, Why: "a correlation"} }
	return Group{Name: "fc_sc", About: "how far functional connectivity follows structure", Least: two, Metrics: []Metric{
		structural("fc_sc", "correlation of fc with the weights over pairs", (*Input).weights, func(in *Input, s *structure) float64 { return in.deviations().correlation(s.pairs) }),
		structural("fc_tract", "correlation of fc with the tract lengths over pairs", (*Input).lengths, func(in *Input, s *structure) float64 { return in.deviations().correlation(s.pairs) }),
		structural("fc_sc_log", "correlation of fc with log10 of the weights, over pairs that have one", (*Input).weights,
			func(in *Input, s *structure) float64 { return in.deviations().correlation(s.logarithms()) }),
		structural("fc_sc_spearman", "rank correlation of fc with the weights over pairs", (*Input).weights, (*Input).spearman),
	}}
}

func structural(name, about string, which func(in *Input) *structure, of func(in *Input, s *structure) float64) Metric {
	return Metric{Name: name, Shape: PerPoint, Pairs: true, About: about,
		Compute: func(dst []float64, in *Input) {
			dst[0] = math.NaN()
			if s := which(in); s != nil {
				dst[0] = of(in, s)
			}
		}}
}

// structure is a matrix that functional connectivity is compared with: of many points the same.
type structure struct {
	matrix      []float64
	pairs       deviations  // of symmetricPairs
	logs, order *deviations // see logarithms and ranks; nil until they are asked for
}

func (in *Input) weights() *structure { return in.structure("weights", in.Weights) }

func (in *Input) lengths() *structure { return in.structure("lengths", in.Lengths) }

// structure gives a matrix of the input's, worked out anew where the host's last one of that name was another; nil for none.
func (in *Input) structure(name string, a []float64) *structure {
	if a == nil {
		return nil
	}
	return once(in, name, func() *structure {
		h := in.host()
		if h == nil {
			return newStructure(a, in.Moments.N())
		}
		if last := h.structures[name]; last == nil || !bytes.Equal(heap(last.matrix).Bytes(), heap(a).Bytes()) {
			h.structures[name] = newStructure(a, in.Moments.N())
		}
		return h.structures[name]
	})
}

func newStructure(a []float64, n int) *structure {
	return &structure{matrix: slices.Clone(a), pairs: deviationsOf(symmetricPairs(a, n), zeros)}
}

// logarithms are log10 of the pairs.
func (s *structure) logarithms() deviations {
	if s.logs == nil {
		d := deviationsOf(logarithms(s.pairs.of), zeros)
		s.logs = &d
	}
	return *s.logs
}

// ranks are those of the pairs, none of them NaN.
func (s *structure) ranks() deviations {
	if s.order == nil {
		d := deviationsOf(ranks(zeros(len(s.pairs.of)), s.pairs.of, new(sorter)), zeros)
		s.order = &d
	}
	return *s.order
}

// deviations are those of the pairs of the functional connectivity.
func (in *Input) deviations() deviations {
	return once(in, "deviations of pairs", func() deviations { return deviationsOf(in.pairs(), in.room) })
}

// spearman is that of functional connectivity and structure.
func (in *Input) spearman(s *structure) float64 {
	x := in.pairs()
	if in.deviations().about == nil || s.pairs.about == nil {
		return spearman(x, s.pairs.of)
	}
	sort := new(sorter)
	if h := in.host(); h != nil {
		sort = &h.sorter
	}
	return deviationsOf(ranks(in.room(len(x)), x, sort), in.room).correlation(s.ranks())
}

// symmetricPairs are the entries i < j of (a + aᵀ)/2.
func symmetricPairs(a []float64, n int) []float64 {
	out := make([]float64, 0, n*(n-1)/2)
	for i := range n {
		for j := i + 1; j < n; j++ {
			out = append(out, (a[i*n+j]+a[j*n+i])/2)
		}
	}
	return out
}

// ranks fills dst with the places of numbers, none of them NaN, in ascending order from 1; equal ones share the mean of theirs.
func ranks(dst, x []float64, sort *sorter) []float64 {
	order := sort.order(x)
	for from := 0; from < len(order); {
		value, to := x[uint32(order[from])], from+1
		for to < len(order) && x[uint32(order[to])] == value {
			to++
		}
		for _, k := range order[from:to] {
			dst[uint32(k)] = float64(from+to+1) / 2
		}
		from = to
	}
	return dst
}

// spearman is the correlation of the ranks of the entries finite in both.
func spearman(a, b []float64) float64 {
	x, y := make([]float64, 0, len(a)), make([]float64, 0, len(a))
	for i := range a {
		if bothFinite(a[i], b[i]) {
			x, y = append(x, a[i]), append(y, b[i])
		}
	}
	var sort sorter
	return pearson(ranks(make([]float64, len(x)), x, &sort), ranks(make([]float64, len(y)), y, &sort))
}
