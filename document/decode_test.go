package document_test

import (
	"reflect"
	"testing"

	"brainsweep/document"
)

type run struct {
	Duration string
	Seed     uint64
	Threads  int
	Step     *float64
	List     []float64
	Flag     bool
	Free     any
	Hidden   string             `toml:"-"`
	ByName   map[string]float64 `toml:"by-name"`
}

type job struct {
	Title  string
	Run    run
	Record []struct {
		Monitor string
		Of      []string
	}
}

func TestDecode(t *testing.T) {
	d := parse(t, `
title = "x"
[run]
duration = "10 s"
seed = 1e6
threads = 4
step = 1
list = [1, 2.5]
flag = true
free = { a = [1] }
by-name = { a = 1, b = 2.5 }
[[record]]
monitor = "raw"
of = ["E", "I"]
`)
	one := 1.0
	var got job
	got.Run.Hidden = "kept"
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	var want job
	want.Title = "x"
	want.Run = run{"10 s", 1000000, 4, &one, []float64{1, 2.5}, true, map[string]any{"a": []any{int64(1)}}, "kept", map[string]float64{"a": 1, "b": 2.5}}
	want.Record = append(want.Record, struct {
		Monitor string
		Of      []string
	}{"raw", []string{"E", "I"}})
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}

	var part run
	if err := d.Decode(&part, "run"); err != nil || part.Duration != "10 s" {
		t.Error(part, err)
	}
	if err := d.Decode(&part, "nothing"); err != nil {
		t.Error(err)
	}
}

// All mistakes come in one list, in the order of the file.
func TestDecodeReportsEveryMistake(t *testing.T) {
	d := parse(t, `titel = "x"
[run]
duration = 10
seed = -1
threads = 1.5
list = [1, "2", true]
flag = "yes"
by-name = [1]
zzz = 1
[record]
monitor = "raw"
[ruin]
`)
	var got job
	check(t, d.Decode(&got), `job.toml:1:1: unknown key "titel" (did you mean "title"?)
job.toml:3:12: run.duration: expected a string, found 10
job.toml:4:8: run.seed: expected a whole number of at least 0, found -1
job.toml:5:11: run.threads: expected a whole number, found 1.5
job.toml:6:13: run.list.1: expected a number, found the string "2"
job.toml:6:17: run.list.2: expected a number, found true
job.toml:7:9: run.flag: expected true or false, found the string "yes"
job.toml:8:11: run.by-name: expected a table, found a list
job.toml:9:1: unknown key "zzz"; there is duration, seed, threads, step, list, flag, free, by-name
job.toml:10:2: record: expected a list, found a table
job.toml:12:2: unknown key "ruin" (did you mean "run"?)`)
}

func TestSet(t *testing.T) {
	text := "title = \"x\"\n[run]\nseed = 1\n[sweep]\n\"coupling.a\" = { from = 0, points = 4 }\n[[record]]\nmonitor = \"raw\"\n"
	cases := []struct {
		address, value string
		path           []string
		want           any
	}{
		{"run.seed", "7", []string{"run", "seed"}, int64(7)},
		{"run.duration", "10 s", []string{"run", "duration"}, "10 s"},
		{"run.duration", `"10 s"`, []string{"run", "duration"}, "10 s"},
		{"model", "adex1", []string{"model"}, "adex1"},
		{"title", "true", []string{"title"}, true},
		{"sweep.coupling.a.points", "8", []string{"sweep", "coupling.a", "points"}, int64(8)},
		{`sweep."coupling.b"`, "[1, 2.5]", []string{"sweep", "coupling.b"}, []any{int64(1), 2.5}},
		{"sweep.b_e", "{from=1, to=2}", []string{"sweep", "b_e", "to"}, int64(2)},
		{"parameters.b_e", "60.0", []string{"parameters", "b_e"}, 60.0},
		{"record.0.monitor", "bold", []string{"record", "0", "monitor"}, "bold"},
		{"record.0.period", "1 ms", []string{"record", "0", "period"}, "1 ms"},
		{"coupling.a", "0.5", []string{"coupling", "a"}, 0.5},
	}
	for _, c := range cases {
		d := parse(t, text)
		if err := d.Set(c.address, c.value); err != nil {
			t.Error(err)
			continue
		}
		if got := d.Value(c.path...); !reflect.DeepEqual(got, c.want) {
			t.Errorf("--set %s=%s: %v holds %v, want %v", c.address, c.value, c.path, got, c.want)
		}
		if got, want := d.ValuePos(c.path...).String(), "--set "+c.address+"="+c.value; got != want {
			t.Errorf("place %s, want %s", got, want)
		}
		if d.Value("title") == nil || d.Len("record") != 1 {
			t.Errorf("--set %s=%s lost something else", c.address, c.value)
		}
	}
}

func TestSetErrors(t *testing.T) {
	cases := []struct{ address, value, want string }{
		{"", "1", "--set =1: not an address; write names with dots between them, e.g. run.seed"},
		{"a..b", "1", "--set a..b=1: not an address; write names with dots between them, e.g. run.seed"},
		{`a."b`, "1", `--set a."b=1: not an address; write names with dots between them, e.g. run.seed`},
		{`a."b"c`, "1", `--set a."b"c=1: not an address; write names with dots between them, e.g. run.seed`},
		{"a", "[1, 2", "--set a=[1, 2: not a TOML value: expected a comma (',') or array terminator (']'), but got end of file; entries are separated by commas"},
		{"a", "", "--set a=: not a TOML value; nothing stands behind the ="},
		{"record.3.period", "1", "--set record.3.period=1: there is no element 3; the list has 1, counted from 0"},
		{"title.deeper", "1", "--set title.deeper=1: title is no table here, so nothing in it can be set; write all of it: title={ ... }"},
	}
	for _, c := range cases {
		d := parse(t, "title = 'x'\n[[record]]\n")
		check(t, d.Set(c.address, c.value), c.want)
	}
}

func TestSplitAndAddress(t *testing.T) {
	cases := []struct {
		address string
		path    []string
	}{
		{"run.seed", []string{"run", "seed"}},
		{`sweep."coupling.a".points`, []string{"sweep", "coupling.a", "points"}},
		{"b_e", []string{"b_e"}},
	}
	for _, c := range cases {
		got, ok := document.Split(c.address)
		if !ok || !reflect.DeepEqual(got, c.path) {
			t.Errorf("Split(%s) = %q", c.address, got)
		}
		if got := document.Address(c.path...); got != c.address {
			t.Errorf("Address(%q) = %s", c.path, got)
		}
	}
}
