package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/jobs"
)

func TestExamplesAreGoodJobs(t *testing.T) {
	files, err := filepath.Glob("../../examples/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		if _, err := jobs.Read(file); err != nil {
			t.Error(err)
		}
	}
}

func TestJobOfTheReadmeIsGood(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```toml\n")
	job, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the README shows no job")
	}
	if _, err := jobs.Parse("README.md", []byte(job)); err != nil {
		t.Error(err)
	}
}
