package jobs

import "time"

// What a test of the inside needs: a watchdog whose clock it sets.
var NewBoard = newBoard

type Word = word

func (b *Board) Hear(rank int, w Word, now time.Time) { b.hear(rank, w, now) }
func (b *Board) Look(now time.Time) []string          { return b.look(now) }

// ForgetConnectomes empties what a job keeps of its cohort's connectomes, as if they were too large to be kept.
func (j *Job) ForgetConnectomes() {
	clear(j.inputs.Shelf.Kept)
	j.inputs.Shelf.bytes = shelfBytes
}
