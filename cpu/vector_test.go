package cpu_test

import (
	"context"
	"debug/elf"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/device"
)

// numericsObjects compiles loops over 68 nodes of every function, in both precisions, and gives the objects.
func numericsObjects(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	for _, bits := range []int{32, 64} {
		d := openDevice(t, cpu.Options{CacheDir: dir})
		if isa := d.Info().ISA; !strings.Contains(isa, "v3") && !strings.Contains(isa, "v4") && !strings.Contains(isa, "arm") {
			t.Skip("without fused arithmetic FMA is a call")
		}
		if _, err := d.Build(context.Background(), device.Source{Name: "math", Text: mapKernels(t) + noiseLoop, Precision: bits, Nodes: 68}); err != nil {
			t.Fatal(err)
		}
	}
	return objects(t, dir)
}

// The numerics call nothing: no function of the C library is left in the object.
func TestNumericsCallNothing(t *testing.T) {
	for _, path := range numericsObjects(t) {
		f, err := elf.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		symbols, err := f.ImportedSymbols()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range symbols {
			if s.Library != "" && !strings.HasPrefix(s.Name, "__") {
				t.Errorf("%s calls %s of %s", filepath.Base(path), s.Name, s.Library)
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Loops over nodes are vector instructions throughout: gcc leaves no arithmetic on single numbers in any of them.
func TestNumericsAreVectors(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil || runtime.GOARCH != "amd64" {
		t.Skip("needs objdump of an x86-64")
	}
	if !strings.HasPrefix(openDevice(t, cpu.Options{}).Info().Tools, "gcc") {
		t.Skip("needs gcc")
	}
	function := regexp.MustCompile(`^[0-9a-f]+ <body_(\w+)`)
	scalar := regexp.MustCompile(`\tv(add|sub|mul|div|sqrt|fn?m(add|sub)\w+)s[sd] `)
	vector := regexp.MustCompile(`\tv\w+ .*%[yz]mm`)
	for _, path := range numericsObjects(t) {
		text, err := exec.Command(objdump, "-d", "--no-show-raw-insn", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		name, scalars, vectors := "", map[string]int{}, map[string]int{}
		for line := range strings.SplitSeq(string(text), "\n") {
			if m := function.FindStringSubmatch(line); m != nil {
				name = m[1]
			} else if strings.HasSuffix(line, ">:") {
				name = ""
			}
			if scalar.MatchString(line) {
				scalars[name]++
			}
			if vector.MatchString(line) {
				vectors[name]++
			}
		}
		for _, f := range append(append([]string{"normal4"}, unary...), binary2...) {
			if scalars[f] > 0 || vectors[f] == 0 {
				t.Errorf("%s: %s has %d scalar and %d vector instructions", filepath.Base(path), f, scalars[f], vectors[f])
			}
		}
	}
}
