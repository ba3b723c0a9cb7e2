package expr

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"brainsweep/fault"
)

// kind tells tokens apart.
type kind uint8

const (
	end    kind = iota // behind the last token
	number             // 1.5e-3
	name               // tau_w_e
	symbol             // + ( <= and ...
	wrong              // what the scanner has complained of
)

// token is a word of the text. The first token of a line is where a statement may begin.
type token struct {
	kind  kind
	text  string
	value float64 // of number
	pos   fault.Pos
	first bool
}

// words are the symbols that look like names.
var words = map[string]bool{"and": true, "or": true, "not": true}

// foreign symbols of other languages, with ours; where ours is "" there is no symbol to go on with.
var foreign = []struct{ text, ours, advice string }{
	{"**", "^", "write ^ for a power"},
	{"&&", "and", "write and"},
	{"||", "or", "write or"},
	{"<>", "!=", "write !="},
	{"!=", "!=", ""},
	{"!", "not", "write not"},
	{"&", "and", "write and"},
	{"|", "or", "write or; the absolute value is abs(x)"},
	{"%", "", "write mod(a, b) for the remainder"},
	{"?", "", "write where(condition, a, b) for a choice"},
	{":", "", "write where(condition, a, b) for a choice"},
	{";", "", "begin a new line instead"},
	{"[", "", "group with ( and )"},
	{"]", "", "group with ( and )"},
	{"{", "", "group with ( and )"},
	{"}", "", "group with ( and )"},
	{"'", "", "write d(x) = ... for the derivative of a state x"},
}

// symbols of our own, the longer ones first.
var symbols = []string{"<=", ">=", "==", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", ","}

// scanner cuts a text into tokens.
type scanner struct {
	text     string
	at       int // byte
	pos      fault.Pos
	fresh    bool // nothing on this line yet
	tokens   []token
	mistakes fault.List
}

// scan cuts text, which begins at pos, into tokens.
func scan(pos fault.Pos, text string) ([]token, fault.List) {
	if pos.Line == 0 {
		pos.Line, pos.Col = 1, 1
	}
	s := &scanner{text: text, pos: pos, fresh: true}
	for s.at < len(text) {
		s.next()
	}
	return s.tokens, s.mistakes
}

// next reads a token, a line's end, a comment or white space.
func (s *scanner) next() {
	rest := s.text[s.at:]
	c := rune(rest[0])
	switch {
	case c == '\n':
		s.at++
		s.pos.Line, s.pos.Col, s.fresh = s.pos.Line+1, 1, true
	case c == ' ' || c == '\t' || c == '\r':
		s.skip(1)
	case c == '#':
		line, _, _ := strings.Cut(rest, "\n")
		s.skip(len(line))
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rune(rest[1])):
		s.number(rest)
	case isLetter(c):
		word := rest[:run(rest, func(c rune) bool { return isLetter(c) || isDigit(c) })]
		if words[word] {
			s.emit(token{kind: symbol, text: word}, len(word))
		} else {
			s.emit(token{kind: name, text: word}, len(word))
		}
	default:
		s.symbol(rest)
	}
}

func (s *scanner) number(rest string) {
	n := run(rest, isDigit)
	if n < len(rest) && rest[n] == '.' {
		n++
		n += run(rest[n:], isDigit)
	}
	if n < len(rest) && (rest[n] == 'e' || rest[n] == 'E') {
		m := n + 1
		if m < len(rest) && (rest[m] == '+' || rest[m] == '-') {
			m++
		}
		if digits := run(rest[m:], isDigit); digits > 0 {
			n = m + digits
		}
	}
	text := rest[:n]
	if tail := run(rest[n:], func(c rune) bool { return isLetter(c) || isDigit(c) || c == '.' }); tail > 0 {
		s.complain(n+tail, "a name cannot begin with a digit: %q; write %s*%s to multiply", rest[:n+tail], text, rest[n:n+tail])
		return
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) {
		s.complain(n, "the number %s is too large", text)
		return
	}
	s.emit(token{kind: number, text: text, value: value}, n)
}

func (s *scanner) symbol(rest string) {
	for _, f := range foreign {
		if !strings.HasPrefix(rest, f.text) {
			continue
		}
		switch {
		case f.ours == "":
			s.complain(len(f.text), "unexpected %q: %s", f.text, f.advice)
		default:
			if f.advice != "" {
				s.mistakes.Addf(s.pos, "unexpected %q: %s", f.text, f.advice)
			}
			s.emit(token{kind: symbol, text: f.ours}, len(f.text))
		}
		return
	}
	for _, text := range symbols {
		if strings.HasPrefix(rest, text) {
			s.emit(token{kind: symbol, text: text}, len(text))
			return
		}
	}
	length := run(rest, unicode.IsLetter) // letters that are not ours
	if length == 0 {
		_, length = utf8.DecodeRuneInString(rest)
	}
	s.complain(length, "unexpected %q: names are made of the letters a to z, digits and _", rest[:length])
}

// complain notes a mistake and leaves a token that stops the parser without further words.
func (s *scanner) complain(length int, format string, args ...any) {
	s.mistakes.Addf(s.pos, format, args...)
	s.emit(token{kind: wrong}, length)
}

func (s *scanner) emit(t token, length int) {
	t.pos, t.first = s.pos, s.fresh
	s.fresh = false
	s.tokens = append(s.tokens, t)
	s.skip(length)
}

// skip passes over bytes of the line. Columns count characters.
func (s *scanner) skip(length int) {
	s.pos.Col += len([]rune(s.text[s.at:min(s.at+length, len(s.text))]))
	s.at += length
}

// run returns how many bytes at the beginning of text are of a kind.
func run(text string, of func(rune) bool) int {
	for i, c := range text {
		if !of(c) {
			return i
		}
	}
	return len(text)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isLetter(c rune) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// IsName reports whether text can be a name in an expression: letters, digits and _, not beginning with a digit,
// and not one of the words and, or, not.
func IsName(text string) bool {
	return text != "" && isLetter(rune(text[0])) && !words[text] &&
		run(text, func(c rune) bool { return isLetter(c) || isDigit(c) }) == len(text)
}

// String shows a token in a message.
func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}
