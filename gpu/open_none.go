//go:build !cuda

package gpu

import (
	"fmt"

	"brainsweep/device"
)

// Open says that the program was built without CUDA. The error wraps ErrNone.
func Open(Options) (device.Device, error) {
	return nil, fmt.Errorf("%w: this program was built without CUDA (make builds it with, where CUDA's header cuda.h is)", ErrNone)
}
