package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"brainsweep/codegen"
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
	a := &attempt{worker: w, batch: b, path: filepath.Join(w.folder, result.PartName(b.First, b.Count)), last: time.Now()}
	err := a.collect(points)
	if err != nil {
		return nil, err
	}
	if w.every == 0 {
		a.part, err = result.CreatePart(a.path, w.layout, b.First, b.Count, w.best)
		return a, err
	}
	for _, c := range checkpoints(a.path, w.layout, w.kernel, w.note) {
		if err := a.collector.restore(c.state); err != nil {
			w.note(fmt.Sprintf("checkpoint %s does not serve: %v; its batch begins anew", checkpointName(a.path, c.turn), err))
			if err := a.collect(points); err != nil {
				return nil, err
			}
			continue
		}
		a.part, err = result.SpoolPart(a.path, w.layout, b.First, b.Count, w.best, c.Series)
		if err == nil && c.Series != nil {
			a.from, a.turn = c.state, c.turn+1
			return a, nil
		}
		if err != nil && !errors.Is(err, result.ErrDamaged) {
			return nil, err
		}
		w.note(fmt.Sprintf("%v; the checkpoint before it is used", err))
		if err := a.collect(points); err != nil {
			return nil, err
		}
	}
	a.part, err = result.SpoolPart(a.path, w.layout, b.First, b.Count, w.best, nil)
	return a, err
}

// collect begins to collect, with nothing.
func (a *attempt) collect(points []sim.Point) error {
	if a.collector != nil {
		a.collector.release()
	}
	var err error
	a.collector, err = a.newCollector(a.batch.First, points, a.hosts, a.keep)
	return err
}

// pace has the simulation tell its progress and save its state.
func (a *attempt) pace() sim.Pace {
	nodes := float64(a.study.Nodes) * float64(a.batch.Count)
	p := sim.Pace{From: a.from, Nudge: a.nudge, Progress: func(steps int64) {
		now := float64(steps) * nodes
		a.done(event{nodeSteps: now - a.told})
		a.told = now
	}}
	if a.from != nil {
		a.told = float64(a.from.Steps) * nodes
	}
	if a.every > 0 {
		p.Due = func() bool { return time.Since(a.last) >= a.every }
	}
	if a.every > 0 || a.keep {
		p.Save, p.Final = a.save, a.keep
	}
	return p
}

// save writes a checkpoint. What it needs of the series is on the disk before it. Where series are not spooled, only the
// end is saved.
func (a *attempt) save(s *sim.State) error {
	if a.every == 0 && s.Steps < a.study.Steps {
		return nil
	}
	series, err := a.part.Sync()
	if err != nil {
		return err
	}
	if err := a.collector.save(s); err != nil {
		return err
	}
	c := checkpoint{Basis: a.layout.Basis, Kernel: a.kernel, First: a.batch.First, Count: a.batch.Count,
		Names: a.layout.Names(a.batch.First, a.batch.Count), Series: series}
	if err := c.write(checkpointName(a.path, a.turn), s); err != nil {
		return err
	}
	a.turn++
	a.last = time.Now()
	a.done(event{saved: true})
	return nil
}

// finish makes the part whole. The state at the end stays where it is wanted, other checkpoints go.
func (a *attempt) finish(run result.Run) error {
	if err := a.part.Close(run); err != nil {
		return errors.Join(err, a.clean())
	}
	if a.keep {
		return remove(checkpointName(a.path, a.turn))
	}
	return removeCheckpoints(a.path)
}

// leave ends an attempt that did not come to its end.
func (a *attempt) leave() error {
	if a.every == 0 {
		return a.part.Abandon()
	}
	return errors.Join(a.part.Leave(), a.clean())
}

// clean removes what an attempt has written, where no checkpoint can use it.
func (a *attempt) clean() error {
	if a.every > 0 && a.turn > 0 {
		return nil
	}
	return removeBegun(a.path)
}

// kernelDigest tells the sources apart that may have left a state. The title of a job shows in its source, but not in
// what the source does.
func (s *setup) kernelDigest() (string, error) {
	spec := s.study.Spec
	spec.Title = ""
	k, err := codegen.Generate(spec)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(k.Source.Text))
	return hex.EncodeToString(sum[:]), nil
}
