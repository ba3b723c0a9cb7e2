package metricstest

import (
	"fmt"
	"math"
	"testing"

	"brainsweep/metrics"
)

// featureNames are the reference data's names of what is drawn from a spectrum.
var featureNames = map[string][]string{
	"peak_count": {"peaks_1_100", "n_peaks"}, "highest_peak": {"peaks_1_100", "f_highest"},
	"highest_peak_power": {"peaks_1_100", "amp_highest"}, "highest_peak_prominence": {"peaks_1_100", "prom_highest"},
	"peak_frequency": {"peaks_1_100", "f_most_prominent"}, "peak_power": {"peaks_1_100", "amp_most_prominent"},
	"peak_prominence": {"peaks_1_100", "prom_most_prominent"},
	"slope":           {"slope_1_100", "exponent"}, "slope_intercept": {"slope_1_100", "intercept_log10"}, "slope_r2": {"slope_1_100", "r2"},
	"entropy": {"entropy", "normalised"}, "power": {"bands", "total_all"},
	"delta": {"bands", "abs", "delta"}, "theta": {"bands", "abs", "theta"}, "alpha": {"bands", "abs", "alpha"},
	"beta": {"bands", "abs", "beta"}, "gamma": {"bands", "abs", "gamma"},
	"rel_delta": {"bands", "rel_0p5_100", "delta"}, "rel_theta": {"bands", "rel_0p5_100", "theta"}, "rel_alpha": {"bands", "rel_0p5_100", "alpha"},
	"rel_beta": {"bands", "rel_0p5_100", "beta"}, "rel_gamma": {"bands", "rel_0p5_100", "gamma"},
}

// spectral is the tolerance of the bins of a spectrum.
const spectral = 1e-7

func (r *reference) compareSpectra(t *testing.T) {
	for segment, length := range map[string]float64{"1s": 1, "2s": 2} {
		c := metrics.Config{"psd.segment": {length}}
		sp := metrics.Welch(r.signal, int(length*r.input.Fs), 0)
		Same(t, segment+" segment", float64(sp.Segment), r.at("psd", segment, "nperseg"), 0)
		Same(t, segment+" segments", float64(sp.Segments), r.at("psd", segment, "n_segments"), 0)
		r.check(t, c, "psd", spectral, "psd", segment, "region_mean", "mean_bins_first20")
		bins, _ := r.at("psd", segment, "bins").(map[string]any)
		for region, list := range bins {
			i := int(region[0] - '0')
			for f, want := range leaves(list) {
				Same(t, fmt.Sprintf("psd %s of region %d, bin %d", segment, i, f), sp.Power[i][f], want, spectral)
			}
		}
		for name, path := range featureNames {
			r.check(t, c, "psd_"+name, Relative, append([]string{"psd", segment, "region_mean"}, path...)...)
			r.regionFeature(t, c, "region_psd_"+name, segment, path, -1)
		}
		r.regionFeature(t, c, "region_psd_dominant_frequency", segment, []string{"dominant"}, 0)
		r.regionFeature(t, c, "region_psd_dominant_power", segment, []string{"dominant"}, 1)
		if list, ok := r.at("psd", segment, "region_mean", "dominant").([]any); ok {
			r.checkValues(t, c, "psd_dominant_frequency", Relative, list[0])
			r.checkValues(t, c, "psd_dominant_power", Relative, list[1])
		}
		r.comparePeaks(t, sp, segment)
	}
}

// regionFeature compares a feature of every region's spectrum; at is a place in a list, if not negative.
func (r *reference) regionFeature(t *testing.T, c metrics.Config, name, segment string, path []string, at int) {
	t.Helper()
	m, _ := metrics.Find(name)
	got := m.Values(r.in(c))
	regions, _ := r.at("psd", segment, "region").([]any)
	for i, entry := range regions {
		one := &reference{want: map[string]any{"region": entry}}
		path := append([]string{"region"}, path...)
		if entry == nil || !one.has(path...) {
			continue
		}
		want := one.at(path...)
		if list, ok := want.([]any); ok && at >= 0 {
			want = list[at]
		}
		Same(t, fmt.Sprintf("%s[%d], %s", name, i, segment), got[i], want, Relative)
	}
}

