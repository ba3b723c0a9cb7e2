package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"brainsweep/jobs"
)

func cohortCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cohort",
		Short: "Make a synthetic cohort to try things with",
		Args:  noWord,
		RunE:  showHelp,
	}
	cmd.AddCommand(cohortMakeCommand())
	return cmd
}

func cohortMakeCommand() *cobra.Command {
	subjects, nodes := 20, []int{68}
	cmd := &cobra.Command{
		Use:   "make FOLDER",
		Short: "Write a data set of made up people",
		Long: `make writes a data set of made up people into a new folder, in the form of BIDS that jobs and TVB read: subjects whose
brains are jittered from synthetic ones, and a participants.tsv with ages and groups. The same numbers give the same files.`,
		Example: `  brainsweep cohort make people
  brainsweep cohort make people --subjects 4 --nodes 68,80`,
		Args: words("folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := jobs.SyntheticCohort(args[0], subjects, nodes); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", args[0], count(subjects, "subject"))
			return err
		},
	}
	cmd.Flags().IntVar(&subjects, "subjects", subjects, "how many")
	cmd.Flags().IntSliceVar(&nodes, "nodes", nodes, "regions of a brain; several sizes are taken in turn")
	return cmd
}
