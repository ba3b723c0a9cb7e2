package main

import (
	"github.com/spf13/cobra"

	"brainsweep/io/result"
)

func inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "inspect RESULT",
		Short:   "Print a summary of a result file",
		Long:    "inspect prints what a result file holds: points, axes, series, metrics, where it went wrong, and where it came from.",
		Example: "  brainsweep inspect results.h5",
		Args:    words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer r.Close()
			return r.Inspect(cmd.OutOrStdout())
		},
	}
}
