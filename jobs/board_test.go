package jobs_test

import (
	"strings"
	"testing"
	"time"

	"brainsweep/jobs"
)

// TestWatchdog sets the clock: a rank is named once when it is silent, or does not come on for longer than any epoch may take, and
// once when it goes on. Long epochs, ranks that wait for others, and clocks that differ raise no alarm.
func TestWatchdog(t *testing.T) {
	start := time.Now()
	b := jobs.NewBoard(3, time.Minute)
	began, _ := time.Parse(time.DateOnly, "1999-12-31") // by the clock of the ranks, which is wrong
	came := began
	at := func(after time.Duration, rank int, steps float64, count int, comesOn bool) {
		if comesOn {
			came = began.Add(after)
		}
		b.Hear(rank, jobs.Word{Host: "n", NodeSteps: steps, First: 10, Count: count, Came: came, Now: began.Add(after)}, start.Add(after))
	}
	look := func(after time.Duration, want string) {
		t.Helper()
		if got := strings.Join(b.Look(start.Add(after)), "; "); got != want {
			t.Errorf("after %v: %q, want %q", after, got, want)
		}
	}
	// Rank 1 has epochs of 50 s, rank 2 nothing to do, and both beat. Rank 0 is left out.
	beat := func(from, to time.Duration, comesOn bool) {
		for s := from; s < to; s += 10 * time.Second {
			at(s, 0, 0, 0, false)
			at(s, 2, 0, 0, false)
			at(s, 1, 0, 5, false)
			look(s, "")
		}
		at(to, 1, 1e6, 5, comesOn)
		at(to, 0, 0, 0, false)
		at(to, 2, 0, 0, false)
		look(to, "")
	}
	at(0, 1, 0, 5, true)
	for s := time.Duration(0); s < 500*time.Second; s += 50 * time.Second {
		beat(s, s+50*time.Second, true)
	}
	beat(500*time.Second, 990*time.Second, false) // one of ten times the length
	for s := 990 * time.Second; s <= 1010*time.Second; s += 10 * time.Second {
		at(s, 0, 0, 0, false)
		at(s, 1, 0, 5, false)
		at(s, 2, 0, 0, false)
	}
	look(1010*time.Second, "rank 1 on n: it does not come on with points 10 to 14 for 8m30s; it seems to hang")
	look(1011*time.Second, "")
	at(1020*time.Second, 1, 1e6, 5, true)
	look(1020*time.Second, "rank 1 on n: it goes on")
	at(1075*time.Second, 1, 0, 5, false)
	at(1075*time.Second, 0, 0, 0, false)
	look(1075*time.Second, "rank 2 on n: nothing was heard of it for 1m5s; it seems to hang")
	look(1076*time.Second, "")
}
