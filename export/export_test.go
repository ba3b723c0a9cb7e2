package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"brainsweep/export"
	"brainsweep/io/h5"
	"brainsweep/io/result/resulttest"
)

const side = 3

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// array is what a .npy file holds, its numbers as float64 whatever they were.
type array struct {
	kind, shape string
	values      []float64
	texts       []string
}

func unpack(t *testing.T, archive []byte) map[string]array {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	check(t, err)
	arrays := map[string]array{}
	for _, f := range z.File {
		in, err := f.Open()
		check(t, err)
		b, err := io.ReadAll(in)
		check(t, err)
		head := 10 + int(binary.LittleEndian.Uint16(b[8:]))
		if string(b[:8]) != "\x93NUMPY\x01\x00" || head%64 != 0 || b[head-1] != '\n' {
			t.Fatalf("%s has no header of NumPy's", f.Name)
		}
		words := regexp.MustCompile(`'descr': '(.*?)', 'fortran_order': False, 'shape': \((.*?)\)`).FindStringSubmatch(string(b[:head]))
		a := array{kind: words[1], shape: words[2]}
		for b := b[head:]; len(b) > 0; {
			switch {
			case a.kind == "<f8":
				a.values, b = append(a.values, math.Float64frombits(binary.LittleEndian.Uint64(b))), b[8:]
			case a.kind == "<i8":
				a.values, b = append(a.values, float64(int64(binary.LittleEndian.Uint64(b)))), b[8:]
			default:
				size, err := strconv.Atoi(strings.TrimPrefix(a.kind, "<U"))
				check(t, err)
				text := ""
				for i := range size {
					if c := binary.LittleEndian.Uint32(b[4*i:]); c != 0 {
						text += string(rune(c))
					}
				}
				a.texts, b = append(a.texts, text), b[4*size:]
			}
		}
		arrays[strings.TrimSuffix(f.Name, ".npy")] = a
	}
	return arrays
}

func TestNPZHoldsTheResult(t *testing.T) {
	r := resulttest.Make(t, side, true)
	var b bytes.Buffer
	check(t, export.NPZ(&b, r, export.Options{Points: []int{1, 4}}))
	arrays := unpack(t, b.Bytes())
	for name, shape := range map[string]string{
		"average/E": fmt.Sprintf("2, %d, %d, ", resulttest.Samples, resulttest.Nodes), "metrics/E/psd": fmt.Sprintf("2, %d, ", resulttest.Bins),
		"metrics/E/fc": fmt.Sprintf("2, %d, %[1]d, ", resulttest.Nodes), "metrics/E/rate_mean": "2, ", "points/b_e": "2, ",
		"connectome/weights": fmt.Sprintf("%d, %[1]d, ", resulttest.Nodes), "average/time": fmt.Sprintf("%d, ", resulttest.Samples), "average/point": "2, ",
	} {
		if a, there := arrays[name]; !there || a.shape != shape {
			t.Errorf("%s has the shape (%s), want (%s)", name, a.shape, shape)
		}
	}
	for k, p := range []int{1, 4} {
		for i, got := range arrays["average/E"].values[k*resulttest.Samples*resulttest.Nodes : (k+1)*resulttest.Samples*resulttest.Nodes] {
			if want := resulttest.Sample(p, i/resulttest.Nodes, i%resulttest.Nodes); got != want {
				t.Fatalf("average/E of point %d at %d: %v, want %v", p, i, got, want)
			}
		}
		if got := arrays["metrics/E/rate_mean"].values[k]; got != resulttest.Rate(p) {
			t.Errorf("rate of point %d: %v", p, got)
		}
		if got := arrays["points/b_e"].values[k]; got != float64(10*(p/side)) {
			t.Errorf("b_e of point %d: %v", p, got)
		}
	}
	if got := arrays["connectome/node"].texts; len(got) != resulttest.Nodes || got[3] != "region 3" {
		t.Errorf("nodes %q", got)
	}
	if got := arrays["points/point"].values; got[0] != 1 || got[1] != 4 {
		t.Errorf("points %v", got)
	}
}

// NumPy itself opens the file, where there is one.
func TestNumPyOpensIt(t *testing.T) {
	python := ""
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if python == "" && exec.Command(name, "-c", "import numpy").Run() == nil {
			python = name
		}
	}
	if python == "" {
		t.Skip("there is no python3 with numpy here")
	}
	name := filepath.Join(t.TempDir(), "r.npz")
	f, err := os.Create(name)
	check(t, err)
	check(t, export.NPZ(f, resulttest.Make(t, side, true), export.Options{}))
	check(t, f.Close())
	out, err := exec.Command(python, "-c", `
import numpy, sys
z = numpy.load(sys.argv[1])
print(z["average/E"].shape, z["average/E"].dtype, repr(float(z["metrics/E/rate_mean"][5])), z["connectome/node"][2], z["points/status"].tolist())`, name).CombinedOutput()
	check(t, err)
	want := fmt.Sprintf("(9, %d, %d) float64 %s region 2 [0, 0, 0, 0, 0, 0, 0, 0, 1]\n", resulttest.Samples, resulttest.Nodes, strconv.FormatFloat(resulttest.Rate(5), 'g', -1, 64))
	if string(out) != want {
		t.Errorf("NumPy says %swant %s", out, want)
	}
}

