package jobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"brainsweep/fault"
	"brainsweep/internal/doom"
	"brainsweep/io/result"
)

// place is where a run leaves its result: a file, and beside it a folder in which the parts wait.
type place struct {
	output string
	parts  string
	lock   *os.File // on the folder of parts; nil where there are no locks
	mine   bool     // this is rank 0, and nobody else is there
	merged bool     // the result was merged by an earlier run, which could not remove the parts
	result string   // the plan of the result that is there, and is extended
}

func newPlace(output string) *place { return &place{output: output, parts: output + result.PartsEnd} }

// enter makes room, on rank 0: no result may be there, but one that is this plan's or whose parts were kept, and no other run
// at work. With force, an old result and old parts are removed; but nothing that is no result.
func (p *place) enter(force bool, plan string) error {
	old, err := p.look(force, plan)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.parts, 0o777); err != nil {
		return p.unwritable(err)
	}
	if err := p.claim(); err != nil {
		return err
	}
	p.mine = true
	if old {
		err = os.Remove(p.output)
	}
	if force || p.merged {
		err = errors.Join(err, p.removeParts())
	}
	return err
}

// look tells whether there is an old result to remove.
func (p *place) look(force bool, plan string) (old bool, err error) {
	at := fault.Pos{File: p.output}
	if _, err := os.Lstat(p.output); err != nil {
		return false, nil // what is wrong with the place shows when it is used
	}
	info, err := os.Stat(p.output)
	switch {
	case err == nil && info.IsDir():
		return false, fault.Mistake{Pos: at, Msg: "is a folder; give the name of a file with -o"}
	case !force:
		merged, extended := p.recognise(plan)
		if p.merged = merged; merged || extended {
			return false, nil
		}
		return false, fault.Mistake{Pos: at, Msg: "is there already; give another name with -o, or --force to compute it anew"}
	}
	res, err := result.Open(p.output)
	if err != nil {
		return false, fault.Mistake{Pos: at, Msg: "is no result of brainsweep, and --force removes nothing else; give another name with -o, or remove it yourself"}
	}
	return true, res.Close()
}

// recognise compares the result that is there with the notice beside it and a plan. It is merged when the plan's result is whole,
// and only its parts were not removed any more; it is the start of an extension when its parts were kept, and the plan is another
// one. Whether that goes on with them is seen later; the old result stays until there is a new one.
func (p *place) recognise(plan string) (merged, extended bool) {
	n, err := p.readNotice()
	if err != nil {
		return false, false
	}
	res, err := result.Open(p.output)
	if err != nil {
		return false, false
	}
	defer res.Close()
	p.result = res.Plan
	if res.Plan == plan {
		return n.Plan == plan && !n.Keep, false
	}
	return false, res.Plan == n.Plan || res.Plan == n.Extends
}

// leave lets go of the place. Rank 0 removes the folder of parts when it holds nothing.
func (p *place) leave() {
	if p.lock != nil {
		p.lock.Close()
	}
	if p.mine && !p.holdsParts() {
		p.removeNotice()
		os.Remove(filepath.Join(p.parts, lockName))
		os.Remove(p.parts) // only when it is empty
	}
}

// holdsParts tells whether there are parts, or what a run has begun of them.
func (p *place) holdsParts() bool {
	entries, err := os.ReadDir(p.parts)
	return err != nil || slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "points-") })
}

// removeParts removes parts and what a killed run left of them, and nothing else that someone may have put there.
func (p *place) removeParts() error {
	entries, err := os.ReadDir(p.parts)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "points-") {
			err = errors.Join(err, remove(filepath.Join(p.parts, e.Name())))
			doom.At("parts being swept")
		}
	}
	return err
}

// remove removes a file that may not be there.
func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// unwritable says that the place takes no parts.
func (p *place) unwritable(err error) error {
	return fault.Mistake{Pos: fault.Pos{File: p.parts}, Msg: "the parts cannot be written here: " + fault.Reason(err) + "; give a writable place with -o"}
}

// lockName is a file in the folder of parts that every rank of a run holds a lock on. The system lets go of it when the
// process ends, however it ends.
const lockName = "lock"

// lockWait is how long a new run waits for the ranks of a killed one to end.
const lockWait = 5 * time.Second

// claim takes the lock for a new run: nobody else may hold it. It is then shared, so that the other ranks can join.
// Where the file system knows no locks, two runs in one place are not noticed.
func (p *place) claim() error {
	err := p.openLock()
	if err != nil {
		return err
	}
	for began := time.Now(); ; time.Sleep(lockWait / 50) {
		err = flock(p.lock, syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(began) > lockWait {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fault.Mistake{Pos: fault.Pos{File: p.parts}, Msg: "another run is at work here; wait for its end, or give another name with -o"}
	}
	if err == nil {
		flock(p.lock, syscall.LOCK_SH)
	}
	return nil
}

// join shares the lock that rank 0 has taken.
func (p *place) join() error {
	if p.mine {
		return nil
	}
	err := p.openLock()
	if err == nil {
		flock(p.lock, syscall.LOCK_SH|syscall.LOCK_NB)
	}
	return err
}

func (p *place) openLock() (err error) {
	if p.lock, err = os.OpenFile(filepath.Join(p.parts, lockName), os.O_CREATE|os.O_RDWR, 0o666); err != nil {
		return p.unwritable(err)
	}
	return nil
}

func flock(file *os.File, how int) error {
	for {
		if err := syscall.Flock(int(file.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}

// tight says that the disk may have no room for a result of so many bytes and for its parts, of which those of so many points
// are there; "" where it has, and where nobody can tell.
func (p *place) tight(size int64, there, points int) string {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(p.parts, &disk); err != nil {
		return ""
	}
	free, wanted := float64(disk.Bavail)*float64(disk.Bsize), float64(size)*(2-float64(there)/float64(points))
	if wanted <= free {
		return ""
	}
	const mega = 1e6
	return fmt.Sprintf("the disk may be too small: the result and its parts take up to %.3g MB, and %.3g MB are free where %s lies", wanted/mega, free/mega, p.output)
}
