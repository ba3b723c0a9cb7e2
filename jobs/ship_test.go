package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brainsweep/io/result/resulttest"
)

// TestRanksApart runs jobs on ranks that do not see each other's files. It is said once, nothing is left over anywhere, and
// the result is what it always is.
func TestRanksApart(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, c := range sameJobs {
		j := parse(t, fmt.Sprintf(c.text, c.precision, c.sweep))
		want := result(t, j, ways{})
		for _, w := range []ways{{ranks: 2, batch: 1, every: time.Hour, apart: true}, {ranks: 3, batch: 2, apart: true}} {
			w.heard = &listener{}
			output := filepath.Join(t.TempDir(), "result.h5")
			if _, err := run(t, j, output, w); err != nil {
				t.Fatal(err)
			}
			resulttest.Same(t, fmt.Sprintf("%s on %d ranks", c.name, w.ranks), resulttest.Contents(t, output), want)
			if len(w.heard.notes) != 1 || !strings.Contains(w.heard.notes[0], "cannot see "+output+".parts: what they compute travels to rank 0") {
				t.Errorf("said: %q", w.heard.notes)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "brainsweep-parts-*")); len(left) > 0 {
				t.Errorf("%v is left over", left)
			}
			if left, _ := filepath.Glob(output + "?*"); len(left) > 0 {
				t.Errorf("%v is left over", left)
			}
		}
	}
}

// TestRanksApartAreStopped stops such a job in the middle, goes on with ranks that share their files, and with others that do not.
func TestRanksApartAreStopped(t *testing.T) {
	j := parse(t, fmt.Sprintf(failing, "double", "grow = { from = 0.01, to = 1.5, points = 90 }"))
	output := filepath.Join(t.TempDir(), "result.h5")
	for turn, apart := range []bool{true, false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		w := ways{ranks: 3, batch: 1, apart: apart, every: time.Hour, heard: stopAfter(15, cancel), ctx: ctx}
		if _, err := run(t, j, output, w); !errors.Is(err, context.Canceled) {
			t.Fatalf("turn %d: %v", turn, err)
		}
	}
	s, err := run(t, j, output, ways{ranks: 2, apart: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Earlier < 3*15 {
		t.Errorf("only %d points were there", s.Earlier)
	}
	resulttest.Same(t, "in pieces", resulttest.Contents(t, output), result(t, j, ways{}))
}

// TestNoRoomForParts takes the folder away in which rank 0 takes in parts: all ranks end with one error.
func TestNoRoomForParts(t *testing.T) {
	j := parse(t, fmt.Sprintf(failing, "double", "grow = { from = 0.01, to = 1.5, points = 40 }"))
	output := filepath.Join(t.TempDir(), "result.h5")
	w := ways{ranks: 3, batch: 1, apart: true, heard: &listener{}}
	w.heard.notes = nil
	done := false
	w.heard.hear = func(text string) {
		if strings.Contains(text, "travels to rank 0") && !done {
			done = true
			if err := os.Rename(output+".parts", output+".elsewhere"); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := run(t, j, output, w)
	if err == nil || !strings.Contains(err.Error(), "no such file or directory") {
		t.Errorf("says %v", err)
	}
}
