package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// noticeName is a file in the folder of parts that says which job they belong to.
const noticeName = "job.json"

// notice is what it says.
type notice struct {
	Job    string   `json:"job"` // the job file's path from the root
	Set    []string `json:"set"`
	Plan   string   `json:"plan"` // digest
	Points int      `json:"points"`
}

// putUp writes the notice of a job.
func (p *place) putUp(j *Job) error {
	path, err := filepath.Abs(j.File)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(notice{path, append([]string{}, j.Set...), j.Plan.Hash(), j.Plan.Points()}, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.Join(p.parts, noticeName), append(text, '\n'), 0o666)
	}
	if err != nil {
		return p.unwritable(err)
	}
	return nil
}

// readNotice reads the notice in the folder of parts beside output.
func (p *place) readNotice() (n notice, err error) {
	path := filepath.Join(p.parts, noticeName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return n, fault.Mistake{Pos: fault.Pos{File: p.output}, Msg: "there is no result of this name, and no run has left parts of one"}
	}
	if err == nil {
		err = json.Unmarshal(text, &n)
	}
	if err != nil {
		return n, fault.Mistake{Pos: fault.Pos{File: path}, Msg: fmt.Sprintf("says not which job the parts belong to: %v", err)}
	}
	return n, nil
}

// Status is how far a job has come.
type Status struct {
	Job                  string    // the job file
	Set                  []string  // what --set changed in it
	Points, Done, Failed int       // Done counts the failed ones, too
	Merged               bool      // the result is there
	Running              bool      // a run is at work
	Updated              time.Time // when the last part came
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
	parts, err := result.Parts(p.parts)
	if err != nil {
		return nil, err
	}
	for _, path := range parts {
		done, failed, err := result.CountPart(path, n.Plan)
		if err != nil {
			continue // damaged, or merged and removed since: a run will see to it
		}
		s.Done, s.Failed = s.Done+done, s.Failed+failed
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
	j, err := Read(n.Job, n.Set...)
	if err != nil {
		return nil, err
	}
	if j.Plan.Hash() != n.Plan {
		return nil, fault.Mistake{Pos: fault.Pos{File: n.Job}, Msg: fmt.Sprintf("the job has changed since the parts in %s were made; they cannot be merged with what it says now", p.parts)}
	}
	s, err := newSetup(j.Plan)
	if err != nil {
		return nil, err
	}
	source, err := j.Plan.Source()
	if err != nil {
		return nil, err
	}
	s.layout.Provenance = append(j.facts(source.Text), versions...)
	parts, err := result.Parts(p.parts)
	if err != nil {
		return nil, err
	}
	var whole []string
	for _, path := range parts {
		if _, _, err := result.VerifyPart(path, n.Plan); err != nil {
			l.Note(fmt.Sprintf("%v; it is left out", err))
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
