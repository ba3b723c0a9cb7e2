package main

import (
	"bufio"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/io/result"
	"brainsweep/report"
)

func reportCommand() *cobra.Command {
	var out string
	var size float64
	cmd := &cobra.Command{
		Use:   "report RESULT",
		Short: "Write a result as a page for a browser",
		Long: `report writes one file for a browser: maps of all metrics over the sweep; a click on a point shows its series, matrices,
spectra and parameters, and the line that runs it again. The page needs no network and no other file.

All points are in the maps. The series, matrices and spectra of a large sweep are those of as many points as --size leaves room for.`,
		Example: `  brainsweep report results.h5
  brainsweep report results.h5 -o report.html --size 50`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if size < 1 || size > 500 {
				return mistake("--size %g: want the megabytes of the page, 1 to 500", size)
			}
			r, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer r.Close()
			if out == "" {
				out = strings.TrimSuffix(args[0], filepath.Ext(args[0])) + ".html"
			}
			var s report.Summary
			err = aside(out, func(w *bufio.Writer) (err error) {
				s, err = report.Write(w, r, report.Options{Most: int(size * 1e6)})
				return err
			})
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %.1f MB, %d points, %d of them with series and matrices\n", out, float64(s.Bytes)/1e6, s.Points, s.Detailed)
			if len(s.LeftOut) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "left out, a larger --size takes them: %s\n", strings.Join(s.LeftOut, ", "))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the page; without it, beside the result with the ending .html")
	cmd.Flags().Float64Var(&size, "size", 19, "megabytes that the page may have")
	return cmd
}
