package document_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"brainsweep/document"
)

const sample = `# a comment with = and [brackets]
title = "a \"quoted\" # title" # trailing
'odd key' = 1
a.b . "c.d" = 2.5

[run]   # header
duration = "10 s"
  seed=42
list = [ 1, # one
  [2, 3], { x = 4 },
]

[states]
E = { unit = "kHz", range = [1e-3, 0.25] , derivative = '''
F_e - E
  + "two"''' }
"W.e" = { unit = """pA""" }
é = """a"""""
[[record]]
monitor = "raw"
[record.more]
depth = 1
[[record]]
monitor = "bold"
[run.deep]
on = true
day = 1979-05-27 07:32:00
`

func parse(t *testing.T, text string) *document.Document {
	t.Helper()
	d, err := document.Parse("job.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPlaces(t *testing.T) {
	text := strings.Replace(sample, "é =", `"é" =`, 1)
	d := parse(t, text)
	cases := []struct {
		path       string
		key, value string
	}{
		{"title", "2:1", "2:10"},
		{"'odd key'", "3:1", "3:13"},
		{"a", "4:1", "4:1"},
		{"a.b", "4:3", "4:3"},
		{"a.b.'c.d'", "4:7", "4:15"},
		{"run", "6:2", "6:2"},
		{"run.duration", "7:1", "7:13"},
		{"run.seed", "8:3", "8:8"},
		{"run.list", "9:1", "9:8"},
		{"run.list.0", "9:10", "9:10"},
		{"run.list.1", "10:3", "10:3"},
		{"run.list.1.1", "10:7", "10:7"},
		{"run.list.2.x", "10:13", "10:17"},
		{"states.E", "14:1", "14:5"},
		{"states.E.unit", "14:7", "14:15"},
		{"states.E.range.1", "14:36", "14:36"},
		{"states.E.derivative", "14:44", "15:1"},
		{"states.'W.e'.unit", "17:11", "17:21"},
		{"states.é", "18:1", "18:10"},
		{"record", "19:3", "19:3"},
		{"record.0.monitor", "20:1", "20:12"},
		{"record.0.more", "21:9", "21:9"},
		{"record.0.more.depth", "22:1", "22:9"},
		{"record.1", "23:3", "23:3"},
		{"record.1.monitor", "24:1", "24:12"},
		{"run.deep", "25:6", "25:6"},
		{"run.deep.on", "26:1", "26:6"},
		{"run.deep.day", "27:1", "27:7"},
		// What does not exist has the place of what exists of it.
		{"run.transient", "6:2", "6:2"},
		{"run.seed.x", "8:3", "8:3"},
		{"record.7.period", "19:3", "19:3"},
		{"nothing", "", ""},
	}
	for _, c := range cases {
		path, ok := document.Split(c.path)
		if !ok {
			t.Fatalf("%s is not an address", c.path)
		}
		prefix := func(s string) string {
			if s == "" {
				return "job.toml"
			}
			return "job.toml:" + s
		}
		if got := d.Pos(path...).String(); got != prefix(c.key) {
			t.Errorf("Pos(%s) = %s, want %s", c.path, got, prefix(c.key))
		}
		if got := d.ValuePos(path...).String(); got != prefix(c.value) {
			t.Errorf("ValuePos(%s) = %s, want %s", c.path, got, prefix(c.value))
		}
	}
}

// Windows line ends and a byte order mark move nothing.
func TestPlacesWithCarriageReturns(t *testing.T) {
	d := parse(t, "\xef\xbb\xbf"+strings.ReplaceAll("a = 1\n[t]\nb = \"\"\"\nx\ny\"\"\"\nc = 2 # end", "\n", "\r\n"))
	for path, want := range map[string]string{"a": "job.toml:1:5", "t.b": "job.toml:4:1", "t.c": "job.toml:6:5"} {
		names, _ := document.Split(path)
		if got := d.ValuePos(names...).String(); got != want {
			t.Errorf("ValuePos(%s) = %s, want %s", path, got, want)
		}
	}
	if got := d.Value("t", "b"); got != "x\r\ny" && got != "x\ny" {
		t.Errorf("b = %q", got)
	}
}

func TestKeysKeepTheFilesOrder(t *testing.T) {
	d := parse(t, "z = 1\n[b]\nz.k=1\ny=2\nx=3\nz.j=4\n[a]\n[b.w]\n[b.a]\n[[c]]\n")
	for path, want := range map[string]string{"": "z b a c", "b": "z y x w a", "b.z": "k j", "a": "", "c.0": "", "z": "", "q": ""} {
		var names []string
		if path != "" {
			names, _ = document.Split(path)
		}
		if got := strings.Join(d.Keys(names...), " "); got != want {
			t.Errorf("Keys(%s) = %s, want %s", path, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	d := parse(t, strings.Replace(sample, "é =", `"é" =`, 1))
	want := map[string]any{
		"title":   `a "quoted" # title`,
		"odd key": int64(1),
		"a":       map[string]any{"b": map[string]any{"c.d": 2.5}},
		"run": map[string]any{
			"duration": "10 s", "seed": int64(42),
			"list": []any{int64(1), []any{int64(2), int64(3)}, map[string]any{"x": int64(4)}},
			"deep": map[string]any{"on": true, "day": d.Value("run", "deep", "day")},
		},
		"states": map[string]any{
			"E":   map[string]any{"unit": "kHz", "range": []any{1e-3, 0.25}, "derivative": "F_e - E\n  + \"two\""},
			"W.e": map[string]any{"unit": "pA"},
			"é":   `a""`,
		},
		"record": []any{
			map[string]any{"monitor": "raw", "more": map[string]any{"depth": int64(1)}},
			map[string]any{"monitor": "bold"},
		},
	}
	if got := d.Value(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if day, ok := d.Value("run", "deep", "day").(time.Time); !ok || day.Year() != 1979 {
		t.Errorf("day = %v", d.Value("run", "deep", "day"))
	}
	if d.Len("record") != 2 || d.Len("run", "list") != 3 || d.Len("run") != 0 || d.Len("q") != 0 {
		t.Error("lengths are wrong")
	}
	kinds := map[string]string{"title": "a string", "run": "a table", "run.list": "a list", "run.seed": "a number", "run.deep.on": "true or false", "run.deep.day": "a date", "q": "nothing"}
	for path, want := range kinds {
		names, _ := document.Split(path)
		if got := d.Kind(names...); got != want {
			t.Errorf("Kind(%s) = %s, want %s", path, got, want)
		}
	}
	if !d.Has("run", "seed") || d.Has("run", "see") || !d.Has("run", "list", "2", "x") || d.Has("run", "list", "3") {
		t.Error("Has is wrong")
	}
}

func TestNumberAndText(t *testing.T) {
	d := parse(t, "[a]\nx = 3\ny = \"z\"\n")
	if x, err := d.Number("a", "x"); x != 3 || err != nil {
		t.Error(x, err)
	}
	if y, err := d.Text("a", "y"); y != "z" || err != nil {
		t.Error(y, err)
	}
	_, err := d.Number("a", "y")
	check(t, err, `job.toml:3:6: a.y: expected a number, found the string "z"`)
	_, err = d.Text("a", "x")
	check(t, err, `job.toml:2:5: a.x: expected a string, found 3`)
	_, err = d.Text("a", "q")
	check(t, err, `job.toml:1:2: a.q: expected a string, found nothing`)
}

func check(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSyntaxErrors(t *testing.T) {
	cases := []struct{ text, want string }{
		{"a = 10 s", `1:8: expected a top-level item to end with a newline, comment, or EOF, but got 's' instead; text, and a number with its unit, stands in quotes: "10 s"`},
		{"\n  model = adex2 # x", `2:11: expected value but found "adex" instead; text, and a number with its unit, stands in quotes: "adex2"`},
		{"a = NaN", `1:5: expected value but found "NaN" instead; write nan`},
		{"a = True", `1:5: expected value but found "True" instead; write true`},
		{"a = 1,5", `1:6: expected a top-level item to end with a newline, comment, or EOF, but got ',' instead; a decimal number has a point, and a list stands in brackets`},
		{"a = \"x\nb = 1", `1:7: strings cannot contain newlines; is the closing quote missing?`},
		{"a 5\nb = 1", `1:3: expected '.' or '=', but got '5' instead; a line is key = value; a key with other characters than letters, digits, _ and - stands in quotes`},
		{"a = 1\na = 2", `2:1: key 'a' has already been defined; each key and each table is written once`},
		{"b = { x = 1 y = 2 }", `1:13: expected a comma or an inline table terminator '}', but got 'y' instead; entries are separated by commas`},
		{"b = [1 2]", `1:8: expected a comma (',') or array terminator (']'), but got '2'; entries are separated by commas`},
		{"\"é\" = \"\\q\"", `1:8: invalid escape in string '\q'`},
		{"\"é\" = \"\xff\"", `1:7: invalid UTF-8 byte: 0xff`},
		{"[[a.b]]\n[a]\nb.y = 2", `3:1: "b" is an array of tables; its tables open with [[b]]`},
		{"[t]\n\"\" = 1", `2:1: a key is empty`},
		{"a = 1e999", `1:5: 1e999 is out of range for float64`},
		{"a = 5.", `1:5: invalid float "5.": '.' must be followed by one or more digits`},
		{"a = \"\"\"x", `1:8: unexpected EOF; expected '"""'`},
	}
	for _, c := range cases {
		_, err := document.Parse("job.toml", []byte(c.text))
		check(t, err, "job.toml:"+c.want)
	}
	for text, want := range map[string]string{
		"\x89HDF\r\n\x1a\n\x00": "job.toml: this is no text file, but HDF5; of a result, brainsweep inspect tells what is in it",
		"some words\n# a = 1":   "job.toml: this is no TOML, as jobs and models are: no line of it says key = value",
	} {
		_, err := document.Parse("job.toml", []byte(text))
		check(t, err, want)
	}
}

func TestNumberWritesTheSameBits(t *testing.T) {
	for _, x := range []float64{0, 1, -1, 0.1, 1e-7, 1e21, 1e22, math.MaxFloat64, math.SmallestNonzeroFloat64, 1.0 / 3, math.Copysign(0, -1), 123456789, math.Inf(1), math.Inf(-1)} {
		d := parse(t, "x = "+document.Number(x))
		got, ok := d.Value("x").(float64)
		if !ok || math.Float64bits(got) != math.Float64bits(x) {
			t.Errorf("%v is written %s and read %v", x, document.Number(x), d.Value("x"))
		}
	}
	if d := parse(t, "x = "+document.Number(math.NaN())); !math.IsNaN(d.Value("x").(float64)) {
		t.Error("NaN is lost")
	}
}

func TestQuoteAndKeyReadBack(t *testing.T) {
	for _, s := range []string{"", "plain", "a.b", `"q" \ `, "tab\tline\nret\r", "\x01\x7f", "é 日本", "#=[]{}", "'''"} {
		d := parse(t, document.Key("k"+s)+" = "+document.Quote(s))
		if got := d.Value("k" + s); got != s {
			t.Errorf("%q is read as %q", s, got)
		}
	}
}

func TestUTF16IsRefused(t *testing.T) {
	_, err := document.Parse("job.toml", []byte("\xff\xfea\x00"))
	check(t, err, "job.toml: the text is UTF-16; save it as UTF-8")
}

// FuzzParse holds the scan to toml's reading of the same text: whatever toml accepts, the tree has its keys and values.
func FuzzParse(f *testing.F) {
	f.Add(strings.Replace(sample, "é =", `"é" =`, 1))
	f.Add("a.'b'.\"c\\u0041\" = [[],{},[{x=1,y=[2,]}]] # z\r\n[q]\r\n[[w.e]]\n[w.e.r]\n[[w.e.t]]")
	f.Add("a = '''''x''''' \nb=\"\"\"\\\"\"\"\"\"\"\nc={\n# x\nd=1,\n}\nd=1979-05-27 07:32:00 # y")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := document.Parse("f", []byte(text))
		if err != nil {
			return
		}
		same(t, d, nil)
	})
}
