package metrics_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/metrics"
)

// The page for users has every group, metric and option.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range metrics.Groups() {
		_, section, there := strings.Cut(string(text), "\n### "+g.Name+":")
		section, _, _ = strings.Cut(section, "\n### ")
		if !there {
			t.Errorf("docs/metrics.md lacks the group %s", g.Name)
		}
		for _, o := range g.Options {
			if !strings.Contains(section, "| `"+o.Name+"` |") {
				t.Errorf("docs/metrics.md lacks the option %s.%s", g.Name, o.Name)
			}
		}
		for _, m := range g.Metrics {
			if !strings.Contains(section, "| `"+m.Name+"` | "+m.In+" |") {
				t.Errorf("docs/metrics.md lacks %s [%s]", m.Name, m.In)
			}
		}
	}
}
