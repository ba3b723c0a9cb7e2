package metrics

import (
	"math"
	"slices"
	"sync"
)

// Target is empirical data that a series is compared with. What it does not have is empty; metrics that need it are NaN.
// Several goroutines may use one.
type Target struct {
	FC []float64 // n*n, in the order of the nodes; NaN where unknown

	FCD          []float64 // windows*windows
	Window, Step float64   // of FCD [s]

	Frequency, Power []float64  // of a spectrum; frequencies above 0 rise [Hz], powers are in any unit
	Band             [2]float64 // of the frequencies to compare, both ends in it [Hz]; zero: all

	series *Signal
	config Config
	lock   sync.Mutex
	sorted map[bool][]float64 // values of FCD, see fcdValues
}

// NewTarget draws from a series what the metrics of a target need, with the same options as from what is compared with it.
// Of what it is too short for there is nothing.
func NewTarget(series *Signal, config Config) *Target {
	return &Target{series: series, config: config}
}

// Setup is what the target's series is like.
func (t *Target) Setup() Setup {
	return Setup{Nodes: t.series.N(), Samples: t.series.Len(), Rate: t.series.Rate, Config: t.config}
}

// Select is the target with the given nodes alone, in that order.
func (t *Target) Select(nodes []int) *Target {
	out := &Target{FCD: t.FCD, Window: t.Window, Step: t.Step, Frequency: t.Frequency, Power: t.Power, Band: t.Band, config: t.config}
	if n := int(math.Round(math.Sqrt(float64(len(t.FC))))); t.FC != nil {
		for _, i := range nodes {
			for _, j := range nodes {
				out.FC = append(out.FC, t.FC[i*n+j])
			}
		}
	}
	if t.series != nil {
		var x [][]float64
		for _, i := range nodes {
			x = append(x, t.series.Node(i))
		}
		out.series = NewSignal(t.series.Rate, x)
	}
	return out
}

// input is the target's series as metrics take it.
func (t *Target) input() *Input {
	all := NewSeries(t.series.N(), true)
	row := make([]float64, t.series.N())
	for k := range t.series.Len() {
		for i := range row {
			row[i] = t.series.Node(i)[k]
		}
		all.Add(row)
	}
	return &Input{Moments: all.Moments(), Signal: t.series, Config: t.config}
}

// fc is the functional connectivity to compare with, nil where there is none.
func (t *Target) fc() []float64 {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.FC == nil && t.series != nil {
		t.FC = t.input().FC()
	}
	return t.FC
}

// spectrum is the spectrum to compare with, averaged over nodes.
func (t *Target) spectrum() (f, p []float64) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.Power == nil && t.series != nil {
		if in := t.input(); psdGroup().Least(in.setup()).Samples <= t.series.Len() {
			sp := in.spectra()
			t.Frequency, t.Power = sp.Frequency, sp.average()
		}
	}
	return t.Frequency, t.Power
}

// fcdValues are the entries k < l of the fcd to compare with, in ascending order; with apart those of windows without a
// common sample.
func (t *Target) fcdValues(apart bool) []float64 {
	t.lock.Lock()
	defer t.lock.Unlock()
	if values, done := t.sorted[apart]; done {
		return values
	}
	if t.FCD == nil && t.series != nil {
		if in := t.input(); fcdGroup().Least(in.setup()).Samples <= t.series.Len() {
			length, step := in.setup().fcdWindow()
			t.FCD = in.fcd()
			t.Window, t.Step = float64(length)/in.Signal.Rate, float64(step)/in.Signal.Rate
		}
	}
	count := int(math.Round(math.Sqrt(float64(len(t.FCD)))))
	var values []float64
	for k := range count {
		for l := k + 1; l < count; l++ {
			if !apart || float64(l-k)*t.Step >= t.Window*(1-1e-9) {
				values = append(values, t.FCD[k*count+l])
			}
		}
	}
	values = defined(values)
	slices.Sort(values)
	if t.sorted == nil {
		t.sorted = map[bool][]float64{}
	}
	t.sorted[apart] = values
	return values
}

// TargetGroup is the group of the metrics that compare with a target. It is none of Groups, since there may be many.
const TargetGroup = "target"

