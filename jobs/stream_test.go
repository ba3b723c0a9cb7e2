package jobs_test

import (
	"path/filepath"
	"testing"
	"time"

	"brainsweep/io/result/resulttest"
)

// passing is a job whose metrics need its series but once, as it passes by.
const passing = `model = "kuramoto"
[connectome]
source = "synthetic:10"
[coupling]
function = "kuramoto"
[run]
duration = "101 s"
step = "0.5 ms"
seed = 3
[sweep]
omega = [0.01, 0.02, 0.05]
[noise]
theta = 0.01
[[record]]
monitor = "bold"
period = "250 ms"
[metrics]
of = ["theta", "bold"]
use = ["rate", "fc", "psd", "coherence", "fcd", "dfa", "timescale", "ratio_ai", "bimodality", "updown", "phase"]
period = "2 ms"
psd = { segment = "3 s" }
coherence = { segment = "4 s" }
fcd = { window = "7 s", step = "3 s" }
phase = { angle = "values", trim = "1 s" }
updown = { threshold = 0.2, sigma = "30 ms", least = "50 ms" }
`

// TestStreamsGiveWhatWholeSeriesGive keeps the whole series in one run, and in the other only what streams have not taken;
// and stops a third one again and again.
func TestStreamsGiveWhatWholeSeriesGive(t *testing.T) {
	j := parse(t, passing)
	want := result(t, j, ways{threads: 2})
	whole := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, whole, ways{threads: 1, batch: 2, keep: true, every: time.Hour}); err != nil {
		t.Fatal(err)
	}
	resulttest.Same(t, "series kept whole", resulttest.Contents(t, whole), want)
	output := filepath.Join(t.TempDir(), "result.h5")
	for cuts := 0; !cut(t, j, output, ways{ranks: 1 + cuts%2, threads: 1, batch: 1 + cuts%3, every: time.Hour}, 3e6); cuts++ {
		if cuts > 20 {
			t.Fatal("the job does not end")
		}
	}
	resulttest.Same(t, "a job in pieces", resulttest.Contents(t, output), want)
}
