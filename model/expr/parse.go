package expr

import (
	"strings"

	"brainsweep/fault"
)

// Parse reads one expression, or a block: lines `name = expression`, and a last line that is the value.
// pos is where text begins in the user's file. A line that is indented deeper than the one before it began
// continues it. All mistakes of form are returned together; names are looked up by Build.
func Parse(pos fault.Pos, text string) (Expr, error) {
	tokens, mistakes := scan(pos, text)
	p := &parser{mistakes: mistakes}
	e := p.block(tokens)
	if len(tokens) == 0 {
		p.mistakes.Addf(pos, "an expression is missing")
	}
	return e, p.mistakes.Err()
}

// Equation is one line of a text of equations, or a function with its block.
type Equation struct {
	Name       string
	Derivative bool     // d(Name) = Value
	Args       []string // of a function, else nil
	Value      Expr
	Pos        fault.Pos
}

// ParseEquations reads lines `name = expression`, `d(state) = expression` and `function(a, b) = expression`.
// Lines that are indented deeper than the head of an equation belong to it; they may be a block, as in Parse.
// What could be read is returned also when there are mistakes.
func ParseEquations(pos fault.Pos, text string) ([]Equation, error) {
	tokens, mistakes := scan(pos, text)
	p := &parser{mistakes: mistakes}
	var all []Equation
	for _, s := range statements(tokens) {
		if e, ok := p.equation(s); ok {
			all = append(all, e)
		}
	}
	return all, p.mistakes.Err()
}

// statements groups tokens by indentation: a token that is first on its line and stands no further right than
// the first token of the statement begins the next one, unless it closes a bracket.
func statements(tokens []token) [][]token {
	var groups [][]token
	start := 0
	for i, t := range tokens {
		if i > start && t.first && t.pos.Col <= tokens[start].pos.Col && t.text != ")" {
			groups = append(groups, tokens[start:i])
			start = i
		}
	}
	if start < len(tokens) {
		groups = append(groups, tokens[start:])
	}
	return groups
}

// parser reads the tokens of one statement after the other.
type parser struct {
	tokens   []token
	at       int
	stop     token // stands behind the last token
	depth    int
	failed   bool // in this statement: it is given up
	mistakes fault.List
}

// maxDepth bounds how deeply an expression may be nested, brackets and chains of operators alike.
const maxDepth = 500

// begin sets the parser on the tokens of a statement.
func (p *parser) begin(tokens []token) {
	last := tokens[len(tokens)-1]
	pos := last.pos
	pos.Col += len([]rune(last.text))
	p.tokens, p.at, p.depth, p.failed = tokens, 0, 0, false
	p.stop = token{kind: end, pos: pos}
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return p.stop
}

// accept passes over the next token if it is that symbol.
func (p *parser) accept(text string) bool {
	if t := p.peek(); t.kind == symbol && t.text == text {
		p.at++
		return true
	}
	return false
}

// fail notes a mistake and gives the statement up: what follows would be guesswork.
func (p *parser) fail(pos fault.Pos, format string, args ...any) {
	if !p.failed && p.peek().kind != wrong {
		p.mistakes.Addf(pos, format, args...)
	}
	p.failed = true
	p.at = len(p.tokens)
}

// block reads statements that are local definitions, and the value.
func (p *parser) block(tokens []token) Expr {
	var e Expr
	groups := statements(tokens)
	for i, s := range groups {
		e.value = &term{pos: s[0].pos, kind: wrong}
		p.begin(s)
		defines := len(s) > 1 && s[0].kind == name && s[1].kind == symbol && s[1].text == "="
		last := i == len(groups)-1
		switch {
		case last && defines:
			p.fail(s[0].pos, "the last line is the value: write it without %q", s[0].text+" =")
		case last:
			e.value = p.whole()
		case defines:
			p.at = 2
			e.locals = append(e.locals, local{s[0].text, s[0].pos, p.whole()})
		default:
			p.fail(s[0].pos, "a line before the last one has the form name = expression; indent it to continue the line before")
		}
	}
	return e
}

// equation reads the head of an equation and what it stands for.
func (p *parser) equation(tokens []token) (Equation, bool) {
	p.begin(tokens)
	head := p.peek()
	e := Equation{Name: head.text, Pos: head.pos}
	p.at++
	if head.kind != name {
		p.at--
		p.fail(head.pos, "an equation begins with a name: name = ..., d(state) = ... or function(a, b) = ...")
		return e, false
	}
	if p.accept("(") {
		e.Args = p.names()
	}
	if t := p.peek(); !p.failed && !p.accept("=") {
		advice := ""
		if t.text == "/" && head.text[0] == 'd' {
			advice = "; the derivative of a state x is d(x) = ..."
		}
		p.fail(t.pos, "expected = after %q, found %v%s", head.text, t, advice)
	}
	if p.failed {
		return e, false
	}
	if head.text == "d" && e.Args != nil {
		if len(e.Args) != 1 {
			p.fail(head.pos, "d(%s) = ... is the derivative of one state: write d(%s) = ...", strings.Join(e.Args, ", "), e.Args[0])
			return e, false
		}
		e.Name, e.Args, e.Derivative = e.Args[0], nil, true
	}
	rest := p.tokens[p.at:]
	if len(rest) == 0 {
		p.fail(p.stop.pos, "nothing follows the = of %q: its expression stands on the same line, or indented below", head.text)
		return e, false
	}
	if rest[0].first {
		e.Value = p.block(rest)
	} else {
		p.begin(rest)
		e.Value.value = p.whole()
	}
	return e, true
}

