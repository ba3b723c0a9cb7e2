package jobs_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/bids"
	results "brainsweep/io/result"
	"brainsweep/jobs"
	"brainsweep/model/rateml"
)

// whole is a job with all that a derivative has.
const whole = `model = "adex2"
preset = "paper"
title = "whole"
[cohort]
source = %q
[connectome]
normalise = "column"
[run]
duration = "60 ms"
step = "0.1 ms"
[sweep]
b_e = [0, 60]
[[record]]
monitor = "bold"
period = "2 ms"
[metrics]
of = ["bold"]
use = ["fc", "fcd"]
fcd = { window = "10 ms", step = "2 ms" }
`

// fieldsOf are the fields that JSON files have by the folder that they are in (BEP034, form A).
func fieldsOf(folder string) []string {
	fields := []string{"NumberOfRows", "NumberOfColumns", "CoordsRows", "CoordsColumns", "Description"}
	switch folder {
	case "coord":
		return append(fields, "Units")
	case "ts", "spatial":
		fields = append(fields, "ModelEq", "ModelParam", "SourceCode", "SourceCodeVersion", "SoftwareVersion", "SoftwareName", "SoftwareRepository", "Network")
		if folder == "ts" {
			fields = append(fields, "SamplingPeriod", "SamplingFrequency")
		}
	}
	return fields
}

