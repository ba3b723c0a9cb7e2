package sim_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"brainsweep/cpu"
	"brainsweep/metrics"
	"brainsweep/sim"
)

// TestMachineFindsSpectraOfHostileSeries: the kernel takes segments less a sample and their means out of the spectrum; neither
// samples far from all others, wherever they are, nor drifts nor large means may show beside the rounding of a transform.
func TestMachineFindsSpectraOfHostileSeries(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	const nodes, samples, segment = 10, 4000, 2000
	machine, err := sim.NewMachine(context.Background(), dev, nodes, 64)
	if err != nil {
		t.Fatal(err)
	}
	defer machine.Close()
	host := metrics.NewHost(machine, nodes)
	for name, c := range map[string]struct {
		of   func(at int, x float64) float64
		size float64 // of the largest deviation from a sample near to the others
	}{
		"noise":                 {func(_ int, x float64) float64 { return x }, 4},
		"far from all at first": {outlierAt(0), 1e6},
		"far from all half-way": {outlierAt(segment / 2), 1e6},
		"far from all at last":  {outlierAt(samples - 1), 1e6},
		"two levels":            {func(at int, x float64) float64 { return x + 1e6*float64(at/1200) }, 1e6},
		"a drift":               {func(at int, x float64) float64 { return x + float64(at) }, segment},
		"a large mean":          {func(_ int, x float64) float64 { return 1e6 + x }, 4},
		"a mean, and no more":   {func(at int, _ float64) float64 { return 1e6 + float64(at%2)*0x1p-20 }, 0x1p-20},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			rows := make([]float64, nodes*samples)
			for k := range rows {
				rows[k] = c.of(k/nodes, r.NormFloat64())
			}
			got := metrics.Welch(metrics.Hosted(1000, rows, nodes, 1, host), segment, 0)
			want := metrics.Welch(metrics.Hosted(1000, rows, nodes, 1, nil), segment, 0)
			// A transform rounds as often as it halves. What the lowest two bins lose with the mean is the sum of all deviations.
			unit := c.size * math.Sqrt(2/(1000*segment*3.0/8)) * 0x1p-53
			sum, rest := 4*unit*segment, 2*unit*math.Sqrt(segment)*math.Log2(segment)
			for i := range got.Power {
				for f, w := range want.Power[i] {
					off := rest
					if f <= 1 {
						off = sum
					}
					if g := got.Power[i][f]; !(math.Abs(math.Sqrt(g)-math.Sqrt(w)) <= off+1e-13*math.Sqrt(w)) {
						t.Fatalf("node %d, bin %d: %v, in Go %v", i, f, g, w)
					}
				}
			}
		})
	}
}

// TestMachineFindsSpectraOfAnyLength: segments are transformed as half as many complex numbers or, two together, as odd ones.
func TestMachineFindsSpectraOfAnyLength(t *testing.T) {
	each(t, func(t *testing.T, isa string) {
		const nodes = 28
		host := newHost[float32](t, nodes, isa)
		for segment := 1; segment <= 128; segment++ {
			for _, segments := range []int{1, 2, 3} {
				samples := segment + (segments-1)*(segment-segment/2)
				rows := rhythms[float32](nodes, samples+1)
				got := metrics.Welch(metrics.Hosted(1000, rows[nodes:], nodes, 1, host), segment, 0)
				want := metrics.Welch(metrics.Hosted(1000, rows[nodes:], nodes, 1, nil), segment, 0)
				for k := nodes; k < len(rows); k += nodes {
					rows[k] += 1e6 // a node
				}
				beside := metrics.Welch(metrics.Hosted(1000, rows[nodes:], nodes, 1, host), segment, 0)
				for i := range nodes {
					if i > 0 && !slices.EqualFunc(got.Power[i], beside.Power[i], sameBits) {
						t.Fatalf("%d segments of %d: node %d is another with another node beside it", segments, segment, i)
					}
					if !near(got.Power[i], want.Power[i]) {
						t.Fatalf("%d segments of %d: node %d has %v, in Go %v", segments, segment, i, got.Power[i], want.Power[i])
					}
				}
			}
		}
		if err := host.Err(); err != nil {
			t.Fatal(err)
		}
	})
}

// TestMachineFindsSpectraOfLongSegments: half of this length is planned, the whole is not.
func TestMachineFindsSpectraOfLongSegments(t *testing.T) {
	const nodes, samples = 10, 781_250
	host := newHost[float64](t, nodes, "native")
	rows := rhythms[float64](nodes, samples)
	got := metrics.Welch(metrics.Hosted(1000, rows, nodes, 1, host), samples, 0)
	want := metrics.Welch(metrics.Hosted(1000, rows, nodes, 1, nil), samples, 0)
	for i := range nodes {
		if !near(got.Power[i], want.Power[i]) {
			t.Errorf("node %d has other powers than in Go", i)
		}
	}
	if err := host.Err(); err != nil {
		t.Fatal(err)
	}
}

func sameBits(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// near tells whether all amplitudes are the same beside the largest one, or no numbers. The lowest two have the rounding of a mean.
func near(got, want []float64) bool {
	largest := math.Sqrt(slices.Max(want))
	for f, w := range want {
		off := 1e-14 * largest
		if f <= 1 {
			off += 1e-16 * math.Sqrt(float64(2*len(want))) * largest
		}
		if g := got[f]; !(math.Abs(math.Sqrt(g)-math.Sqrt(w)) <= off || math.IsNaN(g) && math.IsNaN(w)) {
			return false
		}
	}
	return true
}

func outlierAt(at int) func(int, float64) float64 {
	return func(t int, x float64) float64 {
		if t == at {
			return 1e6
		}
		return x
	}
}
