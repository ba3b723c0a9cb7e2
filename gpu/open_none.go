//go:build !cuda || !linux || !(amd64 || arm64)

package gpu

import (
	"fmt"

	"brainsweep/device"
)

// Built tells whether the program was built with CUDA.
const Built = false

// Open says that the program was built without CUDA. The error wraps ErrNone.
func Open(Options) (device.Device, error) { return nil, errBuilt() }

// Devices lists the GPUs of this machine. Without CUDA there are none: the error wraps ErrNone.
func Devices() ([]string, error) { return nil, errBuilt() }

func errBuilt() error {
	return fmt.Errorf("%w: this program was built without CUDA (make builds it with, where CUDA's header cuda.h is)", ErrNone)
}
