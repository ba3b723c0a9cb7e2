package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"brainsweep/device"
	"brainsweep/jobs"
)

// runBenchMetrics prints what metrics cost: wall clock without and with them, and each group by itself.
func runBenchMetrics(ctx context.Context, dev device.Device, use []string, asJSON bool, out io.Writer) error {
	b, err := jobs.BenchMetrics(ctx, dev, use)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(out).Encode(b)
	}
	fmt.Fprintf(out, "%s, %s, %s\n", dev.Info().Name, dev.Info().ISA, count(dev.Info().Workers, "thread"))
	fmt.Fprintf(out, "adex2, 68 nodes, single: 10 s of 1 ms averages of E and I, a point for each thread\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\twall clock\tprocessor\t\n")
	fmt.Fprintf(table, "without metrics\t%.3f s\t%.3f s\t\n", b.Without.Wall, b.Without.CPU)
	fmt.Fprintf(table, "with metrics\t%.3f s\t%.3f s\t%+.0f %%\n\n", b.With.Wall, b.With.CPU, 100*b.Share())
	fmt.Fprintf(table, "group, by itself\tns a node and sample\tof the time without\t\n")
	for _, g := range b.Groups {
		fmt.Fprintf(table, "%s\t%.1f\t%.1f %%\t\n", g.Name, g.PerPart, 100*g.Share)
	}
	return table.Flush()
}
