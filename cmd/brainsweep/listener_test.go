package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"brainsweep/jobs"
)

// tell runs a listener through a job of a minute, of which ten seconds are the merge.
func tell(format string, rank int, output string) string {
	var errs bytes.Buffer
	said := &voice{out: &errs, format: choice{value: format}, level: choice{value: "info"}}
	l := newListener(rank, said, output, &errs, nil)
	for s := range 50 {
		l.Progress(jobs.Progress{Points: s / 5, AllPoints: 10, NodeSteps: float64(s) * 1e6, AllNodeSteps: 50e6})
		time.Sleep(time.Second)
	}
	l.Note("a part is damaged")
	for s := range 10 {
		l.Progress(jobs.Progress{Points: s, AllPoints: 10, Merging: true})
		time.Sleep(time.Second)
	}
	l.close()
	return errs.String()
}

// TestLogOfARun reads what a batch system's log holds of a run.
func TestLogOfARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		want := ""
		for _, line := range []struct {
			second int
			text   string
		}{
			{5, "10 %  1 of 10 points  1 M node-steps/s  45 s left"},
			{15, "30 %  3 of 10 points  1 M node-steps/s  35 s left"},
			{35, "70 %  7 of 10 points  1 M node-steps/s  15 s left"},
			{50, "a part is damaged"},
			{55, "50 %  5 of 10 points merged  1 points/s  5 s left"},
		} {
			want += time.Now().Add(time.Duration(line.second)*time.Second).Format("15:04:05 ") + line.text + "\n"
		}
		if got := tell("text", 0, ""); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestLogForMachines has every line of the log as JSON.
func TestLogForMachines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lines := strings.Split(strings.TrimSpace(tell("json", 0, "")), "\n")
		if len(lines) != 5 {
			t.Errorf("%d lines: %q", len(lines), lines)
		}
		for _, line := range lines {
			var entry struct{ Level, Msg, Time string }
			if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level != "info" || entry.Msg == "" || entry.Time == "" {
				t.Errorf("%s: %v", line, err)
			}
		}
	})
}
