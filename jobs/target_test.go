package jobs_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	h5result "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// ring is the functional connectivity 0.9^|i-j| of n regions, as text.
func ring(n int, separator string) string {
	var b strings.Builder
	for i := range n {
		for j := range n {
			if j > 0 {
				b.WriteString(separator)
			}
			fmt.Fprintf(&b, "%.17g", math.Pow(0.9, math.Abs(float64(i-j))))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// labels10 are those of synthetic:10.
var labels10 = []string{"L.01", "L.02", "L.03", "L.04", "L.05", "R.01", "R.02", "R.03", "R.04", "R.05"}

// writeAll writes files into a folder.
func writeAll(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// targetFiles are good ones and bad ones.
func targetFiles() map[string]string {
	var mixed, series, spectrum strings.Builder
	order := []int{3, 1, 4, 0, 9, 2, 6, 5, 8, 7, -1}
	name := func(i int) string {
		if i < 0 {
			return "Thalamus"
		}
		return labels10[i]
	}
	for _, i := range order {
		mixed.WriteString("\t" + name(i))
	}
	for _, i := range order {
		mixed.WriteString("\n" + name(i))
		for _, j := range order {
			v := 0.5
			if i >= 0 && j >= 0 {
				v = math.Pow(0.9, math.Abs(float64(i-j)))
			}
			fmt.Fprintf(&mixed, "\t%.17g", v)
		}
	}
	for k := range 400 {
		for i := range 10 {
			fmt.Fprintf(&series, "%.17g ", math.Sin(float64(k)*0.1+float64(i))+float64((k*k*7+i*31)%97)/97)
		}
		series.WriteByte('\n')
	}
	spectrum.WriteString("frequency,power\n")
	for k := range 100 {
		fmt.Fprintf(&spectrum, "%d,%.17g\n", k, 1/(1+float64(k*k)))
	}
	header := "{'descr': '<f8', 'fortran_order': False, 'shape': (10, 10), }\n"
	npy := []byte("\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), 0}) + header)
	for i := range 100 {
		npy = binary.LittleEndian.AppendUint64(npy, math.Float64bits(math.Pow(0.9, math.Abs(float64(i/10-i%10)))))
	}
	return map[string]string{
		"fc.npy": string(npy), "fc.csv": ring(10, ","), "blanks.txt": ring(10, " "), "mixed.tsv": mixed.String(), "small.csv": ring(9, ","),
		"strange.csv": "a,b,c\n1,0,0\n0,1,0\n0,0,1\n", "twice.csv": "a,a,c\n1,0,0\n0,1,0\n0,0,1\n",
		"lacking.csv":    "L.01,L.02,R.1\n1,0,0\n0,1,0\n0,0,1\n",
		"rest.txt":       series.String(),
		"rest_bold.tsv":  strings.ReplaceAll(series.String(), " \n", "\n"),
		"rest_bold.json": `{"RepetitionTime": 0.01, "TaskName": "rest"}`,
		"holes.txt":      "nan" + series.String()[1:], "bad.txt": strings.Repeat("nan ", 10) + "\n" + series.String(),
		"psd.csv": spectrum.String(), "falling.csv": "3,1\n2,1\n", "decibel.csv": "1,-3\n", "fcd.csv": ring(5, ","),
		"labels.txt": "label\n" + strings.Join(labels10, "\n") + "\n", "word.csv": "1,0\n0,x\n",
		"flat.csv": strings.Repeat(strings.Repeat("1,", 399)+"1\n", 10),
	}
}

const fitted = least + `[[record]]
monitor = "average"
of = "x"
period = "1 ms"
%s
[metrics]
of = ["x"]
fcd = { window = "200 ms", step = "50 ms" }
psd = { segment = "200 ms" }
[[target]]
`

func TestTargetMistakes(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, targetFiles())
	toy, err := os.ReadFile("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, dir, map[string]string{"toy.toml": string(toy)})
	for _, c := range []struct{ target, want string }{
		{"", `job.toml:15:3: target.0.kind is missing; there is fc, fcd, psd, series
job.toml:15:3: target.0.file is missing; write for example file = "fc.csv"`},
		{"kind = 'fcc'\nfile = ''\nname = '1st'\nof = 'E'", `job.toml:16:9: target.0.kind: unknown value "fcc" (did you mean "fc"?); there is fc, fcd, psd, series
job.toml:17:9: target.0.file: the name is empty
job.toml:18:9: target.0.name: "1st" cannot be part of a metric's name; a name has letters, digits, - and _ and begins with a letter`},
		{"kind = 'fc'\nfile = 'fc.csv'\nof = ['x', 'w']\nperiod = '1 s'\nwindow = '1 s'\nband = [1, 2]\nuze = 1", `job.toml:22:1: unknown key "uze" (did you mean "use"?)`},
		{"kind = 'fc'\nfile = 'fc.csv'\nof = ['x', 'w']\nperiod = '1 s'\nwindow = '1 s'\nband = [1, 2]", `job.toml:18:13: target.0.of: no metrics of "w" are computed (did you mean "x"?); add it to metrics.of
job.toml:19:1: target.0.period: a target of kind fc has none; it belongs to series
job.toml:20:1: target.0.window: a target of kind fc has none; it belongs to fcd
job.toml:21:1: target.0.band: a target of kind fc has none; it belongs to psd and series`},
		{"kind = 'fc'\nfile = 'nothing.csv'", `job.toml:17:9: cannot read nothing.csv: no such file or directory`},
		{"kind = 'fc'\nfile = 'word.csv'", `word.csv:2:3: "x" is not a number`},
		{"kind = 'fc'\nfile = 'small.csv'", `job.toml:17:9: small.csv: 9 columns for the 10 regions of synthetic:10; with the names of its regions in the first line, their order and further regions do not matter`},
		{"kind = 'fc'\nfile = 'rest.txt'", `job.toml:17:9: rest.txt: 400 rows and 10 columns; functional connectivity has as many rows as columns`},
		{"kind = 'fc'\nfile = 'strange.csv'", `job.toml:17:9: strange.csv: its regions have other names (a ...) than those of synthetic:10 (L.01 ...); write order = "position" if they stand in the same order`},
		{"kind = 'fc'\nfile = 'twice.csv'", `job.toml:17:9: twice.csv: columns 1 and 2 are both called "a"`},
		{"kind = 'fc'\nfile = 'lacking.csv'", `job.toml:17:9: lacking.csv: it lacks 8 of the 10 regions of synthetic:10: L.03, L.04, L.05, R.01, R.02, ... (did you mean "L.01"?)`},
		{"kind = 'fc'\nfile = 'strange.csv'\norder = 'position'", `job.toml:17:9: strange.csv: 3 columns for the 10 regions of synthetic:10; with the names of its regions in the first line, their order and further regions do not matter`},
		{"kind = 'fc'\nfile = 'small.csv'\nlabels = 'labels.txt'", `job.toml:18:11: labels.txt: 11 labels for 9 columns of numbers`},
		{"kind = 'series'\nfile = 'rest.txt'", `job.toml:15:3: target.0.period is missing: the time from sample to sample, for example period = "2 s"`},
		{"kind = 'series'\nfile = 'rest.txt'\nperiod = 2", `job.toml:18:10: target.0.period: 2 has no unit; write for example "2 ms"`},
		{"kind = 'series'\nfile = 'rest.txt'\nperiod = '0 s'", `job.toml:18:11: target.0.period: 0 is out of bounds; it must be above 0 ms`},
		{"kind = 'series'\nfile = 'flat.csv'\nperiod = '10 ms'", `job.toml:17:9: flat.csv: 400 columns for the 10 regions of synthetic:10; rows are times: if they are regions here, write transpose = true`},
		{"kind = 'series'\nfile = 'bad.txt'\nperiod = '10 ms'", `bad.txt:1:1: every region has a sample that is not finite; this is the first`},
		{"kind = 'series'\nfile = 'rest.txt'\nperiod = '0.6 ms'\nuse = ['fc_fit', 'fcd_ks', 'fcd_sk']", `job.toml:19:19: target.0.use: fcd_ks needs at least 416 samples (two windows of 0.2 s); rest.txt has 400
job.toml:19:29: target.0.use: a target of kind series has no "fcd_sk" (did you mean "fcd_ks"?); it has fc_fit, fc_fit_spearman, fc_rmse, fcd_ks, fcd_ks_nonoverlap, psd_fit, psd_rmse`},
		{"kind = 'psd'\nfile = 'falling.csv'", `falling.csv:2:1: the frequency 2; frequencies are at least 0 and rise`},
		{"kind = 'psd'\nfile = 'decibel.csv'", `decibel.csv:1:3: the power -3; powers are not below 0 (nor in decibels)`},
		{"kind = 'psd'\nfile = 'flat.csv'\ntranspose = true\nband = [40, 1]", `job.toml:19:8: target.0.band: two frequencies [Hz], the lower one first, e.g. [1, 40]`},
		{"kind = 'fcd'\nfile = 'rest.txt'\nwindow = '-1 s'", `job.toml:18:11: target.0.window: -1 is out of bounds; it must be above 0 s`},
		{"kind = 'fcd'\nfile = 'rest.txt'", `job.toml:17:9: rest.txt: 400 rows and 10 columns; fcd has as many rows as columns, at least two: one for each window`},
		{"kind = 'fc'\nfile = 'fc.csv'\n[[target]]\nkind = 'series'\nfile = 'rest.txt'\nperiod = '10 ms'", `job.toml:18:3: target.1: x.fc_fit is there already; give the target a name of its own: name = "rest2"`},
	} {
		_, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(strings.Replace(fmt.Sprintf(fitted, ""), "toy.toml", dir+"/toy.toml", 1)+c.target+"\n"))
		if err == nil {
			t.Errorf("%s: nothing is said", c.target)
			continue
		}
		if got := strings.ReplaceAll(err.Error(), dir+"/", ""); got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.target, got, c.want)
		}
	}
	for text, want := range map[string]string{
		least + "[[target]]\nkind = 'fc'\nfile = 'fc.csv'\n":     `job.toml:6:3: target: there is nothing to compare with; add [metrics] with of = ["x"]`,
		least + "[target]\nkind = 'fc'\n[metrics]\nof = ['x']\n": "job.toml:6:2: target: a list of tables; write [[target]] with two brackets\njob.toml:8:2: metrics.use is missing; write for example use = [\"rate\", \"fc\"]",
		strings.Replace(fmt.Sprintf(fitted, "keep = 'best:1 by x.fc_fitt'"), "[[target]]\n", "", 1) + "[[target]]\nkind = 'fc'\nfile = 'fc.csv'\n": `job.toml:10:9: record.0.keep: unknown metric "fc_fitt" (did you mean "fc_fit"?)`,
	} {
		_, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text))
		if err == nil || strings.ReplaceAll(err.Error(), dir+"/", "") != want {
			t.Errorf("%s:\ngot %v\nwant %s", text, err, want)
		}
	}
}

