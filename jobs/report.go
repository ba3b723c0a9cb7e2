package jobs

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"brainsweep/mpi"
	"brainsweep/partition"
)

// progressTag marks the messages in which ranks tell rank 0 how far they are.
const progressTag = 71

// reportEvery is the least time between two such messages of a rank on what it has done.
const reportEvery = 500 * time.Millisecond

// event is what a worker tells while it works.
type event struct {
	points    int              // that are done
	nodeSteps float64          // since the last event
	batch     *partition.Batch // that is begun
	saved     bool             // a checkpoint was written
}

// word is what a rank tells rank 0, at least as often as its heart beats.
type word struct {
	Points    int     // since the last word
	NodeSteps float64 // since the last word
	Host      string
	First     int       // of the batch in work
	Count     int       // 0: none
	Came      time.Time // when the rank last came on, by its own clock
	Now       time.Time // by its own clock
	Saved     time.Time // when it wrote its last checkpoint
	Last      bool
}

// reports has the worker tell rank 0 what it does, and rank 0 tell the listener, keep the state of the run in a file, and name ranks
// that hang. The function returned ends that, once this rank has nothing more to do, and gives what was done in this
// run (on rank 0 by all).
func (r *run) reports() (stop func() Progress) {
	t := &teller{run: r, mine: word{Host: r.host, Came: time.Now()}}
	t.all = Progress{
		Points: r.earlier, AllPoints: r.layout.Points,
		AllNodeSteps: r.nodeSteps(0, r.layout.Points) - r.nodeStepsOf(r.whole) - r.saved,
	}
	r.done = t.tell
	var others sync.WaitGroup
	end := make(chan struct{})
	if r.comm.Rank() == 0 {
		r.Listener.Progress(t.all)
		t.board = newBoard(r.comm.Size(), r.patience())
		others.Add(1)
		go func() {
			defer others.Done()
			t.hear(r.comm.Size() - 1)
		}()
	}
	t.tell(event{})
	var beats sync.WaitGroup
	beats.Add(1)
	go func() {
		defer beats.Done()
		t.beat(end)
	}()
	return func() Progress {
		// The heart of rank 0 beats, so that it names ranks that hang, until all others have ended.
		if r.comm.Rank() == 0 {
			t.rest()
			others.Wait()
		}
		close(end)
		beats.Wait()
		t.end()
		return t.all
	}
}

// patience is how long a rank may not be heard of.
func (r *run) patience() time.Duration {
	if r.Patience > 0 {
		return r.Patience
	}
	return 5 * time.Minute
}

// teller gathers what was done.
type teller struct {
	*run
	lock  sync.Mutex
	all   Progress
	last  time.Time
	mine  word
	board *Board // on rank 0
}

// tell notes what happened on this rank.
func (t *teller) tell(e event) {
	t.lock.Lock()
	defer t.lock.Unlock()
	now := time.Now()
	t.mine.Points, t.mine.NodeSteps, t.mine.Came = t.mine.Points+e.points, t.mine.NodeSteps+e.nodeSteps, now
	if e.batch != nil {
		t.mine.First, t.mine.Count = e.batch.First, e.batch.Count
	} else if e.points > 0 {
		t.mine.Count = 0
	}
	if e.saved {
		t.mine.Saved = now
	}
	if t.comm.Rank() == 0 || now.Sub(t.last) >= reportEvery {
		t.send()
	}
}

// beat tells again and again that this rank is there, and has rank 0 look after the others.
func (t *teller) beat(end <-chan struct{}) {
	every := min(2*time.Second, t.patience()/4)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-end:
			return
		case <-ticker.C:
		}
		t.lock.Lock()
		t.send()
		t.watch()
		t.lock.Unlock()
	}
}

// send tells rank 0 what it does not know yet. Progress is no reason to end a job, so a failure only makes it stale. The
// lock is held.
func (t *teller) send() {
	t.mine.Now = time.Now()
	t.last = t.mine.Now
	if t.comm.Rank() == 0 {
		t.add(0, t.mine)
		t.mine.Points, t.mine.NodeSteps = 0, 0
		return
	}
	text, err := json.Marshal(t.mine)
	if err == nil && t.comm.Send(0, progressTag, text) == nil {
		t.mine.Points, t.mine.NodeSteps = 0, 0
	}
}

// add counts what was done anywhere. The lock is held.
func (t *teller) add(rank int, w word) {
	t.all.Points += w.Points
	t.all.NodeSteps += w.NodeSteps
	t.board.hear(rank, w, time.Now())
	if w.Points > 0 || w.NodeSteps != 0 {
		t.Listener.Progress(t.all)
	}
	if time.Since(t.board.Updated) >= reportEvery {
		t.putBoard()
	}
}

// rest notes that this rank has nothing more to do.
func (t *teller) rest() {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.mine.Count = 0
	t.send()
}

// end tells the rest, and that nothing more will come.
func (t *teller) end() {
	t.lock.Lock()
	defer t.lock.Unlock()
	t.mine.Last, t.mine.Count = true, 0
	t.send()
	t.watch()
}

// watch has rank 0 name those that hang, and write down how far all are. The lock is held.
func (t *teller) watch() {
	if t.board == nil {
		return
	}
	for _, note := range t.board.look(time.Now()) {
		t.Listener.Note(note)
	}
	t.putBoard()
	if rank := t.board.lost(time.Now()); rank >= 0 {
		t.Listener.Note(fmt.Sprintf("rank %d on %s is lost, so the job ends; what is done is kept, and the same command goes on", rank, t.board.Ranks[rank].Host))
		t.comm.Abort(1)
	}
}

// hear takes what the other ranks tell, until each has told its last.
func (t *teller) hear(ranks int) {
	for ranks > 0 {
		p, from, err := t.comm.Recv(mpi.AnySource, progressTag)
		if err != nil {
			return
		}
		var w word
		if json.Unmarshal(p, &w) != nil {
			continue
		}
		t.lock.Lock()
		t.add(from, w)
		t.lock.Unlock()
		if w.Last {
			ranks--
		}
	}
}

// putBoard writes the state of the run where status finds it. A run does not fail for want of it. The lock is held.
func (t *teller) putBoard() {
	t.board.Points, t.board.AllPoints = t.all.Points, t.all.AllPoints
	t.board.NodeSteps, t.board.AllNodeSteps = t.all.NodeSteps, t.all.AllNodeSteps
	t.board.Updated = time.Now()
	if text, err := json.MarshalIndent(t.board, "", "  "); err == nil {
		t.place.pin(text)
	}
}
