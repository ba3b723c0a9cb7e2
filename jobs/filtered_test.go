package jobs_test

import (
	"math"
	"path/filepath"
	"testing"
	"time"

	h5result "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// bands is a job with metrics of what lies within bands, and the series that they are made of.
const bands = `model = "kuramoto"
[connectome]
source = "synthetic:6"
[coupling]
function = "kuramoto"
[run]
duration = "900 ms"
step = "0.5 ms"
precision = "double"
seed = 3
[sweep]
omega = [0.05, 0.2]
[noise]
theta = 0.01
[[record]]
monitor = "average"
of = ["theta"]
period = "2 ms"
[metrics]
of = ["theta", "slow", "fast"]
use = ["rate", "fc", "psd", "lz"]
period = "2 ms"
psd = { segment = "400 ms" }
filtered = { slow = { of = "theta", band = [4, 20] }, fast = { of = "theta", band = [30, 100], filter = "butterworth" } }
`

// within lets frequencies from low to top through, both in it: by the formula of the discrete Fourier transform, term by term.
func within(x []float64, rate, low, top float64) []float64 {
	n := len(x)
	out := make([]float64, n)
	for k := 1; 2*k < n; k++ {
		if f := float64(k) * rate / float64(n); f < low || f > top {
			continue
		}
		re, im := 0.0, 0.0
		for t, v := range x {
			angle := 2 * math.Pi * float64(k*t%n) / float64(n)
			re, im = re+(v-x[0])*math.Cos(angle), im+(v-x[0])*math.Sin(angle)
		}
		for t := range out {
			angle := 2 * math.Pi * float64(k*t%n) / float64(n)
			out[t] += 2 / float64(n) * (re*math.Cos(angle) + im*math.Sin(angle))
		}
	}
	return out
}

func correlation(a, b []float64) float64 {
	ma, mb, ab, aa, bb := 0.0, 0.0, 0.0, 0.0, 0.0
	for t := range a {
		ma, mb = ma+a[t]/float64(len(a)), mb+b[t]/float64(len(a))
	}
	for t := range a {
		ab, aa, bb = ab+(a[t]-ma)*(b[t]-mb), aa+(a[t]-ma)*(a[t]-ma), bb+(b[t]-mb)*(b[t]-mb)
	}
	return ab / math.Sqrt(aa*bb)
}

// TestMetricsOfBands holds functional connectivity within a band to that of the recorded series, filtered by the formula. Ranks,
// batches and interruptions do not show.
func TestMetricsOfBands(t *testing.T) {
	j := parse(t, bands)
	path := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, path, ways{threads: 2}); err != nil {
		t.Fatal(err)
	}
	want := resulttest.Contents(t, path)
	resulttest.Same(t, "other ways", result(t, j, ways{ranks: 2, threads: 1, batch: 1}), want)
	output := filepath.Join(t.TempDir(), "result.h5")
	for cuts := 0; !cut(t, j, output, ways{threads: 1, batch: 1 + cuts%2, every: time.Hour}, 1e4); cuts++ {
		if cuts > 30 {
			t.Fatal("the job does not end")
		}
	}
	resulttest.Same(t, "a job in pieces", resulttest.Contents(t, output), want)

	res, err := h5result.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	const nodes = 6
	read := func(address string, point int) []float64 {
		t.Helper()
		v, err := res.Variable(address)
		if err != nil {
			t.Fatal(err)
		}
		x, err := res.At(v, point)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for point := range 2 {
		rows := read("average.theta", point)
		x := make([][]float64, nodes)
		for at, v := range rows {
			x[at%nodes] = append(x[at%nodes], v)
		}
		slow, whole := read("slow.fc", point), read("theta.fc", point)
		differ := 0.0
		for a := range nodes {
			for b := range a {
				f := correlation(within(x[a], 500, 4, 20), within(x[b], 500, 4, 20))
				if got := slow[a*nodes+b]; math.Abs(got-f) > 1e-9 {
					t.Errorf("point %d: fc of %d and %d within the band is %v, want %v", point, a, b, got, f)
				}
				differ = max(differ, math.Abs(f-whole[a*nodes+b]))
			}
		}
		if differ < 0.1 {
			t.Errorf("point %d: the filter changes fc by %v: it shows nothing", point, differ)
		}
	}
}

// What the filter lets through is in the plan: other bands are other results.
func TestBandsAreInThePlan(t *testing.T) {
	j := parse(t, bands)
	again, err := jobs.Parse("again.toml", []byte(j.Plan.Text()))
	if err != nil {
		t.Fatal(err)
	}
	other := parse(t, bands+"\n")
	other.Plan.Metrics.Filtered[0].Band[1] = 21
	if again.Plan.Hash() != j.Plan.Hash() || other.Plan.Hash() == j.Plan.Hash() {
		t.Errorf("the plan's digest: %s, read again %s, with another band %s", j.Plan.Hash(), again.Plan.Hash(), other.Plan.Hash())
	}
}
