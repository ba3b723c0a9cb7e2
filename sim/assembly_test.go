package sim_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/cpu"
	"brainsweep/device"
)

// TestKernelsCallNothing reads the machine code of whole kernels: no call stands in them but those that find the thread's
// memory at the head. Vectors are spilled, for a step keeps more numbers alive than there are registers; the bounds are a
// fifth above what gcc 12 does, so that a change that makes a kernel spill more is seen.
func TestKernelsCallNothing(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil || runtime.GOARCH != "amd64" {
		t.Skip("needs objdump of an x86-64")
	}
	for _, of := range []struct {
		model, coupling, noisy, quantity string
		precision, spills                int
	}{
		{"adex2", "linear", "ou", "E", 32, 400}, {"kuramoto", "kuramoto", "theta", "theta", 32, 55}, {"wongwang", "scaling", "S", "S", 64, 160},
	} {
		t.Run(of.model, func(t *testing.T) {
			dir := t.TempDir()
			dev, err := cpu.Open(cpu.Options{Threads: 1, CacheDir: dir})
			if err != nil {
				t.Fatal(err)
			}
			defer dev.Close()
			if isa := dev.Info().ISA; !strings.Contains(isa, "v4") || !strings.HasPrefix(dev.Info().Tools, "gcc") {
				t.Skipf("the bounds are gcc's for AVX-512, here are %s and %s", dev.Info().Tools, isa)
			}
			k, err := codegen.Generate(codegen.Spec{Title: "assembly", Model: fromLibrary(t, of.model), Coupling: coupling(t, of.coupling),
				Scheme: scheme(t, "heun"), Precision: of.precision, Nodes: 68, Noisy: []string{of.noisy},
				Streams: []codegen.Stream{stream(codegen.Average, 10, of.quantity)}})
			if err != nil {
				t.Fatal(err)
			}
			program, err := dev.Build(context.Background(), device.Source{Name: k.Source.Name, Text: k.Source.Text, Precision: of.precision, Nodes: 68})
			if err != nil {
				t.Fatal(err)
			}
			defer program.Close()
			objects, _ := filepath.Glob(filepath.Join(dir, "*.so"))
			if len(objects) != 1 {
				t.Fatalf("objects %v, want one", objects)
			}
			text, err := exec.Command(objdump, "-d", "--no-show-raw-insn", objects[0]).Output()
			if err != nil {
				t.Fatal(err)
			}
			_, body, found := strings.Cut(string(text), "<body_simulate>:\n")
			if !found {
				t.Fatal("there is no body_simulate")
			}
			body, _, _ = strings.Cut(body, "\n\n")
			spill := regexp.MustCompile(`\tvmov\w+ +%[yz]mm\d+,-?0x[0-9a-f]+\(%r[bs]p\)`)
			spills, vectors := 0, false
			for line := range strings.SplitSeq(body, "\n") {
				if strings.Contains(line, "\tcall") && !strings.Contains(line, "__tls_get_addr") {
					t.Errorf("a call: %s", strings.TrimSpace(line))
				}
				if spill.MatchString(line) {
					spills++
				}
				vectors = vectors || strings.Contains(line, "%zmm")
			}
			t.Logf("%d vectors are spilled", spills)
			if !vectors || spills > of.spills {
				t.Errorf("%d vectors are spilled, want at most %d (vectors are used: %v)", spills, of.spills, vectors)
			}
		})
	}
}
