// Package gpu is the device of one CUDA GPU: a kernel source becomes machine code at run time (NVRTC), and runs through
// the driver.
//
// A team is some threads of a block, and a block holds as many teams as fill its warps. The package compiles kernels on
// any machine that has NVRTC. To run them it needs to be built with the tag cuda; even then the driver is looked for
// when a device is opened, so one program serves machines with and without a GPU.
package gpu

import (
	"errors"
	"fmt"

	"brainsweep/device"
)

// ErrNone is wrapped by errors that say what is missing for a GPU to be used.
var ErrNone = errors.New("no GPU can be used")

// Error is a call of CUDA's that went wrong.
type Error struct {
	Call string // such as cuMemAlloc
	Code int    // as CUDA numbers it
	Says string // the name or the explanation of the code
}

// outOfMemory is CUDA_ERROR_OUT_OF_MEMORY.
const outOfMemory = 2

// Is tells that the call found no memory left: of Alloc, or of a launch that needs memory of its own.
func (e *Error) Is(target error) bool { return target == device.ErrMemory && e.Code == outOfMemory }

func (e *Error) Error() string { return fmt.Sprintf("gpu: %s: %s (code %d)", e.Call, e.Says, e.Code) }

// Options say how to open a device. The zero value takes the first GPU.
type Options struct {
	Index    int    // number of the GPU; a number beyond the last begins again at 0, so that ranks share GPUs evenly
	CacheDir string // where compiled kernels are kept; "": the user's cache directory
	NVRTC    string // the compiler's library or the folder it is in; "": see OpenNVRTC
	Points   int    // points of one block at most; 0: as many as serve
	Members  int    // threads of a point that does not take several blocks; 0: one for each node
	Blocks   int    // blocks of a point; 0: one, and more for a network that one does not hold
}

// Launched is how a kernel lay on a GPU when it ran.
type Launched struct {
	Source, Kernel   string
	Nodes, Precision int
	Points           int     // teams of the launch
	Registers        int     // of a thread
	Local            int     // [bytes] of a thread: its stack, and what does not fit its registers
	Shared           int     // [bytes] of a block
	Members          int     // threads of a team
	Blocks           int     // of a team
	Teams            int     // of a block
	Warps            int     // of a multiprocessor at a time
	Occupancy        float64 // share of the warps that a multiprocessor can hold
}
