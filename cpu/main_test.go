package cpu_test

import (
	"fmt"
	"os"
	"testing"
)

// cacheOfRun keeps what the tests of one run compile, so that they compile it once.
var cacheOfRun string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "brainsweep-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	cacheOfRun = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}
