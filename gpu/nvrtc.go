package gpu

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// NVRTC is NVIDIA's run-time compiler, a library that is opened when it is needed. It compiles on machines without a
// GPU and without a driver. Its methods may be called from several goroutines.
type NVRTC struct {
	Path         string // of the library
	Major, Minor int    // its version
	calls        nvrtcCalls
}

// nvrtcCalls are the library's functions; all return a code of which 0 is success.
type nvrtcCalls struct {
	version        func(major, minor *int32) int32
	errorString    func(code int32) string
	createProgram  func(program *uintptr, text, name string, headers int32, headerTexts, headerNames uintptr) int32
	destroyProgram func(program *uintptr) int32
	compileProgram func(program uintptr, count int32, options **byte) int32
	logSize        func(program uintptr, size *uint) int32
	log            func(program uintptr, log *byte) int32
	cubinSize      func(program uintptr, size *uint) int32
	cubin          func(program uintptr, cubin *byte) int32
	ptxSize        func(program uintptr, size *uint) int32
	ptx            func(program uintptr, ptx *byte) int32
}

// nvrtcNames are the library's names, the newest first. The library of CUDA 11.2 to 11.8 is called 11.2.
var nvrtcNames = []string{"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2"}

// OpenNVRTC opens the library at path; "" means that of the environment's BRAINSWEEP_NVRTC, or else the newest that
// CUDA_HOME, the system's linker or /usr/local/cuda has. A path may be a folder. The error wraps ErrNone when there is none.
func OpenNVRTC(path string) (*NVRTC, error) {
	if path == "" {
		path = os.Getenv("BRAINSWEEP_NVRTC")
	}
	var complaints []string
	for _, candidate := range nvrtcCandidates(path) {
		n, err := openNVRTC(candidate)
		if err == nil {
			return n, nil
		}
		if path != "" {
			complaints = append(complaints, err.Error())
		}
	}
	if path != "" {
		return nil, fmt.Errorf("%w: NVRTC does not load from %s: %s", ErrNone, path, strings.Join(complaints, "; "))
	}
	return nil, fmt.Errorf("%w: there is no NVRTC here (looked for %s): install CUDA's run-time compiler, or set BRAINSWEEP_NVRTC to its path",
		ErrNone, strings.Join(nvrtcNames, ", "))
}

// nvrtcCandidates lists what to try, in order.
func nvrtcCandidates(path string) []string {
	var folders []string
	switch info, err := os.Stat(path); {
	case path != "" && (err != nil || !info.IsDir()):
		return []string{path}
	case path != "":
		folders = []string{path}
	default:
		if home := os.Getenv("CUDA_HOME"); home != "" {
			folders = append(folders, filepath.Join(home, "lib64"))
		}
		folders = append(folders, "", "/usr/local/cuda/lib64")
	}
	var all []string
	for _, folder := range folders {
		for _, name := range nvrtcNames {
			all = append(all, filepath.Join(folder, name))
		}
	}
	return all
}

func openNVRTC(path string) (*NVRTC, error) {
	preloadBuiltins(path)
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	n := &NVRTC{Path: path}
	for name, into := range map[string]any{
		"nvrtcVersion": &n.calls.version, "nvrtcGetErrorString": &n.calls.errorString,
		"nvrtcCreateProgram": &n.calls.createProgram, "nvrtcDestroyProgram": &n.calls.destroyProgram,
		"nvrtcCompileProgram":    &n.calls.compileProgram,
		"nvrtcGetProgramLogSize": &n.calls.logSize, "nvrtcGetProgramLog": &n.calls.log,
		"nvrtcGetCUBINSize": &n.calls.cubinSize, "nvrtcGetCUBIN": &n.calls.cubin,
		"nvrtcGetPTXSize": &n.calls.ptxSize, "nvrtcGetPTX": &n.calls.ptx,
	} {
		address, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("%s has no %s: CUDA 11.2 or newer is needed", path, name)
		}
		purego.RegisterFunc(into, address)
	}
	var major, minor int32
	if err := n.check("nvrtcVersion", n.calls.version(&major, &minor)); err != nil {
		return nil, err
	}
	n.Major, n.Minor = int(major), int(minor)
	return n, nil
}

