package result_test

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brainsweep/connectome"
	"brainsweep/io/result"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// brain is a connectome of n regions.
func brain(n int) *connectome.Connectome {
	c := &connectome.Connectome{Source: "made up", Notes: []string{"none of it is true"}}
	for i := range n {
		c.Labels = append(c.Labels, fmt.Sprintf("région %c", 'A'+i))
		c.Centres = append(c.Centres, [3]float64{float64(i), 2, 3})
		c.Cortical = append(c.Cortical, i%2 == 0)
		for j := range n {
			c.Weights = append(c.Weights, float64(i*n+j)/10)
			c.Lengths = append(c.Lengths, float64(i+j))
		}
	}
	return c
}

// small has every kind of thing that a layout can have. Its numbers are formulas of point, sample and node.
func small(points int) *result.Layout {
	return &result.Layout{
		Title: "A small one", Plan: "0123abcd", Basis: "0123abcd", Points: points, Mode: "grid", Grid: []int{points, 1},
		Axes: []result.Axis{
			{Address: "b_e", Unit: "pA", Value: func(point int) float64 { return 10 * float64(point) }},
			{Address: "coupling.a", Value: func(point int) float64 { return 0.5 }},
			{Address: "subject", Text: func(point int) string { return fmt.Sprintf("sub-%02d", point) }},
		},
		Name:       func(point int) string { return fmt.Sprintf("%032x", point*7919) },
		Connectome: brain(3),
		States:     []string{"E", "I", "W_e"},
		Series: []result.Series{
			{Group: "average", Name: "E", Unit: "Hz", About: "excitatory rate", Times: result.Times{Count: 5, First: 0.5, Period: 1}, Single: true},
			{Group: "average", Name: "I", Unit: "Hz", Times: result.Times{Count: 5, First: 0.5, Period: 1}, Single: true},
			{Group: "global", Name: "E", Times: result.Times{Count: 4, First: 0, Period: 0.1}, Global: true},
			{Group: "raw", Name: "E", Times: result.Times{Count: 20, First: 0, Period: 0.1}, Keep: result.Keep{Best: 3, By: "E.rate_mean"}},
			{Group: "bold", Name: "bold", Times: result.Times{Count: 6, First: 1000, Period: 1000}, Single: true,
				Keep: result.Keep{Best: 2, By: "E.fcd_ks", Least: true}},
			{Group: "eeg", Name: "E", Times: result.Times{Count: 4, First: 0.5, Period: 1}, Across: &result.Dim{Name: "sensor", Labels: []string{"Cz", "Pz"}}},
		},
		Metrics: []result.Metric{
			{Quantity: "E", Name: "rate_mean", Unit: "Hz", About: "mean over regions and time"},
			{Quantity: "E", Name: "fcd_ks"},
			{Quantity: "E", Name: "rate", Unit: "Hz", Dims: []string{"node"}},
			{Quantity: "E", Name: "fc", Dims: []string{"node", "node2"}},
			{Quantity: "bold", Name: "psd", Unit: "1/Hz", Dims: []string{"node", "frequency"}},
		},
		Dims: []result.Dim{{Name: "frequency", Unit: "Hz", Values: []float64{0, 0.5, 1, 1.5}}},
		Provenance: []result.Entry{{Name: "job", Value: "title = \"A small one\"\n"}, {Name: "seeds", Value: []int{1, 2}},
			{Name: "kernel", Value: strings.Repeat("x = µ * y;\n", 10000)}},
	}
}

// failed tells the points that go wrong in small ones: every seventh.
func failed(point int) bool { return point%7 == 5 }

func sample(point, series, sample, node int) float64 {
	return float64(1000*point+100*series+sample) + float64(node)/8
}

// metric makes rate_mean large in the middle of the sweep, with ties, and fcd_ks undefined at point 0.
func metric(l *result.Layout, point, metric, i int) float64 {
	switch {
	case metric == 0:
		return -math.Abs(float64(point/2 - l.Points/4))
	case metric == 1 && point == 0:
		return math.NaN()
	}
	return float64(point)/3 + float64(10*metric+i)
}

// fill gives a part all its numbers, the samples in epochs.
func fill(t testing.TB, l *result.Layout, p *result.Part, first, count, epoch int) {
	t.Helper()
	for place := first; place < first+count; place++ {
		point := place
		if l.Order != nil {
			point = l.Order[place]
		}
		for s, series := range l.Series {
			width := l.Nodes()
			switch {
			case series.Global:
				width = 1
			case series.Across != nil:
				width = len(series.Across.Labels)
			}
			end := series.Times.Count
			if failed(point) {
				end = 2
			}
			for from := 0; from < end; from += epoch {
				n := min(epoch, end-from)
				rows := make([]float64, n*width)
				for i := range rows {
					rows[i] = sample(point, s, from+i/width, i%width)
				}
				ok(t, p.Series(place, s, from, precision(rows, series.Single)))
			}
		}
		if failed(point) {
			p.Fail(place, result.Fault{Node: 1, State: 2, Time: 1500})
			continue
		}
		for m, what := range l.Metrics {
			values := make([]float64, width(l, what))
			for i := range values {
				values[i] = metric(l, point, m, i)
			}
			ok(t, p.Metric(place, m, values))
		}
		p.Done(place)
	}
}

func width(l *result.Layout, m result.Metric) int {
	n := 1
	for _, d := range m.Dims {
		n *= map[string]int{"node": l.Nodes(), "node2": l.Nodes(), "frequency": 4}[d]
	}
	return n
}

func precision(v []float64, single bool) any {
	if !single {
		return v
	}
	out := make([]float32, len(v))
	for i := range v {
		out[i] = float32(v[i])
	}
	return out
}

// someRun differs from part to part, as real ones do.
func someRun(first int) result.Run {
	start := time.Date(2024, 5, 1, 12, 0, first, 0, time.UTC)
	return result.Run{Host: fmt.Sprintf("node%d", first%2), Device: "cpu", Rank: first % 4,
		Started: start, Ended: start.Add(2 * time.Second), NodeSteps: 1e6}
}

// write makes the parts of the given sizes in a new folder.
func write(t testing.TB, l *result.Layout, sizes ...int) []string {
	t.Helper()
	folder := t.TempDir()
	first := 0
	best := &result.Best{}
	for i, count := range sizes {
		p := must(result.CreatePart(filepath.Join(folder, result.PartName(first, count)), l, first, count, best))(t)
		fill(t, l, p, first, count, i+1)
		ok(t, p.Close(someRun(first)))
		first += count
	}
	return must(result.Parts(folder))(t)
}

func merge(t testing.TB, l *result.Layout, parts []string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "result.h5")
	ok(t, result.Merge(out, l, parts, nil))
	return out
}

func openResult(t testing.TB, path string) *result.Result {
	t.Helper()
	r := must(result.Open(path))(t)
	t.Cleanup(func() { r.Close() })
	return r
}
