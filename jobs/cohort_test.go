package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"brainsweep/fault"
	results "brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// people is a sweep over a cohort with everything on.
const people = `model = "adex2"
preset = "paper"
[cohort]
source = %q
%s
[connectome]
normalise = "column"
[coupling]
a = 0.3
[run]
duration = "40 ms"
transient = "4 ms"
step = "0.1 ms"
seed = 7
[sweep]
%s
[[record]]
monitor = "average"
of = ["E"]
period = "1 ms"
[[record]]
monitor = "raw"
of = ["W_e"]
keep = "best:2 by E.rate_std"
[metrics]
of = ["E"]
use = ["rate", "fc", "homotopic", "phase", "lz"]
`

// cohort writes a synthetic cohort and returns its folder.
func cohort(t testing.TB, subjects int, sizes ...int) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "data")
	if err := jobs.SyntheticCohort(folder, subjects, sizes); err != nil {
		t.Fatal(err)
	}
	return folder
}

// TestCohortSameBytes runs 20 subjects x 16 points on 1 to 4 ranks, in batches that mix subjects and in small ones, with
// the job as rank 0 read it and as it reaches the others: one result.
func TestCohortSameBytes(t *testing.T) {
	t.Parallel()
	for name, sizes := range map[string][]int{"one size": {8}, "two sizes": {8, 11, 8}} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && len(sizes) == 1 {
				t.Skip("-short: two sizes only")
			}
			j := parse(t, fmt.Sprintf(people, cohort(t, 20, sizes...), "", "b_e = { from = 0, to = 100, points = 4 }\ncoupling.a = [0.1, 0.2, 0.3, 0.4]"))
			if n := j.Plan.Points(); n != 320 {
				t.Fatalf("%d points", n)
			}
			want := result(t, j, ways{})
			packed, err := j.Pack()
			if err != nil {
				t.Fatal(err)
			}
			sent, err := jobs.Unpack(packed)
			if err != nil {
				t.Fatal(err)
			}
			if sent.Plan.Hash() != j.Plan.Hash() {
				t.Error("the job that was sent has another plan")
			}
			for _, w := range []ways{{ranks: 2}, {ranks: 3, threads: 2, batch: 7}, {ranks: 4, every: time.Hour}} {
				resulttest.Same(t, fmt.Sprintf("%d ranks, batches of %d", w.ranks, w.batch), result(t, sent, w), want)
			}
		})
	}
}

// subjectRows gives what a result holds of one subject: of every variable, at all its points and its own nodes.
func subjectRows(t testing.TB, path, subject string, nodes []string) map[string][]float64 {
	t.Helper()
	res, err := results.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	subjects, err := res.Labels("/points/subject")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]float64{}
	for _, v := range res.Variables {
		points, err := res.PointsOf(v)
		if err != nil {
			t.Fatal(err)
		}
		for row, point := range points {
			if subjects[point] != subject {
				continue
			}
			values, err := res.At(v, row)
			if err != nil {
				t.Fatal(err)
			}
			out[v.Path] = append(out[v.Path], pick(values, v.Shape[1:], v.Dims[1:], res.Nodes, nodes)...)
		}
	}
	if len(out) < 8 {
		t.Fatalf("only %d variables", len(out))
	}
	return out
}

// pick takes the values at nodes, in their order, out of an array.
func pick(values []float64, shape []int, dims, has, nodes []string) []float64 {
	if len(shape) == 0 {
		return values
	}
	each := len(values) / shape[0]
	var out []float64
	at := func(i int) { out = append(out, pick(values[i*each:(i+1)*each], shape[1:], dims[1:], has, nodes)...) }
	if strings.HasPrefix(dims[0], "node") {
		for _, label := range nodes {
			at(slices.Index(has, label))
		}
		return out
	}
	for i := range shape[0] {
		at(i)
	}
	return out
}

