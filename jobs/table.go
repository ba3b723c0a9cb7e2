package jobs

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// labelColumn is the column of a table that says which node a line is for.
const labelColumn = "label"

// manyMistakes ends the reading of a column that is wrong throughout.
const manyMistakes = 5

// line is a line of a table with the places of its fields.
type line struct {
	fields []string
	pos    []fault.Pos
}

// lines reads a CSV file that the job names at pos: fields without blanks around them, no empty lines, no comments (#).
func (r *reader) lines(name string, pos fault.Pos) ([]line, error) {
	text, err := r.inputs.file(name, pos)
	if err != nil {
		return nil, err
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if strings.HasSuffix(name, ".tsv") {
		in.Comma = '\t'
	}
	in.Comment, in.TrimLeadingSpace, in.FieldsPerRecord = '#', true, -1
	file := r.inputs.path(name)
	var out []line
	for {
		fields, err := in.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			place, msg := fault.Pos{File: file}, err.Error()
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				place.Line, place.Col, msg = parse.Line, parse.Column, parse.Err.Error()
			}
			return nil, fault.Mistake{Pos: place, Msg: msg}
		}
		l := line{fields: fields}
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
			row, col := in.FieldPos(i)
			l.pos = append(l.pos, fault.Pos{File: file, Line: row, Col: col})
		}
		out = append(out, l)
	}
	if len(out) == 0 {
		return nil, fault.Mistake{Pos: fault.Pos{File: file}, Msg: "the file is empty"}
	}
	return out, nil
}

// finite reads the number in field i of a line.
func (l line) finite(i int) (float64, error) {
	x, err := strconv.ParseFloat(l.fields[i], 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fault.Mistake{Pos: l.pos[i], Msg: fmt.Sprintf("%q is not a finite number", l.fields[i])}
	}
	return x + 0, nil
}

// columnOf reads a column of a table: a line of names, then a line for each node. Lines are in the order of the nodes,
// or in any order where there is a column "label". A table with one column needs no name for it.
func (r *reader) columnOf(of regions, file, name string, pos fault.Pos) ([]float64, error) {
	lines, err := r.lines(file, pos)
	if err != nil {
		return nil, err
	}
	header, lines := lines[0].fields, lines[1:]
	labels := slices.Index(header, labelColumn)
	if name == "" && len(header) == 1 && labels < 0 {
		name = header[0]
	}
	k := slices.Index(header, name)
	if k < 0 {
		if name == "" {
			return nil, fault.Mistake{Pos: pos, Msg: "which column? " + file + " has " + strings.Join(header, ", ")}
		}
		return nil, document.Unknown(pos, "column", name, header)
	}
	var faults fault.List
	out := make([]float64, len(lines))
	order := make([]int, len(lines))
	if labels >= 0 && len(of.labels) > 0 {
		order, err = r.match(of, lines, labels, file)
		faults.Add(err)
		if of.some {
			out = make([]float64, len(of.labels))
		}
	} else {
		if !of.own && !r.sameNodes(pos, file) {
			return nil, nil
		}
		for i := range order {
			order[i] = i
		}
		if n := len(of.labels); n > 0 && of.some && len(lines) != n {
			return nil, fault.Mistake{Pos: fault.Pos{File: r.inputs.path(file)}, Msg: fmt.Sprintf("%d lines of numbers for the %d nodes of %s", len(lines), n, of.source)}
		}
	}
	for i, l := range lines {
		if len(faults) == manyMistakes {
			break
		}
		if k >= len(l.fields) {
			faults.Addf(l.pos[0], "%d fields, but the first line names %d columns", len(l.fields), len(header))
			continue
		}
		x, err := l.finite(k)
		faults.Add(err)
		if i < len(order) && order[i] >= 0 {
			out[order[i]] = x
		}
	}
	return out, faults.Err()
}

// match finds the node of each line by its label.
func (r *reader) match(of regions, lines []line, labels int, file string) ([]int, error) {
	node := map[string]int{}
	for i, label := range of.labels {
		node[label] = i
	}
	if len(lines) != len(node) && !of.some {
		return nil, fault.Mistake{Pos: fault.Pos{File: r.inputs.path(file)},
			Msg: fmt.Sprintf("%d lines of numbers for the %d nodes of %s", len(lines), len(node), of.source)}
	}
	var faults fault.List
	seen := make([]bool, len(node))
	order := make([]int, len(lines))
	for i, l := range lines {
		if len(faults) == manyMistakes {
			break
		}
		if labels >= len(l.fields) {
			continue
		}
		n, ok := node[l.fields[labels]]
		switch {
		case !ok && of.some:
			order[i] = -1 // a table of a whole atlas, of which the cohort has a part
		case !ok:
			faults.Addf(l.pos[labels], "%s has no node %q%s", of.source, l.fields[labels], r.regionHint(l.fields[labels], of.labels))
		case seen[n]:
			faults.Addf(l.pos[labels], "node %q has two lines", l.fields[labels])
		default:
			seen[n], order[i] = true, n
		}
	}
	for n, there := range seen {
		if !there && len(faults) == 0 {
			faults.Addf(fault.Pos{File: r.inputs.path(file)}, "no line for node %q of %s", of.labels[n], of.source)
		}
	}
	return order, faults.Err()
}
