package metrics

import (
	"math"
	"slices"
)

// regimeGroup is the group "regime": asynchronous-irregular activity, up and down states, or silence.
//
//	paper's rule: ai if max > 120 Hz; else in the histogram of 101 equal bins on [0, 100] Hz, padded with its least
//	  count, of the peaks with a prominence of at least 100 counts the two most prominent are kept: ai if there is one
//	  and the lowest is above bin 5
//	bc = (g1² + 1) / (g2 + 3 (n-1)²/((n-2)(n-3))), g1 and g2 bias-corrected skewness and excess kurtosis
//	  (uniform 5/9, normal 1/3)                                       Pfister et al. 2013 (Front Psychol 4:700)
//	eta = largest variance between two classes, split at a threshold, over the variance    Otsu 1979 (IEEE SMC 9:62)
//	class: silent if the mean is below 0.1 Hz; updown if bc > 5/9 and eta > 0.85; else ai
//
// The paper's counts depend on the length of the series; the class is ours, and its thresholds are conventions.
func regimeGroup() Group {
	share := func(name, about string, class float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Signal: true, About: about, Compute: func(dst []float64, in *Input) {
			values := defined(in.classes())
			count := 0
			for _, v := range values {
				if v == class {
					count++
				}
			}
			dst[0] = float64(count) / float64(len(values))
		}}
	}
	counts := func(s Setup) Stream { return newCountStream(s) }
	powers := func(s Setup) Stream { return newPowersStream(s) }
	return Group{
		Name: "regime", About: "asynchronous-irregular, up and down, or silent",
		Metrics: []Metric{
			{Name: "ratio_ai", Shape: PerPoint, Signal: true, From: countsName, Stream: counts, About: "mean over nodes: 1 where the activity is asynchronous-irregular by the paper's rule, else 0",
				Compute: func(dst []float64, in *Input) { dst[0] = mean(in.irregular()) }},
			{Name: "region_ratio_ai", Shape: PerNode, Signal: true, From: countsName, Stream: counts, About: "1 where the activity is asynchronous-irregular by the paper's rule, else 0",
				Compute: func(dst []float64, in *Input) { copy(dst, in.irregular()) }},
			{Name: "bimodality", Shape: PerPoint, Signal: true, From: powersName, Stream: powers, About: "mean over nodes: bimodality coefficient",
				Compute: func(dst []float64, in *Input) { dst[0] = mean(in.bimodalities()) }},
			{Name: "region_bimodality", Shape: PerNode, Signal: true, From: powersName, Stream: powers, About: "bimodality coefficient",
				Compute: func(dst []float64, in *Input) { copy(dst, in.bimodalities()) }},
			{Name: "separability", Shape: PerPoint, Signal: true, About: "mean over nodes: Otsu's eta",
				Compute: func(dst []float64, in *Input) { dst[0] = mean(in.etas()) }},
			{Name: "region_separability", Shape: PerNode, Signal: true, About: "Otsu's eta",
				Compute: func(dst []float64, in *Input) { copy(dst, in.etas()) }},
			{Name: "region_class", Shape: PerNode, Signal: true, About: "0 silent, 1 asynchronous-irregular, 2 up and down",
				Compute: func(dst []float64, in *Input) { copy(dst, in.classes()) }},
			share("silent_share", "share of nodes that are silent", Silent),
			share("ai_share", "share of nodes that are asynchronous-irregular", AI),
			share("updown_share", "share of nodes with up and down states", UpDown),
		},
	}
}

// The classes of activity.
const (
	Silent = 0.0
	AI     = 1.0
	UpDown = 2.0
)

func (in *Input) etas() []float64 {
	return once(in, "eta", func() []float64 {
		out := make([]float64, in.Signal.N())
		in.Signal.each(out, func(i int) float64 { eta, _ := Otsu(in.sorted()[i]); return eta })
		return out
	})
}

func (in *Input) bimodalities() []float64 {
	return once(in, "bimodality", func() []float64 {
		out := make([]float64, in.Moments.N())
		s := stream(in, powersName, newPowersStream)
		in.eachGood(out, func(i int) float64 {
			bc, _, _ := s.Powers[i].bimodality(in.Moments.Constant(i))
			return bc
		})
		return out
	})
}

