package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/model/library"
)

func convertCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "convert MODEL.xml MODEL.toml",
		Short: "Write a RateML model as a model file",
		Long: `convert reads a model in RateML and writes it in the program's own form, which is easier to read and to change. Jobs take
RateML files as they are, too. What is said of it on the way belongs to the job rather than to the model.`,
		Example: "  brainsweep convert montbrio.xml montbrio.toml",
		Args:    words("RateML file", "model file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !strings.HasSuffix(args[1], ".toml") {
				return mistake("%s: the name of a model file ends in .toml", args[1])
			}
			if !strings.HasSuffix(args[0], ".xml") {
				return mistake("%s: the name of a RateML file ends in .xml", args[0])
			}
			m, err := library.Open(args[0])
			if err != nil {
				return err
			}
			for _, note := range m.Notes {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: note: %s\n", args[0], note)
			}
			if err := os.WriteFile(args[1], []byte(m.File()), 0o644); err != nil {
				return mistake("%v", err)
			}
			return nil
		},
	}
}
