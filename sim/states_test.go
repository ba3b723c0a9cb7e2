package sim_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"unsafe"

	"brainsweep/cpu"
	"brainsweep/metrics"
	"brainsweep/sim"
)

// sumTolerance is what sums of some hundred products may differ by where they are added in another order, as a share of the
// greatest sample: what lies nearer to a threshold may be taken for above or for below.
const sumTolerance = 1e-13

// hostile are series that are hard to smooth and compare from a few of their sums, each a node of its own.
func hostile[T float32 | float64](samples int) (rows []T, nodes int) {
	r := rand.New(rand.NewPCG(7, uint64(samples)))
	large, small := 1e30, 1e-30
	if _, double := any(rows).([]float64); double {
		large, small = 8e307, 1e-280
	}
	noise := func(int) float64 { return r.Float64() }
	wave := func(period float64) func(t int) float64 {
		return func(t int) float64 { return 10 + 9*math.Sin(2*math.Pi*float64(t)/period) }
	}
	times := func(of func(t int) float64, factor float64) func(t int) float64 {
		return func(t int) float64 { return factor * of(t) }
	}
	pulse := func(height, rest float64) func(t int) float64 { // the rest is about the threshold, of 0.3
		return func(t int) float64 {
			if t%701 > 200 && t%701 < 400 {
				return height
			}
			return rest + rest*1e-7*float64(t%3-1)
		}
	}
	series := []func(t int) float64{
		noise, wave(1000), wave(211), wave(37), wave(16), wave(8), wave(3),
		times(noise, large), times(wave(300), large/20), times(noise, -large), times(noise, small), times(wave(500), small),
		pulse(10, 3), pulse(10, 3*(1+1e-6)), pulse(1, 1), pulse(large, large*0.3), pulse(-1, 1), pulse(10, 0),
		func(int) float64 { return 5 }, func(int) float64 { return 0 }, func(int) float64 { return -0.1 },
		func(t int) float64 { return float64(t % 2) },                                    // from one sample to the next
		func(t int) float64 { return float64(t / 50 % 7) },                               // stairs
		func(t int) float64 { return float64(1 - min(1, abs(t-samples/3))) },             // one sample
		func(t int) float64 { return 1e-9*noise(t) + float64(1-min(1, abs(t-samples))) }, // noise that is tiny
		func(t int) float64 { return 1e6 + noise(t) },                                    // noise about a large mean
		func(t int) float64 { return math.Sqrt(-float64(t - samples/2)) },                // no number from the middle on
		func(t int) float64 { return 1 / float64(t-samples/2) },                          // infinite once
	}
	for t := range samples {
		for _, of := range series {
			rows = append(rows, T(of(t)))
		}
	}
	return rows, len(series)
}

func abs(k int) int { return max(k, -k) }

// The kernel sums at few times, and finds the same states as sums at all times.
func TestStatesOfHostileSeries(t *testing.T) {
	_, nodes := hostile[float32](1)
	each(t, func(t *testing.T, isa string) {
		statesOfHostileSeries(t, newHost[float32](t, nodes, isa), hostile[float32])
	})
	statesOfHostileSeries(t, newHost[float64](t, nodes, "native"), hostile[float64])
}

// each runs a test for instruction sets with vectors of every width: kernels take as many nodes at once as they allow.
func each(t *testing.T, test func(t *testing.T, isa string)) {
	sets := []string{"native"}
	if runtime.GOARCH == "amd64" {
		sets = []string{"x86-64", "x86-64-v3", "native"}
	}
	for _, isa := range sets {
		t.Run(isa, func(t *testing.T) { test(t, isa) })
	}
}

func statesOfHostileSeries[T float32 | float64](t *testing.T, host *metrics.Host, series func(samples int) (rows []T, nodes int)) {
	for _, sigma := range []float64{0.0001, 0.0012, 0.0033, 0.01, 0.025} {
		for _, samples := range []int{1, 2, 7, 8, 9, 97, 2003} {
			for _, offset := range []float64{0, 0.2} {
				rows, nodes := series(samples)
				compareStates(t, host, rows, nodes, sigma, offset)
			}
		}
	}
	if err := host.Err(); err != nil {
		t.Error(err)
	}
}

