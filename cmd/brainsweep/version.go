package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"brainsweep/io/h5"
	"brainsweep/io/result"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the program's version",
		Example: "  brainsweep version",
		Args:    words(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "brainsweep %s %s %s/%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// versions are the facts about the program that go into a result.
func versions() []result.Entry {
	return []result.Entry{
		{Name: "program", Value: "brainsweep " + version},
		{Name: "go", Value: runtime.Version()},
		{Name: "hdf5", Value: h5.Version()},
	}
}
