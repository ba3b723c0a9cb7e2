package metrics

import (
	"math"
	"slices"
)

// The features of a power spectral density p over its bins f.

// Band is a range of frequencies, both ends in it.
type Band struct {
	Name     string
	Low, Top float64 // [Hz]
}

// Bands lists the usual ones.
func Bands() []Band {
	return []Band{{"delta", 0.5, 4}, {"theta", 4, 8}, {"alpha", 8, 12}, {"beta", 12, 30}, {"gamma", 30, 100}}
}

// Dominant is the frequency above 0 with the highest power, the lowest of equals; NaN where there is none.
func Dominant(f, p []float64) (frequency, power float64) {
	frequency, power = math.NaN(), math.NaN()
	best := 0.0
	for k := 1; k < len(p); k++ {
		if p[k] > best {
			best, frequency, power = p[k], f[k], p[k]
		}
	}
	return frequency, power
}

// BandPower is the trapezoid over the bins from low to top, of ascending frequencies. Bands that touch share a bin, so
// that they tile exactly.
func BandPower(f, p []float64, low, top float64) float64 {
	first, _ := slices.BinarySearch(f, low)
	if first == len(f) || f[first] > top {
		return math.NaN()
	}
	sum := 0.0
	for k := first + 1; k < len(f) && f[k] <= top; k++ {
		sum += (p[k] + p[k-1]) / 2 * (f[k] - f[k-1])
	}
	return sum
}

// share is a band's power over the whole's, NaN where there is none.
func share(part, whole float64) float64 {
	if !(whole > 0) {
		return math.NaN()
	}
	return part / whole
}

// logarithms are those to base 10 of numbers from 0 on.
func logarithms(f []float64) []float64 {
	out := make([]float64, len(f))
	for k, v := range f {
		out[k] = math.Log10(v)
	}
	return out
}

// slopeOf fits log10 p = intercept - exponent log10 f, of which logs are given, for low <= f <= top and p > 0; NaN for fewer
// than three bins. Peaks are not taken out. Miller et al. 2009 (PLoS Comput Biol 5:e1000609), Donoghue et al. 2020 (Nat
// Neurosci 23:1655).
func slopeOf(f, logs, p []float64, low, top float64) (exponent, intercept, r2 float64) {
	first, _ := slices.BinarySearch(f, low)
	x, y := make([]float64, 0, len(f)-first), make([]float64, 0, len(f)-first)
	for k := first; k < len(f) && f[k] <= top; k++ {
		if p[k] > 0 {
			x, y = append(x, logs[k]), append(y, math.Log(p[k])*(1/math.Ln10))
		}
	}
	if len(x) < 3 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	slope, intercept, r2 := line(x, y)
	return -slope, intercept, r2
}

// SpectralEntropy is -sum q ln q over the bins above 0, q = p/sum p, in nats, and over its largest value ln(bins).
// Inouye et al. 1991 (EEG Clin Neurophysiol 79:204).
func SpectralEntropy(p []float64) (nats, normalised float64) {
	total := 0.0
	for _, v := range p[1:] {
		total += v
	}
	if !(total > 0) {
		return math.NaN(), math.NaN()
	}
	for _, v := range p[1:] {
		if q := v / total; q > 0 {
			nats -= q * math.Log(q)
		}
	}
	return nats, nats / math.Log(float64(len(p)-1))
}

// Peak is a local maximum and its prominence.
type Peak struct {
	At         int
	Prominence float64
}

// Peaks finds the local maxima of p: strictly higher than both neighbours; a flat top counts once, at the floor of its
// middle; the first and the last entry never count. The prominence is p less the higher of the two minima on the way
// left and right, where each way ends before what is strictly higher, or at the border.
func Peaks(p []float64) []Peak { return new(peaks).of(p) }

// peaks are those of a series, and what it takes to find them, for the next one to use again.
type peaks struct {
	found   []Peak
	valleys []float64 // the least before each peak, back to the one before, and behind the last one
	right   []float64 // the minimum on the way right
	open    []int     // peaks that none after them, or before them, has been higher than, the highest first
}

// of is Peaks until it is called again.
func (s *peaks) of(p []float64) []Peak {
	s.found, s.valleys = s.found[:0], s.valleys[:0]
	valley := math.Inf(1)
	for k := 0; k < len(p)-1; k++ {
		if p[k] < valley { // min would look for what is not a number first
			valley = p[k]
		}
		if k == 0 || !(p[k] > p[k-1]) {
			continue
		}
		end := k
		for end+1 < len(p) && p[end+1] == p[k] {
			end++
		}
		if end+1 < len(p) && p[end+1] < p[k] {
			s.found, s.valleys = append(s.found, Peak{At: (k + end) / 2}), append(s.valleys, valley)
			valley = p[k]
		}
		k = end
	}
	for _, v := range p[max(0, len(p)-1):] {
		valley = min(valley, v)
	}
	s.valleys = append(s.valleys, valley)
	s.prominences(p)
	return s.found
}

// prominences fills in those of the peaks. Each way goes over the peaks that are no higher, of which the way is known.
func (s *peaks) prominences(p []float64) {
	s.right = slices.Grow(s.right[:0], len(s.found))[:len(s.found)]
	open, right := s.open[:0], s.right
	for k := len(s.found) - 1; k >= 0; k-- {
		right[k] = s.valleys[k+1]
		for len(open) > 0 && p[s.found[open[len(open)-1]].At] <= p[s.found[k].At] {
			right[k] = min(right[k], right[open[len(open)-1]])
			open = open[:len(open)-1]
		}
		open = append(open, k)
	}
	left := s.valleys // of peak k, once it has been reached
	open = open[:0]
	for k := range s.found {
		for len(open) > 0 && p[s.found[open[len(open)-1]].At] <= p[s.found[k].At] {
			left[k] = min(left[k], left[open[len(open)-1]])
			open = open[:len(open)-1]
		}
		open = append(open, k)
		s.found[k].Prominence = p[s.found[k].At] - max(left[k], right[k])
	}
	s.open = open
}

// Tallest and Salient give the peak that is highest and the one that is most prominent, the first of equals.
func Tallest(p []float64, peaks []Peak) (Peak, bool) {
	return first(peaks, func(a Peak) float64 { return p[a.At] })
}

// Salient gives the most prominent peak, the first of equals.
func Salient(peaks []Peak) (Peak, bool) {
	return first(peaks, func(a Peak) float64 { return a.Prominence })
}

func first(peaks []Peak, by func(Peak) float64) (Peak, bool) {
	if len(peaks) == 0 {
		return Peak{}, false
	}
	return slices.MaxFunc(peaks, func(a, b Peak) int {
		switch {
		case by(a) > by(b):
			return 1
		case by(a) < by(b):
			return -1
		}
		return 0
	}), true
}
