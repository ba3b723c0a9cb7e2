// Package doom lets tests of a program that survives its death choose where it dies.
//
// Built with the tag doom, a process ends as by kill -9 at the place that the environment's BRAINSWEEP_DOOM names:
// PLACE:N, the N-th time that it comes there, or PLACE:N@RANK, on one rank of Open MPI's only. Without the tag At is nothing, and
// costs nothing.
package doom

// Places are where a process may be told to die.
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
