package mpi

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"
)

// Tags of Claim, above the users'.
const (
	claimUp   = MaxTag + 1 // to rank 0
	claimDown = MaxTag + 2 // from rank 0
)

// What a rank tells rank 0.
const (
	upNext   = 'n' // my item, if I had one, is done: another, please
	upFailed = 'f' // my item failed
	upStop   = 's' // I was told to stop
	upBye    = 'b' // my last word
)

// What rank 0 answers.
const (
	downItem   = 'i' // with the item's number
	downCancel = 'c' // stop what you do
	downEnd    = 'e' // nothing more; with 1 if every item is done
)

// Claim is collective. It calls do for each of the items 0..n-1 once, each on one rank; a rank gets the next item, in
// ascending order, when it is done with the last, so that slow and fast ranks mix. Rank 0 works like the others
// and serves them meanwhile.
//
// When do fails on a rank, no further items are handed out anywhere, and those under way are finished. When ctx is cancelled on
// any rank, those under way on every rank are cancelled too. Either way all ranks return the same error, as Agree makes it.
// nil means that every item is done.
func Claim(ctx context.Context, c Comm, n int, do func(ctx context.Context, i int) error) error {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &worker{ctx: inner, cancel: cancel, do: do, down: make(chan int, 1)}
	var served chan error // rank 0: the end of service; others: the end of listening
	if c.Rank() == 0 {
		desk := newDesk(c, n, w.hear)
		w.up = func(word byte) error { return desk.handle(0, word) }
		served = start(func() error { return desk.serve(c) })
	} else {
		w.up = func(word byte) error { return c.Send(0, claimUp, []byte{word}) }
		served = start(func() error { return w.listen(c) })
	}
	err := w.work(ctx)
	if err == nil && !w.complete {
		err = stopped(ctx)
	}
	if c.Rank() != 0 {
		if upErr := w.up(upBye); err == nil {
			err = upErr
		}
	}
	if serveErr := <-served; err == nil {
		err = serveErr
	}
	return Agree(c, err)
}

func start(f func() error) chan error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	return done
}

// stopped is ctx's error with its cause, or nil.
func stopped(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if err == nil || cause == err {
		return err
	}
	return fmt.Errorf("%w: %v", err, cause)
}

// worker is the part of Claim that works, the same on every rank.
type worker struct {
	ctx      context.Context
	cancel   context.CancelFunc
	do       func(ctx context.Context, i int) error
	up       func(word byte) error
	down     chan int // items; closed at the end
	complete bool     // every item of every rank is done; known when down is closed
}

// work claims items until there are no more, and returns the first error.
func (w *worker) work(outer context.Context) error {
	ended, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		select {
		case <-outer.Done():
			w.up(upStop)
		case <-ended:
		}
	}()
	first := w.up(upNext)
	for i := range w.down {
		err := w.ctx.Err()
		if err == nil {
			err = w.do(w.ctx, i)
		}
		word := byte(upNext)
		if err != nil {
			word = upFailed
			if first == nil {
				first = err
			}
		}
		if err := w.up(word); first == nil {
			first = err
		}
	}
	close(ended)
	<-told
	return first
}

// hear acts on an answer of rank 0. It never blocks.
func (w *worker) hear(word byte, number int) {
	switch word {
	case downItem:
		w.down <- number
	case downCancel:
		w.cancel()
	case downEnd:
		w.complete = number == 1
		close(w.down)
	}
}

// listen hears rank 0 until the end.
func (w *worker) listen(c Comm) error {
	for {
		p, _, err := c.Recv(0, claimDown)
		if err != nil {
			w.hear(downEnd, 0)
			return err
		}
		w.hear(p[0], int(binary.LittleEndian.Uint64(p[1:])))
		if p[0] == downEnd {
			return nil
		}
	}
}

// desk hands out the items, on rank 0. A rank that asks when nothing is left waits, parked, until every item is done or failed,
// so that a stop on any rank is heard to the last.
type desk struct {
	mu      sync.Mutex
	answer  func(rank int, word byte, number int) error
	next, n int
	halted  bool   // hand out no more
	failed  bool   // some item is not done
	stopped bool   // the ranks know that they shall stop
	busy    []bool // by rank: has an item
	parked  []bool // by rank: waits for the end
	ended   []bool // by rank: knows of the end
}

func newDesk(c Comm, n int, self func(word byte, number int)) *desk {
	d := &desk{n: n, busy: make([]bool, c.Size()), parked: make([]bool, c.Size()), ended: make([]bool, c.Size())}
	d.answer = func(rank int, word byte, number int) error {
		if rank == 0 {
			self(word, number)
			return nil
		}
		return c.Send(rank, claimDown, binary.LittleEndian.AppendUint64([]byte{word}, uint64(number)))
	}
	return d
}

// serve handles the other ranks' words until each has said its last.
func (d *desk) serve(c Comm) error {
	for byes := 0; byes < c.Size()-1; {
		p, from, err := c.Recv(AnySource, claimUp)
		if err != nil {
			return d.giveUp(err)
		}
		if p[0] == upBye {
			byes++
			continue
		}
		if err := d.handle(from, p[0]); err != nil {
			return d.giveUp(err)
		}
	}
	return nil
}

// giveUp ends this rank's own work when the others cannot be reached.
func (d *desk) giveUp(err error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.halted, d.failed = true, true
	if !d.ended[0] {
		d.ended[0] = true
		d.answer(0, downCancel, 0)
		d.answer(0, downEnd, 0)
	}
	return err
}

func (d *desk) handle(rank int, word byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch word {
	case upNext, upFailed:
		if word == upFailed {
			d.halted, d.failed = true, true
		}
		d.busy[rank] = false
		if d.halted || d.next == d.n {
			d.parked[rank] = true
			break
		}
		d.busy[rank] = true
		d.next++
		return d.answer(rank, downItem, d.next-1)
	case upStop:
		d.halted = true
		if d.stopped {
			break
		}
		d.stopped = true
		for r := range d.ended {
			if err := d.tell(r, downCancel, 0); err != nil {
				return err
			}
		}
	}
	return d.end()
}

// end tells the parked ranks of the end when nothing is under way.
func (d *desk) end() error {
	for _, busy := range d.busy {
		if busy {
			return nil
		}
	}
	complete := 0
	if d.next == d.n && !d.failed {
		complete = 1
	}
	for r, parked := range d.parked {
		if !parked {
			continue
		}
		if err := d.tell(r, downEnd, complete); err != nil {
			return err
		}
		d.ended[r] = true
	}
	return nil
}

// tell answers a rank that does not know of the end.
func (d *desk) tell(rank int, word byte, number int) error {
	if d.ended[rank] {
		return nil
	}
	return d.answer(rank, word, number)
}
