// Package device is the seam between brain simulation and machines.
//
// A device compiles a kernel source, holds buffers, and launches a kernel over a number of teams.
// It knows nothing of brains: a team is a number, a buffer is bytes. The contract between generated
// source and device is on the page docs/kernel-contract.md; devicetest holds every device to it.
package device

import (
	"context"
	"errors"
	"fmt"
)

// ErrMemory is wrapped by the error of an Alloc for which the device has no memory left: a smaller batch may do.
var ErrMemory = errors.New("the device has no memory left")

// Device is one machine that runs kernels: a host's cores, or a GPU.
// Methods may be called from several goroutines.
type Device interface {
	// Info describes the device; it never changes.
	Info() Info
	// Build compiles src, or finds it compiled in the cache. The error is a *BuildError when the compiler refused.
	Build(ctx context.Context, src Source) (Program, error)
	// Alloc gives a zeroed buffer of size bytes, aligned to 64 bytes at least.
	Alloc(size int) (Buffer, error)
	// Close frees everything that was made from the device.
	Close() error
}

// Program is a compiled source.
type Program interface {
	// Launch runs the kernel once for each team 0..teams-1, in any order, and returns when all have ended.
	// args are Buffer, int64 or float64, each 8 bytes wide in the kernel's args struct, in the order of its members.
	// Cancelling ctx keeps further teams from starting; the error is then ctx.Err().
	Launch(ctx context.Context, kernel string, teams int, args ...any) error
	// Close unloads the program. No launch may be under way.
	Close() error
}

// Buffer is memory of a device.
type Buffer interface {
	Size() int
	// Write copies p into the buffer at offset.
	Write(offset int, p []byte) error
	// Read copies from the buffer at offset into p.
	Read(offset int, p []byte) error
	Free() error
}

// Visible is a Buffer in memory that the host sees, as that of its own cores is.
type Visible interface {
	Buffer
	// Bytes is the content itself: while no launch that has the buffer among its arguments is under way, each side sees what
	// the other has written. It is there until Free.
	Bytes() []byte
}

// Source is a kernel source in the language of docs/kernel-contract.md.
type Source struct {
	Name      string // for messages and file names: letters, digits, _ and -
	Text      string // without the prelude, which the device puts in front
	Precision int    // 32 or 64: what `real` is
	Nodes     int    // what NODES is
}

// Info describes a device.
type Info struct {
	Kind    string // "cpu" or "cuda"
	Name    string // as its maker calls it
	Workers int    // teams that run at the same time: threads of a CPU; on a GPU about 8 for each multiprocessor
	Memory  int64  // [bytes] free for buffers, about
	Twins   int    // devices of this kind that this process may choose among, and its host's ranks share; 0 is 1
	ID      string // tells the device from all others, whatever a process calls it; "" where nothing does
	ISA     string // what it is compiled for, e.g. "x86-64 avx512f", "sm_90"
	Tools   string // compiler and driver with versions
}

// BuildError is a compiler's refusal.
type BuildError struct {
	Source Source
	Log    string // what the compiler said
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("device: kernel %s does not compile:\n%s", e.Source.Name, e.Log)
}
