package gpu

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// NVRTC is NVIDIA's run-time compiler, a library that is opened when it is needed. It compiles on machines without a
// GPU and without a driver. Its methods may be called from several goroutines.
type NVRTC struct {
	Path         string // of the library
	Major, Minor int    // its version
	known        []int  // the architectures that it compiles for, 90 for sm_90; the oldest first
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
	countKnown     func(count *int32) int32
	known          func(architectures *int32) int32
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
		"nvrtcGetNumSupportedArchs": &n.calls.countKnown, "nvrtcGetSupportedArchs": &n.calls.known,
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
	return n, n.askKnown()
}

// askKnown asks which architectures the compiler knows.
func (n *NVRTC) askKnown() error {
	var count int32
	if err := n.check("nvrtcGetNumSupportedArchs", n.calls.countKnown(&count)); err != nil || count <= 0 {
		return err
	}
	known := make([]int32, count)
	if err := n.check("nvrtcGetSupportedArchs", n.calls.known(unsafe.SliceData(known))); err != nil {
		return err
	}
	for _, k := range known {
		n.known = append(n.known, int(k))
	}
	slices.Sort(n.known)
	return nil
}

// Knows tells whether the compiler makes machine code for an architecture such as "sm_90".
func (n *NVRTC) Knows(arch string) bool {
	number, err := strconv.Atoi(strings.TrimPrefix(arch, "sm_"))
	return err == nil && slices.Contains(n.known, number)
}

// targetFor is what to compile for, to run on an architecture: itself where the compiler knows it. For a GPU newer than
// the compiler it is the newest virtual architecture that is not newer than the GPU, such as "compute_90": machine code
// for the GPU is then made by its driver.
func (n *NVRTC) targetFor(arch string) string {
	number, err := strconv.Atoi(strings.TrimPrefix(arch, "sm_"))
	if err != nil || len(n.known) == 0 || number <= slices.Max(n.known) {
		return arch
	}
	return fmt.Sprintf("compute_%d", slices.Max(n.known))
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
	cubin []byte // nil for a virtual architecture
	ptx   string
	log   string // warnings and the assembler's report
}

const (
	invalidOption = 5 // NVRTC_ERROR_INVALID_OPTION
	refusal       = 6 // NVRTC_ERROR_COMPILATION
)

// errRefused marks a text that the compiler does not take; its log says why.
var errRefused = errors.New("gpu: the text does not compile")

// compile makes machine code of text for an architecture such as "sm_90", or for a virtual one only the assembler's text.
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
		return nil, fmt.Errorf("%s does not compile for %s: it knows %s, and CUDA 13's has left out what is older than sm_75; BRAINSWEEP_NVRTC chooses another (%w)",
			n, arch, n.knownText(), n.check("nvrtcCompileProgram", code))
	case code != 0:
		return nil, n.check("nvrtcCompileProgram", code)
	case err != nil:
		return nil, err
	}
	if strings.HasPrefix(arch, "sm_") {
		if out.cubin, err = n.take("nvrtcGetCUBIN", program, n.calls.cubinSize, n.calls.cubin); err != nil {
			return nil, err
		}
	}
	ptx, err := n.take("nvrtcGetPTX", program, n.calls.ptxSize, n.calls.ptx)
	out.ptx = strings.TrimRight(string(ptx), "\x00")
	return &out, err
}

func (n *NVRTC) knownText() string {
	if len(n.known) == 0 {
		return "no architecture"
	}
	return fmt.Sprintf("sm_%d to sm_%d", n.known[0], slices.Max(n.known))
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
