// Package mpi lets the processes of one job speak: Self is a job of one process, Group a job of
// goroutines (for tests), World the processes that mpirun started.
//
// Every collective is reached by all ranks or by none; Agree carries an error of one rank to all.
package mpi

// AnySource lets Recv take a message from whichever rank sent one.
const AnySource = -1

// Comm is a group of ranks. Bcast, Gather and Barrier are collective: every rank calls them, in the same order.
// Send and Recv may be used by several goroutines of a rank at a time; collectives by one.
type Comm interface {
	Rank() int
	Size() int
	// Host returns this rank's number among the ranks of its host, and their count.
	Host() (rank, size int)
	// Send delivers p to rank dst. It may return before p is received; p may be reused at once.
	Send(dst, tag int, p []byte) error
	// Recv waits for a message with the tag from rank src, or from AnySource.
	Recv(src, tag int) (p []byte, from int, err error)
	// Bcast returns root's p on every rank. The other ranks' p is ignored.
	Bcast(root int, p []byte) ([]byte, error)
	// Gather returns, on root, every rank's p in the order of ranks, of any lengths; nil elsewhere.
	Gather(root int, p []byte) ([][]byte, error)
	Barrier() error
	// Abort ends every rank of the job with the exit code. It does not return.
	Abort(code int)
}
