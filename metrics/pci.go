package metrics

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// pciGroup is the group "pci": perturbational complexity of the response to a stimulus.
//
//	z = mean over pulses of (x - m) / s, m and s the mean and the standard deviation of the node before all pulses
//	surrogate: for each pulse as many times as there are before it, drawn with replacement, the same at all nodes;
//	           the largest |mean over pulses of (x - m) / s| over nodes and times
//	B[node, time after the pulse] = 1 where |z| exceeds the (1 - alpha) quantile of the surrogates
//	pci = c log2(L) / (L H): L the size of B, H = -p log2 p - (1-p) log2(1-p) with p its share of ones, c its words, see PCI
//	pci_lz76: c the words of LempelZiv of B, read time by time, and H not bounded
//
// Casali et al. 2013 (Sci Transl Med 5:198ra105). Nodes are taken in their order; those that are not finite are left out.
// A node that does not change before any pulse responds wherever it differs from what it was.
func pciGroup() Group {
	one := func(name, about, leaps string, of func(r *Response) float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Signal: true, Leaps: leaps, About: about, Compute: func(dst []float64, in *Input) { dst[0] = of(in.response()) }}
	}
	return Group{
		Name: "pci", About: "perturbational complexity of the response to a stimulus",
		Options: []Option{
			{Name: "onset", Kind: KindTime, Required: true, Min: 0, Max: math.Inf(1), About: "of the first pulse, since the first sample: the stimulus' onset less the transient"},
			{Name: "pulses", Kind: KindCount, Default: []float64{1}, Min: 1, Max: math.Inf(1), About: "that are averaged over"},
			{Name: "every", Kind: KindTime, Default: []float64{0}, Min: 0, Max: math.Inf(1), About: "from a pulse to the next"},
			{Name: "baseline", Kind: KindTime, Default: []float64{0.4}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "how much before each pulse is its baseline"},
			{Name: "response", Kind: KindTime, Default: []float64{0.3}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), About: "how much from each pulse on is its response"},
			{Name: "alpha", Kind: KindNumber, Default: []float64{0.01}, Min: 0, Max: 1, About: "share of surrogates that exceed the threshold"},
			{Name: "surrogates", Kind: KindCount, Default: []float64{500}, Min: 1, Max: 1e6, About: "that are drawn of the baseline"},
		},
		Least: func(s Setup) Need {
			if len(s.Config.Option("pci.onset")) == 0 {
				return Need{}
			}
			p := newPulses(s)
			switch {
			case p.onset < p.before:
				return Need{Never: "metrics.pci: a baseline of " + seconds(s.Config.number("pci.baseline")) + " does not fit before the pulse at " +
					seconds(s.Config.number("pci.onset")) + ", counted from the first sample"}
			case p.count > 1 && p.every < 1:
				return Need{Never: "metrics.pci.every is missing: the time from a pulse to the next"}
			}
			return Need{Samples: p.onset + (p.count-1)*p.every + p.after, Why: "the response to the last pulse"}
		},
		Stream: func(s Setup) Stream {
			if len(s.Config.Option("pci.onset")) == 0 {
				return nil
			}
			return newPulseStream(s)
		},
		Metrics: []Metric{
			one("pci", "perturbational complexity index", leapsThreshold, func(r *Response) float64 { pci, _, _ := PCI(r.Active); return pci }),
			one("pci_lz76", "the same with Lempel-Ziv words of the response time by time", leapsThreshold, func(r *Response) float64 { return flatPCI(r.Active) }),
			one("pci_active", "share of nodes and times that respond", leapsThreshold, func(r *Response) float64 { return shareOf(slices.Concat(r.Active...)) }),
			one("pci_entropy", "entropy of that share [bits]", leapsThreshold, func(r *Response) float64 { _, _, h := PCI(r.Active); return h }),
			one("pci_threshold", "of the response, in standard deviations of the baseline", "", func(r *Response) float64 { return r.Threshold }),
			{Name: "region_pci_active", Shape: PerNode, Signal: true, Leaps: leapsThreshold, About: "share of times that respond", Compute: func(dst []float64, in *Input) {
				copy(dst, nans(len(dst)))
				r := in.response()
				for k, i := range r.Nodes {
					dst[i] = shareOf(r.Active[k])
				}
			}},
		},
	}
}

