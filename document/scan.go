package document

import (
	"strings"

	"github.com/BurntSushi/toml"

	"brainsweep/fault"
)

// scanner walks a text that toml has accepted and builds the tree of its keys with their places.
// What the grammar forbids hardly occurs here, so it checks only what toml is known to let pass.
type scanner struct {
	places
	src    string
	i      int
	faults fault.List // what toml lets pass and then muddles
}

// part is one part of a dotted key.
type part struct {
	name string
	pos  fault.Pos
}

func (s *scanner) document() *node {
	root := newTable(fault.Pos{File: s.file})
	table := root
	for s.skip(); s.i < len(s.src); s.skip() {
		switch {
		case strings.HasPrefix(s.src[s.i:], "[["):
			s.i += 2
			table = element(root, s.key())
			s.i += 2
		case s.src[s.i] == '[':
			s.i++
			table = section(root, s.key())
			s.i++
		default:
			s.entry(table)
		}
	}
	return root
}

// section is the table that [a.b.c] opens.
func section(root *node, key []part) *node {
	n := root
	for _, p := range key {
		n = n.kid(p.name, p.pos).latest()
	}
	last := key[len(key)-1].pos
	n.pos, n.at = last, last
	return n
}

// element is the new table that [[a.b.c]] opens.
func element(root *node, key []part) *node {
	last := key[len(key)-1]
	n := root
	for _, p := range key[:len(key)-1] {
		n = n.kid(p.name, p.pos).latest()
	}
	array := n.kids[last.name]
	if array == nil {
		array = &node{pos: last.pos, at: last.pos, list: true}
		n.put(last.name, array)
	}
	array.items = append(array.items, newTable(last.pos))
	return array.latest()
}

// latest is the last table of an array of tables, and any other node itself.
func (n *node) latest() *node {
	if n.list && len(n.items) > 0 {
		return n.items[len(n.items)-1]
	}
	return n
}

// entry reads key = value into table.
func (s *scanner) entry(table *node) {
	key := s.key()
	last := len(key) - 1
	for _, p := range key[:last] {
		table = table.kid(p.name, p.pos)
		if !table.table {
			s.faults.Addf(p.pos, "%q is an array of tables; its tables open with [[%s]]", p.name, p.name)
			table = newTable(p.pos)
		}
	}
	s.i++ // the equals sign
	s.skip()
	value := s.value()
	value.pos = key[last].pos
	table.put(key[last].name, value)
}

// key reads a dotted key and the blanks around it.
func (s *scanner) key() []part {
	var parts []part
	for {
		s.skip()
		start := s.i
		name := ""
		if c := s.src[s.i]; c == '"' || c == '\'' {
			s.quoted()
			name = unquote(s.src[start:s.i])
		} else {
			s.i += strings.IndexAny(s.src[s.i:], " \t.=]")
			name = s.src[start:s.i]
		}
		if name == "" {
			s.faults.Addf(s.at(start), "a key is empty")
		}
		parts = append(parts, part{name, s.at(start)})
		s.skip()
		if s.src[s.i] != '.' {
			return parts
		}
		s.i++
	}
}

// unquote gives the text of a quoted key.
func unquote(raw string) string {
	var v struct{ K string }
	if _, err := toml.Decode("K = "+raw, &v); err != nil {
		panic("document: a key that toml accepted is no string: " + raw)
	}
	return v.K
}

// value reads a value and leaves the scanner behind it.
func (s *scanner) value() *node {
	start := s.i
	switch s.src[s.i] {
	case '[':
		return s.array()
	case '{':
		return s.inline()
	case '"', '\'':
		return &node{at: s.at(start + s.quoted())}
	}
	if end := strings.IndexAny(s.src[s.i:], ",]}#\r\n"); end >= 0 {
		s.i += end
	} else {
		s.i = len(s.src)
	}
	return &node{at: s.at(start)}
}

// quoted passes over a string and returns the offset of its first character from its first quote.
func (s *scanner) quoted() int {
	quote := s.src[s.i : s.i+1]
	content := 1
	long := strings.HasPrefix(s.src[s.i:], strings.Repeat(quote, 3))
	if long {
		quote = strings.Repeat(quote, 3)
		content = 3
		if strings.HasPrefix(s.src[s.i+3:], "\r\n") {
			content = 5
		} else if s.src[s.i+3] == '\n' {
			content = 4
		}
	}
	s.i += content
	for !strings.HasPrefix(s.src[s.i:], quote) {
		if s.src[s.i] == '\\' && quote[0] == '"' {
			s.i++
		}
		s.i++
	}
	s.i += len(quote)
	for k := 0; long && k < 2 && s.i < len(s.src) && s.src[s.i] == quote[0]; k++ {
		s.i++ // one or two quotes may stand before the closing three
	}
	return content
}

func (s *scanner) array() *node {
	n := &node{at: s.at(s.i), list: true}
	s.i++
	for s.skip(); s.src[s.i] != ']'; s.skip() {
		if s.src[s.i] == ',' {
			s.i++
			continue
		}
		item := s.value()
		item.pos = item.at
		n.items = append(n.items, item)
	}
	s.i++
	return n
}

func (s *scanner) inline() *node {
	n := newTable(s.at(s.i))
	s.i++
	for s.skip(); s.src[s.i] != '}'; s.skip() {
		if s.src[s.i] == ',' {
			s.i++
			continue
		}
		s.entry(n)
	}
	s.i++
	return n
}

// skip passes over blanks, line ends and comments.
func (s *scanner) skip() {
	for s.i < len(s.src) {
		switch s.src[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		case '#':
			if end := strings.IndexByte(s.src[s.i:], '\n'); end >= 0 {
				s.i += end
			} else {
				s.i = len(s.src)
			}
		default:
			return
		}
	}
}
