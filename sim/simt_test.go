package sim_test

import (
	"fmt"
	"math"
	"testing"

	"brainsweep/codegen"
	"brainsweep/cpu/simt"
	"brainsweep/model"
	"brainsweep/sim"
)

// TestTeamsOfThreads runs adex2 with everything on by teams of several threads under the thread sanitizer: no member
// touches what another writes without a SYNC between, and the numbers are the CPU's to rounding.
func TestTeamsOfThreads(t *testing.T) {
	for _, precision := range []int{32, 64} {
		t.Run(fmt.Sprint(precision), func(t *testing.T) {
			dev, err := simt.Open(3)
			if err != nil {
				t.Skip(err)
			}
			defer dev.Close()
			study, points := drivenBrain(t, precision, 2)
			study.Steps, study.Transient = 803, 103
			want, moments := simulate(t, open(t, 1), study, points...)
			got, theirs := simulate(t, dev, study, points...)
			if len(got) != len(want) || len(got) == 0 {
				t.Fatalf("%d series, want %d", len(got), len(want))
			}
			tolerance := 1e-9
			if precision == 32 {
				tolerance = 1e-4
			}
			for key, rows := range want {
				if far := distance(rows, got[key]); far > tolerance {
					t.Errorf("point %d, stream %d, quantity %d: %.2g of the largest value apart", key[0], key[1], key[2], far)
				}
			}
			for i := range moments {
				if moments[i].Fault != nil || theirs[i].Fault != nil {
					t.Errorf("point %d: faults %v and %v", i, moments[i].Fault, theirs[i].Fault)
				}
			}
		})
	}
}

// drivenBrain is the brain with what it has not: stimuli, of a formula and of a series, input recorded, and a response convolved.
func drivenBrain(t *testing.T, precision, points int) (*sim.Study, []sim.Point) {
	t.Helper()
	study, all := brain(t, precision, points)
	pulses, err := model.FindPattern("pulse_train")
	if err != nil {
		t.Fatal(err)
	}
	study.Stimuli = []codegen.Stimulus{
		{Name: "pulses", Pattern: pulses, Into: []string{"E"}},
		{Name: "line", Pattern: model.Pattern{Name: "series", Parameters: []model.Parameter{{Name: codegen.SeriesOnset}, {Name: codegen.SeriesAmp}}},
			Into: []string{"E", "I"}, Samples: 3},
	}
	study.Series = map[int][]float64{1: {0, 30, 60, 0, 1e-4, 0}}
	study.PerNode = append(study.PerNode, study.Stimuli[0].Address(codegen.WeightOf))
	numbers := map[string]float64{
		"stimulus.pulses.onset": 5, "stimulus.pulses.T": 20, "stimulus.pulses.tau": 4, "stimulus.pulses.amp": 1e-4,
		"stimulus.line.onset": 3, "stimulus.line.amp": 2, "stimulus.line.weight": 1,
	}
	for i := range all {
		plain := all[i].Value
		all[i].Value = func(address string) float64 {
			if v, ok := numbers[address]; ok {
				return v
			}
			return plain(address)
		}
		all[i].NodeValue = func(_ string, node int) float64 { return float64(node % 3) }
	}
	h := sim.HRFs()[0]
	input := []codegen.Quantity{{Name: "c0", Out: true}}
	study.Streams = append(study.Streams,
		codegen.Stream{Kind: codegen.Sample, Period: 1, Late: true, Quantities: input},
		codegen.Stream{Kind: codegen.Average, Period: 7, Late: true, Quantities: input},
		codegen.Stream{Kind: codegen.Convolution, Period: 200, Every: 40, Taps: sim.HRFTaps,
			Quantities: []codegen.Quantity{{Name: "E", Out: true}}})
	for i := range all {
		weight := 5 + float64(i) // each point has a response of its own
		all[i].Responses = []*sim.Response{h.Response(func(name string) float64 {
			if name == "k_1" {
				return weight
			}
			return h.Default(name)
		})}
	}
	return study, all
}

// distance is the largest difference of two series, as a share of the largest value; of what is still next to nothing,
// as BOLD is in the beginning, rounding is all.
func distance(a, b [][]float64) float64 {
	if len(a) != len(b) {
		return math.Inf(1)
	}
	most, far := 1e-3, 0.0
	for k := range a {
		if len(a[k]) != len(b[k]) {
			return math.Inf(1)
		}
		for i := range a[k] {
			most = max(most, math.Abs(a[k][i]))
			far = max(far, math.Abs(a[k][i]-b[k][i]))
		}
	}
	return far / most
}
