package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
	"brainsweep/mpi"
)

// kernels is where the tests of one run keep compiled kernels: in the folder that BRAINSWEEP_TEST_KERNELS names, which several runs may
// share, or in one that is removed at the end.
var kernels = os.Getenv("BRAINSWEEP_TEST_KERNELS")

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "brainsweep-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if kernels == "" {
		kernels = dir
	}
	// Ranks are goroutines here: a compiler that one of them starts inherits the files of the others, and HDF5's locks on them.
	os.Setenv("HDF5_USE_FILE_LOCKING", "FALSE")
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// listener keeps what is said, and may do something when points are done.
type listener struct {
	mu       sync.Mutex
	notes    []string
	progress func(jobs.Progress)
	hear     func(text string) // of notes
	batch    func(done int)    // after each batch of any rank
	batches  int
}

func (l *listener) Note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.notes = append(l.notes, text)
	if l.hear != nil {
		l.hear(text)
	}
}

func (l *listener) Detail(string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batches++
	if l.batch != nil {
		l.batch(l.batches)
	}
}

// stopAfter stops a job as soon as a number of batches is done, on whichever ranks: rank 0 hears of the others' points later.
func stopAfter(batches int, stop func()) *listener {
	return &listener{batch: func(done int) {
		if done == batches {
			stop()
		}
	}}
}

func (l *listener) Progress(p jobs.Progress) {
	if l.progress != nil {
		l.progress(p)
	}
}

// ways are the ways to run a job that no byte of the result may show.
type ways struct {
	ranks, threads, batch int
	every                 time.Duration
	keep                  bool
	apart                 bool // ranks above 0 do not see the folder of rank 0
	heard                 *listener
	ctx                   context.Context
	kinds                 []device.Info // what the ranks' devices say they are; nil: what they are
	memory                int           // that a buffer may have at most [bytes]; 0: no end
}

