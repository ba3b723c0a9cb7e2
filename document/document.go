// Package document is a TOML file in which every key and value has its place.
//
// The values come from github.com/BurntSushi/toml; the places (line, column) and the file's order
// of keys come from a scan of the same text. A path names a value by its keys from the top; an
// element of a list or of an array of tables is named by its number from 0: "record", "0", "period".
package document

import (
	"fmt"
	"strconv"

	"brainsweep/fault"
)

// Document is a parsed TOML file. Set changes it; otherwise it is only read.
type Document struct {
	file string
	root *node
}

// node is a value with its place.
type node struct {
	pos   fault.Pos // of the key, or of a list's element
	at    fault.Pos // of the value; of a string its first character after the quotes
	value any       // of a leaf: string, int64, float64, bool or time.Time; nil for lists and tables
	list  bool
	items []*node // of a list or an array of tables
	table bool
	keys  []string // of a table, in the file's order
	kids  map[string]*node
}

func newTable(pos fault.Pos) *node {
	return &node{pos: pos, at: pos, table: true, kids: map[string]*node{}}
}

// kid returns a table's entry under key, made if there is none.
func (n *node) kid(key string, pos fault.Pos) *node {
	if k := n.kids[key]; k != nil {
		return k
	}
	k := newTable(pos)
	n.put(key, k)
	return k
}

func (n *node) put(key string, k *node) {
	if n.kids[key] == nil {
		n.keys = append(n.keys, key)
	}
	n.kids[key] = k
}

// child returns the entry or element called name, nil when there is none.
func (n *node) child(name string) *node {
	switch {
	case n.table:
		return n.kids[name]
	case n.list:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.items) {
			return n.items[i]
		}
	}
	return nil
}

// find returns the node at path, or nil, and the last node that exists on the way there.
func (d *Document) find(path []string) (n, last *node) {
	n = d.root
	for _, name := range path {
		last = n
		if n = n.child(name); n == nil {
			return nil, last
		}
	}
	return n, n
}

// File is the name under which the document was parsed.
func (d *Document) File() string { return d.file }

// Has reports whether there is a value at path.
func (d *Document) Has(path ...string) bool {
	n, _ := d.find(path)
	return n != nil
}

// Keys gives the keys of the table at path in the file's order; nil where there is no table.
func (d *Document) Keys(path ...string) []string {
	if n, _ := d.find(path); n != nil && n.table {
		return append([]string(nil), n.keys...)
	}
	return nil
}

// Len is the number of elements of the list or array of tables at path, 0 where there is none.
func (d *Document) Len(path ...string) int {
	if n, _ := d.find(path); n != nil {
		return len(n.items)
	}
	return 0
}

// Pos is the place of the key at path (of a list's element: the place of the element itself).
// Where path does not exist it is the place of what exists of it: the section in which a key is missing.
func (d *Document) Pos(path ...string) fault.Pos {
	_, last := d.find(path)
	return last.pos
}

// ValuePos is the place of the value at path. Of a string it is the place of the first character
// between the quotes, so that character k of line l of the text stands at line Line+l, and at column
// Col+k if l is 0, else k+1 (l and k from 0; a string with escapes may stand further right).
// Where path does not exist it is Pos.
func (d *Document) ValuePos(path ...string) fault.Pos {
	n, last := d.find(path)
	if n == nil {
		return last.pos
	}
	return n.at
}

// Value gives the value at path: string, int64, float64, bool, time.Time, []any or map[string]any; nil where there is none.
func (d *Document) Value(path ...string) any {
	n, _ := d.find(path)
	if n == nil {
		return nil
	}
	return n.plain()
}

// plain is the node's value without places.
func (n *node) plain() any {
	switch {
	case n.table:
		m := make(map[string]any, len(n.kids))
		for key, k := range n.kids {
			m[key] = k.plain()
		}
		return m
	case n.list:
		l := make([]any, len(n.items))
		for i, item := range n.items {
			l[i] = item.plain()
		}
		return l
	}
	return n.value
}

// Kind says in words what stands at path: "a string", "a number", "true or false", "a date", "a list",
// "a table"; "nothing" where there is no value.
func (d *Document) Kind(path ...string) string {
	n, _ := d.find(path)
	return n.kind()
}

func (n *node) kind() string {
	switch {
	case n == nil:
		return "nothing"
	case n.table:
		return "a table"
	case n.list:
		return "a list"
	}
	switch n.value.(type) {
	case string:
		return "a string"
	case int64, float64:
		return "a number"
	case bool:
		return "true or false"
	}
	return "a date"
}

// Number gives the number at path; the error is a fault.Mistake at its place.
func (d *Document) Number(path ...string) (float64, error) {
	n, last := d.find(path)
	if n != nil {
		switch v := n.value.(type) {
		case int64:
			return float64(v), nil
		case float64:
			return v, nil
		}
	}
	return 0, expected("a number", n, last, path)
}

// Text gives the string at path; the error is a fault.Mistake at its place.
func (d *Document) Text(path ...string) (string, error) {
	n, last := d.find(path)
	if n != nil {
		if s, ok := n.value.(string); ok {
			return s, nil
		}
	}
	return "", expected("a string", n, last, path)
}

// expected is the mistake that path holds something other than what is wanted.
func expected(what string, n, last *node, path []string) error {
	pos := last.pos
	if n != nil && n.at.Line > 0 && !n.table {
		pos = n.at
	}
	return fault.Mistake{Pos: pos, Msg: fmt.Sprintf("%s: expected %s, found %s", Address(path...), what, n.describe())}
}

// describe is kind, with a short string or a number quoted.
func (n *node) describe() string {
	if n != nil {
		switch v := n.value.(type) {
		case string:
			if len(v) <= 40 {
				return "the string " + Quote(v)
			}
		case int64, float64:
			return fmt.Sprint(v)
		case bool:
			return fmt.Sprint(v)
		}
	}
	return n.kind()
}
