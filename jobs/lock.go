package jobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"brainsweep/fault"
)

// lockName is a file in the folder of parts that every rank of a run holds a lock on. The system lets go of it when the
// process ends, however it ends.
const lockName = "lock"

// lockWait is how long a new run waits for the ranks of a killed one to end.
const lockWait = 5 * time.Second

// lockFirst takes the lock for a new run: nobody else may hold it. It is then shared, so that the other ranks join in.
// Where the file system knows no locks, nil is returned, and two runs in one place are not noticed.
func lockFirst(folder string) (*os.File, error) {
	file, err := openLock(folder)
	if err != nil {
		return nil, err
	}
	for began := time.Now(); ; time.Sleep(lockWait / 50) {
		err = flock(file, syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Since(began) > lockWait {
			break
		}
	}
	if err == nil {
		err = flock(file, syscall.LOCK_SH)
	}
	if err == nil {
		return file, nil
	}
	file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, fault.Mistake{Pos: fault.Pos{File: folder}, Msg: "another run is at work here; wait for its end, or give another name with -o"}
	}
	return nil, nil
}

// lockToo joins in the lock that rank 0 has taken.
func lockToo(folder string) (*os.File, error) {
	file, err := openLock(folder)
	if err == nil && flock(file, syscall.LOCK_SH|syscall.LOCK_NB) != nil {
		file.Close()
		return nil, nil
	}
	return file, err
}

func openLock(folder string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(folder, lockName), os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, noPlace(folder, err)
	}
	return file, nil
}

// noPlace says that a folder takes no parts.
func noPlace(folder string, err error) error {
	var cause *os.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return fault.Mistake{Pos: fault.Pos{File: folder}, Msg: fmt.Sprintf("the parts cannot be written here: %v; give a writable place with -o", err)}
}

func flock(file *os.File, how int) error {
	for {
		if err := syscall.Flock(int(file.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}
