// Package commtest holds every mpi.Comm to its promises.
package commtest

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"time"

	"brainsweep/mpi"
)

// Case is one promise. Check is collective; it returns, on every rank, what any rank found wrong.
type Case struct {
	Name  string
	Check func(c mpi.Comm) error
}

// Cases returns all promises but those of Abort and Close, which end a job. They hold for any number of ranks, in any order.
func Cases() []Case {
	cases := []Case{
		{"ranks and hosts", ranks},
		{"barrier", barrier},
		{"bcast", bcast},
		{"gather", gather},
		{"messages of every length", lengths},
		{"order", order},
		{"tags and sources", tags},
		{"long messages across", across},
		{"long messages to oneself", toSelf},
		{"several goroutines", goroutines},
		{"a service during collectives", service},
		{"wrong ranks and tags", wrong},
		{"agree", agree},
		{"agree on faults", agreeFaults},
		{"agree on a stop", agreeStop},
		{"claim", claim},
		{"claim fewer items than ranks", claimFew},
		{"claim while items take their time", claimMixed},
		{"claim with a failure", claimFailure},
		{"claim with a stop", claimStop},
		{"claim again", claim},
	}
	for i, check := range cases {
		// The agreement at its end keeps a case's messages from the next one's.
		cases[i].Check = func(c mpi.Comm) error { return mpi.Agree(c, check.Check(c)) }
	}
	return cases
}

func ranks(c mpi.Comm) error {
	hostRank, hostSize := c.Host()
	if c.Rank() < 0 || c.Rank() >= c.Size() || hostRank < 0 || hostRank >= hostSize || hostSize > c.Size() {
		return fmt.Errorf("rank %d of %d, on its host %d of %d", c.Rank(), c.Size(), hostRank, hostSize)
	}
	all, err := c.Gather(0, fmt.Append(nil, c.Rank(), hostRank))
	if err != nil {
		return err
	}
	if c.Rank() != 0 {
		return nil
	}
	seen := map[string]bool{}
	for _, p := range all { // in the tests, all ranks are on one host
		seen[string(p)] = true
	}
	if len(seen) != c.Size() {
		return fmt.Errorf("ranks and ranks on the host: %q", all)
	}
	return nil
}

// barrier: no rank leaves before the last has entered, by the clock of the host.
func barrier(c mpi.Comm) error {
	for round := range 2 * c.Size() {
		if c.Rank() == round%c.Size() {
			time.Sleep(2 * time.Millisecond)
		}
		entered := time.Now().UnixNano()
		if err := c.Barrier(); err != nil {
			return err
		}
		all, err := c.Gather(0, fmt.Append(nil, entered, " ", time.Now().UnixNano()))
		if err != nil {
			return err
		}
		last, first := int64(0), int64(math.MaxInt64)
		for _, p := range all {
			var in, out int64
			if _, err := fmt.Sscan(string(p), &in, &out); err != nil {
				return err
			}
			last, first = max(last, in), min(first, out)
		}
		if first < last {
			return fmt.Errorf("round %d: one left %d ns before the last entered", round, last-first)
		}
	}
	return nil
}

// pattern is n bytes that depend on the seed.
func pattern(seed, n int) []byte {
	p := make([]byte, n)
	x := uint32(seed*2654435761 + 12345)
	for i := range p {
		x = x*1664525 + 1013904223
		p[i] = byte(x >> 24)
	}
	return p
}

func same(got []byte, seed, n int) error {
	if got == nil {
		return fmt.Errorf("nil for %d bytes", n)
	}
	if !bytes.Equal(got, pattern(seed, n)) {
		return fmt.Errorf("%d bytes are not the %d sent", len(got), n)
	}
	return nil
}

func bcast(c mpi.Comm) error {
	for root := range c.Size() {
		for _, n := range []int{0, 1, 5000, 1 << 20} {
			var p []byte
			if c.Rank() == root {
				p = pattern(root, n)
			} else if root%2 == 0 {
				p = []byte("ignored")
			}
			got, err := c.Bcast(root, p)
			if err == nil {
				err = same(got, root, n)
			}
			if err != nil {
				return fmt.Errorf("from %d: %w", root, err)
			}
			if len(p) > 0 && len(got) > 0 && &got[0] == &p[0] {
				return errors.New("root's own slice came back, not a copy")
			}
		}
	}
	return nil
}

func gather(c mpi.Comm) error {
	for root := range c.Size() {
		for _, scale := range []int{0, 1, 3000} {
			length := func(r int) int { return scale * ((r + 1) % 3) }
			mine := pattern(c.Rank(), length(c.Rank()))
			all, err := c.Gather(root, mine)
			if err != nil {
				return err
			}
			if c.Rank() != root {
				if all != nil {
					return fmt.Errorf("gather gave %d slices away from root", len(all))
				}
				continue
			}
			if len(all) != c.Size() {
				return fmt.Errorf("gather gave %d slices for %d ranks", len(all), c.Size())
			}
			for r, p := range all {
				if err := same(p, r, length(r)); err != nil {
					return fmt.Errorf("of rank %d: %w", r, err)
				}
			}
			if p := all[root]; len(p) > 0 && &p[0] == &mine[0] {
				return errors.New("root's own slice came back, not a copy")
			}
		}
	}
	all, err := c.Gather(0, nil)
	if err == nil && c.Rank() == 0 && len(all) != c.Size() {
		err = fmt.Errorf("gathering nothing gave %d slices", len(all))
	}
	return err
}