// preloadBuiltins loads the library that NVRTC itself opens by its bare name, so that it is found beside NVRTC.
// A version that needs none, or finds it by itself, loses nothing.
func preloadBuiltins(path string) {
	if !strings.Contains(path, "/") {
		return
	}
	beside, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "libnvrtc-builtins.so.*"))
	for _, library := range beside {
		_, _ = purego.Dlopen(library, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	}
}

// String names the compiler and its version.
func (n *NVRTC) String() string { return fmt.Sprintf("NVRTC %d.%d", n.Major, n.Minor) }

func (n *NVRTC) check(call string, code int32) error {
	if code == 0 {
		return nil
	}
	return &Error{Call: call, Code: int(code), Says: n.calls.errorString(code)}
}

// compiled is what the compiler made of a text.
type compiled struct {
	cubin []byte
	ptx   string
	log   string // warnings and the assembler's report
}

const (
	invalidOption = 5 // NVRTC_ERROR_INVALID_OPTION
	refusal       = 6 // NVRTC_ERROR_COMPILATION
)

// errRefused marks a text that the compiler does not take; its log says why.
var errRefused = errors.New("gpu: the text does not compile")

// compile makes machine code of text for an architecture such as "sm_90".
func (n *NVRTC) compile(text, name, arch string, options ...string) (*compiled, error) {
	var program uintptr
	if err := n.check("nvrtcCreateProgram", n.calls.createProgram(&program, text, name, 0, 0, 0)); err != nil {
		return nil, err
	}
	defer n.calls.destroyProgram(&program)
	var out compiled
	code := n.build(program, append([]string{"--gpu-architecture=" + arch}, options...))
	log, err := n.take("nvrtcGetProgramLog", program, n.calls.logSize, n.calls.log)
	out.log = strings.TrimSpace(strings.TrimRight(string(log), "\x00"))
	switch {
	case code == refusal:
		return &out, errRefused
	case code == invalidOption:
		return nil, fmt.Errorf("%s does not compile for %s: a GPU needs a compiler that is as new as itself, and CUDA 13's has left out what is older than sm_75; BRAINSWEEP_NVRTC chooses another (%w)",
			n, arch, n.check("nvrtcCompileProgram", code))
	case code != 0:
		return nil, n.check("nvrtcCompileProgram", code)
	case err != nil:
		return nil, err
	}
	if out.cubin, err = n.take("nvrtcGetCUBIN", program, n.calls.cubinSize, n.calls.cubin); err != nil {
		return nil, err
	}
	ptx, err := n.take("nvrtcGetPTX", program, n.calls.ptxSize, n.calls.ptx)
	out.ptx = strings.TrimRight(string(ptx), "\x00")
	return &out, err
}

func (n *NVRTC) build(program uintptr, options []string) int32 {
	ended := make([][]byte, len(options))
	pointers := make([]*byte, len(options))
	for i, option := range options {
		ended[i] = append([]byte(option), 0)
		pointers[i] = unsafe.SliceData(ended[i])
	}
	return n.calls.compileProgram(program, int32(len(options)), unsafe.SliceData(pointers))
}

// take reads one of the program's texts.
func (n *NVRTC) take(call string, program uintptr, size func(uintptr, *uint) int32, get func(uintptr, *byte) int32) ([]byte, error) {
	var bytes uint
	if err := n.check(call+"Size", size(program, &bytes)); err != nil || bytes == 0 {
		return nil, err
	}
	out := make([]byte, bytes)
	return out, n.check(call, get(program, unsafe.SliceData(out)))
}