// TestKeepByTarget ranks points by what a target gives, or would give: what is said is the reason why it is not there, once.
func TestKeepByTarget(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, targetFiles())
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	const series = "kind = 'series'\nfile = 'rest.txt'\nperiod = '1 ms'\nname = 'rest'\n"
	for _, c := range []struct{ by, target, set, want string }{
		{"rest_fcd_ks", series, "", ""},
		{"fcd_ks", series, "", `record.0.keep: unknown metric "fcd_ks" (did you mean "rest_fcd_ks"?)`},
		{"rest_fcd_sk", series, "", `record.0.keep: unknown metric "rest_fcd_sk" (did you mean "rest_fcd_ks"?)`},
		{"rest_fcd_ks", strings.Replace(series, "rest.txt", "none.txt", 1), "", `cannot read none.txt: no such file or directory`},
		{"rest_fcd_ks", series, "metrics.fcd.window=\"-1 s\"", `metrics.fcd.window: -1 is out of bounds; it must be above 0`},
		{"rest_fcd_ks", series, "metrics.fcd.window=\"9 s\"", `record.0.keep: x.rest_fcd_ks is not computed: fcd_ks needs at least 9050 samples (two windows of 9 s); rest.txt has 400`},
		{"fcd_var", series, "metrics.fcd.window=\"9 s\"", `record.0.keep: the metric fcd_var is not computed; add it to metrics.use`},
		{"fc_mean", series, "metrics.fcd=3", `metrics.fcd: expected a table of options, found a number; write fcd = { window = ... }`},
		{"fc_mean", series, "metrics.homotopic.pairs=3", `metrics.homotopic.pairs: expected a list of pairs, found a number; write for example [["lA1", "rA1"]]`},
	} {
		text := strings.Replace(fmt.Sprintf(fitted, "keep = 'best:1 by x."+c.by+"'"), "toy.toml", toy, 1) + c.target
		var set []string
		if c.set != "" {
			set = []string{c.set}
		}
		_, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text), set...)
		got := ""
		if err != nil {
			_, got, _ = strings.Cut(strings.ReplaceAll(err.Error(), dir+"/", ""), ": ")
		}
		if got != c.want {
			t.Errorf("by %s, %s %s:\n%s\nwant\n%s", c.by, c.target, c.set, got, c.want)
		}
	}
	text := strings.Replace(fmt.Sprintf(fitted, "keep = 'best:1 by x.fcd_var'"), "toy.toml", toy, 1)
	text = strings.Replace(text, "[[target]]", "use = 'all'", 1)
	_, err = jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text), `metrics.fcd.window="9 s"`)
	if err == nil || !strings.Contains(err.Error(), "record.0.keep: x.fcd_var is not computed: fcd of x needs at least 9050 samples") {
		t.Error(err)
	}
}