func compareStates[T float32 | float64](t *testing.T, host *metrics.Host, rows []T, nodes int, sigma, offset float64) {
	const rate, ratio = 1000, 0.3
	samples := len(rows) / nodes
	signal, plain := metrics.Hosted(rate, rows, nodes, 1, host), metrics.Transposed(rate, rows, nodes, 1)
	got := metrics.FindStates(signal, sigma, ratio, offset, 0)
	want := metrics.FindStates(plain, sigma, ratio, offset, 0)
	for i := range nodes {
		if plain.Bad[i] {
			continue
		}
		what := fmt.Sprintf("%T, %d samples, sigma %v, offset %v, node %d", rows[0], samples, sigma, offset, i)
		near := sumTolerance * max(math.Abs(plain.Max[i]), math.Abs(plain.Min[i]))
		if !(math.Abs(got[i].Largest-want[i].Largest) <= near) || !(math.Abs(got[i].Threshold-want[i].Threshold) <= near) {
			t.Fatalf("%s: largest %v and threshold %v, in Go %v and %v", what, got[i].Largest, got[i].Threshold, want[i].Largest, want[i].Threshold)
		}
		above, sure := states(got[i]), states(want[i])
		for k, up := range above {
			if up != sure[k] && !(math.Abs(smoothedAt(plain, i, k, sigma*rate)-want[i].Threshold) <= near) {
				t.Fatalf("%s: up at %d is %v, in Go %v", what, k, up, sure[k])
			}
		}
		if len(above) != samples {
			t.Fatalf("%s: runs of %d samples", what, len(above))
		}
	}
}

// newHost computes with the kernels, on series of one precision.
func newHost[T float32 | float64](t *testing.T, nodes int, isa string) *metrics.Host {
	t.Helper()
	dev, err := cpu.Open(cpu.Options{Threads: 1, ISA: isa})
	if err != nil {
		t.Skipf("there is no C compiler, or no such instruction set: %v", err)
	}
	t.Cleanup(func() { dev.Close() })
	machine, err := sim.NewMachine(context.Background(), dev, nodes, 8*int(unsafe.Sizeof(*new(T))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { machine.Close() })
	return metrics.NewHost(machine, nodes)
}

// states tells of each sample whether it is up.
func states(s metrics.States) []bool {
	var out []bool
	up := s.First
	for _, length := range s.Runs {
		for range length {
			out = append(out, up)
		}
		up = !up
	}
	return out
}

// smoothedAt is the definition of metrics.FindStates at one time.
func smoothedAt(s *metrics.Signal, i, t int, sigma float64) float64 {
	if s.Flat[i] {
		return s.Min[i]
	}
	n, radius := s.Len(), int(4*sigma+0.5)
	sum, weights := 0.0, 0.0
	for k := -radius; k <= radius; k++ {
		at := (((t + k) % (2 * n)) + 2*n) % (2 * n)
		if at >= n {
			at = 2*n - 1 - at
		}
		w := math.Exp(-0.5 * float64(k*k) / (sigma * sigma))
		weights += w
		sum += w * (s.Node(i)[at] / float64(2*radius+1))
	}
	return sum / weights * float64(2*radius+1)
}

// Samples at borders of bins and beside them, and those that no bin has, are counted as in Go; but for numbers too small for their
// form, which kernels take for 0.
func TestCountsAtBorders(t *testing.T) {
	const nodes = 28
	each(t, func(t *testing.T, isa string) {
		countsAtBorders(t, newHost[float32](t, nodes, isa), nodes, float32(math.Inf(1)), math.Nextafter32)
	})
	countsAtBorders(t, newHost[float64](t, nodes, "native"), nodes, math.Inf(1), math.Nextafter)
}

func countsAtBorders[T float32 | float64](t *testing.T, host *metrics.Host, nodes int, infinity T, next func(x, towards T) T) {
	const bins, top = 101, 100.0
	for _, factor := range []float64{1, 1000, 0.37} {
		x := []T{0, T(math.Copysign(0, -1)), -1, -1e-30, 1e-30, 1e30, -1e30, infinity, -infinity, T(math.NaN()), 8388609, 1e9}
		for k := 1; k < bins+2; k++ {
			border := T(float64(k) * (top / bins) / factor)
			below, above := next(border, -infinity), next(border, infinity)
			x = append(x, border, below, next(below, -infinity), above, next(above, infinity), border*(1+1e-6), border*(1-1e-6))
		}
		rows := make([]T, 4000*nodes)
		r := rand.New(rand.NewPCG(3, 4))
		for k := range rows {
			rows[k] = x[r.IntN(len(x))]
			if k%nodes < 8 && r.IntN(200) > 0 {
				rows[k] = T(r.Float64() * 110 / factor)
			}
		}
		signal, plain := metrics.Hosted(1000, rows, nodes, factor, host), metrics.Transposed(1000, rows, nodes, factor)
		counted, expected := signal.Histograms(), plain.Histograms()
		for i := range nodes {
			got, want := counted(i), expected(i)
			for k := range want {
				if got[k] != want[k] {
					t.Errorf("times %v, node %d: %v samples in bin %d, in Go %v", factor, i, got[k], k, want[k])
				}
			}
		}
	}
	if err := host.Err(); err != nil {
		t.Error(err)
	}
}
