package main

import (
	"context"
	"os"
	"strconv"
	"time"
)

// reserve is how long before a batch system's end a run begins to stop: for the epoch in work, the checkpoints, and a
// slow disk.
const reserve = 2 * time.Minute

// limited gives a context that is cancelled when the hours are over: a number of them, auto, or "" for no limit.
func limited(ctx context.Context, hours string, now time.Time) (context.Context, context.CancelFunc, error) {
	inner, cancel := context.WithCancel(ctx)
	if hours == "" {
		return inner, cancel, nil
	}
	end, err := endOf(hours, now, os.Getenv)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	if end.IsZero() {
		return inner, cancel, nil
	}
	// Cancelled, not past a deadline: it is a stop as from a signal.
	timer := time.AfterFunc(end.Sub(now), cancel)
	return inner, func() { timer.Stop(); cancel() }, nil
}

// endOf tells when to stop; the zero time when the batch system gives no end.
func endOf(hours string, now time.Time, env func(string) string) (time.Time, error) {
	if hours != "auto" {
		h, err := strconv.ParseFloat(hours, 64)
		if err != nil || !(h > 0) {
			return time.Time{}, mistake("--max-hours: %q is neither a number of hours above 0 nor auto", hours)
		}
		return now.Add(time.Duration(h * float64(time.Hour))), nil
	}
	// SLURM gives the end in seconds since 1970; PBS gives the length of the job, of which this process is about the start.
	if s, err := strconv.ParseInt(env("SLURM_JOB_END_TIME"), 10, 64); err == nil {
		return time.Unix(s, 0).Add(-reserve), nil
	}
	if s, err := strconv.ParseInt(env("PBS_WALLTIME"), 10, 64); err == nil {
		return now.Add(time.Duration(s)*time.Second - reserve), nil
	}
	return time.Time{}, nil
}
