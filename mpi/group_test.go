package mpi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/mpi"
	"brainsweep/mpi/commtest"
)

func TestSelf(t *testing.T) {
	for _, tt := range commtest.Cases() {
		t.Run(tt.Name, func(t *testing.T) {
			if err := tt.Check(mpi.Self()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGroup(t *testing.T) {
	for n := 1; n <= 5; n++ {
		for _, tt := range commtest.Cases() {
			t.Run(fmt.Sprintf("%d ranks/%s", n, tt.Name), func(t *testing.T) {
				if err := mpi.Run(n, tt.Check); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// The cases leave nothing behind: all of them run after one another over one Comm.
func TestGroupKeepsNoMessages(t *testing.T) {
	err := mpi.Run(3, func(c mpi.Comm) error {
		for _, tt := range commtest.Cases() {
			if err := tt.Check(c); err != nil {
				return fmt.Errorf("%s: %w", tt.Name, err)
			}
		}
		return c.Close()
	})
	if err != nil {
		t.Error(err)
	}
}

func TestRunEndsWhatWaitsForALostRank(t *testing.T) {
	lost := errors.New("lost")
	waits := map[string]func(c mpi.Comm) error{
		"message":       func(c mpi.Comm) error { _, _, err := c.Recv(1, 0); return err },
		"any message":   func(c mpi.Comm) error { _, _, err := c.Recv(mpi.AnySource, 0); return err },
		"long message":  func(c mpi.Comm) error { return c.Send(1, 0, make([]byte, 1<<20)) },
		"barrier":       func(c mpi.Comm) error { return c.Barrier() },
		"gather":        func(c mpi.Comm) error { _, err := c.Gather(0, nil); return err },
		"bcast":         func(c mpi.Comm) error { _, err := c.Bcast(1, nil); return err },
		"agree":         func(c mpi.Comm) error { return mpi.Agree(c, nil) },
		"claimed items": func(c mpi.Comm) error { return mpi.Claim(context.Background(), c, 3, nothing) },
	}
	for name, wait := range waits {
		err := mpi.Run(2, func(c mpi.Comm) error {
			if c.Rank() == 1 {
				return lost
			}
			return wait(c)
		})
		if !errors.Is(err, lost) || !strings.HasPrefix(err.Error(), "rank 1: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func nothing(context.Context, int) error { return nil }

func TestRunTellsOfAPanic(t *testing.T) {
	err := mpi.Run(3, func(c mpi.Comm) error {
		return mpi.Claim(context.Background(), c, 9, func(context.Context, int) error {
			if c.Rank() == 1 {
				var none []int
				_ = none[c.Rank()]
			}
			return nil
		})
	})
	// Rank 1 gets an item unless the others were quicker.
	if err != nil && !strings.Contains(err.Error(), "rank 1: panic: runtime error: index out of range") {
		t.Error(err)
	}
	err = mpi.Run(2, func(c mpi.Comm) error {
		if c.Rank() == 1 {
			panic("lost")
		}
		return c.Barrier()
	})
	if err == nil || !strings.Contains(err.Error(), "rank 1: panic: lost") {
		t.Error(err)
	}
}

func TestAbortEndsAGroup(t *testing.T) {
	err := mpi.Run(3, func(c mpi.Comm) error {
		if c.Rank() == 2 {
			c.Abort(3)
			panic("abort returned")
		}
		return c.Barrier()
	})
	var aborted *mpi.Aborted
	if !errors.As(err, &aborted) || aborted.Code != 3 || aborted.Rank != 2 {
		t.Errorf("error %v", err)
	}
}

func TestNothingPassesAfterClose(t *testing.T) {
	c := mpi.Self()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Recv(0, 0); err == nil {
		t.Error("received after Close")
	}
}

// With one rank Agree keeps the error itself, and Claim does all items in order on the calling goroutine's behalf.
func TestOneRank(t *testing.T) {
	c := mpi.Self()
	mistake := fault.Mistake{Msg: "wrong"}
	if err := mpi.Agree(c, mistake); err != error(mistake) {
		t.Errorf("%v is not the error itself", err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("signal: terminated"))
	called := false
	err := mpi.Claim(ctx, c, 3, func(context.Context, int) error { called = true; return nil })
	if !errors.Is(err, context.Canceled) || called {
		t.Errorf("claimed items after the stop: %v, %v", called, err)
	}
}

func BenchmarkClaimGroup(b *testing.B) {
	if err := mpi.Run(3, func(c mpi.Comm) error { return mpi.Claim(context.Background(), c, b.N, nothing) }); err != nil {
		b.Fatal(err)
	}
}
