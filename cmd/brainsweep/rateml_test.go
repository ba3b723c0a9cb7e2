package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"brainsweep/io/result/resulttest"
)

// swept is a job of 1024 points; the model, its coupling and its parameters are to be put in front.
const swept = `
[connectome]
source = "synthetic:4"
speed  = "2 mm/ms"
[run]
duration  = "10 ms"
step      = "0.05 ms"
scheme    = "euler"
precision = "double"
noise     = "none"
[initial]
r = [0.1, 0.2, 0.3, 0.4]
V = -1.0
[[record]]
monitor = "subsample"
of      = ["r"]
period  = "10 ms"
[metrics]
of  = ["r"]
use = ["rate"]
[sweep]
`

// TestSweepOfRateML runs a RateML file unchanged, as it is converted, and sent to RateML and back: a sweep of 1024 points
// gives 1024 results, which are those of the library's model of the same equations.
func TestSweepOfRateML(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache(t))
	text, err := os.ReadFile(filepath.Join("..", "..", "model", "rateml", "testdata", "montbrio.xml"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(folder, "mpr.xml"), string(text))
	must(t, "convert", filepath.Join(folder, "mpr.xml"), filepath.Join(folder, "converted.toml"))
	must(t, "convert", filepath.Join(folder, "converted.toml"), filepath.Join(folder, "back.xml"))
	const axes = "eta = { from = -6, to = -4, points = 32 }\n"
	want := sweep(t, folder, "model = 'montbrio'\n[coupling]\nfunction = 'scaling'\n[parameters]\nDelta = 0.7\nJ = 14.5\n"+swept+axes+
		"coupling.a = { from = 0.5, to = 3, points = 32 }\n")
	for _, model := range []string{"mpr.xml", "converted.toml", "back.xml"} {
		got := sweep(t, folder, "model = '"+model+"'\n"+swept+axes+"global_coupling = { from = 0.5, to = 3, points = 32 }\n")
		if len(got) != len(want) || len(got) != 1024*4 {
			t.Fatalf("%s: %d numbers, want %d", model, len(got), len(want))
		}
		for i, w := range want {
			if !(math.Abs(got[i]-w) <= 1e-12*math.Abs(w)) {
				t.Fatalf("%s: number %d is %v, want %v", model, i, got[i], w)
			}
		}
	}
	if want[0] == want[4] || want[0] == want[4*32] {
		t.Error("the points are all the same")
	}
}

func TestConvertMistakes(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ from, to, want string }{
		{"adex2", "adex2.xml", "d(E) needs erfc, which RateML does not have"},
		{"kuramoto", "kuramoto.toml", "kuramoto: the name of a RateML file ends in .xml"},
		{"kuramoto", "kuramoto.txt", "the name of a model file ends in .toml, that of a RateML file in .xml"},
	} {
		var said strings.Builder
		code := execute(context.Background(), []string{"convert", c.from, filepath.Join(folder, c.to)}, &said, &said)
		if code != 2 || !strings.Contains(said.String(), c.want) {
			t.Errorf("convert %s %s: exit code %d, %s; want %s", c.from, c.to, code, said.String(), c.want)
		}
	}
}

// sweep runs a job and gives what its record holds.
func sweep(t *testing.T, folder, job string) []float64 {
	t.Helper()
	file, output := filepath.Join(folder, "job.toml"), filepath.Join(folder, "job.h5")
	write(t, file, job)
	must(t, "run", file, "-o", output, "--force", "--device", "cpu")
	contents := resulttest.Contents(t, output)
	if _, values, _ := strings.Cut(contents["/points/status"], ": "); strings.Trim(values, "[0 ]") != "" {
		t.Errorf("status: %s", values)
	}
	_, values, _ := strings.Cut(contents["/subsample/r"], ": ")
	var out []float64
	for _, word := range strings.Fields(strings.Trim(values, "[]")) {
		bits, err := strconv.ParseUint(word, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, math.Float64frombits(bits))
	}
	return out
}

// must runs a command line that must succeed.
func must(t *testing.T, words ...string) {
	t.Helper()
	var said strings.Builder
	if code := execute(context.Background(), words, &said, &said); code != 0 {
		t.Fatalf("brainsweep %s: exit code %d: %s", strings.Join(words, " "), code, said.String())
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