// Comparisons are the metrics that compare a series with Input.Targets[place]; their names begin with name where it is one.
//
//	fc_fit     = Pearson correlation of the upper triangles of FC and of (B + Bᵀ)/2, B the target's, over the pairs finite in both
//	fc_rmse    = root of the mean over these pairs of (FC_ij - B_ij)²
//	fcd_ks     = sup_z |F(z) - G(z)|, F and G the shares of the values <= z of fcd_kl, k < l, in the series and in the target
//	psd_fit    = Pearson correlation of log10 P(f) and log10 Q(f) over the target's frequencies f > 0
//	psd_rmse   = root of the mean over f of (log10 P(f) - log10 Q(f) - their mean)², in decades: no unit has a say in it
//
// P is the spectrum averaged over nodes, interpolated linearly between its bins; a frequency beyond them, or with no power, is
// left out. All are NaN below three pairs or frequencies.
// Deco et al. 2011 (Nat Rev Neurosci 12:43), Hansen et al. 2015 (NeuroImage 105:525).
func Comparisons(name string, place int) []Metric {
	prefix, target := "", " of the target"
	if name != "" {
		prefix, target = name+"_", " of the target "+name
	}
	fc := func(called, about string, less bool, of func(a, b []float64) float64) Metric {
		return comparison(Metric{Name: prefix + called, About: about, Pairs: true, LessIsBetter: less, Least: fcGroup().Least}, place, func(in *Input, t *Target) float64 {
			n := in.Moments.N()
			if t.fc() == nil {
				return math.NaN()
			}
			return of(in.pairs(), symmetricPairs(t.fc(), n))
		})
	}
	fcd := func(called, about string, apart bool) Metric {
		return comparison(Metric{Name: prefix + called, About: about, Signal: true, LessIsBetter: true, Least: fcdGroup().Least, Stream: fcdGroup().Stream, From: fcdGroup().Name}, place, func(in *Input, t *Target) float64 {
			return KS(FCDValues(in.fcd(), in.setup(), apart), t.fcdValues(apart))
		})
	}
	psd := func(called, about string, less bool, of func(a, b []float64) float64) Metric {
		return comparison(Metric{Name: prefix + called, About: about, Signal: true, LessIsBetter: less, Least: psdGroup().Least, Stream: psdGroup().Stream, From: psdGroup().Name}, place, func(in *Input, t *Target) float64 {
			a, b := t.common(in.spectra().Frequency, in.averageSpectrum())
			return of(a, b)
		})
	}
	return []Metric{
		fc("fc_fit", "correlation of fc with that"+target+" over pairs", false, pearson),
		fc("fc_fit_spearman", "rank correlation of fc with that"+target+" over pairs", false, spearman),
		fc("fc_rmse", "root mean square of fc less that"+target+" over pairs", true, distance),
		fcd("fcd_ks", "Kolmogorov-Smirnov distance of fcd and that"+target, false),
		fcd("fcd_ks_nonoverlap", "Kolmogorov-Smirnov distance of fcd and that"+target+", windows without a common sample", true),
		psd("psd_fit", "correlation of log10 psd with that"+target+" over frequencies", false, pearson),
		psd("psd_rmse", "root mean square of log10 psd less that"+target+", each less its mean", true, centredDistance),
	}
}

// comparison completes a metric of one number that needs the target of that place.
func comparison(m Metric, place int, of func(in *Input, t *Target) float64) Metric {
	m.Group, m.Shape = TargetGroup, PerPoint
	m.Compute = func(dst []float64, in *Input) {
		dst[0] = math.NaN()
		if place < len(in.Targets) && in.Targets[place] != nil {
			dst[0] = of(in, in.Targets[place])
		}
	}
	return m
}

// common gives log10 of a spectrum p over bins f and of the target's at the target's frequencies.
func (t *Target) common(f, p []float64) (a, b []float64) {
	at, power := t.spectrum()
	for k, x := range at {
		if !(x > 0) || t.Band[1] > 0 && (x < t.Band[0] || x > t.Band[1]) {
			continue
		}
		v := interpolated(f, p, x)
		if v > 0 && power[k] > 0 && !math.IsInf(v, 0) && !math.IsInf(power[k], 0) {
			a, b = append(a, math.Log10(v)), append(b, math.Log10(power[k]))
		}
	}
	return a, b
}

// interpolated is p at x, linear between the bins f; NaN beyond them.
func interpolated(f, p []float64, x float64) float64 {
	const rounding = 1e-9 // of frequencies that are written down with fewer digits
	k, _ := slices.BinarySearch(f, x*(1-rounding))
	switch {
	case k < len(f) && f[k] <= x*(1+rounding):
		return p[k]
	case k == 0 || k == len(f):
		return math.NaN()
	}
	share := (x - f[k-1]) / (f[k] - f[k-1])
	return p[k-1] + share*(p[k]-p[k-1])
}

// distance is the root mean square of a - b over the entries finite in both, NaN below three of them.
func distance(a, b []float64) float64 {
	sum, count := 0.0, 0
	for i := range a {
		if d := a[i] - b[i]; !math.IsNaN(d) && !math.IsInf(d, 0) {
			sum += d * d
			count++
		}
	}
	if count < 3 {
		return math.NaN()
	}
	return math.Sqrt(sum / float64(count))
}

// centredDistance is the distance of a and b, each less its mean.
func centredDistance(a, b []float64) float64 {
	if len(a) < 3 {
		return math.NaN()
	}
	centre, sum := mean(a)-mean(b), 0.0
	for i := range a {
		sum += square(a[i] - b[i] - centre)
	}
	return math.Sqrt(sum / float64(len(a)))
}
