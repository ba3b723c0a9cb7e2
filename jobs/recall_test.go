package jobs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/fault"
	"brainsweep/io/h5"
	stored "brainsweep/io/result"
	"brainsweep/jobs"
)

// recompute computes points of a result again on a cpu.
func recompute(t *testing.T, path, isa string, count int) (*jobs.Recomputed, error) {
	t.Helper()
	res, err := stored.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	dev, err := cpu.Open(cpu.Options{Threads: 1, CacheDir: kernels, ISA: isa})
	if err != nil {
		t.Fatal(err)
	}
	defer dev.Close()
	return jobs.Recompute(t.Context(), res, dev, count, 1)
}

// TestRecompute computes points of results again from what is in them alone: the job, its model and its connectome are gone.
func TestRecompute(t *testing.T) {
	for _, c := range sameJobs {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			text := fmt.Sprintf(c.text, c.precision, c.sweep)
			files := map[string][]byte{"job.toml": []byte(text)}
			for _, model := range []string{"blowup.toml", "toy.toml"} {
				content, err := os.ReadFile(filepath.Join("testdata", model))
				if err != nil {
					t.Fatal(err)
				}
				files[model] = content
			}
			for name, content := range files {
				if err := os.WriteFile(filepath.Join(folder, name), content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			j, err := jobs.Read(filepath.Join(folder, "job.toml"), "run.seed=11")
			if err != nil {
				t.Fatal(err)
			}
			output := filepath.Join(t.TempDir(), "result.h5")
			if _, err := run(t, j, output, ways{ranks: 2}); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(folder); err != nil {
				t.Fatal(err)
			}
			r, err := recompute(t, output, "", 3)
			if err != nil {
				t.Fatal(err)
			}
			if !r.Same || !r.Bits || len(r.Points) != 3 {
				t.Errorf("the same means give %+v", r)
			}
			if c.name != "double" {
				return
			}
			// A number that was altered together with its digest is found all the same.
			alter(t, output, "/metrics/E/rate_mean")
			if r, err = recompute(t, output, "", 6); err != nil {
				t.Fatal(err)
			}
			if v := r.Verdicts; r.Bits || len(v) != 1 || v[0].Variable != "/metrics/E/rate_mean" || !v[0].Beyond() {
				t.Errorf("an altered number gives %+v", r)
			}
			alter(t, output, "/connectome/weights")
			if _, err := recompute(t, output, "", 1); !fault.Is(err) || !strings.Contains(err.Error(), "makes another plan") {
				t.Errorf("an altered connectome: %v", err)
			}
		})
	}
}

// alter adds to the first number of a data set.
func alter(t *testing.T, path, name string) {
	t.Helper()
	file, err := h5.OpenReadWrite(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	set, err := file.OpenDataset(name)
	if err != nil {
		t.Fatal(err)
	}
	v := make([]float64, set.Len())
	if err := set.Read(nil, nil, v); err != nil {
		t.Fatal(err)
	}
	v[0] += 0.5
	if err := set.Write(nil, nil, v); err != nil {
		t.Fatal(err)
	}
}