// TestDerivative writes a cohort's result as a derivative, and looks at every file and field of it.
func TestDerivative(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	data := cohort(t, 4, 4, 6)
	if err := os.Remove(filepath.Join(data, "sub-04", "net", "sub-04_desc-synthetic_weights.tsv")); err != nil {
		t.Fatal(err)
	}
	j := parse(t, fmt.Sprintf(whole, data))
	output := filepath.Join(folder, "result.h5")
	if _, err := run(t, j, output, ways{}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if err := os.RemoveAll(data); err != nil { // the result has all that is needed
		t.Fatal(err)
	}
	to := filepath.Join(folder, "derivatives", "brainsweep")
	n, err := jobs.Derivative(res, to, nil, "1.0")
	if err != nil || n != 6 {
		t.Fatalf("%d points, %v", n, err)
	}

	var description map[string]any
	readJSON(t, filepath.Join(to, "dataset_description.json"), &description)
	for _, field := range []string{"Name", "BIDSVersion", "DatasetType", "GeneratedBy"} {
		if description[field] == nil {
			t.Errorf("dataset_description.json has no %s", field)
		}
	}
	if description["DatasetType"] != "derivative" {
		t.Error(description)
	}
	people, err := os.ReadFile(filepath.Join(to, "participants.tsv"))
	if err != nil || !strings.Contains(string(people), "sub-01\tsimulated\tn/a\t4\n") || !strings.Contains(string(people), "sub-04\tunusable\t") {
		t.Errorf("%v\n%s", err, people)
	}

	// Every table has a JSON file with the fields, which is right about its size and names files that are there.
	tables := 0
	err = filepath.WalkDir(to, func(at string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "participants.tsv" || entry.Name() == "dataset_description.json" {
			return err
		}
		if ext := filepath.Ext(at); ext == ".json" {
			return nil
		}
		var fields map[string]any
		readJSON(t, strings.TrimSuffix(at, filepath.Ext(at))+".json", &fields)
		for _, field := range fieldsOf(filepath.Base(filepath.Dir(at))) {
			if _, there := fields[field]; !there {
				t.Errorf("%s has no %s", at, field)
			}
		}
		if filepath.Ext(at) != ".tsv" {
			return nil
		}
		tables++
		text, _ := os.ReadFile(at)
		rows := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
		if fields["NumberOfRows"] != float64(len(rows)) || fields["NumberOfColumns"] != float64(strings.Count(rows[0], "\t")+1) {
			t.Errorf("%s has %d rows, its sidecar says %v x %v", at, len(rows), fields["NumberOfRows"], fields["NumberOfColumns"])
		}
		for _, key := range []string{"CoordsRows", "CoordsColumns", "ModelEq", "ModelParam", "SourceCode", "Network"} {
			for _, name := range namesIn(fields[key]) {
				if _, err := os.Stat(filepath.Join(filepath.Dir(at), name)); err != nil {
					t.Errorf("%s: %s: %v", at, key, err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// Of each of 3 subjects: 2 of net, labels, centres, 2 times; of each of 6 points: BOLD, FC, FCD.
	if want := 3*6 + 6*3; tables != want {
		t.Errorf("%d tables, want %d", tables, want)
	}

	set, err := bids.Open(to, "")
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close()
	for i, s := range j.Plan.Subjects {
		c, err := set.Subject(s.ID).Read()
		if err != nil {
			t.Fatal(err)
		}
		if c.Digest() != s.Digest || !slices.Equal(c.Labels, s.Labels) || !slices.Equal(c.Centres, s.Centres) {
			t.Errorf("the connectome of subject %d is not what it was", i)
		}
	}
	sameSeries(t, res, to, j.Plan.Subjects[2].Labels)
	eq, _ := filepath.Glob(filepath.Join(to, "eq", "*.xml"))
	text, err := os.ReadFile(eq[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range j.Plan.Model.States { // erfc is beyond RateML
		if !strings.Contains(string(text), fmt.Sprintf("<StateVariable name=%q", s.Name)) {
			t.Errorf("%s has no state %s", eq[0], s.Name)
		}
	}
	if err := xml.Unmarshal(text, new(struct{})); err != nil {
		t.Error(err)
	}
	// What TVB's importer looks for.
	for _, glob := range []string{"sub*/net/*weights.tsv", "sub*/net/*distances.tsv", "sub*/ts/*.tsv", "sub*/spatial/*.tsv"} {
		if found, _ := filepath.Glob(filepath.Join(to, glob)); len(found) < 3 {
			t.Errorf("%s: %v", glob, found)
		}
	}
}

// TestModelOfADerivative reads a model that RateML can say back from the derivative.
func TestModelOfADerivative(t *testing.T) {
	folder := t.TempDir()
	j := parse(t, fmt.Sprintf("model = \"montbrio\"\n[cohort]\nsource = %q\n[run]\nduration = \"1 ms\"\n[metrics]\nof = [\"r\"]\nuse = [\"rate\"]\n", cohort(t, 2, 4)))
	output := filepath.Join(folder, "result.h5")
	if _, err := run(t, j, output, ways{}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if _, err := jobs.Derivative(res, filepath.Join(folder, "d"), []int{1}, "1"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "d", "eq", "desc-montbrio_eq.xml"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := rateml.Parse("eq.xml", text)
	if err != nil || len(m.States) != len(j.Plan.Model.States) {
		t.Errorf("%v\n%s", err, text)
	}
}

// sameSeries compares the BOLD signals of the last subject with the result.
func sameSeries(t *testing.T, res *results.Result, to string, nodes []string) {
	t.Helper()
	v, err := res.Variable("bold.bold")
	if err != nil {
		t.Fatal(err)
	}
	last := res.Points - 1
	values, err := res.At(v, last)
	if err != nil {
		t.Fatal(err)
	}
	values = pick(values, v.Shape[1:], v.Dims[1:], res.Nodes, nodes)
	found, _ := filepath.Glob(filepath.Join(to, "sub-*", "ts", fmt.Sprintf("*_desc-point%dbold_ts.tsv", last)))
	if len(found) != 1 {
		t.Fatal(found)
	}
	text, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, word := range strings.Fields(string(text)) {
		if x, err := strconv.ParseFloat(word, 32); err != nil || float32(x) != float32(values[i]) {
			t.Fatalf("number %d of the series is %s, not %v", i, word, values[i])
		}
	}
}

func namesIn(v any) []string {
	switch x := v.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, e := range x {
			out = append(out, fmt.Sprint(e))
		}
		return out
	}
	return nil
}

func readJSON(t *testing.T, at string, to any) {
	t.Helper()
	text, err := os.ReadFile(at)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		t.Errorf("%s: %v", at, err)
	}
}

// TestDerivativeOfOneConnectome is refused.
func TestDerivativeOfOneConnectome(t *testing.T) {
	output := filepath.Join(t.TempDir(), "result.h5")
	if _, err := run(t, parse(t, least), output, ways{}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	if _, err := jobs.Derivative(res, t.TempDir(), nil, "1"); !fault.Is(err) {
		t.Error(err)
	}
}
