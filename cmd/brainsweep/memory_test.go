package main

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"
)

// peak runs the program to its end and gives the most memory that it had [kB]. It looks at the process itself, since what
// waiting for a process reports counts the memory of the one that started it, too.
func (w workplace) peak(words ...string) int64 {
	w.t.Helper()
	p := w.start(0, words...)
	most := make(chan int64)
	go func() {
		var last int64
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
			found := highWater.FindSubmatch(status)
			if err != nil || found == nil {
				most <- last
				return
			}
			last, _ = strconv.ParseInt(string(found[1]), 10, 64)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	code := p.end(w.t)
	kB := <-most
	if code != exitDone || kB == 0 {
		w.t.Fatalf("exit code %d, peak of %d kB: %s", code, kB, p.errs.String())
	}
	return kB
}

var highWater = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// short is a sweep of points of 2 nodes and 100 steps.
const short = `model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:2"
[run]
duration = "10 ms"
step = "0.1 ms"
precision = "single"
[sweep]
b_e = { from = 0.0, to = 100.0, points = %d }
coupling.a = { from = 0.1, to = 0.4, points = 100 }
[[record]]
monitor = "average"
of = ["E"]
period = "1 ms"
[metrics]
of = ["E"]
use = ["rate"]
`

// TestMemoryIsFlat runs 1e3 and 1e5 points from the job file to the result: the peaks of memory are alike, and the many take
// well under a minute.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	w := newWorkplace(t, fmt.Sprintf(short, 10))
	peak := func(points int) int64 {
		if err := os.WriteFile(w.path("job.toml"), fmt.Appendf(nil, short, points/100), 0o666); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		kB := w.peak("run", "job.toml", "-o", fmt.Sprint(points, ".h5"), "--threads", "2")
		t.Logf("%d points: %d kB, %.1f s", points, kB, time.Since(began).Seconds())
		return kB
	}
	peak(100) // compiles the kernel
	few, many := peak(1_000), peak(100_000)
	const slack = 64 << 10 // [kB] a batch of 2048 points instead of 250, and the chunks that HDF5 keeps
	if many > few+slack {
		t.Errorf("the peak grows from %d kB to %d kB", few, many)
	}
}

// long is one simulation of 4 nodes, with what its monitors and streams gather as it goes.
const long = `model = "linear"
[connectome]
source = "synthetic:4"
[run]
duration = "%d ms"
step = "0.1 ms"
precision = "single"
[noise]
x = 1e-4
[[record]]
monitor = "average"
of = ["x"]
period = "1 ms"
[metrics]
of = ["x"]
use = ["rate", "fc", "psd"]
period = "0.1 ms"
`

// TestMemoryOfALongRunIsFlat simulates 2 million and 10 million steps: the peaks of memory are alike, though the second
// writes a million samples of each node and draws metrics of ten million, which are 160 MB.
func TestMemoryOfALongRunIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	w := newWorkplace(t, "")
	peak := func(steps int) int64 {
		if err := os.WriteFile(w.path("job.toml"), fmt.Appendf(nil, long, steps/10), 0o666); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		kB := w.peak("run", "job.toml", "-o", fmt.Sprint(steps, ".h5"), "--threads", "1")
		t.Logf("%d steps: %d kB, %.1f s", steps, kB, time.Since(began).Seconds())
		return kB
	}
	peak(30_000)                                   // compiles the kernels
	few, many := peak(2_000_000), peak(10_000_000) // the first has two epochs: more memory than theirs nothing needs
	const slack = 48 << 10                         // [kB] what the collector of Go's garbage leaves; the series of the further steps are 128 MB
	if many > few+slack {
		t.Errorf("the peak grows from %d kB to %d kB", few, many)
	}
}
