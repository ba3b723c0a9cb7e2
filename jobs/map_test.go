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
	"brainsweep/jobs"
)

// mapped is a job without chance; %s is a value of omega.
const mapped = `model = "kuramoto"
[connectome]
source = "synthetic:4"
[coupling]
function = "kuramoto"
a = 0.1
[run]
duration = "20 ms"
step = "0.1 ms"
precision = "double"
noise = "none"
[initial]
theta = [0.1, 0.2, 0.3, 0.4]
[parameters]
omega = %s
[sweep]
%s
[[record]]
monitor = "average"
of = ["theta"]
period = "1 ms"
`

func write(t testing.TB, folder, name, text string) {
	t.Helper()
	at := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func parseIn(t testing.TB, folder, text string) *jobs.Job {
	t.Helper()
	j, err := jobs.Parse(filepath.Join(folder, "job.toml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestMap sweeps the scale of a map, and compares with jobs that give every region its number.
func TestMap(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "maps/density.csv", "label,other,density\nR.02,9,4\nL.01,9,1\nL.02,9,2\nR.01,9,3\n")
	j := parseIn(t, folder, fmt.Sprintf(mapped, `{ map = "maps/density.csv", column = "density", scale = 5, offset = 0.5 }`, `"parameters.omega.scale" = [0.1, 0.2]`))
	got := result(t, j, ways{ranks: 2})["/average/theta"]
	want := ""
	for k, list := range []string{"[0.6, 0.7, 0.8, 0.9]", "[0.7, 0.9, 1.1, 1.3]"} {
		one := result(t, parseIn(t, folder, fmt.Sprintf(mapped, list, "")), ways{})["/average/theta"]
		_, values, _ := strings.Cut(one, ": ")
		want += values
		for i, v := range []float64{1, 2, 3, 4} {
			scale := []float64{0.1, 0.2}[k]
			if x := j.Plan.Point(k).NodeValue("omega", i); x != scale*v+0.5 {
				t.Errorf("omega at node %d is %v", i, x)
			}
		}
	}
	head, values, _ := strings.Cut(got, ": ")
	if !strings.Contains(head, "[2 20 4]") {
		t.Error(head)
	}
	a, b := strings.Fields(values), strings.Fields(want)
	for k := range b {
		x, y := bits(a[k]), bits(b[k])
		// 0.1*1+0.5 and 0.6 may differ in the last bit.
		if math.Abs(x-y) > 1e-12 {
			t.Fatalf("number %d is %v, with a list %v", k, x, y)
		}
	}
	if again := parseIn(t, folder, j.Plan.Text()); again.Plan.Hash() != j.Plan.Hash() {
		t.Errorf("the plan's text gives another plan:\n%s", j.Plan.Text())
	}
}

func bits(word string) float64 {
	var u uint64
	fmt.Sscanf(word, "%x", &u)
	return math.Float64frombits(u)
}

// TestMapsOfSubjects gives each subject a map of its own, and all one of a whole atlas.
func TestMapsOfSubjects(t *testing.T) {
	folder := t.TempDir()
	data := cohort(t, 3, 4, 6)
	text := func(omega, subjects string) string {
		return fmt.Sprintf("model = \"kuramoto\"\n[cohort]\nsource = %q\n%s\n[run]\nduration = \"1 ms\"\n[parameters]\nomega = %s\n", data, subjects, omega)
	}
	atlas := "label,m\n"
	for i, label := range []string{"R.03", "L.01", "L.02", "X", "L.03", "R.01", "R.02"} {
		atlas += fmt.Sprintf("%s,%d\n", label, i)
	}
	write(t, folder, "atlas.csv", atlas)
	p := parseIn(t, folder, text(`{ map = "atlas.csv", column = "m", scale = 2 }`, "")).Plan
	for i := range p.Points() {
		pt := p.Point(i)
		for node, label := range p.Subjects[pt.Subject].Labels {
			want := 2 * float64(slices.Index([]string{"R.03", "L.01", "L.02", "X", "L.03", "R.01", "R.02"}, label))
			if got := pt.NodeValue("omega", node); got != want {
				t.Errorf("point %d, %s: %v, want %v", i, label, got, want)
			}
		}
	}
	for k := 1; k <= 3; k++ {
		n := 4 + 2*((k-1)%2)
		rows := "v\n"
		for i := range n {
			rows += fmt.Sprintf("%d\n", 100*k+i)
		}
		write(t, folder, fmt.Sprintf("maps/sub-%02d_pet.tsv", k), rows)
	}
	own := `{ map = "maps/{subject}_pet.tsv", scale = 0.001 }`
	p = parseIn(t, folder, text(own, "")).Plan
	alone := parseIn(t, folder, text(own, `subjects = ["sub-02"]`)).Plan
	for i := range p.Points() {
		pt := p.Point(i)
		id := p.Subjects[pt.Subject].ID
		var k float64
		fmt.Sscanf(id, "sub-%g", &k)
		if got, want := pt.NodeValue("omega", 3), 0.001*(100*k+3); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
		if id == "sub-02" && (pt.Key() != alone.Point(0).Key() || pt.Name() != alone.Point(0).Name()) {
			t.Error("a subject with a map has another name or noise alone")
		}
	}
}

func TestMistakesInMaps(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "few.csv", "label,m\nL.01,1\n")
	write(t, folder, "big.csv", "m\n1\n2\n3\n4e30\n")
	for said, omega := range map[string]string{
		"cannot read":                `{ map = "none.csv" }`,
		"1 lines of numbers":         `{ map = "few.csv", column = "m" }`,
		"unknown column":             `{ map = "big.csv", column = "n" }`,
		"unknown key":                `{ map = "big.csv", factor = 2 }`,
		"not a finite number":        `{ map = "big.csv", scale = inf }`,
		"\"parameters.omega.scale\"": "1.0 ",
	} {
		sweep := ""
		if omega == "1.0 " {
			sweep = `"parameters.omega.scale" = [1, 2]`
		}
		_, err := jobs.Parse(filepath.Join(folder, "job.toml"), []byte(fmt.Sprintf(mapped, omega, sweep)))
		if !fault.Is(err) || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v", omega, err)
		}
	}
}
