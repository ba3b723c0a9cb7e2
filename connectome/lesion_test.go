package connectome_test

import (
	"slices"
	"testing"

	"brainsweep/connectome"
)

func TestLesioned(t *testing.T) {
	abc := []string{"a", "b", "c"}
	whole := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	for _, test := range []struct {
		name    string
		lesions []connectome.Lesion
		scales  []float64
		want    []float64
	}{
		{"none", nil, nil, whole},
		{"resection", []connectome.Lesion{{Nodes: []int{1}}}, []float64{0}, []float64{1, 0, 3, 0, 0, 0, 7, 0, 9}},
		{"one tract", []connectome.Lesion{{From: []int{0}, To: []int{2}}}, []float64{0.5}, []float64{1, 2, 3, 4, 5, 6, 3.5, 8, 9}},
		{"all that a region sends", []connectome.Lesion{{From: []int{0}}}, []float64{0}, []float64{0, 2, 3, 0, 5, 6, 0, 8, 9}},
		{"all that a region gets", []connectome.Lesion{{To: []int{0}}}, []float64{0}, []float64{0, 0, 0, 4, 5, 6, 7, 8, 9}},
		{"two that meet", []connectome.Lesion{{Nodes: []int{1}}, {From: []int{1}, To: []int{0}}}, []float64{0.5, 0.25},
			[]float64{1, 0.25, 3, 2, 2.5, 3, 7, 4, 9}},
	} {
		c := of(abc, slices.Clone(whole)...)
		if got := c.Lesioned(test.lesions, test.scales, nil).Weights; !slices.Equal(got, test.want) {
			t.Errorf("%s: weights %v, want %v", test.name, got, test.want)
		}
		if !slices.Equal(c.Weights, whole) {
			t.Errorf("%s changes the connectome it is given", test.name)
		}
	}
	// A subject whose nodes are b and c of the plan's a, b, c.
	c := of([]string{"b", "c"}, 1, 2, 3, 4)
	if got := c.Lesioned([]connectome.Lesion{{Nodes: []int{2}}}, []float64{0}, func(i int) int { return i + 1 }).Weights; !slices.Equal(got, []float64{1, 0, 0, 0}) {
		t.Errorf("numbered otherwise: %v", got)
	}
}
