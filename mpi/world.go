//go:build mpi

package mpi

import (
	"encoding/binary"
	"os"
	"runtime"
	"time"

	empi "github.com/emer/empi/mpi"
)

// Tags of MPI itself; the tags of users travel inside frames.
const (
	frameTag = 1
	pieceTag = 2
)

// pieceSize is the most [bytes] that one call of MPI moves: calls count in 32 bits.
const pieceSize = 16 << 20

// Open returns the job that this process belongs to: the ranks that mpirun started, or Self.
func Open() (Comm, error) { return open(pieceSize) }

func open(piece int) (Comm, error) {
	if !launched() {
		return Self(), nil
	}
	w := &world{piece: piece, calls: make(chan func()), wake: make(chan struct{}, 1), ended: make(chan struct{}),
		announced: map[uint64]*parcel{}}
	begun := make(chan error)
	go w.live(begun)
	if err := <-begun; err != nil {
		return nil, err
	}
	if w.size == 1 {
		if err := checkLaunch(os.Getenv, "MPI sees this one only: mpirun belongs to another MPI than "+Library()+
			", or srun needs --mpi=pmix"); err != nil {
			w.Close()
			return nil, err
		}
	}
	return w, nil
}

// world is the job that mpirun started. One goroutine, locked to its thread, makes every call of MPI; others hand it
// functions. It never waits inside MPI for what another rank may be late with: a short message travels as a
// frame that is sent without blocking; a long one is announced by a frame, called for by the receiver, which has
// its memory ready by then, and only then sent, in pieces.
//
// What another rank sends is looked for only while something here waits for it, and less and less often the
// longer that takes, so that a rank which waits, or computes, leaves its core to others.
type world struct {
	peer
	hostRank, hostSize int
	piece              int
	calls              chan func()
	wake               chan struct{} // a receiver began to wait
	ended              chan struct{}
	last               time.Time // something happened

	// The rest belongs to the serving goroutine.
	comm      *empi.Comm
	frames    []ticket           // sent, not yet passed
	number    uint64             // of the last announced parcel
	announced map[uint64]*parcel // not yet called for
	leaving   []*parcel          // called for
	arriving  []*delivery
	lost      []*delivery // given up; MPI may still write to their memory
	closing   bool
}

// parcel is a long message on the sender's side.
type parcel struct {
	dst  int
	p    []byte // what is still to be sent
	sent chan error
}

// delivery is a long message on the receiver's side.
type delivery struct {
	pieces []ticket
	pinner runtime.Pinner
	came   chan error
}

var _ Comm = (*world)(nil)

// frame is what ranks tell each other.
type frame struct {
	kind   byte
	tag    int
	number uint64 // of the parcel
	length int    // of the parcel [bytes]
	p      []byte // a letter's text
}

// Kinds of frames.
const (
	letter   = 'l'
	announce = 'a'
	call     = 'c'
)

const frameHead = 25

func (f frame) bytes() []byte {
	b := append(make([]byte, 0, frameHead+len(f.p)), f.kind)
	b = binary.LittleEndian.AppendUint64(b, uint64(int64(f.tag)))
	b = binary.LittleEndian.AppendUint64(b, f.number)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.length))
	return append(b, f.p...)
}

func readFrame(b []byte) frame {
	return frame{b[0], int(int64(binary.LittleEndian.Uint64(b[1:]))), binary.LittleEndian.Uint64(b[9:]),
		int(binary.LittleEndian.Uint64(b[17:])), b[frameHead:]}
}

// do runs f on the serving goroutine.
func (w *world) do(f func() error) error {
	done := make(chan error, 1)
	select {
	case w.calls <- func() { done <- f() }:
		return w.await(done)
	case <-w.ended:
		return errClosed
	}
}

// deliver is the post of peer.
func (w *world) deliver(dst, tag int, p []byte) error {
	if dst == w.rank {
		return w.keep(tag, p)
	}
	if len(p) <= short {
		return w.do(func() error { return w.tell(dst, frame{kind: letter, tag: tag, p: p}) })
	}
	out := &parcel{dst: dst, p: p, sent: make(chan error, 1)}
	err := w.do(func() error {
		w.number++
		w.announced[w.number] = out
		return w.tell(dst, frame{kind: announce, tag: tag, number: w.number, length: len(p)})
	})
	if err != nil {
		return err
	}
	return w.await(out.sent)
}

// await waits for the end of a message, or of MPI.
func (w *world) await(end <-chan error) error {
	select {
	case err := <-end:
		return err
	case <-w.ended:
		return errClosed
	}
}

// keep posts to this rank itself, without MPI.
func (w *world) keep(tag int, p []byte) error {
	p = append([]byte{}, p...)
	if len(p) <= short {
		w.box.put(message{from: w.rank, tag: tag, p: p})
		return nil
	}
	taken := make(chan struct{})
	w.box.put(message{from: w.rank, tag: tag, fetch: func() ([]byte, error) { close(taken); return p, nil }})
	select {
	case <-taken:
		return nil
	case <-w.ended:
		return errClosed
	}
}

// fetch calls for an announced message and waits for it.
func (w *world) fetch(src int, f frame) ([]byte, error) {
	in := &delivery{came: make(chan error, 1)}
	p := make([]byte, f.length)
	in.pinner.Pin(&p[0])
	err := w.do(func() error {
		for rest := p; len(rest) > 0; {
			n := min(len(rest), w.piece)
			t, err := irecv(rest[:n], src, pieceTag)
			if err != nil {
				w.lost = append(w.lost, in)
				return err
			}
			in.pieces = append(in.pieces, t)
			rest = rest[n:]
		}
		w.arriving = append(w.arriving, in)
		return w.tell(src, frame{kind: call, number: f.number})
	})
	if err != nil {
		return nil, err
	}
	if err = w.await(in.came); err != nil {
		return nil, err
	}
	in.pinner.Unpin()
	return p, nil
}

// Host returns this rank's number among those that share its memory, and their count.
func (w *world) Host() (rank, size int) { return w.hostRank, w.hostSize }

// patience is how long Abort waits for MPI to end the process.
const patience = 2 * time.Second

// Abort ends every process of the job.
func (w *world) Abort(code int) {
	go w.do(func() error { quit(code); return nil })
	time.Sleep(patience)
	os.Exit(code)
}

// Close waits for all ranks, patiently, and ends MPI. While the goroutine panics it leaves MPI as it is: the process
// then dies of its panic, and mpirun ends the others, where finalising would wait for them for ever.
func (w *world) Close() error {
	if r := recover(); r != nil {
		panic(r)
	}
	if err := w.Barrier(); err != nil {
		return err
	}
	if err := w.do(func() error { w.closing = true; return nil }); err != nil {
		return err
	}
	<-w.ended
	w.box.fail(errClosed)
	return nil
}
