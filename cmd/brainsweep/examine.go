package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/gpu"
	"brainsweep/io/h5"
	"brainsweep/mpi"
)

// The examinations of one rank, in the order in which they are told.
var examinations = []func(context.Context) finding{
	examineProgram, examineCores, examineCompiler, examineCache, examineDisk, examineHDF5, examineGPU,
}

func examineProgram(context.Context) finding {
	return finding{Subject: "program", State: okState, Says: fmt.Sprintf("brainsweep %s, %s", version, runtime.Version())}
}

func examineCores(context.Context) finding {
	f := finding{Subject: "cores", State: okState}
	host, err := cpu.Open(cpu.Options{})
	if err != nil {
		return finding{Subject: "cores", State: missingState, Says: err.Error()}
	}
	defer host.Close()
	info := host.Info()
	f.Says = fmt.Sprintf("%d for this process, %s, %s, %s free", info.Workers, info.Name, info.ISA, bytesOf(info.Memory))
	return f
}

// A kernel that does nothing: what matters is whether it compiles, loads and runs.
var nothing = device.Source{
	Name:      "doctor",
	Text:      "struct args { i64 unused; };\nKERNEL(nothing) { ONCE { (void)A; } }\n",
	Precision: 64,
	Nodes:     1,
}

func examineCompiler(ctx context.Context) finding {
	f := finding{Subject: "compiler", State: missingState, Remedy: "install gcc, or load a compiler's module"}
	host, err := cpu.Open(cpu.Options{})
	if err != nil {
		f.Says = err.Error()
		return f
	}
	defer host.Close()
	start := time.Now()
	program, err := host.Build(ctx, nothing)
	if err == nil {
		err = program.Launch(ctx, "nothing", 1, int64(0))
	}
	if err != nil {
		f.Says = err.Error()
		return f
	}
	return finding{Subject: "compiler", State: okState,
		Says: fmt.Sprintf("%s; a kernel ran after %d ms", host.Info().Tools, time.Since(start).Milliseconds())}
}

func examineCache(context.Context) finding {
	f := finding{Subject: "cache", State: withoutState, Remedy: "set XDG_CACHE_HOME to a folder that keeps compiled kernels"}
	folder, err := os.UserCacheDir()
	if err != nil {
		f.Says = err.Error()
		return f
	}
	folder = filepath.Join(folder, "brainsweep")
	if err := writable(folder); err != nil {
		f.Says = err.Error()
		return f
	}
	return finding{Subject: "cache", State: okState, Says: folder}
}

func examineDisk(context.Context) finding {
	folder, err := os.Getwd()
	if err != nil {
		return finding{Subject: "disk", State: missingState, Says: err.Error()}
	}
	var disk unix.Statfs_t
	if err := errors.Join(writable(folder), unix.Statfs(folder, &disk)); err != nil {
		return finding{Subject: "disk", State: missingState, Says: err.Error(), Remedy: "go to a folder that takes results"}
	}
	return finding{Subject: "disk", State: okState, Says: fmt.Sprintf("%s free in %s", bytesOf(int64(disk.Bavail)*int64(disk.Bsize)), folder)}
}

func examineHDF5(context.Context) finding {
	return finding{Subject: "HDF5", State: okState, Says: h5.Version()}
}

// examineMPI looks at the whole job: how many ranks there are, and whether more could be.
func examineMPI(ctx context.Context, trouble error, ranks []checkup) finding {
	f := finding{Subject: "MPI", State: withoutState}
	mpirun, err := exec.LookPath("mpirun")
	switch {
	case trouble != nil:
		f.State, f.Says, f.Remedy = missingState, trouble.Error(), "use the mpirun that belongs to the MPI of this program"
		return f
	case mpi.Library() == "":
		f.Says = "this program is built without it: a job is one process that uses all cores"
		f.Remedy = "install openmpi-bin and libopenmpi-dev, or load an MPI module; then make"
		return f
	case err != nil && len(ranks) == 1:
		f.Says = mpi.Library() + ", but no mpirun: a job is one process that uses all cores"
		f.Remedy = "install openmpi-bin, or load an MPI module"
		return f
	}
	hosts := map[string]bool{}
	for _, rank := range ranks {
		hosts[rank.Host] = true
	}
	f.State = okState
	f.Says = fmt.Sprintf("%s; ranks: %d, hosts: %d", mpi.Library(), len(ranks), len(hosts))
	if len(ranks) == 1 && err == nil {
		f.Says = mpi.Library() + ", " + mpirun
	}
	return f
}

// examineGPU lists the GPUs and lets the first one run a kernel.
func examineGPU(ctx context.Context) finding {
	f := finding{Subject: "GPU", State: withoutState}
	names, err := gpu.Devices()
	if err != nil {
		f.Says = err.Error() + "; a job runs on the CPU's cores"
		return f
	}
	f.Says = strings.Join(names, "; ")
	start := time.Now()
	first, err := gpu.Open(gpu.Options{})
	if err != nil {
		f.Says += "; " + err.Error()
		f.Remedy = "load CUDA's module, or install its run-time compiler (libnvrtc)"
		return f
	}
	defer first.Close()
	program, err := first.Build(ctx, nothing)
	if err == nil {
		err = program.Launch(ctx, "nothing", 1, int64(0))
	}
	if err != nil {
		return finding{Subject: "GPU", State: missingState, Says: f.Says + "; " + err.Error(), Remedy: "leave it out: --device cpu"}
	}
	f.State = okState
	f.Says += fmt.Sprintf("; %s; a kernel ran after %d ms", first.Info().Tools, time.Since(start).Milliseconds())
	return f
}

// writable makes the folder if need be and tries whether it takes a file.
func writable(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// bytesOf prints a number of bytes for people.
func bytesOf(n int64) string {
	size, unit := float64(n), "B"
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB", "PiB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, next
	}
	return fmt.Sprintf("%.3g %s", size, unit)
}
