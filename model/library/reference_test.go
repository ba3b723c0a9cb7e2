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

// tvbNames maps the models of the library to TVB's, whose tables of derivatives are in testdata/dfun.
var tvbNames = map[string]string{
	"coombes_byrne": "CoombesByrne", "coombes_byrne2d": "CoombesByrne2D", "deco_balanced": "DecoBalancedExcInh",
	"dumont_gutkin": "DumontGutkin", "epileptor": "Epileptor", "epileptor2d": "Epileptor2D",
	"epileptor_codim3": "EpileptorCodim3", "epileptor_codim3_slow": "EpileptorCodim3SlowMod",
	"epileptor_resting": "EpileptorRestingState", "gast_sd": "GastSchmidtKnosche_SD", "gast_sf": "GastSchmidtKnosche_SF",
	"generic2d": "Generic2dOscillator", "hopf": "SupHopf", "hopfield": "Hopfield", "jansen_rit": "JansenRit",
	"k_ion_ex": "KIonEx", "kuramoto": "Kuramoto", "larter_breakspear": "LarterBreakspear", "linear": "Linear",
	"montbrio": "MontbrioPazoRoxin", "wilson_cowan": "WilsonCowan", "wongwang": "ReducedWongWang",
	"reduced_fitzhugh_nagumo": "ReducedSetFitzHughNagumo", "reduced_hindmarsh_rose": "ReducedSetHindmarshRose",
	"wongwang_exc_inh": "ReducedWongWangExcInh", "zetterberg_jansen": "ZetterbergJansen",
}

// dfunTable is a table of derivatives: [row][variable], and [mode] in models with modes.
type dfunTable struct {
	Sets []struct {
		Name          string
		Parameters    map[string]any
		LocalCoupling float64 `json:"local_coupling"`
		States        []any
		Coupling      []any
		Derivatives   []any
	}
}

// TestDerivativesAgainstTVB compares with tables computed by TVB (testdata/README.md), and with the whole tables where
// they are to be had. The local coupling of a surface, which those have in some sets, is no part of our models.
func TestDerivativesAgainstTVB(t *testing.T) {
	for name, tvb := range tvbNames {
		t.Run(name, func(t *testing.T) {
			t.Run("part", func(t *testing.T) { compareDerivatives(t, name, "testdata/dfun/"+tvb+".json") })
			t.Run("whole", func(t *testing.T) {
				compareDerivatives(t, name, filepath.Join(shared(t, "reference/dfun"), tvb+".json"))
			})
		})
	}
}

func compareDerivatives(t *testing.T, name, path string) {
	const tolerance = 1e-12 // of the row's largest derivative; the tables have 17 digits
	m, d := read(t, name)
	var table dfunTable
	readJSON(t, path, &table)
	rows, worst := 0, 0.0
	for _, set := range table.Sets {
		if set.LocalCoupling != 0 {
			continue
		}
		for i := range set.States {
			leaf := map[string]float64{"c1": 0} // Hopfield's second term, which only comes with a dynamic threshold
			for _, p := range m.Parameters {
				leaf[p.Name] = p.Value
				if v, ok := number(set.Parameters[p.Name]); ok {
					leaf[p.Name] = v
				} else if p.Name != "corrected" {
					t.Fatalf("the table has no parameter %s", p.Name)
				}
			}
			states, want := flat(set.States[i]), flat(set.Derivatives[i])
			for k, s := range m.States {
				leaf[s.Name] = states[k]
			}
			for k, term := range flat(set.Coupling[i]) {
				leaf[model.CouplingTermName(k)] = term
			}
			got := expr.Eval(d.Derivatives, func(name string) float64 { return leaf[name] })
			scale := 0.0
			for _, w := range want {
				scale = math.Max(scale, math.Abs(w))
			}
			for k, w := range want {
				rows++
				e := math.Abs(got[k]-w) / scale
				worst = math.Max(worst, e)
				if !(e < tolerance) {
					t.Errorf("set %s, row %d: d(%s) = %v, want %v", set.Name, i, m.States[k].Name, got[k], w)
				}
			}
		}
	}
	if rows < 40 {
		t.Errorf("only %d derivatives compared", rows)
	}
	t.Logf("%d derivatives, largest difference %.1e", rows, worst)
}

// number reads a parameter of a table, where switches are true or false.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// flat lists the numbers of nested lists.
func flat(v any) []float64 {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []any:
		var out []float64
		for _, x := range v {
			out = append(out, flat(x)...)
		}
		return out
	}
	return nil
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