// TestSubjectAlone runs a subject by itself and among others of two sizes: the same numbers to the bit.
func TestSubjectAlone(t *testing.T) {
	t.Parallel()
	folder := cohort(t, 5, 10, 7)
	text := strings.Replace(people, `keep = "best:2 by E.rate_std"`, "", 1)
	sweep := "b_e = [0, 60]"
	all := filepath.Join(t.TempDir(), "all.h5")
	whole := parse(t, fmt.Sprintf(text, folder, "seeds = 2", sweep))
	if _, err := run(t, whole, all, ways{ranks: 2}); err != nil {
		t.Fatal(err)
	}
	res, err := results.Open(all)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	split := t.TempDir()
	if names, err := jobs.Split(res, split); err != nil || len(names) != 5 {
		t.Fatal(names, err)
	}
	if _, err := jobs.Split(res, split); !fault.Is(err) {
		t.Errorf("files that are there: %v", err)
	}
	for _, subject := range []string{"sub-02", "sub-03"} {
		one := filepath.Join(t.TempDir(), "one.h5")
		j := parse(t, fmt.Sprintf(text, folder, fmt.Sprintf("seeds = 2\nsubjects = [%q]", subject), sweep))
		if _, err := run(t, j, one, ways{}); err != nil {
			t.Fatal(err)
		}
		nodes := j.Plan.Connectome.Labels
		alone, among := subjectRows(t, one, subject, nodes), subjectRows(t, all, subject, nodes)
		for path, want := range alone {
			if !slices.EqualFunc(among[path], want, func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Errorf("%s of %s is not what it is alone", path, subject)
			}
		}
		own, want := resulttest.Contents(t, filepath.Join(split, subject+".h5")), resulttest.Contents(t, one)
		delete(own, "/provenance/inputs")
		delete(want, "/provenance/inputs")
		resulttest.Same(t, subject+" split off", own, want)
	}
}

// TestCohortOfOneConnectome gives two subjects the same connectome: they have noise of their own, unless it is common.
func TestCohortOfOneConnectome(t *testing.T) {
	folder := cohort(t, 1, 6)
	if err := os.CopyFS(filepath.Join(folder, "sub-02"), os.DirFS(filepath.Join(folder, "sub-01"))); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(people, folder, "", "")
	p := parse(t, text).Plan
	if p.Points() != 2 || p.Point(0).Name() != p.Point(1).Name() || p.Point(0).Key() == p.Point(1).Key() {
		t.Error("equal connectomes: names should be equal, and keys not")
	}
	p = parse(t, strings.Replace(text, "seed = 7", "seed = 7\nnoise = \"common\"", 1)).Plan
	if p.Point(0).Key() != p.Point(1).Key() {
		t.Error("common noise differs")
	}
}

// TestSeedsOfACohort numbers the points subject by subject, point by point, seed by seed.
func TestSeedsOfACohort(t *testing.T) {
	p := parse(t, fmt.Sprintf(people, cohort(t, 3, 6), "seeds = 4", "b_e = [0, 60]")).Plan
	if p.Points() != 24 {
		t.Fatalf("%d points", p.Points())
	}
	keys := map[uint64]bool{}
	for i := range p.Points() {
		pt := p.Point(i)
		if pt.Subject != i/8 || pt.Value("b_e") != []float64{0, 60}[i/4%2] || pt.Seed() != uint64(7+i%4) {
			t.Errorf("point %d is subject %d, b_e %v, seed %d", i, pt.Subject, pt.Value("b_e"), pt.Seed())
		}
		keys[pt.Key()] = true
	}
	if len(keys) != 24 {
		t.Errorf("%d keys", len(keys))
	}
}

