package commtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"brainsweep/mpi"
)

// tally gathers which items this rank did, and on rank 0 tells whether each of n was done the given number of times.
func tally(c mpi.Comm, n int, did []int) (counts []int, err error) {
	var p []byte
	for _, i := range did {
		p = fmt.Appendf(p, "%d ", i)
	}
	all, err := c.Gather(0, p)
	if err != nil || c.Rank() != 0 {
		return nil, err
	}
	counts = make([]int, n)
	for _, p := range all {
		for _, field := range bytes.Fields(p) {
			var i int
			if _, err := fmt.Sscan(string(field), &i); err != nil {
				return nil, err
			}
			counts[i]++
		}
	}
	return counts, nil
}

func each(counts []int, times int) error {
	for i, n := range counts {
		if n != times {
			return fmt.Errorf("item %d was done %d times, want %d", i, n, times)
		}
	}
	return nil
}

// claimAll has every rank note what it did.
func claimAll(ctx context.Context, c mpi.Comm, n int, do func(ctx context.Context, i int) error) (did []int, err error) {
	err = mpi.Claim(ctx, c, n, func(ctx context.Context, i int) error {
		did = append(did, i)
		return do(ctx, i)
	})
	for k := 1; k < len(did); k++ {
		if did[k] <= did[k-1] {
			err = errors.Join(err, fmt.Errorf("items out of order: %v", did))
		}
	}
	return did, err
}

func nothing(context.Context, int) error { return nil }

func claim(c mpi.Comm) error {
	const n = 1000
	did, err := claimAll(context.Background(), c, n, nothing)
	if err != nil {
		return err
	}
	counts, err := tally(c, n, did)
	return errors.Join(err, each(counts, 1))
}

func claimFew(c mpi.Comm) error {
	for _, n := range []int{0, 1, c.Size() - 1} {
		did, err := claimAll(context.Background(), c, n, nothing)
		if err != nil {
			return err
		}
		counts, err := tally(c, n, did)
		if err = errors.Join(err, each(counts, 1)); err != nil {
			return err
		}
	}
	return nil
}

// claimMixed: an item that lasts on rank 0 does not keep the others from theirs. It lasts until the others have done all the rest.
func claimMixed(c mpi.Comm) error {
	const n, tag = 40, 21
	if c.Size() == 1 {
		return nil
	}
	slow := false
	count := 0
	did, err := claimAll(context.Background(), c, n, func(_ context.Context, i int) error {
		if c.Rank() != 0 {
			return c.Send(0, tag, []byte{byte(i)})
		}
		if slow {
			return nil
		}
		slow = true
		for count < n-1 {
			if _, _, err := c.Recv(mpi.AnySource, tag); err != nil {
				return err
			}
			count++
		}
		return nil
	})
	if err == nil && c.Rank() == 0 && len(did) > 1 {
		err = fmt.Errorf("rank 0 did %d items, the others waited for it", len(did))
	}
	if c.Rank() == 0 && len(did) == 0 { // the others were quicker
		for range n {
			_, _, recvErr := c.Recv(mpi.AnySource, tag)
			err = errors.Join(err, recvErr)
		}
	}
	counts, tallyErr := tally(c, n, did)
	return errors.Join(err, tallyErr, each(counts, 1))
}

// claimFailure: one rank fails; the rest of the items stay undone, and all know why.
func claimFailure(c mpi.Comm) error {
	const n = 100_000
	did, err := claimAll(context.Background(), c, n, func(_ context.Context, i int) error {
		if i == 5 {
			return fmt.Errorf("item %d is broken", i)
		}
		time.Sleep(100 * time.Microsecond) // so that the news is quicker than the work
		return nil
	})
	counts, tallyErr := tally(c, n, did)
	if tallyErr != nil {
		return tallyErr
	}
	if err == nil || !bytes.Contains([]byte(err.Error()), []byte("item 5 is broken")) {
		return fmt.Errorf("error %v", err)
	}
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%v passes for a stop", err)
	}
	total := 0
	for i, k := range counts {
		total += k
		if k > 1 {
			return fmt.Errorf("item %d was done %d times", i, k)
		}
	}
	if c.Rank() == 0 && (total < 6 || total > n/2) {
		return fmt.Errorf("%d of %d items were begun", total, n)
	}
	return nil
}

// claimStop: the last rank is stopped while every rank works at something that would never end.
func claimStop(c mpi.Comm) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if c.Rank() == c.Size()-1 {
		time.AfterFunc(20*time.Millisecond, cancel)
	}
	did, err := claimAll(ctx, c, 1000, func(ctx context.Context, _ int) error {
		<-ctx.Done()
		return ctx.Err()
	})
	if !errors.Is(err, context.Canceled) {
		return fmt.Errorf("error %v, want a cancellation", err)
	}
	if len(did) > 1 {
		return fmt.Errorf("%d items were begun on one rank", len(did))
	}
	return nil
}
