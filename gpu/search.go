package gpu

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// nvrtcName is a name of NVRTC's library.
type nvrtcName struct {
	file  string
	major int // version of CUDA
}

// nvrtcNames are the library's names, the newest first. The library of CUDA 11.2 to 11.8 is called 11.2.
var nvrtcNames = []nvrtcName{{"libnvrtc.so.13", 13}, {"libnvrtc.so.12", 12}, {"libnvrtc.so.11.2", 11}}

// OpenNVRTC opens the library at path, which may be a folder; "" means that of the environment's BRAINSWEEP_NVRTC, or else
// the newest in the first place that has one: CUDA_HOME, CUDA_PATH, what the system's linker knows, /usr/local/cuda,
// other versions beside it, and the packages of conda and Python. The error wraps ErrNone when there is none.
func OpenNVRTC(path string) (*NVRTC, error) { return nvrtcFor(path, 0, "") }

// nvrtcFor opens a library as OpenNVRTC does, and where there are several prefers one that suits a driver for this version
// of CUDA (0: any), which loads no machine code of newer ones, and that knows the architecture ("": any).
func nvrtcFor(path string, driver int, arch string) (*NVRTC, error) {
	if path == "" {
		path = os.Getenv("BRAINSWEEP_NVRTC")
	}
	var complaints []string
	var second *NVRTC
	for _, candidate := range nvrtcCandidates(path, driver) {
		if path == "" && strings.Contains(candidate, "/") && !exists(candidate) {
			continue
		}
		n, err := openNVRTC(candidate)
		switch {
		case err != nil && exists(candidate):
			complaints = append(complaints, err.Error())
		case err != nil:
		case arch == "" || n.Knows(arch) && n.Major <= driver:
			return n, nil
		case second == nil:
			second = n
		}
	}
	switch {
	case second != nil:
		return second, nil
	case len(complaints) > 0:
		return nil, fmt.Errorf("%w: NVRTC does not load: %s", ErrNone, strings.Join(complaints, "; "))
	case path != "":
		return nil, fmt.Errorf("%w: there is no NVRTC in %s", ErrNone, path)
	}
	return nil, fmt.Errorf("%w: there is no NVRTC here (looked for %s): install CUDA's run-time compiler, or set BRAINSWEEP_NVRTC to its path",
		ErrNone, strings.Join(fileNames(), ", "))
}

func fileNames() []string {
	var all []string
	for _, name := range nvrtcNames {
		all = append(all, name.file)
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// nvrtcCandidates lists what to try, in order: folder after folder what is not newer than the driver, then the rest.
func nvrtcCandidates(path string, driver int) []string {
	folders := []string{path}
	switch info, err := os.Stat(path); {
	case path == "":
		folders = nvrtcFolders()
	case err != nil || !info.IsDir():
		return []string{path}
	}
	var fit, newer []string
	for _, folder := range folders {
		for _, name := range nvrtcNames {
			candidate := filepath.Join(folder, name.file)
			if driver != 0 && name.major > driver {
				newer = append(newer, candidate)
			} else {
				fit = append(fit, candidate)
			}
		}
	}
	return append(fit, newer...)
}

// nvrtcFolders lists where the library may be; "" is left to the system's linker.
func nvrtcFolders() []string {
	var all []string
	for _, home := range []string{os.Getenv("CUDA_HOME"), os.Getenv("CUDA_PATH")} {
		if home != "" {
			all = append(all, filepath.Join(home, "lib64"), filepath.Join(home, "lib"))
		}
	}
	all = append(all, "", "/usr/local/cuda/lib64")
	all = append(all, newestFirst("/usr/local/cuda-*/lib64")...)
	if conda := os.Getenv("CONDA_PREFIX"); conda != "" {
		all = append(all, filepath.Join(conda, "lib"))
	}
	for _, prefix := range pythonPrefixes() {
		for _, packages := range []string{"site-packages", "dist-packages"} {
			all = append(all, newestFirst(filepath.Join(prefix, "lib", "python3*", packages, "nvidia", "*", "lib"))...)
		}
	}
	return all
}

// pythonPrefixes lists where Python keeps packages, some of which bring NVRTC.
func pythonPrefixes() []string {
	var all []string
	add := func(prefix string) {
		if prefix != "" && !slices.Contains(all, prefix) {
			all = append(all, prefix)
		}
	}
	add(os.Getenv("VIRTUAL_ENV"))
	add(os.Getenv("CONDA_PREFIX"))
	if python, err := exec.LookPath("python3"); err == nil {
		// A virtual environment's python3 is a link to another's: its packages are beside the link.
		add(filepath.Dir(filepath.Dir(python)))
	}
	if home, err := os.UserHomeDir(); err == nil {
		add(filepath.Join(home, ".local"))
	}
	add("/usr/local")
	add("/usr")
	return all
}

func newestFirst(pattern string) []string {
	found, _ := filepath.Glob(pattern)
	slices.Sort(found)
	slices.Reverse(found)
	return found
}
