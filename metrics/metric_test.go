package metrics_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

func TestTable(t *testing.T) {
	const samples = 4000
	rows := make([]float64, 3*samples)
	uniform := metricstest.Congruential(7)
	for k := range rows {
		rows[k] = 5 + uniform()
	}
	signal := metrics.Transposed(1000, rows, 3, 1)
	moments := metrics.NewSeries(3, true)
	for k := range samples {
		moments.Add(rows[3*k : 3*k+3])
	}
	in := &metrics.Input{Moments: moments.Moments(), Signal: signal, Config: metrics.Config{"fcd.window": {1}, "fcd.step": {0.5}}}
	setup := metrics.Setup{Nodes: 3, Samples: samples, Rate: 1000, Config: in.Config}
	seen := map[string]bool{"all": true}
	groups := map[string]bool{}
	for _, group := range metrics.Groups() {
		groups[group.Name] = true
		if group.About == "" || len(group.Metrics) == 0 {
			t.Errorf("%s: about %q, %d metrics", group.Name, group.About, len(group.Metrics))
		}
		for _, o := range group.Options {
			if o.About == "" || o.Kind == "" {
				t.Errorf("%s.%s: about %q, kind %q", group.Name, o.Name, o.About, o.Kind)
			}
		}
	}
	for _, m := range metrics.Table() {
		// Where a metric has its group's name, naming it gives the group.
		if seen[m.Name] || groups[m.Name] && m.Name != m.Group {
			t.Errorf("%s: the name is taken", m.Name)
		}
		seen[m.Name] = true
		if m.About == "" || m.Group == "" || strings.ToLower(m.Name) != m.Name {
			t.Errorf("%s: about %q, group %q", m.Name, m.About, m.Group)
		}
		got := m.Values(in)
		if want := m.Shape.Len(setup); len(got) != want {
			t.Errorf("%s has %d values, want %d", m.Name, len(got), want)
		}
		// What was in its memory before does not show.
		again := slices.Repeat([]float64{-7}, len(got))
		m.Compute(again, in)
		if !slices.EqualFunc(again, got, func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }) {
			t.Errorf("%s is %v in memory that was used, else %v", m.Name, again, got)
		}
		if strings.Contains(m.In, "x") && m.Pairs {
			t.Errorf("%s: a correlation has no unit", m.Name)
		}
		if m.Least != nil && m.Least(setup).Samples > samples {
			t.Errorf("%s needs %v, which has %d samples", m.Name, m.Least(setup), samples)
		}
	}
}

func TestSelect(t *testing.T) {
	names := func(of []metrics.Metric) (out []string) {
		for _, m := range of {
			out = append(out, m.Name)
		}
		return out
	}
	found, err := metrics.Select([]string{"fc_sc", "rate_mean", "fc_mean", "rate_mean"})
	want := []string{"rate_mean", "fc_mean"}
	for _, g := range metrics.Groups() {
		if g.Name == "fc_sc" {
			want = append(want, names(g.Metrics)...)
		}
	}
	if got := names(found); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	all, err := metrics.Select([]string{"all"})
	paper, _ := metrics.Lookup("paper")
	if err != nil || len(all)+len(paper) != len(metrics.Table()) {
		t.Errorf("all gives %d metrics (%v), want %d", len(all), err, len(metrics.Table())-len(paper))
	}
	rates, err := metrics.Select([]string{"rate"})
	if err != nil || metrics.NeedPairs(rates) || !metrics.NeedPairs(found) {
		t.Errorf("rates need pairs: %t; fc does: %t (%v)", metrics.NeedPairs(rates), metrics.NeedPairs(found), err)
	}
	if none, err := metrics.Select(nil); err != nil || len(none) != 0 {
		t.Errorf("nothing gives %v, %v", none, err)
	}
	_, err = metrics.Select([]string{"fcs", "rate", "rate_mea"})
	var listed []string
	for _, g := range metrics.Groups() {
		listed = append(listed, g.Name)
	}
	groups := strings.Join(listed, ", ")
	message := "unknown metric \"fcs\" (did you mean \"fc\"?); groups are " + groups + "\n" +
		"unknown metric \"rate_mea\" (did you mean \"rate_mean\"?); groups are " + groups
	if err == nil || err.Error() != message || !fault.Is(err) {
		t.Errorf("%v\nwant %s", err, message)
	}
}

