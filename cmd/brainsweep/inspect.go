package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// inspectFlags are the flags of inspect.
type inspectFlags struct {
	result.Query
	csv     string
	regions bool
}

func inspectCommand() *cobra.Command {
	var f inspectFlags
	cmd := &cobra.Command{
		Use:   "inspect RESULT [by METRIC]",
		Short: "Print a summary of a result file, its best points, or a table",
		Long: `inspect prints what a result file holds: points, axes, series, metrics, where it went wrong, and where it came from.

With --top it lists the best points by a metric instead: those with its largest values, or its smallest where it is a distance
to data (_rmse, _ks). With --csv it writes a table of all points, or of the best: a line for each with its swept values and every
metric of one number; --metric chooses others, of which each number has a column.

With --regions it lists the regions instead: the number and the label of each.`,
		Example: `  brainsweep inspect results.h5
  brainsweep inspect results.h5 --top 10 by bold.rest_fcd_ks
  brainsweep inspect results.h5 --top 5 --by E.rate_mean --lowest --metric E.fc_mean,E.psd_slope
  brainsweep inspect results.h5 --csv table.csv
  brainsweep inspect results.h5 --csv - --metric E.region_rate_mean`,
		Args: byMetric,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 3 {
				if f.By != "" && f.By != args[2] {
					return mistake("%s: by %s or --by %s?", cmd.CommandPath(), args[2], f.By)
				}
				f.By = args[2]
			}
			if err := f.check(cmd); err != nil {
				return err
			}
			r, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer r.Close()
			switch out := cmd.OutOrStdout(); {
			case f.regions:
				return tellRegions(out, r.Nodes, nil)
			case f.csv != "":
				return f.table(r, out, cmd.ErrOrStderr())
			case f.Top > 0:
				return r.WriteTop(out, f.Query)
			default:
				return r.Inspect(out)
			}
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.Top, "top", 0, "list the best points, so many")
	flags.StringVar(&f.By, "by", "", "the metric that decides which points are the best, such as E.rate_mean")
	flags.BoolVar(&f.Lowest, "lowest", false, "the smallest values are the best")
	flags.BoolVar(&f.Highest, "highest", false, "the largest values are the best, though it is a distance")
	flags.StringVar(&f.csv, "csv", "", "write a table to a file, or to standard output: -")
	flags.StringSliceVar(&f.Metrics, "metric", nil, "metrics that the table has, with commas between")
	flags.BoolVar(&f.regions, "regions", false, "list the regions")
	return cmd
}

// byMetric is the rule of inspect: a result, and perhaps "by" and a metric.
func byMetric(cmd *cobra.Command, args []string) error {
	if len(args) < 2 {
		return words("result file")(cmd, args)
	}
	if args[1] != "by" || len(args) > 3 {
		return mistake("%s: %q is one word too many (%s --help has an example)", cmd.CommandPath(), args[min(len(args)-1, 3)], cmd.CommandPath())
	}
	return words("result file", "by", "metric")(cmd, args)
}

// check finds flags that do not go together.
func (f *inspectFlags) check(cmd *cobra.Command) error {
	given := cmd.Flags().Changed
	switch {
	case given("top") && f.Top < 1:
		return mistake("--top: %d is not a number of points", f.Top)
	case given("top") && f.By == "":
		return mistake("--top %d: by which metric? for example: --top %d by E.rate_mean", f.Top, f.Top)
	case f.By != "" && !given("top") && !given("csv"):
		return mistake("by %s: how many points? for example: --top 10 by %s", f.By, f.By)
	case f.Lowest && f.Highest:
		return mistake("--lowest, --highest: which of them?")
	case (f.Lowest || f.Highest) && f.By == "":
		return mistake("--lowest and --highest say which values of a metric are the best: --top 10 by E.rate_mean --lowest")
	case given("metric") && !given("csv") && !given("top"):
		return mistake("--metric: it chooses columns of a table; add --csv FILE or --top N by METRIC")
	case given("csv") && f.csv == "":
		return mistake("--csv: the name of the file is empty; - is standard output")
	}
	return nil
}

// table writes the table, and notes what it leaves out.
func (f *inspectFlags) table(r *result.Result, out, notes io.Writer) error {
	if f.csv == "-" {
		left, err := r.WriteCSV(out, f.Query)
		leftOut(notes, left)
		return err
	}
	if old, err := os.Stat(f.csv); err == nil {
		if res, err := os.Stat(r.Path()); err == nil && os.SameFile(old, res) {
			return mistake("--csv %s: that is the result itself", f.csv)
		}
	}
	file := &lateFile{name: f.csv}
	buffered := bufio.NewWriter(file)
	left, err := r.WriteCSV(buffered, f.Query)
	if err == nil {
		err = buffered.Flush()
	}
	if err := file.close(err); err != nil {
		return err
	}
	leftOut(notes, left)
	_, err = fmt.Fprintf(out, "table: %s\n", f.csv)
	return err
}

// lateFile is a file that is made when the first of it is written: what a mistake in the query keeps from being written leaves an older
// file as it is.
type lateFile struct {
	name string
	file *os.File
}

func (l *lateFile) Write(p []byte) (int, error) {
	if l.file == nil {
		file, err := os.Create(l.name)
		if err != nil {
			return 0, mistake("--csv %s: %s", l.name, fault.Reason(err))
		}
		l.file = file
	}
	return l.file.Write(p)
}

// close ends the file, or after an error removes what was made of it.
func (l *lateFile) close(err error) error {
	if l.file == nil {
		return err
	}
	if err = errors.Join(err, l.file.Close()); err != nil {
		return errors.Join(err, os.Remove(l.name))
	}
	return nil
}

func leftOut(notes io.Writer, left []string) {
	if len(left) > 0 {
		fmt.Fprintf(notes, "left out: %s with many numbers for a point; --metric %s adds its columns\n", count(len(left), "metric"), left[0])
	}
}
