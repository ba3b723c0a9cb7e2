package codegen

import (
	"embed"
	"fmt"
	"regexp"
	"strings"
	"text/template"
)

//go:embed kernel/*.tmpl kernel/*.c
var texts embed.FS

// text runs the template over all that was gathered.
func (g *generator) text() (string, error) {
	s, p := g.spec, &g.page
	p.Title, p.Reference = s.Title, wrapped(s.Model.Title+". "+s.Model.Reference)
	p.Nodes, p.Scheme, p.Precision = s.Nodes, s.Scheme, s.Precision
	p.Block, p.Rows, p.Wide, p.Products, p.Main = Block, Rows, Wide(s.Nodes), Products(s.Nodes), g.unit
	p.wiring(s.Nodes)
	p.Infinity = "0x7f800000u"
	if s.Precision == 64 {
		p.Infinity = "0x7ff0000000000000ull"
	}
	for _, u := range g.k.units {
		u.spellParameters()
	}
	t, err := template.New("kernel").Funcs(template.FuncMap{"join": strings.Join}).ParseFS(texts, "kernel/*.tmpl")
	if err != nil {
		return "", err
	}
	var b strings.Builder
	numerics, err := numerics(s.Precision, p.Wider)
	if err != nil {
		return "", err
	}
	b.WriteString(numerics)
	if err := t.ExecuteTemplate(&b, "kernel.c.tmpl", p); err != nil {
		return "", err
	}
	return b.String(), nil
}

// numerics gives the functions that expressions call, in a precision; with wider those in double, too, for a kernel
// of single precision. Theirs begin with w_ instead of m_.
func numerics(precision int, wider bool) (string, error) {
	read := func(names ...string) (string, error) {
		var all strings.Builder
		for _, name := range names {
			text, err := texts.ReadFile("kernel/" + name)
			if err != nil {
				return "", err
			}
			all.Write(text)
			all.WriteByte('\n')
		}
		return all.String(), nil
	}
	own, err := read(fmt.Sprintf("math%d.c", precision), "math_functions.c", "math_noise.c")
	if err != nil || !wider {
		return own, err
	}
	wide, err := read("math64.c", "math_functions.c")
	return own + wideWords.ReplaceAllStringFunc(wide, widened) + "\n", err
}

// wideWords are the words of the numerics that depend on the precision.
var wideWords = regexp.MustCompile(`#if PRECISION == 64|\b(real|ureal|ireal|PRECISION|BITS|REAL_OF|FMA|SQRT|FLOOR|[mM]_\w+)\b`)

func widened(word string) string {
	switch word {
	case "#if PRECISION == 64":
		return "#if 1"
	case "real":
		return "double"
	case "ureal":
		return "u64"
	case "ireal":
		return "i64"
	case "PRECISION":
		return "64"
	case "REAL_OF":
		return "WIDE_OF"
	}
	if rest, ok := strings.CutPrefix(word, "m_"); ok {
		return "w_" + rest
	}
	if rest, ok := strings.CutPrefix(word, "M_"); ok {
		return "W_" + rest
	}
	return "WIDE_" + word
}

// spellParameters completes the parameter lists, which name the node constants only where there are any.
func (u *unit) spellParameters() {
	list := "const struct " + u.Prefix + "constants k, "
	if len(u.nodeConstants) > 0 {
		list += "const struct " + u.Prefix + "node_constants n, "
	}
	list += "const struct " + u.Prefix + "state v"
	for i := range u.Functions {
		u.Functions[i].Parameters = strings.Replace(u.Functions[i].Parameters, "PARAMETERS", list, 1)
	}
}
