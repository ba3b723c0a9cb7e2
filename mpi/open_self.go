//go:build !mpi

package mpi

import "os"

// Open returns the job that this process belongs to: the ranks that mpirun started, or Self.
// It refuses where mpirun started several processes and this program was built without MPI.
func Open() (Comm, error) {
	if err := checkLaunch(os.Getenv, "this program was built without MPI; build it with -tags mpi"); err != nil {
		return nil, err
	}
	return Self(), nil
}

// Library names the MPI library and its version; "" where the program was built without MPI.
func Library() string { return "" }
