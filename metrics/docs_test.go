package metrics_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brainsweep/metrics"
)

var update = flag.Bool("update", false, "write the tables of docs/metrics.md anew")

// shapes are the dimensions of metrics as the page has them.
var shapes = map[metrics.Shape]string{
	metrics.PerPoint: "1", metrics.PerNode: "node", metrics.PerPair: "node x node", metrics.PerFrequency: "frequency",
	metrics.PerNodeFrequency: "node x frequency", metrics.PerWindowPair: "window x window",
}

// tables are those of a group: its options, if it has any, and its metrics.
func tables(g metrics.Group) string {
	var text strings.Builder
	if len(g.Options) > 0 {
		text.WriteString("| option | value | default | |\n| --- | --- | --- | --- |\n")
		for _, o := range g.Options {
			fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", o.Name, valueOf(o), defaultOf(o), o.About)
		}
		text.WriteString("\n")
	}
	text.WriteString("| metric | unit | shape | |\n| --- | --- | --- | --- |\n")
	for _, m := range g.Metrics {
		fmt.Fprintf(&text, "| `%s` | %s | %s | %s |\n", m.Name, m.In, shapes[m.Shape], m.About)
	}
	return text.String()
}

func valueOf(o metrics.Option) string {
	if o.Kind == metrics.KindWord {
		return strings.Join(o.Words, " or ")
	}
	return string(o.Kind)
}

func defaultOf(o metrics.Option) string {
	switch {
	case len(o.Default) == 0:
		return "none"
	case o.Kind == metrics.KindTime:
		return fmt.Sprintf("`\"%v s\"`", o.Default[0])
	case o.Kind == metrics.KindWord:
		return fmt.Sprintf("`\"%s\"`", o.Words[int(o.Default[0])])
	}
	return fmt.Sprintf("`%v`", o.Default[0])
}

var firstTable = regexp.MustCompile(`(?m)^\| (option|metric) \|`)

// TestDocs holds the page for users to the program: a section for each group, with its words and its tables. The tables are
// written by go test ./metrics -run TestDocs -update; the words are yours.
func TestDocs(t *testing.T) {
	path := filepath.Join("..", "docs", "metrics.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, sections, _ := strings.Cut(string(page), "\n### ")
	parts := strings.Split(sections, "\n### ")
	for _, g := range metrics.Groups() {
		at, want := -1, tables(g)
		for i, part := range parts {
			if strings.HasPrefix(part, g.Name+":") {
				at = i
			}
		}
		if at < 0 {
			if !*update {
				t.Errorf("docs/metrics.md lacks the group %s", g.Name)
				continue
			}
			at = len(parts)
			parts = append(parts, fmt.Sprintf("%s: %s\n\n", g.Name, g.About))
		}
		words, got := parts[at], ""
		if from := firstTable.FindStringIndex(words); from != nil {
			words, got = words[:from[0]], words[from[0]:]
		}
		if strings.TrimSpace(got) == strings.TrimSpace(want) {
			continue
		}
		if !*update {
			t.Errorf("docs/metrics.md, %s: the tables are not the program's; go test ./metrics -run TestDocs -update writes\n%s", g.Name, want)
		}
		parts[at] = words + want
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+"\n### "+strings.Join(parts, "\n### ")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
