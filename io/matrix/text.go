package matrix

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// manyMistakes ends the reading of a file that is wrong throughout.
const manyMistakes = 5

// cell is an entry of a line.
type cell struct {
	text string
	pos  fault.Pos
}

// parseText reads rows of cells.
func parseText(name string, text []byte) (*Matrix, error) {
	rows := cellsOf(name, strings.TrimPrefix(string(text), "\ufeff"))
	m := &Matrix{file: name}
	switch {
	case bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")):
		return nil, fault.Mistake{Pos: m.File(), Msg: "the text is UTF-16; save it as UTF-8"}
	case bytes.IndexByte(text, 0) >= 0:
		return nil, fault.Mistake{Pos: m.File(), Msg: "this is neither text nor npy; text with commas, tabs or blanks between the numbers is wanted, or npy"}
	case len(rows) == 0:
		return nil, fault.Mistake{Pos: m.File(), Msg: "the file has no numbers"}
	}
	unnamed := false // the first column has a name, which is empty
	if header := rows[0]; isHeader(header) {
		rows = rows[1:]
		if len(rows) == 0 {
			return nil, fault.Mistake{Pos: m.File(), Msg: "the file has a line of names, but no numbers"}
		}
		unnamed = header[0].text == ""
		for _, c := range header {
			m.ColNames = append(m.ColNames, c.text)
		}
	}
	named := unnamed || !isNumber(rows[0][0].text) || m.ColNames != nil && len(rows[0]) == len(m.ColNames)+1
	if named && m.ColNames != nil && len(rows[0]) == len(m.ColNames) {
		m.ColNames = m.ColNames[1:]
	}
	return m, m.fill(rows, named)
}

// fill takes the numbers of rows, which all have as many cells as the first.
func (m *Matrix) fill(rows [][]cell, named bool) error {
	var faults fault.List
	width := len(rows[0])
	for _, row := range rows {
		if len(faults) >= manyMistakes {
			break
		}
		if len(row) != width {
			faults.Addf(row[0].pos, "%d cells, but the first row has %d", len(row), width)
			continue
		}
		if named {
			m.RowNames, row = append(m.RowNames, row[0].text), row[1:]
		}
		for _, c := range row {
			v, ok := number(c.text)
			if !ok && len(faults) < manyMistakes {
				faults.Addf(c.pos, "%s is not a number%s", strconv.Quote(shortened(c.text)), decimalHint(c.text))
			}
			m.Values, m.places = append(m.Values, v), append(m.places, c.pos)
		}
	}
	m.Rows, m.Cols = len(rows), width
	if named {
		m.Cols--
	}
	if m.ColNames != nil && len(m.ColNames) != m.Cols && len(faults) == 0 {
		faults.Addf(m.File(), "%d names in the first line for %d columns of numbers", len(m.ColNames), m.Cols)
	}
	if m.Cols == 0 && len(faults) == 0 {
		faults.Addf(m.File(), "the file has names, but no numbers")
	}
	return faults.Err()
}

// isHeader tells a line of names from one of numbers: a cell behind the first is none, or there is one cell and it is none.
func isHeader(row []cell) bool {
	for i, c := range row {
		if (i > 0 || len(row) == 1) && !isNumber(c.text) {
			return true
		}
	}
	return false
}

func isNumber(text string) bool {
	_, ok := number(text)
	return ok
}

// number reads a cell; what is missing is NaN.
func number(text string) (float64, bool) {
	switch strings.ToLower(text) {
	case "", "n/a", "na", "nan", "-nan":
		return math.NaN(), true
	}
	v, err := strconv.ParseFloat(text, 64)
	if errors.Is(err, strconv.ErrRange) && v == 0 {
		err = nil // too small a number is 0
	}
	return v, err == nil
}

// decimalHint is for numbers with a decimal comma.
func decimalHint(text string) string {
	if v, ok := number(strings.Replace(text, ",", ".", 1)); ok && !math.IsNaN(v) {
		return "; decimals stand behind a point"
	}
	return ""
}

func shortened(text string) string {
	const most = 24
	if len(text) > most {
		text = text[:most] + "..."
	}
	return text
}

// cellsOf divides text into lines and these into cells. The first line decides what stands between cells.
func cellsOf(name, text string) [][]cell {
	var rows [][]cell
	separator := ""
	for number := 1; text != ""; number++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		line, _, _ = strings.Cut(line, "#")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if separator == "" {
			separator = separatorOf(line)
		}
		rows = append(rows, split(strings.TrimRight(line, "\r"), separator, fault.Pos{File: name, Line: number}))
	}
	return rows
}

func separatorOf(line string) string {
	for _, s := range []string{"\t", ";", ","} {
		if strings.Contains(line, s) {
			return s
		}
	}
	return " "
}

// split gives the cells of a line. Between blanks there is no empty cell; quotes around a cell are left out.
func split(line, separator string, pos fault.Pos) []cell {
	var row []cell
	add := func(start, end int) {
		text := line[start:end]
		lead := len(text) - len(strings.TrimLeft(text, " \t"))
		pos.Col = start + lead + 1
		row = append(row, cell{strings.Trim(strings.TrimSpace(text), `"`), pos})
	}
	start, quoted := 0, false
	for k := 0; k < len(line); k++ {
		if line[k] == '"' {
			quoted = !quoted
		}
		if quoted || line[k] != separator[0] {
			continue
		}
		if separator != " " || k > start {
			add(start, k)
		}
		start = k + 1
	}
	if separator != " " || start < len(line) {
		add(start, len(line))
	}
	return row
}