// TestTargetForms writes one matrix in many ways: the plan is the same, so the numbers are.
func TestTargetForms(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, targetFiles())
	hash := func(target string) (string, []string) {
		t.Helper()
		toy, err := filepath.Abs("testdata/toy.toml")
		if err != nil {
			t.Fatal(err)
		}
		j, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(strings.Replace(fmt.Sprintf(fitted, ""), "toy.toml", toy, 1)+target))
		if err != nil {
			t.Fatal(err)
		}
		again, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(j.Plan.Text()))
		if err != nil || again.Plan.Hash() != j.Plan.Hash() || again.Plan.Text() != j.Plan.Text() {
			t.Errorf("another plan when read again: %v\n%s", err, j.Plan.Text())
		}
		packed, err := j.Pack()
		if err != nil {
			t.Fatal(err)
		}
		if elsewhere, err := jobs.Unpack(packed); err != nil || elsewhere.Plan.Hash() != j.Plan.Hash() {
			t.Errorf("another plan in another process: %v", err)
		}
		return j.Plan.Hash(), j.Warnings
	}
	base, _ := hash("kind = 'fc'\nfile = 'fc.csv'\n")
	for _, same := range []string{"file = 'blanks.txt'", "file = 'mixed.tsv'", "file = 'fc.csv'\nlabels = 'labels.txt'", "file = 'fc.csv'\ntranspose = true", "file = 'fc.npy'", "file = 'fc.npy'\nlabels = 'labels.txt'", "file = 'fc.csv'\nof = 'x'"} {
		h, warnings := hash("kind = 'fc'\n" + same + "\n")
		if h != base {
			t.Errorf("%s gives another plan", same)
		}
		if told := strings.Contains(strings.Join(warnings, "\n"), "mixed.tsv: 1 of its 11 regions are not in synthetic:10 and are left out"); told != strings.Contains(same, "mixed") {
			t.Errorf("%s: warnings %q", same, warnings)
		}
	}
	seen := map[string]bool{base: true}
	for _, other := range []string{
		"kind = 'fc'\nfile = 'fc.csv'\nuse = 'fc_fit'", "kind = 'fc'\nfile = 'fc.csv'\nname = 'rest'", "kind = 'fcd'\nfile = 'fcd.csv'",
		"kind = 'fcd'\nfile = 'fcd.csv'\nstep = '100 ms'", "kind = 'psd'\nfile = 'psd.csv'", "kind = 'psd'\nfile = 'psd.csv'\nband = [1, 40]",
		"kind = 'series'\nfile = 'rest.txt'\nperiod = '5 ms'", "kind = 'series'\nfile = 'holes.txt'\nperiod = '5 ms'", "kind = 'series'\nfile = 'rest_bold.tsv'",
		"kind = 'fc'\nfile = 'fc.csv'\n[[target]]\nkind = 'psd'\nfile = 'psd.csv'",
	} {
		h, _ := hash(other + "\n")
		if seen[h] {
			t.Errorf("%s gives no plan of its own", other)
		}
		seen[h] = true
	}
}

