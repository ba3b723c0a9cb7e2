package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"brainsweep/internal/progress"
	"brainsweep/jobs"
)

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status RESULT",
		Short: "Tell how far a job has come",
		Long: `status counts the points that are done, failed and missing of the job whose result has, or will have, the given name.
It may be asked at any time, while a run is at work and between two runs. Of a run at work it also tells the rate, the time
left, and for each rank its host, the points that it has done and has in work, when it last came on, and its last checkpoint.`,
		Example: "  brainsweep status results.h5",
		Args:    words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := jobs.Look(args[0])
			if err != nil {
				return err
			}
			tellStatus(cmd.OutOrStdout(), args[0], s, time.Now())
			return nil
		},
	}
}

func tellStatus(out io.Writer, output string, s *jobs.Status, now time.Time) {
	fmt.Fprintf(out, "%s: %s\n", output, counts(s))
	switch {
	case s.Merged:
	case s.Running && s.Updated.IsZero():
		fmt.Fprintln(out, "a run is at work; its first part is not whole yet")
		tellRanks(out, s.At, now)
	case s.Running:
		fmt.Fprintf(out, "a run is at work; its last part came %s ago\n", duration(now.Sub(s.Updated)))
		tellRanks(out, s.At, now)
	default:
		command := fmt.Sprintf("brainsweep run %s -o %s", s.Job, output)
		for _, set := range s.Set {
			command += fmt.Sprintf(" --set '%s'", set)
		}
		fmt.Fprintf(out, "no run is at work; this goes on: %s\n", command)
	}
}

// tellRanks says how fast a run is, and how far every rank of it is.
func tellRanks(out io.Writer, b *jobs.Board, now time.Time) {
	if b == nil {
		return
	}
	if rate := b.NodeSteps / max(b.Updated.Sub(b.Began).Seconds(), 1e-9); rate > 0 {
		left := time.Duration((b.AllNodeSteps - b.NodeSteps) / rate * float64(time.Second))
		fmt.Fprintf(out, "%s, about %s left\n", progress.Rate(rate, "node-steps"), duration(left))
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "rank\thost\tdone\tat work\tcame on\tlast checkpoint\t")
	ago := func(t time.Time) string {
		if t.IsZero() {
			return "none"
		}
		return duration(now.Sub(t)) + " ago"
	}
	for i, r := range b.Ranks {
		work, state := "nothing", ""
		if r.Count > 0 {
			work = fmt.Sprintf("%d to %d", r.First, r.First+r.Count-1)
		}
		if r.Hangs {
			state = "seems to hang"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i, r.Host, count(r.Points, "point"), work, ago(r.Came), ago(r.Saved), state)
	}
	w.Flush()
}

// counts says what has become of the points.
func counts(s *jobs.Status) string {
	return fmt.Sprintf("%d of %s done, %d of them failed; %d missing", s.Done, count(s.Points, "point"), s.Failed, s.Points-s.Done)
}

func mergeCommand(said *voice) *cobra.Command {
	var output once
	cmd := &cobra.Command{
		Use:   "merge RESULT",
		Short: "Make a result of the points that are done so far",
		Long: `merge makes a result file of the parts that there are so far of the job whose result will have the given name. What is
not done yet is marked as missing. The parts stay, and a run that is at work is not disturbed.`,
		Example: `  brainsweep merge results.h5
  brainsweep merge results.h5 -o monday.h5`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			to := output.value
			if to == "" {
				to = soFar(args[0])
			}
			l := newListener(0, said, to, cmd.ErrOrStderr(), nil)
			defer l.close()
			s, err := jobs.MergeSoFar(args[0], to, versions(), l)
			l.end()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", to, counts(s))
			return err
		},
	}
	cmd.Flags().VarP(&output, "output", "o", "the file to make (default: RESULT with -so-far in its name)")
	return cmd
}

// soFar is the name of a result that is not complete.
func soFar(result string) string {
	extension := filepath.Ext(result)
	return strings.TrimSuffix(result, extension) + "-so-far" + extension
}
