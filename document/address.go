package document

import (
	"math"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// Address writes a path with dots between its names, as Set and the messages use it: sweep."coupling.a".points.
func Address(path ...string) string {
	names := make([]string, len(path))
	for i, name := range path {
		names[i] = Key(name)
	}
	return strings.Join(names, ".")
}

// Split takes an address apart at its dots; a name in quotes may hold dots.
// It reports false when a name is empty or a quote is not closed.
func Split(address string) ([]string, bool) {
	var path []string
	for rest := address; ; {
		var name string
		if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
			end := strings.IndexByte(rest[1:], rest[0])
			if end < 0 {
				return nil, false
			}
			name, rest = rest[1:1+end], rest[2+end:]
		} else if end := strings.IndexByte(rest, '.'); end >= 0 {
			name, rest = rest[:end], rest[end:]
		} else {
			name, rest = rest, ""
		}
		if name == "" {
			return nil, false
		}
		path = append(path, strings.TrimSpace(name))
		if rest == "" {
			return path, true
		}
		if rest[0] != '.' {
			return nil, false
		}
		rest = rest[1:]
	}
}

// Set puts a value at an address, as --set address=value does: over what stands there, or new, with the
// tables that it needs; a number or a text does not become a table. Names that stand in the document as one quoted key with dots are found without quotes:
// sweep.coupling.a.points is sweep."coupling.a".points where there is such an entry. value is TOML; what is no
// TOML is taken as text, since a shell eats quotes. The place of the new value is `--set address=value`.
func (d *Document) Set(address, value string) error {
	pos := fault.Pos{File: "--set " + address + "=" + value}
	path, ok := Split(address)
	if !ok {
		return fault.Mistake{Pos: pos, Msg: "not an address; write names with dots between them, e.g. run.seed"}
	}
	n, err := parseValue(value, pos)
	if err != nil {
		return err
	}
	table := d.root
	for {
		name, rest := table.longest(path)
		if table.list {
			item := table.child(name)
			if item == nil {
				return fault.Mistake{Pos: pos, Msg: "there is no element " + name + "; the list has " + strconv.Itoa(len(table.items)) + ", counted from 0"}
			}
			if len(rest) == 0 {
				*item = *n
				return nil
			}
			table, path = item, rest
			continue
		}
		if len(rest) == 0 {
			table.put(name, n)
			return nil
		}
		next := table.kid(name, pos)
		if !next.table && !next.list {
			return fault.Mistake{Pos: pos, Msg: name + " is no table here, so nothing in it can be set; write all of it: " + name + "={ ... }"}
		}
		table, path = next, rest
	}
}

// longest finds the entry whose key is as many of path's names as possible, and what of path is left.
func (n *node) longest(path []string) (name string, rest []string) {
	for k := len(path); k > 1; k-- {
		if joined := strings.Join(path[:k], "."); n.kids[joined] != nil {
			return joined, path[k:]
		}
	}
	return path[0], path[1:]
}

// parseValue reads a TOML value, all of it at one place.
func parseValue(text string, pos fault.Pos) (*node, error) {
	d, err := Parse("", []byte("v = "+text))
	if err == nil && len(d.root.keys) == 1 {
		n := d.root.kids["v"]
		n.moveTo(pos)
		return n, nil
	}
	if t := strings.TrimSpace(text); t == "" || strings.ContainsAny(t[:1], `[{"'`) {
		msg := "not a TOML value"
		if t == "" {
			msg += "; nothing stands behind the ="
		} else if list, ok := err.(fault.List); ok {
			msg += ": " + list[0].Msg
		}
		return nil, fault.Mistake{Pos: pos, Msg: msg}
	}
	return &node{pos: pos, at: pos, value: text}, nil
}

func (n *node) moveTo(pos fault.Pos) {
	n.pos, n.at = pos, pos
	for _, item := range n.items {
		item.moveTo(pos)
	}
	for _, k := range n.kids {
		k.moveTo(pos)
	}
}

// Quote writes s as a TOML string.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\n':
			b.WriteString(`\n`)
		case '\t':
			b.WriteString(`\t`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if r < ' ' || r == 0x7f {
				b.WriteString(`\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:])
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Key writes name as a TOML key, with quotes only where it needs them.
func Key(name string) string {
	bare := name != ""
	for _, r := range name {
		if !(r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			bare = false
		}
	}
	if bare {
		return name
	}
	return Quote(name)
}

// Number writes x as the shortest TOML float that reads again as the same bits (of NaN: as a NaN).
func Number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	}
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}
