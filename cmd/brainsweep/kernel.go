package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/cpu"
	"brainsweep/jobs"
)

func kernelCommand() *cobra.Command {
	var set []string
	isa := choice{value: "native", of: append([]string{"native"}, cpu.Levels()...)}
	var build bool
	cmd := &cobra.Command{
		Use:   "kernel JOB",
		Short: "Print the kernel source of a job, or compile it ahead",
		Long: `kernel prints the C source that a job's model, coupling, scheme and monitors become.

With --build it compiles the source into the kernel cache instead: on a login node, for compute nodes that have no
compiler but share the cache (XDG_CACHE_HOME names the folder it is in). --isa names the instruction set of those nodes.`,
		Example: `  brainsweep kernel job.toml
  brainsweep kernel --build job.toml --isa x86-64-v4`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runKernel(cmd.Context(), args[0], set, isa.value, build, cmd.OutOrStdout())
		},
	}
	addSet(cmd.Flags(), &set)
	cmd.Flags().BoolVar(&build, "build", false, "compile into the cache")
	cmd.Flags().Var(&isa, "isa", "instruction set to compile for: "+strings.Join(isa.of, ", "))
	return cmd
}

func runKernel(ctx context.Context, path string, set []string, isa string, build bool, out io.Writer) error {
	job, err := jobs.Read(path, set...)
	if err != nil {
		return err
	}
	source, err := job.Plan.Source()
	if err != nil {
		return err
	}
	if !build {
		_, err := io.WriteString(out, source.Text)
		return err
	}
	dev, err := cpu.Open(cpu.Options{Threads: 1, ISA: isa})
	if err != nil {
		return err
	}
	defer dev.Close()
	program, err := dev.Build(ctx, source)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "compiled for %s\n", dev.Info().ISA)
	return program.Close()
}
