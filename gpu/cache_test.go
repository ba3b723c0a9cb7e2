package gpu

import (
	"os"
	"path/filepath"
	"testing"
)

// The inside is tested here because from outside the cache shows on a GPU only.
func TestCache(t *testing.T) {
	c := openCache(filepath.Join(t.TempDir(), "not", "yet", "there"))
	if _, ok := c.get("kernel"); ok {
		t.Error("an empty cache has a kernel")
	}
	c.put("kernel", []byte("machine code"))
	if content, ok := c.get("kernel"); !ok || string(content) != "machine code" {
		t.Errorf("got %q, %v", content, ok)
	}
	path := filepath.Join(c.dir, "kernel")
	sealed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed[3] ^= 1
	if err := os.WriteFile(path, sealed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok := c.get("kernel"); ok {
		t.Error("a damaged kernel is taken for a good one")
	}
	if files, _ := os.ReadDir(c.dir); len(files) != 1 {
		t.Errorf("%d files, temporary ones are left over", len(files))
	}
	(&cache{}).put("kernel", nil)
}
