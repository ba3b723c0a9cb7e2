package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"brainsweep/io/result/resulttest"
	"brainsweep/mpi"
)

// brain is a sweep of a few short points with everything on.
const brain = `model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:10"
normalise = "column"
[coupling]
a = 0.3
[run]
duration = "2 s"
transient = "50 ms"
step = "0.1 ms"
precision = "single"
seed = 7
[sweep]
b_e = { from = 0, to = 120, points = 8 }
connectome.speed = [1, 4]
[[record]]
monitor = "average"
of = ["E"]
period = "1 ms"
keep = "best:5 by E.rate_std"
[[record]]
monitor = "bold"
period = "100 ms"
[metrics]
of = ["E", "bold"]
use = ["rate", "fc"]
`

// workplace is a folder with a job.
type workplace struct {
	t      *testing.T
	folder string
}

func newWorkplace(t *testing.T, job string) workplace {
	w := workplace{t, t.TempDir()}
	if err := os.WriteFile(filepath.Join(w.folder, "job.toml"), []byte(job), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", cache(t))
	allowAnyMachine(t.Setenv)
	return w
}

// process is a command under way.
type process struct {
	*exec.Cmd
	out, errs bytes.Buffer
}

// start starts the program on some ranks, in a process group of its own; on 0 ranks without mpirun.
func (w workplace) start(ranks int, words ...string) *process {
	w.t.Helper()
	words = append([]string{"brainsweep"}, words...)
	if ranks > 0 {
		words = append([]string{"mpirun", "-n", fmt.Sprint(ranks)}, words...)
	}
	p := &process{Cmd: exec.Command(words[0], words[1:]...)}
	p.Dir, p.Stdout, p.Stderr = w.folder, &p.out, &p.errs
	p.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.Start(); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// startHeld starts the program with ranks that wait at a place (internal/doom), and waits until all of them are there. On 0 ranks without
// mpirun.
func (w workplace) startHeld(place string, ranks int, words ...string) *process {
	w.t.Helper()
	path := os.Getenv("PATH")
	w.t.Setenv("PATH", doomed(w.t)+string(filepath.ListSeparator)+path)
	w.t.Setenv("BRAINSWEEP_HOLD", place)
	w.t.Setenv("BRAINSWEEP_HELD", w.path("held"))
	w.letGo()
	p := w.start(ranks, words...)
	w.t.Setenv("PATH", path)
	w.t.Setenv("BRAINSWEEP_HOLD", "")
	for began := time.Now(); len(w.held()) < max(1, ranks); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			w.t.Fatalf("only %v came to %q", w.held(), place)
		}
	}
	return p
}

// patience is how long a test waits for what comes at once on a machine with nothing else to do.
const patience = 5 * time.Minute

// held are the marks of the processes that wait.
func (w workplace) held() []string {
	marks, _ := filepath.Glob(w.path("held.*"))
	return marks
}

// letGo lets all that wait go on.
func (w workplace) letGo() {
	w.t.Helper()
	for _, mark := range w.held() {
		if err := os.Remove(mark); err != nil {
			w.t.Fatal(err)
		}
	}
}

// end waits for a process and gives its exit code.
func (p *process) end(t *testing.T) int {
	t.Helper()
	if err := p.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

// run runs the job into a file, and gives what is in it.
func (w workplace) run(ranks int, name string, words ...string) map[string]string {
	w.t.Helper()
	p := w.start(ranks, append([]string{"run", "job.toml", "-o", name}, words...)...)
	if code := p.end(w.t); code != exitDone {
		w.t.Fatalf("exit code %d: %s", code, p.errs.String())
	}
	if left, _ := filepath.Glob(w.path(name + ".parts")); len(left) > 0 {
		w.t.Errorf("%v is left over", left)
	}
	return resulttest.Contents(w.t, w.path(name))
}

func (w workplace) path(name string) string { return filepath.Join(w.folder, name) }

// parts are the whole parts of a result under way.
func (w workplace) parts(name string) []string {
	parts, _ := filepath.Glob(w.path(name + ".parts/points-*.part"))
	return parts
}

// descendants lists a process and all that it started, from /proc.
func descendants(pid int) []int {
	all := []int{pid}
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for _, word := range strings.Fields(string(text)) {
			var child int
			fmt.Sscan(word, &child)
			all = append(all, descendants(child)...)
		}
	}
	return all
}

func needMPI(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("mpirun"); err != nil || mpi.Library() == "" {
		t.Skip("this program is built without MPI, or there is no mpirun")
	}
}

// TestSameBytesOnRealRanks compares the results of 1 to 4 processes under mpirun with that of one alone.
func TestSameBytesOnRealRanks(t *testing.T) {
	needMPI(t)
	w := newWorkplace(t, brain)
	want := w.run(0, "alone.h5")
	for ranks := range 4 {
		name := fmt.Sprintf("%d.h5", ranks+1)
		resulttest.Same(t, name, w.run(ranks+1, name, "--threads", fmt.Sprint(ranks%2+1)), want)
	}
}

