package jobs

import (
	"errors"
	"time"
)

// ReadCheckpoint reads a checkpoint and tells whether it is damaged.
func ReadCheckpoint(path string) (damaged bool, err error) {
	_, _, err = readCheckpoint(path)
	return errors.Is(err, errDamaged), err
}

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
