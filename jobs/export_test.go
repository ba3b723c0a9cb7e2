package jobs

import "time"

// What a test of the inside needs: a watchdog whose clock it sets.
var NewBoard = newBoard

type Word = word

func (b *Board) Hear(rank int, w Word, now time.Time) { b.hear(rank, w, now) }
func (b *Board) Look(now time.Time) []string          { return b.look(now) }
