package result_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"brainsweep/io/h5"
	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
)

// TestWhatComesOut reads every number of a merged result.
func TestWhatComesOut(t *testing.T) {
	const points = 16
	l := small(points)
	r := openResult(t, merge(t, l, write(t, l, 4, 6, 6)))
	if r.Points != points || r.Title != l.Title || r.Plan != l.Plan || r.Mode != "grid" || !reflect.DeepEqual(r.Grid, l.Grid) ||
		!reflect.DeepEqual(r.Axes, []string{"b_e", "coupling.a", "subject"}) || !reflect.DeepEqual(r.Nodes, l.Connectome.Labels) {
		t.Errorf("got %+v", r)
	}
	// rate_mean is largest at points 8 and 9, then at 6, 7, 10, 11: of these the lowest wins.
	// fcd_ks is smallest at points 1 and 2, since it is undefined at 0.
	kept := map[string][]int{"/raw/E": {6, 8, 9}, "/bold/bold": {1, 2}}
	for s, series := range l.Series {
		v := must(r.Variable("/" + series.Group + "/" + series.Name))(t)
		want := kept[v.Path]
		if want == nil {
			for i := range points {
				want = append(want, i)
			}
		}
		got := must(r.PointsOf(v))(t)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s holds the points %v, want %v", v.Path, got, want)
		}
		times := must(r.Numbers(v.Coordinates("time")))(t)
		if len(times) != series.Times.Count || times[1] != (series.Times.First+series.Times.Period)/1000 {
			t.Errorf("%s has the times %v", v.Path, times)
		}
		w := v.Width() / len(times)
		for row, point := range got {
			for i, x := range must(r.At(v, row))(t) {
				want := sample(point, s, i/w, i%w)
				if failed(point) && i/w >= 2 {
					want = math.NaN()
				}
				if x != want && !(math.IsNaN(x) && math.IsNaN(want)) {
					t.Fatalf("%s at point %d, value %d: %v, want %v", v.Path, point, i, x, want)
				}
			}
		}
	}
	for m, what := range l.Metrics {
		v := must(r.Variable(what.Address()))(t)
		if !reflect.DeepEqual(v.Dims, append([]string{"point"}, what.Dims...)) || v.Unit != what.Unit {
			t.Errorf("%+v", v)
		}
		for point := range points {
			for i, x := range must(r.At(v, point))(t) {
				want := metric(l, point, m, i)
				if failed(point) {
					want = math.NaN()
				}
				if x != want && !(math.IsNaN(x) && math.IsNaN(want)) {
					t.Fatalf("%s at point %d, value %d: %v, want %v", v.Path, point, i, x, want)
				}
			}
		}
	}
	status := must(r.Status())(t)
	for point, s := range status {
		if (s == result.Failed) != failed(point) || s == result.Missing {
			t.Errorf("status of point %d is %d", point, s)
		}
	}
	if f := must(r.Fault(5))(t); f != (result.Fault{Node: 1, State: 2, Time: 1500}) {
		t.Errorf("fault %+v", f)
	}
	if b := must(r.Axis("b_e"))(t); b[3] != 30 {
		t.Errorf("b_e is %v", b)
	}
	if names := must(r.Labels("/points/name"))(t); names[2] != l.Name(2) {
		t.Errorf("names %v", names)
	}
	if w := must(r.Numbers("/connectome/weights"))(t); !reflect.DeepEqual(w, l.Connectome.Weights) {
		t.Errorf("weights %v", w)
	}
}

// contents is every data set of a file, and every attribute but those of /provenance and the references of scales.
func contents(t testing.TB, path string) map[string]string {
	t.Helper()
	f := must(h5.Open(path))(t)
	defer f.Close()
	all := map[string]string{}
	ok(t, f.Walk("/", func(name string, group bool) error {
		if name != "/provenance" {
			for _, a := range must(f.Attrs(name))(t) {
				all[name+"@"+a] = fmt.Sprintf("%#v", must(f.Attr(name, a))(t))
			}
		}
		if group {
			return nil
		}
		d := must(f.OpenDataset(name))(t)
		defer d.Close()
		all[name] = fmt.Sprintf("%v %v %v", d.Type(), d.Shape(), must(d.Chunk())(t))
		if d.Type() == h5.String {
			v := make([]string, d.Len())
			ok(t, d.Read(nil, nil, v))
			all[name] += fmt.Sprintf("%q", v)
			return nil
		}
		v := make([]float64, d.Len())
		ok(t, d.Read(nil, nil, v))
		for _, x := range v {
			all[name] += fmt.Sprintf(" %x", math.Float64bits(x))
		}
		return nil
	}))
	return all
}

