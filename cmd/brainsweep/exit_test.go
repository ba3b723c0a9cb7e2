package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"brainsweep/fault"
)

func TestExitCode(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"done":               {nil, 0},
		"failed":             {errors.New("disk full"), 1},
		"mistake":            {fault.Mistake{Msg: "unknown key"}, 2},
		"mistakes, wrapped":  {fmt.Errorf("job: %w", fault.List{{Msg: "unknown key"}}), 2},
		"stopped":            {fmt.Errorf("batch 3: %w", context.Canceled), 3},
		"some points failed": {someFailed{points: 2}, 4},
		"some subjects":      {someFailed{subjects: 1}, 4},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

func TestExecuteExitCodes(t *testing.T) {
	for line, want := range map[string]int{"version": 0, "nonsense": 2} {
		var out, errs bytes.Buffer
		if got := execute(t.Context(), []string{line}, &out, &errs); got != want {
			t.Errorf("brainsweep %s: exit code %d, want %d\n%s", line, got, want, errs.String())
		}
	}
}
