package tvb_test

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/h5"
	"brainsweep/io/tvb"
)

// dataset is one of an HDF5 file that a test makes up.
type dataset struct {
	name  string
	shape []int
	data  any
}

func writeH5(t *testing.T, sets ...dataset) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "c.h5")
	f, err := h5.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sets {
		kind := h5.Float64
		switch s.data.(type) {
		case []float32:
			kind = h5.Float32
		case []uint8:
			kind = h5.Uint8
		case []string:
			kind = h5.String
		}
		d, err := f.CreateDataset("/"+s.name, h5.Spec{Type: kind, Shape: s.shape})
		if err != nil {
			t.Fatal(err)
		}
		if err := cmp.Or(d.Write(make([]int, len(s.shape)), s.shape, s.data), d.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// whole is the connectome of the other tests' texts as TVB keeps it in HDF5.
func whole() []dataset {
	return []dataset{
		{"weights", []int{3, 3}, []float64{0, 1, 0.5, 1, 0, 0, 0.2, 0, 0}},
		{"tract_lengths", []int{3, 3}, []float32{0, 10, 20, 10, 0, 30, 20, 30, 0}},
		{"centres", []int{3, 3}, []float64{0, 0, 0, 3, 4, 0, 0, 0, 12}},
		{"region_labels", []int{3}, []string{"A", "B", "C"}},
		{"areas", []int{3}, []float64{1, 2, 3}},
		{"orientations", []int{3, 3}, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}},
		{"cortical", []int{3}, []uint8{1, 1, 0}},
		{"hemispheres", []int{3}, []uint8{0, 1, 0}},
	}
}

func TestReadH5(t *testing.T) {
	c, err := tvb.Read(writeH5(t, whole()...))
	check(t, c, err)
	if !slices.Equal(c.Areas, []float64{1, 2, 3}) || !slices.Equal(c.Cortical, []bool{true, true, false}) ||
		!slices.Equal(c.Right, []bool{false, true, false}) || len(c.Orientations) != 3 || len(c.Notes) != 0 {
		t.Errorf("areas %v, cortical %v, right %v, orientations %v, notes %q", c.Areas, c.Cortical, c.Right, c.Orientations, c.Notes)
	}
	c, err = tvb.Read(writeH5(t, whole()[0], whole()[2], whole()[3]))
	if err != nil || c.Lengths[1] != 5 || c.Lengths[2] != 12 {
		t.Errorf("without tract lengths they are the distances of centres: %v", err)
	}
}

func TestMistakesInH5(t *testing.T) {
	negative := whole()
	negative[1].data = []float32{0, 10, 20, -10, 0, 30, 20, 30, 0}
	few := whole()
	few[3] = dataset{"region_labels", []int{2}, []string{"A", "B"}}
	text := whole()
	text[0] = dataset{"weights", []int{3, 3}, slices.Repeat([]string{"w"}, 9)}
	for want, sets := range map[string][]dataset{
		":/tract_lengths:2:1: tract length -10 is negative":                    negative,
		":/region_labels: 2 labels, but the weights are of 3 regions":          few,
		":/weights: cannot be read as weights":                                 text,
		": the file has no data set weights; there are centres, tract_lengths": whole()[1:3],
		":/weights: not a table of the regions of a connectome":                {{"weights", []int{1, 3, 3}, make([]float64, 9)}},
	} {
		path := writeH5(t, sets...)
		_, err := tvb.Read(path)
		if err == nil || !strings.Contains(err.Error(), path+want) || !fault.Is(err) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}
