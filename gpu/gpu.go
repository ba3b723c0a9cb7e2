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
	"strings"

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

func (e *Error) Error() string {
	text := fmt.Sprintf("gpu: %s: %s (code %d)", e.Call, e.Says, e.Code)
	if remedy := remedies[e.Code]; remedy != "" && strings.HasPrefix(e.Call, "cu") {
		text += ": " + remedy
	}
	return text
}

// remedies say what codes of the driver mean for its users.
var remedies = map[int]string{
	46:  "another process has this GPU for itself, because its compute mode is exclusive; start one rank for each GPU, or CUDA's MPS",
	101: "CUDA_VISIBLE_DEVICES names a GPU that is not there, or the GPU's compute mode forbids computing",
	200: "the driver is older than the compiler NVRTC; BRAINSWEEP_NVRTC chooses another",
	209: "the compiler NVRTC does not know this GPU; BRAINSWEEP_NVRTC chooses another",
	214: "the GPU's memory is damaged (see nvidia-smi -q -d ECC); use another GPU",
	221: "the driver's compiler of PTX (libnvidia-ptxjitcompiler) is not there; an NVRTC that knows this GPU does without it",
	222: "the driver is older than the compiler NVRTC; BRAINSWEEP_NVRTC chooses another",
	700: "a kernel left its memory; this is a mistake of the program, and the GPU is lost to this process",
	702: "the GPU also draws a screen, and its driver ended a kernel that took too long; device.epoch makes launches shorter",
	719: "a kernel failed; the GPU is lost to this process",
	802: "the GPUs' links are not up (nvidia-fabricmanager); ask who looks after this machine",
	803: "the driver's library and its kernel module are of different versions; the machine needs a restart",
	804: "CUDA's compatibility libraries hide the driver's own; take them off LD_LIBRARY_PATH",
}

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
