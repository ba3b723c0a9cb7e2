package jobs

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// boardName is a file in the folder of parts in which rank 0 writes how far every rank is.
const boardName = "ranks.json"

// pin writes the board, whole or not at all.
func (p *place) pin(text []byte) {
	path := filepath.Join(p.parts, boardName)
	if err := os.WriteFile(path+".tmp", text, 0o666); err == nil {
		os.Rename(path+".tmp", path)
	}
}

// board reads what was pinned; nil where there is nothing to read.
func (p *place) board() *Board {
	text, err := os.ReadFile(filepath.Join(p.parts, boardName))
	b := &Board{}
	if err != nil || json.Unmarshal(text, b) != nil {
		return nil
	}
	return b
}

// Board is how far every rank is, as far as rank 0 knows.
type Board struct {
	Began, Updated          time.Time
	Points, AllPoints       int
	NodeSteps, AllNodeSteps float64
	Ranks                   []RankStatus

	patience time.Duration
	longest  time.Duration // of an epoch that ended
}

// RankStatus is how far a rank is.
type RankStatus struct {
	Host         string
	Points       int       // done in this run
	NodeSteps    float64   // done in this run
	First, Count int       // the batch in work; Count is 0 where there is none
	Heard        time.Time // when the rank was last heard of
	Came         time.Time // when it last came on: an epoch ended, or a batch
	Saved        time.Time // when it wrote its last checkpoint
	Hangs        bool      // it was not heard of, or did not come on, for too long
	Ended        bool
}

func newBoard(ranks int, patience time.Duration) *Board {
	b := &Board{Began: time.Now(), Ranks: make([]RankStatus, ranks), patience: patience}
	for i := range b.Ranks {
		b.Ranks[i].Heard, b.Ranks[i].Came = b.Began, b.Began
	}
	return b
}

// hear notes a rank's word. Times are by rank 0's clock.
func (b *Board) hear(rank int, w word, now time.Time) {
	r := &b.Ranks[rank]
	came := now.Add(-w.Now.Sub(w.Came))
	if w.NodeSteps > 0 && came.After(r.Came) && r.Count > 0 {
		b.longest = max(b.longest, came.Sub(r.Came))
	}
	if came.After(r.Came) {
		r.Came = came
	}
	r.Host, r.Points, r.NodeSteps, r.First, r.Count = w.Host, r.Points+w.Points, r.NodeSteps+w.NodeSteps, w.First, w.Count
	r.Heard, r.Ended = now, w.Last
	if !w.Saved.IsZero() {
		r.Saved = now.Add(-w.Now.Sub(w.Saved))
	}
}

// lost names a rank that was not heard of for three times as long as it takes to be named, though its heart beats while
// it computes: its host is gone, or cut off, and all others would wait for it for ever. It is -1 where there is none.
func (b *Board) lost(now time.Time) int {
	for i, r := range b.Ranks {
		if !r.Ended && now.Sub(r.Heard) > 3*b.patience {
			return i
		}
	}
	return -1
}

// look tells of ranks that hang, and of those that do not any more, each once. A rank that is heard of may take ten times as
// long as the longest epoch of the run before it is said to hang: no epoch is too long.
func (b *Board) look(now time.Time) []string {
	var notes []string
	for i := range b.Ranks {
		r := &b.Ranks[i]
		silent, still := now.Sub(r.Heard), now.Sub(r.Came)
		why := ""
		switch {
		case r.Ended:
		case silent > b.patience:
			why = fmt.Sprintf("nothing was heard of it for %v", silent.Round(time.Second))
		case r.Count > 0 && still > max(b.patience, 10*b.longest):
			why = fmt.Sprintf("it does not come on with points %d to %d for %v", r.First, r.First+r.Count-1, still.Round(time.Second))
		}
		if hangs := why != ""; hangs != r.Hangs {
			r.Hangs = hangs
			if !hangs {
				why = "it goes on"
			} else {
				why += "; it seems to hang"
			}
			notes = append(notes, fmt.Sprintf("rank %d on %s: %s", i, r.Host, why))
		}
	}
	return notes
}
