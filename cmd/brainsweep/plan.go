package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"brainsweep/internal/progress"
	"brainsweep/jobs"
)

func planCommand() *cobra.Command {
	var f deviceFlags
	var set []string
	cmd := &cobra.Command{
		Use:   "plan JOB",
		Short: "Tell what a job will take: points, memory, disk and time",
		Long: `plan reads a job, times its first points for a second or two on this machine, without their metrics and with them, and tells
what the whole job will take. It writes nothing.`,
		Example: `  brainsweep plan examples/adex.toml
  brainsweep plan job.toml --set sweep.b_e.points=64`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := jobs.Read(args[0], set...)
			if err != nil {
				return err
			}
			return runPlan(cmd.Context(), job, &f, cmd.OutOrStdout())
		},
	}
	f.add(cmd.Flags())
	addSet(cmd.Flags(), &set)
	return cmd
}

func runPlan(ctx context.Context, job *jobs.Job, f *deviceFlags, out io.Writer) error {
	dev, err := f.open(runtime.NumCPU(), job.Device)
	if err != nil {
		return err
	}
	defer dev.Close()
	e, err := job.Plan.Estimate(ctx, dev)
	if err != nil {
		return err
	}
	p, info := job.Plan, dev.Info()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(table, "%s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	line("points", "%d", e.Points)
	if p.Cohort != nil {
		line("", "subject: %s, %s each", count(len(p.Subjects), "subject"), count(p.Cohort.Seeds, "seed"))
	}
	for _, axis := range p.Sweep.Axes {
		line("", "%s: %s", axis.Address, count(len(axis.Values), "value"))
	}
	line("work", "%.3g node-steps: %s, %d steps", e.NodeSteps, brains(p), p.Run.Steps())
	line("memory", "%s a point; %d points at a time fit into the %s of %s that may be used here", bytesOf(e.BytesPerPoint), e.Together, bytesOf(info.Memory/2), info.Name)
	if len(e.Whole) > 0 {
		line("", "%s of it on the host for series, of which %s need the whole", bytesOf(e.SeriesBytes), strings.Join(e.Whole, ", "))
	} else if e.SeriesBytes > 0 {
		line("", "%s of it on the host for what metrics gather of series as they pass", bytesOf(e.SeriesBytes))
	}
	line("disk", "%s for the result, and as much again while it runs", bytesOf(e.ResultBytes))
	line("rate", "%s measured here on %s", progress.Rate(e.Rate, "node-steps"), workers(info))
	without := "writing"
	if e.WithMetrics > 0 {
		line("", "%s with the metrics of this job", progress.Rate(e.WithMetrics, "node-steps"))
	} else if len(p.Metrics.Of) > 0 {
		without = "metrics, which need too long a run to be timed here, and writing"
	}
	for _, ranks := range []int{1, 4, 64} {
		line("time", "%s on %s like this one", duration(e.RankTime(ranks)), count(ranks, "rank"))
	}
	line("", "without %s", without)
	return table.Flush()
}
