package main

import (
	"os"
	"strings"
	"testing"

	"brainsweep/jobs"
)

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