// TestSameBytesAfterAKill kills all processes of a job in the middle, twice, and gives the same command again: once with two parts of each
// of two ranks and a third without its name, then with one more of each. A part that the kill cut off is made anew.
func TestSameBytesAfterAKill(t *testing.T) {
	needMPI(t)
	w := newWorkplace(t, brain)
	want := w.run(0, "whole.h5")
	for _, place := range []string{"part sealed:3", "part sealed:2"} {
		p := w.startHeld(place, 2, "run", "job.toml", "-o", "killed.h5", "--batch", "1", "--threads", "1")
		for _, pid := range descendants(p.Process.Pid) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
		p.end(t)
	}
	parts := w.parts("killed.h5")
	if len(parts) != 6 {
		t.Fatalf("%d parts are there: %v", len(parts), parts)
	}
	if err := os.Truncate(parts[1], 2000); err != nil {
		t.Fatal(err)
	}
	p := w.start(3, "run", "job.toml", "-o", "killed.h5")
	if code := p.end(t); code != exitDone {
		t.Fatalf("exit code %d: %s", code, p.errs.String())
	}
	if !strings.Contains(p.out.String(), "of them in an earlier run") {
		t.Error("nothing is said of the earlier runs:", p.out.String())
	}
	if !strings.Contains(p.errs.String(), "is damaged: it has 2000 of") {
		t.Error("nothing is said of the damaged part:", p.errs.String())
	}
	resulttest.Same(t, "killed", resulttest.Contents(t, w.path("killed.h5")), want)
}

// TestSameBytesAfterASignal stops a job as Ctrl-C and as a batch system do, with mpirun and without: it ends within seconds,
// keeps what is done, and goes on from there. The signal comes while each process writes its third part. The exit code is 3; but
// Open MPI's mpirun has one of its own. It kills ranks that have not ended a second after it has passed the signal on, unless it is told
// to wait.
func TestSameBytesAfterASignal(t *testing.T) {
	for _, c := range []struct {
		name   string
		ranks  int
		signal syscall.Signal
		code   int
	}{
		{"SIGINT, alone", 0, syscall.SIGINT, exitStopped},
		{"SIGTERM, alone", 0, syscall.SIGTERM, exitStopped},
		{"SIGINT, mpirun", 2, syscall.SIGINT, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ranks > 0 {
				needMPI(t)
			}
			t.Setenv("OMPI_MCA_odls_base_sigkill_timeout", "4")
			w := newWorkplace(t, brain)
			p := w.startHeld("part sealed:3", c.ranks, "run", "job.toml", "-o", "stopped.h5", "--batch", "1", "--threads", "1")
			p.Process.Signal(c.signal)
			signalled := time.Now()
			if code := p.end(t); code != c.code {
				t.Errorf("exit code %d, want %d: %s", code, c.code, p.errs.String())
			}
			t.Logf("the end took %v", time.Since(signalled))
			const kept = "what is done is kept in stopped.h5.parts, and the same command goes on from there"
			if strings.Count(p.errs.String(), kept) != 1 {
				t.Errorf("%q is not said once:\n%s", kept, p.errs.String())
			}
			if n, most := len(w.parts("stopped.h5")), 3*max(1, c.ranks); n != most {
				t.Errorf("%d parts are kept, want %d", n, most)
			}
			if got := w.run(c.ranks, "stopped.h5"); c.ranks == 0 {
				resulttest.Same(t, "stopped", got, w.run(0, "whole.h5"))
			}
		})
	}
}

// people is a sweep over a cohort.
const people = `model = "kuramoto"
[cohort]
source = "people"
[coupling]
function = "kuramoto"
[run]
duration = "30 ms"
step = "0.1 ms"
[noise]
theta = 1e-3
[sweep]
omega = { from = 0.1, to = 0.4, points = 4 }
coupling.a = [0.1, 0.2, 0.3, 0.4]
[[record]]
monitor = "average"
of = ["theta"]
period = "1 ms"
[metrics]
of = ["theta"]
use = ["rate", "fc"]
`

// TestCohortOnRealRanks compares the results of 20 subjects of two sizes x 16 points on 1 to 4 processes.
func TestCohortOnRealRanks(t *testing.T) {
	needMPI(t)
	w := newWorkplace(t, people)
	if p := w.start(0, "cohort", "make", "people", "--subjects", "20", "--nodes", "10,13"); p.end(t) != exitDone {
		t.Fatal(p.errs.String())
	}
	want := w.run(0, "alone.h5")
	for ranks := 1; ranks <= 4; ranks++ {
		resulttest.Same(t, fmt.Sprintf("%d ranks", ranks), w.run(ranks, fmt.Sprintf("on%d.h5", ranks)), want)
	}
}
