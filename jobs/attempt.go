package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"time"

	"brainsweep/io/result"
	"brainsweep/partition"
	"brainsweep/sim"
)

// attempt is one go at a batch: its part, and its checkpoints when there are to be any.
type attempt struct {
	*worker
	batch     partition.Batch
	path      string // of the part
	part      *result.Part
	collector *collector
	from      *sim.State // where an earlier attempt was, nil at the start
	turn      int        // of the next checkpoint
	last      time.Time  // of the last one
	told      float64    // node-steps told
}

// attempt begins a batch, or goes on with it.
func (w *worker) attempt(b partition.Batch, points []sim.Point) (*attempt, error) {
	a := &attempt{worker: w, batch: b, collector: w.newCollector(b.First, points), path: filepath.Join(w.folder, result.PartName(b.First, b.Count)), last: time.Now()}
	var err error
	if w.every == 0 {
		a.part, err = result.CreatePart(a.path, w.layout, b.First, b.Count, w.best)
		return a, err
	}
	_, a.from, a.turn = newestCheckpoint(a.path, w.layout.Plan, w.kernelDigest(), w.note)
	if a.from != nil {
		a.collector.restore(a.from)
	}
	a.part, err = result.SpoolPart(a.path, w.layout, b.First, b.Count, w.best, func(series int) int {
		if a.from == nil {
			return 0
		}
		return int(w.study.SamplesBy(w.series[series].stream, a.from.Steps))
	})
	return a, err
}

// pace has the simulation tell its progress and save its state.
func (a *attempt) pace() sim.Pace {
	nodes := float64(a.study.Nodes) * float64(a.batch.Count)
	p := sim.Pace{From: a.from, Progress: func(steps int64) {
		now := float64(steps) * nodes
		a.done(0, now-a.told)
		a.told = now
	}}
	if a.from != nil {
		a.told = float64(a.from.Steps) * nodes
	}
	if a.every > 0 {
		p.Save, p.Due = a.save, func() bool { return time.Since(a.last) >= a.every }
	}
	return p
}

// save writes a checkpoint. What it needs of the series is on the disk before it.
func (a *attempt) save(s *sim.State) error {
	if err := a.part.Sync(); err != nil {
		return err
	}
	a.collector.save(s)
	c := checkpoint{Plan: a.layout.Plan, Kernel: a.kernelDigest(), First: a.batch.First, Count: a.batch.Count}
	err := c.write(checkpointName(a.path, a.turn), s)
	a.turn++
	a.last = time.Now()
	return err
}

// leave ends an attempt that did not come to its end.
func (a *attempt) leave() error {
	if a.every > 0 {
		return a.part.Leave()
	}
	return a.part.Abandon()
}

// kernelDigest tells the sources apart that may have left a state.
func (w *worker) kernelDigest() string {
	sum := sha256.Sum256([]byte(w.runner.Kernel().Source.Text))
	return hex.EncodeToString(sum[:])
}