// irregular has 1 for a node that is asynchronous-irregular by the paper's rule, else 0.
func (in *Input) irregular() []float64 {
	return once(in, "ratio_ai", func() []float64 {
		out := in.room(in.Moments.N())
		most, counts := in.counts()
		var rule paperRule
		in.eachGood(out, func(i int) float64 {
			if ai, _ := rule.ai(most[i], counts(i)); ai {
				return 1
			}
			return 0
		})
		return out
	})
}

// sorted holds the samples of each node in ascending order; nil for a bad node.
func (in *Input) sorted() [][]float64 {
	return once(in, "sorted", func() [][]float64 {
		out := make([][]float64, in.Signal.N())
		for i := range out {
			if !in.Signal.Bad[i] {
				out[i] = ascending(in.Signal.Node(i))
			}
		}
		return out
	})
}

func (in *Input) classes() []float64 {
	return once(in, "classes", func() []float64 {
		out := make([]float64, in.Signal.N())
		in.Signal.each(out, func(i int) float64 {
			return Class(in.Signal.Mean[i], in.bimodalities()[i], in.etas()[i])
		})
		return out
	})
}

// Class tells the class of activity from the mean [Hz], the bimodality coefficient and eta.
func Class(mean, bc, eta float64) float64 {
	const silent = 0.1 * (1 + 1e-12) // a constant 0.1 is silent, however its mean is rounded
	switch {
	case mean < silent:
		return Silent
	case bc > 5.0/9 && eta > 0.85:
		return UpDown
	}
	return AI
}

// PaperAI tells whether a node's activity is asynchronous-irregular by the paper's rule, and gives the peaks it kept.
func PaperAI(s *Signal, i int) (ai bool, kept []Peak) {
	return new(paperRule).ai(s.Max[i], s.Histograms()(i))
}

// paperRule is what it takes to apply the paper's rule to one node after the other.
type paperRule struct {
	peaks
	padded [histogramBins + 2]float64
}

// ai takes the greatest sample and the histogram. What is kept is there until the next node.
func (r *paperRule) ai(greatest float64, histogram []float64) (ai bool, kept []Peak) {
	const highest, least, lowest = 120.0, 100.0, 5
	if greatest > highest {
		return true, nil
	}
	floor := histogram[0]
	for _, count := range histogram {
		if count < floor { // slices.Min would look for what is not a number first
			floor = count
		}
	}
	copy(r.padded[1:], histogram)
	r.padded[0], r.padded[histogramBins+1] = floor, floor
	kept = slices.DeleteFunc(r.of(r.padded[:]), func(p Peak) bool { return !(p.Prominence >= least) })
	slices.SortStableFunc(kept, func(a, b Peak) int { return int(b.Prominence - a.Prominence) })
	kept = kept[:min(2, len(kept))]
	for k := range kept {
		kept[k].At-- // of the histogram that is not padded
	}
	slices.SortFunc(kept, func(a, b Peak) int { return a.At - b.At })
	return len(kept) > 0 && kept[0].At > lowest, kept
}

// Otsu splits samples in ascending order in two where the variance between the two is largest. eta is that variance over
// the whole, threshold the middle of the gap; NaN for a constant.
func Otsu(x []float64) (eta, threshold float64) {
	n := len(x)
	if n < 2 || x[0] == x[n-1] {
		return math.NaN(), math.NaN()
	}
	centre, whole := 0.0, 0.0
	for _, v := range x {
		centre += v - x[0]
	}
	centre = x[0] + centre/float64(n)
	for _, v := range x {
		whole += square(v - centre)
	}
	// With s the sum of the lower k deviations, the variance between is s² (1/k + 1/(n-k)) / n.
	sum, best, at := 0.0, -1.0, 0
	for k := 1; k < n; k++ {
		sum += x[k-1] - centre
		if x[k] == x[k-1] {
			continue
		}
		if between := sum * sum * float64(n) / (float64(k) * float64(n-k)); between > best {
			best, at = between, k
		}
	}
	return best / whole, (x[at-1] + x[at]) / 2
}
