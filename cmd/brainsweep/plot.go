package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/io/result"
	"brainsweep/plot"
)

func plotCommand() *cobra.Command {
	var o plot.Options
	var out string
	var at []string
	cmd := &cobra.Command{
		Use:   "plot RESULT",
		Short: "Draw a result: maps, curves, matrices, series",
		Long: `plot draws a metric over the sweep, or the matrix, series or spectrum of a point, at the width of a journal's column:
as PNG, or as SVG or PDF with text that stays text. Without any option it draws what there is into a folder, with --point
alone what there is of that point.

A map has two axes, --what line one. Axes that are not in the picture are held with --at, else averaged; the title says so.`,
		Example: `  brainsweep plot results.h5
  brainsweep plot results.h5 --metric E.rate_mean --x b_e --y coupling.a -o map.pdf
  brainsweep plot results.h5 --x b_e --y coupling.a --facet E_L_e -o maps.svg
  brainsweep plot results.h5 --what line --x b_e --at coupling.a=0.3 -o line.svg
  brainsweep plot results.h5 --what fc --point 3 -o fc.png`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if o.At, err = assignments(at); err != nil {
				return err
			}
			ending := strings.ToLower(filepath.Ext(out))
			if ending != "" && !slices.Contains(plot.Endings(), ending) {
				return mistake("-o %s: the ending is not that of a picture; there are %s", out, strings.Join(plot.Endings(), ", "))
			}
			r, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer r.Close()
			asked := false
			for _, flag := range []string{"what", "metric", "x", "y", "facet", "at"} {
				asked = asked || cmd.Flags().Changed(flag)
			}
			if !asked && ending == "" {
				return plotAll(cmd, r, o.Point, args[0], out)
			}
			f, err := plot.Draw(r, o)
			if err != nil {
				return err
			}
			if out == "" {
				out = f.Name + ".png"
			}
			if err := f.Save(out); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", out, f.Title)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.What, "what", "", "what to draw: "+strings.Join(plot.Kinds(), ", ")+"; without it what suits --metric, or a map")
	flags.StringVar(&o.Metric, "metric", "", "which metric or series, such as E.rate_mean or average.E")
	flags.StringVar(&o.X, "x", "", "the swept quantity along the picture; alone it makes a curve")
	flags.StringVar(&o.Y, "y", "", "the swept quantity up the picture")
	flags.StringVar(&o.Facet, "facet", "", "a third swept quantity: a map for each of its values")
	flags.StringArrayVar(&at, "at", nil, "hold a swept quantity at its nearest value: coupling.a=0.3")
	flags.IntVar(&o.Point, "point", -1, "whose matrix, series or spectrum; without it the first that has one")
	flags.StringVarP(&out, "output", "o", "", "the picture (.png, .svg, .pdf), or a folder for all")
	return cmd
}

// plotAll draws what there is, or what there is of a point, into a folder.
func plotAll(cmd *cobra.Command, r *result.Result, point int, name, folder string) error {
	if folder == "" {
		folder = strings.TrimSuffix(name, filepath.Ext(name)) + ".plots"
	}
	figures, leftOut, err := plot.Overview(r, point)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return mistake("%v", err)
	}
	for _, f := range figures {
		out := filepath.Join(folder, f.Name+".png")
		if err := f.Save(out); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", out, f.Title)
	}
	if len(leftOut) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "not drawn, --metric draws them: %s\n", strings.Join(leftOut, ", "))
	}
	return nil
}

// assignments reads words such as coupling.a=0.3.
func assignments(words []string) (map[string]string, error) {
	m := map[string]string{}
	for _, word := range words {
		name, value, found := strings.Cut(word, "=")
		if !found {
			return nil, mistake("--at %s: want name=value, such as coupling.a=0.3", word)
		}
		m[name] = value
	}
	return m, nil
}
