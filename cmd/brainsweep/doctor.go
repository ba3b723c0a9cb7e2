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

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/io/h5"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Tell what this machine has, what is missing, and what to do about it",
		Long: `doctor tries what a job needs: the C compiler, MPI, HDF5, memory, the kernel cache and the disk.
Each line says ok, missing (a job cannot run) or without (a job runs, but not on this).
The exit code is 1 when something is missing.`,
		Example: `  brainsweep doctor
  mpirun -n 4 brainsweep doctor`,
		Args: words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			missing := 0
			for _, examine := range examinations {
				f := examine(cmd.Context())
				fmt.Fprintf(cmd.OutOrStdout(), "%-8s %-9s %s\n", f.state, f.subject, f.says)
				if f.remedy != "" {
					fmt.Fprintf(cmd.OutOrStdout(), "%-18s to do: %s\n", "", f.remedy)
				}
				if f.state == missingState {
					missing++
				}
			}
			if missing > 0 {
				return errors.New("doctor: a job cannot run here yet")
			}
			return nil
		},
	}
}

// finding is what doctor says of one thing.
type finding struct {
	subject string
	state   string
	says    string
	remedy  string // "" when there is nothing to do
}

const (
	okState      = "ok"
	missingState = "missing"
	withoutState = "without"
)

var examinations = []func(context.Context) finding{
	examineProgram, examineCores, examineCompiler, examineCache, examineDisk, examineHDF5, examineMPI, examineGPU,
}

func examineProgram(context.Context) finding {
	return finding{subject: "program", state: okState, says: fmt.Sprintf("brainsweep %s, %s", version, runtime.Version())}
}

func examineCores(context.Context) finding {
	f := finding{subject: "cores", state: okState}
	host, err := cpu.Open(cpu.Options{})
	if err != nil {
		return finding{subject: "cores", state: missingState, says: err.Error()}
	}
	defer host.Close()
	info := host.Info()
	f.says = fmt.Sprintf("%d for this process, %s, %s, %s free", info.Workers, info.Name, info.ISA, bytesOf(info.Memory))
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
	f := finding{subject: "compiler", state: missingState, remedy: "install gcc, or load a compiler's module"}
	host, err := cpu.Open(cpu.Options{})
	if err != nil {
		f.says = err.Error()
		return f
	}
	defer host.Close()
	start := time.Now()
	program, err := host.Build(ctx, nothing)
	if err == nil {
		err = program.Launch(ctx, "nothing", 1, int64(0))
	}
	if err != nil {
		f.says = err.Error()
		return f
	}
	return finding{subject: "compiler", state: okState,
		says: fmt.Sprintf("%s; a kernel ran after %d ms", host.Info().Tools, time.Since(start).Milliseconds())}
}

func examineCache(context.Context) finding {
	f := finding{subject: "cache", state: withoutState, remedy: "set XDG_CACHE_HOME to a folder that keeps compiled kernels"}
	folder, err := os.UserCacheDir()
	if err != nil {
		f.says = err.Error()
		return f
	}
	folder = filepath.Join(folder, "brainsweep")
	if err := writable(folder); err != nil {
		f.says = err.Error()
		return f
	}
	return finding{subject: "cache", state: okState, says: folder}
}

func examineDisk(context.Context) finding {
	folder, err := os.Getwd()
	if err != nil {
		return finding{subject: "disk", state: missingState, says: err.Error()}
	}
	var disk unix.Statfs_t
	if err := errors.Join(writable(folder), unix.Statfs(folder, &disk)); err != nil {
		return finding{subject: "disk", state: missingState, says: err.Error(), remedy: "go to a folder that takes results"}
	}
	return finding{subject: "disk", state: okState, says: fmt.Sprintf("%s free in %s", bytesOf(int64(disk.Bavail)*int64(disk.Bsize)), folder)}
}

func examineHDF5(context.Context) finding {
	return finding{subject: "HDF5", state: okState, says: h5.Version()}
}

func examineMPI(ctx context.Context) finding {
	f := finding{subject: "MPI", state: withoutState}
	mpirun, err := exec.LookPath("mpirun")
	if err != nil {
		f.says, f.remedy = "no mpirun: a job is one process that uses all cores", "install openmpi-bin, or load an MPI module"
		return f
	}
	out, _ := exec.CommandContext(ctx, mpirun, "--version").Output()
	line, _, _ := strings.Cut(string(out), "\n")
	f.state, f.says = okState, line+", "+mpirun
	return f
}

func examineGPU(context.Context) finding {
	return finding{subject: "GPU", state: withoutState, says: "this program has no GPU in it: a job runs on the CPU's cores"}
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
	for _, next := range []string{"KiB", "MiB", "GiB", "TiB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, next
	}
	return fmt.Sprintf("%.3g %s", size, unit)
}
