package result_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestInspect compares the summary of a small result with testdata/inspect.txt, which was looked over by eye. What depends on the
// machine, the file's path and size and the library's version, is left out.
func TestInspect(t *testing.T) {
	l := small(16)
	r := openResult(t, merge(t, l, write(t, l, 4, 12)))
	var text bytes.Buffer
	ok(t, r.Inspect(&text))
	got := regexp.MustCompile(`(?m)^(file|hdf5) .*\n`).ReplaceAll(text.Bytes(), nil)
	const golden = "testdata/inspect.txt"
	if *update {
		ok(t, os.WriteFile(golden, got, 0o644))
	}
	if want := must(os.ReadFile(golden))(t); !bytes.Equal(got, want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
