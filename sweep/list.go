package sweep

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// manyMistakes ends the reading of a list that is wrong throughout.
const manyMistakes = 20

// ReadList reads the axes of a list from CSV text: a line of addresses, then a line of numbers for each point.
// Empty lines and lines that begin with # are passed over. The name stands in messages;
// the error is a fault.List with file, line and column of each mistake.
func ReadList(name string, r io.Reader) ([]Axis, error) {
	in := csv.NewReader(withoutBOM(r))
	in.Comment = '#'
	in.TrimLeadingSpace = true
	in.ReuseRecord = true
	in.FieldsPerRecord = -1
	var mistakes fault.List
	header, err := in.Read()
	if err == io.EOF {
		mistakes.Addf(fault.Pos{File: name}, "empty; the first line must hold the addresses of the columns")
		return nil, mistakes.Err()
	}
	if err != nil {
		mistakes.Add(csvMistake(name, err))
		return nil, mistakes.Err()
	}
	axes := readHeader(name, in, header, &mistakes)
	for len(mistakes) < manyMistakes {
		fields, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			mistakes.Add(csvMistake(name, err))
			break
		}
		readRow(name, in, fields, axes, &mistakes)
	}
	if len(mistakes) == 0 && len(axes[0].Values) == 0 {
		mistakes.Addf(fault.Pos{File: name}, "no points; a line of numbers must follow the addresses for each point")
	}
	if err := mistakes.Err(); err != nil {
		return nil, err
	}
	return axes, nil
}

func readHeader(name string, in *csv.Reader, header []string, mistakes *fault.List) []Axis {
	axes := make([]Axis, len(header))
	seen := map[string]bool{}
	for i, field := range header {
		address := strings.TrimSpace(field)
		switch _, err := strconv.ParseFloat(address, 64); {
		case address == "":
			mistakes.Addf(place(name, in, i), "a column without an address")
		case err == nil:
			mistakes.Addf(place(name, in, i), "%s is a number; the first line must hold the addresses of the columns", address)
		case seen[address]:
			mistakes.Addf(place(name, in, i), "%s has two columns", address)
		}
		seen[address] = true
		axes[i].Address = address
	}
	return axes
}

func readRow(name string, in *csv.Reader, fields []string, axes []Axis, mistakes *fault.List) {
	if len(fields) != len(axes) {
		mistakes.Addf(place(name, in, 0), "%d numbers for %d columns", len(fields), len(axes))
		return
	}
	for i, field := range fields {
		v, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			mistakes.Addf(place(name, in, i), "%s: %q is not a finite number", axes[i].Address, field)
		}
		axes[i].Values = append(axes[i].Values, v)
	}
}

// withoutBOM passes over the byte order mark that spreadsheets put in front.
func withoutBOM(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		b.Discard(3)
	}
	return b
}

func place(name string, in *csv.Reader, field int) fault.Pos {
	line, col := in.FieldPos(field)
	return fault.Pos{File: name, Line: line, Col: col}
}

func csvMistake(name string, err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return fault.Mistake{Pos: fault.Pos{File: name, Line: parse.Line, Col: parse.Column}, Msg: parse.Err.Error()}
	}
	return fault.Mistake{Pos: fault.Pos{File: name}, Msg: err.Error()}
}
