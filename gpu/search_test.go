package gpu_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/gpu"
)

// TestSearch: NVRTC is found where CUDA, conda and Python's packages put it, and one that does not load is named. Each
// search is a process of its own: a library that is loaded already is found by its name.
func TestSearch(t *testing.T) {
	if os.Getenv("SEARCH_NVRTC") != "" {
		n, err := gpu.OpenNVRTC("")
		if err != nil {
			fmt.Println("found:", err)
		} else {
			fmt.Println("found:", n.Path)
		}
		return
	}
	beside, err := filepath.Abs(filepath.Dir(openNVRTC(t).Path))
	if err != nil {
		t.Fatal(err)
	}
	libraries, _ := filepath.Glob(filepath.Join(beside, "libnvrtc.so.*"))
	builtins, _ := filepath.Glob(filepath.Join(beside, "libnvrtc-builtins.so.*"))
	if len(libraries) == 0 {
		t.Skip("the system's linker finds the NVRTC that is here")
	}
	root := t.TempDir()
	environment := []string{"SEARCH_NVRTC=1", "HOME=" + root, "PATH=" + filepath.Join(root, "venv/bin")}
	found := func() string {
		child := exec.Command(os.Args[0], "-test.run=^TestSearch$")
		child.Env = environment
		out, err := child.CombinedOutput()
		_, path, ok := strings.Cut(string(out), "found: ")
		if err != nil || !ok {
			t.Fatalf("%v: %s", err, out)
		}
		path, _, _ = strings.Cut(path, "\n")
		return path
	}
	link := func(to, path string) {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.Symlink(to, path)); err != nil {
			t.Fatal(err)
		}
	}
	if has := found(); !strings.Contains(has, "there is no NVRTC here") {
		t.Skipf("this machine has an NVRTC of its own, %s", has)
	}
	link("/bin/true", filepath.Join(root, "venv/bin/python3"))
	// Each comes before those above it.
	for _, place := range []struct{ variable, library string }{
		{"", "venv/lib/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13"},
		{"CONDA_PREFIX=conda", "conda/lib/libnvrtc.so.12"},
		{"CUDA_PATH=cuda", "cuda/lib64/libnvrtc.so.12"},
		{"CUDA_HOME=newer", "newer/lib64/libnvrtc.so.13"},
		{"BRAINSWEEP_NVRTC=own", "own/libnvrtc.so.11.2"},
	} {
		path := filepath.Join(root, place.library)
		link(libraries[0], path)
		for _, b := range builtins {
			link(b, filepath.Join(filepath.Dir(path), filepath.Base(b)))
		}
		if variable, folder, ok := strings.Cut(place.variable, "="); ok {
			environment = append(environment, variable+"="+filepath.Join(root, folder))
		}
		if have := found(); have != path {
			t.Errorf("found %s, want %s", have, path)
		}
	}
}

// TestNoNVRTC: what is wrong with the place that the user named is said.
func TestNoNVRTC(t *testing.T) {
	empty := t.TempDir()
	if _, err := gpu.OpenNVRTC(empty); !errors.Is(err, gpu.ErrNone) || !strings.Contains(err.Error(), empty) {
		t.Errorf("an empty folder: %v", err)
	}
	broken := filepath.Join(t.TempDir(), "libnvrtc.so.12")
	if err := os.WriteFile(broken, []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{broken, filepath.Dir(broken)} {
		if _, err := gpu.OpenNVRTC(path); !errors.Is(err, gpu.ErrNone) || !strings.Contains(err.Error(), "does not load: "+broken) {
			t.Errorf("a library that is none: %v", err)
		}
	}
}
