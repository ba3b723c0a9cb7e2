// Command brainsweep simulates whole brains by the hundred thousand.
//
// There is one file for each verb. Nothing is computed here: a verb reads its flags, chooses a device and a
// communicator, calls the package that does the work, and prints what it gives back.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// version is what make stamps into the program: git describe.
var version = "unknown"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGUSR1)
	// The first signal asks for a clean end; the second one finds the default again and ends at once.
	context.AfterFunc(ctx, stop)
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