// TestSplitsDoNotShow: how the points were divided into parts does not show in the result. When all parts tell of the same
// run, not even in the bytes of the file, but for their number.
func TestSplitsDoNotShow(t *testing.T) {
	const points = 40
	l := small(points)
	want := contents(t, merge(t, l, write(t, l, points)))
	for _, sizes := range [][]int{{20, 20}, {1, 2, 3, 4, 5, 6, 7, 8, 4}, {39, 1}, slices.Repeat([]int{1}, points)} {
		got := contents(t, merge(t, l, write(t, l, sizes...)))
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("split %v: %s differs:\n%.300s\n%.300s", sizes, name, got[name], want[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("split %v: %d things, want %d", sizes, len(got), len(want))
		}
	}
	parts := write(t, l, 13, 27)
	a, b := must(os.ReadFile(merge(t, l, parts)))(t), must(os.ReadFile(merge(t, l, []string{parts[1], parts[0]})))(t)
	if !bytes.Equal(a, b) {
		t.Error("two merges of the same parts differ")
	}
}

// TestChunksDoNotShow does the same where points are so large, or so many, that chunks of every form occur.
func TestChunksDoNotShow(t *testing.T) {
	for name, c := range map[string]struct {
		points, samples, nodes int
		sizes                  []int
		chunk                  []int
	}{
		"many small points":  {2000, 3, 2, []int{777, 1, 1222}, []int{2000, 3, 2}},
		"points over chunks": {7000, 3, 2, []int{2777, 1, 4222}, []int{2730, 3, 2}},
		"one point a chunk":  {3, 20000, 2, []int{2, 1}, []int{1, 20000, 2}},
		"chunks of a point":  {2, 300000, 16, []int{1, 1}, []int{1, 262144, 16}},
	} {
		for _, compress := range []bool{false, true} {
			t.Run(fmt.Sprint(name, compress), func(t *testing.T) {
				l := small(c.points)
				l.Grid, l.Compress, l.Connectome = nil, compress, brain(c.nodes)
				l.Series = l.Series[:1]
				l.Series[0].Times.Count = c.samples
				l.Metrics = []result.Metric{{Quantity: "E", Name: "fc", Dims: []string{"node", "node2"}}}
				folder := t.TempDir()
				first := 0
				for _, count := range c.sizes {
					p := must(result.CreatePart(filepath.Join(folder, result.PartName(first, count)), l, first, count, nil))(t)
					for point := first; point < first+count; point++ {
						rows := make([]float32, c.samples*c.nodes)
						for i := range rows {
							rows[i] = float32(point*31+i) / 4
						}
						ok(t, p.Series(point, 0, 0, rows))
						fc := make([]float64, c.nodes*c.nodes)
						fc[0] = float64(point)
						ok(t, p.Metric(point, 0, fc))
						p.Done(point)
					}
					ok(t, p.Close(someRun(first)))
					first += count
				}
				out := merge(t, l, must(result.Parts(folder))(t))
				f := must(h5.Open(out))(t)
				if chunk := must(must(f.OpenDataset("/average/E"))(t).Chunk())(t); !reflect.DeepEqual(chunk, c.chunk) {
					t.Errorf("chunk %v, want %v", chunk, c.chunk)
				}
				ok(t, f.Close())
				r := openResult(t, out)
				v, fc := must(r.Variable("average.E"))(t), must(r.Variable("E.fc"))(t)
				for i, x := range must(r.Rows(fc, 0, c.points))(t) {
					if point := i / (c.nodes * c.nodes); i%(c.nodes*c.nodes) == 0 && x != float64(point) {
						t.Fatalf("fc of point %d is %v", point, x)
					}
				}
				for i, x := range must(r.Rows(v, 0, c.points))(t) {
					point, i := i/v.Width(), i%v.Width()
					if float32(x) != float32(point*31+i)/4 {
						t.Fatalf("point %d, value %d: %v", point, i, x)
					}
				}
			})
		}
	}
}

// TestManyGoroutines fills a part from a goroutine for each point; run it with -race.
func TestManyGoroutines(t *testing.T) {
	l := small(20)
	path := filepath.Join(t.TempDir(), result.PartName(0, 20))
	ok(t, os.WriteFile(path+".tmp", []byte("left by a run that was killed"), 0o600))
	p := must(result.CreatePart(path, l, 0, 20, nil))(t)
	var wait sync.WaitGroup
	for point := range 20 {
		wait.Go(func() { fill(t, l, p, point, 1, 1+point%3) })
	}
	wait.Wait()
	ok(t, p.Close(someRun(0)))
	want := contents(t, merge(t, l, write(t, l, 20)))
	if got := contents(t, merge(t, l, []string{path})); !reflect.DeepEqual(got, want) {
		t.Error("the order of writing shows")
	}
}

// TestMissingPoints: what no part has is missing, and undefined.
func TestMissingPoints(t *testing.T) {
	l := small(12)
	parts := write(t, l, 3, 4, 5)
	r := openResult(t, merge(t, l, []string{parts[0], parts[2]}))
	want := []uint8{0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0, 0}
	if got := must(r.Status())(t); !reflect.DeepEqual(got, want) {
		t.Errorf("status %v", got)
	}
	for _, name := range []string{"average.E", "E.fc", "E.rate_mean", "global.E"} {
		v := must(r.Variable(name))(t)
		for point, s := range want {
			for _, x := range must(r.At(v, point))(t) {
				if math.IsNaN(x) != (s == 2) {
					t.Fatalf("%s of point %d is %v", name, point, x)
				}
			}
		}
	}
	if f := must(r.Fault(4))(t); f.Node != -1 || f.State != -1 || !math.IsNaN(f.Time) {
		t.Errorf("fault %+v", f)
	}
	none := openResult(t, merge(t, l, nil))
	if got := must(none.PointsOf(must(none.Variable("raw.E"))(t)))(t); len(got) != 0 {
		t.Errorf("the best of none are %v", got)
	}
	var text bytes.Buffer
	ok(t, none.Inspect(&text))
}

// TestFewerThanBest: a series that keeps more than there are keeps all that have a value.
func TestFewerThanBest(t *testing.T) {
	l := small(8)
	l.Series[3].Keep.Best, l.Series[4].Keep.Best = 100, 100
	r := openResult(t, merge(t, l, write(t, l, 3, 5)))
	if got := must(r.PointsOf(must(r.Variable("raw.E"))(t)))(t); !reflect.DeepEqual(got, []int{0, 1, 2, 3, 4, 6, 7}) {
		t.Errorf("raw: %v", got)
	}
	if got := must(r.PointsOf(must(r.Variable("bold.bold"))(t)))(t); !reflect.DeepEqual(got, []int{1, 2, 3, 4, 6, 7}) {
		t.Errorf("bold: %v", got)
	}
}

// TestPlaces merges parts whose points are in an order of their own, as when points were added between others. It does not show,
// nor does which points are in which part.
func TestPlaces(t *testing.T) {
	identity := func(point int) []byte { return []byte{byte(point)} }
	want := resulttest.Contents(t, merge(t, small(20), write(t, small(20), 7, 13)))
	l := small(20)
	l.Identity = identity
	for place := range 20 {
		l.Order = append(l.Order, place*2%20+place/10) // first the even ones
	}
	parts := write(t, l, 4, 6, 1, 9)
	resulttest.Same(t, "in an order of its own", resulttest.Contents(t, merge(t, l, parts)), want)
	fewer := append(slices.Clone(parts[:1]), parts[2:]...)
	if got := resulttest.Contents(t, merge(t, l, fewer))["/points/status"]; strings.Count(got, "2") < 6 {
		t.Errorf("without a part, the status is %s", got)
	}
	other := small(20)
	other.Identity = identity
	out := filepath.Join(t.TempDir(), "out.h5")
	if err := result.Merge(out, other, parts, nil); err == nil || !strings.Contains(err.Error(), "holds other points") {
		t.Errorf("parts of other points: %v", err)
	}
}
