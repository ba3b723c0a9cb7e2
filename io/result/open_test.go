package result_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"brainsweep/io/h5"
	"brainsweep/io/result"
)

// What cannot be opened is said in a sentence that tells what to do.
func TestOpenTellsWhy(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"job.toml", "text.h5"} {
		if err := os.WriteFile(in(name), []byte("text"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(in("started.h5"+result.PartsEnd), 0o777); err != nil {
		t.Fatal(err)
	}
	made, err := h5.Create(in("busy.h5"))
	if err != nil {
		t.Fatal(err)
	}
	if err := made.Close(); err != nil {
		t.Fatal(err)
	}
	busy, err := os.Open(in("busy.h5"))
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if err := syscall.Flock(int(busy.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		"job.toml":   "job.toml is no result; if it is a job, brainsweep run makes a result of it",
		"text.h5":    "text.h5 is no result: is no HDF5 file",
		"nothing.h5": "nothing.h5: no such file or directory",
		"started.h5": "started.h5: no such file or directory, but parts of it are: brainsweep status tells",
	}
	if os.Getenv("HDF5_USE_FILE_LOCKING") == "" {
		cases["busy.h5"] = "busy.h5: another program has it open for writing; close it there"
	}
	for name, want := range cases {
		if _, err := result.Open(in(name)); err == nil || !strings.HasPrefix(err.Error(), in(want)) {
			t.Errorf("%v, want %s", err, in(want))
		}
	}
}
