package layers_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestThePageOfTheHouse holds docs/architecture.md to the tree: it names every room that a program is made of, and no
// file or folder that is not there.
func TestThePageOfTheHouse(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(root, "docs", "architecture.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(raw)
	forTests := []string{"connectome/connectometest", "device/devicetest", "internal/layers", "io/result/resulttest", "metrics/metricstest", "mpi/commtest"}
	for room := range house {
		if !slices.Contains(forTests, room) && !strings.Contains(page, "`"+room+"`") {
			t.Errorf("docs/architecture.md does not say what %s is for", room)
		}
	}
	path := regexp.MustCompile("`([a-z0-9_]+(?:/[a-z0-9_*]+)+(?:\\.[a-z.]+)?)`")
	for _, found := range path.FindAllStringSubmatch(page, -1) {
		there, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(found[1])))
		if err != nil || len(there) == 0 {
			t.Errorf("docs/architecture.md names %s, which is not there", found[1])
		}
	}
}
