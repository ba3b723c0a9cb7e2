package jobs_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brainsweep/fault"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// everywhere is brain with all its series at all points, and a metric of each kind.
var everywhere = strings.NewReplacer(`keep = "best:2 by E.rate_std"`, "",
	`"psd", "phase", "updown", "regime", "lz", "avalanche"`, `"psd_slope", "pli_mean", "ratio_ai", "up_fraction", "lz"`).Replace(brain)

// TestExtensions runs a job that keeps its parts, and then one that has more points, or is longer, or both. The result is that
// of the second job run by itself, and what the first has computed is not computed again.
func TestExtensions(t *testing.T) {
	t.Parallel()
	few, many := "b_e = [0, 60]\nconnectome.speed = [1, 4]", "b_e = [0, 30, 60, 90]\nconnectome.speed = [1, 2, 4]"
	longer := func(text, duration string) string {
		return strings.Replace(text, `duration = "200 ms"`, `duration = "`+duration+`"`, 1)
	}
	for i, c := range []struct {
		name          string
		first, second string
		share         float64 // of the second job's node-steps that are computed
	}{
		{"points, single", fmt.Sprintf(everywhere, "single", few), fmt.Sprintf(everywhere, "single", many), 8. / 12},
		{"points, double", fmt.Sprintf(everywhere, "double", few), fmt.Sprintf(everywhere, "double", many), 8. / 12},
		{"points, best", fmt.Sprintf(brain, "single", few), fmt.Sprintf(brain, "single", many), 8. / 12},
		{"an axis", fmt.Sprintf(everywhere, "single", "b_e = [0, 60]\nconnectome.speed = [4]"), fmt.Sprintf(everywhere, "single", "connectome.speed = [4, 2]\nb_e = [60, 0]"), 1. / 2},
		{"duration, single", fmt.Sprintf(everywhere, "single", few), longer(fmt.Sprintf(everywhere, "single", few), "333.7 ms"), 133.7 / 333.7},
		{"duration, double", longer(fmt.Sprintf(everywhere, "double", few), "150.3 ms"), fmt.Sprintf(everywhere, "double", few), 49.7 / 200},
		{"duration, best", fmt.Sprintf(brain, "single", few), longer(fmt.Sprintf(brain, "single", few), "333.7 ms"), 1},
		{"both", fmt.Sprintf(everywhere, "single", few), longer(fmt.Sprintf(everywhere, "single", many), "400 ms"), (4*0.5 + 8) / 12},
		{"points at once", fmt.Sprintf(everywhere, "single", few), fmt.Sprintf(everywhere, "single", few+"\nrun.seed = [7, 8]"), 1. / 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && i%3 > 0 {
				t.Skip("-short: every third")
			}
			output := filepath.Join(t.TempDir(), "result.h5")
			if _, err := run(t, parse(t, c.first), output, ways{ranks: 2, batch: 3, every: time.Hour, keep: true}); err != nil {
				t.Fatal(err)
			}
			second := parse(t, c.second)
			s, err := run(t, second, output, ways{threads: 2, batch: 5, every: time.Hour, keep: true})
			if err != nil {
				t.Fatal(err)
			}
			all := float64(second.Plan.Points()) * float64(second.Plan.Run.Steps()) * 10
			if share := s.NodeSteps / all; share < c.share-1e-9 || share > c.share+1e-9 {
				t.Errorf("%.4f of the node-steps were computed, want %.4f", share, c.share)
			}
			want := result(t, second, ways{})
			resulttest.Same(t, "extended", resulttest.Contents(t, output), want)
			if _, err := run(t, second, output, ways{}); !fault.Is(err) || !strings.Contains(err.Error(), "is there already") {
				t.Errorf("run again, it says %v", err)
			}
		})
	}
}

