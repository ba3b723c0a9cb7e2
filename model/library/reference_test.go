package library_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/model/library"
)

// shared finds a folder of reference figures that are not part of the project, or skips the test.
func shared(t *testing.T, path string) string {
	t.Helper()
	root := os.Getenv("BRAINSWEEP_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	found := filepath.Join(root, path)
	if _, err := os.Stat(found); err != nil {
		t.Skipf("%s is not there: set BRAINSWEEP_SHARED to the folder of the reference figures", found)
	}
	return found
}

func read(t *testing.T, name string) (*model.Model, *model.Dynamics) {
	t.Helper()
	m, err := library.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	return m, d
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// TestSmallModelsAgainstTVB compares with tables computed by TVB (testdata/README.md). The local coupling of a
// surface, which the tables have in some sets, is no part of our models.
func TestSmallModelsAgainstTVB(t *testing.T) {
	const tolerance = 1e-12 // of the row's largest derivative; the tables have 17 digits
	for _, c := range []struct {
		model, table string
		series       bool // our wongwang uses a series near 0, where TVB's quotient loses digits
	}{{"kuramoto", "Kuramoto", false}, {"generic2d", "Generic2dOscillator", false}, {"wongwang", "ReducedWongWang", true}} {
		m, d := read(t, c.model)
		var table struct {
			Sets []struct {
				Name          string
				Parameters    map[string]float64
				LocalCoupling float64 `json:"local_coupling"`
				States        [][]float64
				Coupling      [][]float64
				Derivatives   [][]float64
			}
		}
		readJSON(t, "testdata/"+c.table+".json", &table)
		rows, worst := 0, 0.0
		for _, set := range table.Sets {
			if set.LocalCoupling != 0 {
				continue
			}
			for i, state := range set.States {
				leaf := map[string]float64{}
				for _, p := range m.Parameters {
					v, ok := set.Parameters[p.Name]
					if !ok {
						t.Fatalf("%s: the table has no parameter %s", c.model, p.Name)
					}
					leaf[p.Name] = v
				}
				for k, s := range m.States {
					leaf[s.Name] = state[k]
				}
				for k, term := range set.Coupling[i] {
					leaf[model.CouplingTermName(k)] = term
				}
				got := expr.Eval(d.Derivatives, func(name string) float64 { return leaf[name] })
				scale := 0.0
				for _, want := range set.Derivatives[i] {
					scale = math.Max(scale, math.Abs(want))
				}
				for k, want := range set.Derivatives[i] {
					rows++
					e := math.Abs(got[k]-want) / scale
					worst = math.Max(worst, e)
					if !(e < tolerance) {
						t.Errorf("%s, %s, row %d: d(%s) = %v, want %v", c.model, set.Name, i, m.States[k].Name, got[k], want)
					}
				}
			}
		}
		if rows < 50 {
			t.Errorf("%s: only %d derivatives compared", c.model, rows)
		}
		t.Logf("%s: %d derivatives, largest difference %.1e", c.model, rows, worst)
	}
}

// adexTable reads a table of derivatives of adex2, with its parameters.
func adexTable(t *testing.T, path string) (parameters map[string]float64, rows []map[string]float64) {
	t.Helper()
	var about struct{ Parameters map[string][]float64 }
	readJSON(t, path+".json", &about)
	parameters = map[string]float64{}
	for name, values := range about.Parameters {
		if len(values) == 1 {
			parameters[name] = values[0]
		}
		for k, v := range values {
			parameters[name+strconv.Itoa(k)] = v
		}
	}
	f, err := os.Open(path + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]float64{}
		for k, text := range line {
			if row[strings.TrimSpace(lines[0][k])], err = strconv.ParseFloat(text, 64); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, row)
	}
	return parameters, rows
}

// TestAdEx2AgainstTVB compares all derivatives with TVB's. TVB differentiates by finite differences with a step of
// 1e-7 kHz: their rounding, some 1e-16/1e-7 of F in first and 1e-16/1e-14 in second derivatives, limits each column.
func TestAdEx2AgainstTVB(t *testing.T) {
	t.Run("part", func(t *testing.T) { compareAdEx2(t, "testdata/adex2_dfun") })
	t.Run("whole", func(t *testing.T) { compareAdEx2(t, filepath.Join(shared(t, "reference/tvb"), "adex2_dfun_table")) })
}

func compareAdEx2(t *testing.T, path string) {
	tolerances := map[string]float64{ // of the column's largest absolute value
		"E": 1e-9, "I": 1e-9, "C_ee": 1e-9, "C_ei": 1e-9, "C_ii": 1e-9, "W_e": 1e-9, "W_i": 1e-9, "ou": 1e-9,
	}
	m, d := read(t, "adex2")
	parameters, rows := adexTable(t, path)
	worst, largest := map[string]float64{}, map[string]float64{}
	relative := map[string]float64{}
	for i, row := range rows {
		got := expr.Eval(d.Derivatives, func(name string) float64 {
			if v, ok := row[name]; ok {
				return v
			}
			v, ok := parameters[name]
			if !ok {
				t.Fatalf("row %d: no value for %q", i, name)
			}
			return v
		})
		for k, s := range m.States {
			want := row["d"+s.Name]
			worst[s.Name] = math.Max(worst[s.Name], math.Abs(got[k]-want))
			largest[s.Name] = math.Max(largest[s.Name], math.Abs(want))
			relative[s.Name] = math.Max(relative[s.Name], math.Abs(got[k]-want)/math.Abs(want))
		}
	}
	for _, s := range m.States {
		reached := worst[s.Name] / largest[s.Name]
		t.Logf("d%s: %.1e of the largest value, %.1e relative", s.Name, reached, relative[s.Name])
		if !(reached < tolerances[s.Name]) {
			t.Errorf("d%s differs by %.1e of the column's largest value", s.Name, reached)
		}
	}
}