// pulses is where a stimulus comes, in samples.
type pulses struct{ onset, count, every, before, after int }

func newPulses(s Setup) pulses {
	return pulses{
		onset: s.samplesOf(s.Config.number("pci.onset")), count: int(s.Config.number("pci.pulses")), every: s.samplesOf(s.Config.number("pci.every")),
		before: max(1, s.samplesOf(s.Config.number("pci.baseline"))), after: max(1, s.samplesOf(s.Config.number("pci.response"))),
	}
}

// pulseStream keeps what lies around the pulses; nothing else is needed.
type pulseStream struct {
	Around [][][]float64 // [pulse][node][time]
	pulses
	nodes, samples int
}

func newPulseStream(s Setup) *pulseStream {
	return &pulseStream{pulses: newPulses(s), nodes: s.Nodes, samples: s.Samples}
}

// Unit k is pulse k with its baseline and its response.
func (p *pulseStream) Unit(k int) (from, to int, ok bool) {
	at := p.onset + k*p.every
	return at - p.before, at + p.after, k < p.count && at >= p.before && at+p.after <= p.samples
}

func (p *pulseStream) Add(_ int, s *Signal) {
	rows := make([][]float64, s.N())
	for i := range rows {
		rows[i] = slices.Clone(s.Node(i))
	}
	p.Around = append(p.Around, rows)
}

func (p *pulseStream) Bytes() int64 {
	return int64(p.nodes) * int64(p.count) * int64(p.before+p.after) * 8
}

// Response is where and when nodes respond to a stimulus.
type Response struct {
	Nodes     []int    // that are finite
	Active    [][]bool // of these, [node][time]
	Threshold float64  // [standard deviations of the baseline]
}

func (in *Input) response() *Response {
	return once(in, "response", func() *Response {
		if len(in.Config.Option("pci.onset")) == 0 {
			return &Response{Threshold: math.NaN()}
		}
		p := stream(in, "pci", newPulseStream)
		return NewResponse(p.Around, p.before, in.Config.number("pci.alpha"), int(in.Config.number("pci.surrogates")))
	})
}

// NewResponse takes what lies around pulses, [pulse][node][time], of which the first before times are the baseline. The
// surrogates are the same ones at every call.
func NewResponse(around [][][]float64, before int, alpha float64, surrogates int) *Response {
	r := &Response{}
	if len(around) == 0 {
		return r
	}
	var all []responder
	for i := range around[0] {
		var x [][]float64
		for _, pulse := range around {
			x = append(x, pulse[i])
		}
		if n, finite := newResponder(x, before); finite {
			r.Nodes, all = append(r.Nodes, i), append(all, n)
		}
	}
	r.Threshold = surrogateThreshold(all, before, alpha, surrogates)
	for _, n := range all {
		active := make([]bool, len(n.x[0])-before)
		for t := range active {
			sum := 0.0
			for _, pulse := range n.x {
				sum += pulse[before+t]
			}
			active[t] = math.Abs(sum)/float64(len(n.x))/n.spread > r.Threshold
		}
		r.Active = append(r.Active, active)
	}
	return r
}

// responder is a node around pulses, [pulse][time], less the mean of its baselines, and their standard deviation.
type responder struct {
	x      [][]float64
	spread float64
}

func newResponder(x [][]float64, before int) (n responder, finite bool) {
	var all []float64
	for _, pulse := range x {
		for _, v := range pulse {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return n, false
			}
		}
		all = append(all, pulse[:before]...)
	}
	centre := mean(all)
	n.spread = std(all)
	if slices.Min(all) == slices.Max(all) {
		centre, n.spread = all[0], 0
	}
	for _, pulse := range x {
		pulse = slices.Clone(pulse)
		subtract(pulse, centre)
		n.x = append(n.x, pulse)
	}
	return n, true
}

