package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"brainsweep/jobs"
)

func submitCommand() *cobra.Command {
	var s jobs.Submission
	var hours float64
	var send bool
	system := choice{value: "slurm", of: jobs.Systems()}
	cmd := &cobra.Command{
		Use:   "submit JOB",
		Short: "Write the batch script of a job",
		Long: `submit prints a script that runs a job on a cluster until it is done: it stops before its time is over and asks for
another turn. With --send the script goes to the batch system at once. docs/cluster.md explains it.`,
		Example: `  brainsweep submit job.toml --system slurm --nodes 2 --ranks 4 --threads 16 --hours 12 > job.sh
  brainsweep submit job.toml --setup "module load openmpi hdf5" --send`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := jobs.Read(args[0]); err != nil {
				return err
			}
			s.System, s.Job, s.Time = system.value, args[0], time.Duration(hours*float64(time.Hour))
			if s.Output == "" {
				base := filepath.Base(s.Job)
				s.Output = strings.TrimSuffix(base, filepath.Ext(base)) + ".h5"
			}
			script, err := s.Script()
			if err != nil {
				return err
			}
			if send {
				return sendScript(cmd.Context(), s.System, script, cmd.OutOrStdout())
			}
			_, err = io.WriteString(cmd.OutOrStdout(), script)
			return err
		},
	}
	flags := cmd.Flags()
	flags.Var(&system, "system", "batch system: "+strings.Join(jobs.Systems(), ", "))
	flags.StringVarP(&s.Output, "output", "o", "", "the result file (default: the job's name with .h5)")
	flags.IntVar(&s.Nodes, "nodes", 1, "nodes")
	flags.IntVar(&s.Ranks, "ranks", 1, "ranks on each node")
	flags.IntVar(&s.Threads, "threads", 1, "threads of each rank")
	flags.IntVar(&s.GPUs, "gpus", 0, "GPUs of each node")
	flags.Float64Var(&hours, "hours", 12, "time of one turn")
	flags.StringArrayVar(&s.Setup, "setup", nil, "a line before the run, such as module load (may be given again)")
	flags.StringVar(&s.Program, "program", "brainsweep", "path of brainsweep on the nodes")
	flags.BoolVar(&s.Srun, "srun", false, "start the ranks with srun instead of mpirun: for an MPI that was built for SLURM")
	flags.BoolVar(&send, "send", false, "hand the script to the batch system")
	return cmd
}

// sendScript hands a script to sbatch or qsub.
func sendScript(ctx context.Context, system, script string, out io.Writer) error {
	program := map[string]string{"slurm": "sbatch", "pbs": "qsub"}[system]
	if program == "" {
		return mistake("--send: %s is no batch system; save the script and run it", system)
	}
	c := exec.CommandContext(ctx, program)
	c.Stdin = strings.NewReader(script)
	var errs bytes.Buffer
	c.Stdout, c.Stderr = out, &errs
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(errs.String()))
	}
	return nil
}