// TestOtherBrains runs brains of very different sizes in one job, weights that go one way only among them: rows receive. A
// region that hears nobody does what it does without coupling, and those that hear it do not.
func TestOtherBrains(t *testing.T) {
	folder := cohort(t, 2, 29, 213) // as many regions as in atlases of the macaque and the mouse
	net := "sub-03/net/sub-03_desc-chain_"
	write(t, folder, net+"weights.tsv", "0\t0\t0\n1\t0\t0\n0\t2\t0\n")
	write(t, folder, net+"distances.tsv", "0\t1\t1\n1\t0\t1\n1\t1\t0\n")
	text := `model = "kuramoto"
[cohort]
source = %q
[coupling]
function = "kuramoto"
[run]
duration = "5 ms"
step = "0.1 ms"
precision = "double"
noise = "none"
[sweep]
coupling.a = [0, 1]
[[record]]
monitor = "average"
of = ["theta"]
period = "1 ms"
`
	j := parse(t, fmt.Sprintf(text, folder))
	if n := []int{j.Plan.Subjects[0].Nodes(), j.Plan.Subjects[1].Nodes(), j.Plan.Subjects[2].Nodes()}; !slices.Equal(n, []int{3, 29, 213}) {
		t.Fatal(n)
	}
	output := filepath.Join(t.TempDir(), "result.h5")
	if s, err := run(t, j, output, ways{ranks: 2}); err != nil || s.Failed > 0 {
		t.Fatal(s, err)
	}
	res, err := results.Open(output)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Close()
	v, err := res.Variable("average.theta")
	if err != nil {
		t.Fatal(err)
	}
	var theta [2][]float64 // of the chain, without and with coupling
	for k := range theta {
		values, err := res.At(v, k)
		if err != nil {
			t.Fatal(err)
		}
		theta[k] = pick(values, v.Shape[1:], v.Dims[1:], res.Nodes, j.Plan.Subjects[0].Labels)
	}
	// Drawn initial states differ from point to point, so courses are compared: the first region's phase goes on at the same
	// pace, the second's does not.
	pace := func(of []float64, node int) float64 { return of[3*4+node] - of[node] }
	const digits = 1e-12
	if a, b := pace(theta[0], 0), pace(theta[1], 0); math.Abs(a-b) > digits {
		t.Errorf("the first region of the chain: %v without coupling, %v with it", a, b)
	}
	for node := 1; node < 3; node++ {
		if a, b := pace(theta[0], node), pace(theta[1], node); math.Abs(a-b) < 1e-3 {
			t.Errorf("region %d of the chain: %v without coupling, %v with it", node, a, b)
		}
	}
}

// TestLargeCohort has ranks read the connectomes that are too many to be sent, and refuse one that was changed since.
func TestLargeCohort(t *testing.T) {
	folder := cohort(t, 3, 6)
	j := parse(t, fmt.Sprintf(people, folder, "", "b_e = [0, 60]"))
	want := result(t, j, ways{})
	j.ForgetConnectomes()
	packed, err := j.Pack()
	if err != nil {
		t.Fatal(err)
	}
	sent, err := jobs.Unpack(packed)
	if err != nil {
		t.Fatal(err)
	}
	resulttest.Same(t, "connectomes that are read", result(t, sent, ways{ranks: 2}), want)
	change := edit("weights.tsv", func(s string) string { return strings.Replace(s, "\t", "\t9", 1) })
	if err := change(filepath.Join(folder, "sub-02", "net", "sub-02_desc-synthetic_")); err != nil {
		t.Fatal(err)
	}
	_, err = run(t, sent, filepath.Join(t.TempDir(), "result.h5"), ways{ranks: 2})
	if err == nil || !strings.Contains(err.Error(), "subject sub-02") || !strings.Contains(err.Error(), "was changed") {
		t.Errorf("a connectome that was changed: %v", err)
	}
}

// TestStoppedCohortGoesOn cancels a cohort of two sizes in the middle, and runs it again on other ranks.
func TestStoppedCohortGoesOn(t *testing.T) {
	t.Parallel()
	j := parse(t, fmt.Sprintf(people, cohort(t, 6, 6, 9), "seeds = 2", "b_e = [0, 60]"))
	want := result(t, j, ways{})
	output := filepath.Join(t.TempDir(), "result.h5")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	heard := stopAfter(3, cancel)
	if _, err := run(t, j, output, ways{ranks: 2, batch: 3, every: time.Millisecond, heard: heard, ctx: ctx}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	s, err := run(t, j, output, ways{ranks: 3, batch: 5, every: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if s.Earlier < 3 || s.Earlier == s.Points {
		t.Errorf("%d of %d points were there", s.Earlier, s.Points)
	}
	resulttest.Same(t, "stopped", resulttest.Contents(t, output), want)
}
