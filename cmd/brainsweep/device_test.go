package main

import (
	"runtime"
	"testing"

	"brainsweep/jobs"
)

// While every thread is in a kernel, a processor of Go's is left over, but where the user says how many there are.
func TestProcessorToSpare(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, c := range []struct {
		said          string
		procs, wanted int
	}{{"", 2, 5}, {"", 8, 8}, {"2", 2, 2}} {
		t.Setenv("GOMAXPROCS", c.said)
		runtime.GOMAXPROCS(c.procs)
		f := deviceFlags{device: choice{value: "cpu"}, threads: 4}
		dev, err := f.open(1, jobs.DeviceSettings{})
		if err != nil {
			t.Fatal(err)
		}
		if err := dev.Close(); err != nil {
			t.Fatal(err)
		}
		if got := runtime.GOMAXPROCS(0); got != c.wanted {
			t.Errorf("GOMAXPROCS=%q, %d processors: %d beside 4 threads, not %d", c.said, c.procs, got, c.wanted)
		}
	}
}
