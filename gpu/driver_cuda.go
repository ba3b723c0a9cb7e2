//go:build cuda && linux && (amd64 || arm64)

package gpu

/*
#cgo LDFLAGS: -L${SRCDIR}/lib -Wl,--as-needed -ldl
#include <stddef.h>
#include <stdlib.h>

int load_driver(const char *library, const char **says, int *lacking);
int cuMemHostAlloc(void **memory, size_t size, unsigned flags);
int cuDeviceGetUuid_v2(void *uuid, int device);
int launch_cooperative(void *function, unsigned blocks, unsigned rows, unsigned threads, void *stream, void *parameter);
*/
import "C"

import (
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	"gorgonia.org/cu"
)

// CUDA's libraries are linked against lib/libcuda.a, an empty archive: driver_cuda.c defines what cu calls.

// driverPlaces are where the driver's library is beside what the system's linker knows: containers that a cluster gives
// GPUs to, and Linux within Windows.
var driverPlaces = []string{"/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"}

// driverLibrary is what to load, by the user's wish or where it is.
func driverLibrary() string {
	if wish := os.Getenv("BRAINSWEEP_LIBCUDA"); wish != "" {
		return wish
	}
	const name = "libcuda.so.1"
	if _, err := purego.Dlopen(name, purego.RTLD_LAZY|purego.RTLD_LOCAL); err == nil {
		return name
	}
	for _, place := range driverPlaces {
		if exists(place) {
			return place
		}
	}
	return name
}

// driverError is what loadDriver found, once for the process.
var driverError = sync.OnceValue(func() error {
	name := C.CString(driverLibrary())
	defer C.free(unsafe.Pointer(name))
	var says *C.char
	var lacking C.int
	switch code := C.load_driver(name, &says, &lacking); {
	case code == -1 && strings.Contains(C.GoString(says), "No such file"):
		return fmt.Errorf("%w: this machine has no NVIDIA driver (%s)", ErrNone, C.GoString(says))
	case code == -1:
		return fmt.Errorf("%w: the NVIDIA driver does not load (%s)", ErrNone, C.GoString(says))
	case code == 100:
		return fmt.Errorf("%w: there is an NVIDIA driver but no GPU that this process may use (CUDA_VISIBLE_DEVICES hides GPUs)", ErrNone)
	case code != 0:
		return fmt.Errorf("%w: the NVIDIA driver does not start: %w", ErrNone, &Error{Call: "cuInit", Code: int(code), Says: "see its log, or run nvidia-smi"})
	}
	return nil
})

// check gives cu's errors the call that they came from.
func check(call string, err error) error {
	if err == nil {
		return nil
	}
	code := -1
	for e := err; e != nil; e = errors.Unwrap(e) {
		// cu keeps the type of its codes to itself.
		if v := reflect.ValueOf(e); v.Kind() == reflect.Int {
			code = int(v.Int())
		}
	}
	return &Error{Call: call, Code: code, Says: err.Error()}
}

// uuidOf is what tells a GPU, or a slice of one (MIG), from all others. Drivers before CUDA 11.4 tell only the GPU.
func uuidOf(gpu cu.Device) (string, error) {
	const noFunction = 500
	var id [16]byte
	code := C.cuDeviceGetUuid_v2(unsafe.Pointer(&id), C.int(gpu))
	if code == noFunction {
		whole, err := gpu.UUID()
		return hex.EncodeToString(whole[:]), check("cuDeviceGetUuid", err)
	}
	if code != 0 {
		return "", &Error{Call: "cuDeviceGetUuid_v2", Code: int(code), Says: "the GPU does not tell who it is"}
	}
	return hex.EncodeToString(id[:]), nil
}

// hostAlloc gives pinned memory, which the GPU reaches at the same address.
func hostAlloc(size int) (unsafe.Pointer, error) {
	const portable, mapped = 1, 2
	var memory unsafe.Pointer
	if code := C.cuMemHostAlloc(&memory, C.size_t(size), portable|mapped); code != 0 {
		return nil, &Error{Call: "cuMemHostAlloc", Code: int(code), Says: fmt.Sprintf("%d bytes", size)}
	}
	return memory, nil
}

// launchCooperative launches a grid of which all blocks run at the same time, which cu lacks. packed is the kernel's one
// parameter.
func launchCooperative(f cu.Function, blocks, rows, threads int, stream cu.Stream, packed []uint64) error {
	// Both are structs of one pointer, the driver's handle.
	function, on := *(*unsafe.Pointer)(unsafe.Pointer(&f)), *(*unsafe.Pointer)(unsafe.Pointer(&stream))
	code := C.launch_cooperative(function, C.uint(blocks), C.uint(rows), C.uint(threads), on, unsafe.Pointer(unsafe.SliceData(packed)))
	if code != 0 {
		return &Error{Call: "cuLaunchCooperativeKernel", Code: int(code), Says: fmt.Sprintf("%d x %d blocks of %d threads", blocks, rows, threads)}
	}
	return nil
}

// Devices lists the GPUs of this machine, "name, architecture, memory" each. The error wraps ErrNone when there is none.
func Devices() ([]string, error) {
	if err := driverError(); err != nil {
		return nil, err
	}
	count, err := cu.NumDevices()
	if err != nil {
		return nil, check("cuDeviceGetCount", err)
	}
	var all []string
	for i := range count {
		gpu, err := describe(cu.Device(i))
		if err != nil {
			return nil, err
		}
		all = append(all, fmt.Sprintf("%s, %s, %.0f GB", gpu.Name, gpu.ISA, float64(gpu.Memory)/1e9))
	}
	if count == 0 {
		return nil, fmt.Errorf("%w: the NVIDIA driver knows of none", ErrNone)
	}
	return all, nil
}
