package gpu_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"brainsweep/gpu"
)

var update = flag.Bool("update", false, "write docs/gpu-kernels.md anew")

const tableFile = "../docs/gpu-kernels.md"

// TestTable holds the registers and spills of every model's kernel to docs/gpu-kernels.md, which
// go test ./gpu -run TestTable -update writes anew. A kernel may get better unseen, not worse: what it spills may grow
// by a few registers, since compilers weigh them anew at every change.
func TestTable(t *testing.T) {
	n := openNVRTC(t)
	if *update {
		if err := os.WriteFile(tableFile, []byte(table(t, n)), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(tableFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), n.String()) {
		t.Skipf("the table is another compiler's than %s", n)
	}
	if os.Getenv("BRAINSWEEP_SLOW") == "" {
		compareRow(t, n, string(text), "adex2", 32, "sm_90")
		compareRow(t, n, string(text), "wongwang", 64, "sm_90")
		return
	}
	for _, name := range models(t) {
		for _, precision := range []int{32, 64} {
			for _, arch := range tabled(name) {
				compareRow(t, n, string(text), name, precision, arch)
			}
		}
	}
}

func compareRow(t *testing.T, n *gpu.NVRTC, text, name string, precision int, arch string) {
	t.Helper()
	row := regexp.MustCompile(fmt.Sprintf(`\| %s \| %s \| %s \| \d+ \| \d+ \| (\d+) \| (\d+) \|`, name, precisionNames[precision], arch)).FindStringSubmatch(text)
	if row == nil {
		t.Errorf("%s, %d bits, %s has no row in %s", name, precision, arch, tableFile)
		return
	}
	const few = 64 // bytes of 16 registers
	k, _ := simulate(t, n, name, precision, arch)
	for i, have := range []int{k.Stack, k.Spilled} {
		if most, _ := strconv.Atoi(row[i+1]); have > most+few {
			t.Errorf("%s, %d bits, %s: stack and spills [bytes] have grown to %d and %d, the table has %s and %s",
				name, precision, arch, k.Stack, k.Spilled, row[1], row[2])
			return
		}
	}
}

var precisionNames = map[int]string{32: "single", 64: "double"}

// simulate compiles a model's kernel and gives the report on the one that takes the time, and the assembler's text.
func simulate(t *testing.T, n *gpu.NVRTC, name string, precision int, arch string) (gpu.Kernel, *gpu.Object) {
	t.Helper()
	object, err := n.Build(source(t, name, precision, 68), arch, gpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range object.Kernels {
		if k.Name == "simulate" {
			return k, object
		}
	}
	t.Fatal("there is no kernel simulate")
	return gpu.Kernel{}, nil
}

// tabled are the architectures of a model's rows: all for the model that matters most.
func tabled(name string) []string {
	if name == "adex2" {
		return architectures
	}
	return architectures[2:]
}

// table is the page.
func table(t *testing.T, n *gpu.NVRTC) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Kernels for GPUs, as the compiler reports them

%s, 68 nodes, Heun with noise and linear delayed coupling, averages with the moments of all pairs, BOLD: the kernel
"simulate" of every model. Nothing here was measured on a GPU. `+"`go test ./gpu -run TestTable -update`"+` writes this page,
and a test keeps stack and spills from growing.

Teams: points of a block at most. Stack and spills: bytes of a thread. Shared: bytes of a block. The rest counts
instructions of the assembler's text, once each, whether or not they are in the loop over steps: arithmetic in the
model's precision, quotients and roots (with the reciprocals), reads and writes of the GPU's memory and of shared memory.

| model | precision | architecture | teams | registers | stack | spills | shared | mul | fma | add | quotients | memory | shared memory |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`, n)
	for _, name := range models(t) {
		for _, precision := range []int{32, 64} {
			for _, arch := range tabled(name) {
				k, object := simulate(t, n, name, precision, arch)
				c := count(object.PTX, precision)
				fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, precisionNames[precision], arch,
					object.Teams, k.Registers, k.Stack, k.Spilled, k.Shared, c.mul, c.fma, c.add, c.quotients, c.memory, c.shared)
			}
		}
	}
	return b.String()
}

type counts struct{ mul, fma, add, quotients, memory, shared int }

// count goes through the instructions of the entry simulate.
func count(ptx string, precision int) counts {
	_, body, _ := strings.Cut(ptx, ".entry simulate(")
	body, _, _ = strings.Cut(body, "\n}")
	var c counts
	real := fmt.Sprintf(".f%d", precision)
	for line := range strings.Lines(body) {
		words := strings.Fields(line)
		if len(words) > 1 && strings.HasPrefix(words[0], "@") {
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		kind, rest, _ := strings.Cut(words[0], ".")
		switch ofReal := strings.HasSuffix(words[0], real); {
		case kind == "mul" && ofReal:
			c.mul++
		case kind == "fma" && ofReal:
			c.fma++
		case (kind == "add" || kind == "sub") && ofReal:
			c.add++
		case (kind == "div" || kind == "rcp" || kind == "sqrt") && ofReal:
			c.quotients++
		case (kind == "ld" || kind == "st") && strings.HasPrefix(rest, "shared"):
			c.shared++
		case (kind == "ld" || kind == "st") && strings.HasPrefix(rest, "global"):
			c.memory++
		}
	}
	return c
}
