package main

import (
	"context"
	"fmt"
	"io"
	"runtime"

	"github.com/spf13/cobra"

	"brainsweep/device"
	"brainsweep/io/result"
	"brainsweep/jobs"
)

// How far points that are computed again by other means may be from those of a result: the largest difference over the
// largest number of a variable at a point. Other instructions round otherwise, a simulation carries that on, and metrics such
// as spectra, or correlations of a signal that hardly changes, enlarge it: six digits of a double and two of a single must stand.
const (
	toleranceSingle = 1e-2
	toleranceDouble = 1e-6
)

func verifyCommand() *cobra.Command {
	var f deviceFlags
	var points int
	var seed uint64
	cmd := &cobra.Command{
		Use:   "verify RESULT",
		Short: "Tell whether a result was altered, and compute some of its points again",
		Long: fmt.Sprintf(`verify reads a whole result and compares every data set and every fact of its provenance with the digests that it got
when it was merged. With --sample it also computes points again, from the job and the connectome in the result alone.
On the same kind of device, with the same compiler and kernel, they must be equal to the byte; else within %g (single) or
%g (double) of the largest number. Digests are no signature: they tell of accidents, not of forgers.`, toleranceSingle, toleranceDouble),
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
	tolerance := toleranceDouble
	if r.Single {
		tolerance = toleranceSingle
	}
	switch {
	case r.Worst.Bits:
		_, err = fmt.Fprintf(out, "%s: equal to the byte\n", what)
	case r.Same:
		return fmt.Errorf("%s: %s differs by %.3g, though device, compiler and kernel are the same", what, r.Worst.Variable, r.Worst.Relative)
	case r.Worst.Relative > tolerance:
		return fmt.Errorf("%s by other means: %s differs by %.3g, more than %g; chaotic dynamics enlarge the last digit, so ask again with the device and instructions of the result (brainsweep inspect tells them), where it must be equal to the byte", what, r.Worst.Variable, r.Worst.Relative, tolerance)
	default:
		_, err = fmt.Fprintf(out, "%s by other means: %s differs by %.3g, which is within %g\n", what, r.Worst.Variable, r.Worst.Relative, tolerance)
	}
	return err
}
