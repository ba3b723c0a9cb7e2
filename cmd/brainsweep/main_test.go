package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"brainsweep/mpi"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"brainsweep": main})
}

// cache is where scripts and jobs keep compiled kernels, as XDG_CACHE_HOME: what BRAINSWEEP_TEST_KERNELS names, which several runs may
// share, or a folder beside the program that testscript makes, and removes.
func cache(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("brainsweep")
	if err != nil {
		t.Fatal(err)
	}
	return cmp.Or(os.Getenv("BRAINSWEEP_TEST_KERNELS"), filepath.Join(filepath.Dir(program), "cache"))
}

// Each script is a story of one verb.
func TestScripts(t *testing.T) {
	program, err := exec.LookPath("brainsweep")
	if err != nil {
		t.Fatal(err)
	}
	kernels := cache(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PROGRAM_FOLDER", filepath.Dir(program)) // a PATH with nothing else
			env.Setenv("XDG_CACHE_HOME", kernels)
			allowAnyMachine(env.Setenv)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Condition: func(word string) (bool, error) {
			if word != "mpi" {
				return false, fmt.Errorf("unknown condition %q", word)
			}
			_, err := exec.LookPath("mpirun")
			return mpi.Library() != "" && err == nil, nil
		},
	})
}

// exits runs a program that has to end with the exit code that comes before it.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code program [argument ...]")
	}
	code := 0
	var ended *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if want := args[0]; strconv.Itoa(code) != want {
		ts.Fatalf("%s ended with exit code %d, not %s", args[1], code, want)
	}
}

// allowAnyMachine lets Open MPI start for root, and more ranks than cores.
func allowAnyMachine(setenv func(name, value string)) {
	for _, name := range []string{"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"} {
		setenv(name, "1")
	}
}
