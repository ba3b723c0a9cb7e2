package gpu_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What stands for the carried programs when scripts/gpu-check.sh is tried.
const (
	carriedProgram = `case $1 in
version) echo brainsweep of a test ;;
bench) printf '{"case":"adex2","precision":"%s","nodes":68,"edges":9,"horizon":9,"threads":9,"points":%d,"node_steps_per_second":%s,"stages":{}}\n' \
	single 256 5000000000 single 8192 12500000000 double 256 1 double 8192 5.0e+09 ;;
verify) echo "8 points computed again: equal to the byte" ;;
esac`
	carriedTests = `case "$*" in *NothingShows*) echo '--- FAIL: TestNothingShows|InTheBytes'; exit 1 ;; *Reads*) echo '--- SKIP: TestReads (0.00s)' ;; esac; echo PASS`
)

// gpuCheck lays out what gpu-check.sh carries, runs it, and returns its page and whether it is content.
func gpuCheck(t *testing.T, program, tests string, seconds int, steps ...string) (page string, content bool) {
	t.Helper()
	for _, name := range []string{"bash", "timeout", "awk"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip(err)
		}
	}
	folder := t.TempDir()
	script, err := os.ReadFile("../scripts/gpu-check.sh")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"gpu-check.sh": string(script), "brainsweep": "#!/bin/sh\n" + program, "gpu/gpu.test": "#!/bin/sh\n" + tests, "sim/sim.test": "#!/bin/sh\n" + tests,
		"jobs/single.toml": "duration = \"2 s\"\n",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("bash", append([]string{filepath.Join(folder, "gpu-check.sh")}, steps...)...)
	command.Env = append(os.Environ(), "GPU_CHECK_OUT="+filepath.Join(folder, "out"), fmt.Sprintf("GPU_CHECK_SECONDS=%d", seconds))
	out, err := command.CombinedOutput()
	b, missing := os.ReadFile(filepath.Join(folder, "out", "gpu-check.md"))
	if missing != nil {
		t.Fatalf("%v\n%s", missing, out)
	}
	return string(b), err == nil
}

// TestCheckGoesOn: a step that fails is told, keeps no other from running, and the goals are set beside what was measured.
func TestCheckGoesOn(t *testing.T) {
	t.Parallel()
	page, content := gpuCheck(t, carriedProgram, carriedTests, 300)
	if content {
		t.Error("a failed step is not in the exit code")
	}
	for _, want := range []string{
		"brainsweep of a test", "\n| doctor | passed |", "\n| tests-reference | passed |", "\n| tests-same-bytes | **failed** (exit code 1): --- FAIL: TestNothingShows/InTheBytes |",
		"\n| bytes-points | passed |", "\n| conformance | passed, left out: TestReads |", "\n| bench-large | passed |",
		"8192 points [node-steps/s] | 1e10 (H200) | 12500000000 |", "with 256 points, of that | half | 0.40 |", "single over double, 8192 points | < 2.5 | 2.50 |",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
	if page, content = gpuCheck(t, carriedProgram, "", 300, "conformance", "bytes"); !content || strings.Contains(page, "doctor") || !strings.Contains(page, "\n| conformance | passed") {
		t.Errorf("two steps of all:\n%s", page)
	}
}

// TestCheckEnds: when time runs out the page holds what there is.
func TestCheckEnds(t *testing.T) {
	t.Parallel()
	page, content := gpuCheck(t, "[ $1 = doctor ] && exec sleep 60; echo fine", carriedTests, 10, "doctor", "conformance")
	if content || !strings.Contains(page, "\n| doctor | **ended after ") || !strings.Contains(page, "\n| conformance | left out: no time |") {
		t.Errorf("content %v:\n%s", content, page)
	}
}