// TestTargetOfShortSeries has a target of two quantities, of which BOLD has few samples: it is compared by what they suffice for.
func TestTargetOfShortSeries(t *testing.T) {
	dir := t.TempDir()
	writeAll(t, dir, targetFiles())
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	job := func(target string) (*jobs.Job, error) {
		text := strings.Replace(fmt.Sprintf(fitted, ""), "toy.toml", toy, 1)
		text = strings.Replace(text, "of = [\"x\"]", "of = [\"x\", \"bold\"]", 1)
		text = strings.Replace(text, "[metrics]", "[[record]]\nmonitor = \"bold\"\nperiod = \"150 ms\"\n[metrics]", 1)
		return jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text+"kind = 'series'\nfile = 'rest.txt'\nperiod = '1 ms'\n"+target))
	}
	names := func(p *jobs.Plan, quantity string) string {
		var out []string
		for _, m := range p.Table(quantity) {
			out = append(out, m.Name)
		}
		return strings.Join(out, " ")
	}
	j, err := job("")
	if err != nil {
		t.Fatal(err)
	}
	const all = "fc_fit fc_fit_spearman fc_rmse fcd_ks fcd_ks_nonoverlap psd_fit psd_rmse"
	if x, bold := names(j.Plan, "x"), names(j.Plan, "bold"); x != all || bold != "fc_fit fc_fit_spearman fc_rmse" {
		t.Errorf("x is compared by %s, bold by %s", x, bold)
	}
	const reason = "fcd_ks of bold: metrics.fcd.window: 200 ms is less than two samples of bold, whose period is 150 ms; ten would be window = \"1.5 s\""
	if told := strings.Join(j.Warnings, "\n"); !strings.Contains(told, "fcd_ks is left out: "+reason) {
		t.Errorf("warnings: %s", told)
	}
	again, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(j.Plan.Text()))
	if err != nil || again.Plan.Hash() != j.Plan.Hash() || names(again.Plan, "bold") != names(j.Plan, "bold") {
		t.Errorf("another plan when read again: %v\n%s", err, j.Plan.Text())
	}
	if one, err := job("of = 'x'\n"); err != nil || one.Plan.Hash() == j.Plan.Hash() {
		t.Errorf("a plan with one quantity is the same: %v", err)
	}
	if _, err := job("use = ['fc_fit', 'fcd_ks']\n"); err == nil || !strings.Contains(err.Error(), "target.0.use: "+reason) {
		t.Errorf("a comparison that was asked for by its name: %v", err)
	}
	result := filepath.Join(dir, "results.h5")
	if _, err := run(t, j, result, ways{}); err != nil {
		t.Fatal(err)
	}
	r := open(t, result)
	for name, there := range map[string]bool{"x.fcd_ks": true, "x.fc_fit": true, "bold.fc_fit": true, "bold.fcd_ks": false, "bold.psd_fit": false} {
		if _, err := r.Variable(name); (err == nil) != there {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTargetRun fits a job to what one of its own points gave: that point fits perfectly and is the one whose series is
// kept, whatever the number of ranks and the size of batches.
func TestTargetRun(t *testing.T) {
	dir := t.TempDir()
	toy, err := filepath.Abs("testdata/toy.toml")
	if err != nil {
		t.Fatal(err)
	}
	job := func(keep, rest string) *jobs.Job {
		t.Helper()
		text := strings.Replace(fmt.Sprintf(fitted, keep), "toy.toml", toy, 1) + rest
		j, err := jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text+"\n[sweep]\ngain = [0.5, 1.0, 1.5, 2.0, 2.5]\n[noise]\nx = 0.01\n"))
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	file := func(name string) string { return filepath.Join(dir, name) }
	writeAll(t, dir, map[string]string{"fc.csv": ring(10, ",")})
	if _, err := run(t, job("", "kind = 'fc'\nfile = 'fc.csv'\n"), file("source.h5"), ways{}); err != nil {
		t.Fatal(err)
	}
	source := open(t, file("source.h5"))
	v, err := source.Variable("average.x")
	if err != nil {
		t.Fatal(err)
	}
	x, err := source.At(v, 3)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for k := 0; k < len(x); k += 10 {
		fmt.Fprintln(&text, strings.Trim(fmt.Sprint(x[k:k+10]), "[]"))
	}
	writeAll(t, dir, map[string]string{"rest.txt": text.String()})
	for _, by := range []string{"fc_fit", "rest_fcd_ks"} {
		name := "kind = 'series'\nfile = 'rest.txt'\nperiod = '1 ms'\n"
		if by != "fc_fit" {
			name += "name = 'rest'\n"
		}
		j := job("keep = 'best:1 by x."+by+"'", name)
		if _, err := run(t, j, file(by+".h5"), ways{}); err != nil {
			t.Fatal(err)
		}
		if _, err := run(t, j, file(by+"2.h5"), ways{ranks: 2, batch: 2, threads: 2}); err != nil {
			t.Fatal(err)
		}
		resulttest.Same(t, by, resulttest.Contents(t, file(by+"2.h5")), resulttest.Contents(t, file(by+".h5")))
		r := open(t, file(by+".h5"))
		kept, err := r.Variable("average.x")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := r.Variable("x." + by); err == nil {
			t.Log(r.Rows(v, 0, 5))
		}
		if points, err := r.PointsOf(kept); err != nil || len(points) != 1 || points[0] != 3 {
			t.Errorf("by %s the series of points %v are kept: %v", by, points, err)
		}
	}
	r := open(t, file("fc_fit.h5"))
	for name, want := range map[string]float64{"x.fc_fit": 1, "x.fc_rmse": 0, "x.psd_fit": 1, "x.psd_rmse": 0} {
		v, err := r.Variable(name)
		if err != nil {
			t.Fatal(err)
		}
		values, err := r.Rows(v, 0, 5)
		if err != nil {
			t.Fatal(err)
		}
		for point, got := range values {
			if perfect := math.Abs(got-want) < 1e-9; perfect != (point == 3) {
				t.Errorf("%s of point %d is %v", name, point, got)
			}
		}
	}
}

func open(t *testing.T, path string) *h5result.Result {
	t.Helper()
	r, err := h5result.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// readJob reads a job as if it stood in a folder.
func readJob(t *testing.T, dir, text string) (*jobs.Job, error) {
	t.Helper()
	return jobs.Parse(filepath.Join(dir, "job.toml"), []byte(text))
}

// TestHollowTargets warns of matrices that nothing can be compared with.
func TestHollowTargets(t *testing.T) {
	dir := t.TempDir()
	same := strings.Repeat(strings.Repeat("0.1,", 9)+"0.1\n", 10)
	writeAll(t, dir, map[string]string{"same.csv": same, "two.csv": strings.Repeat("nan,nan,nan,nan,nan,nan,nan,nan,nan,nan\n", 7) + strings.Repeat("0.1,0.2,nan,nan,nan,nan,nan,0.3,nan,0.4\n", 3), "ring.csv": ring(10, ",")})
	for file, want := range map[string]string{
		"same.csv": "all pairs of regions have the number 0.1, so nothing correlates with them: fc_fit is NaN",
		"two.csv":  "1 of 45 pairs of regions have a number; below three, every comparison is NaN",
		"ring.csv": "",
	} {
		j := parse(t, with("[metrics]\nof = 'x'\nuse = 'fc'\n")+"[[target]]\nkind = 'fc'\nfile = '"+filepath.Join(dir, file)+"'\n")
		if got := strings.Join(j.Warnings, "\n"); want == "" && strings.Contains(got, "pairs of regions") || !strings.Contains(got, want) {
			t.Errorf("%s: warnings %q, want %q", file, got, want)
		}
	}
}