// names reads a, b, c) of a head.
func (p *parser) names() []string {
	all := []string{}
	for {
		t := p.peek()
		if t.kind != name {
			p.fail(t.pos, "expected the name of an argument, found %v", t)
			return all
		}
		p.at++
		all = append(all, t.text)
		if p.accept(")") {
			return all
		}
		if t := p.peek(); !p.accept(",") {
			p.fail(t.pos, "expected , or ) after %q, found %v", all[len(all)-1], t)
			return all
		}
	}
}

// whole reads all tokens of the statement as one expression. Where that cannot be done it returns a term
// that Build passes over in silence: the mistake has been noted.
func (p *parser) whole() *term {
	x := p.binary(1)
	if t := p.peek(); !p.failed && t.kind != end {
		switch {
		case t.text == "=":
			p.fail(t.pos, "unexpected =; write == to compare")
		case t.text == ")":
			p.fail(t.pos, "this ) closes nothing")
		case t.kind == symbol:
			p.fail(t.pos, "unexpected %v", t)
		default:
			p.fail(t.pos, "expected an operator before %v; write * to multiply", t)
		}
	}
	if p.failed {
		return &term{pos: x.pos, kind: wrong}
	}
	return x
}

// binary reads operators that bind at least as strongly as level, and their operands. A sign in front of a product
// is that of the product: -a*b is -(a*b).
func (p *parser) binary(level int) *term {
	if level > levelProduct {
		return p.unary()
	}
	if t := p.peek(); level == levelNot && p.accept("not") || level == levelProduct && p.accept("-") {
		return p.nested(t.pos, func() *term { return operator(t, p.binary(level)) })
	}
	left := p.binary(level + 1)
	for {
		t := p.peek()
		if o, known := binaries[t.text]; t.kind != symbol || !known || o.level != level {
			return left
		}
		p.at++
		left = p.bounded(operator(t, left, p.binary(level+1)))
		if next := p.peek(); level == levelComparison && next.kind == symbol && binaries[next.text].level == level {
			p.fail(next.pos, "comparisons do not chain: write a < b and b < c")
		}
	}
}

// unary reads a factor. Its sign binds weaker than a power: a*-x^2 is a*(-(x^2)).
func (p *parser) unary() *term {
	t := p.peek()
	switch {
	case p.accept("-"):
		return p.nested(t.pos, func() *term { return operator(t, p.unary()) })
	case t.kind == symbol && t.text == "+":
		p.fail(t.pos, "unexpected +: a number needs no plus sign")
	}
	base := p.primary()
	if t := p.peek(); p.accept("^") {
		return p.nested(t.pos, func() *term { return operator(t, base, p.unary()) })
	}
	return base
}

// primary reads a number, a name, a call or a bracket.
func (p *parser) primary() *term {
	t := p.peek()
	switch {
	case t.kind == number:
		p.at++
		return &term{pos: t.pos, kind: number, value: t.value, depth: 1}
	case t.kind == name:
		p.at++
		if p.accept("(") {
			return p.nested(t.pos, func() *term { return p.call(t) })
		}
		return &term{pos: t.pos, kind: name, text: t.text, depth: 1}
	case p.accept("("):
		return p.nested(t.pos, func() *term {
			x := p.binary(1)
			p.close(t)
			return x
		})
	}
	p.fail(t.pos, "expected a value, found %v", t)
	return &term{pos: t.pos, kind: wrong, depth: 1}
}

// call reads the arguments of a call of t, up to the closing bracket.
func (p *parser) call(t token) *term {
	x := &term{pos: t.pos, kind: name, text: t.text, args: []*term{}, depth: 1}
	if p.accept(")") {
		return x
	}
	for {
		a := p.binary(1)
		x.args = append(x.args, a)
		x.depth = max(x.depth, a.depth+1)
		if p.failed || !p.accept(",") {
			break
		}
	}
	p.close(t)
	return p.bounded(x)
}

// close expects the bracket that was opened at, or after, t.
func (p *parser) close(t token) {
	if next := p.peek(); !p.failed && !p.accept(")") {
		if next.kind == end {
			p.fail(t.pos, "the bracket of %v is not closed; lines that continue it must be indented deeper", t)
		} else {
			p.fail(next.pos, "expected ) or an operator, found %v", next)
		}
	}
}

// nested reads something that may nest, and refuses to go too deep.
func (p *parser) nested(pos fault.Pos, read func() *term) *term {
	if p.depth++; p.depth > maxDepth {
		p.fail(pos, "the expression is nested too deeply: give parts of it names")
		return &term{pos: pos, kind: wrong, depth: 1}
	}
	x := read()
	p.depth--
	return p.bounded(x)
}

// bounded refuses a tree that has grown too deep.
func (p *parser) bounded(x *term) *term {
	if x.depth > maxDepth {
		p.fail(x.pos, "the expression is too long: give parts of it names")
		return &term{pos: x.pos, kind: wrong, depth: 1}
	}
	return x
}

// operator makes the term of an operator at t.
func operator(t token, args ...*term) *term {
	x := &term{pos: t.pos, kind: symbol, text: t.text, args: args}
	for _, a := range args {
		x.depth = max(x.depth, a.depth+1)
	}
	return x
}
