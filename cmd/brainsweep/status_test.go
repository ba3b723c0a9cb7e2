package main

import (
	"strings"
	"syscall"
	"testing"

	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
)

// TestStatusAndMerge asks for the status of a job at work and of one that was stopped, and looks at what it has so far.
func TestStatusAndMerge(t *testing.T) {
	w := newWorkplace(t, strings.Replace(brain, "points = 8", "points = 40", 1))
	t.Chdir(w.folder)
	p := w.start(0, "run", "job.toml", "-o", "out.h5", "--batch", "1", "--threads", "1", "--set", "run.seed=8")
	w.untilParts("out.h5", 2)
	_, working, _ := command(t, "status out.h5")
	p.Process.Signal(syscall.SIGINT)
	if code := p.end(t); code != exitStopped {
		t.Fatalf("exit code %d: %s", code, p.errs.String())
	}
	for _, want := range []string{" of 80 points done, 0 of them failed; ", "a run is at work; its last part came 0."} {
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
	if code, out, _ := command(t, "status out.h5"); code != exitDone || out != "out.h5: 80 of 80 points done, 0 of them failed; 0 missing\n" {
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
	if done < 2 || done == len(status) {
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