// surrogateThreshold is the (1 - alpha) quantile of the surrogates' largest values, interpolated as numpy does; NaN where no
// node is finite.
func surrogateThreshold(all []responder, before int, alpha float64, surrogates int) float64 {
	if len(all) == 0 {
		return math.NaN()
	}
	source := rand.NewPCG(3, 4)
	count := len(all[0].x)
	largest, times := make([]float64, surrogates), make([]int, count)
	for s := range largest {
		for range before {
			for p := range times {
				times[p] = drawn(source, before)
			}
			for _, n := range all {
				sum := 0.0
				for p, t := range times {
					sum += n.x[p][t]
				}
				if sum != 0 { // a node without a spread has none
					largest[s] = max(largest[s], math.Abs(sum)/float64(count)/n.spread)
				}
			}
		}
	}
	slices.Sort(largest)
	at := (1 - alpha) * float64(surrogates-1)
	below := int(at)
	above := min(below+1, surrogates-1)
	return largest[below] + (at-float64(below))*(largest[above]-largest[below])
}

// shareOf is the share of what is true, NaN of nothing.
func shareOf(x []bool) float64 {
	count := 0.0
	for _, b := range x {
		if b {
			count++
		}
	}
	return count / float64(len(x))
}

// flatPCI is the index with the words of LempelZiv, all nodes at the first time first.
func flatPCI(response [][]bool) float64 {
	if len(response) == 0 || len(response[0]) == 0 {
		return math.NaN()
	}
	entropy, size := responseEntropy(response)
	if entropy == 0 {
		return 0
	}
	packed := make([]uint64, (int(size)+63)/64)
	at := 0
	for t := range response[0] {
		for _, row := range response {
			if row[t] {
				packed[at/64] |= 1 << (63 - at%64)
			}
			at++
		}
	}
	return float64(LempelZiv(packed, at)) * math.Log2(size) / (size * entropy)
}

// PCI is the perturbational complexity of a binary response, [source][time]: c log2(L)/(L H), H the entropy of its
// share of ones, L its size. Words do not cross a column (all sources at a time); a word is searched in all
// earlier columns and in its own before its last symbol; H is at least 0.08, and a response of zeros has 0.
// Casali et al. 2013 (Sci Transl Med 5:198ra105).
func PCI(response [][]bool) (pci float64, words int, entropy float64) {
	if len(response) == 0 || len(response[0]) == 0 {
		return math.NaN(), 0, math.NaN()
	}
	entropy, size := responseEntropy(response)
	words = casali(response)
	if entropy == 0 {
		return 0, words, 0
	}
	return float64(words) * math.Log2(size) / (size * max(entropy, 0.08)), words, entropy
}

// responseEntropy is the entropy [bits] of the share of ones, and the size.
func responseEntropy(response [][]bool) (entropy, size float64) {
	ones := 0.0
	for _, row := range response {
		for _, b := range row {
			size++
			if b {
				ones++
			}
		}
	}
	for _, p := range []float64{ones / size, 1 - ones/size} {
		if p > 0 {
			entropy -= p * math.Log2(p)
		}
	}
	return entropy, size
}

// casali counts words column by column. What is left of a column when all of it was met before is no word; the first
// symbol and the end are one each.
func casali(response [][]bool) int {
	sources, times := len(response), len(response[0])
	columns := make([]string, times)
	for t := range columns {
		b := make([]byte, sources)
		for s := range b {
			b[s] = '0'
			if response[s][t] {
				b[s] = '1'
			}
		}
		columns[t] = string(b)
	}
	words, i := 1, 1
	for t, column := range columns {
		for length := 1; i+length <= sources; {
			if metBefore(columns[:t], column[:i+length-1], column[i:i+length]) {
				length++
				continue
			}
			words++
			i, length = i+length, 1
		}
		i = 0
	}
	return words + 1
}

func metBefore(columns []string, own, word string) bool {
	return strings.Contains(own, word) || slices.ContainsFunc(columns, func(c string) bool { return strings.Contains(c, word) })
}
