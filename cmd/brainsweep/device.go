package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/pflag"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/gpu"
	"brainsweep/jobs"
)

// deviceFlags choose what computes.
type deviceFlags struct {
	device  choice
	threads int
}

func (f *deviceFlags) add(flags *pflag.FlagSet) {
	f.device = choice{value: "auto", of: []string{"auto", "cpu", "cuda"}}
	flags.Var(&f.device, "device", "what computes: cpu, cuda, or auto, which takes a GPU where one can be used")
	flags.IntVar(&f.threads, "threads", 0, "points that a rank simulates at the same time on a cpu (default: its share of the host's cores)")
}

// open opens the device of a process that has its host to itself.
func (f *deviceFlags) open(share int, wanted jobs.DeviceSettings) (device.Device, error) {
	dev, _, err := f.openOn(share, 0, wanted)
	return dev, err
}

// openOn opens the device of a rank that has a number on its host; a cpu gets the given number of threads unless the
// user wants another. note is what the user should know of the choice, "" when it goes without saying.
func (f *deviceFlags) openOn(share, rankOnHost int, wanted jobs.DeviceSettings) (dev device.Device, note string, err error) {
	if f.threads < 0 {
		return nil, "", mistake("--threads: %d is not a number of threads; leave it out for this rank's share of the cores", f.threads)
	}
	if f.device.value != "cpu" && (f.device.value == "cuda" || f.threads == 0) {
		dev, err := gpu.Open(gpu.Options{Index: rankOnHost, Points: wanted.Points, Members: wanted.Members, Blocks: wanted.Blocks})
		switch {
		case err == nil:
			return dev, "", nil
		case f.device.value == "cuda":
			return nil, "", fmt.Errorf("--device cuda: %w", err)
		case !errors.Is(err, gpu.ErrNone):
			return nil, "", fmt.Errorf("the GPU cannot be used (--device cpu does without): %w", err)
		case gpu.Built:
			note = fmt.Sprintf("the cpu computes: %v", err)
		}
	}
	threads := f.threads
	if threads == 0 {
		threads = share
	}
	if dev, err = cpu.Open(cpu.Options{Threads: threads}); err != nil {
		return nil, "", fmt.Errorf("the cpu cannot be used: %w", err)
	}
	spareProcessor(threads)
	return dev, note, nil
}

// spareProcessor gives Go's scheduler one processor more than there are threads of kernels. Where all are in kernels, its
// monitor takes them away after 20 us, and then wakes every 20 us for a while, which costs the threads 2 % where kernels
// are short; where one is left over, it lets the others be for 10 ms. What the user says by GOMAXPROCS holds.
func spareProcessor(threads int) {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), threads+1))
	}
}

// workers says how many points a device simulates at the same time, in the words of its kind.
func workers(info device.Info) string {
	if info.Kind == "cpu" {
		return count(info.Workers, "thread")
	}
	return info.Name
}

// addSet adds the flag that changes a job file's values.
func addSet(flags *pflag.FlagSet, set *[]string) {
	flags.StringArrayVar(set, "set", nil, "change a value of the job: ADDRESS=VALUE, e.g. run.seed=7 (may be given again)")
}
