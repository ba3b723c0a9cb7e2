package main

import (
	"fmt"

	"github.com/spf13/pflag"

	"brainsweep/cpu"
	"brainsweep/device"
)

// deviceFlags choose what computes.
type deviceFlags struct {
	device  choice
	threads int
}

func (f *deviceFlags) add(flags *pflag.FlagSet) {
	f.device = choice{value: "auto", of: []string{"auto", "cpu"}}
	flags.Var(&f.device, "device", "what computes: auto or cpu")
	flags.IntVar(&f.threads, "threads", 0, "points that a rank simulates at the same time (default: its share of the host's cores)")
}

// open opens the device; a cpu gets the given number of threads unless the user wants another.
func (f *deviceFlags) open(share int) (device.Device, error) {
	if f.threads < 0 {
		return nil, mistake("--threads: %d is not a number of threads; leave it out for this rank's share of the cores", f.threads)
	}
	threads := f.threads
	if threads == 0 {
		threads = share
	}
	dev, err := cpu.Open(cpu.Options{Threads: threads})
	if err != nil {
		return nil, fmt.Errorf("the cpu cannot be used: %w", err)
	}
	return dev, nil
}

// addSet adds the flag that changes a job file's values.
func addSet(flags *pflag.FlagSet, set *[]string) {
	flags.StringArrayVar(set, "set", nil, "change a value of the job: ADDRESS=VALUE, e.g. run.seed=7 (may be given again)")
}
