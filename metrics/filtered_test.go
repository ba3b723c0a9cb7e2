package metrics_test

import (
	"math"
	"testing"

	"brainsweep/metrics"
)

// Of sinusoids with whole numbers of periods, an ideal filter lets those within the band through as they are, and nothing else.
// Butterworth's of order 2, forwards and backwards, leaves |H|² = 1/(1 + (q (w/c - c/w))^4) of each frequency's amplitude in the
// middle of a long series, w and c the frequency and the band's middle, prewarped as tan(pi f / rate), q the middle over the width.
func TestFilter(t *testing.T) {
	const rate, samples = 1000.0, 20_000
	band := []float64{8, 12}
	frequencies := []float64{2, 9, 10.5, 25}
	x := [][]float64{make([]float64, samples), make([]float64, samples), make([]float64, samples), make([]float64, samples)}
	for k := range samples {
		for _, f := range frequencies {
			x[0][k] += math.Sin(2 * math.Pi * f * float64(k) / rate)
		}
		x[0][k] += 1e5
		x[1][k] = 7
		x[2][k] = 1e3 * math.Sin(2*math.Pi*13*float64(k)/rate) // outside the band
		x[3][k] = x[0][k]
	}
	x[3][5] = math.NaN()
	prewarped := func(f float64) float64 { return math.Tan(math.Pi * f / rate) }
	middle, width := math.Sqrt(prewarped(band[0])*prewarped(band[1])), prewarped(band[1])-prewarped(band[0])
	for _, smooth := range []bool{false, true} {
		out := metrics.Filter(metrics.NewSignal(rate, x), band, smooth)
		for k := samples/2 - 500; k < samples/2+500; k++ {
			want := 0.0
			for _, f := range frequencies {
				gain := 0.0
				if f >= band[0] && f <= band[1] {
					gain = 1
				}
				if smooth {
					w := prewarped(f)
					gain = 1 / (1 + math.Pow(middle/width*(w/middle-middle/w), 4))
				}
				want += gain * math.Sin(2*math.Pi*f*float64(k)/rate)
			}
			if got := out.Node(0)[k]; math.Abs(got-want) > 1e-7 {
				t.Fatalf("smooth %t: sample %d is %v, want %v", smooth, k, got, want)
			}
		}
		if !out.Flat[1] || out.Node(1)[9] != 0 || out.Flat[2] != !smooth || !out.Bad[3] || out.Bad[0] {
			t.Errorf("smooth %t: constant nodes %v, bad ones %v", smooth, out.Flat, out.Bad)
		}
	}
}

// A band from 0 to half the rate lets everything through but the mean, of an even and of an odd number of samples; what is
// filtered has a mean of 0, whose rounding makes no coefficient of variation.
func TestAllFrequencies(t *testing.T) {
	const rate = 1000.0
	for _, samples := range []int{500, 501} {
		x := make([]float64, samples)
		for k := range x {
			x[k] = 3 + math.Sin(0.7*float64(k)) + math.Cos(math.Pi*float64(k))
		}
		in := &metrics.Input{Signal: metrics.NewSignal(rate, [][]float64{x}), Rate: rate}
		out := in.Filtered([]float64{0, rate / 2}, false)
		mean := 0.0
		for _, v := range x {
			mean += v / float64(samples)
		}
		for k, v := range x {
			if got := out.Signal.Node(0)[k]; math.Abs(got-(v-mean)) > 1e-12 {
				t.Fatalf("%d samples: sample %d is %v, want %v", samples, k, got, v-mean)
			}
		}
		found, err := metrics.Lookup("rate_cv")
		if err != nil {
			t.Fatal(err)
		}
		cv := []float64{0}
		if found[0].Compute(cv, out); !math.IsNaN(cv[0]) {
			t.Errorf("%d samples: the coefficient of variation of a mean of 0 is %v", samples, cv[0])
		}
	}
}
