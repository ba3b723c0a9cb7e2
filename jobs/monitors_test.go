package jobs_test

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"brainsweep/connectome/connectometest"
	resultfile "brainsweep/io/result"
	"brainsweep/io/tvb"
	"brainsweep/jobs"
)

// tvbRun is what testdata/tvb/monitors.json has of the run.
type tvbRun struct {
	Initial [][][]float64 `json:"initial_state"`
	Extra   struct {
		Mask1, Mask2   []int
		Gain           [][]float64 `json:"vertex_gain"`
		VertexToRegion []int       `json:"vertex_to_region"`
		RegionGain     [][]float64 `json:"region_gain"`
	}
}

func readTVBRun(t *testing.T) tvbRun {
	t.Helper()
	text, err := os.ReadFile("testdata/tvb/monitors.json")
	if err != nil {
		t.Fatal(err)
	}
	var run tvbRun
	if err := json.Unmarshal(text, &run); err != nil {
		t.Fatal(err)
	}
	return run
}

// table reads one of TVB's files: rows of a time stamp [ms] and numbers.
func table(t *testing.T, name string) [][]float64 {
	t.Helper()
	f, err := os.Open("testdata/tvb/monitors." + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	cells, err := csv.NewReader(in).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out [][]float64
	for _, line := range cells[1:] {
		var row []float64
		for _, cell := range line {
			x, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, x)
		}
		out = append(out, row)
	}
	return out
}

// tvbJob is the run as a job; the records follow.
const tvbJob = `model = "generic2d"
[connectome]
source = "syn10.zip"
speed = "4 mm/ms"
[coupling]
function = "linear"
a = 0.05
b = 0.01
[run]
duration = "100 ms"
step = "0.1 ms"
precision = "double"
noise = "none"
[initial]
V = %s
W = %s
%s`

