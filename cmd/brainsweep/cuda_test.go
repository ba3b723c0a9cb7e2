//go:build cuda && linux && (amd64 || arm64)

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/io/result/resulttest"
)

// onGPUs is a job in double precision, in which the emulated GPU gives what its host's compiler gives.
const onGPUs = `model = "kuramoto"
[connectome]
source = "synthetic:10"
[run]
duration = "100 ms"
precision = "double"
[sweep]
"coupling.a" = { from = 0.0, to = 2.0, points = 12 }
[[record]]
monitor = "average"
of = ["theta"]
period = "1 ms"
[metrics]
of = ["theta"]
use = ["rate", "fc"]
`

// emulator compiles the driver that is none (gpu/testdata/emulator.cc), which has two GPUs.
func emulator(t *testing.T) string {
	t.Helper()
	library := filepath.Join(t.TempDir(), "libemulator.so")
	out, err := exec.Command("c++", "-std=c++17", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library, "../../gpu/testdata/emulator.cc", "-ldl").CombinedOutput()
	if err != nil {
		t.Skipf("the emulator does not compile: %s", out)
	}
	return library
}

// TestEmulatedGPUs runs the program on a driver that is none: it finds two GPUs,
// takes them by itself, and no byte shows how points lie on them, in which batches, and how many ranks share them.
func TestEmulatedGPUs(t *testing.T) {
	folder, library := t.TempDir(), emulator(t)
	t.Setenv("BRAINSWEEP_LIBCUDA", library)
	t.Setenv("BRAINSWEEP_NVRTC", library)
	t.Setenv("XDG_CACHE_HOME", folder)
	job := filepath.Join(folder, "job.toml")
	if err := os.WriteFile(job, []byte(onGPUs), 0o644); err != nil {
		t.Fatal(err)
	}
	said := func(command string, words ...string) string {
		t.Helper()
		out, err := exec.Command(command, words...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", command, strings.Join(words, " "), err, out)
		}
		return string(out)
	}
	if out := said("brainsweep", "doctor"); strings.Count(out, "emulated GPU, sm_90") != 2 || !strings.Contains(out, "NVRTC 0.1") || !strings.Contains(out, "a kernel ran") {
		t.Errorf("doctor:\n%s", out)
	}
	first := filepath.Join(folder, "first.h5")
	if out := said("brainsweep", "run", job, "-o", first); !strings.Contains(out, "with emulated GPU") {
		t.Errorf("--device auto:\n%s", out)
	}
	want := resulttest.Contents(t, first)
	for name, words := range map[string][]string{
		"batches and epochs": {"--batch", "5", "--set", "device.epoch=160"}, "one point in a block": {"--set", "device.points=1"},
		"few threads": {"--set", "device.members=3"}, "several blocks": {"--set", "device.blocks=2"},
	} {
		output := filepath.Join(folder, name+".h5")
		said("brainsweep", append([]string{"run", job, "-o", output, "--device", "cuda"}, words...)...)
		resulttest.Same(t, name, resulttest.Contents(t, output), want)
	}
}

// TestGPUsThatCannotBeUsed: one sentence says what is missing, and the CPU is there.
func TestGPUsThatCannotBeUsed(t *testing.T) {
	folder, library := t.TempDir(), emulator(t)
	job, broken := filepath.Join(folder, "job.toml"), filepath.Join(folder, "libnvrtc.so.12")
	if err := errors.Join(os.WriteFile(job, []byte(onGPUs), 0o644), os.WriteFile(broken, []byte("no library"), 0o644)); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", folder)
	for name, c := range map[string]struct{ driver, nvrtc, init, says string }{
		"no driver":                 {driver: filepath.Join(folder, "libcuda.so.1"), says: "this machine has no NVIDIA driver"},
		"a driver that is none":     {driver: broken, says: "the NVIDIA driver does not load"},
		"a driver without a GPU":    {driver: library, init: "100", says: "no GPU that this process may use"},
		"a driver half replaced":    {driver: library, init: "803", says: "the machine needs a restart"},
		"no NVRTC":                  {driver: library, nvrtc: folder + "/none", says: "there is no NVRTC in " + folder + "/none"},
		"an NVRTC that is no NVRTC": {driver: library, nvrtc: broken, says: "NVRTC does not load: " + broken},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("BRAINSWEEP_LIBCUDA", c.driver)
			t.Setenv("BRAINSWEEP_NVRTC", c.nvrtc)
			t.Setenv("EMULATED_INIT", c.init)
			for _, words := range [][]string{{"run", job, "-o", filepath.Join(folder, "out.h5")}, {"plan", job}, {"bench", "--case", "kuramoto"}} {
				out, err := exec.Command("brainsweep", append(words, "--device", "cuda")...).CombinedOutput()
				if said := string(out); err == nil || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "brainsweep: --device cuda: no GPU can be used: ") || !strings.Contains(said, c.says) {
					t.Errorf("%s: %v, %s", words[0], err, said)
				}
			}
			out, err := exec.Command("brainsweep", "doctor").CombinedOutput()
			if err != nil || !strings.Contains(string(out), "\nwithout  GPU ") || !strings.Contains(string(out), c.says) {
				t.Errorf("doctor: %v\n%s", err, out)
			}
		})
	}
}

// TestAGPUWithoutACompiler: where a GPU computes, doctor asks for no C compiler.
func TestAGPUWithoutACompiler(t *testing.T) {
	folder, library := t.TempDir(), emulator(t)
	t.Setenv("BRAINSWEEP_LIBCUDA", library)
	t.Setenv("BRAINSWEEP_NVRTC", library)
	t.Setenv("XDG_CACHE_HOME", folder)
	program, err := exec.LookPath("brainsweep")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(program, "doctor").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	// The emulated GPU's kernel stays in the cache, since it takes a compiler; the CPU's goes.
	objects, _ := filepath.Glob(filepath.Join(folder, "brainsweep", "kernels", "*.so"))
	if len(objects) == 0 {
		t.Fatal("there is no kernel for the CPU in the cache")
	}
	for _, o := range objects {
		os.Remove(o)
	}
	t.Setenv("CC", "")
	t.Setenv("PATH", filepath.Dir(program))
	out, err := exec.Command(program, "doctor").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "\nwithout  compiler ") || !strings.Contains(string(out), "\nok       GPU ") {
		t.Errorf("%v\n%s", err, out)
	}
}
