package mpi

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

// leftError is met by a rank that waits for one which has ended.
type leftError int

func (e leftError) Error() string {
	if e == AnySource {
		return "mpi: a rank has ended early"
	}
	return fmt.Sprintf("mpi: rank %d has ended", int(e))
}

// Aborted is the error of Run when a rank called Abort.
type Aborted struct {
	Rank, Code int
}

func (e *Aborted) Error() string {
	return fmt.Sprintf("mpi: rank %d ended the job with code %d", e.Rank, e.Code)
}

// group is what the ranks of one process share.
type group struct {
	boxes []*mailbox
	taken sync.Cond // a long message was taken, a rank has ended
	mu    sync.Mutex
	ended []bool
	fault error // the first rank's that failed by itself
}

type member struct {
	peer
	group *group
	abort func(code int)
}

var _ Comm = (*member)(nil)

// Self returns a job of one rank: this process.
func Self() Comm {
	m := newGroup(1)[0]
	m.abort = os.Exit
	return m
}

// Run calls body once for each of n ranks, each in a goroutine of its own, and returns when all have returned:
// the error of the rank that failed first, or nil. A rank that waits for one that has ended gets an error,
// so that a broken job ends. A panic of a rank, or Abort, ends every wait of all.
func Run(n int, body func(c Comm) error) error {
	ranks := newGroup(n)
	var wg sync.WaitGroup
	for _, m := range ranks {
		wg.Go(func() { m.run(body) })
	}
	wg.Wait()
	return ranks[0].group.fault
}

func newGroup(n int) []*member {
	g := &group{ended: make([]bool, n)}
	g.taken.L = &g.mu
	ranks := make([]*member, n)
	for r := range ranks {
		box := newMailbox(nil)
		g.boxes = append(g.boxes, box)
		m := &member{group: g}
		m.peer = peer{rank: r, size: n, box: box, post: m.post}
		m.abort = m.abortGroup
		ranks[r] = m
	}
	return ranks
}

func (m *member) run(body func(Comm) error) {
	err := errors.New("the rank's goroutine ended early")
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
			m.group.kill(fmt.Errorf("rank %d: %w", m.rank, err))
		}
		m.leave(err)
	}()
	err = body(m)
}

// leave tells the others that this rank has ended.
func (m *member) leave(err error) {
	g := m.group
	g.mu.Lock()
	g.ended[m.rank] = true
	var left leftError
	if err != nil && g.fault == nil && !errors.As(err, &left) {
		g.fault = fmt.Errorf("rank %d: %w", m.rank, err)
	}
	g.taken.Broadcast()
	g.mu.Unlock()
	for _, box := range g.boxes {
		box.leave(m.rank, err != nil)
	}
}

// post lays a copy into the receiver's mailbox. As between processes, a long message is waited for:
// a job that would block there blocks here.
func (m *member) post(dst, tag int, p []byte) error {
	g, box := m.group, m.group.boxes[dst]
	p = append([]byte{}, p...)
	if len(p) <= short {
		box.put(message{from: m.rank, tag: tag, p: p})
		return nil
	}
	taken := false
	box.put(message{from: m.rank, tag: tag, fetch: func() ([]byte, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		taken = true
		g.taken.Broadcast()
		return p, nil
	}})
	g.mu.Lock()
	defer g.mu.Unlock()
	for !taken {
		if g.ended[dst] {
			return leftError(dst)
		}
		g.taken.Wait()
	}
	return nil
}

// Host returns the rank and size: all ranks are on this host.
func (m *member) Host() (rank, size int) { return m.rank, m.size }

// Close lets no further message in.
func (m *member) Close() error {
	m.box.fail(errClosed)
	return nil
}

// errClosed is met by a rank that communicates after Close.
var errClosed = errors.New("mpi: closed")

// Abort ends the job.
func (m *member) Abort(code int) { m.abort(code) }

// abortGroup ends the job of goroutines.
func (m *member) abortGroup(code int) {
	m.group.kill(&Aborted{m.rank, code})
	runtime.Goexit()
}

// kill ends every wait of every rank with err, which becomes the error of Run.
func (g *group) kill(err error) {
	g.mu.Lock()
	if !isAborted(g.fault) {
		g.fault = err
	}
	for r := range g.ended {
		g.ended[r] = true
	}
	g.taken.Broadcast()
	g.mu.Unlock()
	for _, box := range g.boxes {
		box.fail(err)
	}
}

func isAborted(err error) bool {
	var aborted *Aborted
	return errors.As(err, &aborted)
}
