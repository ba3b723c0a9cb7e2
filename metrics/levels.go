package metrics

import (
	"math"
	"slices"
)

// The names of the streams of how samples are spread.
const (
	countsName = "histogram"
	powersName = "powers"
)

// countStream has a histogram of each node's samples, and the greatest.
type countStream struct {
	Counts [][]float64 // [node][bin]
	Max    []float64

	samples int
}

func newCountStream(s Setup) *countStream {
	c := &countStream{Counts: make([][]float64, s.Nodes), Max: make([]float64, s.Nodes), samples: s.Samples}
	flat := make([]float64, s.Nodes*histogramBins)
	for i := range c.Counts {
		c.Counts[i], c.Max[i] = flat[i*histogramBins:(i+1)*histogramBins], math.Inf(-1)
	}
	return c
}

func (c *countStream) Unit(k int) (from, to int, ok bool) { return plainUnit(k, c.samples) }

func (c *countStream) Bytes() int64 { return int64(len(c.Max)) * 8 * (histogramBins + 1) }

func (c *countStream) Add(_ int, s *Signal) {
	histogram := s.Histograms()
	for i := range c.Max {
		c.Max[i] = max(c.Max[i], s.Max[i])
		for k, count := range histogram(i) {
			c.Counts[i][k] += count
		}
	}
}

// counts are the greatest sample of each node and, by node, the histogram, until the next launch of a host.
func (in *Input) counts() (most []float64, counts func(i int) []float64) {
	if s, ok := in.Streams[countsName].(*countStream); ok {
		return s.Max, func(i int) []float64 { return s.Counts[i] }
	}
	return in.Signal.Max, in.Signal.Histograms()
}

// powersStream has the powers of what each node's samples differ from their mean by.
type powersStream struct {
	Powers []powers

	samples int
}

func newPowersStream(s Setup) *powersStream {
	return &powersStream{make([]powers, s.Nodes), s.Samples}
}

func (p *powersStream) Unit(k int) (from, to int, ok bool) { return plainUnit(k, p.samples) }

func (p *powersStream) Bytes() int64 { return int64(len(p.Powers)) * 40 }

func (p *powersStream) Add(_ int, s *Signal) {
	for i := range p.Powers {
		p.Powers[i].merge(powersOf(s.Node(i), s.Mean[i]))
	}
}

// powers are the sums of the second to the fourth powers of what samples differ from their mean by.
type powers struct{ Count, Mean, M2, M3, M4 float64 }

// powersOf takes samples whose mean is known.
func powersOf(x []float64, mean float64) powers {
	p := powers{Count: float64(len(x)), Mean: mean}
	for _, v := range x {
		d := v - mean
		s := float64(d * d)
		p.M2 += s
		p.M3 += float64(s * d)
		p.M4 += float64(s * s)
	}
	return p
}

// merge adds the samples of q. Pebay 2008 (Sandia report SAND2008-6212), equations 2.1 and 3.1.
func (p *powers) merge(q powers) {
	if p.Count == 0 {
		*p = q
		return
	}
	a, b, n, d := p.Count, q.Count, p.Count+q.Count, q.Mean-p.Mean
	e := d / n
	p.M4 += q.M4 + d*e*e*e*a*b*(a*a-a*b+b*b) + 6*e*e*(a*a*q.M2+b*b*p.M2) + 4*e*(a*q.M3-b*p.M3)
	p.M3 += q.M3 + d*e*e*a*b*(a-b) + 3*e*(a*q.M2-b*p.M2)
	p.M2 += q.M2 + d*e*a*b
	p.Mean += e * b
	p.Count = n
}

// bimodality is the coefficient with the skewness and the excess kurtosis, both corrected for bias; NaN for fewer than
// four samples and for a constant.
func (p powers) bimodality(constant bool) (bc, skewness, kurtosis float64) {
	n := p.Count
	if n < 4 || constant {
		return math.NaN(), math.NaN(), math.NaN()
	}
	m2, m3, m4 := p.M2/n, p.M3/n, p.M4/n
	skewness = math.Sqrt(n*(n-1)) / (n - 2) * m3 / math.Pow(m2, 1.5)
	kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n+1)*(m4/(m2*m2)-3) + 6)
	return (skewness*skewness + 1) / (kurtosis + 3*(n-1)*(n-1)/((n-2)*(n-3))), skewness, kurtosis
}

// Bimodality is the bimodality coefficient of samples, with the skewness and the excess kurtosis; NaN for fewer than four
// samples and for a constant.
func Bimodality(x []float64) (bc, skewness, kurtosis float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	sum := 0.0
	for _, v := range x {
		sum += v - x[0]
	}
	return powersOf(x, x[0]+sum/float64(len(x))).bimodality(slices.Min(x) == slices.Max(x))
}

// histogramBins equal bins lie on [0, histogramTop] Hz.
const histogramBins, histogramTop = 101, 100.0

// Histograms gives, by node, the number of samples in each of 101 equal bins on [0, 100]; a border belongs to the bin above, the last to the last. A host lends them until its next launch.
func (s *Signal) Histograms() func(i int) []float64 {
	if s.host != nil {
		counts := s.host.launch(s, "histogram", Task{}, s.N()*histogramBins)
		return func(i int) []float64 { return counts[i*histogramBins : (i+1)*histogramBins] }
	}
	return func(i int) []float64 {
		counts := make([]float64, histogramBins)
		for _, x := range s.Node(i) {
			if x >= 0 && x <= histogramTop {
				counts[histogramBin(x, histogramBins, histogramTop)]++
			}
		}
		return counts
	}
}

// histogramBin is the bin of x among equal bins on [0, top]; a border belongs to the bin above, the last to the last.
func histogramBin(x float64, bins int, top float64) int {
	k := min(int(x*float64(bins)/top), bins-1)
	edge := func(k int) float64 { return float64(k) * (top / float64(bins)) }
	if x < edge(k) {
		k--
	} else if k < bins-1 && x >= edge(k+1) {
		k++
	}
	return k
}
