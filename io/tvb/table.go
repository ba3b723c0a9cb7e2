package tvb

import (
	"bufio"
	"errors"
	"math"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/matrix"
)

const (
	maxLine   = 48 * connectome.MaxRegions // [bytes]: more characters than a number needs for every region
	maxFaults = 5                          // mistakes of one member after which the rest is not looked at
)

// cell is one entry of a line.
type cell struct {
	text string
	col  int // [bytes], counted from 1
}

// cells splits a line at semicolons, else at commas, else at blanks, and appends to dst. What follows a # is a comment.
func cells(dst []cell, line string) []cell {
	line, _, _ = strings.Cut(line, "#")
	separator := " "
	for _, s := range []string{";", ","} {
		if strings.Contains(line, s) {
			separator = s
			break
		}
	}
	start := 0
	for start <= len(line) {
		end := len(line)
		if separator != " " {
			if k := strings.Index(line[start:], separator); k >= 0 {
				end = start + k
			}
		} else {
			for start < len(line) && blank(line[start]) {
				start++
			}
			for end = start; end < len(line) && !blank(line[end]); end++ {
			}
		}
		text := strings.TrimSpace(line[start:end])
		// Nothing between two separators is an empty cell; nothing after the last one is the end.
		if text != "" || end < len(line) && separator != " " {
			lead := len(line[start:end]) - len(strings.TrimLeft(line[start:end], " \t"))
			dst = append(dst, cell{text, start + lead + 1})
		}
		start = end + 1
	}
	return dst
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// lines calls each for every line of the member that holds something, until each says no.
// row holds the line's cells until the next call.
func (m member) lines(each func(line int, text string, row []cell) bool) error {
	text, err := m.open()
	if err != nil {
		return err
	}
	defer text.Close()
	scanner := bufio.NewScanner(text)
	scanner.Buffer(make([]byte, 0, 64<<10), maxLine)
	var row []cell
	for line := 1; scanner.Scan(); line++ {
		t := strings.TrimPrefix(scanner.Text(), "\ufeff")
		if row = cells(row[:0], t); len(row) > 0 && !each(line, t, row) {
			return nil
		}
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fault.Mistake{Pos: m.place, Msg: "has a line of more than " + strconv.Itoa(maxLine) + " characters: not a table of numbers"}
	} else if err != nil {
		return err
	}
	return nil
}

// table is a member of numbers in rows of the same length.
type table struct {
	member     member
	rows, cols int
	values     []float64
	line       []int   // of each row; nil for an array, which has no lines
	col        []int32 // of each value
}

// place tells where a value stands.
func (t *table) place(row, col int) fault.Pos {
	p := t.member.place
	if row >= 0 && t.line != nil {
		p.Line, p.Col = t.line[row], int(t.col[row*t.cols+col])
	}
	return p
}

// readTable reads a member of numbers. skip cells at the head of each line are left out, and where most is not 0,
// so are those beyond as many numbers. A data set is as it is.
func readTable(m member, skip, most int) (*table, error) {
	switch {
	case m.table != nil:
		return m.table, nil
	case m.isArray():
		return readArray(m)
	}
	t := &table{member: m}
	var faults fault.List
	err := m.lines(func(line int, _ string, row []cell) bool {
		row = row[min(skip, len(row)):]
		if most > 0 && len(row) > most {
			row = row[:most]
		}
		t.add(&faults, line, row)
		return len(faults) < maxFaults
	})
	if err == nil && len(faults) > 0 {
		err = m.sound()
	}
	switch {
	case err != nil: // what else is wrong comes from that
		return t, err
	case t.rows == 0 && len(faults) == 0:
		faults.Addf(m.place, "has no numbers")
	}
	return t, faults.Err()
}

// readArray reads a member that is an array of numbers.
func readArray(m member) (*table, error) {
	if a := m.array; a != nil {
		return &table{member: m, rows: a.Rows, cols: a.Cols, values: a.Values}, nil
	}
	raw, err := m.whole()
	if err != nil {
		return nil, err
	}
	a, err := matrix.Parse(m.place.File, raw)
	if err != nil {
		return nil, err
	}
	return &table{member: m, rows: a.Rows, cols: a.Cols, values: a.Values}, nil
}

// add appends a row, or notes what is wrong with it.
func (t *table) add(faults *fault.List, line int, row []cell) {
	place := t.member.place
	place.Line = line
	if t.rows == 0 {
		t.cols = len(row)
	}
	switch {
	case len(row) > connectome.MaxRegions || t.rows == connectome.MaxRegions:
		faults.Addf(place, "more rows or columns than the %d regions of a connectome", connectome.MaxRegions)
		return
	case len(row) != t.cols:
		faults.Addf(place, "row %d has %d columns, but the first row has %d", t.rows+1, len(row), t.cols)
	}
	for _, c := range row {
		value, err := strconv.ParseFloat(c.text, 64)
		if err != nil && len(*faults) < maxFaults {
			place.Col = c.col
			faults.Addf(place, "%s", refusal(c.text, err))
		}
		t.values = append(t.values, value)
		t.col = append(t.col, int32(c.col))
	}
	t.line = append(t.line, line)
	t.rows++
}

func refusal(text string, err error) string {
	switch {
	case text == "":
		return "an empty cell: a number is wanted"
	case errors.Is(err, strconv.ErrRange):
		return shortened(text) + " is beyond the range of numbers (" + strconv.FormatFloat(math.MaxFloat64, 'g', 3, 64) + ")"
	}
	return shortened(text) + " is not a number"
}

func shortened(text string) string {
	const most = 24
	if len(text) > most {
		text = text[:most] + "..."
	}
	return strconv.Quote(text)
}
