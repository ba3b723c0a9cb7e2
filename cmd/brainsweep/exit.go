package main

import (
	"context"
	"errors"
	"fmt"

	"brainsweep/fault"
)

// The exit codes, the same for all verbs.
const (
	exitDone    = 0
	exitFailed  = 1 // the run failed
	exitMistake = 2 // the user has something to mend
	exitStopped = 3 // stopped cleanly before the end, ready to go on
	exitPartly  = 4 // done, but some points failed
)

func exitCode(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitStopped
	case errors.As(err, new(someFailed)):
		return exitPartly
	case fault.Is(err):
		return exitMistake
	}
	return exitFailed
}

// mistake is a fault of the command line.
func mistake(format string, args ...any) error {
	return fault.Mistake{Msg: fmt.Sprintf(format, args...)}
}
