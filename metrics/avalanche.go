package metrics

import "math"

// avalancheGroup is the group "avalanche": cascades of threshold crossings.
//
//	event: x_{t-1} <= mean + 2 std < x_t at a node; bins of 4 samples from the start, the tail dropped
//	avalanche = longest run of bins with events; size = its events, duration = its bins
//	exponent = 1 + n / sum ln(s / (1 - 1/2)), the approximation of the discrete maximum likelihood
//
// All of it depends on the width of the bins. Beggs and Plenz 2003 (J Neurosci 23:11167), Clauset et al. 2009 (SIAM Rev 51:661).
func avalancheGroup() Group {
	metric := func(name, about string, of func(a Avalanches) float64) Metric {
		return Metric{Name: name, Shape: PerPoint, Signal: true, About: about, Compute: func(dst []float64, in *Input) {
			dst[0] = of(once(in, "avalanches", func() Avalanches {
				return FindAvalanches(in.Signal, in.Config.number("avalanche.threshold"), int(in.Config.number("avalanche.bin")))
			}))
		}}
	}
	return Group{
		Name: "avalanche", About: "cascades of threshold crossings",
		Options: []Option{
			{Name: "threshold", Kind: KindNumber, Default: []float64{2}, Min: math.Inf(-1), Max: math.Inf(1), About: "in standard deviations above the mean"},
			{Name: "bin", Kind: KindCount, Default: []float64{4}, Min: 1, Max: math.Inf(1), About: "samples of a bin"},
		},
		Least: func(s Setup) Need { return Need{Samples: int(s.Config.number("avalanche.bin")) + 1, Why: "a bin"} },
		Metrics: []Metric{
			metric("avalanche_events", "number of events", func(a Avalanches) float64 { return a.count(a.Events) }),
			metric("avalanche_count", "number of avalanches", func(a Avalanches) float64 { return a.count(len(a.Sizes)) }),
			metric("avalanche_size", "mean size of an avalanche", func(a Avalanches) float64 { return average(a.Sizes) }),
			metric("avalanche_size_max", "size of the largest avalanche", func(a Avalanches) float64 { return a.count(largest(a.Sizes)) }),
			metric("avalanche_duration", "mean number of bins of an avalanche", func(a Avalanches) float64 { return average(a.Durations) }),
			metric("avalanche_exponent", "exponent of the sizes", Avalanches.Exponent),
		},
	}
}

// Avalanches are the cascades of a signal.
type Avalanches struct {
	Nodes     int // that are finite
	Events    int
	Sizes     []int // events
	Durations []int // bins
}

// FindAvalanches finds the cascades of crossings of mean + threshold std, in bins of some samples.
func FindAvalanches(s *Signal, threshold float64, bin int) Avalanches {
	counts := make([]int, s.Len()/bin)
	a := Avalanches{}
	for i := range s.N() {
		x := s.Node(i)
		if !s.Bad[i] {
			a.Nodes++
		}
		if !s.lively(i) {
			continue
		}
		level := s.Mean[i] + threshold*math.Sqrt(s.variance(i))
		for t := 1; t < len(x); t++ {
			if x[t-1] <= level && level < x[t] {
				a.Events++
				if t/bin < len(counts) {
					counts[t/bin]++
				}
			}
		}
	}
	size, duration := 0, 0
	for k := 0; k <= len(counts); k++ {
		if k < len(counts) && counts[k] > 0 {
			size, duration = size+counts[k], duration+1
			continue
		}
		if duration > 0 {
			a.Sizes, a.Durations = append(a.Sizes, size), append(a.Durations, duration)
			size, duration = 0, 0
		}
	}
	return a
}

// count is a number of something, NaN where no node could have shown any.
func (a Avalanches) count(n int) float64 {
	if a.Nodes == 0 {
		return math.NaN()
	}
	return float64(n)
}

// Exponent is the exponent of the sizes, NaN for fewer than two avalanches.
func (a Avalanches) Exponent() float64 {
	if len(a.Sizes) < 2 {
		return math.NaN()
	}
	sum := 0.0
	for _, s := range a.Sizes {
		sum += math.Log(float64(s) / 0.5)
	}
	return 1 + float64(len(a.Sizes))/sum
}

func average(x []int) float64 {
	sum := 0
	for _, v := range x {
		sum += v
	}
	return float64(sum) / float64(len(x))
}

func largest(x []int) int {
	most := 0
	for _, v := range x {
		most = max(most, v)
	}
	return most
}
