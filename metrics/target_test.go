package metrics_test

import (
	"math"
	"slices"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// twoSeries are a simulated and an empirical series of 4 nodes at 100 Hz, [time][node]:
//
//	5 + sin(2 pi 7 t/fs - 0.3 r - ph) + 2 q(t,floor(r/2);29,7,3,10007) + q(t,r;37,101,13,10007) + sin(2 pi 0.11 t/fs + 0.9 r^2 + ph)
//
// with q(t,r;a,b,c,p) = ((a t^2 + b r t + c r^2) mod p)/p: 3000 samples with ph = 0, and 2500 with ph = 1.5, times 1000, plus 0.001 q(t,r;41,3,5,10007).
func twoSeries() (simulated, empirical []float64) {
	q := func(t, r, a, b, c int) float64 { return float64((a*t*t+b*r*t+c*r*r)%10007) / 10007 }
	make := func(samples int, ph float64, of func(x float64, t, r int) float64) (out []float64) {
		for t := range samples {
			for r := range 4 {
				x := 5 + math.Sin(2*math.Pi*7*float64(t)/100-0.3*float64(r)-ph) + 2*q(t, r/2, 29, 7, 3) + q(t, r, 37, 101, 13) +
					math.Sin(2*math.Pi*0.11*float64(t)/100+0.9*float64(r*r)+ph)
				out = append(out, of(x, t, r))
			}
		}
		return out
	}
	return make(3000, 0, func(x float64, _, _ int) float64 { return x }),
		make(2500, 1.5, func(x float64, t, r int) float64 { return 1e3*x + 0.001*q(t, r, 41, 3, 5) })
}

func inputOf(rows []float64, config metrics.Config, targets []*metrics.Target) *metrics.Input {
	all := metrics.NewSeries(4, true)
	for k := 0; k < len(rows); k += 4 {
		all.Add(rows[k : k+4])
	}
	return &metrics.Input{Moments: all.Moments(), Signal: metrics.Transposed(100, rows, 4, 1), Config: config, Targets: targets}
}

func compareWith(in *metrics.Input, name string) map[string]float64 {
	out := map[string]float64{}
	for _, m := range metrics.Comparisons(name, 0) {
		out[m.Name] = m.Values(in)[0]
	}
	return out
}

// TestTargetSeries compares with numpy 1.24.2 and scipy 1.10.1: corrcoef, stats.spearmanr, stats.ks_2samp, signal.welch.
func TestTargetSeries(t *testing.T) {
	simulated, empirical := twoSeries()
	config := metrics.Config{"fcd.window": {4}, "fcd.step": {1}, "psd.segment": {2}}
	in := inputOf(simulated, config, []*metrics.Target{metrics.NewTarget(metrics.Transposed(100, empirical, 4, 1), config)})
	got := compareWith(in, "rest")
	for name, want := range map[string]float64{
		"rest_fc_fit": 0.9953670842659093, "rest_fc_fit_spearman": 0.942857142857143, "rest_fc_rmse": 0.029976485114706766,
		"rest_fcd_ks": 0.08791208791208792, "rest_fcd_ks_nonoverlap": 0.10850495804729214,
		"rest_psd_fit": 0.995952040690298, "rest_psd_rmse": 0.02563088893052335,
	} {
		metricstest.Same(t, name, got[name], want, metricstest.Relative)
	}
	if len(got) != 7 {
		t.Errorf("got %v", got)
	}
	in.Targets = nil
	for name, v := range compareWith(in, "rest") {
		if !math.IsNaN(v) {
			t.Errorf("%s without its target is %v", name, v)
		}
	}
}

// TestTargetMatrices takes the series' own figures, changed in ways whose effect is plain.
func TestTargetMatrices(t *testing.T) {
	simulated, _ := twoSeries()
	config := metrics.Config{"fcd.window": {4}, "fcd.step": {1}, "psd.segment": {2}}
	in := inputOf(simulated, config, nil)
	value := func(name string) []float64 {
		m, err := metrics.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return m.Values(in)
	}
	fc := slices.Clone(value("fc"))
	for i := range fc {
		fc[i] = 2*fc[i] - 0.25
	}
	fc[0*4+1], fc[1*4+0] = fc[0*4+1]+0.5, fc[1*4+0]-0.5 // symmetrised away
	fc[0*4+3] = math.NaN()                              // left out
	rmse := 0.0
	for _, p := range [][2]int{{0, 1}, {0, 2}, {1, 2}, {1, 3}, {2, 3}} {
		rmse += math.Pow(value("fc")[p[0]*4+p[1]]-0.25, 2) / 5
	}
	psd, frequency := value("psd"), metrics.PerFrequency.Dims(metrics.Setup{Nodes: 4, Samples: 3000, Rate: 100, Config: config})[0].Values
	tilted, logs, band := slices.Clone(psd), 0.0, 0.0
	for k, f := range frequency {
		if tilted[k] *= 1e-6 * f; f >= 2 && f <= 40 {
			logs, band = logs+math.Log10(f), band+1
		}
	}
	tilt := 0.0
	for _, f := range frequency {
		if f >= 2 && f <= 40 {
			tilt += math.Pow(math.Log10(f)-logs/band, 2) / band
		}
	}
	in.Targets = []*metrics.Target{{
		FC: fc, FCD: value("fcd"), Window: 4, Step: 1, Frequency: frequency, Power: tilted, Band: [2]float64{2, 40},
	}}
	got := compareWith(in, "")
	for name, want := range map[string]float64{
		"fc_fit": 1, "fc_fit_spearman": 1, "fc_rmse": math.Sqrt(rmse), "fcd_ks": 0, "fcd_ks_nonoverlap": 0, "psd_rmse": math.Sqrt(tilt),
	} {
		metricstest.Same(t, name, got[name], want, metricstest.Relative)
	}
	in.Targets[0] = &metrics.Target{FCD: []float64{1, 2, 2, 1}, Window: 4, Step: 1}
	if got := compareWith(in, ""); got["fcd_ks"] != 1 || !math.IsNaN(got["fcd_ks_nonoverlap"]) || !math.IsNaN(got["fc_fit"]) || !math.IsNaN(got["psd_fit"]) {
		t.Errorf("two windows that overlap, above all of ours: %v", got)
	}
}

// TestTargetSpectrumOfOtherBins compares with numpy.interp of scipy.signal.welch's spectrum at 1.25, 2.75, ... Hz from 2 to 40 Hz;
// those beyond the last bin of ours, 50 Hz, are left out.
func TestTargetSpectrumOfOtherBins(t *testing.T) {
	simulated, _ := twoSeries()
	target := &metrics.Target{Band: [2]float64{2, 40}}
	for f := 1.25; f < 60; f += 1.5 {
		target.Frequency, target.Power = append(target.Frequency, f), append(target.Power, math.Pow(f, -1.5))
	}
	in := inputOf(simulated, metrics.Config{"psd.segment": {2}}, []*metrics.Target{target})
	got := compareWith(in, "")
	metricstest.Same(t, "psd_fit", got["psd_fit"], 0.25452152583479337, metricstest.Relative)
	metricstest.Same(t, "psd_rmse", got["psd_rmse"], 0.4942591763645854, metricstest.Relative)
	target.Band = [2]float64{}
	if v := compareWith(in, "")["psd_fit"]; math.IsNaN(v) {
		t.Error("frequencies beyond the last bin make it undefined")
	}
}

// TestTargetTooShort has nothing to say of what the empirical series is too short for.
func TestTargetTooShort(t *testing.T) {
	simulated, empirical := twoSeries()
	config := metrics.Config{"fcd.window": {4}, "fcd.step": {1}, "psd.segment": {2}}
	short := metrics.NewTarget(metrics.Transposed(100, empirical[:4*150], 4, 1), config)
	got := compareWith(inputOf(simulated, config, []*metrics.Target{short}), "")
	if math.IsNaN(got["fc_fit"]) || !math.IsNaN(got["fcd_ks"]) || !math.IsNaN(got["psd_fit"]) {
		t.Errorf("got %v", got)
	}
}

// TestTargetSelect compares the first two nodes, exchanged, with a target of all four.
func TestTargetSelect(t *testing.T) {
	simulated, empirical := twoSeries()
	var few []float64
	for k := 0; k < len(simulated); k += 4 {
		few = append(few, simulated[k+2], simulated[k+1], simulated[k])
	}
	all := metrics.NewSeries(3, true)
	for k := 0; k < len(few); k += 3 {
		all.Add(few[k : k+3])
	}
	whole := metrics.NewTarget(metrics.Transposed(100, empirical, 4, 1), nil)
	fc := inputOf(empirical, nil, nil).FC()
	in := &metrics.Input{Moments: all.Moments(), Signal: metrics.Transposed(100, few, 3, 1)}
	in.Targets = []*metrics.Target{whole.Select([]int{2, 1, 0}), (&metrics.Target{FC: fc}).Select([]int{2, 1, 0})}
	ours := in.FC()
	sum := 0.0
	for _, p := range [][4]int{{0, 1, 2, 1}, {0, 2, 2, 0}, {1, 2, 1, 0}} {
		sum += math.Pow(ours[p[0]*3+p[1]]-fc[p[2]*4+p[3]], 2) / 3
	}
	metricstest.Same(t, "fc_rmse of a series", metricstest.Compared(in, "fc_rmse"), math.Sqrt(sum), metricstest.Relative)
	in.Targets = in.Targets[1:]
	metricstest.Same(t, "fc_rmse of a matrix", metricstest.Compared(in, "fc_rmse"), math.Sqrt(sum), metricstest.Relative)
}
