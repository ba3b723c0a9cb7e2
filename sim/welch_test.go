package sim_test

import (
	"context"
	"math"
	"math/rand/v2"
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

func outlierAt(at int) func(int, float64) float64 {
	return func(t int, x float64) float64 {
		if t == at {
			return 1e6
		}
		return x
	}
}
