package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"brainsweep/mpi"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"brainsweep": main})
}

// Each script is a story of one verb.
func TestScripts(t *testing.T) {
	program, err := exec.LookPath("brainsweep")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PROGRAM_FOLDER", filepath.Dir(program)) // a PATH with nothing else
			allowAnyMachine(env.Setenv)
			return nil
		},
		Condition: func(word string) (bool, error) {
			if word != "mpi" {
				return false, fmt.Errorf("unknown condition %q", word)
			}
			_, err := exec.LookPath("mpirun")
			return mpi.Library() != "" && err == nil, nil
		},
	})
}

// allowAnyMachine lets Open MPI start for root, and more ranks than cores.
func allowAnyMachine(setenv func(name, value string)) {
	for _, name := range []string{"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe"} {
		setenv(name, "1")
	}
}