// comparePeaks looks at peaks over all bins and at the shares of all power, which are no metrics.
func (r *reference) comparePeaks(t *testing.T, sp *metrics.Spectra, segment string) {
	regions, _ := r.at("psd", segment, "region").([]any)
	for i, entry := range regions {
		one := &reference{want: map[string]any{"region": entry}}
		if one.has("region", "peaks", "n_peaks") && one.at("region", "peaks", "n_peaks") != nil {
			peaks := metrics.Peaks(sp.Power[i])
			Same(t, "number of peaks", float64(len(peaks)), one.at("region", "peaks", "n_peaks"), 0)
			if tallest, ok := metrics.Tallest(sp.Power[i], peaks); ok {
				salient, _ := metrics.Salient(peaks)
				Same(t, "highest peak", sp.Frequency[tallest.At], one.at("region", "peaks", "f_highest"), Relative)
				Same(t, "its power", sp.Power[i][tallest.At], one.at("region", "peaks", "amp_highest"), Relative)
				Same(t, "its prominence", tallest.Prominence, one.at("region", "peaks", "prom_highest"), Relative)
				Same(t, "most prominent peak", sp.Frequency[salient.At], one.at("region", "peaks", "f_most_prominent"), Relative)
			}
		}
		if one.has("region", "entropy", "nats") {
			nats, _ := metrics.SpectralEntropy(sp.Power[i])
			Same(t, "entropy", nats, one.at("region", "entropy", "nats"), Relative)
		}
	}
}

func (r *reference) compareCoherence(t *testing.T) {
	if !r.has("coherence") || r.at("coherence") == nil {
		return
	}
	c := metrics.Config{"coherence.segment": {number(r.at("coherence", "nperseg")) / r.input.Fs}}
	for _, band := range metrics.Bands() {
		r.check(t, c, "coherence_"+band.Name+"_mean", Relative, "coherence", "mean_over_pairs", band.Name)
		r.check(t, c, "coherence_"+band.Name, Relative, "coherence", "band_mean_"+band.Name)
	}
	pair := r.numbers("coherence", "first", "pair")
	bins := leaves(r.at("coherence", "first", "bins_first101"))
	sp := metrics.Welch(r.signal, int(number(r.at("coherence", "nperseg"))), len(bins))
	for f, want := range bins {
		got := metrics.BinCoherence(sp, f)[int(pair[0])*r.input.N+int(pair[1])]
		Same(t, fmt.Sprintf("coherence of bin %d", f), got, want, Relative)
	}
}

// filtered is the tolerance of Butterworth-filtered phases.
const filtered = 1e-6

func (r *reference) comparePhase(t *testing.T) {
	variants, _ := r.at("phase").(map[string]any)
	for variant := range variants {
		c, tolerance := metrics.Config{}, Relative
		if band := r.numbers("phase", variant, "band"); len(band) == 2 {
			c["phase.band"] = band
		}
		if r.has("phase", variant, "sos") {
			c["phase.filter"], tolerance = []float64{1}, filtered
		}
		for name, leaf := range map[string]string{"plv": "PLV", "pli": "PLI", "plv_mean": "mean_PLV", "pli_mean": "mean_PLI",
			"synchrony": "synchrony", "metastability": "metastability", "phase_n_valid": "n_valid"} {
			r.check(t, c, name, tolerance, "phase", variant, leaf)
		}
		p := metrics.NewPhases(r.signal, c["phase.band"], c["phase.filter"] != nil)
		order := p.Order()
		samples, _ := r.at("phase", variant, "R_samples").([]any)
		for _, s := range samples {
			m := s.(map[string]any)
			if order == nil {
				continue
			}
			Same(t, variant+" order", order[int(number(m["t"]))], m["R"], tolerance)
		}
		r.comparePhasors(t, p, variant, tolerance)
	}
}

func (r *reference) comparePhasors(t *testing.T, p *metrics.Phases, variant string, tolerance float64) {
	samples, _ := r.at("phase", variant, "z_samples").([]any)
	for _, s := range samples {
		m := s.(map[string]any)
		re, im := leaves(m["re"]), leaves(m["im"])
		at := int(number(m["t"]))
		for i := range re {
			if re[i] == nil || p.Cos[i] == nil {
				continue
			}
			length := math.Hypot(number(re[i]), number(im[i]))
			Same(t, variant+" cosine", p.Cos[i][at], number(re[i])/length, tolerance)
			Same(t, variant+" sine", p.Sin[i][at], number(im[i])/length, tolerance)
		}
	}
}