// run runs a job into a file. All ranks must say the same.
func run(t testing.TB, j *jobs.Job, output string, w ways) (*jobs.Summary, error) {
	t.Helper()
	if w.heard == nil {
		w.heard = &listener{}
	}
	if w.ctx == nil {
		w.ctx = t.Context()
	}
	summaries, errs := make([]*jobs.Summary, max(1, w.ranks)), make([]error, max(1, w.ranks))
	err := mpi.Run(len(errs), func(c mpi.Comm) error {
		host, err := cpu.Open(cpu.Options{Threads: max(1, w.threads), CacheDir: kernels})
		if err != nil {
			return err
		}
		defer host.Close()
		var dev device.Device = host
		if len(w.kinds) > 0 {
			dev = disguised{dev, w.kinds[c.Rank()]}
		}
		if w.memory > 0 {
			dev = small{dev, w.memory}
		}
		output := output
		if w.apart && c.Rank() > 0 {
			output = filepath.Join(filepath.Dir(output), fmt.Sprint("host-", c.Rank()), "result.h5")
		}
		o := jobs.Options{Output: output, Batch: w.batch, Every: w.every, Keep: w.keep, Listener: w.heard}
		summaries[c.Rank()], errs[c.Rank()] = j.Run(w.ctx, c, dev, o)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for rank, err := range errs {
		if fmt.Sprint(err) != fmt.Sprint(errs[0]) {
			t.Errorf("rank %d says %q, rank 0 says %q", rank, err, errs[0])
		}
	}
	return summaries[0], errs[0]
}

// result runs a job that succeeds, and gives what its result holds.
func result(t testing.TB, j *jobs.Job, w ways) map[string]string {
	t.Helper()
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, j, output, w); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(output + "?*"); len(left) > 0 {
		t.Errorf("%v is left over", left)
	}
	return resulttest.Contents(t, output)
}

// brain is a sweep with everything on: delays, noise, averages, samples of the best, BOLD and metrics.
const brain = `model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:10"
normalise = "column"
[coupling]
a = 0.3
[run]
duration = "200 ms"
transient = "20 ms"
step = "0.1 ms"
precision = "%s"
seed = 7
[sweep]
%s
[[record]]
monitor = "average"
of = ["E", "I"]
period = "1 ms"
[[record]]
monitor = "raw"
of = ["W_e"]
keep = "best:2 by E.rate_std"
[[record]]
monitor = "bold"
period = "20 ms"
[metrics]
of = ["E", "bold"]
use = ["rate", "fc", "fcd", "psd", "phase", "updown", "regime", "lz", "avalanche"]
fcd = { window = "100 ms", step = "20 ms" }
psd = { segment = "60 ms" }
`

// failing is a sweep of which some points blow up, each at a time of its own.
const failing = `model = "blowup.toml"
[connectome]
source = "synthetic:10"
[run]
duration = "100 ms"
step = "0.1 ms"
precision = "%s"
[sweep]
%s
[[record]]
monitor = "subsample"
of = ["x"]
period = "1 ms"
[metrics]
of = ["x"]
use = ["rate"]
`

// noises is a sweep of noise of every kind, with a clamped state.
const noises = `model = "toy.toml"
[connectome]
source = "synthetic:10"
[run]
duration = "60 ms"
precision = "%s"
[noise]
x = { D = 0.01, ntau = 2 }
ou = { D = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], gain = "1 + s*tanh(ou)", s = 0 }
[clamp]
w = 0.5
[sweep]
%s
[[record]]
monitor = "raw"
of = ["x", "w", "ou"]
[metrics]
of = ["x"]
use = ["rate"]
`

var sameJobs = []struct{ name, text, precision, sweep string }{
	{"single", brain, "single", "b_e = [0, 60, 120]\nconnectome.speed = [1, 4]"},
	{"double", brain, "double", "b_e = [0, 60, 120]\nconnectome.speed = [1, 4]"},
	{"failing", failing, "double", "grow = [0.01, 0.7, 0.9, 0.02, 2.0, 0.03]"},
	{"noises", noises, "single", "noise.x.ntau = [0, 2]\n\"noise.ou.s\" = [0, 1, 2]"},
}

// TestSameBytes runs jobs on several ranks, with several threads, in batches of several sizes. It does not show.
func TestSameBytes(t *testing.T) {
	for _, c := range sameJobs {
		t.Run(c.name, func(t *testing.T) {
			j := parse(t, fmt.Sprintf(c.text, c.precision, c.sweep))
			want := result(t, j, ways{})
			if len(want) < 10 {
				t.Fatalf("only %d data sets", len(want))
			}
			for _, w := range []ways{
				{ranks: 2}, {ranks: 3, threads: 2}, {ranks: 4, batch: 1}, {threads: 2}, {threads: 3, batch: 2}, {batch: 1}, {batch: 4}, {ranks: 2, batch: 5},
			} {
				resulttest.Same(t, fmt.Sprintf("%d ranks, %d threads, batches of %d", w.ranks, w.threads, w.batch), result(t, j, w), want)
			}
		})
	}
}

// TestFailingPointsAreMarked looks at what the job with failing points leaves, so that TestSameBytes compares something.
func TestFailingPointsAreMarked(t *testing.T) {
	c := sameJobs[2]
	output := filepath.Join(t.TempDir(), "result.h5")
	s, err := run(t, parse(t, fmt.Sprintf(c.text, c.precision, c.sweep)), output, ways{ranks: 2})
	if err != nil {
		t.Fatal(err)
	}
	if s.Points != 6 || s.Failed == 0 || s.Failed == s.Points {
		t.Errorf("%d of %d points failed", s.Failed, s.Points)
	}
	if status := resulttest.Contents(t, output)["/points/status"]; !strings.Contains(status, "1") || !strings.Contains(status, "0") {
		t.Error("status:", status)
	}
}

// TestPointAlone runs points of a sweep by themselves, and in a sweep the other way round: each has the same numbers.
func TestPointAlone(t *testing.T) {
	for _, c := range []struct{ precision, axis, name string }{{"single", "b_e", "60"}, {"double", "b_e", "60"}} {
		text := func(values string) string { return fmt.Sprintf(brain, c.precision, c.axis+" = "+values) }
		text3 := strings.Replace(text("[0, 60, 120]"), `keep = "best:2 by E.rate_std"`, "", 1)
		text1 := strings.Replace(text("[60]"), `keep = "best:2 by E.rate_std"`, "", 1)
		among := rows(t, result(t, parse(t, text3), ways{}), 3, 1)
		backwards := rows(t, result(t, parse(t, strings.Replace(text3, "[0, 60, 120]", "[120, 60, 0]", 1)), ways{batch: 2}), 3, 1)
		alone := rows(t, result(t, parse(t, text1), ways{ranks: 2}), 1, 0)
		resulttest.Same(t, c.precision+", backwards", backwards, among)
		resulttest.Same(t, c.precision+", alone", alone, among)
	}
}

// rows cuts one point's numbers out of every data set over points of a result.
func rows(t testing.TB, contents map[string]string, points, row int) map[string]string {
	t.Helper()
	cut := map[string]string{}
	for name, content := range contents {
		head, values, _ := strings.Cut(content, ": ")
		words := strings.Fields(strings.Trim(values, "[]"))
		_, shape, _ := strings.Cut(strings.NewReplacer("[", "", "]", "").Replace(head), "shape ")
		if length, _, _ := strings.Cut(shape, " "); length != fmt.Sprint(points) || strings.HasPrefix(name, "/connectome") || strings.HasSuffix(name, "/point") {
			continue
		}
		each := len(words) / points
		cut[name] = strings.Join(words[row*each:(row+1)*each], " ")
	}
	if len(cut) < 8 {
		t.Fatalf("only %d data sets over points", len(cut))
	}
	return cut
}

// TestStoppedJobGoesOn cancels a job after its first batches, on one rank and on three, and runs it again: what was done is
// kept, and the result is that of a job that was never stopped.
func TestStoppedJobGoesOn(t *testing.T) {
	j := parse(t, fmt.Sprintf(failing, "double", "grow = { from = 0.01, to = 1.5, points = 80 }"))
	want := result(t, j, ways{})
	for _, ranks := range []int{1, 3} {
		output := filepath.Join(t.TempDir(), "result.h5")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		heard := stopAfter(3, cancel)
		if _, err := run(t, j, output, ways{ranks: ranks, batch: 1, heard: heard, ctx: ctx}); !errors.Is(err, context.Canceled) {
			t.Fatalf("on %d ranks, a stopped job says %v", ranks, err)
		}
		if len(heard.notes) != 1 || !strings.Contains(heard.notes[0], "the same command goes on from there") {
			t.Errorf("said: %q", heard.notes)
		}
		if _, err := os.Stat(output); err == nil {
			t.Error("a stopped job has a result")
		}
		s, err := run(t, j, output, ways{ranks: 2, batch: 3})
		if err != nil {
			t.Fatal(err)
		}
		if s.Earlier < 3 || s.Earlier == s.Points {
			t.Errorf("%d of %d points were there", s.Earlier, s.Points)
		}
		resulttest.Same(t, fmt.Sprintf("stopped on %d ranks", ranks), resulttest.Contents(t, output), want)
	}
}

// TestOneRunInAPlace starts a job where it is under way already: the second is refused, the first goes on.
func TestOneRunInAPlace(t *testing.T) {
	j := parse(t, fmt.Sprintf(failing, "double", "grow = [0.01, 0.02]"))
	output := filepath.Join(t.TempDir(), "result.h5")
	var second error
	var once sync.Once
	heard := &listener{progress: func(jobs.Progress) {
		once.Do(func() { _, second = run(t, j, output, ways{}) })
	}}
	if _, err := run(t, j, output, ways{ranks: 2, heard: heard}); err != nil {
		t.Error(err)
	}
	if want := output + ".parts: another run is at work here; wait for its end, or give another name with -o"; !fault.Is(second) || second.Error() != want {
		t.Errorf("the second run says %v", second)
	}
}

// TestPartsOfAnotherJob finds parts that another job left: they are the user's to decide on.
func TestPartsOfAnotherJob(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result.h5")
	ctx, cancel := context.WithCancel(t.Context())
	heard := &listener{progress: func(p jobs.Progress) {
		if p.Points > 0 {
			cancel()
		}
	}}
	left := parse(t, fmt.Sprintf(failing, "double", "grow = [0.01, 0.02, 0.03, 0.04]"))
	if _, err := run(t, left, output, ways{batch: 1, heard: heard, ctx: ctx}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	other := parse(t, fmt.Sprintf(failing, "double", "grow = [0.01, 0.05]"))
	_, err := run(t, other, output, ways{ranks: 2})
	if want := ".parts: holds parts of another job: [sweep] grow was [0.01, 0.02, 0.03, 0.04], is [0.01, 0.05]; 3 of its 4 points are none of this job's. Give another name with -o, or --force to throw the old parts away"; !fault.Is(err) || !strings.Contains(err.Error(), want) {
		t.Errorf("says %v", err)
	}
	if s, err := run(t, left, output, ways{}); err != nil || s.Earlier == 0 {
		t.Errorf("the first job does not go on: %v", err)
	}
}
