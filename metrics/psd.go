package metrics

import "math"

// psdGroup is the group "psd": the power spectrum by Welch's method (see Spectra) and what it shows.
//
// What has no region in its name is of the spectrum averaged over the nodes that are not bad. Band powers are
// trapezoids over delta 0.5-4, theta 4-8, alpha 8-12, beta 12-30 and gamma 30-100 Hz; rel_ is the share of 0.5-100 Hz.
// Peaks are those with 1 < f <= 100 Hz; slopes are fitted from 1 to 100 Hz. The published TVB-AdEx analysis takes the
// periodogram of the whole series, Simpson's rule (which differs between versions of its library) and natural logarithms.
func psdGroup() Group {
	g := Group{
		Name: "psd", About: "power spectrum and its features",
		Options: []Option{{Name: "segment", Kind: KindTime, Default: []float64{2}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1),
			About: "length of Welch's segments, which overlap by half; bins are 1/segment apart"}},
		Least: func(s Setup) Need {
			return Need{s.samplesOf(s.Config.number("psd.segment")), "a segment of " + seconds(s.Config.number("psd.segment"))}
		},
		Metrics: []Metric{
			{Name: "psd", Shape: PerFrequency, Signal: true, In: "x^2/Hz", About: "power spectral density, averaged over nodes",
				Compute: func(dst []float64, in *Input) { copy(dst, in.spectra().average()) }},
			{Name: "region_psd", Shape: PerNodeFrequency, Signal: true, In: "x^2/Hz", About: "power spectral density",
				Compute: func(dst []float64, in *Input) {
					for i, p := range in.spectra().Power {
						copy(dst[i*len(p):], p)
					}
				}},
		},
	}
	for _, f := range features() {
		g.Metrics = append(g.Metrics,
			Metric{Name: "psd_" + f.name, Shape: PerPoint, Signal: true, In: f.in, About: f.about,
				Compute: func(dst []float64, in *Input) {
					dst[0] = f.of(in.spectra().Frequency, in.spectra().average())
				}},
			Metric{Name: "region_psd_" + f.name, Shape: PerNode, Signal: true, In: f.in, About: f.about,
				Compute: func(dst []float64, in *Input) {
					sp := in.spectra()
					in.Signal.each(dst, func(i int) float64 { return f.of(sp.Frequency, sp.Power[i]) })
				}})
	}
	return g
}

// feature is a number drawn from a spectrum.
type feature struct {
	name, in, about string
	of              func(f, p []float64) float64
}

func features() []feature {
	peak := func(of func(p []float64, peaks []Peak) (Peak, bool), value func(f, p []float64, k Peak) float64) func(f, p []float64) float64 {
		return func(f, p []float64) float64 {
			if k, ok := of(p, within(Peaks(p), f, 1, 100)); ok {
				return value(f, p, k)
			}
			return math.NaN()
		}
	}
	salient := func(_ []float64, peaks []Peak) (Peak, bool) { return Salient(peaks) }
	where := func(f, _ []float64, k Peak) float64 { return f[k.At] }
	out := []feature{
		{"dominant_frequency", "Hz", "frequency above 0 of the highest power", func(f, p []float64) float64 { x, _ := Dominant(f, p); return x }},
		{"dominant_power", "x^2/Hz", "highest power", func(f, p []float64) float64 { _, x := Dominant(f, p); return x }},
		{"peak_count", "", "number of peaks", func(f, p []float64) float64 { return float64(len(within(Peaks(p), f, 1, 100))) }},
		{"highest_peak", "Hz", "frequency of the highest peak", peak(Tallest, where)},
		{"peak_frequency", "Hz", "frequency of the most prominent peak", peak(salient, where)},
		{"peak_power", "x^2/Hz", "power of the most prominent peak", peak(salient, func(_, p []float64, k Peak) float64 { return p[k.At] })},
		{"peak_prominence", "x^2/Hz", "prominence of the most prominent peak", peak(salient, func(_, _ []float64, k Peak) float64 { return k.Prominence })},
		{"slope", "", "exponent of power ~ 1/f^exponent", func(f, p []float64) float64 { x, _, _ := Slope(f, p, 1, 100); return x }},
		{"slope_intercept", "", "log10 of the fitted power at 1 Hz", func(f, p []float64) float64 { _, x, _ := Slope(f, p, 1, 100); return x }},
		{"slope_r2", "", "share of the variance that the fit explains", func(f, p []float64) float64 { _, _, x := Slope(f, p, 1, 100); return x }},
		{"entropy", "", "spectral entropy over its largest value", func(_, p []float64) float64 { _, x := SpectralEntropy(p); return x }},
		{"power", "x^2", "power over all bins above 0", totalPower},
	}
	for _, b := range Bands() {
		out = append(out,
			feature{b.Name, "x^2", b.Name + " power", func(f, p []float64) float64 { return BandPower(f, p, b.Low, b.Top) }},
			feature{"rel_" + b.Name, "", "share of " + b.Name + " in 0.5-100 Hz", func(f, p []float64) float64 {
				return share(BandPower(f, p, b.Low, b.Top), BandPower(f, p, 0.5, 100))
			}})
	}
	return out
}

func totalPower(f, p []float64) float64 { return BandPower(f[1:], p[1:], 0, math.Inf(1)) }

// segmentLength is Welch's segment in samples.
func (s Setup) segmentLength(address string) int {
	return max(1, s.samplesOf(s.Config.number(address)))
}

// frequencies is the dimension of the bins of the power spectrum.
func frequencies(s Setup) Dim {
	n := min(s.segmentLength("psd.segment"), s.Samples)
	return Dim{Name: "frequency", Unit: "Hz", About: "middle of the bin", Values: binsOf(n, s.Rate)}
}

func (in *Input) spectra() *Spectra {
	return once(in, "spectra", func() *Spectra { return Welch(in.Signal, in.setup().segmentLength("psd.segment"), 0) })
}

// average is the spectrum averaged over the nodes that have one.
func (sp *Spectra) average() []float64 {
	sum, count := make([]float64, len(sp.Frequency)), 0.0
	for _, p := range sp.Power {
		if math.IsNaN(p[0]) {
			continue
		}
		count++
		for f, v := range p {
			sum[f] += v
		}
	}
	for f := range sum {
		sum[f] /= count
	}
	return sum
}
