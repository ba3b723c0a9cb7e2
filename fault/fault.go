// Package fault holds what a user did wrong, each mistake with its place.
//
// A reader of a user's file collects every mistake in a List and returns them together, so that
// one run of "check" shows all there is to mend.
package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Pos is a place in a user's file. Line and Col count from 1; 0 means unknown.
type Pos struct {
	File string
	Line int
	Col  int
}

// String gives file:line:col, leaving out what is unknown.
func (p Pos) String() string {
	s := p.File
	if p.Line > 0 {
		s += fmt.Sprintf(":%d", p.Line)
		if p.Col > 0 {
			s += fmt.Sprintf(":%d", p.Col)
		}
	}
	return s
}

// Mistake is one thing that a user has to mend.
type Mistake struct {
	Pos Pos
	Msg string // what is wrong and what would be right; lower case, no full stop
}

func (m Mistake) Error() string {
	if place := m.Pos.String(); place != "" {
		return place + ": " + m.Msg
	}
	return m.Msg
}

// List is a user's mistakes in the order found. The zero value is ready for use.
type List []Mistake

// Addf notes a mistake.
func (l *List) Addf(pos Pos, format string, args ...any) {
	*l = append(*l, Mistake{pos, fmt.Sprintf(format, args...)})
}

// Add takes over err: the mistakes of a List as they are, any other error as one mistake without a place.
func (l *List) Add(err error) {
	var list List
	var one Mistake
	switch {
	case err == nil:
	case errors.As(err, &list):
		*l = append(*l, list...)
	case errors.As(err, &one):
		*l = append(*l, one)
	default:
		*l = append(*l, Mistake{Msg: err.Error()})
	}
}

// Err returns nil when the list is empty, else the list sorted by place, each mistake once.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	sorted := append(List(nil), l...)
	sort.SliceStable(sorted, func(a, b int) bool {
		p, q := sorted[a].Pos, sorted[b].Pos
		if p.File != q.File {
			return p.File < q.File
		}
		if p.Line != q.Line {
			return p.Line < q.Line
		}
		return p.Col < q.Col
	})
	out := sorted[:0]
	seen := map[Mistake]bool{}
	for _, m := range sorted {
		if !seen[m] {
			seen[m] = true
			out = append(out, m)
		}
	}
	return out
}

// mostLines is how many mistakes a message tells: the first ones are mended first.
const mostLines = 100

// Error gives one mistake per line; of very many it tells the first ones, and how many more there are.
func (l List) Error() string {
	var lines []string
	for _, m := range l[:min(len(l), mostLines)] {
		lines = append(lines, m.Error())
	}
	if more := len(l) - mostLines; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Reason is what the operating system says of a file, without the operation and the file's name: messages have these in
// words of their own.
func Reason(err error) string {
	var of *fs.PathError
	if errors.As(err, &of) {
		return of.Err.Error()
	}
	return err.Error()
}

// Is reports whether err is, or wraps, a mistake of the user's rather than trouble of the machine's.
func Is(err error) bool {
	var list List
	var one Mistake
	return errors.As(err, &list) || errors.As(err, &one)
}
