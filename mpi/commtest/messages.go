package commtest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"brainsweep/mpi"
)

// lengths sends round the ring, where a message to oneself goes first by another goroutine.
func lengths(c mpi.Comm) error {
	next, before := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
	for tag, n := range []int{0, 1, 3 << 10, 3<<10 + 1, 4096, 65536, 1_000_003} {
		sent := make(chan error, 1)
		go func() {
			p := pattern(c.Rank(), n)
			err := c.Send(next, tag, p)
			clear(p) // it is the sender's again
			sent <- err
		}()
		p, from, err := c.Recv(before, tag)
		if err == nil {
			err = same(p, before, n)
		}
		if sendErr := <-sent; err != nil || sendErr != nil || from != before {
			return fmt.Errorf("%d bytes from %d: %v, %v", n, from, err, sendErr)
		}
	}
	return nil
}

func order(c mpi.Comm) error {
	const count = 300
	next, before := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
	sent := make(chan error, 1)
	length := func(i int) int { return 100 * (i % 60) } // short and long ones mixed
	go func() {
		for i := range count {
			if err := c.Send(next, 1, pattern(i, length(i))); err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	for i := range count {
		p, _, err := c.Recv(before, 1)
		if err == nil {
			err = same(p, i, length(i))
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", i, err)
		}
	}
	return <-sent
}

// tags: a message waits until its tag and its sender are asked for.
func tags(c mpi.Comm) error {
	const count = 5
	for tag := range count {
		for r := range c.Size() {
			if err := c.Send(r, tag, []byte{byte(c.Rank()), byte(tag)}); err != nil {
				return err
			}
		}
	}
	if err := c.Send(0, mpi.MaxTag, []byte{byte(c.Rank())}); err != nil {
		return err
	}
	for tag := count - 1; tag > 0; tag-- {
		for src := c.Size() - 1; src >= 0; src-- {
			p, from, err := c.Recv(src, tag)
			if err != nil || from != src || !bytes.Equal(p, []byte{byte(src), byte(tag)}) {
				return fmt.Errorf("from %d with tag %d: %v of %d, %v", src, tag, p, from, err)
			}
		}
	}
	if err := anyOf(c, 0); err != nil || c.Rank() != 0 {
		return err
	}
	return anyOf(c, mpi.MaxTag)
}

// anyOf receives one message of each rank, in any order.
func anyOf(c mpi.Comm, tag int) error {
	seen := map[int]bool{}
	for range c.Size() {
		p, from, err := c.Recv(mpi.AnySource, tag)
		if err != nil || int(p[0]) != from || seen[from] {
			return fmt.Errorf("from any with tag %d: %v of %d, %v", tag, p, from, err)
		}
		seen[from] = true
	}
	return nil
}

// across: every pair of ranks exchanges long messages both ways at once.
func across(c mpi.Comm) error {
	const n = 3_000_000
	sent := make(chan error, c.Size())
	for r := range c.Size() {
		go func() { sent <- c.Send(r, 2, pattern(c.Rank()*100+r, n)) }()
	}
	for r := range c.Size() {
		p, _, err := c.Recv(r, 2)
		if err == nil {
			err = same(p, r*100+c.Rank(), n)
		}
		if err != nil {
			return fmt.Errorf("from %d: %w", r, err)
		}
	}
	for range c.Size() {
		if err := <-sent; err != nil {
			return err
		}
	}
	return nil
}

func toSelf(c mpi.Comm) error {
	sent := make(chan error, 1)
	go func() { sent <- c.Send(c.Rank(), 3, pattern(9, 100_000)) }()
	p, from, err := c.Recv(mpi.AnySource, 3)
	if err == nil {
		err = same(p, 9, 100_000)
	}
	if from != c.Rank() {
		err = fmt.Errorf("came from %d: %v", from, err)
	}
	return errors.Join(err, <-sent)
}

// goroutines: several of a rank talk with several of another, each pair with a tag of its own.
func goroutines(c mpi.Comm) error {
	const pairs, rounds = 6, 40
	next, before := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
	errs := make(chan error, 2*pairs)
	for tag := range pairs {
		go func() {
			for i := range rounds {
				if err := c.Send(next, tag, pattern(tag*1000+i, 200*i)); err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
		go func() {
			for i := range rounds {
				p, _, err := c.Recv(before, tag)
				if err == nil {
					err = same(p, tag*1000+i, 200*i)
				}
				if err != nil {
					errs <- err
					return
				}
			}
			errs <- nil
		}()
	}
	var err error
	for range 2 * pairs {
		err = errors.Join(err, <-errs)
	}
	return err
}

// service: rank 0 answers questions in one goroutine while it takes part in collectives in another.
func service(c mpi.Comm) error {
	const ask, answer, questions = 11, 12, 30
	var served sync.WaitGroup
	var serveErr error
	if c.Rank() == 0 {
		served.Go(func() {
			for range questions * c.Size() {
				p, from, err := c.Recv(mpi.AnySource, ask)
				if err == nil {
					err = c.Send(from, answer, append(p, '!'))
				}
				serveErr = errors.Join(serveErr, err)
			}
		})
	}
	var err error
	for i := range questions {
		if i%10 == 0 {
			err = errors.Join(err, c.Barrier())
		}
		if sendErr := c.Send(0, ask, []byte{byte(i)}); sendErr != nil {
			return sendErr
		}
		p, _, recvErr := c.Recv(0, answer)
		if recvErr != nil || !bytes.Equal(p, []byte{byte(i), '!'}) {
			return fmt.Errorf("question %d: %v, %v", i, p, recvErr)
		}
	}
	err = errors.Join(err, c.Barrier())
	served.Wait()
	return errors.Join(err, serveErr)
}

func wrong(c mpi.Comm) error {
	if c.Send(c.Size(), 0, nil) == nil || c.Send(-1, 0, nil) == nil || c.Send(0, -1, nil) == nil {
		return errors.New("a message to nowhere was sent")
	}
	if _, _, err := c.Recv(c.Size(), 0); err == nil {
		return errors.New("a message from nowhere came")
	}
	if _, _, err := c.Recv(-2, 0); err == nil {
		return errors.New("a message from rank -2 came")
	}
	if _, err := c.Bcast(-1, nil); err == nil {
		return errors.New("nobody broadcast")
	}
	if _, err := c.Gather(c.Size(), nil); err == nil {
		return errors.New("gathered nowhere")
	}
	return nil
}
