package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tvbTables are TVB's tables of derivatives (model/library/testdata/README.md) and our names of the models.
var tvbTables = strings.Fields(`
	CoombesByrne coombes_byrne CoombesByrne2D coombes_byrne2d DecoBalancedExcInh deco_balanced DumontGutkin dumont_gutkin
	Epileptor epileptor Epileptor2D epileptor2d EpileptorCodim3 epileptor_codim3 EpileptorCodim3SlowMod epileptor_codim3_slow
	EpileptorRestingState epileptor_resting GastSchmidtKnosche_SD gast_sd GastSchmidtKnosche_SF gast_sf
	Generic2dOscillator generic2d Hopfield hopfield JansenRit jansen_rit KIonEx k_ion_ex Kuramoto kuramoto
	LarterBreakspear larter_breakspear Linear linear MontbrioPazoRoxin montbrio ReducedSetFitzHughNagumo reduced_fitzhugh_nagumo
	ReducedSetHindmarshRose reduced_hindmarsh_rose ReducedWongWang wongwang ReducedWongWangExcInh wongwang_exc_inh
	SupHopf hopf WilsonCowan wilson_cowan ZetterbergJansen zetterberg_jansen`)

// tvbTable is a table: its numbers are [row][variable], or [row][variable][mode].
type tvbTable struct {
	States []string `json:"state_variables"`
	Modes  int
	Sets   []struct {
		Name                          string
		Parameters                    map[string]any
		LocalCoupling                 float64 `json:"local_coupling"`
		States, Coupling, Derivatives []any
	}
}

// TestEvalReproducesTVBsTables computes every table by the command, each row with its parameters in columns of their own.
// BRAINSWEEP_TABLES names a folder of further tables.
func TestEvalReproducesTVBsTables(t *testing.T) {
	folder := os.Getenv("BRAINSWEEP_TABLES")
	if folder == "" {
		folder = filepath.Join("..", "..", "model", "library", "testdata", "dfun")
	}
	t.Setenv("XDG_CACHE_HOME", cache(t))
	for i := 0; i < len(tvbTables); i += 2 {
		t.Run(tvbTables[i+1], func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(folder, tvbTables[i]+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var table tvbTable
			if err := json.Unmarshal(text, &table); err != nil {
				t.Fatal(err)
			}
			table.compare(t, tvbTables[i+1])
		})
	}
}

func (table tvbTable) compare(t *testing.T, model string) {
	t.Helper()
	var heading, parameters []string
	var rows [][]string
	var want [][]float64
	name := func(stem string, mode int) string {
		if table.Modes > 1 {
			return fmt.Sprintf("%s_%d", stem, mode+1)
		}
		return stem
	}
	for _, set := range table.Sets {
		if set.LocalCoupling != 0 {
			continue // of surfaces
		}
		if parameters == nil {
			for p, v := range set.Parameters {
				if _, list := v.([]any); !list {
					parameters = append(parameters, p)
				}
			}
		}
		for r := range set.States {
			row := make([]string, len(heading))
			put := func(column, text string) {
				k := slices.Index(heading, column)
				if k < 0 {
					k = len(heading)
					heading, row = append(heading, column), append(row, "")
				}
				row[k] = text
			}
			add := func(stem string, values any) {
				for mode, v := range flat(values) {
					put(name(stem, mode), fmt.Sprintf("%.17g", v))
				}
			}
			for j, s := range table.States {
				add(s, set.States[r].([]any)[j])
			}
			for k, c := range set.Coupling[r].([]any) {
				add(fmt.Sprintf("c%d", k), c)
			}
			for _, p := range parameters {
				put(p, fmt.Sprint(set.Parameters[p]))
			}
			rows, want = append(rows, row), append(want, flat(set.Derivatives[r]))
		}
	}
	for r, row := range rows { // a coupling term that some sets do not have is 0
		for k, cell := range row {
			if cell == "" {
				row[k] = "0"
			}
		}
		for len(row) < len(heading) {
			row = append(row, "0")
		}
		rows[r] = row
	}
	at, output := filepath.Join(t.TempDir(), "at.csv"), filepath.Join(t.TempDir(), "out.csv")
	var text strings.Builder
	w := csv.NewWriter(&text)
	w.WriteAll(append([][]string{heading}, rows...))
	if err := os.WriteFile(at, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	if code := execute(context.Background(), []string{"models", "eval", model, "--at", at, "-o", output}, &said, &said); code != 0 {
		t.Fatalf("exit code %d: %s", code, said.String())
	}
	have := readTable(t, output)
	if len(have) != len(want) || len(have) < 20 {
		t.Fatalf("%d rows, want %d", len(have), len(want))
	}
	worst := 0.0
	for r, w := range want {
		scale := 0.0
		for _, x := range w {
			scale = math.Max(scale, math.Abs(x))
		}
		for k, x := range w {
			e := math.Abs(have[r][k]-x) / scale
			worst = math.Max(worst, e)
			if !(e < 1e-12) { // of the row's largest
				t.Errorf("row %d, column %d: %v, want %v", r, k, have[r][k], x)
			}
		}
	}
	t.Logf("%d rows, largest difference %.1e", len(want), worst)
}

// flat lists the numbers of nested lists.
func flat(v any) []float64 {
	if x, isNumber := v.(float64); isNumber {
		return []float64{x}
	}
	var out []float64
	for _, x := range v.([]any) {
		out = append(out, flat(x)...)
	}
	return out
}

func readTable(t *testing.T, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, line := range lines[1:] {
		var row []float64
		for _, cell := range line {
			x, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, x)
		}
		out = append(out, row)
	}
	return out
}
