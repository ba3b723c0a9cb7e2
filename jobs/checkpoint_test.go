package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// long is brain for so long that a batch has several epochs, with coloured noise, whose state goes on, too.
func long(t testing.TB, precision string) *jobs.Job {
	t.Helper()
	text := strings.Replace(fmt.Sprintf(brain, precision, "b_e = [0, 30, 60, 90]"), `duration = "200 ms"`, `duration = "80 s"`, 1)
	text = strings.Replace(text, `monitor = "raw"`, "monitor = \"subsample\"\nperiod = \"7 ms\"", 1)
	text = strings.Replace(text, `window = "100 ms", step = "20 ms"`, `window = "20 s", step = "5 s"`, 1)
	text = strings.Replace(text, "[sweep]", "[noise]\nou = { D = 1, ntau = 3, gain = \"1 + tanh(E)\" }\n[sweep]", 1)
	j, err := jobs.Parse(filepath.Join(t.TempDir(), "job.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// cut runs a job until a number of node-steps is done, and stops it. It tells whether the job came to its end.
func cut(t testing.TB, j *jobs.Job, output string, w ways, nodeSteps float64) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.ctx = ctx
	w.heard = &listener{progress: func(p jobs.Progress) {
		if p.NodeSteps >= nodeSteps && !p.Merging {
			cancel()
		}
	}}
	_, err := run(t, j, output, w)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	return err == nil
}

// TestCheckpointsGoOn stops a job in the middle of its batches, again and again, with other ranks, threads and batches
// each time; what comes out is what an uninterrupted run gives.
func TestCheckpointsGoOn(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it simulates for several epochs")
	}
	for _, precision := range []string{"single", "double"} {
		t.Run(precision, func(t *testing.T) {
			j := long(t, precision)
			want := result(t, j, ways{threads: 2})
			output := filepath.Join(t.TempDir(), "result.h5")
			done := false
			for cuts := 0; !done; cuts++ {
				if cuts > 20 {
					t.Fatal("the job does not end")
				}
				w := ways{ranks: 1 + cuts%3, threads: 1 + cuts%2, batch: 1 + cuts%4, every: time.Hour}
				done = cut(t, j, output, w, 4e6)
			}
			resulttest.Same(t, "a job in pieces", resulttest.Contents(t, output), want)
		})
	}
}

// phases is a cheap job whose points take several epochs each.
const phases = `model = "kuramoto"
[connectome]
source = "synthetic:10"
[coupling]
function = "kuramoto"
[run]
duration = "200 s"
step = "0.1 ms"
precision = "single"
[sweep]
omega = [0.01, 0.02]
[[record]]
monitor = "subsample"
of = ["theta"]
period = "100 ms"
[metrics]
of = ["theta"]
use = ["fc"]
period = "10 ms"
`

// TestDamagedCheckpoints damages each region of a checkpoint in turn. The other checkpoint takes its place, or the batch
// begins anew; the result is the same.
func TestDamagedCheckpoints(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it simulates for several epochs")
	}
	j := parse(t, phases)
	want := result(t, j, ways{threads: 2})
	random := rand.New(rand.NewPCG(3, 4))
	for trial := range 8 {
		output := filepath.Join(t.TempDir(), "result.h5")
		// Two stops leave two checkpoints of the first batch.
		w := ways{threads: 1, batch: 2, every: time.Nanosecond}
		if cut(t, j, output, w, 9e6) {
			t.Fatal("the job came to its end")
		}
		paths, err := filepath.Glob(filepath.Join(output+".parts", "*.state-?"))
		if err != nil || len(paths) != 2 {
			t.Fatalf("checkpoints %v, %v", paths, err)
		}
		if trial == 0 {
			everyDamage(t, paths[0])
		}
		switch trial {
		case 6, 7: // the series that belong to both
			series, err := filepath.Glob(filepath.Join(output+".parts", "*.series-*"))
			if err != nil || len(series) != 1 {
				t.Fatalf("series %v, %v", series, err)
			}
			damage(t, series[0], 2*(trial-6), random)
		default:
			damage(t, paths[trial%2], trial/2, random)
		}
		if trial == 5 {
			damage(t, paths[0], 0, random)
		}
		if _, err := run(t, j, output, ways{threads: 2, every: time.Hour}); err != nil {
			t.Fatal(err)
		}
		resulttest.Same(t, "a job in pieces", resulttest.Contents(t, output), want)
	}
}

// everyDamage cuts a checkpoint at many places, and alters it at as many, in each of its lines and buffers: never is it
// taken for whole.
func everyDamage(t *testing.T, path string) {
	t.Helper()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jobs.ReadCheckpoint(path); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	refused := func(what string, at int, content []byte) {
		if err := os.WriteFile(bad, content, 0o666); err != nil {
			t.Fatal(err)
		}
		if damaged, err := jobs.ReadCheckpoint(bad); !damaged {
			t.Errorf("%s at byte %d of %d: %v", what, at, len(whole), err)
		}
	}
	for at := 0; at < len(whole); at += 1 + at/30 {
		refused("cut", at, whole[:at])
		flipped := slices.Clone(whole)
		flipped[at] ^= 1 << (at % 8)
		refused("flipped", at, flipped)
	}
	refused("longer", len(whole), append(slices.Clone(whole), 0))
}

// damage flips a bit at the start, or in the middle, or cuts a file off.
func damage(t testing.TB, path string, how int, random *rand.Rand) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch how {
	case 0:
		content[random.IntN(30)] ^= 1 << random.IntN(8)
	case 1:
		content[random.IntN(len(content))] ^= 1 << random.IntN(8)
	case 2:
		content = content[:random.IntN(len(content))]
	}
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}
