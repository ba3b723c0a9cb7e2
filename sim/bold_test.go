package sim_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/connectome/connectometest"
	"brainsweep/sim"
)

// hrfFiles maps our names of responses to TVB's.
var hrfFiles = map[string]string{
	"volterra": "FirstOrderVolterra", "gamma": "Gamma", "double_exponential": "DoubleExponential", "gamma_mixture": "MixtureOfGammas",
}

// TestHRFAgreesWithTVB runs TVB's four responses; testdata/README.md says on what.
func TestHRFAgreesWithTVB(t *testing.T) {
	m, c := fromLibrary(t, "generic2d"), coupling(t, "linear")
	study := &sim.Study{
		Spec: codegen.Spec{Title: "hrf", Model: m, Coupling: c, Scheme: scheme(t, "heun"), Precision: 64, Nodes: 10},
		Step: 0.2, Steps: 25000, Origin: 80,
	}
	var responses []*sim.Response
	for _, h := range sim.HRFs() {
		study.Streams = append(study.Streams, codegen.Stream{
			Kind: codegen.Convolution, Period: 2500, Every: 20, Taps: sim.HRFTaps,
			Quantities: []codegen.Quantity{{Name: "V", Out: true}},
		})
		responses = append(responses, h.Response(h.Default))
	}
	study.Streams = append(study.Streams, stream(codegen.Average, 20, "V"))
	point := sim.Point{
		Value: values(m, c, study.Step, map[string]float64{"coupling.a": 0.05}), Initial: syn10Initial([2]float64{-2, 4}, [2]float64{-6, 6}),
		Wiring: wiring(t, connectometest.Syn10(), 4, study.Step), Responses: responses,
	}
	k, _ := simulate(t, open(t, 1), study, point)
	means := k[[3]int{0, len(sim.HRFs()), 0}]
	for s, row := range readTable(t, "testdata/hrf/tavg4.csv.gz") {
		for node, v := range row[1:] {
			if relative(means[s][node], v, 1) > tolerance {
				t.Fatalf("mean %d of node %d is %v, TVB has %v", s, node, means[s][node], v)
			}
		}
	}
	for i, h := range sim.HRFs() {
		want := readTable(t, "testdata/hrf/"+hrfFiles[h.Name]+".csv")
		have := k[[3]int{0, i, 0}]
		if len(have) != len(want) {
			t.Fatalf("%s: %d samples, TVB has %d", h.Name, len(have), len(want))
		}
		worst := 0.0
		for s, row := range want {
			for node, v := range row[1:] {
				worst = math.Max(worst, relative(have[s][node], v, 1))
			}
		}
		t.Logf("%s: largest difference %.1e", h.Name, worst)
		if !(worst <= tolerance) {
			t.Errorf("%s differs from TVB by %.1e", h.Name, worst)
		}
	}
}

// TestLongBoldAgreesWithTVB runs TVB's default response over 20 s, the time that it looks back.
func TestLongBoldAgreesWithTVB(t *testing.T) {
	r := readReference(t, "testdata/tvb/bold_g2do_syn10_20s.json.gz")
	h := sim.HRFs()[0]
	study, point := r.study(t, 64, codegen.Stream{
		Kind: codegen.Convolution, Period: 10000, Every: 40, Taps: sim.HRFTaps,
		Quantities: []codegen.Quantity{{Name: "V", Out: true}},
	})
	point.Responses = []*sim.Response{h.Response(h.Default)}
	k, _ := simulate(t, open(t, 1), study, point)
	have := k[[3]int{0, 0, 0}]
	if len(have) != len(r.Bold) || len(have) != 20 {
		t.Fatalf("%d samples, TVB has %d", len(have), len(r.Bold))
	}
	worst := 0.0
	for s, row := range r.Bold {
		for node := range study.Nodes {
			worst = math.Max(worst, relative(have[s][node], row[1+node], 1))
		}
	}
	t.Logf("largest difference %.1e", worst)
	if !(worst <= tolerance) {
		t.Errorf("differs from TVB by %.1e", worst)
	}
}

// syn10Initial is the reference runs' initial state: lo + (hi-lo) (((7 i + 3 k + 1) mod 10)/10*0.5 + 0.25) for state k at node i.
func syn10Initial(ranges ...[2]float64) []float64 {
	var out []float64
	for k, r := range ranges {
		for i := range 10 {
			out = append(out, r[0]+(r[1]-r[0])*(float64((7*i+3*k+1)%10)/10*0.5+0.25))
		}
	}
	return out
}

// readTable reads a CSV file of numbers with a heading.
func readTable(t *testing.T, path string) [][]float64 {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, row := range rows[1:] {
		var numbers []float64
		for _, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			numbers = append(numbers, v)
		}
		out = append(out, numbers)
	}
	return out
}
