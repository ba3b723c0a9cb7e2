package resulttest

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"brainsweep/connectome"
	"brainsweep/io/result"
)

// How large the parts of a made-up result are.
const Nodes, Samples, Bins = 5, 700, 40

// Rate is the metric E.rate_mean of a made-up result at a point.
func Rate(p int) float64 { return 10 * math.Sin(float64(p)) }

// FC is the element of its matrix E.fc.
func FC(p, i, j int) float64 {
	if i == j {
		return 1
	}
	return math.Cos(float64(p)+float64(i+j)) / float64(1+min(i, j))
}

// PSD is its spectrum E.psd at bin k, of 0.5 k Hz.
func PSD(p, k int) float64 { return float64(1+p%7) / float64(1+k*k) }

// Sample is its series average.E at time 1 + k ms.
func Sample(p, k, node int) float64 { return float64(p) + math.Sin(float64(k)/50) + float64(node) }

func brain() *connectome.Connectome {
	c := &connectome.Connectome{Source: "made up", Centres: make([][3]float64, Nodes), Cortical: make([]bool, Nodes), Lengths: make([]float64, Nodes*Nodes)}
	for i := range Nodes {
		c.Labels = append(c.Labels, fmt.Sprint("region ", i))
		for j := range Nodes {
			c.Weights = append(c.Weights, float64(i)*0.1+float64(j)*0.01)
		}
	}
	return c
}

// Make makes up a result of n x n points over b_e (10 pA apart) and coupling.a (0.1 apart), which runs fastest. Its numbers
// are the formulas above, and E.fc_mean is a tenth of the point's number; the last point failed. With details it has
// a series, matrices and spectra.
func Make(t testing.TB, n int, details bool) *result.Result {
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
		l.Series = []result.Series{{Group: "average", Name: "E", Unit: "kHz", Times: result.Times{Count: Samples, First: 1, Period: 1}}}
		frequencies := make([]float64, Bins)
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
		check(t, part.Metric(p, 0, []float64{Rate(p)}))
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
	for i := range Nodes {
		for j := range Nodes {
			matrix = append(matrix, FC(p, i, j))
		}
	}
	for k := range Bins {
		spectrum = append(spectrum, PSD(p, k))
	}
	for k := range Samples {
		for node := range Nodes {
			series = append(series, Sample(p, k, node))
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
