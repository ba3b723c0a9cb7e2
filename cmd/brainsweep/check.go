package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"brainsweep/jobs"
)

func checkCommand() *cobra.Command {
	var set []string
	cmd := &cobra.Command{
		Use:   "check JOB",
		Short: "Read a job and all that it names, and say every mistake at once",
		Long:  "check reads everything and computes nothing. The exit code is 2 when there is something to mend.",
		Example: `  brainsweep check job.toml
  brainsweep check job.toml --set sweep.b_e.points=64`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := jobs.Read(args[0], set...)
			if err != nil {
				return err
			}
			out, p := cmd.OutOrStdout(), job.Plan
			for _, warning := range job.Warnings {
				fmt.Fprintf(out, "%s: warning: %s\n", job.File, warning)
			}
			fmt.Fprintf(out, "%s: good: %s of %s, %s\n", job.File, count(p.Points(), "point"), p.Model.Name, count(p.Connectome.N(), "node"))
			return nil
		},
	}
	addSet(cmd.Flags(), &set)
	return cmd
}
