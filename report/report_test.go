package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/report"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// opened is a page as its script sees it.
type opened struct {
	words   map[string]any
	numbers []byte
}

func open(t *testing.T, page []byte) opened {
	t.Helper()
	found := regexp.MustCompile(`(?s)id="words">(.*?)</script>\s*<script type="text/plain" id="numbers">(.*?)</script>`).FindSubmatch(page)
	if found == nil {
		t.Fatal("the page has no words and numbers")
	}
	var o opened
	check(t, json.Unmarshal(found[1], &o.words))
	small, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(found[2])))
	check(t, err)
	o.numbers, err = io.ReadAll(small)
	check(t, err)
	return o
}

// look reads the array that a reference names.
func (o opened) look(ref any) (values []float64) {
	r := ref.(map[string]any)
	at, length := int(r["at"].(float64)), int(r["length"].(float64))
	for k := range length {
		switch r["kind"] {
		case "Uint8":
			values = append(values, float64(o.numbers[at+k]))
		case "Uint32":
			values = append(values, float64(binary.LittleEndian.Uint32(o.numbers[at+4*k:])))
		case "Float32":
			values = append(values, float64(math.Float32frombits(binary.LittleEndian.Uint32(o.numbers[at+4*k:]))))
		case "Float64":
			values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(o.numbers[at+8*k:])))
		}
	}
	return values
}

func write(t *testing.T, r *result.Result, o report.Options) (report.Summary, []byte) {
	t.Helper()
	var page bytes.Buffer
	s, err := report.Write(&page, r, o)
	check(t, err)
	if s.Bytes != page.Len() {
		t.Errorf("a page of %d bytes is said to have %d", page.Len(), s.Bytes)
	}
	return s, page.Bytes()
}

func TestPageHoldsTheNumbers(t *testing.T) {
	const n = 4
	s, text := write(t, resulttest.Make(t, n, true), report.Options{})
	if s.Points != n*n || s.Detailed != n*n-1 || len(s.LeftOut) > 0 {
		t.Errorf("summary %+v", s)
	}
	page := open(t, text)
	rates := page.words["scalars"].([]any)[1].(map[string]any)
	if rates["address"] != "E.rate_mean" {
		t.Fatalf("the second metric is %v", rates["address"])
	}
	for p, v := range page.look(rates["values"])[:n*n-1] {
		if v != resulttest.Rate(p) {
			t.Errorf("rate of point %d: %v, want %v", p, v, resulttest.Rate(p))
		}
	}
	matrix := page.words["matrices"].([]any)[0].(map[string]any)
	spectrum := page.words["curves"].([]any)[0].(map[string]any)
	width := resulttest.Nodes * (resulttest.Nodes + 1) / 2
	for row, p := range page.look(matrix["points"]) {
		triangle := page.look(matrix["values"])[row*width:]
		for i := range resulttest.Nodes {
			for j := i; j < resulttest.Nodes; j++ {
				if want := float64(float32(resulttest.FC(int(p), i, j))); triangle[0] != want {
					t.Errorf("fc of point %v at %d, %d: %v, want %v", p, i, j, triangle[0], want)
				}
				triangle = triangle[1:]
			}
		}
		for k := range resulttest.Bins {
			if got, want := page.look(spectrum["values"])[row*resulttest.Bins+k], float64(float32(resulttest.PSD(int(p), k))); got != want {
				t.Errorf("spectrum of point %v at %d: %v, want %v", p, k, got, want)
			}
		}
	}
	if status := page.look(page.words["status"]); status[n*n-1] != 1 || status[0] != 0 {
		t.Errorf("status %v", status)
	}
	if fault := page.words["faults"].([]any)[0].(map[string]any); fault["node"] != "region 2" || fault["time"] != 2.5 || fault["state"] != "E" {
		t.Errorf("fault %v", fault)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	_, text := write(t, resulttest.Make(t, 2, true), report.Options{})
	if found := regexp.MustCompile(`(?i)(src|href)\s*=\s*["'](https?:|//)|@import|url\((["']?)(https?:|//)`).Find(text); found != nil {
		t.Errorf("the page asks for %s", found)
	}
	if !strings.Contains(string(text), "Up &amp; down &lt;states&gt;") {
		t.Error("the title is not written as text")
	}
	if strings.Count(string(text), "</script>") != 3 {
		t.Error("a text of the result ends a script")
	}
	if !strings.Contains(string(text), "MIT License") {
		t.Error("the chart library's licence is missing")
	}
}

func TestALargeSweepKeepsToItsRoom(t *testing.T) {
	r := resulttest.Make(t, 24, true)
	all, _ := write(t, r, report.Options{})
	small, text := write(t, r, report.Options{Most: 300_000})
	if small.Bytes > 300_000 {
		t.Errorf("a page for 300 kB has %d bytes", small.Bytes)
	}
	if small.Detailed == 0 || small.Detailed >= all.Detailed {
		t.Errorf("%d points with details in the small page, %d in the other", small.Detailed, all.Detailed)
	}
	page := open(t, text)
	points := page.look(page.words["matrices"].([]any)[0].(map[string]any)["points"])
	if points[0] != 0 || points[len(points)-1] != 24*24-2 {
		t.Errorf("the ends of the ranking are not among the points %v", points)
	}
	tiny, _ := write(t, r, report.Options{Most: 110_000})
	if len(tiny.LeftOut) == 0 || tiny.Detailed >= small.Detailed {
		t.Errorf("a page without room: %+v", tiny)
	}
}
