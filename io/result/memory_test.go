package result_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"brainsweep/io/result"
)

// many is a layout of short points.
func many(points int) *result.Layout {
	l := small(points)
	l.Grid, l.Series[0].Times.Count, l.Series[1].Times.Count = nil, 10, 10
	l.Series = append(l.Series[:2:2], l.Series[3])
	return l
}

// TestMemoryIsFlat merges 1e3 and 1e5 points in processes of their own: their peaks of memory are alike.
func TestMemoryIsFlat(t *testing.T) {
	if points, _ := strconv.Atoi(os.Getenv("RESULT_TEST_POINTS")); points > 0 {
		mergeMany(t, points, os.Getenv("RESULT_TEST_FOLDER"))
		return
	}
	if testing.Short() {
		t.Skip("it takes a while")
	}
	var peaks [2]int
	for i, points := range []int{1_000, 100_000} {
		folder := t.TempDir()
		l := many(points)
		for first := 0; first < points; first += 500 {
			p := must(result.CreatePart(filepath.Join(folder, result.PartName(first, 500)), l, first, 500, nil))(t)
			fill(t, l, p, first, 500, 10)
			ok(t, p.Close(someRun(first)))
		}
		child := exec.Command(os.Args[0], "-test.run=^TestMemoryIsFlat$", "-test.v")
		child.Env = append(os.Environ(), fmt.Sprint("RESULT_TEST_POINTS=", points), "RESULT_TEST_FOLDER="+folder, "GOMAXPROCS=2") // each thread of Go's has memory of its own
		out, err := child.CombinedOutput()
		m := regexp.MustCompile(`peak (\d+) kB.*`).FindSubmatch(out)
		if err != nil || m == nil {
			t.Fatalf("%v: %s", err, out)
		}
		peaks[i], _ = strconv.Atoi(string(m[1]))
		t.Logf("%d points: %s", points, m[0])
	}
	const slack = 48 << 10 // [kB] HDF5 keeps up to 1 MB of chunks for each of some twenty data sets, and their indices
	if peaks[1] > peaks[0]+slack {
		t.Errorf("the peak grows from %d kB to %d kB", peaks[0], peaks[1])
	}
}

func mergeMany(t *testing.T, points int, folder string) {
	out := filepath.Join(folder, "result.h5")
	parts := must(result.Parts(folder))(t)
	before := time.Now()
	ok(t, result.Merge(out, many(points), parts, nil))
	took := time.Since(before)
	status := must(os.ReadFile("/proc/self/status"))(t)
	peak := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if peak == nil {
		t.Skip("this system does not tell a process's peak of memory")
	}
	t.Logf("peak %s kB, merged in %.2f s, %d bytes per point", peak[1], took.Seconds(), must(os.Stat(out))(t).Size()/int64(points))
}