func table(t *testing.T, name string) [][]string {
	t.Helper()
	f, err := os.Open(name)
	check(t, err)
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	check(t, err)
	return lines
}

func TestTablesHoldTheResult(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tables")
	files, err := export.CSV(folder, resulttest.Make(t, side, true), export.Options{})
	check(t, err)
	if len(files) != 4 {
		t.Errorf("files %v", files)
	}
	points := table(t, filepath.Join(folder, "points.csv"))
	if got := strings.Join(points[0], " "); got != "point b_e coupling.a status E.fc_mean E.rate_mean" {
		t.Errorf("columns %s", got)
	}
	if got, want := strings.Join(points[6], " "), "5 10 0.30000000000000004 done 0.5 "+strconv.FormatFloat(resulttest.Rate(5), 'g', -1, 64); got != want {
		t.Errorf("point 5 is %q, want %q", got, want)
	}
	if got := points[9][3]; got != "failed" {
		t.Errorf("the last point is %s", got)
	}
	matrix := table(t, filepath.Join(folder, "E.fc.csv"))
	if got := strings.Join(matrix[0][:3], " "); got != "point node region 0" {
		t.Errorf("columns of the matrix: %s", got)
	}
	if line := matrix[1+2*resulttest.Nodes+3]; line[0] != "2" || line[1] != "region 3" || line[2+1] != strconv.FormatFloat(resulttest.FC(2, 3, 1), 'g', -1, 64) {
		t.Errorf("row 3 of point 2's matrix is %v", line)
	}
	series := table(t, filepath.Join(folder, "average.E.csv"))
	if line := series[1+resulttest.Samples+7]; line[0] != "1" || line[1] != "0.008" || line[2+4] != strconv.FormatFloat(resulttest.Sample(1, 7, 4), 'g', -1, 64) {
		t.Errorf("sample 7 of point 1 is %v", line)
	}
	if _, err := export.CSV(folder, resulttest.Make(t, side, true), export.Options{}); err == nil || !strings.Contains(err.Error(), "is not empty") {
		t.Errorf("into a folder that is not empty: %v", err)
	}
}

// What every file of NWB 2.5 must have, as nwb-schema's nwb.file.yaml, nwb.base.yaml and hdmf-common's table.yaml say.
func TestNeurodataHasWhatItMust(t *testing.T) {
	folder := t.TempDir()
	r := resulttest.Make(t, side, true)
	files, err := export.NWB(folder, r, export.Options{Points: []int{4}})
	check(t, err)
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	f, err := h5.Open(files[0])
	check(t, err)
	defer f.Close()
	for object, kind := range map[string]string{
		"/": "NWBFile", "/processing/simulation": "ProcessingModule", "/processing/simulation/average_E": "TimeSeries",
		"/processing/simulation/regions": "DynamicTable", "/processing/simulation/regions/id": "ElementIdentifiers",
		"/processing/simulation/regions/label": "VectorData", "/processing/simulation/parameters": "DynamicTable",
	} {
		got, err := f.Attr(object, "neurodata_type")
		check(t, err)
		id, err := f.Attr(object, "object_id")
		check(t, err)
		if got != kind || !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id.(string)) {
			t.Errorf("%s is a %v with the identity %v", object, got, id)
		}
	}
	for _, name := range []string{"/acquisition", "/analysis", "/general", "/stimulus/presentation", "/stimulus/templates", "/identifier",
		"/session_description", "/session_start_time", "/timestamps_reference_time", "/file_create_date"} {
		if !f.Exists(name) {
			t.Errorf("%s is missing", name)
		}
	}
	set, err := f.OpenDataset("/processing/simulation/average_E/data")
	check(t, err)
	values := make([]float64, set.Len())
	check(t, set.Read(nil, nil, values))
	for i, got := range values {
		if want := resulttest.Sample(4, i/resulttest.Nodes, i%resulttest.Nodes); got != want {
			t.Fatalf("sample %d: %v, want %v", i, got, want)
		}
	}
	if rate, _ := f.Attr("/processing/simulation/average_E/starting_time", "rate"); math.Abs(rate.(float64)-1000) > 1e-9 {
		t.Errorf("rate %v Hz", rate)
	}
	if _, err := export.NWB(folder, r, export.Options{Points: []int{4}}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("over a file that is there: %v", err)
	}
	if _, err := export.NWB(t.TempDir(), resulttest.Make(t, side, false), export.Options{}); err == nil || !strings.Contains(err.Error(), "no series is kept") {
		t.Errorf("without series: %v", err)
	}
}

func TestMistakesAreToldTogether(t *testing.T) {
	err := export.NPZ(io.Discard, resulttest.Make(t, side, true), export.Options{Points: []int{9, -1}, Only: []string{"E.rate_men", "E.fc"}})
	want := `there is no point 9; they are 0 to 8
there is no point -1; they are 0 to 8
the result has no series or metric "E.rate_men" (did you mean "E.rate_mean"?); it has average.E, E.fc, E.fc_mean, E.psd, E.rate_mean`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}
