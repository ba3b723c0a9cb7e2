package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"brainsweep/device"
	"brainsweep/io/result"
	"brainsweep/jobs"
)

func verifyCommand() *cobra.Command {
	var f deviceFlags
	var points int
	var seed uint64
	cmd := &cobra.Command{
		Use:   "verify RESULT",
		Short: "Tell whether a result was altered, and compute some of its points again",
		Long: `verify reads a whole result and compares every data set and every fact of its provenance with the digests that it got
when it was merged. With --sample it also computes points again, from the job and the connectome in the result alone.
On the same kind of device, with the same compiler and kernel, they must be equal to the byte. Other means round otherwise;
then each variable must be as near as twins are that make a few more roundings (docs/numerics.md). Digests are no signature:
they tell of accidents, not of forgers.`,
		Example: `  brainsweep verify results.h5
  brainsweep verify results.h5 --sample 3`,
		Args: words("result file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if points < 0 {
				return mistake("--sample: %d is not a number of points", points)
			}
			res, err := result.Open(args[0])
			if err != nil {
				return mistake("%v", err)
			}
			defer res.Close()
			seen, err := res.Verify()
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d data sets and facts are as they were merged; digest %s\n", args[0], seen.Count, seen.Digest)
			if points == 0 {
				return nil
			}
			dev, err := f.open(runtime.NumCPU(), jobs.DeviceSettings{})
			if err != nil {
				return err
			}
			defer dev.Close()
			return verifySample(cmd.Context(), cmd.OutOrStdout(), res, dev, points, seed)
		},
	}
	f.add(cmd.Flags())
	cmd.Flags().IntVar(&points, "sample", 0, "points to compute again")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "which points those are")
	return cmd
}

// verifySample computes points again and tells how far they are.
func verifySample(ctx context.Context, out io.Writer, res *result.Result, dev device.Device, points int, seed uint64) error {
	r, err := jobs.Recompute(ctx, res, dev, points, seed)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("%s computed again %d", count(len(r.Points), "point"), r.Points)
	if r.Bits {
		_, err = fmt.Fprintf(out, "%s: equal to the byte\n", what)
		return err
	}
	if !r.Same {
		what += " by other means"
		tellVerdicts(out, r.Verdicts)
	}
	nearest, beyond := r.Nearest()
	switch {
	case r.Same:
		return fmt.Errorf("%s: %s differs by %.3g, though device, compiler and kernel are the same", what, nearest.Variable, nearest.Distance)
	case beyond > 0:
		return fmt.Errorf("%s: %s of point %d differs by %.3g of its largest number, where roundings make at most %.3g, and so do %s besides; the device and instructions of the result (brainsweep inspect tells them) must give it to the byte",
			what, nearest.Variable, nearest.Point, nearest.Distance, nearest.Bound, count(beyond-1, "variable"))
	}
	_, err = fmt.Fprintf(out, "%s: nothing differs by more than roundings make; nearest to that is %s with %.3g of %.3g\n", what, nearest.Variable, nearest.Distance, nearest.Bound)
	return err
}

// tellVerdicts names what the comparison cannot say: numbers that leap, and variables that roundings decide.
func tellVerdicts(out io.Writer, verdicts []jobs.Verdict) {
	const most = 5 // of free metrics of a point that are named
	var point int
	var free []string
	tell := func() {
		if len(free) > most {
			free = append(free[:most], fmt.Sprintf("%d more", len(free)-most))
		}
		if len(free) > 0 {
			fmt.Fprintf(out, "point %d: roundings decide %s\n", point, strings.Join(free, ", "))
		}
		free = nil
	}
	for _, v := range verdicts {
		if v.Point != point {
			tell()
			point = v.Point
		}
		switch {
		case v.Leapt():
			fmt.Fprintf(out, "point %d: %s differs by %.3g, as it may: it leaps on %s\n", v.Point, v.Variable, v.Distance, v.Leaps)
		case v.Free && v.Series:
			free = append(free, fmt.Sprintf("%s from %.4g s on", v.Variable, v.From))
		case v.Free:
			free = append(free, v.Variable)
		}
	}
	tell()
}
