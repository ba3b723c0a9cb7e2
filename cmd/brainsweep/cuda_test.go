//go:build cuda && linux && (amd64 || arm64)

package main

import (
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

// TestEmulatedGPUs runs the program on a driver with two GPUs that is none (gpu/testdata/emulator.cc): it finds them,
// takes them by itself, and no byte shows how points lie on them, in which batches, and how many ranks share them.
func TestEmulatedGPUs(t *testing.T) {
	folder := t.TempDir()
	library := filepath.Join(folder, "libemulator.so")
	out, err := exec.Command("c++", "-std=c++17", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library, "../../gpu/testdata/emulator.cc", "-ldl").CombinedOutput()
	if err != nil {
		t.Skipf("the emulator does not compile: %s", out)
	}
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
