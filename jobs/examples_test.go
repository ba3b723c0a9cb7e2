package jobs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/document"
	"brainsweep/jobs"
)

// TestExamples reads the example jobs and has nothing to say about them.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../examples/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		var set []string
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), "[cohort]") {
			folder := filepath.Join(t.TempDir(), "people")
			if err := jobs.SyntheticCohort(folder, 4, []int{10, 12}); err != nil {
				t.Fatal(err)
			}
			set = []string{"cohort.source=" + folder}
		}
		j := read(t, file, set...)
		if len(j.Warnings) > 0 {
			t.Errorf("%s: %s", file, strings.Join(j.Warnings, "\n"))
		}
	}
}

// TestDemoIsShort keeps the demonstration under a minute on a slow machine with two cores.
func TestDemoIsShort(t *testing.T) {
	const nodeSteps = 1.5e8 // at 2e6 a second and core: 38 s
	p := read(t, "../examples/adex.toml").Plan
	if work := float64(p.Points()) * float64(p.Run.Steps()) * float64(p.Connectome.N()); work > nodeSteps {
		t.Errorf("%.2g node-steps, want at most %.2g", work, nodeSteps)
	}
}

// TestManual reads what docs/job-file.md shows: whole jobs as jobs, pieces as TOML.
func TestManual(t *testing.T) {
	text, err := os.ReadFile("../docs/job-file.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(text), "```toml\n")[1:]
	whole := 0
	for _, b := range blocks {
		b, _, _ = strings.Cut(b, "```")
		if !strings.Contains(b, "[run]") {
			if _, err := document.Parse("docs/job-file.md", []byte(b)); err != nil {
				t.Errorf("%v in\n%s", err, b)
			}
			continue
		}
		whole++
		j, err := jobs.Parse("docs/job-file.md", []byte(b))
		if err != nil {
			t.Fatalf("%v in\n%s", err, b)
		}
		if len(j.Warnings) > 0 {
			t.Errorf("%s", strings.Join(j.Warnings, "\n"))
		}
	}
	if len(blocks) < 4 || whole != 1 {
		t.Errorf("%d pieces, %d of them whole jobs", len(blocks), whole)
	}
}
