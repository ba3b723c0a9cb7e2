package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/cpu"
	"brainsweep/internal/progress"
	"brainsweep/jobs"
)

func analyzeCommand(said *voice) *cobra.Command {
	var a jobs.Analysis
	var output once
	cmd := &cobra.Command{
		Use:   "analyze RESULT",
		Short: "Compute metrics of the series that a result has kept",
		Long: `analyze computes after a job what [metrics] and [[target]] compute while it runs, to the same figures, of the series that its
records have kept. It goes through the points one by one on all cores; memory does not grow with their number. The metrics go to a
result of their own, which inspect, plot and xarray read; with --into they are added to the result itself, of which a copy takes
the place when it is whole.

What has options is set as in a job file: --set metrics.fcd.window="4 s". --job takes [metrics] and [[target]] of a file.`,
		Example: `  brainsweep analyze results.h5 --use rate,fc,psd
  brainsweep analyze results.h5 --use fcd --of bold --set metrics.fcd.window="60 s" -o fcd.h5
  brainsweep analyze results.h5 --use psd,phase,lz --of eeg
  brainsweep analyze results.h5 --job fit.toml --into
  brainsweep analyze results.h5 --use all --of raw.E --transient "5 s"`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.Result = args[0]
			a.Output, a.Versions = output.value, versions()
			switch {
			case a.Into && output.given:
				return mistake("--into adds to %s itself, -o %s is a file of its own: give one of them", a.Result, output.value)
			case !a.Into && !output.given:
				a.Output = strings.TrimSuffix(a.Result, filepath.Ext(a.Result)) + ".metrics.h5"
			}
			return analyze(cmd, said, a)
		},
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&a.Use, "use", nil, "metrics or groups of them, or all, with commas between")
	flags.StringSliceVar(&a.Of, "of", nil, "quantities, such as E,bold, raw.E where E was recorded in several ways, or a monitor of sensors or areas such as eeg (default: all of regions)")
	flags.StringVar(&a.Job, "job", "", "a file with [metrics] and [[target]], such as a job file; its other sections are passed over")
	flags.StringArrayVar(&a.Set, "set", nil, `choose an option of metrics or a target: metrics.fcd.window="4 s"`)
	flags.StringVar(&a.Transient, "transient", "", `leave out samples before this time since the start of the simulation: "5 s"`)
	flags.VarP(&output, "output", "o", "the file for the metrics (default: the result's name with .metrics.h5)")
	flags.BoolVar(&a.Into, "into", false, "add the metrics to the result itself")
	flags.BoolVar(&a.Force, "force", false, "replace an old output, or with --into metrics of the same names")
	return cmd
}

func analyze(cmd *cobra.Command, said *voice, a jobs.Analysis) error {
	errs := cmd.ErrOrStderr()
	log := said.logger(errs)
	var meter *progress.Meter
	a.Progress = func(done, total int) {
		if meter == nil {
			terminal, ok := errs.(*os.File)
			bar := ok && said.format.value != "json" && progress.IsTerminal(terminal)
			if bar {
				meter = progress.New(errs, true, "points", 0, float64(total))
			} else {
				meter = progress.New(entries{log}, false, "points", 0, float64(total))
			}
		}
		meter.Show(float64(done), fmt.Sprintf("%d of %s", done, count(total, "point")))
	}
	// Without a compiler metrics are computed all the same, only more slowly.
	if dev, err := cpu.Open(cpu.Options{}); err == nil {
		defer dev.Close()
		a.Device = dev
	}
	s, err := a.Run(cmd.Context())
	if meter != nil {
		meter.End()
	}
	if cmd.Context().Err() != nil && err != nil {
		return errors.New("stopped before the end: nothing was written, and the next time begins anew")
	}
	if err != nil {
		return err
	}
	for _, warning := range s.Warnings {
		log.Warn(warning)
	}
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s analysed in %s", count(s.Points, "point"), duration(s.Elapsed))
	if s.Without > 0 {
		fmt.Fprintf(out, ", %d without series", s.Without)
	}
	if s.Failed > 0 {
		fmt.Fprintf(out, ", %d had failed", s.Failed)
	}
	_, err = fmt.Fprintf(out, "\nresult: %s\n", s.Output)
	return err
}
