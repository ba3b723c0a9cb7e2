package jobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Status is how far a job has come.
type Status struct {
	Job                  string    // the job file
	Set                  []string  // what --set changed in it
	Points, Done, Failed int       // Done counts the failed ones, too
	Merged               bool      // the result is there
	Running              bool      // a run is at work
	Updated              time.Time // when the last part came
	At                   *Board    // the run at work, or the last one; nil where nothing is known of it
}

// Look tells how far the job has come whose result is, or will be, the file output.
func Look(output string) (*Status, error) {
	if _, err := os.Stat(output); err == nil {
		return lookAtResult(output)
	}
	p := newPlace(output)
	n, err := p.readNotice()
	if err != nil {
		return nil, err
	}
	s := &Status{Job: n.Job, Set: n.Set, Points: n.Points, Running: p.busy()}
	s.At = p.board()
	parts, err := result.Parts(p.parts)
	if err != nil {
		return nil, err
	}
	for _, path := range parts {
		held, err := result.CountPart(path, n.Basis)
		if err != nil || held.Steps != n.Steps {
			continue // damaged, shorter, or merged and removed since: a run will see to it
		}
		s.Done, s.Failed = s.Done+held.Count, s.Failed+held.Failed
		if info, err := os.Stat(path); err == nil && info.ModTime().After(s.Updated) {
			s.Updated = info.ModTime()
		}
	}
	return s, nil
}

func lookAtResult(output string) (*Status, error) {
	res, err := result.Open(output)
	if err != nil {
		return nil, fault.Mistake{Msg: err.Error()}
	}
	defer res.Close()
	status, err := res.Status()
	if err != nil {
		return nil, err
	}
	s := &Status{Points: len(status), Merged: true}
	for _, what := range status {
		if what != result.Missing {
			s.Done++
		}
		if what == result.Failed {
			s.Failed++
		}
	}
	return s, nil
}

// busy tells whether a run is at work.
func (p *place) busy() bool {
	file, err := os.Open(filepath.Join(p.parts, lockName))
	if err != nil {
		return false
	}
	defer file.Close()
	return errors.Is(flock(file, syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK)
}

// MergeSoFar makes a result, in the file to, of the parts that there are so far of the result output. Points that no part
// holds are missing in it. The parts stay where they are, and a run that is at work is not disturbed.
func MergeSoFar(output, to string, versions []result.Entry, l Listener) (*Status, error) {
	p := newPlace(output)
	n, err := p.readNotice()
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(to); err == nil {
		return nil, fault.Mistake{Pos: fault.Pos{File: to}, Msg: "is there already; give another name with -o"}
	}
	j, err := p.left(n)
	if err != nil {
		return nil, err
	}
	s, err := newSetup(j.Plan)
	if err != nil {
		return nil, err
	}
	s.layout.Order = n.Order
	source, err := j.Plan.Source()
	if err != nil {
		return nil, err
	}
	s.layout.Provenance = append(j.facts(source.Text), versions...)
	if s.layout.Inputs, err = j.filesOf(); err != nil {
		return nil, err
	}
	parts, err := result.Parts(p.parts)
	if err != nil {
		return nil, err
	}
	var whole []string
	for _, path := range parts {
		held, err := result.VerifyPart(path, n.Basis)
		if err != nil {
			l.Note(fmt.Sprintf("%v; it is left out", err))
			continue
		}
		if held.Steps != n.Steps {
			continue
		}
		whole = append(whole, path)
	}
	err = result.Merge(to, s.layout, whole, func(done, total int) {
		l.Progress(Progress{Points: done, AllPoints: total, Merging: true})
	})
	if err != nil {
		return nil, err
	}
	return lookAtResult(to)
}
