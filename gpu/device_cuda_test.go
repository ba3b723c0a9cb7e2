//go:build cuda && linux && (amd64 || arm64)

package gpu_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/ebitengine/purego"

	"brainsweep/device"
	"brainsweep/device/devicetest"
	"brainsweep/gpu"
)

// kernels is where the tests of this package keep what they compile.
var kernels string

// TestMain puts the emulator of testdata in CUDA's place where there is no driver.
func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "gpu-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	kernels = folder
	_, err = purego.Dlopen("libcuda.so.1", purego.RTLD_LAZY|purego.RTLD_LOCAL)
	if err != nil && os.Getenv("REQUIRE_GPU") == "" && os.Getenv("BRAINSWEEP_LIBCUDA") == "" {
		if err := emulate(folder); err != nil {
			fmt.Fprintln(os.Stderr, "the emulator is left out:", err)
		}
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// emulator is its library, "" where CUDA is real or missing.
var emulator string

func emulate(folder string) error {
	compiler := os.Getenv("CXX")
	if compiler == "" {
		compiler = "c++"
	}
	library := filepath.Join(folder, "libemulator.so")
	out, err := exec.Command(compiler, "-std=c++17", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", library, "testdata/emulator.cc", "-ldl").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	emulator = library
	return os.Setenv("BRAINSWEEP_LIBCUDA", library)
}

func open(t *testing.T) device.Device { return openAs(t, gpu.Options{}) }

func openAs(t *testing.T, o gpu.Options) device.Device {
	t.Helper()
	o.CacheDir, o.NVRTC = kernels, emulator
	d, err := gpu.Open(o)
	if errors.Is(err, gpu.ErrNone) && os.Getenv("REQUIRE_GPU") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDevice(t *testing.T) {
	d := open(t)
	t.Logf("%+v", d.Info())
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	devicetest.Test(t, open)
}

// shapes are ways to lay teams out that the number of nodes alone does not lead to.
var shapes = map[string]gpu.Options{"one point in a block": {Points: 1}, "few threads": {Members: 3}, "several blocks": {Blocks: 3}}

// TestShapes: every shape keeps the contract.
func TestShapes(t *testing.T) {
	for name, o := range shapes {
		t.Run(name, func(t *testing.T) {
			devicetest.Test(t, func(t *testing.T) device.Device { return openAs(t, o) })
		})
	}
}

// TestSuiteCompiles gives the sources of the suite to NVRTC, too, where the emulator compiles them otherwise.
func TestSuiteCompiles(t *testing.T) {
	if emulator == "" {
		t.Skip("TestDevice does so: there is no emulator in CUDA's place")
	}
	n := openNVRTC(t)
	for name, o := range map[string]gpu.Options{"as it comes": {}, "several blocks": {Blocks: 3}} {
		t.Run(name, func(t *testing.T) {
			devicetest.Test(t, func(t *testing.T) device.Device { return both{openAs(t, o), n, o, t} })
		})
	}
}

// both compiles with NVRTC what the device builds.
type both struct {
	device.Device
	nvrtc   *gpu.NVRTC
	options gpu.Options
	t       *testing.T
}

func (b both) Build(ctx context.Context, src device.Source) (device.Program, error) {
	p, err := b.Device.Build(ctx, src)
	if _, refusal := b.nvrtc.Build(src, "sm_90", b.options); err == nil && refusal != nil {
		b.t.Errorf("%s, %d nodes, %d bits: %v", src.Name, src.Nodes, src.Precision, refusal)
	}
	return p, err
}