// writeLines writes numbers into a file, row by row.
func writeLines[T any](t *testing.T, file string, rows ...[]T) {
	t.Helper()
	var b strings.Builder
	for _, row := range rows {
		for i, x := range row {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprint(&b, x)
		}
		b.WriteString("\n")
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// tvbResult runs the job with records and opens its result.
func tvbResult(t *testing.T, records string) *resultfile.Result {
	t.Helper()
	run, dir := readTVBRun(t), t.TempDir()
	if err := tvb.Write(filepath.Join(dir, "syn10.zip"), connectometest.Syn10()); err != nil {
		t.Fatal(err)
	}
	writeLines(t, filepath.Join(dir, "vertices.csv"), run.Extra.Gain...)
	writeLines(t, filepath.Join(dir, "mapping.txt"), run.Extra.VertexToRegion)
	writeLines(t, filepath.Join(dir, "regions.csv"), run.Extra.RegionGain...)
	writeLines(t, filepath.Join(dir, "mask2.txt"), run.Extra.Mask2)
	initial := func(state [][]float64) string {
		var x []float64
		for _, mode := range state {
			x = append(x, mode[0])
		}
		text, _ := json.Marshal(x)
		return string(text)
	}
	text := fmt.Sprintf(tvbJob, initial(run.Initial[0]), initial(run.Initial[1]), records)
	j, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(dir, "result.h5")
	if _, err := run1(t, j, output); err != nil {
		t.Fatal(err)
	}
	r, err := resultfile.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func run1(t *testing.T, j *jobs.Job, output string) (*jobs.Summary, error) {
	return run(t, j, output, ways{})
}

// TestMonitorsAreTVBs compares every monitor with what TVB's records of the same run, value by value and stamp by stamp.
func TestMonitorsAreTVBs(t *testing.T) {
	const tolerance = 1e-9 // relative to the largest value of a table: two orders of summation over 1000 steps
	all := `of = ["V", "W", "V_minus_W"]` + "\n"
	first := tvbResult(t, "[[record]]\nmonitor = 'raw'\n"+all+
		"[[record]]\nmonitor = 'subsample'\nperiod = '2 ms'\n"+all+
		"[[record]]\nmonitor = 'global_average'\nperiod = '2 ms'\n"+all+
		"[[record]]\nmonitor = 'spatial_average'\nperiod = '2 ms'\nareas = { zero = ['n0', 'n1', 'n2', 8], one = [3, 4, 5, 6, 7, 'n9'] }\n"+all+
		"[[record]]\nmonitor = 'afferent'\n"+
		"[[record]]\nmonitor = 'afferent_average'\nperiod = '2 ms'\n"+
		"[[record]]\nmonitor = 'eeg'\nperiod = '2 ms'\nprojection = 'vertices.csv'\nmapping = 'mapping.txt'\n"+all+
		"[[record]]\nmonitor = 'meg'\nperiod = '2 ms'\nprojection = 'regions.csv'\nreference = 'average'\n"+all+
		"[[record]]\nmonitor = 'seeg'\nperiod = '2 ms'\nprojection = 'regions.csv'\nreference = 's2'\n"+all)
	second := tvbResult(t, "[[record]]\nmonitor = 'spatial_average'\nperiod = '2 ms'\nareas = 'mask2.txt'\n"+all)
	quantities := []string{"V", "W", "V_minus_W"}
	for _, c := range []struct {
		file, group string
		of          []string
		in          *resultfile.Result
		dim         string
		labels      string
		missing     int // rows of TVB's that lie at the very end, where the input is never computed
	}{
		{"raw_every10.csv.gz", "raw", quantities, first, "node", "n0 n1 n2 n3 n4 n5 n6 n7 n8 n9", 0},
		{"subsample.csv", "subsample", quantities, first, "node", "n0 n1 n2 n3 n4 n5 n6 n7 n8 n9", 0},
		{"global.csv", "global_average", quantities, first, "", "", 0},
		{"spatial1.csv", "spatial_average", quantities, first, "area", "zero one", 0},
		{"spatial2.csv", "spatial_average", quantities, second, "area", "0 1 2 3", 0},
		{"afferent_every10.csv", "afferent", []string{"c0"}, first, "node", "n0 n1 n2 n3 n4 n5 n6 n7 n8 n9", 0},
		{"afferent_tavg.csv", "afferent_average", []string{"c0"}, first, "node", "n0 n1 n2 n3 n4 n5 n6 n7 n8 n9", 1},
		{"eeg.csv", "eeg", quantities, first, "sensor", "s0 s1 s2 s3 s4 s5", 0},
		{"eeg_avgref.csv", "meg", quantities, first, "sensor", "s0 s1 s2 s3 s4 s5", 0},
		{"eeg_refs2.csv", "seeg", quantities, first, "sensor", "s0 s1 s2 s3 s4 s5", 0},
	} {
		t.Run(c.file, func(t *testing.T) {
			want := table(t, c.file)
			times, err := c.in.Numbers("/" + c.group + "/time")
			if err != nil {
				t.Fatal(err)
			}
			at := map[int]int{} // row of our series by tenths of a millisecond
			for row, time := range times {
				at[int(math.Round(time*1e4))] = row
			}
			compared, worst, largest := 0, 0.0, 0.0
			for q, name := range c.of {
				v, err := c.in.Variable(c.group + "." + name)
				if err != nil {
					t.Fatal(err)
				}
				width := v.Width() / v.Shape[1]
				if c.dim != "" {
					labels, err := c.in.Labels(v.Coordinates(c.dim))
					if err != nil || v.Dims[2] != c.dim || strings.Join(labels, " ") != c.labels {
						t.Errorf("%s has dimensions %v with labels %v (%v), want %s with %s", v.Path, v.Dims, labels, err, c.dim, c.labels)
					}
				}
				have, err := c.in.At(v, 0)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range want {
					ours, there := at[int(math.Round((row[0]-16)*10))]
					if !there {
						continue
					}
					for i := range width {
						x := row[1+q*width+i]
						worst, largest = math.Max(worst, math.Abs(have[ours*width+i]-x)), math.Max(largest, math.Abs(x))
						compared++
					}
				}
				if rows := compared / width / (q + 1); rows != len(want)-c.missing || v.Shape[1] < rows {
					t.Errorf("%s: %d of TVB's %d rows are there", v.Path, rows, len(want))
				}
			}
			t.Logf("largest difference %.1e of %.1e", worst, largest)
			if !(worst <= tolerance*largest) {
				t.Errorf("differs from TVB by %.1e, the largest value is %.1e", worst, largest)
			}
		})
	}
}

// TestInputOfModes records what each mode of each coupled state receives, by its own name: after the first step
// a sum_j w_ij (x_j - x_i) with x_j from the constant past.
func TestInputOfModes(t *testing.T) {
	const a, n = 0.3, 4
	text := `model = "reduced_fitzhugh_nagumo"
[connectome]
source = "synthetic:4"
speed = "1 mm/ms"
[coupling]
function = "difference"
a = 0.3
[run]
duration = "0.2 ms"
precision = "double"
[initial]
xi_1 = [0.1, -0.2, 0.3, 0.4]
xi_2 = [1, 2, 3, 5]
alpha_3 = [-1, 0.5, 0.25, 2]
[[record]]
monitor = "afferent"
[[record]]
monitor = "raw"
of = ["xi_1", "xi_2", "alpha_3"]
`
	j := parse(t, text)
	if got, want := fmt.Sprint(j.Plan.Records[0].Of), "[c0_1 c0_2 c0_3 c1_1 c1_2 c1_3]"; got != want {
		t.Fatalf("terms %s, want %s", got, want)
	}
	contents := result(t, j, ways{})
	c, err := j.Plan.ConnectomeOf(0)
	if err != nil {
		t.Fatal(err)
	}
	for term, x := range map[string]string{"c0_1": "xi_1", "c0_2": "xi_2", "c1_3": "alpha_3"} {
		past := j.Plan.Setting("initial." + x).Values
		now, got := numbersIn(t, contents["/raw/"+x])[:n], numbersIn(t, contents["/afferent/"+term])[:n]
		for i := range n {
			want := 0.0
			for k := range n {
				want += a * c.Weights[i*n+k] * (past[k] - now[i])
			}
			if !(math.Abs(got[i]-want) <= 1e-13*math.Max(1, math.Abs(want))) {
				t.Errorf("%s of node %d is %v, want %v", term, i, got[i], want)
			}
		}
	}
}

// TestResponseBetweenMeans has a period that is no multiple of 4 ms, and a step of which 4 ms is none: the sum over the means that
// are complete, as MODELS.md (section 5) has it, computed from the raw series. No epoch shows.
func TestResponseBetweenMeans(t *testing.T) {
	const steps, every, period, taps = 1000, 13, 25, 5000 // 4 ms / 0.3 ms = 13.33, 7.5 ms
	text := `model = "generic2d"
[connectome]
source = "synthetic:3"
[run]
duration = "300 ms"
step = "0.3 ms"
precision = "double"
[initial]
V = [0.1, 1.0, -0.5]
W = [0.0, 0.3, 1.0]
[[record]]
monitor = "raw"
of = "V"
[[record]]
monitor = "bold"
kernel = "volterra"
period = "7.5 ms"
`
	contents := result(t, parse(t, text), ways{})
	raw, got := numbersIn(t, contents["/raw/V"]), numbersIn(t, contents["/bold/bold"])
	w := math.Sqrt(1/0.4 - 1/(4*0.8*0.8))
	response := func(q int) float64 {
		s := float64(q) * 0.004
		return math.Exp(-s/1.6) * math.Sin(w*s) / (3 * w)
	}
	if len(raw) != 3*steps || len(got) != 3*steps/period {
		t.Fatalf("%d steps and %d samples", len(raw)/3, len(got)/3)
	}
	for sample := range steps / period {
		for node := range 3 {
			sum, means := 0.0, (sample+1)*period/every
			for k := range means { // the newest mean meets the end of the response, the one before its beginning
				mean := 0.0
				for n := range every {
					mean += raw[(k*every+n)*3+node] / every
				}
				sum += mean * response((means-1-k+taps-1)%taps)
			}
			want := 5.6 * 0.02 * (sum - 1)
			if !(math.Abs(got[sample*3+node]-want) <= 1e-13) {
				t.Fatalf("sample %d of node %d is %v, want %v", sample, node, got[sample*3+node], want)
			}
		}
	}
	pieces := result(t, parse(t, text, "device.epoch=7"), ways{})
	if !slices.Equal(got, numbersIn(t, pieces["/bold/bold"])) {
		t.Error("epochs of 7 steps show")
	}
}
