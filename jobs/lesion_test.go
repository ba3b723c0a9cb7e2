package jobs_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/io/tvb"
	"brainsweep/jobs"
)

// lesionJob has no random numbers, so that two connectomes with the same weights give the same bytes.
const lesionJob = `model = "toy.toml"
[connectome]
source = "%s"
normalise = "%s"
%s
[coupling]
a = 0.9
[run]
duration = "20 ms"
precision = "double"
noise = "none"
[initial]
x = [0.9, 0.1, 0.5, 0.7, 0.2, 0.3, 0.8, 0.6, 0.4, 0.0]
ou = 0
%s
[[record]]
monitor = "raw"
of = ["x"]
[metrics]
of = ["x"]
use = ["fc_sc"]
`

// TestLesionIsTheConnectomeWithoutIt compares jobs with lesions with jobs on connectomes whose weights were scaled by hand.
func TestLesionIsTheConnectomeWithoutIt(t *testing.T) {
	whole, err := connectome.Synthetic(10)
	if err != nil {
		t.Fatal(err)
	}
	if whole, err = whole.Normalise("column"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, lesion string
		scale        func(target, source int) float64
	}{
		{"resection", fmt.Sprintf(`lesion = [{ nodes = ["%s", 7] }]`, whole.Labels[2]), func(i, j int) float64 {
			if i == 2 || j == 2 || i == 7 || j == 7 {
				return 0
			}
			return 1
		}},
		{"two tracts", fmt.Sprintf(`lesion = [{ from = 0, to = [1, 2], scale = 0.5 }, { from = "%s", scale = 0.25 }]`, whole.Labels[0]), func(i, j int) float64 {
			switch {
			case j == 0 && (i == 1 || i == 2):
				return 0.125
			case j == 0:
				return 0.25
			}
			return 1
		}},
	} {
		byHand := *whole
		byHand.Weights = make([]float64, 100)
		for k, w := range whole.Weights {
			byHand.Weights[k] = w * c.scale(k/10, k%10)
		}
		file := filepath.Join(t.TempDir(), "by-hand.zip")
		if err := tvb.Write(file, &byHand); err != nil {
			t.Fatal(err)
		}
		want := result(t, parse(t, fmt.Sprintf(lesionJob, file, "none", "", "")), ways{})
		have := result(t, parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "column", c.lesion, "")), ways{})
		healthy := result(t, parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "column", "", "")), ways{})
		for _, set := range []string{"/raw/x", "/metrics/x/fc_sc"} {
			if have[set] != want[set] || have[set] == "" {
				t.Errorf("%s: %s differs from that of the connectome without the connections", c.name, set)
			}
			if have[set] == healthy[set] {
				t.Errorf("%s: %s is that of the healthy brain", c.name, set)
			}
		}
		if have["/connectome/weights"] != healthy["/connectome/weights"] {
			t.Errorf("%s: the result's connectome is not the one before the lesions", c.name)
		}
		again(t, parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "column", c.lesion, "")))
	}
}

// again complains unless a job's points come out to the bit when they are computed again from the result alone.
func again(t *testing.T, j *jobs.Job) {
	t.Helper()
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, output, ways{}); err != nil {
		t.Fatal(err)
	}
	if r, err := recompute(t, output, "", 1); err != nil || !r.Same || !r.Bits {
		t.Errorf("computed again: %+v, %v", r, err)
	}
}

// TestLesionIsSwept looks for the points of a sweep over a lesion among jobs with the lesion fixed.
func TestLesionIsSwept(t *testing.T) {
	const lesion = `lesion = [{ nodes = [3]%s }]`
	swept := parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "row", fmt.Sprintf(lesion, ""), "[sweep]\nconnectome.lesion.0.scale = [1, 0.5, 0]"))
	all := result(t, swept, ways{ranks: 2, batch: 2})
	for i, scale := range []string{"1", "0.5", "0"} {
		alone := parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "row", fmt.Sprintf(lesion, ", scale = "+scale), ""))
		if alone.Plan.Point(0).Name() != swept.Plan.Point(i).Name() {
			t.Errorf("scale %s: the point has another name in a sweep", scale)
		}
		if want := result(t, alone, ways{})["/raw/x"]; rows(t, all, 3, i)["/raw/x"] != strings.Join(strings.Fields(strings.Trim(want[strings.Index(want, ": ")+2:], "[]")), " ") {
			t.Errorf("scale %s: other numbers in a sweep", scale)
		}
	}
	other := parse(t, fmt.Sprintf(lesionJob, "synthetic:10", "row", `lesion = [{ nodes = [4], scale = 0 }]`, ""))
	if other.Plan.Point(0).Name() == swept.Plan.Point(2).Name() || other.Plan.Hash() == swept.Plan.Hash() {
		t.Error("lesions of different regions have one name")
	}
	for _, p := range []string{swept.Plan.Text(), other.Plan.Text()} {
		if again := parse(t, p).Plan; again.Text() != p {
			t.Errorf("the plan is\n%s\nread again\n%s", p, again.Text())
		}
	}
}
