//go:build mpi

package mpi_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"brainsweep/mpi"
	"brainsweep/mpi/commtest"
)

// roles are what this test binary does as a rank, when TestWorld starts it under mpirun with RANK_ROLE set.
var roles = map[string]func(c mpi.Comm) int{
	"conformance":   conformance,
	"small pieces":  conformance,
	"large":         large,
	"claim":         claimManyItems,
	"wait":          waitWithoutBurning,
	"library error": libraryError,
	"exit":          func(c mpi.Comm) int { agreeTwice(c); return 4 },
	"abort":         abortOne,
	"panic":         func(c mpi.Comm) int { leaveOne(c, func() { panic("lost") }); return 0 },
	"nil":           func(c mpi.Comm) int { leaveOne(c, func() { var p *int; *p = 1 }); return 0 },
	"panic beside":  func(c mpi.Comm) int { leaveOne(c, func() { go panic("lost"); select {} }); return 0 },
	"lone exit":     func(c mpi.Comm) int { leaveOne(c, func() { os.Exit(7) }); return 0 },
}

// A program built with MPI, but not started by mpirun, is a job of its own and leaves MPI alone.
func TestOpenAlone(t *testing.T) {
	for _, v := range []string{"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", "PMIX_RANK"} {
		t.Setenv(v, "")
	}
	c, err := mpi.Open()
	if err != nil || c.Size() != 1 {
		t.Fatalf("%v, %v", c, err)
	}
	if got := mpi.Library(); got == "" {
		t.Error("no name for the library")
	}
	c.Close()
}

func TestMain(m *testing.M) {
	if role := os.Getenv("RANK_ROLE"); role != "" {
		os.Exit(play(role))
	}
	os.Exit(m.Run())
}

func play(role string) int {
	piece := 16 << 20
	if role == "small pieces" {
		piece = 1000 // many to a message, as beyond 2^31 bytes
	}
	c, err := mpi.OpenPieces(piece)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer c.Close()
	return roles[role](c)
}

func complain(c mpi.Comm, what string, err error) int {
	if err == nil {
		return 0
	}
	fmt.Printf("rank %d of %d: %s: %v\n", c.Rank(), c.Size(), what, err)
	return 1
}

func conformance(c mpi.Comm) int {
	bad := 0
	for _, tt := range commtest.Cases() {
		bad += complain(c, tt.Name, tt.Check(c))
	}
	if c.Rank() == 0 && bad == 0 {
		fmt.Printf("%d cases hold for %d ranks over %s\n", len(commtest.Cases()), c.Size(), mpi.Library())
	}
	return min(bad, 1)
}

// large sends 64 MiB once each way.
func large(c mpi.Comm) int {
	const n = 64 << 20
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(i >> 8)
	}
	other := 1 - c.Rank()
	start := time.Now()
	sent := make(chan error, 1)
	go func() { sent <- c.Send(other, 1, p) }()
	got, _, err := c.Recv(other, 1)
	took := time.Since(start)
	if err == nil {
		err = <-sent
	}
	for i := range got {
		if got[i] != byte(i>>8) {
			err = fmt.Errorf("byte %d is wrong", i)
			break
		}
	}
	if err == nil && len(got) != n {
		err = fmt.Errorf("%d bytes came", len(got))
	}
	if c.Rank() == 0 && err == nil {
		fmt.Printf("64 MiB each way in %v\n", took)
	}
	return complain(c, "large", err)
}

// claimManyItems keeps rank 0 at its first item until the others have done the rest, each item a message there and back.
func claimManyItems(c mpi.Comm) int {
	const n, tag = 20_000, 1
	did, start := 0, time.Now()
	err := mpi.Claim(context.Background(), c, n, func(_ context.Context, i int) error {
		did++
		switch {
		case i == n-1 && c.Rank() > 0:
			return c.Send(0, tag, nil)
		case i < n-1 && c.Rank() == 0:
			_, _, err := c.Recv(mpi.AnySource, tag)
			return err
		}
		return nil
	})
	took := time.Since(start)
	if c.Rank() == 0 {
		fmt.Printf("%d items for %d other ranks in %v, %v each\n", n-did, c.Size()-1, took, took/n)
	}
	return complain(c, "claim", err)
}

// waitWithoutBurning: a rank that waits two seconds for a message uses the processor for less than a third of them: for some hundredths
// on a fast machine, and for all where it spins.
func waitWithoutBurning(c mpi.Comm) int {
	if c.Rank() == 1 {
		time.Sleep(2 * time.Second)
		return complain(c, "send", c.Send(0, 1, nil))
	}
	before := processorTime()
	_, _, err := c.Recv(1, 1)
	used := processorTime() - before
	if err == nil && used > 600*time.Millisecond {
		err = fmt.Errorf("used the processor for %v of 2 s", used)
	}
	fmt.Printf("used the processor for %v of 2 s\n", used)
	return complain(c, "wait", err)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// libraryError: what MPI has to say about a call, ours or empi's, comes back as an error, and the job goes on.
func libraryError(c mpi.Comm) int {
	for _, err := range mpi.BadCalls(c) {
		var said *mpi.Error
		if !errors.As(err, &said) || !strings.Contains(said.Text, "rank") {
			return complain(c, "a bad call", fmt.Errorf("gave %v", err))
		}
		fmt.Println("returned:", err)
	}
	return complain(c, "barrier", c.Barrier())
}

func agreeTwice(c mpi.Comm) {
	mpi.Agree(c, nil)
	mpi.Agree(c, fmt.Errorf("some points failed"))
}

func abortOne(c mpi.Comm) int {
	if c.Rank() == c.Size()-1 {
		go c.Abort(3)
	}
	c.Recv(mpi.AnySource, 5)
	return 0
}

// leaveOne has the last rank leave while the others wait for it.
func leaveOne(c mpi.Comm, leave func()) {
	if c.Rank() == c.Size()-1 {
		leave()
	}
	c.Barrier()
}
