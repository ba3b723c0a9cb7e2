package commtest

import (
	"context"
	"errors"
	"fmt"

	"brainsweep/fault"
	"brainsweep/mpi"
)

func agree(c mpi.Comm) error {
	if err := mpi.Agree(c, nil); err != nil {
		return fmt.Errorf("agreed on %w", err)
	}
	last := c.Size() - 1
	var mine error
	if c.Rank() == last {
		mine = errors.New("disk full")
	}
	got := mpi.Agree(c, mine)
	want := fmt.Sprintf("rank %d: disk full", last)
	if last == 0 {
		want = "disk full"
	}
	if err := expect(got, want); err != nil {
		return err
	}
	if fault.Is(got) || errors.Is(got, context.Canceled) {
		return fmt.Errorf("%v is of the wrong kind", got)
	}
	if err := expect(mpi.Agree(c, errors.New("no such file")), "no such file"); err != nil {
		return err
	}
	if c.Size() < 4 {
		return nil
	}
	mine = errors.New("cold")
	if c.Rank() == 2 {
		mine = nil
	}
	if c.Rank() == 0 {
		mine = errors.New("hot")
	}
	return expect(mpi.Agree(c, mine), "rank 0: hot\n"+spoken(c.Size())+"cold")
}

// spoken names the ranks 1, 3, 4, ...
func spoken(size int) string {
	if size == 4 {
		return "ranks 1, 3: "
	}
	return fmt.Sprintf("ranks 1, 3-%d: ", size-1)
}

func expect(err error, want string) error {
	if err == nil || err.Error() != want {
		return fmt.Errorf("error %q, want %q", fmt.Sprint(err), want)
	}
	return nil
}

func agreeFaults(c mpi.Comm) error {
	var mine fault.List
	mine.Addf(fault.Pos{File: "job.toml", Line: 3, Col: 1}, "unknown key")
	if c.Rank() == c.Size()-1 {
		mine.Addf(fault.Pos{File: "subject.zip"}, "no such file")
	}
	got := mpi.Agree(c, mine.Err())
	var list fault.List
	if !errors.As(got, &list) || len(list) != 2 {
		return fmt.Errorf("%T %v is not a list of two faults", got, got)
	}
	want := "job.toml:3:1: unknown key\nsubject.zip: no such file"
	if c.Size() > 1 {
		want = fmt.Sprintf("job.toml:3:1: unknown key\nsubject.zip: rank %d: no such file", c.Size()-1)
	}
	if err := expect(got, want); err != nil {
		return err
	}
	// A fault inside another error, and beside another rank's trouble, is still a fault.
	wrapped := fmt.Errorf("reading: %w", mine.Err())
	if c.Rank() > 0 {
		wrapped = errors.New("node down")
	}
	if got := mpi.Agree(c, wrapped); !fault.Is(got) {
		return fmt.Errorf("%v is no fault", got)
	}
	return nil
}

func agreeStop(c mpi.Comm) error {
	var mine error
	if c.Rank() == c.Size()/2 {
		mine = fmt.Errorf("batch 3: %w", context.Canceled)
	}
	if got := mpi.Agree(c, mine); !errors.Is(got, context.Canceled) {
		return fmt.Errorf("%v is no cancellation", got)
	}
	if c.Size() == 1 {
		return nil
	}
	if c.Rank() == 0 {
		mine = errors.New("disk full")
	}
	if got := mpi.Agree(c, mine); got == nil || errors.Is(got, context.Canceled) {
		return fmt.Errorf("%v passes for a stop", got)
	}
	return nil
}
