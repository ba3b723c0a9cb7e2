package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"brainsweep/internal/doom"
	"brainsweep/io/result/resulttest"
	"brainsweep/mpi"
)

// buildDoomed builds the program with places to die at, with the tags of this test, into a folder, and puts that first in the PATH.
func buildDoomed(t *testing.T) (folder string) {
	t.Helper()
	tags := "doom"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-tags" && s.Value != "" {
				tags += "," + s.Value
			}
		}
	}
	folder = t.TempDir()
	if out, err := exec.Command("go", "build", "-tags", tags, "-o", filepath.Join(folder, "brainsweep"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return folder
}

// TestDoom tells what becomes of jobs that die at chosen places: as scripts, and at every place there is.
func TestDoom(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go to build with")
	}
	folder := buildDoomed(t)
	path := folder + string(filepath.ListSeparator) + os.Getenv("PATH")
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:                 "testdata/doom",
			RequireExplicitExec: true,
			Setup: func(env *testscript.Env) error {
				env.Setenv("PATH", path)
				allowAnyMachine(env.Setenv)
				return nil
			},
			Condition: func(word string) (bool, error) {
				_, err := exec.LookPath("mpirun")
				return mpi.Library() != "" && err == nil, nil
			},
			Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"dies": dies, "same": same},
		})
	})
	t.Run("places", func(t *testing.T) {
		t.Setenv("PATH", path)
		everyPlace(t)
	})
}

// dies PLACE:N COMMAND... runs a command that must die there.
func dies(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv("BRAINSWEEP_DOOM", args[0])
	defer ts.Setenv("BRAINSWEEP_DOOM", "")
	if err := ts.Exec(args[1], args[2:]...); err == nil {
		ts.Fatalf("%v ends by itself", args[1:])
	}
	place, _, _ := strings.Cut(args[0], ":")
	if said := ts.ReadFile("stderr"); !strings.Contains(said, "dies at "+place) {
		ts.Fatalf("it does not come to die at %s: %s", args[0], said)
	}
}

// same A B compares all data sets of two results.
func same(ts *testscript.TestScript, neg bool, args []string) {
	differ := resulttest.Differences(ts.MkAbs(args[0]), ts.MkAbs(args[1]))
	if len(differ) > 0 {
		ts.Fatalf("%s and %s differ: %v", args[0], args[1], differ)
	}
}

// everyPlace has a job die the first and the third time that it comes to each of the places, and go on.
func everyPlace(t *testing.T) {
	w := newWorkplace(t, strings.Replace(strings.Replace(brain, `duration = "2 s"`, `duration = "200 ms"`, 1), "points = 8", "points = 3", 1))
	want := w.run(0, "whole.h5")
	reached := map[string]int{}
	for i, place := range doom.Places {
		for _, n := range []int{1, 3} {
			name := fmt.Sprintf("out-%d-%d.h5", i, n)
			t.Setenv("BRAINSWEEP_DOOM", fmt.Sprintf("%s:%d", place, n))
			words := []string{"run", "job.toml", "-o", name, "--batch", "1", "--threads", "1"}
			if strings.HasPrefix(place, "checkpoint") {
				words = append(words, "--keep-parts") // the job is too short for other checkpoints
			}
			p := w.start(0, words...)
			code := p.end(t)
			t.Setenv("BRAINSWEEP_DOOM", "")
			if code == exitDone {
				if err := os.Remove(w.path(name)); err != nil {
					t.Fatal(err)
				}
				continue // it does not come there so often
			}
			reached[place]++
			resulttest.Same(t, fmt.Sprintf("%s, time %d", place, n), w.run(0, name, "--batch", "2"), want)
		}
	}
	for _, place := range doom.Places {
		if reached[place] == 0 {
			t.Errorf("no run comes to %q", place)
		}
	}
}
