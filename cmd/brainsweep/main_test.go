package main

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
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
			return nil
		},
	})
}
