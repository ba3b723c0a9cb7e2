package jobs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	results "brainsweep/io/result"
	"brainsweep/jobs"
)

// broken are ways to break a subject, each with a word of what is said of it.
var broken = []struct {
	name, said string
	do         func(net string) error
}{
	{"no weights", "weights are missing", func(net string) error { return os.Remove(net + "weights.tsv") }},
	{"no tract lengths", "tract lengths are missing", func(net string) error { return os.Remove(net + "distances.tsv") }},
	{"NaN weights", "not a finite number", edit("weights.tsv", func(s string) string { return strings.Replace(s, "0\t", "NaN\t", 1) })},
	{"a word for a number", "not a number", edit("weights.tsv", func(s string) string { return strings.Replace(s, "0\t", "n/a\t", 1) })},
	{"a row too few", "square", edit("weights.tsv", func(s string) string { return s[strings.Index(s, "\n")+1:] })},
	{"lengths of another size", "is wanted", edit("distances.tsv", func(string) string { return "0\t1\n1\t0\n" })},
	{"negative lengths", "negative", edit("distances.tsv", func(s string) string { return strings.Replace(s, "\t", "\t-", 1) })},
	{"labels of another number", "labels, but the weights are of", func(net string) error {
		return edit("labels.tsv", func(s string) string { return s + "one more\n" })(strings.Replace(net, "/net/", "/coord/", 1))
	}},
	{"a sidecar cut off", "no JSON", edit("weights.json", func(s string) string { return s[:len(s)/2] })},
	{"a sidecar of another matrix", "NumberOfRows", edit("weights.json", func(s string) string { return strings.Replace(s, `"NumberOfRows": 6`, `"NumberOfRows": 68`, 1) })},
	{"an empty file", "has no numbers", edit("weights.tsv", func(string) string { return "" })},
	{"weights of zero", "all weights are 0", edit("weights.tsv", func(string) string { return strings.Repeat("0\t0\t0\t0\t0\t0\n", 6) })},
	{"two of each", "could be any of", func(net string) error {
		text, err := os.ReadFile(net + "weights.tsv")
		if err != nil {
			return err
		}
		return os.WriteFile(strings.Replace(net, "desc-synthetic", "desc-other", 1)+"weights.tsv", text, 0o644)
	}},
	{"a link out of the data set", "leads out", func(net string) error {
		os.Remove(net + "weights.tsv")
		return os.Symlink("/etc/passwd", net+"weights.tsv")
	}},
}

// edit changes a file of a subject.
func edit(file string, change func(string) string) func(net string) error {
	return func(net string) error {
		text, err := os.ReadFile(net + file)
		if err != nil {
			return err
		}
		return os.WriteFile(net+file, []byte(change(string(text))), 0o644)
	}
}

// TestOneOfFourIsBroken breaks one of four subjects in many ways: three are done, and the result names the reason.
func TestOneOfFourIsBroken(t *testing.T) {
	t.Parallel()
	var kept map[string][]float64
	for i, c := range broken {
		t.Run(c.name, func(t *testing.T) {
			if testing.Short() && i%4 > 0 {
				t.Skip("-short: every fourth")
			}
			folder := cohort(t, 4, 6)
			if err := c.do(filepath.Join(folder, "sub-03", "net", "sub-03_desc-synthetic_")); err != nil {
				t.Fatal(err)
			}
			j := parse(t, fmt.Sprintf(strings.Replace(people, `keep = "best:2 by E.rate_std"`, "", 1), folder, "", "b_e = [0, 60]"))
			if !slices.ContainsFunc(j.Warnings, func(w string) bool { return strings.Contains(w, "sub-03 is left out") && strings.Contains(w, c.said) }) {
				t.Errorf("warnings %q", j.Warnings)
			}
			output := filepath.Join(t.TempDir(), "result.h5")
			s, err := run(t, j, output, ways{ranks: 2})
			if err != nil {
				t.Fatal(err)
			}
			if s.Points != 6 || s.Failed != 0 || len(s.Broken) != 1 || s.Broken[0].ID != "sub-03" {
				t.Errorf("%+v", s)
			}
			res, err := results.Open(output)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Close()
			people, err := res.Participants()
			if err != nil || len(people) != 4 {
				t.Fatalf("%v, %v", people, err)
			}
			if p := people[3]; p.ID != "sub-03" || !strings.Contains(p.Reason, c.said) || p.Nodes != 0 || people[0].Reason != "" || people[0].Nodes != 6 {
				t.Errorf("%+v", people)
			}
			got := subjectRows(t, output, "sub-04", j.Plan.Connectome.Labels)
			if kept == nil {
				kept = got
			}
			if fmt.Sprint(got) != fmt.Sprint(kept) {
				t.Error("another subject has other numbers than with another mistake")
			}
		})
	}
	if len(broken) < 10 {
		t.Error("fewer than ten ways")
	}
}

func TestMistakesInACohort(t *testing.T) {
	folder := cohort(t, 2, 6)
	for said, text := range map[string]string{
		"cohort.source is missing":            "[cohort]\n",
		"no subject \"sub-3\"":                fmt.Sprintf("[cohort]\nsource = %q\nsubjects = [\"sub-3\"]\n", folder),
		"expected \"all\" or a list":          fmt.Sprintf("[cohort]\nsource = %q\nsubjects = 3\n", folder),
		"has no column \"agee\"":              fmt.Sprintf("[cohort]\nsource = %q\nparticipants = \"agee > 3\"\n", folder),
		"no subject meets":                    fmt.Sprintf("[cohort]\nsource = %q\nparticipants = \"age > 3000\"\n", folder),
		"at least one":                        fmt.Sprintf("[cohort]\nsource = %q\nseeds = 0\n", folder),
		"keep one of the two":                 fmt.Sprintf("[cohort]\nsource = %q\n[connectome]\nsource = \"synthetic:4\"\n", folder),
		"no connectome of any subject":        fmt.Sprintf("[cohort]\nsource = %q\n", t.TempDir()),
		"unknown key":                         fmt.Sprintf("[cohort]\nsource = %q\nseed = 2\n", folder),
		"run.seed is swept, and cohort.seeds": fmt.Sprintf("[cohort]\nsource = %q\nseeds = 2\n[sweep]\nrun.seed = [1, 2]\n", folder),
	} {
		_, err := jobs.Parse("test.toml", []byte("model = \"kuramoto\"\n"+text+"[run]\nduration = \"1 s\"\n"))
		if !fault.Is(err) || !strings.Contains(err.Error(), said) {
			t.Errorf("%q: %v", said, err)
		}
	}
}
