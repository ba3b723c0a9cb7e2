package bids

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// Participants is the table participants.tsv: a line for each person.
type Participants struct {
	Columns []string // without participant_id
	path    string
	rows    map[string][]string // by person, sub-01
}

// participants reads the table of the folder that the subjects were found in, or of the data set's.
func (s *Set) participants(base string) error {
	for _, at := range []string{path.Join(base, "participants.tsv"), "participants.tsv"} {
		if info, err := s.root.Stat(at); err != nil || !info.Mode().IsRegular() {
			continue
		}
		lines, err := s.lines(at)
		if err != nil {
			return err
		}
		p := &Participants{path: s.at(at), rows: map[string][]string{}}
		key := slices.IndexFunc(lines[0], func(name string) bool { return name == "participant_id" || name == "subject_id" })
		if key < 0 {
			return mistake(p.path, "has no column participant_id; it has %s", strings.Join(lines[0], ", "))
		}
		p.Columns = slices.Delete(slices.Clone(lines[0]), key, key+1)
		for _, cells := range lines[1:] {
			if key >= len(cells) {
				continue
			}
			id := "sub-" + strings.TrimPrefix(cells[key], "sub-")
			p.rows[id] = slices.Delete(slices.Clone(cells), key, key+1)
		}
		s.Participants = p
		return nil
	}
	return nil
}

// People lists the persons of the table, sorted.
func (p *Participants) People() []string { return slices.Sorted(maps.Keys(p.rows)) }

// Condition chooses people by the columns of participants.tsv: comparisons such as age > 60 or group == patient, with
// "and" and "or" between them, of which "and" binds more tightly. It is true where one of Any has all comparisons true.
type Condition struct{ any [][]comparison }

type comparison struct{ column, operator, value string }

var operators = []string{"==", "!=", "<=", ">=", "<", ">", "="}

// ParseCondition reads a condition; the mistake says what it should look like.
func ParseCondition(text string) (*Condition, error) {
	c := &Condition{}
	for _, part := range splitWord(text, "or") {
		var all []comparison
		for _, term := range splitWord(part, "and") {
			one, ok := parseComparison(term)
			if !ok {
				return nil, fault.Mistake{Msg: strconv.Quote(strings.TrimSpace(term)) + ` is no comparison; write for example "age > 60 and group == patient"`}
			}
			all = append(all, one)
		}
		c.any = append(c.any, all)
	}
	return c, nil
}

func parseComparison(term string) (comparison, bool) {
	for i := range term {
		for _, op := range operators {
			if !strings.HasPrefix(term[i:], op) {
				continue
			}
			c := comparison{strings.TrimSpace(term[:i]), op, strings.Trim(strings.TrimSpace(term[i+len(op):]), `"'`)}
			if op == "=" {
				c.operator = "=="
			}
			return c, c.column != "" && c.value != ""
		}
	}
	return comparison{}, false
}

// splitWord splits text at a word between blanks.
func splitWord(text, word string) []string {
	var out []string
	var part []string
	for _, w := range strings.Fields(text) {
		if strings.EqualFold(w, word) {
			out, part = append(out, strings.Join(part, " ")), nil
			continue
		}
		part = append(part, w)
	}
	return append(out, strings.Join(part, " "))
}

// Check notes columns that the table does not have.
func (p *Participants) Check(c *Condition) error {
	var faults fault.List
	for _, all := range c.any {
		for _, one := range all {
			if !slices.Contains(p.Columns, one.column) {
				faults.Addf(fault.Pos{}, "%s has no column %q%s; it has %s", p.path, one.column, fault.Suggest(one.column, p.Columns), strings.Join(p.Columns, ", "))
			}
		}
	}
	return faults.Err()
}

// Meets tells whether a person is chosen. What is not known of a person (n/a, or no line in the table) meets no
// comparison.
func (p *Participants) Meets(person string, c *Condition) bool {
	row, known := p.rows[person]
	if !known {
		return false
	}
	return slices.ContainsFunc(c.any, func(all []comparison) bool {
		return !slices.ContainsFunc(all, func(one comparison) bool {
			k := slices.Index(p.Columns, one.column)
			return k < 0 || k >= len(row) || !one.holds(row[k])
		})
	})
}

// holds compares numbers as numbers, and words as words, which are only equal or not.
func (c comparison) holds(cell string) bool {
	if cell == "" || strings.EqualFold(cell, "n/a") {
		return false
	}
	x, errX := strconv.ParseFloat(cell, 64)
	y, errY := strconv.ParseFloat(c.value, 64)
	numbers := errX == nil && errY == nil
	switch c.operator {
	case "==":
		return numbers && x == y || !numbers && cell == c.value
	case "!=":
		return numbers && x != y || !numbers && cell != c.value
	case "<":
		return numbers && x < y
	case "<=":
		return numbers && x <= y
	case ">":
		return numbers && x > y
	}
	return numbers && x >= y
}