// TestExtendedInTheMiddle changes a job's duration and points while batches of it are in work, with series in files and in
// checkpoints.
func TestExtendedInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: it simulates for several epochs")
	}
	text := strings.Replace(phases, `duration = "200 s"`, `duration = "%s"`, 1)
	text = strings.Replace(text, "omega = [0.01, 0.02]", "omega = [%s]", 1)
	text = strings.Replace(text, `use = ["fc"]`, `use = ["fc", "lz"]`, 1)
	short, long := parse(t, fmt.Sprintf(text, "150 s", "0.01, 0.02")), parse(t, fmt.Sprintf(text, "200 s", "0.01, 0.015, 0.02"))
	output := filepath.Join(t.TempDir(), "result.h5")
	if cut(t, short, output, ways{batch: 2, every: time.Hour}, 8e6) {
		t.Fatal("the job came to its end")
	}
	s, err := run(t, long, output, ways{ranks: 2, every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if s.NodeSteps > 3*2e7-7e6 {
		t.Errorf("%g node-steps were computed: nothing was taken over", s.NodeSteps)
	}
	resulttest.Same(t, "extended", resulttest.Contents(t, output), result(t, long, ways{threads: 2}))
}

// TestChangedJobs tells in which fields a job differs from that whose parts are there, and takes nothing over.
func TestChangedJobs(t *testing.T) {
	t.Parallel()
	text := fmt.Sprintf(everywhere, "single", "b_e = [0, 60]")
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, parse(t, text), output, ways{every: time.Hour, keep: true}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"seed = 7", "seed = 8", "[run] seed was 7, is 8; 2 of its 2 points"},
		{`precision = "single"`, `precision = "double"`, `[run] precision was "single", is "double". Give`},
		{`duration = "200 ms"`, `duration = "150 ms"`, `[run] duration was "200 ms", is "150 ms". Give`},
		{"a = 0.3", "a = 0.4", "[coupling] a was 0.3, is 0.4; 2 of its 2 points"},
		{"b_e = [0, 60]", "b_e = [0, 61]", "[sweep] b_e was [0.0, 60.0], is [0.0, 61.0]; 1 of its 2 points"},
		{`period = "20 ms"`, `period = "10 ms"`, `[[record]] bold period was "20 ms", is "10 ms". Give`},
		{`, "psd_slope"`, "", `[metrics] use was ["rate", "fc", "fcd", "psd_slope"`},
		{`of = ["E", "I"]`, `of = ["E"]`, `[[record]] average of was ["E", "I"], is ["E"]`},
		{"synthetic:10", "synthetic:11", "the connectome was synthetic:10, is synthetic:11, with other contents"},
		{"[sweep]", "[parameters]\nT = 21\n[sweep]", "[parameters] T was "},
	} {
		changed := strings.Replace(text, c.old, c.new, 1)
		_, err := run(t, parse(t, changed), output, ways{ranks: 2, every: time.Hour})
		if !fault.Is(err) || !strings.HasPrefix(err.Error(), output+".parts: holds parts of another job: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: it says %v, want %q", c.new, err, c.want)
		}
	}
	if after, err := os.ReadFile(output); err != nil || string(after) != string(before) {
		t.Errorf("the result was touched: %v", err)
	}
	if err := os.Remove(filepath.Join(output + ".parts/job.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(output); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, parse(t, text), output, ways{}); !fault.Is(err) || !strings.Contains(err.Error(), "says not of which job") {
		t.Errorf("without its notice, the folder is %v", err)
	}
}

// TestTitleIsNoChange changes what decides no number, while a batch is in work.
func TestTitleIsNoChange(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result.h5")
	if cut(t, parse(t, phases), output, ways{batch: 2, every: time.Hour}, 8e6) {
		t.Fatal("the job came to its end")
	}
	titled := "title = \"another\"\n" + phases
	j, err := jobs.Parse(filepath.Join(t.TempDir(), "other.toml"), []byte(titled))
	if err != nil {
		t.Fatal(err)
	}
	s, err := run(t, j, output, ways{every: time.Hour})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	if s.NodeSteps > 4e7-7e6 {
		t.Errorf("%g node-steps were computed: nothing was taken over", s.NodeSteps)
	}
}
