package jobs

import (
	"encoding/binary"
	"math"
	"sync"
	"time"

	"brainsweep/mpi"
)

// progressTag marks the messages in which ranks tell rank 0 how far they are.
const progressTag = 71

// reportEvery is the least time between two such messages of a rank.
const reportEvery = 500 * time.Millisecond

// reports has the worker tell rank 0 what it does, and rank 0 tell the listener. The function returned ends that,
// once this rank has nothing more to do, and gives what was done in this run (on rank 0 by all).
func (r *run) reports() (stop func() Progress) {
	t := &teller{run: r, last: time.Now()}
	t.all = Progress{
		Points: r.earlier, AllPoints: r.layout.Points,
		AllNodeSteps: r.nodeSteps(0, r.layout.Points) - r.nodeStepsOf(r.whole) - r.saved,
	}
	r.done = t.tell
	var heard sync.WaitGroup
	if r.comm.Rank() == 0 {
		r.Listener.Progress(t.all)
		heard.Add(1)
		go func() {
			defer heard.Done()
			t.hear(r.comm.Size() - 1)
		}()
	}
	return func() Progress {
		t.end()
		heard.Wait()
		return t.all
	}
}

// teller gathers what was done.
type teller struct {
	*run
	lock  sync.Mutex
	all   Progress
	last  time.Time
	count int     // points not told yet
	steps float64 // node-steps not told yet
}

// tell notes points and node-steps done on this rank.
func (t *teller) tell(points int, nodeSteps float64) {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.comm.Rank() == 0 {
		t.add(points, nodeSteps)
		return
	}
	t.count, t.steps = t.count+points, t.steps+nodeSteps
	if time.Since(t.last) >= reportEvery {
		t.send(0)
	}
}

// add counts what was done anywhere. The lock is held.
func (t *teller) add(points int, nodeSteps float64) {
	t.all.Points += points
	t.all.NodeSteps += nodeSteps
	t.Listener.Progress(t.all)
}

// send takes the rest to rank 0. Progress is no reason to end a job, so a failure only makes it stale. The lock is held.
func (t *teller) send(last byte) {
	p := binary.LittleEndian.AppendUint64(nil, uint64(t.count))
	p = binary.LittleEndian.AppendUint64(p, math.Float64bits(t.steps))
	if t.comm.Send(0, progressTag, append(p, last)) == nil {
		t.count, t.steps = 0, 0
	}
	t.last = time.Now()
}

// end tells the rest, and that nothing more will come.
func (t *teller) end() {
	t.lock.Lock()
	defer t.lock.Unlock()
	if t.comm.Rank() != 0 {
		t.send(1)
	}
}

// hear takes what the other ranks tell, until each has told its last.
func (t *teller) hear(ranks int) {
	for ranks > 0 {
		p, _, err := t.comm.Recv(mpi.AnySource, progressTag)
		if err != nil {
			return
		}
		t.lock.Lock()
		t.add(int(binary.LittleEndian.Uint64(p)), math.Float64frombits(binary.LittleEndian.Uint64(p[8:])))
		t.lock.Unlock()
		if p[16] == 1 {
			ranks--
		}
	}
}
