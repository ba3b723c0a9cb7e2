package tvb_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/tvb"
)

// TestMATLAB reads a file that scipy.io.savemat 1.10 wrote, compressed: SC and tract_lengths of three regions.
func TestMATLAB(t *testing.T) {
	c, err := tvb.Open("testdata/brain.mat")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Weights, []float64{0, 1, 0.5, 0.25, 0, 2, 3, 4, 0}) || !slices.Equal(c.Lengths, []float64{0, 10, 20, 10, 0, 30, 20, 30, 0}) || c.N() != 3 {
		t.Errorf("weights %v, lengths %v", c.Weights, c.Lengths)
	}
	if _, err := tvb.Open("../matrix/testdata/plain.mat"); !fault.Is(err) || !strings.Contains(err.Error(), "which matrix has the weights? the file has gain (2 x 3), one (1 x 1)") {
		t.Errorf("without weights: %v", err)
	}
	// In a folder of tables a file of MATLAB's is one of them.
	folder := t.TempDir()
	lengths, err := os.ReadFile("testdata/lengths.mat")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"weights.txt": "0 1 1\n1 0 1\n1 1 0\n", "tract_lengths.mat": string(lengths)} {
		if err := os.WriteFile(folder+"/"+name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if c, err = tvb.Open(folder); err != nil || !slices.Equal(c.Lengths, []float64{0, 10, 20, 10, 0, 30, 20, 30, 0}) {
		t.Errorf("%+v, %v", c, err)
	}
}
