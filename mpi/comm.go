// Package mpi lets the processes of one job speak: Self is a job of one process, Group a job of
// goroutines (for tests), World the processes that mpirun started.
//
// Every collective is reached by all ranks or by none; Agree carries an error of one rank to all.
//
// The bodies share all that is not transport: messages that wait for their receiver lie in a mailbox,
// collectives are built of sends and receives, and none of them keeps a core busy while it waits.
package mpi

import "fmt"

// AnySource lets Recv take a message from whichever rank sent one.
const AnySource = -1

// MaxTag is the greatest tag for Send and Recv; higher ones are this package's own.
const MaxTag = 1<<30 - 1

// Comm is a group of ranks. Bcast, Gather, Barrier and Close are collective: every rank calls them, in the same order.
// Send and Recv may be used by several goroutines of a rank at a time, also while a collective is under way;
// collectives by one goroutine of a rank at a time.
type Comm interface {
	Rank() int
	Size() int
	// Host returns this rank's number among the ranks of its host, and their count.
	Host() (rank, size int)
	// Send delivers p to rank dst. It returns when p may be used again: for a short message at once,
	// for one of more than a few kB perhaps only when it is received. Tags are 0..MaxTag.
	Send(dst, tag int, p []byte) error
	// Recv waits for a message with the tag from rank src, or from AnySource.
	// Messages of one rank with one tag arrive in the order in which they were sent.
	Recv(src, tag int) (p []byte, from int, err error)
	// Bcast returns root's p on every rank. The other ranks' p is ignored.
	Bcast(root int, p []byte) ([]byte, error)
	// Gather returns, on root, every rank's p in the order of ranks, of any lengths; nil elsewhere.
	Gather(root int, p []byte) ([][]byte, error)
	Barrier() error
	// Abort ends every rank of the job with the exit code. It does not return.
	Abort(code int)
	// Close ends the communication; the process then exits. A rank that cannot reach it, because it alone failed,
	// calls Abort instead. `defer c.Close()` is safe: while the goroutine panics, Close lets the panic end the job.
	Close() error
}

// Error is what the message-passing library said about a call.
type Error struct {
	Call string // e.g. "MPI_Isend"
	Text string
}

func (e *Error) Error() string { return fmt.Sprintf("mpi: %s: %s", e.Call, e.Text) }
