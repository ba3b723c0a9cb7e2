package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"brainsweep/jobs"
)

func checkCommand() *cobra.Command {
	var set []string
	var regions bool
	cmd := &cobra.Command{
		Use:   "check JOB",
		Short: "Read a job and all that it names, and say every mistake at once",
		Long: `check reads everything and computes nothing. The exit code is 2 when there is something to mend. Of a cohort it tells for
each subject what was found; the exit code is 4 when a run would do, but without some of the subjects.

With --regions it lists the regions of the job's connectome instead, by which lesions, stimuli and metrics name them: the number and
the label of each, and its centre [mm] where that is known.`,
		Example: `  brainsweep check job.toml
  brainsweep check job.toml --regions
  brainsweep check job.toml --set sweep.b_e.points=64`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if regions {
				c, err := jobs.Connectome(args[0], set...)
				if err != nil {
					return err
				}
				return tellRegions(cmd.OutOrStdout(), c.Labels, c.Centres)
			}
			job, err := jobs.Read(args[0], set...)
			if err != nil {
				return err
			}
			if _, err := job.Plan.Source(); err != nil {
				return err
			}
			if err := tellGood(cmd.OutOrStdout(), job); err != nil || job.Plan.Cohort == nil {
				return err
			}
			return partly(0, len(job.Plan.Cohort.Broken))
		},
	}
	addSet(cmd.Flags(), &set)
	cmd.Flags().BoolVar(&regions, "regions", false, "list the regions of the job's connectome")
	return cmd
}

// tellRegions lists regions, with their centres [mm] where these are known.
func tellRegions(out io.Writer, labels []string, centres [][3]float64) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, label := range labels {
		fmt.Fprintf(table, "%d\t%s", i, label)
		if centres != nil {
			fmt.Fprintf(table, "\t%.4g\t%.4g\t%.4g", centres[i][0], centres[i][1], centres[i][2])
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

// tellSubjects says what was found of each subject of a cohort.
func tellSubjects(out io.Writer, p *jobs.Plan) {
	for i := range p.Subjects {
		s := &p.Subjects[i]
		fmt.Fprintf(out, "%s: %s, %s, tracts up to %.4g mm (%s)\n", s.ID, count(s.Nodes(), "node"), count(s.Edges, "connection"), s.Longest, s.Source)
	}
	if n := p.Cohort.LeftOut; n > 0 {
		fmt.Fprintf(out, "%s not chosen by %q\n", count(n, "subject"), p.Cohort.Participants)
	}
}

// tellGood says what a job is that has no mistakes, and what is worth a look in it.
func tellGood(out io.Writer, job *jobs.Job) error {
	for _, warning := range job.Warnings {
		fmt.Fprintf(out, "%s: warning: %s\n", job.File, warning)
	}
	p := job.Plan
	source := p.ConnectomeSource
	if p.Cohort != nil {
		tellSubjects(out, p)
		source = p.Cohort.Source
	}
	fmt.Fprintf(out, "%s: good: %s of %s, %s (%s)\n", job.File, count(p.Points(), "point"), p.Model.Name, brains(p), source)
	kept := []string{}
	for _, r := range p.Records {
		kept = append(kept, r.Monitor+" of "+strings.Join(r.Of, ", "))
	}
	if len(p.Metrics.Use) > 0 {
		kept = append(kept, strings.Join(p.Metrics.Use, ", ")+" of "+strings.Join(p.Metrics.Of, ", "))
	}
	for _, t := range p.Targets {
		kept = append(kept, strings.Join(t.Of, ", ")+" compared with "+t.File)
	}
	if len(kept) == 0 {
		kept = []string{"nothing"}
	}
	_, err := fmt.Fprintf(out, "%d steps of %g ms by %s, %d bits; keeps %s\n", p.Run.Steps(), p.Run.Step, p.Run.Scheme, p.Run.Precision, strings.Join(kept, "; "))
	return err
}
