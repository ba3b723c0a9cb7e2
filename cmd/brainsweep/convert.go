package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/model/library"
)

func convertCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "convert MODEL FILE",
		Short: "Write a RateML model as a model file, or a model in RateML",
		Long: `convert reads a model in RateML (.xml) and writes it in the program's own form (.toml), which is easier to read and to change;
or it writes a model of the library, or of a model file, in RateML, so that it can travel. Jobs take RateML files as they are,
too. What a model says and RateML cannot is a mistake that names it. What is said on the way belongs to the job rather than to
the model.`,
		Example: `  brainsweep convert montbrio.xml montbrio.toml
  brainsweep convert mine.toml mine.xml
  brainsweep convert wilson_cowan wilson_cowan.xml`,
		Args: words("model", "file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			toRateML := strings.HasSuffix(args[1], ".xml")
			switch {
			case !toRateML && !strings.HasSuffix(args[1], ".toml"):
				return mistake("%s: the name of a model file ends in .toml, that of a RateML file in .xml", args[1])
			case !toRateML && !strings.HasSuffix(args[0], ".xml"):
				return mistake("%s: the name of a RateML file ends in .xml; other models are in the program's own form", args[0])
			}
			m, err := library.Open(args[0])
			if err != nil {
				return err
			}
			text, notes := m.File(), slices.Clone(m.Notes)
			for _, s := range m.Swept {
				notes = append(notes, s.Note)
			}
			if toRateML {
				if text, notes, err = library.RateML(m); err != nil {
					return mistake("%v", err)
				}
			}
			for _, note := range notes {
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: note: %s\n", args[0], note)
			}
			if err := os.WriteFile(args[1], []byte(text), 0o644); err != nil {
				return mistake("%v", err)
			}
			return nil
		},
	}
}
