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

// BandPower is the trapezoid over the bins from low to top. Bands that touch share a bin, so that they tile exactly.
func BandPower(f, p []float64, low, top float64) float64 {
	sum, last := 0.0, -1
	for k := range p {
		if f[k] < low || f[k] > top {
			continue
		}
		if last >= 0 {
			sum += (p[k] + p[last]) / 2 * (f[k] - f[last])
		}
		last = k
	}
	if last < 0 {
		return math.NaN()
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

// Slope fits log10 p = intercept - exponent log10 f for low <= f <= top and p > 0; NaN for fewer than three bins. Peaks
// are not taken out. Miller et al. 2009 (PLoS Comput Biol 5:e1000609), Donoghue et al. 2020 (Nat Neurosci 23:1655).
func Slope(f, p []float64, low, top float64) (exponent, intercept, r2 float64) {
	var x, y []float64
	for k := range p {
		if f[k] >= low && f[k] <= top && p[k] > 0 {
			x, y = append(x, math.Log10(f[k])), append(y, math.Log10(p[k]))
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
		if v > 0 {
			nats -= v / total * math.Log(v/total)
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
func Peaks(p []float64) []Peak { return peaksWhere(p, func(int) bool { return true }) }

// peaksWhere finds those of the local maxima whose place counts.
func peaksWhere(p []float64, counts func(at int) bool) []Peak {
	var out []Peak
	for k := 1; k < len(p)-1; k++ {
		if !(p[k] > p[k-1]) {
			continue
		}
		end := k
		for end+1 < len(p) && p[end+1] == p[k] {
			end++
		}
		if end+1 < len(p) && p[end+1] < p[k] {
			if at := (k + end) / 2; counts(at) {
				out = append(out, Peak{at, prominence(p, at)})
			}
		}
		k = end
	}
	return out
}

func prominence(p []float64, at int) float64 {
	left, right := p[at], p[at]
	for k := at - 1; k >= 0 && p[k] <= p[at]; k-- {
		left = min(left, p[k])
	}
	for k := at + 1; k < len(p) && p[k] <= p[at]; k++ {
		right = min(right, p[k])
	}
	return p[at] - max(left, right)
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
