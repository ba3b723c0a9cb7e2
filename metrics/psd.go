package metrics

import (
	"math"
	"slices"
)

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
			return Need{Samples: s.samplesOf(s.Config.number("psd.segment")), Why: "a segment of " + seconds(s.Config.number("psd.segment")),
				Options: s.fitting("psd.segment", s.Samples)}
		},
		Stream: func(s Setup) Stream { return newPowerStream(s) },
		Metrics: []Metric{
			{Name: "psd", Shape: PerFrequency, Signal: true, In: "x^2/Hz", About: "power spectral density, averaged over nodes",
				Lend: (*Input).averageSpectrum},
			{Name: "region_psd", Shape: PerNodeFrequency, Signal: true, In: "x^2/Hz", About: "power spectral density",
				Lend: func(in *Input) []float64 {
					sp := in.spectra()
					return sp.rows.numbers[:len(sp.Power)*len(sp.Frequency)]
				}},
		},
	}
	for k, f := range features() {
		g.Metrics = append(g.Metrics,
			Metric{Name: "psd_" + f.name, Shape: PerPoint, Signal: true, In: f.in, About: f.about,
				Compute: func(dst []float64, in *Input) { dst[0] = in.profiles().average[k] }},
			Metric{Name: "region_psd_" + f.name, Shape: PerNode, Signal: true, In: f.in, About: f.about,
				Compute: func(dst []float64, in *Input) {
					of := in.profiles().node
					in.eachGood(dst, func(i int) float64 { return of[i][k] })
				}})
	}
	return g
}

// feature is what is called a number drawn from a spectrum.
type feature struct{ name, in, about string }

// features lists what profile computes, in its order.
func features() []feature {
	out := []feature{
		{"dominant_frequency", "Hz", "frequency above 0 of the highest power"},
		{"dominant_power", "x^2/Hz", "highest power"},
		{"peak_count", "", "number of peaks"},
		{"highest_peak", "Hz", "frequency of the highest peak"},
		{"highest_peak_power", "x^2/Hz", "power of the highest peak"},
		{"highest_peak_prominence", "x^2/Hz", "prominence of the highest peak"},
		{"peak_frequency", "Hz", "frequency of the most prominent peak"},
		{"peak_power", "x^2/Hz", "power of the most prominent peak"},
		{"peak_prominence", "x^2/Hz", "prominence of the most prominent peak"},
		{"slope", "", "exponent of power ~ 1/f^exponent"},
		{"slope_intercept", "", "log10 of the fitted power at 1 Hz"},
		{"slope_r2", "", "share of the variance that the fit explains"},
		{"entropy", "", "spectral entropy over its largest value"},
		{"power", "x^2", "power over all bins above 0"},
	}
	for _, b := range Bands() {
		out = append(out, feature{b.Name, "x^2", b.Name + " power"}, feature{"rel_" + b.Name, "", "share of " + b.Name + " in 0.5-100 Hz"})
	}
	return out
}

// profile is the features of one spectrum; logs are those of f to base 10.
func profile(f, logs, p []float64) []float64 {
	out := make([]float64, 0, 24)
	frequency, power := Dominant(f, p)
	peaks := slices.DeleteFunc(Peaks(p), func(peak Peak) bool { return !(f[peak.At] > 1 && f[peak.At] <= 100) })
	out = append(out, frequency, power, float64(len(peaks)))
	tallest, any := Tallest(p, peaks)
	if salient, _ := Salient(peaks); any {
		out = append(out, f[tallest.At], p[tallest.At], tallest.Prominence, f[salient.At], p[salient.At], salient.Prominence)
	} else {
		out = append(out, nans(6)...)
	}
	exponent, intercept, r2 := slopeOf(f, logs, p, 1, 100)
	_, entropy := SpectralEntropy(p)
	out = append(out, exponent, intercept, r2, entropy, BandPower(f[1:], p[1:], 0, math.Inf(1)))
	whole := BandPower(f, p, 0.5, 100)
	for _, b := range Bands() {
		part := BandPower(f, p, b.Low, b.Top)
		out = append(out, part, share(part, whole))
	}
	return out
}

// profiles are the features of all nodes' spectra and of their average.
type profiles struct {
	node    [][]float64
	average []float64
}

func (in *Input) profiles() profiles {
	return once(in, "profiles", func() profiles {
		sp := in.spectra()
		all := append(slices.Clip(sp.Power), in.averageSpectrum())
		var of [][]float64
		if h := in.host(); h != nil {
			of = h.profiles(sp, all, in.room)
		} else {
			for _, p := range all {
				of = append(of, profile(sp.Frequency, sp.logs, p))
			}
		}
		for i, p := range all {
			if math.IsNaN(p[0]) { // of a bad node, or of none but bad ones: not even a count of 0
				fill(of[i], math.NaN())
			}
		}
		return profiles{node: of[:len(of)-1], average: of[len(of)-1]}
	})
}

