//go:build cuda && linux && (amd64 || arm64)

package gpu_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
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

// TestReads: what comes home in several pieces is whole, also for several readers at a time.
func TestReads(t *testing.T) {
	d := open(t)
	defer d.Close()
	want := make([]byte, 11<<20+5)
	for i := range want {
		want[i] = byte(i * 2654435761 >> 7)
	}
	b, err := d.Alloc(len(want))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Write(0, want); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for offset := range 5 {
		all.Go(func() {
			have := make([]byte, len(want)-offset)
			if err := b.Read(offset, have); err != nil || !bytes.Equal(have, want[offset:]) {
				t.Errorf("from %d on: %v, or other bytes", offset, err)
			}
		})
	}
	all.Wait()
}

// TestMemoryRunsOut: the error tells so, and what is freed can be had again.
func TestMemoryRunsOut(t *testing.T) {
	if emulator == "" {
		t.Skip("a real GPU's memory is left alone")
	}
	t.Setenv("EMULATED_MEMORY", "3000000")
	d := open(t)
	defer d.Close()
	first, err := d.Alloc(2_000_000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Alloc(1_500_000); !errors.Is(err, device.ErrMemory) {
		t.Errorf("beyond the memory: %v", err)
	}
	if err := first.Free(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Alloc(2_500_000); err != nil {
		t.Errorf("what was freed is not given again: %v", err)
	}
}

// held is what the emulated driver has given and not been given back: contexts, streams, modules and pinned memory.
func held(t *testing.T) int {
	t.Helper()
	handle, err := purego.Dlopen(emulator, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		t.Fatal(err)
	}
	var count func() int32
	purego.RegisterLibFunc(&count, handle, "emulated_held")
	return int(count())
}

// TestNothingIsKept: a device that is closed, or that does not open for want of pinned memory, gives all back.
func TestNothingIsKept(t *testing.T) {
	if emulator == "" {
		t.Skip("a real driver does not tell what it has given")
	}
	before := held(t)
	d := open(t)
	if _, err := d.Build(t.Context(), device.Source{Name: "empty", Text: "struct args { i64 a; };\nKERNEL(empty) {}\n", Precision: 32, Nodes: 3}); err != nil {
		t.Fatal(err)
	}
	if open := held(t); open <= before {
		t.Fatalf("an open device holds %d things, %d were held before: the emulator does not count", open, before)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if after := held(t); after != before {
		t.Errorf("a closed device holds %d things more than before", after-before)
	}
	// The words by which launches are stopped fit in; what samples travel through does not.
	t.Setenv("EMULATED_PINNED", "4096")
	var failed *gpu.Error
	if d, err := gpu.Open(gpu.Options{CacheDir: kernels, NVRTC: emulator}); !errors.As(err, &failed) || failed.Call != "cuMemHostAlloc" {
		t.Errorf("without pinned memory: %v, %v", d, err)
	}
	if after := held(t); after != before {
		t.Errorf("a device that did not open holds %d things", after-before)
	}
}

// TestSlicesOfAGPU: what two slices of one GPU (MIG) are called tells them apart.
func TestSlicesOfAGPU(t *testing.T) {
	if emulator == "" {
		t.Skip("it takes the two devices of the emulated driver")
	}
	first, second := openAs(t, gpu.Options{}), openAs(t, gpu.Options{Index: 1})
	defer first.Close()
	defer second.Close()
	if a, b := first.Info().ID, second.Info().ID; a == b || len(a) != 32 {
		t.Errorf("both are called %q and %q", a, b)
	}
	third := openAs(t, gpu.Options{Index: 2})
	defer third.Close()
	if third.Info().ID != first.Info().ID {
		t.Error("the third of two devices is not the first")
	}
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
