// Package doom lets tests of a program that survives its death choose where it dies, or waits to be killed or stopped.
//
// Built with the tag doom, a process ends as by kill -9 at the place that the environment's BRAINSWEEP_DOOM names:
// PLACE:N, the N-th time that it comes there, or PLACE:N@RANK, on one rank of Open MPI's only. What it says last is also in the
// file that BRAINSWEEP_DIED names, which no launcher can lose.
//
// At the place that BRAINSWEEP_HOLD names in the same words it waits, however fast or slow the machine is: it leaves a file, which
// BRAINSWEEP_HELD and its rank name (held.1), and goes on when that is removed, or when the run is told to stop.
//
// Without the tag all of this is nothing, and costs nothing.
package doom

// Places are where a process may be told to die, or to wait.
var Places = [...]string{
	"series",            // samples were written to the file of a part's series
	"part sealed",       // a part is whole, under its temporary name
	"renamed",           // a part, a part's series, or a result has its name
	"checkpoint begun",  // the file of a checkpoint has some of its bytes
	"checkpoint aside",  // a checkpoint is whole, under its temporary name
	"checkpoint named",  // it has its name, and the one before it is there as well
	"notice",            // what the parts belong to is written, but not which job it is
	"collective",        // between two collectives
	"merged",            // the result is there, and so are its parts
	"parts being swept", // some parts are removed
}