// profiles has the host find the features of spectra, all rows of sp.
func (h *Host) profiles(sp *Spectra, all [][]float64, room func(n int) []float64) [][]float64 {
	f := sp.Frequency
	// bins are the first and the last one with low <= f <= top, from the bin least on.
	bins := func(least int, low, top float64) []int64 {
		first, _ := slices.BinarySearch(f[least:], low)
		last := len(f) - 1
		for last >= 0 && f[last] > top {
			last--
		}
		return []int64{int64(least + first), int64(last)}
	}
	peaks := bins(0, math.Nextafter(1, 2), 100)
	numbers := slices.Concat([]int64{int64(len(all)), int64(len(f))}, bins(0, 1, 100), peaks, bins(1, 0, math.Inf(1)), bins(0, 0.5, 100))
	for _, b := range Bands() {
		numbers = append(numbers, bins(0, b.Low, b.Top)...)
	}
	copy(sp.row(len(all)), f)
	copy(sp.row(len(all)+1), sp.logs)
	t := Task{Numbers: numbers, Laid: sp.rows.Memory, Work: (2*tileWidth + 1) * len(f)}
	if t.Laid == nil {
		t.Table = sp.rows.numbers
	}
	features := len(features())
	flat := room(len(all) * features)
	copy(flat, h.launch(nil, "profile", t, len(flat)))
	out := make([][]float64, len(all))
	for i := range out {
		out[i] = flat[i*features : (i+1)*features]
	}
	return out
}

// segmentLength is Welch's segment in samples.
func (s Setup) segmentLength(address string) int {
	return max(1, s.samplesOf(s.Config.number(address)))
}

// psdSegment is that of the power spectrum: a shorter series is one segment.
func (s Setup) psdSegment() int { return min(s.segmentLength("psd.segment"), s.Samples) }

// frequencies is the dimension of the bins of the power spectrum.
func frequencies(s Setup) Dim {
	return Dim{Name: "frequency", Unit: "Hz", About: "middle of the bin", Values: binsOf(s.psdSegment(), s.Rate)}
}

// powerStream adds up what segments make of the spectra.
type powerStream struct {
	Density           [][]float64 // [node][bin]; nil before the first unit
	nodes, n, samples int
	rate              float64
	place             func(n int) piece // for the spectra
	sum               *Spectra          // has Density; nil before the first unit, and where that one came before an interruption
	come              piece             // has what a later unit makes
}

func newPowerStream(s Setup) *powerStream {
	return &powerStream{nodes: s.Nodes, n: s.psdSegment(), samples: s.Samples, rate: s.Rate, place: plain}
}

func (p *powerStream) Unit(k int) (from, to int, ok bool) { return segmentUnit(k, p.n, p.samples) }

func (p *powerStream) Add(_ int, s *Signal) {
	segments := segmentCount(p.samples, p.n)
	if p.Density == nil {
		p.sum = welchPart(s, p.n, 0, segments, p.place)
		p.Density = p.sum.Power
		return
	}
	come := welchPart(s, p.n, 0, segments, func(n int) piece {
		if p.come.numbers == nil {
			p.come = p.place(n)
		}
		return p.come
	})
	for i, part := range come.Power {
		for f, v := range part {
			p.Density[i][f] += v
		}
	}
}

func (p *powerStream) Bytes() int64 { return int64(p.nodes+spectraBehind) * int64(binCount(p.n)) * 16 }

// spectra are those of the units. With own, the stream has no use for them any more; else they are copied to memory that place gives.
func (p *powerStream) spectra(own bool, host *Host, place func(n int) piece) *Spectra {
	sp := p.sum
	if !own || sp == nil {
		sp = newSpectra(p.nodes, p.n, 0, p.rate, host, place)
		clear(sp.rows.numbers)
		for i, density := range p.Density {
			copy(sp.Power[i], density)
		}
	}
	sp.Segments = segmentCount(p.samples, p.n)
	return sp
}

// spectra are those of the series. A node is bad wherever its sample is that is not finite, also behind the last segment.
func (in *Input) spectra() *Spectra {
	return once(in, "spectra", func() *Spectra {
		p, passing := in.Streams["psd"].(*powerStream)
		if !passing {
			p = newPowerStream(in.setup())
			p.place = in.piece
			passed(p, in.Signal)
		}
		sp := p.spectra(!passing, in.host(), in.piece)
		for i, p := range sp.Power {
			if in.Moments.Bad(i) {
				fill(p, math.NaN())
			}
		}
		return sp
	})
}

// averageSpectrum is the spectrum averaged over the nodes. The caller must not change it.
func (in *Input) averageSpectrum() []float64 {
	return once(in, "average spectrum", func() []float64 { return in.spectra().average() })
}

// average is the spectrum averaged over the nodes that have one.
func (sp *Spectra) average() []float64 {
	sum, rows := sp.row(len(sp.Power)), make([][]float64, 0, len(sp.Power))
	for _, p := range sp.Power {
		if !math.IsNaN(p[0]) {
			rows = append(rows, p)
		}
	}
	clear(sum)
	count := float64(len(rows))
	for ; len(rows) >= 4; rows = rows[4:] {
		addFour(sum, rows[0], rows[1], rows[2], rows[3])
	}
	for _, p := range rows {
		for f, v := range p {
			sum[f] += v
		}
	}
	for f := range sum {
		sum[f] /= count
	}
	return sum
}
