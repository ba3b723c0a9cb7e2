package sim_test

import (
	"math"
	"testing"

	"brainsweep/codegen"
	"brainsweep/model"
)

// TestStimulusAgreesWithTVB runs a pulse train into two of ten nodes.
func TestStimulusAgreesWithTVB(t *testing.T) {
	r := readReference(t, "testdata/tvb/stim_pulsetrain.json.gz")
	for _, precision := range []int{64, 32} {
		study, point := r.study(t, precision, every(1, "V", "W"))
		pattern, err := model.FindPattern("pulse_train")
		if err != nil {
			t.Fatal(err)
		}
		stimulus := codegen.Stimulus{Name: "pulses", Pattern: pattern, Into: []string{"V"}}
		study.Stimuli = []codegen.Stimulus{stimulus}
		weight := stimulus.Address(codegen.WeightOf)
		study.PerNode = append(study.PerNode, weight)
		plain := point.Value
		point.Value = func(address string) float64 {
			for name, v := range r.Stimulus.Parameters {
				if address == stimulus.Address(name) {
					return v
				}
			}
			return plain(address)
		}
		point.NodeValue = func(address string, node int) float64 { return r.Stimulus.Weight[node] }
		k, _ := simulate(t, open(t, 1), study, point)
		allowed, worst := map[int]float64{64: tolerance, 32: 1e-4}[precision], 0.0
		for _, row := range r.Raw {
			for j := range 2 {
				for i := range study.Nodes {
					worst = math.Max(worst, relative(k[[3]int{0, 0, j}][row.Step-1][i], row.Values[j*study.Nodes+i], 1))
				}
			}
		}
		t.Logf("%d bits: largest difference %.1e", precision, worst)
		if !(worst <= allowed) {
			t.Errorf("%d bits: differs by %.1e, allowed are %.0e", precision, worst, allowed)
		}
	}
}
