package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"brainsweep/io/result"
	"brainsweep/jobs"
)

func cohortCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cohort",
		Short: "Tables of a cohort's result, and synthetic cohorts to try things with",
		Example: `  brainsweep cohort make people --subjects 8
  brainsweep cohort fits cohort.h5 --by bold.fc_fit`,
		Args: noWord,
		RunE: showHelp,
	}
	cmd.AddCommand(cohortMakeCommand(), cohortFitsCommand())
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

func cohortFitsCommand() *cobra.Command {
	var q result.Query
	var table bool
	cmd := &cobra.Command{
		Use:   "fits RESULT",
		Short: "Tell which parameters fit each subject best, and how well",
		Long: `fits finds for each subject the parameter set that is the best by a metric, such as a comparison with empirical data
(a [[target]]); over several seeds the mean counts. Means over the subjects follow, with confidence intervals.`,
		Example: `  brainsweep cohort fits cohort.h5 --by bold.fc_fit
  brainsweep cohort fits cohort.h5 --by bold.fcd_ks --csv > fits.csv`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if q.By == "" {
				return mistake("--by is missing; say which metric counts, e.g. --by bold.fc_fit")
			}
			res, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer res.Close()
			fits, err := jobs.FitsOf(res, q)
			if err != nil {
				return err
			}
			if table {
				return fits.WriteCSV(cmd.OutOrStdout())
			}
			return fits.Write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&q.By, "by", "", "the metric that counts: bold.fc_fit")
	cmd.Flags().BoolVar(&q.Lowest, "lowest", false, "the smallest values are the best")
	cmd.Flags().BoolVar(&q.Highest, "highest", false, "the largest values are the best")
	cmd.Flags().BoolVar(&table, "csv", false, "write the table of subjects as CSV, with all digits")
	return cmd
}
