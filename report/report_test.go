package report_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/io/result"
	"brainsweep/report"
)

// A made-up result of n x n points over b_e and coupling.a; the last point fails. Its numbers are formulas of the
// point's number, so that a page can be compared with them.
const nodes, samples, bins = 5, 700, 40

func rate(p int) float64 { return 10 * math.Sin(float64(p)) }

func fc(p, i, j int) float64 {
	if i == j {
		return 1
	}
	return math.Cos(float64(p)+float64(i+j)) / float64(1+min(i, j))
}

func psd(p, k int) float64 { return float64(1+p%7) / float64(1+k*k) }

func sample(p, k, node int) float64 { return float64(p) + math.Sin(float64(k)/50) + float64(node) }

func brain() *connectome.Connectome {
	c := &connectome.Connectome{Source: "made up", Centres: make([][3]float64, nodes), Cortical: make([]bool, nodes), Lengths: make([]float64, nodes*nodes)}
	for i := range nodes {
		c.Labels = append(c.Labels, fmt.Sprint("region ", i))
		for j := range nodes {
			c.Weights = append(c.Weights, float64(i)*0.1+float64(j)*0.01)
		}
	}
	return c
}

func makeResult(t testing.TB, n int, details bool) *result.Result {
	t.Helper()
	l := &result.Layout{
		Title: "Up & down <states>", Plan: "ab", Basis: "ab", Points: n * n, Mode: "grid", Grid: []int{n, n}, Connectome: brain(), States: []string{"E"},
		Axes: []result.Axis{
			{Address: "b_e", Unit: "pA", Value: func(p int) float64 { return 10 * float64(p/n) }},
			{Address: "coupling.a", Value: func(p int) float64 { return 0.1 * float64(1+p%n) }},
		},
		Metrics: []result.Metric{{Quantity: "E", Name: "rate_mean", Unit: "Hz", About: "mean over time and nodes"}, {Quantity: "E", Name: "fc_mean"}},
		Provenance: []result.Entry{{Name: "job", Value: "model = \"adex2\" # </script>\n"}, {Name: "program", Value: "brainsweep test"},
			{Name: "set", Value: []string{"run.seed=7", "record.0.period=2 ms"}}},
	}
	if details {
		l.Series = []result.Series{{Group: "average", Name: "E", Unit: "kHz", Times: result.Times{Count: samples, First: 1, Period: 1}}}
		frequencies := make([]float64, bins)
		for k := range frequencies {
			frequencies[k] = 0.5 * float64(k)
		}
		l.Dims = []result.Dim{{Name: "frequency", Unit: "Hz", Values: frequencies}}
		l.Metrics = append(l.Metrics, result.Metric{Quantity: "E", Name: "fc", Dims: []string{"node", "node2"}}, result.Metric{Quantity: "E", Name: "psd", Dims: []string{"frequency"}})
	}
	folder := t.TempDir()
	part, err := result.CreatePart(filepath.Join(folder, result.PartName(0, l.Points)), l, 0, l.Points, nil)
	check(t, err)
	for p := range l.Points - 1 {
		check(t, part.Metric(p, 0, []float64{rate(p)}))
		check(t, part.Metric(p, 1, []float64{float64(p) / 10}))
		if details {
			fill(t, part, p)
		}
		part.Done(p)
	}
	part.Fail(l.Points-1, result.Fault{Node: 2, Time: 2500})
	check(t, part.Close(result.Run{}))
	parts, err := result.Parts(folder)
	check(t, err)
	name := filepath.Join(folder, "r.h5")
	check(t, result.Merge(name, l, parts, nil))
	r, err := result.Open(name)
	check(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

func fill(t testing.TB, part *result.Part, p int) {
	var matrix, spectrum, series []float64
	for i := range nodes {
		for j := range nodes {
			matrix = append(matrix, fc(p, i, j))
		}
	}
	for k := range bins {
		spectrum = append(spectrum, psd(p, k))
	}
	for k := range samples {
		for node := range nodes {
			series = append(series, sample(p, k, node))
		}
	}
	check(t, part.Metric(p, 2, matrix))
	check(t, part.Metric(p, 3, spectrum))
	check(t, part.Series(p, 0, 0, series))
}

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
	s, text := write(t, makeResult(t, n, true), report.Options{})
	if s.Points != n*n || s.Detailed != n*n-1 || len(s.LeftOut) > 0 {
		t.Errorf("summary %+v", s)
	}
	page := open(t, text)
	rates := page.words["scalars"].([]any)[1].(map[string]any)
	if rates["address"] != "E.rate_mean" {
		t.Fatalf("the second metric is %v", rates["address"])
	}
	for p, v := range page.look(rates["values"])[:n*n-1] {
		if v != rate(p) {
			t.Errorf("rate of point %d: %v, want %v", p, v, rate(p))
		}
	}
	matrix := page.words["matrices"].([]any)[0].(map[string]any)
	spectrum := page.words["curves"].([]any)[0].(map[string]any)
	width := nodes * (nodes + 1) / 2
	for row, p := range page.look(matrix["points"]) {
		triangle := page.look(matrix["values"])[row*width:]
		for i := range nodes {
			for j := i; j < nodes; j++ {
				if want := float64(float32(fc(int(p), i, j))); triangle[0] != want {
					t.Errorf("fc of point %v at %d, %d: %v, want %v", p, i, j, triangle[0], want)
				}
				triangle = triangle[1:]
			}
		}
		for k := range bins {
			if got, want := page.look(spectrum["values"])[row*bins+k], float64(float32(psd(int(p), k))); got != want {
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
	_, text := write(t, makeResult(t, 2, true), report.Options{})
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
	r := makeResult(t, 24, true)
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
