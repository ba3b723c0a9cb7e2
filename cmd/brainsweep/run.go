package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"brainsweep/device"
	"brainsweep/internal/progress"
	"brainsweep/io/result"
	"brainsweep/jobs"
	"brainsweep/mpi"
)

// runFlags are the flags of run.
type runFlags struct {
	deviceFlags
	output once
	force  bool
	resume choice
	batch  int
	every  time.Duration
	keep   bool
	wait   time.Duration
	hours  string
	set    []string
}

func runCommand(said *voice) *cobra.Command {
	f := runFlags{resume: choice{"auto", []string{"auto", "never"}}}
	cmd := &cobra.Command{
		Use:   "run JOB",
		Short: "Run a job file into one result file",
		Long: `run simulates every point of a job and merges series and metrics into one HDF5 file.

Under mpirun the ranks share the points. A job that was stopped (Ctrl-C, SIGTERM, SIGUSR1, --max-hours) or killed goes
on from its finished parts and its last checkpoints when the same command is given again. Exit codes: 0 done, 1 the run failed,
2 a mistake to mend, 3 stopped before the end and ready to go on, 4 done but some points failed.`,
		Example: `  brainsweep run examples/adex.toml -o results.h5
  mpirun -n 64 brainsweep run job.toml -o results.h5
  brainsweep run job.toml --set run.seed=7 --set sweep.b_e.points=64
  srun brainsweep run job.toml -o results.h5 --max-hours auto`,
		Args: words("job file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runJob(cmd.Context(), said, args[0], f, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f.deviceFlags.add(cmd.Flags())
	cmd.Flags().VarP(&f.output, "output", "o", "the result file (default: the job's name with .h5, in this folder)")
	cmd.Flags().BoolVar(&f.force, "force", false, "remove an old result and old parts, and begin anew")
	cmd.Flags().Var(&f.resume, "resume", "what to do with parts of an earlier run: auto goes on from them, never refuses")
	cmd.Flags().IntVar(&f.batch, "batch", 0, "most points of a batch, which is what a killed job may lose (default: about a minute's work)")
	cmd.Flags().DurationVar(&f.every, "checkpoint-every", 10*time.Minute, "time between two checkpoints of what is in work; 0 keeps finished parts only")
	cmd.Flags().BoolVar(&f.keep, "keep-parts", false, "keep the parts and the final states beside the result, for a job with more points or a longer duration")
	cmd.Flags().DurationVar(&f.wait, "patience", 5*time.Minute, "name a rank that was not heard of for so long, or did not come on for that and ten times its longest epoch; end the job when a rank is silent for three times as long")
	cmd.Flags().StringVar(&f.hours, "max-hours", "", "stop after so many hours, ready to go on; auto: shortly before the batch system ends the job")
	addSet(cmd.Flags(), &f.set)
	return cmd
}

func runJob(ctx context.Context, said *voice, job string, f runFlags, out, errs io.Writer) error {
	comm, err := mpi.Open()
	if err != nil {
		return err
	}
	defer comm.Close()
	defer func() {
		// Ranks that go on without this one would wait for it for ever.
		if p := recover(); p != nil {
			fmt.Fprintf(errs, "brainsweep: rank %d: %v\n", comm.Rank(), p)
			comm.Abort(exitFailed)
		}
	}()
	err = runOn(ctx, comm, said, job, f, out, errs)
	if err == nil {
		return nil
	}
	// Rank 0 says it for all, and before Close lets the others end: mpirun kills all when one ends with an error.
	if comm.Rank() == 0 {
		said.complain(err)
	}
	return told{err}
}

// told is an error that the user knows of.
type told struct{ error }

func (u told) Unwrap() error { return u.error }

func runOn(ctx context.Context, comm mpi.Comm, said *voice, file string, f runFlags, out, errs io.Writer) error {
	if f.batch < 0 {
		return mistake("--batch: %d is not a number of points; leave it out for about a minute's work", f.batch)
	}
	if f.every < 0 {
		return mistake("--checkpoint-every: %v is not a time between checkpoints", f.every)
	}
	if f.wait <= 0 {
		return mistake("--patience: %v is no time to wait", f.wait)
	}
	ctx, cancel, err := limited(ctx, f.hours, time.Now())
	if err != nil {
		return err
	}
	defer cancel()
	output := f.output.value
	if output == "" {
		base := filepath.Base(file)
		output = strings.TrimSuffix(base, filepath.Ext(base)) + ".h5"
	}
	job, err := readForAll(comm, file, f.set)
	if err != nil {
		return err
	}
	threads, note, err := shareCores(comm)
	if err != nil {
		return err
	}
	hostRank, _ := comm.Host()
	dev, chosen, err := f.openOn(threads, hostRank, job.Device)
	if err = mpi.Agree(comm, err); err != nil {
		return err
	}
	defer dev.Close()
	l := newListener(comm.Rank(), said, output, errs, func(log *logrus.Logger) { greet(log, job, dev, comm, note, chosen) })
	defer l.close()
	summary, err := job.Run(ctx, comm, dev, jobs.Options{Output: output, Force: f.force, Fresh: f.resume.value == "never", Batch: f.batch, Every: f.every, Keep: f.keep, Patience: f.wait, Versions: versions(), Listener: l})
	l.end()
	if err != nil {
		return err
	}
	if comm.Rank() == 0 {
		if err := summarise(out, summary); err != nil {
			return err
		}
	}
	return partly(summary.Failed, len(summary.Broken))
}

// partly is the error of a job that is done but for some points or subjects; nil where there are none.
func partly(points, subjects int) error {
	if points == 0 && subjects == 0 {
		return nil
	}
	return someFailed{points, subjects}
}

// greet says what is about to run. A note on the processors, if there is any, is the host's first rank's to tell;
// chosen is what should be known of the choice of device.
func greet(log *logrus.Logger, job *jobs.Job, dev device.Device, comm mpi.Comm, note, chosen string) {
	if chosen != "" {
		log.Info(chosen)
	}
	p, info := job.Plan, dev.Info()
	if comm.Rank() > 0 {
		log.Infof("rank %d: %s, %s", comm.Rank(), info.Name, workers(info))
		return
	}
	log.Infof("%s: %s of %s, %s, %s with %s", job.File, count(p.Points(), "point"), p.Model.Name, brains(p),
		count(comm.Size(), "rank"), workers(info))
	for _, warning := range job.Warnings {
		log.Warn(warning)
	}
	if note != "" {
		log.Warn(note)
	}
}

// brains says whose brains a plan simulates.
func brains(p *jobs.Plan) string {
	least, most := p.Subjects[0].Nodes(), p.Subjects[len(p.Subjects)-1].Nodes() // smaller ones come first
	nodes := count(most, "node")
	if least < most {
		nodes = fmt.Sprintf("%d to %d nodes", least, most)
	}
	if p.Cohort == nil {
		return nodes
	}
	return fmt.Sprintf("%s of %s", count(len(p.Subjects), "subject"), nodes)
}

// readForAll reads the job on rank 0 and gives it to every rank.
func readForAll(comm mpi.Comm, file string, set []string) (*jobs.Job, error) {
	var packed []byte
	var err error
	if comm.Rank() == 0 {
		var job *jobs.Job
		if job, err = jobs.Read(file, set...); err == nil {
			if comm.Size() == 1 {
				return job, nil
			}
			packed, err = job.Pack()
		}
	}
	if err = mpi.Agree(comm, err); err != nil {
		return nil, err
	}
	if packed, err = comm.Bcast(0, packed); err != nil {
		return nil, err
	}
	return jobs.Unpack(packed)
}

// someFailed is a job that is done, but for some points, or some subjects of a cohort.
type someFailed struct{ points, subjects int }

func (n someFailed) Error() string {
	var said []string
	switch {
	case n.points == 1:
		said = append(said, "one point failed; brainsweep inspect tells where it went wrong")
	case n.points > 1:
		said = append(said, fmt.Sprintf("%d points failed; brainsweep inspect tells where they went wrong", n.points))
	}
	if n.subjects > 0 {
		said = append(said, fmt.Sprintf("%s of the cohort could not be simulated; brainsweep check tells why", count(n.subjects, "subject")))
	}
	return strings.Join(said, "; ")
}

// summarise says what came out: the points, the rate, the file and the range of the first metrics.
func summarise(out io.Writer, s *jobs.Summary) error {
	fmt.Fprintf(out, "%s done", count(s.Points, "point"))
	if s.Failed > 0 {
		fmt.Fprintf(out, ", %d of them failed", s.Failed)
	}
	if len(s.Broken) > 0 {
		fmt.Fprintf(out, ", %s left out", count(len(s.Broken), "subject"))
	}
	if s.Earlier > 0 {
		fmt.Fprintf(out, ", %d of them in an earlier run,", s.Earlier)
	}
	fmt.Fprintf(out, " in %s on %s: %s\n", duration(s.Elapsed), count(s.Ranks, "rank"),
		progress.Rate(s.NodeSteps/max(s.Elapsed.Seconds(), 1e-9), "node-steps"))
	fmt.Fprintln(out, "result:", s.Output)
	res, err := result.Open(s.Output)
	if err != nil {
		return err
	}
	defer res.Close()
	return highlights(out, res)
}

// duration is progress.Duration with a tenth of short times.
func duration(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return progress.Duration(d)
}

// highlights prints the range over the points of three metrics, the first that the job has: fits to data may have a target's
// name in front.
func highlights(out io.Writer, res *result.Result) error {
	left := 3
	for _, name := range []string{"fc_fit", "rate_mean", "fc_mean", "fc_sc", "rate_std", "rate_max", "fc_max"} {
		i := slices.IndexFunc(res.Variables, func(v result.Variable) bool {
			base := path.Base(v.Path)
			return !v.IsSeries() && (base == name || name == "fc_fit" && strings.HasSuffix(base, "_fc_fit"))
		})
		if i < 0 {
			continue
		}
		v := res.Variables[i]
		values, err := res.Numbers(v.Path)
		if err != nil {
			return err
		}
		values = slices.DeleteFunc(values, math.IsNaN)
		if len(values) == 0 || left == 0 {
			continue
		}
		left--
		fmt.Fprintln(out, strings.TrimSpace(fmt.Sprintf("%-16s %.4g to %.4g %s", v.Address(), slices.Min(values), slices.Max(values), v.Unit)))
	}
	return nil
}

// count gives a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
