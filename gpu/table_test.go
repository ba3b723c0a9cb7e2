package gpu_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"brainsweep/device"
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
	slow := os.Getenv("BRAINSWEEP_SLOW") != ""
	for _, name := range models(t) {
		for _, precision := range []int{32, 64} {
			if !slow && (name != "adex2" || precision != 32) && (name != "wongwang" || precision != 64) {
				continue
			}
			compareStep(t, n, string(text), name, precision)
			for _, arch := range architectures {
				if slow || arch == "sm_90" {
					compareRow(t, n, string(text), name, precision, arch)
				}
			}
		}
	}
}

// compareRow holds a kernel's stack and spills to the table.
func compareRow(t *testing.T, n *gpu.NVRTC, text, name string, precision int, arch string) {
	t.Helper()
	row := regexp.MustCompile(fmt.Sprintf(`\| %s \| %s \| %s \| \d+ \| \d+ \| (\d+) \| (\d+) \|`, name, precisionNames[precision], arch)).FindStringSubmatch(text)
	if row == nil {
		t.Errorf("%s, %d bits, %s has no row in %s", name, precision, arch, tableFile)
		return
	}
	const few = 64 // bytes of 16 registers
	k, _ := simulate(t, n, source(t, name, precision, 68), arch)
	for i, have := range []int{k.Stack, k.Spilled} {
		if most, _ := strconv.Atoi(row[i+1]); have > most+few {
			t.Errorf("%s, %d bits, %s: stack and spills [bytes] have grown to %d and %d, the table has %s and %s",
				name, precision, arch, k.Stack, k.Spilled, row[1], row[2])
			return
		}
	}
}

// compareStep holds the instructions of a node-step to the table.
func compareStep(t *testing.T, n *gpu.NVRTC, text, name string, precision int) {
	t.Helper()
	row := regexp.MustCompile(fmt.Sprintf(`\| %s \| %s \|[\d |]* (\d+) \|\n`, name, precisionNames[precision])).FindStringSubmatch(text)
	if row == nil {
		t.Errorf("%s, %d bits, has no row in %s", name, precision, tableFile)
		return
	}
	const slack = 1.05 // compilers weigh loops anew at every change
	_, object := simulate(t, n, bareSource(t, name, precision, 68), "sm_90")
	have := count(object.PTX, precision).all
	if most, _ := strconv.Atoi(row[1]); float64(have) > slack*float64(most) {
		t.Errorf("%s, %d bits: a node-step has grown to %d instructions, the table has %d", name, precision, have, most)
	}
}

var precisionNames = map[int]string{32: "single", 64: "double"}

// simulate compiles a kernel and gives the report on the one that takes the time, and the assembler's text.
func simulate(t *testing.T, n *gpu.NVRTC, src device.Source, arch string) (gpu.Kernel, *gpu.Object) {
	t.Helper()
	object := compile(t, n, src, arch)
	for _, k := range object.Kernels {
		if k.Name == "simulate" {
			return k, object
		}
	}
	t.Fatal("there is no kernel simulate")
	return gpu.Kernel{}, nil
}

// table is the page.
func table(t *testing.T, n *gpu.NVRTC) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Kernels for GPUs, as the compiler reports them

%s, 68 nodes, Heun, linear delayed coupling: the kernel "simulate" of every model. Nothing here was measured on a GPU.
`+"`go test ./gpu -run TestTable -timeout 1h -update`"+` writes this page, and a test keeps it from growing.

## Instructions of a node-step

Without noise and monitors, in the assembler's text (PTX, the same for all architectures): both stages of Heun, coupling
terms, bounds, the delay ring. What stands before and after the loop over steps is counted, too, and the unrolled loops over
connections once, which together are some 1400 instructions of the last column, as the smallest models show: what is more
is what a node-step of the model takes besides its connections. Arithmetic in the model's precision, quotients and roots (with the reciprocals), exponentials and logarithms of the hardware, reads and writes of
the GPU's memory and of shared memory, and all instructions together.

| model | precision | mul | fma | add | quotients | exponentials | memory | shared memory | all |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`, n)
	for _, name := range models(t) {
		for _, precision := range []int{32, 64} {
			_, object := simulate(t, n, bareSource(t, name, precision, 68), "sm_90")
			c := count(object.PTX, precision)
			fmt.Fprintf(&b, "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, precisionNames[precision],
				c.mul, c.fma, c.add, c.quotients, c.exponentials, c.memory, c.shared, c.all)
		}
	}
	b.WriteString(`
## Registers, stack and spills

With noise, averages with the moments of all pairs, and BOLD. Teams: points of a block at most. Stack and spills: bytes
of a thread. Shared: bytes of a block.

| model | precision | architecture | teams | registers | stack | spills | shared |
| --- | --- | --- | --- | --- | --- | --- | --- |
`)
	for _, name := range models(t) {
		for _, precision := range []int{32, 64} {
			for _, arch := range architectures {
				k, object := simulate(t, n, source(t, name, precision, 68), arch)
				fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d | %d | %d |\n", name, precisionNames[precision], arch,
					object.Teams, k.Registers, k.Stack, k.Spilled, k.Shared)
			}
		}
	}
	return b.String()
}

type counts struct{ mul, fma, add, quotients, exponentials, memory, shared, all int }

// instruction is the first word of a line that is one: no label, directive or declaration.
var instruction = regexp.MustCompile(`^[a-z][a-z0-9_.:]*;?$`)

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
		if len(words) == 0 || !instruction.MatchString(words[0]) {
			continue
		}
		c.all++
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
		case kind == "ex2" || kind == "lg2":
			c.exponentials++
		case (kind == "ld" || kind == "st") && strings.HasPrefix(rest, "shared"):
			c.shared++
		case (kind == "ld" || kind == "st") && strings.HasPrefix(rest, "global"):
			c.memory++
		}
	}
	return c
}
