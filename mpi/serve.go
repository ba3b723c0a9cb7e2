//go:build mpi

package mpi

import (
	"runtime"
	"time"

	empi "github.com/emer/empi/mpi"
)

// How the serving goroutine waits: it spins while an answer may be near, letting other threads pass, then sleeps for a
// small part of the time it has waited already, so that nothing is later by more than that part or a millisecond,
// which is how fine Go's timers are.
const (
	spin     = 500 * time.Microsecond
	part     = 100
	shortNap = time.Millisecond
	longNap  = 10 * time.Millisecond // a rank that works for long and listens for a stop spends less than 1 % on it
)

// live begins and ends MPI, which have to be on one thread; what lies between, serve does.
func (w *world) live(begun chan<- error) {
	runtime.LockOSThread()
	rank, size, hostRank, hostSize, err := begin()
	if err == nil {
		empi.LogErrors = false
		w.comm, err = empi.NewComm(nil)
	}
	w.hostRank, w.hostSize = hostRank, hostSize
	box := newMailbox(func() {
		select {
		case w.wake <- struct{}{}:
		default:
		}
	})
	w.peer = peer{rank: rank, size: size, box: box, post: w.deliver}
	begun <- err
	if err != nil {
		return
	}
	served := make(chan struct{})
	go func() {
		w.serve()
		close(served)
	}()
	<-served
	empi.Finalize()
	close(w.ended)
}

// serve makes the calls of MPI. It changes threads freely (the thread level is SERIALIZED), for a goroutine that is bound to one
// cannot pass the processor on cheaply to those that it wakes.
func (w *world) serve() {
	w.last = time.Now()
	for !w.closing || len(w.frames) > 0 {
		w.step()
	}
}

// step does one thing that is to be done, or waits a little.
func (w *world) step() {
	if w.idle() {
		select {
		case f := <-w.calls:
			w.run(f)
		case <-w.wake:
			w.last = time.Now()
		}
		return
	}
	select {
	case f := <-w.calls:
		w.run(f)
		return
	default:
	}
	moved, err := w.progress()
	switch {
	case err != nil:
		w.fail(err)
	case moved:
		w.last = time.Now()
		runtime.Gosched()
	case len(w.arriving) == 0:
		w.rest()
	}
}

func (w *world) run(f func()) {
	f()
	w.last = time.Now()
	runtime.Gosched()
}

// idle reports that nothing here waits for another rank.
func (w *world) idle() bool {
	return !w.closing && len(w.frames)+len(w.announced)+len(w.leaving)+len(w.arriving) == 0 && !w.box.waited()
}

// rest lets time pass, the more the longer nothing has happened.
func (w *world) rest() {
	waited := time.Since(w.last)
	if waited < spin {
		runtime.Gosched()
		return
	}
	timer := time.NewTimer(min(max(waited/part, shortNap), longNap))
	defer timer.Stop()
	select {
	case f := <-w.calls:
		w.run(f)
	case <-w.wake:
		w.last = time.Now()
	case <-timer.C:
	}
}

// progress moves what can be moved and reports whether there was anything.
func (w *world) progress() (moved bool, err error) {
	for i := 0; i < len(w.frames); {
		gone, err := passed(w.frames[i])
		if err != nil {
			return true, err
		}
		if !gone {
			i++
			continue
		}
		moved = true
		w.frames = append(w.frames[:i], w.frames[i+1:]...)
	}
	found, src, count, err := probe(frameTag)
	if err != nil {
		return true, err
	}
	if found {
		moved = true
		p := make([]byte, count)
		if err := blocking("MPI_Recv", w.comm.RecvU8(src, frameTag, p)); err != nil {
			return true, err
		}
		w.hear(src, readFrame(p))
	}
	if len(w.leaving) > 0 {
		moved = true
		w.sendPiece()
	}
	arrived, err := w.receive()
	return moved || arrived, err
}

// tell sends a frame.
func (w *world) tell(dst int, f frame) error {
	t, err := isend(f.bytes(), dst, frameTag)
	if err == nil {
		w.frames = append(w.frames, t)
	}
	return err
}

// hear acts on a frame of another rank.
func (w *world) hear(src int, f frame) {
	switch f.kind {
	case letter:
		w.box.put(message{from: src, tag: f.tag, p: f.p})
	case announce:
		w.box.put(message{from: src, tag: f.tag, fetch: func() ([]byte, error) { return w.fetch(src, f) }})
	case call:
		w.leaving = append(w.leaving, w.announced[f.number])
		delete(w.announced, f.number)
	}
}

// sendPiece sends the next piece of the oldest parcel that was called for. The receiver has asked MPI for it
// already, and parcels to one rank leave in the order in which it called for them, so that pieces need no numbers
// and a blocking send ends soon, whatever else the two ranks do.
func (w *world) sendPiece() {
	out := w.leaving[0]
	n := min(len(out.p), w.piece)
	if err := blocking("MPI_Send", w.comm.SendU8(out.dst, pieceTag, out.p[:n])); err != nil {
		w.fail(err)
		return
	}
	out.p = out.p[n:]
	if len(out.p) == 0 {
		out.sent <- nil
		w.leaving = w.leaving[1:]
	}
}

// blocking is the error of a call that empi made.
func blocking(call string, err error) error {
	if err != nil {
		return &Error{call, err.Error()}
	}
	return nil
}

// receive looks whether pieces have come.
func (w *world) receive() (moved bool, err error) {
	for i := 0; i < len(w.arriving); {
		in := w.arriving[i]
		for len(in.pieces) > 0 {
			here, err := passed(in.pieces[0])
			if err != nil {
				return true, err
			}
			if !here {
				break
			}
			moved = true
			in.pieces = in.pieces[1:]
		}
		if len(in.pieces) > 0 {
			i++
			continue
		}
		in.came <- nil
		w.arriving = append(w.arriving[:i], w.arriving[i+1:]...)
	}
	return moved, nil
}

// fail ends every wait of this rank with what MPI said.
func (w *world) fail(err error) {
	w.box.fail(err)
	for number, out := range w.announced {
		out.sent <- err
		delete(w.announced, number)
	}
	for _, out := range w.leaving {
		out.sent <- err
	}
	for _, in := range w.arriving {
		in.came <- err
	}
	w.lost = append(w.lost, w.arriving...)
	w.frames, w.leaving, w.arriving = nil, nil, nil
}