func TestFind(t *testing.T) {
	if m, err := metrics.Find("fc_sc"); err != nil || m.Name != "fc_sc" || m.Shape != metrics.PerPoint {
		t.Errorf("fc_sc gives %v, %v", m, err)
	}
	_, err := metrics.Find("rate_men")
	if want := `unknown metric "rate_men" (did you mean "rate_mean"?)`; err == nil || err.Error() != want || !fault.Is(err) {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// value computes a metric of one number.
func value(t *testing.T, name string, in *metrics.Input) float64 {
	t.Helper()
	m, err := metrics.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return m.Values(in)[0]
}

func TestRatesAreReportedInHertz(t *testing.T) {
	samples := [][]float64{{0.001, 0.004}, {0.003, 0.004}}
	for _, test := range []struct {
		unit, reported string
		factor         float64
	}{{"kHz", "Hz", 1000}, {"Hz", "Hz", 1}, {"pA", "pA", 1}, {"", "", 1}} {
		in := &metrics.Input{Moments: metricstest.Gather(samples), Unit: test.unit}
		for name, want := range map[string]float64{"rate_mean": 0.003, "rate_min": 0.001, "rate_max": 0.004, "rate_mean_of_region_std": 0.0005} {
			if got := value(t, name, in); math.Abs(got-want*test.factor) > 1e-15*test.factor {
				t.Errorf("%s of %q is %v, want %v", name, test.unit, got, want*test.factor)
			}
		}
		if got := value(t, "rate_cv", in); math.Abs(got-math.Sqrt(1.5e-6)/0.003) > 1e-14 {
			t.Errorf("rate_cv of %q is %v", test.unit, got)
		}
		for _, m := range metrics.Table() {
			want := strings.ReplaceAll(m.In, "x", test.reported)
			if test.reported == "" && strings.Contains(m.In, "x") {
				want = ""
			}
			if got := m.Unit(test.unit); got != want {
				t.Errorf("%s of %q is in %q, want %q", m.Name, test.unit, got, want)
			}
		}
	}
}

func TestTooShortIsNaN(t *testing.T) {
	for _, samples := range []int{0, 1} {
		series := metrics.NewSeries(3, true)
		for range samples {
			series.Add([]float64{1, 2, 3})
		}
		in := &metrics.Input{Moments: series.Moments(), Weights: make([]float64, 9), Lengths: make([]float64, 9)}
		for _, m := range metrics.Table() {
			counts := strings.Contains(m.Name, "_n_valid") || m.Group == "graph"     // sums over no edges
			level := samples == 1 && (m.Least == nil || m.Name == "paper_coeff_var") // what needs no more says so
			for _, v := range m.Values(in) {
				if !counts && !level && !math.IsNaN(v) {
					t.Errorf("%s of %d samples is %v", m.Name, samples, v)
				}
			}
		}
		if got := value(t, "rate_n_valid", in); got != float64(3*samples) {
			t.Errorf("%v valid nodes of %d samples", got, samples)
		}
	}
}

// An affine copy of a series correlates by exactly 1 or -1, however small or large its numbers.
func TestFCStaysWithinOne(t *testing.T) {
	uniform := metricstest.Congruential(11)
	series := metrics.NewSeries(4, true)
	for range 3000 {
		x := uniform()
		series.Add([]float64{x, 7 - 3*x, 1e-150 * x, 1e150 * x})
	}
	in := &metrics.Input{Moments: series.Moments()}
	for k, r := range in.FC() {
		want := 1.0
		if i, j := k/4, k%4; i != j && (i == 1 || j == 1) {
			want = -1
		}
		if math.Abs(r-want) > 1e-13 || math.Abs(r) > 1 {
			t.Errorf("fc[%d] is %v, want %v", k, r, want)
		}
	}
}

// Structure that is the functional connectivity itself, but for its direction, agrees fully.
func TestFCSC(t *testing.T) {
	uniform := metricstest.Congruential(13)
	const n = 5
	series := metrics.NewSeries(n, true)
	for range 500 {
		x := make([]float64, n)
		for i := range x {
			x[i] = uniform() + x[max(0, i-1)]
		}
		series.Add(x)
	}
	in := &metrics.Input{Moments: series.Moments()}
	if got := value(t, "fc_sc", in); !math.IsNaN(got) {
		t.Errorf("without weights fc_sc is %v", got)
	}
	in = &metrics.Input{Moments: in.Moments, Weights: make([]float64, n*n), Lengths: make([]float64, n*n)}
	for i := range n {
		for j := range n {
			r := in.FC()[i*n+j]
			in.Lengths[i*n+j] = 100 * (1 - r)
			if j > i {
				in.Weights[i*n+j] = 2 * r // all in one direction
			}
		}
		in.Weights[i*n+i] = 1e6 // the diagonal does not count
	}
	if got := value(t, "fc_sc", in); !(math.Abs(got-1) <= 1e-14) {
		t.Errorf("fc_sc is %v, want 1", got)
	}
	if got := value(t, "fc_tract", in); !(math.Abs(got+1) <= 1e-14) {
		t.Errorf("fc_tract is %v, want -1", got)
	}
	in = &metrics.Input{Moments: in.Moments, Weights: slices.Repeat([]float64{0.5}, n*n)}
	if got := value(t, "fc_sc", in); !math.IsNaN(got) {
		t.Errorf("of equal weights fc_sc is %v", got)
	}
}

// Weights that are powers of ten of fc: log10 of them follows it exactly, they themselves do not; one of 0 has no logarithm.
func TestFCAndLogarithmsOfWeights(t *testing.T) {
	const n = 4
	uniform := metricstest.Congruential(2)
	var samples [][]float64
	for range 50 {
		common := uniform()
		samples = append(samples, []float64{common, common + uniform(), uniform() - common, common + 3*uniform()})
	}
	in := &metrics.Input{Moments: metricstest.Gather(samples), Weights: make([]float64, n*n)}
	for k, r := range in.FC() {
		in.Weights[k] = math.Pow(10, 1+2*r)
	}
	if got := value(t, "fc_sc_log", in); math.Abs(got-1) > 1e-12 {
		t.Errorf("fc_sc_log is %v, want 1", got)
	}
	if got := value(t, "fc_sc", in); got > 0.999 {
		t.Errorf("fc_sc is %v: it shows nothing", got)
	}
	in.Weights[2], in.Weights[2*n] = 0, 0
	if got := value(t, "fc_sc_log", in); math.Abs(got-1) > 1e-12 {
		t.Errorf("with a weight of 0 fc_sc_log is %v, want 1", got)
	}
}

// TestWindowsOfAShortSeriesTakeLittle: 20 s of BOLD at 2 Hz are 40 samples, in 20 blocks of 68 x 68 products at most,
// however many samples a unit of a long series has.
func TestWindowsOfAShortSeriesTakeLittle(t *testing.T) {
	fcd, err := metrics.Lookup("fcd")
	if err != nil {
		t.Fatal(err)
	}
	config := metrics.Defaults()
	config["fcd.window"], config["fcd.step"] = []float64{8}, []float64{1}
	streams, _ := metrics.Streams(fcd, metrics.Setup{Nodes: 68, Samples: 40, Rate: 2, Config: config})
	if bytes := streams["fcd"].Bytes(); bytes < 20*68*68*8 || bytes > 2*20*68*68*8 {
		t.Errorf("%d bytes", bytes)
	}
}

// A sample that is not finite makes its node NaN in every spectrum, also where it lies behind the last of Welch's segments
// (METRICS, section 0); the other nodes do not feel it.
func TestBadSampleBehindTheSegments(t *testing.T) {
	const n, samples, bad = 4, 2950, 2 // segments of 200 samples (psd) and 100 (coherence), half of it apart
	rows, _ := twoSeries()
	rows = rows[:n*samples]
	sound := inputOf(rows, nil, nil)
	rows = slices.Clone(rows)
	rows[len(rows)-n+bad] = math.NaN()
	in := inputOf(rows, nil, nil)
	for _, name := range []string{"region_psd_power", "region_psd", "coherence_beta"} {
		m, err := metrics.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		got, want := m.Values(in), m.Values(sound)
		each := len(got) / n
		for k := range got {
			node, pair := k/each, strings.HasPrefix(name, "coherence") && k%n == bad
			if isBad := node == bad || pair; isBad != math.IsNaN(got[k]) && !math.IsNaN(want[k]) || !isBad && math.Abs(got[k]-want[k]) > 1e-12*math.Abs(want[k]) {
				t.Errorf("%s[%d] is %v, %v without the bad sample", name, k, got[k], want[k])
			}
		}
	}
}

// Where every node is bad, there is no average spectrum either: its features are not numbers, and its peaks not none.
func TestSpectrumOfBadNodes(t *testing.T) {
	rows, _ := twoSeries()
	rows = slices.Clone(rows[:4*2950])
	for i := range 4 {
		rows[i] = math.NaN()
	}
	in := inputOf(rows, nil, nil)
	for _, m := range metrics.Table() {
		if !strings.HasPrefix(m.Name, "psd_") && !strings.HasPrefix(m.Name, "region_psd") || m.Name == "psd_frequencies" {
			continue
		}
		for k, v := range m.Values(in) {
			if !math.IsNaN(v) {
				t.Errorf("%s[%d] of bad nodes is %v", m.Name, k, v)
			}
		}
	}
}
