package sim_test

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// paperRun is TVB's run of the second-order AdEx on the paper's connectome of 68 regions.
const paperRun = "adex2low_paper68_p2_be60_g0.3"

// TestThePapersBrain compares the run on the real connectome, which stays in the shared folder beside the repository
// (or where BRAINSWEEP_SHARED says): every tenth step of all states of all regions for 200 ms.
func TestThePapersBrain(t *testing.T) {
	folder := filepath.Join(cmp.Or(os.Getenv("BRAINSWEEP_SHARED"), "../../shared"), "reference", "tvb")
	text, err := os.ReadFile(filepath.Join(folder, paperRun+".json"))
	if err != nil {
		t.Skipf("the reference data are not there: %v", err)
	}
	var r reference
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	r.Weights = numbers(t, filepath.Join(folder, paperRun+".weights.csv"))
	r.Lengths = numbers(t, filepath.Join(folder, paperRun+".tract_lengths.csv"))
	r.Initial = numbers(t, filepath.Join(folder, paperRun+".initial_state.csv"))
	m := fromLibrary(t, libraryName(r.Model))
	study, point := r.study(t, 64, every(1, names(m)...))
	k, _ := simulate(t, open(t, 1), study, point)
	rows := numbers(t, filepath.Join(folder, paperRun+".raw_every10.csv.gz"))[1:]
	largest := make([]float64, len(m.States))
	for _, row := range rows {
		for c, v := range row[1:] {
			largest[c/study.Nodes] = max(largest[c/study.Nodes], v, -v)
		}
	}
	worst := 0.0
	for s, row := range rows {
		for c, v := range row[1:] {
			state, node := c/study.Nodes, c%study.Nodes
			if e := relative(k[[3]int{0, 0, state}][10*s][node], v, largest[state]); !(e <= worst) {
				worst = e
			}
		}
	}
	t.Logf("largest difference %.1e over %d rows", worst, len(rows))
	if !(worst <= toleranceSecondOrder) {
		t.Errorf("differs from TVB by %.1e", worst)
	}
}

// numbers reads a CSV file, packed or not; a heading becomes a row of zeros.
func numbers(t *testing.T, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = bufio.NewReader(f)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([][]float64, len(rows))
	for i, row := range rows {
		for _, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil && i > 0 {
				t.Fatal(err)
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}
