package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/library"
)

func modelsCommand() *cobra.Command {
	models := &cobra.Command{
		Use:   "models",
		Short: "List, show, vet and evaluate models",
		Example: `  brainsweep models
  brainsweep models show adex2
  brainsweep models vet mine.toml`,
		Args: noWord,
		RunE: func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout()) },
	}
	models.AddCommand(
		evalCommand(),
		&cobra.Command{
			Use:     "list",
			Short:   "List the models and coupling functions that come with the program",
			Example: "  brainsweep models list",
			Args:    words(),
			RunE:    func(cmd *cobra.Command, _ []string) error { return listModels(cmd.OutOrStdout()) },
		},
		&cobra.Command{
			Use:   "show MODEL",
			Short: "Print a model's states, parameters with their defaults, and equations",
			Example: `  brainsweep models show adex2
  brainsweep models show mine.toml`,
			Args: words("model"),
			RunE: func(cmd *cobra.Command, args []string) error {
				m, err := library.Open(args[0])
				if err != nil {
					return err
				}
				_, err = fmt.Fprint(cmd.OutOrStdout(), m.Text())
				return err
			},
		},
		&cobra.Command{
			Use:     "vet MODEL...",
			Short:   "Look for everything in model files that cannot be right",
			Long:    "vet reads model files and says all that is wrong in them, each with its place, and what they declare and never use.",
			Example: "  brainsweep models vet mine.toml",
			Args:    atLeastOne("model file"),
			RunE:    func(cmd *cobra.Command, args []string) error { return vetModels(cmd.OutOrStdout(), args) },
		},
	)
	return models
}

func listModels(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", name, m.Title, shortReference(m.Reference))
	}
	fmt.Fprintln(table, "\ncoupling functions")
	for _, c := range model.Couplings() {
		fmt.Fprintf(table, "%s\t%s\n", c.Name, c.Title)
	}
	return table.Flush()
}

// shortReference gives the first work that a reference names.
func shortReference(text string) string {
	first, _, _ := strings.Cut(strings.Join(strings.Fields(text), " "), ";")
	return first
}

func vetModels(out io.Writer, files []string) error {
	var mistakes fault.List
	for _, file := range files {
		m, err := library.Open(file)
		if err != nil {
			mistakes.Add(err)
			continue
		}
		for _, warning := range m.Warnings() {
			fmt.Fprintf(out, "%s: warning: %s\n", file, warning)
		}
		for _, s := range m.Swept {
			fmt.Fprintf(out, "%s: note: %s\n", file, s.Note)
		}
		fmt.Fprintf(out, "%s: good: %s, %s, %s\n", file, m.Title, count(len(m.States), "state"), count(len(m.Parameters), "parameter"))
	}
	return mistakes.Err()
}
