package document

import (
	"bytes"
	"errors"
	"regexp"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"brainsweep/fault"
)

// Parse reads text, which the places call file. The error is a fault.List.
func Parse(file string, text []byte) (*Document, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, fault.List{{Pos: fault.Pos{File: file}, Msg: "the text is UTF-16; save it as UTF-8"}}
	}
	if bytes.IndexByte(text, 0) >= 0 {
		msg := "this is no text file"
		if strings.HasPrefix(string(text), "\x89HDF") {
			msg += ", but HDF5; of a result, brainsweep inspect tells what is in it"
		}
		return nil, fault.List{{Pos: fault.Pos{File: file}, Msg: msg}}
	}
	src := string(text)
	var values map[string]any
	if _, err := toml.Decode(src, &values); err != nil {
		return nil, syntax(file, src, err)
	}
	s := scanner{src: src, places: newPlaces(file, src)}
	root := s.document()
	if len(s.faults) == 0 {
		root.fill(values, &s.faults)
	}
	if err := s.faults.Err(); err != nil {
		return nil, err
	}
	return &Document{file, root}, nil
}

// fill gives the scanned tree the values that toml read from the same text. Where the two disagree, toml has
// let pass what TOML forbids.
func (n *node) fill(value any, faults *fault.List) {
	switch v := value.(type) {
	case map[string]any:
		for key, k := range n.kids {
			k.fill(v[key], faults)
		}
	case []map[string]any:
		for i, item := range n.items {
			item.fill(v[min(i, len(v)-1)], faults)
		}
	case []any:
		for i, item := range n.items {
			item.fill(v[min(i, len(v)-1)], faults)
		}
	default:
		n.value = v
	}
	_, table := value.(map[string]any)
	if value == nil || table != n.table {
		faults.Addf(n.pos, "this contradicts what is written elsewhere under the same key")
	}
}

// places turns offsets of a text into lines and columns.
type places struct {
	file   string
	src    string
	starts []int // offsets of the lines' first bytes
}

func newPlaces(file, src string) places {
	p := places{file, src, []int{0}}
	for i := range len(src) {
		if src[i] == '\n' {
			p.starts = append(p.starts, i+1)
		}
	}
	return p
}

// at is the place of the byte at offset; columns count characters.
func (p places) at(offset int) fault.Pos {
	offset = min(max(offset, 0), len(p.src))
	line := sort.SearchInts(p.starts, offset+1)
	start := p.starts[line-1]
	return fault.Pos{File: p.file, Line: line, Col: 1 + utf8.RuneCountInString(p.src[start:offset])}
}

// syntax is toml's complaint with its place, and a word on what would be right where that can be guessed.
func syntax(file, src string, err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return fault.List{{Pos: fault.Pos{File: file}, Msg: err.Error()}}
	}
	if !assignment.MatchString(src) {
		return fault.List{{Pos: fault.Pos{File: file}, Msg: `this is no TOML, as jobs and models are: no line of it says key = value`}}
	}
	offset := max(0, min(parse.Position.Start, len(src)))
	for offset < len(src) && src[offset] == ' ' {
		offset++ // toml points at the blanks before what it did not expect
	}
	msg := strings.TrimSuffix(parse.Message, ".")
	if first, size := utf8.DecodeRuneInString(msg); !strings.HasPrefix(msg, "TOML") {
		msg = string(unicode.ToLower(first)) + msg[size:]
	}
	if hint := hint(msg, src, offset); hint != "" {
		msg += "; " + hint
	}
	return fault.List{{Pos: newPlaces(file, src).at(offset), Msg: msg}}
}

// assignment finds a line that could be a key with its value, or the name of a table; what has none is not meant as TOML.
var assignment = regexp.MustCompile(`(?m)^[ \t]*(\[|[^#=\n]+=)`)

// unquoted finds a bare value that was meant as text or as a number with a unit: key = 10 s.
var unquoted = regexp.MustCompile(`=\s*([^\s"'\[\]{}#,=][^"'\[\]{}#,=]*?)\s*([#,}\]]|$)`)

// hint guesses from toml's message and the line at offset what would be right.
func hint(msg, src string, offset int) string {
	start := strings.LastIndexByte(src[:offset], '\n') + 1
	line, _, _ := strings.Cut(src[start:], "\n")
	line = strings.TrimRight(line, "\r")
	word := ""
	if m := unquoted.FindStringSubmatch(line); m != nil {
		word = m[1]
	}
	switch {
	case strings.HasPrefix(msg, "strings cannot contain newlines"):
		return "is the closing quote missing?"
	case strings.HasPrefix(msg, "expected '.' or '='"):
		return `a line is key = value; a key with other characters than letters, digits, _ and - stands in quotes`
	case strings.HasPrefix(msg, "key '") && strings.HasSuffix(msg, "already been defined"):
		return "each key and each table is written once"
	case strings.HasPrefix(msg, "expected a comma or an inline table"), strings.HasPrefix(msg, "expected a comma (',')"):
		return "entries are separated by commas"
	case !strings.HasPrefix(msg, "expected value") && !strings.HasPrefix(msg, "expected a top-level item"):
		return ""
	case strings.HasPrefix(msg, "expected a top-level item") && strings.HasPrefix(src[offset:], ","):
		return "a decimal number has a point, and a list stands in brackets"
	case word == "":
		return ""
	}
	if lower := strings.ToLower(word); lower != word && (lower == "true" || lower == "false" || lower == "nan" || lower == "inf") {
		return "write " + lower
	}
	return "text, and a number with its unit, stands in quotes: " + Quote(word)
}
