//go:build mpi

package mpi

/*
#cgo pkg-config: ompi
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <mpi.h>

// What empi lacks. Handles and constants of MPI stay in C, where Open MPI and MPICH are alike. As for empi, pkg-config has
// to know the library as ompi.

typedef struct { MPI_Request request; char data[]; } ticket;

static int begin(int *serialized, int *rank, int *size, int *host_rank, int *host_size) {
	int provided, e;
	MPI_Comm host;
	if ((e = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided))) return e;
	*serialized = provided >= MPI_THREAD_SERIALIZED;
	if ((e = MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN))) return e;
	if ((e = MPI_Comm_rank(MPI_COMM_WORLD, rank))) return e;
	if ((e = MPI_Comm_size(MPI_COMM_WORLD, size))) return e;
	if ((e = MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, *rank, MPI_INFO_NULL, &host))) return e;
	if ((e = MPI_Comm_rank(host, host_rank))) return e;
	if ((e = MPI_Comm_size(host, host_size))) return e;
	return MPI_Comm_free(&host);
}

// probe lets other threads pass when nothing has come: ranks and their workers may be more than the cores.
static int probe(int tag, int *found, int *source, int *count) {
	MPI_Status status;
	int e = MPI_Iprobe(MPI_ANY_SOURCE, tag, MPI_COMM_WORLD, found, &status);
	if (e) return e;
	if (!*found) { sched_yield(); return 0; }
	*source = status.MPI_SOURCE;
	return MPI_Get_count(&status, MPI_BYTE, count);
}

// isend sends a copy of p.
static int isend(ticket **t, const void *p, int n, int dst, int tag) {
	*t = malloc(sizeof(ticket) + n);
	if (!*t) return MPI_ERR_NO_MEM;
	memcpy((*t)->data, p, n);
	int e = MPI_Isend((*t)->data, n, MPI_BYTE, dst, tag, MPI_COMM_WORLD, &(*t)->request);
	if (e) free(*t);
	return e;
}

// irecv receives into p, which must stay where it is until done.
static int irecv(ticket **t, void *p, int n, int src, int tag) {
	*t = malloc(sizeof(ticket));
	if (!*t) return MPI_ERR_NO_MEM;
	int e = MPI_Irecv(p, n, MPI_BYTE, src, tag, MPI_COMM_WORLD, &(*t)->request);
	if (e) free(*t);
	return e;
}

// done frees the ticket once its message has passed.
static int done(ticket *t, int *passed) {
	int e = MPI_Test(&t->request, passed, MPI_STATUS_IGNORE);
	if (*passed || e) free(t);
	return e;
}

static void quit(int code) { MPI_Abort(MPI_COMM_WORLD, code); }

static void text(int error, char *dst) {
	int n;
	if (MPI_Error_string(error, dst, &n)) strcpy(dst, "unknown error");
}

enum { TEXT = MPI_MAX_ERROR_STRING, VERSION = MPI_MAX_LIBRARY_VERSION_STRING };
*/
import "C"

import (
	"strings"
	"unsafe"
)

// ticket is a message on its way.
type ticket = *C.ticket

func said(call string, e C.int) error {
	if e == C.MPI_SUCCESS {
		return nil
	}
	var text [C.TEXT]C.char
	C.text(e, &text[0])
	return &Error{call, C.GoString(&text[0])}
}

// begin starts MPI. Errors of MPI_COMM_WORLD are returned from here on, to empi too.
func begin() (rank, size, hostRank, hostSize int, err error) {
	var serialized, r, s, hr, hs C.int
	err = said("MPI_Init_thread", C.begin(&serialized, &r, &s, &hr, &hs))
	if err == nil && serialized == 0 {
		err = &Error{"MPI_Init_thread", "this library offers no MPI_THREAD_SERIALIZED; use one built with thread support"}
	}
	return int(r), int(s), int(hr), int(hs), err
}

// probe tells whether a message with the tag has come, from whom, and its length [bytes].
func probe(tag int) (found bool, source, count int, err error) {
	var f, s, n C.int
	err = said("MPI_Iprobe", C.probe(C.int(tag), &f, &s, &n))
	return f != 0, int(s), int(n), err
}

// isend sends a copy of p, which is not empty.
func isend(p []byte, dst, tag int) (t ticket, err error) {
	err = said("MPI_Isend", C.isend(&t, unsafe.Pointer(&p[0]), C.int(len(p)), C.int(dst), C.int(tag)))
	return t, err
}

// irecv receives into p, which is not empty and pinned.
func irecv(p []byte, src, tag int) (t ticket, err error) {
	err = said("MPI_Irecv", C.irecv(&t, unsafe.Pointer(&p[0]), C.int(len(p)), C.int(src), C.int(tag)))
	return t, err
}

// passed tells whether the message has passed; the ticket is then used up.
func passed(t ticket) (bool, error) {
	var flag C.int
	err := said("MPI_Test", C.done(t, &flag))
	return flag != 0, err
}

// quit ends every process with the code; empi's Abort always says 0.
func quit(code int) { C.quit(C.int(code)) }

// Library names the MPI library and its version; "" where the program was built without MPI.
func Library() string {
	var text [C.VERSION]C.char
	var n C.int
	if C.MPI_Get_library_version(&text[0], &n) != C.MPI_SUCCESS {
		return "unknown"
	}
	first, _, _ := strings.Cut(C.GoString(&text[0]), "\n")
	name, _, _ := strings.Cut(first, ",")
	return strings.Join(strings.Fields(strings.Replace(name, "Version:", "", 1)), " ")
}
