package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"brainsweep/fault"
	"brainsweep/internal/doom"
	"brainsweep/io/result"
)

// noticeName is a file in the folder of parts that says which job they belong to. Beside it lies the job itself with
// all that it reads, so that a changed job can be compared with it.
const noticeName = "job.json"

// notice is what it says.
type notice struct {
	Job     string   `json:"job"` // the job file's path from the root
	Set     []string `json:"set"`
	Plan    string   `json:"plan"`  // digest
	Basis   string   `json:"basis"` // digest
	Points  int      `json:"points"`
	Steps   int64    `json:"steps"`
	Keep    bool     `json:"keep"`            // the parts stay when the result is there
	Extends string   `json:"extends"`         // digest of the plan of the result that is there already, and whose parts these are, too
	Order   []int    `json:"order,omitempty"` // the number of the point in each place, where that is not the place
}

// packName is the file of the job whose plan has a digest.
func packName(plan string) string { return "job-" + plan[:min(16, len(plan))] + ".pack" }

// putUp writes the notice of a job, after the job itself. Both are there or neither.
func (p *place) putUp(j *Job, order []int, keep bool) error {
	n := notice{Set: append([]string{}, j.Set...), Plan: j.Plan.Hash(), Basis: j.Plan.Basis(), Points: j.Plan.Points(), Steps: j.Plan.Run.Steps(), Keep: keep, Extends: p.result, Order: order}
	var err error
	if n.Job, err = filepath.Abs(j.File); err != nil {
		return err
	}
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return err
	}
	packed, err := j.Pack()
	if err != nil {
		return err
	}
	err = p.put(packName(n.Plan), packed)
	doom.At("notice")
	if err == nil {
		err = p.put(noticeName, append(text, '\n'))
	}
	if err != nil {
		return p.unwritable(err)
	}
	return p.removePacks(packName(n.Plan))
}

// put writes a small file into the folder of parts, whole or not at all.
func (p *place) put(name string, content []byte) error {
	path := filepath.Join(p.parts, name)
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(path+".tmp", path)
	}
	if err != nil {
		return errors.Join(err, remove(path+".tmp"))
	}
	return syncFolder(p.parts)
}

// removePacks removes the packed jobs but for one.
func (p *place) removePacks(but string) error {
	paths, err := result.Beside(filepath.Join(p.parts, "job-"), "")
	for _, path := range paths {
		if filepath.Base(path) != but && strings.Contains(filepath.Base(path), ".pack") {
			err = errors.Join(err, remove(path))
		}
	}
	return err
}

func (p *place) removeNotice() {
	p.removePacks("")
	os.Remove(filepath.Join(p.parts, boardName))
	os.Remove(filepath.Join(p.parts, boardName+".tmp"))
	os.Remove(filepath.Join(p.parts, tokenName))
	os.Remove(filepath.Join(p.parts, noticeName))
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

// left reads the job that left what is in the folder of parts.
func (p *place) left(n notice) (*Job, error) {
	path := filepath.Join(p.parts, packName(n.Plan))
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	j, err := Unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if hash := j.Plan.Hash(); hash != n.Plan {
		return nil, fmt.Errorf("%s: this program makes another plan of the job than the one that began it", path)
	}
	return j, nil
}

// goOn compares a job with the one that left what is in the folder of parts, and gives the order of its points that goes
// on with them, as Plan.extend. The error is a mistake that says why it does not go on.
func (p *place) goOn(j *Job) ([]int, error) {
	if !p.holdsParts() {
		return nil, nil
	}
	n, err := p.readNotice()
	if err == nil && n.Plan == j.Plan.Hash() {
		return n.Order, nil
	}
	var earlier *Job
	if err == nil {
		earlier, err = p.left(n)
	}
	if err != nil {
		return nil, fault.Mistake{Pos: fault.Pos{File: p.parts}, Msg: fmt.Sprintf("holds parts, but says not of which job (%v); give another name with -o, or --force to throw the old parts away", err)}
	}
	order, err := j.Plan.extend(earlier.Plan, n.Order)
	var m fault.Mistake
	if errors.As(err, &m) {
		m.Pos.File = p.parts
		return nil, m
	}
	return order, err
}
