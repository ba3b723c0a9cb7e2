package progress_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brainsweep/internal/progress"
)

func TestLogGetsALineEarlyAndThenOneAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		start := time.Now()
		meter := progress.New(&out, false, "node-steps", 0, 1000e6)
		var at []time.Duration
		for second := range 300 {
			before := out.Len()
			meter.Show(2e6*float64(second), "")
			if out.Len() > before {
				at = append(at, time.Since(start))
			}
			time.Sleep(time.Second)
		}
		meter.End()
		want := []time.Duration{5 * time.Second, 15 * time.Second, 35 * time.Second, 75 * time.Second, 135 * time.Second, 195 * time.Second, 255 * time.Second}
		if len(at) != len(want) {
			t.Fatalf("lines at %v, want %v", at, want)
		}
		for i := range want {
			if at[i] != want[i] {
				t.Fatalf("lines at %v, want %v", at, want)
			}
		}
		if first, _, _ := strings.Cut(out.String(), "\n"); first != "  1 %  2 M node-steps/s  8 min 15 s left" {
			t.Errorf("first line %q", first)
		}
	})
}

func TestBarGivesWayToOtherLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out strings.Builder
		meter := progress.New(&out, true, "steps", 0, 8)
		time.Sleep(time.Second)
		meter.Show(2, "1 of 4 points")
		meter.Show(3, "too soon to be shown")
		if _, err := meter.Write([]byte("a word\n")); err != nil {
			t.Fatal(err)
		}
		meter.End()
		const bar = "[######..................]  25 %  1 of 4 points  2 steps/s  3 s left"
		const gone = "\r\x1b[K"
		if want := bar + gone + "a word\n" + bar + gone; out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	})
}

func TestRateAndTimeLeft(t *testing.T) {
	for name, c := range map[string]struct {
		before, done float64
		want         string
	}{
		"resumed work does not count for the rate": {50, 60, " 60 %  1 steps/s  40 s left\n"},
		// A checkpoint that does not serve has its steps done again, beyond those that were to be done.
		"more work than was known": {0, 120, "100 %  12 steps/s\n"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out strings.Builder
				meter := progress.New(&out, false, "steps", c.before, 100)
				time.Sleep(10 * time.Second)
				meter.Show(c.done, "")
				if out.String() != c.want {
					t.Errorf("got %q, want %q", out.String(), c.want)
				}
			})
		})
	}
}

func TestRate(t *testing.T) {
	for rate, want := range map[float64]string{
		0.25:   "0.25 steps/s",
		999:    "999 steps/s",
		999.9:  "1 k steps/s",
		31.2e6: "31.2 M steps/s",
		1.6e10: "16 G steps/s",
	} {
		if got := progress.Rate(rate, "steps"); got != want {
			t.Errorf("Rate(%g) = %q, want %q", rate, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0 s",
		59600 * time.Millisecond:      "1 min 0 s",
		200 * time.Second:             "3 min 20 s",
		5*time.Hour + 7*time.Minute:   "5 h 7 min",
		52*time.Hour + 59*time.Minute: "2 d 4 h",
	} {
		if got := progress.Duration(d); got != want {
			t.Errorf("Duration(%v) = %q, want %q", d, got, want)
		}
	}
}
