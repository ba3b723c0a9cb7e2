package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/jobs"
)

// checkBenchMetrics tells all that is amiss with --metrics: names that no metric has, and flags of other cases.
func checkBenchMetrics(cmd *cobra.Command, use []string) error {
	var faults fault.List
	faults.Add(jobs.CheckMetrics(use))
	for _, flag := range []string{"case", "nodes", "points", "speed", "delays", "density"} {
		if cmd.Flags().Changed(flag) {
			faults.Add(mistake("--%s: the case of --metrics is fixed; leave --%s out", flag, flag))
		}
	}
	if turns, err := cmd.Flags().GetInt("turns"); cmd.Flags().Changed("turns") && (err != nil || turns < 1) {
		faults.Add(mistake("--turns: %d turns; there must be at least one", turns))
	}
	return faults.Err()
}

// runBenchMetrics prints what metrics cost in each precision: wall clock and processor time without and with them, and each group
// by itself.
func runBenchMetrics(ctx context.Context, dev device.Device, use []string, precision string, turns int, asJSON bool, out io.Writer) error {
	if !asJSON {
		fmt.Fprintf(out, "%s, %s, %s\n", dev.Info().Name, dev.Info().ISA, count(dev.Info().Workers, "thread"))
		fmt.Fprintf(out, "adex2, 68 nodes: 10 s of 1 ms averages of E and I, a point for each thread; medians\n")
	}
	for _, bits := range []int{32, 64} {
		if !wantsPrecision(precision, bits) {
			continue
		}
		b, err := jobs.BenchMetrics(ctx, dev, use, bits, turns)
		if err != nil {
			return err
		}
		if asJSON {
			err = json.NewEncoder(out).Encode(b)
		} else {
			err = printMetricsBench(b, out)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func printMetricsBench(b *jobs.MetricsBench, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\n%s, %s each\twall clock\tprocessor\t\n", b.Precision, count(b.Turns, "turn"))
	fmt.Fprintf(table, "without metrics\t%.3f s\t%.3f s\t\n", b.Without.Wall, b.Without.CPU)
	fmt.Fprintf(table, "with metrics\t%.3f s\t%.3f s\t%+.1f %% (quartiles %+.1f, %+.1f)\n\n", b.With.Wall, b.With.CPU,
		100*b.Share[1], 100*b.Share[0], 100*b.Share[2])
	fmt.Fprintf(table, "group, by itself\tns a node and sample\tof the time without\t\n")
	for _, g := range b.Groups {
		fmt.Fprintf(table, "%s\t%.2f\t%.1f %%\t\n", g.Name, g.PerPart, 100*g.Share)
	}
	return table.Flush()
}
