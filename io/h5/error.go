package h5

import (
	"fmt"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"syscall"
)

// Error is what HDF5 could not do.
type Error struct {
	Op     string        // e.g. "open", "write"
	Path   string        // the file, and the object in it after a colon
	Reason string        // the innermost reason that HDF5 gave
	Errno  syscall.Errno // what the system said, 0 if it was not asked
}

func (e *Error) Error() string { return fmt.Sprintf("%s %s: %s", e.Op, e.Path, e.Reason) }

// Unwrap gives the system's error, so that errors.Is(err, syscall.ENOSPC) tells a full disk.
func (e *Error) Unwrap() error {
	if e.Errno == 0 {
		return nil
	}
	return e.Errno
}

// library lets one goroutine at a time into the C library: it keeps global state of its own and
// need not have been built for threads.
var library sync.Mutex

// call runs f inside the library and turns its error into an *Error. HDF5 keeps its error stack, and
// the wish not to have it printed, for each thread.
func call(op, path string, f func() error) error {
	library.Lock()
	defer library.Unlock()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	silence()
	err := f()
	if err == nil {
		return nil
	}
	e := &Error{Op: op, Path: path, Reason: reason()}
	if e.Reason == "" {
		e.Reason = err.Error()
	}
	if m := driverReason.FindStringSubmatch(e.Reason); m != nil {
		errno, _ := strconv.Atoi(m[1])
		e.Errno, e.Reason = syscall.Errno(errno), syscall.Errno(errno).Error()
	}
	if e.Reason == "file signature not found" {
		e.Reason = Foreign
	}
	return e
}

// Foreign is the Reason of an Error where a file is none of HDF5's.
const Foreign = "is no HDF5 file"

// driverReason finds the system's error in what HDF5's file driver says, e.g.
// "unable to open file: name = 'x', errno = 13, error message = 'Permission denied', flags = 0".
var driverReason = regexp.MustCompile(`errno = (\d+), error message`)
