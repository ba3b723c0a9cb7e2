package jobs_test

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	file "brainsweep/io/result"
	"brainsweep/jobs"
)

// TestWatchedMapIsTheResults compares the map made of the parts with the numbers of the merged result.
func TestWatchedMapIsTheResults(t *testing.T) {
	const across, up = 6, 2
	j := parse(t, fmt.Sprintf(failing, "double", fmt.Sprintf("grow = { from = 0.01, to = 1.5, points = %d }\n'run.seed' = [1, 2]", across)))
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, output, ways{batch: 5, keep: true}); err != nil {
		t.Fatal(err)
	}
	r, err := file.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	f, err := jobs.Watch(output, "", 60, 16)
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.Variable(f.Metric)
	if err != nil {
		t.Fatal(err)
	}
	values, err := r.Rows(v, 0, r.Points)
	if err != nil {
		t.Fatal(err)
	}
	if f.X.Cells != across || f.Y.Cells != up || f.X.Address != "grow" || f.X.First != "0.01" || f.X.Last != "1.5" {
		t.Fatalf("the map's sides are %+v and %+v", f.X, f.Y)
	}
	undefined := 0
	for point, want := range values {
		got := f.Values[point%up*across+point/up]
		if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("point %d: %v on the map, %v in the result", point, got, want)
		}
		if math.IsNaN(want) {
			undefined++
		}
	}
	if undefined == 0 || undefined == len(values) {
		t.Errorf("%d of %d points failed; the test wants some", undefined, len(values))
	}

	coarse, err := jobs.Watch(output, f.Metric, 3, 1)
	if err != nil {
		t.Fatal(err)
	}
	mean := (values[0] + values[1] + values[2] + values[3]) / 4
	if got := coarse.Values[0]; math.Abs(got-mean) > 1e-12*math.Abs(mean) {
		t.Errorf("a cell of four points is %v, their mean %v", got, mean)
	}
}
