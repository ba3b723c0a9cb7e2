//go:build mpi

package mpi

// OpenPieces opens the world with pieces of a size that tests choose.
func OpenPieces(piece int) (Comm, error) { return open(piece) }

// BadCalls calls MPI, by this package and by empi, with a rank that does not exist, and returns what that gave.
func BadCalls(c Comm) []error {
	w := c.(*world)
	var sent error
	told := w.do(func() error {
		sent = blocking("MPI_Send", w.comm.SendU8(w.size+5, pieceTag, []byte{1}))
		return w.tell(w.size+5, frame{kind: letter})
	})
	return []error{told, sent}
}
