package codegen_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/model"
	"brainsweep/model/library"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, have string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(have), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if have == string(want) {
		return
	}
	haves, wants := strings.Split(have, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(haves), len(wants)) {
		if haves[i] != wants[i] {
			t.Fatalf("%s:%d is not what is written now (look at it, then run with -update):\n- %s\n+ %s", path, i+1, wants[i], haves[i])
		}
	}
	t.Fatalf("%s has %d lines, now %d are written (look at them, then run with -update)", path, len(wants), len(haves))
}

func generate(t *testing.T, name, coupling string, precision int, streams ...codegen.Stream) string {
	t.Helper()
	m, err := library.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := model.FindCoupling(coupling)
	if err != nil {
		t.Fatal(err)
	}
	heun, err := codegen.FindScheme("heun")
	if err != nil {
		t.Fatal(err)
	}
	k, err := codegen.Generate(codegen.Spec{Title: name, Model: m, Coupling: c, Scheme: heun, Precision: precision, Nodes: 68,
		Noisy: []string{m.States[0].Name}, Streams: streams})
	if err != nil {
		t.Fatal(err)
	}
	return k.Source.Text
}

// TestKernelReads keeps the kernel of a small model in a file, without the numerics: for people to read, and to see
// in a change what becomes of it.
func TestKernelReads(t *testing.T) {
	text := generate(t, "generic2d", "linear", 32, codegen.Stream{Kind: codegen.Average, Period: 10,
		Quantities: []codegen.Quantity{{Name: "V", Out: true}}})
	_, kernel, _ := strings.Cut(text, "/* generic2d\n")
	golden(t, "generic2d.c", "/* generic2d\n"+kernel)
}

// TestOperations keeps the number of operations of right-hand sides in a file, so that a change shows what it saves,
// or costs.
func TestOperations(t *testing.T) {
	var b strings.Builder
	for _, name := range []string{"adex1", "adex2", "generic2d", "kuramoto", "wongwang"} {
		fmt.Fprintf(&b, "%-10s %s\n", name, operations(body(t, generate(t, name, "linear", 32), "derivatives")))
	}
	golden(t, "operations.txt", b.String())
}

// body is the text of a function of the source.
func body(t *testing.T, text, function string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, " "+function+"(const struct constants k")
	if !found {
		t.Fatalf("no function %s", function)
	}
	out, _, _ := strings.Cut(rest, "\n}\n")
	return out
}

var call = regexp.MustCompile(`\bm_(\w+)\(`)

func operations(text string) string {
	s := fmt.Sprintf("%3d products %3d sums %2d quotients", strings.Count(text, " * "),
		strings.Count(text, " + ")+strings.Count(text, " - "), strings.Count(text, " / "))
	seen := map[string]bool{}
	for _, c := range call.FindAllStringSubmatch(text, -1) {
		if !seen[c[1]] {
			seen[c[1]] = true
			s += fmt.Sprintf(" %d %s", strings.Count(text, c[0]), c[1])
		}
	}
	return s
}
