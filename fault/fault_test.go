package fault_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/fault"
)

func at(line, col int) fault.Pos { return fault.Pos{File: "job.toml", Line: line, Col: col} }

func TestListIsSortedAndTellsEachMistakeOnce(t *testing.T) {
	var l fault.List
	l.Addf(at(3, 1), "third")
	l.Addf(at(1, 7), "second")
	l.Add(fault.Mistake{Pos: at(1, 2), Msg: "first"})
	l.Add(fmt.Errorf("wrapped: %w", fault.List{{Pos: at(3, 1), Msg: "third"}, {Msg: "without a place"}}))
	l.Add(nil)
	l.Add(errors.New("the machine's"))
	const want = "without a place\nthe machine's\njob.toml:1:2: first\njob.toml:1:7: second\njob.toml:3:1: third"
	if err := l.Err(); err == nil || err.Error() != want || !fault.Is(err) {
		t.Errorf("%v\nwant %s", err, want)
	}
	if err := (fault.List{}).Err(); err != nil {
		t.Errorf("an empty list is the error %v", err)
	}
}

// A file that is wrong throughout does not scroll its first mistake away.
func TestManyMistakesAreCounted(t *testing.T) {
	var l fault.List
	for line := range 5000 {
		l.Addf(at(line+1, 1), "wrong")
	}
	lines := strings.Split(l.Err().Error(), "\n")
	if len(lines) != 101 || lines[99] != "job.toml:100:1: wrong" || lines[100] != "and 4900 more" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestReason(t *testing.T) {
	_, err := os.Open(filepath.Join(t.TempDir(), "nothing"))
	if got, want := fault.Reason(fmt.Errorf("here: %w", err)), "no such file or directory"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := fault.Reason(errors.New("other")), "other"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSuggest(t *testing.T) {
	known := []string{"duration", "transient", "step", "E_L_e", "tau"}
	for name, want := range map[string]string{
		"duratoin": "duration", "Duration": "duration", "e_l_e": "E_L_e", "tua": "tau", "stepp": "step", "precision": "", "": "",
	} {
		if want != "" {
			want = ` (did you mean "` + want + `"?)`
		}
		if got := fault.Suggest(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestAmong(t *testing.T) {
	var names []string
	for i := range 20 {
		names = append(names, fmt.Sprint("n", i))
	}
	if got, want := fault.Among(names[:2]), "n0, n1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := fault.Among(names); !strings.HasSuffix(got, ", n15 and 4 more") {
		t.Errorf("%q", got)
	}
}
