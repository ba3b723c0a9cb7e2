package jobs_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	results "brainsweep/io/result"
	"brainsweep/jobs"
	"brainsweep/metrics"
)

// eachFitted is a cohort whose subjects are compared with data of their own.
const eachFitted = `model = "kuramoto"
[cohort]
source = %q
seeds = 2
[coupling]
function = "kuramoto"
[run]
duration = "100 ms"
step = "0.1 ms"
precision = "double"
[noise]
theta = 0.01
[sweep]
omega = [0.1, 0.3, 0.5]
[[record]]
monitor = "average"
of = ["theta"]
period = "1 ms"
[metrics]
of = ["theta"]
use = ["fc"]
[[target]]
kind = "fc"
file = %q
`

// TestTargetsOfSubjects makes the FC that one point of each subject has given its empirical one. Each subject's target must
// be met by that point exactly, and by no other; subjects without data, or with damaged data, are left out.
func TestTargetsOfSubjects(t *testing.T) {
	folder := cohort(t, 5, 5, 7)
	output := filepath.Join(t.TempDir(), "first.h5")
	plain, _, _ := strings.Cut(eachFitted, "[[target]]")
	j := parse(t, fmt.Sprintf(plain, folder))
	if _, err := run(t, j, output, ways{}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	fc, err := res.Variable("theta.fc")
	if err != nil {
		t.Fatal(err)
	}
	truth := map[string]int{} // the point that each subject's data come from
	for i, s := range j.Plan.Subjects {
		truth[s.ID] = 6*i + 2*(i%3) + 1
		values, err := res.At(fc, truth[s.ID])
		if err != nil {
			t.Fatal(err)
		}
		values = pick(values, fc.Shape[1:], fc.Dims[1:], res.Nodes, s.Labels)
		text := strings.Join(s.Labels, "\t") + "\n"
		for k, v := range values {
			text += fmt.Sprint(v) + map[bool]string{true: "\n", false: "\t"}[(k+1)%s.Nodes() == 0]
		}
		write(t, folder, s.ID+"/spatial/"+s.ID+"_desc-emp_fc.tsv", text)
	}
	write(t, folder, "sub-04/spatial/sub-04_desc-emp_fc.tsv", "1\tx\n")
	if err := os.RemoveAll(filepath.Join(folder, "sub-05", "spatial")); err != nil {
		t.Fatal(err)
	}

	for name, file := range map[string]string{"of the data set": "{cohort}", "by their names": filepath.Join(folder, "{subject}/spatial/{subject}_desc-emp_fc.tsv")} {
		t.Run(name, func(t *testing.T) {
			j := parse(t, fmt.Sprintf(eachFitted, folder, file))
			if len(j.Plan.Subjects) != 3 || len(j.Plan.Cohort.Broken) != 2 {
				t.Fatalf("left out: %v", j.Plan.Cohort.Broken)
			}
			packed, err := j.Pack()
			if err != nil {
				t.Fatal(err)
			}
			sent, err := jobs.Unpack(packed)
			if err != nil || sent.Plan.Hash() != j.Plan.Hash() {
				t.Fatalf("the job that was sent is another: %v", err)
			}
			output := filepath.Join(t.TempDir(), "fit.h5")
			if _, err := run(t, sent, output, ways{ranks: 2}); err != nil {
				t.Fatal(err)
			}
			res, err := results.Open(output)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			if again, err := jobs.Recall(res); err != nil || again.Plan.Hash() != j.Plan.Hash() {
				t.Errorf("the result's job is another: %v", err)
			}
			checkFits(t, res, j, truth)
		})
	}
}

func checkFits(t *testing.T, res *results.Result, j *jobs.Job, truth map[string]int) {
	t.Helper()
	v, values, lowest, err := res.Ranked(results.Query{By: "theta.fc_fit"})
	if err != nil || lowest {
		t.Fatal(v, err)
	}
	for i, s := range j.Plan.Subjects {
		own := values[6*i : 6*i+6]
		best := slices.Index(own, slices.Max(own))
		if best != truth[s.ID]%6 || math.Abs(own[best]-1) > 1e-9 {
			t.Errorf("%s: point %d fits best, with %v; want %d", s.ID, best, own[best], truth[s.ID]%6)
		}
	}
	f, err := jobs.FitsOf(res, results.Query{By: "theta.fc_fit"})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Subjects) != 5 || len(f.Sets) != 3 || !slices.Equal(f.Axes, []string{"omega"}) {
		t.Fatalf("%+v", f)
	}
	var at []float64
	for i, s := range j.Plan.Subjects {
		fit, top, where := f.Subjects[i], math.Inf(-1), 0
		for k := range 3 {
			if mean := (values[6*i+2*k] + values[6*i+2*k+1]) / 2; mean > top {
				top, where = mean, k
			}
		}
		omega := []float64{0.1, 0.3, 0.5}[where]
		if fit.Subject != s.ID || fit.Point != 6*i+2*where || fit.Value != top || fit.Values[0] != omega || fit.Seeds != 2 {
			t.Errorf("%+v; want the set %d with %v", fit, where, top)
		}
		at = append(at, omega)
	}
	mean, low, high, _ := metrics.Confidence(at, 0.95)
	if g := f.Best[0]; g.Mean != mean || g.Low != low || g.High != high || g.Subjects != 3 {
		t.Errorf("%+v, want %v from %v to %v", g, mean, low, high)
	}
	if f.Subjects[3].Reason == "" || f.Subjects[3].Point != -1 {
		t.Errorf("%+v", f.Subjects[3])
	}
	var text, table strings.Builder
	if err := f.Write(&text); err != nil || !strings.Contains(text.String(), "95 % confidence") || !strings.Contains(text.String(), "sub-05   left out") {
		t.Errorf("%v\n%s", err, text.String())
	}
	if err := f.WriteCSV(&table); err != nil || strings.Count(table.String(), "\n") != 6 || !strings.HasPrefix(table.String(), "subject,point,omega,theta.fc_fit,seeds,sd,reason\n") {
		t.Errorf("%v\n%s", err, table.String())
	}
	if _, err := jobs.FitsOf(res, results.Query{By: "theta.fcc"}); !fault.Is(err) {
		t.Error(err)
	}
}
