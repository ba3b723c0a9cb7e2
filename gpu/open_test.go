package gpu_test

import (
	"errors"
	"os"
	"testing"

	"brainsweep/gpu"
)

// TestNoGPU: where no GPU can be used, the error says so in one sentence and can be told from others.
func TestNoGPU(t *testing.T) {
	devices, err := gpu.Devices()
	if err == nil {
		t.Skipf("this machine has %v", devices)
	}
	if os.Getenv("REQUIRE_GPU") != "" {
		t.Fatal(err)
	}
	t.Log(err)
	if !errors.Is(err, gpu.ErrNone) {
		t.Errorf("%v does not wrap ErrNone", err)
	}
	if _, err := gpu.Open(gpu.Options{}); !errors.Is(err, gpu.ErrNone) {
		t.Errorf("Open: %v does not wrap ErrNone", err)
	}
}
