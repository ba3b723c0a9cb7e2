package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestModelsPage does what docs/models.md tells a new user: it writes the page's model and job, and runs its commands.
func TestModelsPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "models.md"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	names := []string{"bistable.toml", "job.toml"}
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```(toml|sh)\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		if block[1] == "toml" && len(names) > 0 {
			write(t, filepath.Join(folder, names[0]), block[2])
			names = names[1:]
		}
		if block[1] != "sh" {
			continue
		}
		commands++
		cmd := exec.Command("sh", "-e", "-c", block[2])
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+folder)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", block[2], err, said)
		}
	}
	if commands < 3 || len(names) > 0 {
		t.Errorf("the page has %d blocks of commands, and not %v", commands, names)
	}
}
