package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"brainsweep/internal/doom"
	"brainsweep/io/result/resulttest"
	"brainsweep/mpi"
)

// environment is what this process was started with: tests give programs other places for their caches, and the go command has its own there.
var environment = os.Environ()

// home is the folder that this process was started in: tests go to others.
var home, _ = os.Getwd()

// buildDoomed builds the program with places to die and to wait at, once for all tests, as this test was built, into a folder beside
// the program that testscript makes, and removes.
var buildDoomed = sync.OnceValues(func() (folder string, err error) {
	program, err := exec.LookPath("brainsweep")
	if err != nil {
		return "", err
	}
	folder = filepath.Join(filepath.Dir(program), "doomed")
	tags, words := "doom", []string{"build"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "-tags" && s.Value != "":
				tags += "," + s.Value
			case s.Key == "-race" && s.Value == "true":
				words = append(words, "-race")
			}
		}
	}
	words = append(words, "-tags", tags, "-o", filepath.Join(folder, "brainsweep"), ".")
	build := exec.Command("go", words...)
	build.Env, build.Dir = environment, home
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return folder, nil
})

// doomed is the folder of the program with places to die and to wait at.
func doomed(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("there is no go to build with")
	}
	folder, err := buildDoomed()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestDoom tells what becomes of jobs that die at chosen places: as scripts, and at every place there is.
func TestDoom(t *testing.T) {
	path, kernels := doomed(t)+string(filepath.ListSeparator)+os.Getenv("PATH"), cache(t)
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir:                 "testdata/doom",
			RequireExplicitExec: true,
			Setup: func(env *testscript.Env) error {
				env.Setenv("PATH", path)
				env.Setenv("XDG_CACHE_HOME", kernels)
				allowAnyMachine(env.Setenv)
				return nil
			},
			Condition: func(word string) (bool, error) {
				_, err := exec.LookPath("mpirun")
				return mpi.Library() != "" && err == nil, nil
			},
			Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"dies": dies, "exits": exits, "same": same},
		})
	})
	t.Run("places", func(t *testing.T) {
		t.Setenv("PATH", path)
		everyPlace(t)
	})
}

// dies PLACE:N COMMAND... runs a command that must die there.
func dies(ts *testscript.TestScript, neg bool, args []string) {
	last := ts.MkAbs("died")
	ts.Check(os.RemoveAll(last))
	ts.Setenv("BRAINSWEEP_DOOM", args[0])
	ts.Setenv("BRAINSWEEP_DIED", last)
	defer ts.Setenv("BRAINSWEEP_DOOM", "")
	if err := ts.Exec(args[1], args[2:]...); err == nil {
		ts.Fatalf("%v ends by itself", args[1:])
	}
	place, _, _ := strings.Cut(args[0], ":")
	if said, _ := os.ReadFile(last); !strings.HasPrefix(string(said), "dies at "+place) {
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
