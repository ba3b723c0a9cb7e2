package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
)

// TestStatusAndMerge asks for the status of a job at work and of one that was stopped, and looks at what it has so far.
func TestStatusAndMerge(t *testing.T) {
	w := newWorkplace(t, brain)
	t.Chdir(w.folder)
	p := w.startHeld("part sealed:4", 0, "run", "job.toml", "-o", "out.h5", "--batch", "1", "--threads", "1", "--set", "run.seed=8")
	working := ""
	for began := time.Now(); !strings.Contains(working, "node-steps/s") && time.Since(began) < patience; time.Sleep(50 * time.Millisecond) {
		_, working, _ = command(t, "status out.h5")
	}
	p.Process.Signal(syscall.SIGINT)
	if code := p.end(t); code != exitStopped {
		t.Fatalf("exit code %d: %s", code, p.errs.String())
	}
	for _, want := range []string{"out.h5: 3 of 16 points done, 0 of them failed; ", "a run is at work; its last part came ", " node-steps/s, about ", "rank  host", "0     ", " none"} {
		if !strings.Contains(working, want) {
			t.Errorf("at work, the status is %q, want %q", working, want)
		}
	}
	code, stopped, errs := command(t, "status out.h5")
	if want := "/job.toml -o out.h5 --set 'run.seed=8'\n"; code != exitDone || !strings.Contains(stopped, "no run is at work; this goes on: brainsweep run /") || !strings.HasSuffix(stopped, want) {
		t.Errorf("stopped, the status is %q%s, want %q", stopped, errs, want)
	}
	if code, out, errs := command(t, "merge out.h5"); code != exitDone || !strings.HasPrefix(out, "out-so-far.h5: ") {
		t.Errorf("merge says %q, %q", out, errs)
	}
	if code, _, errs := command(t, "merge out.h5"); code != exitMistake || errs != "out-so-far.h5: is there already; give another name with -o\n" {
		t.Errorf("a second merge says %q", errs)
	}
	w.run(0, "out.h5", "--set", "run.seed=8")
	sameWhereDone(t, w.path("out-so-far.h5"), w.path("out.h5"))
	if code, out, _ := command(t, "status out.h5"); code != exitDone || out != "out.h5: 16 of 16 points done, 0 of them failed; 0 missing\n" {
		t.Errorf("done, the status is %q", out)
	}
}

// sameWhereDone compares the metrics of a result that is not complete with those of the whole, point by point.
func sameWhereDone(t *testing.T, partial, whole string) {
	t.Helper()
	some, err := result.Open(partial)
	if err != nil {
		t.Fatal(err)
	}
	defer some.Close()
	status, err := some.Status()
	if err != nil {
		t.Fatal(err)
	}
	const metric = "/metrics/E/rate_mean"
	_, few, _ := strings.Cut(resulttest.Contents(t, partial)[metric], ": ")
	_, all, _ := strings.Cut(resulttest.Contents(t, whole)[metric], ": ")
	got, want := strings.Fields(few), strings.Fields(all)
	done := 0
	for i, what := range status {
		if what == result.Done {
			done++
			if got[i] != want[i] {
				t.Errorf("point %d: %s so far, %s in the end", i, got[i], want[i])
			}
		}
	}
	if done != 4 {
		t.Errorf("%d points are done so far", done)
	}
}

// TestStatusOfNothing asks for what is not there.
func TestStatusOfNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, verb := range []string{"status", "merge"} {
		code, out, errs := command(t, verb+" nothing.h5")
		if want := "nothing.h5: there is no result of this name, and no run has left parts of one\n"; code != exitMistake || out != "" || errs != want {
			t.Errorf("%s: exit code %d, %q, %q", verb, code, out, errs)
		}
	}
}

// TestHangingRank stops a rank under mpirun for a while: rank 0 names it, status shows it, and when it goes on, that is said, too, and
// the result is what it always is. Nothing is said of ranks that work. A rank is named when the machine does not let it run for so long,
// too, and ends the job after three times as long: it is a time that no machine takes.
func TestHangingRank(t *testing.T) {
	needMPI(t)
	w := newWorkplace(t, brain)
	t.Chdir(w.folder)
	p := w.startHeld("part sealed:2", 3, "run", "job.toml", "-o", "out.h5", "--batch", "2", "--threads", "1", "--patience", "8s")
	ranks := descendants(p.Process.Pid)
	hung := 0
	for _, pid := range ranks {
		if env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid)); strings.Contains(string(env), "OMPI_COMM_WORLD_RANK=2\x00") {
			hung = pid
		}
	}
	if hung == 0 {
		t.Fatal("there is no rank 2")
	}
	if err := syscall.Kill(hung, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	w.letGo()
	shown := false
	for began := time.Now(); !shown && time.Since(began) < patience; time.Sleep(100 * time.Millisecond) {
		_, status, _ := command(t, "status out.h5")
		shown = strings.Contains(status, "seems to hang")
	}
	syscall.Kill(hung, syscall.SIGCONT)
	if code := p.end(t); code != exitDone {
		t.Fatalf("exit code %d: %s", code, p.errs.String())
	}
	if !shown {
		t.Error("status does not show the rank that hangs")
	}
	host, _ := os.Hostname()
	said := p.errs.String()
	if !strings.Contains(said, "rank 2 on "+host+": nothing was heard of it for ") || !strings.Contains(said, "rank 2 on "+host+": it goes on") {
		t.Errorf("said: %s", said)
	}
	if strings.Contains(said, "rank 1 on") || strings.Contains(said, "rank 0 on") {
		t.Errorf("a false alarm: %s", said)
	}
}
