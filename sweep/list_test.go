package sweep_test

import (
	"fmt"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/sweep"
)

func TestReadList(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "b_e,coupling.a\n0,0.2\n50,0.3\n", "b_e[0 50] coupling.a[0.2 0.3]"},
		{"spreadsheet", "\ufeff\"b_e\", a\r\n\r\n 1e-3 , -2\r\n", "b_e[0.001] a[-2]"},
		{"comments", "# chosen by hand\nb_e\n1\n# and\n2", "b_e[1 2]"},
	}
	for _, tt := range tests {
		axes, err := sweep.ReadList("points.csv", strings.NewReader(tt.text))
		var got []string
		for _, a := range axes {
			got = append(got, fmt.Sprint(a.Address, a.Values))
		}
		if err != nil || strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %v, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestReadListMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "points.csv: empty; the first line must hold the addresses"},
		{"no points", "a,b\n", "points.csv: no points"},
		{"no header", "1,2\n3,4\n", "points.csv:1:1: 1 is a number; the first line must hold the addresses of the columns"},
		{"twice", "a,a\n1,2\n", "points.csv:1:3: a has two columns"},
		{"nameless", "a,\n1,2\n", "points.csv:1:3: a column without an address"},
		{"no number", "a,b\n1,2\n3,x\n", `points.csv:3:3: b: "x" is not a finite number`},
		{"nan", "a\nNaN\n", `points.csv:2:1: a: "NaN" is not a finite number`},
		{"short line", "a,b\n1,2\n\n3\n", "points.csv:4:1: 1 numbers for 2 columns"},
		{"quote", "a,b\n1,\"2\n", "points.csv:"},
	}
	for _, tt := range tests {
		_, err := sweep.ReadList("points.csv", strings.NewReader(tt.text))
		if !fault.Is(err) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestReadListTellsAllMistakes(t *testing.T) {
	_, err := sweep.ReadList("points.csv", strings.NewReader("a,b\nx,y\n1\n2,z\n"))
	if got := strings.Count(fmt.Sprint(err), "\n") + 1; got != 4 {
		t.Errorf("%d mistakes, want 4:\n%v", got, err)
	}
	_, err = sweep.ReadList("points.csv", strings.NewReader("a\n"+strings.Repeat("x\n", 1000)))
	if got := strings.Count(fmt.Sprint(err), "\n") + 1; got > 30 {
		t.Errorf("%d lines of mistakes for a file that is wrong throughout", got)
	}
}
