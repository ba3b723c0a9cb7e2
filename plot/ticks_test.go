package plot_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/io/result"
	"brainsweep/io/result/resulttest"
	"brainsweep/plot"
)

// texts are the words of a picture, in the order in which it draws them.
func texts(t *testing.T, f *plot.Figure) (words []string) {
	t.Helper()
	raw, err := f.Encode(".svg")
	check(t, err)
	for _, found := range regexp.MustCompile(`>([^<>\n]+)</text>`).FindAllSubmatch(raw, -1) {
		words = append(words, string(found[1]))
	}
	return words
}

// wantTexts complains of labels that a picture lacks.
func wantTexts(t *testing.T, f *plot.Figure, labels ...string) {
	t.Helper()
	words := texts(t, f)
	for _, label := range labels {
		if !slices.Contains(words, label) {
			t.Errorf("%s has no label %q among %q", f.Name, label, words)
		}
	}
}

func TestTicksAreRound(t *testing.T) {
	r := resulttest.Make(t, 9, true)
	spectrum, err := plot.Draw(r, plot.Options{What: "psd", Point: 3})
	check(t, err)
	wantTexts(t, spectrum, "1", "10", "0.1", "0.01", "0.001") // a spectrum of 0.5 to 19.5 Hz that falls from 2 to 0.003
	carpet, err := plot.Draw(r, plot.Options{What: "carpet", Point: 3})
	check(t, err)
	wantTexts(t, carpet, "0.1", "0.2", "0.6", "region 0", "region 4", "time [s]")
}

// cube writes a result of 2 x 3 x 2 points whose rate_mean is the point's number.
func cube(t *testing.T) *result.Result {
	t.Helper()
	l := &result.Layout{
		Title: "cube", Plan: "ab", Basis: "ab", Points: 12, Mode: "grid", Grid: []int{2, 3, 2}, States: []string{"E"},
		Connectome: &connectome.Connectome{Labels: []string{"L"}, Centres: make([][3]float64, 1), Weights: []float64{0}, Lengths: []float64{0}, Cortical: []bool{true}},
		Axes: []result.Axis{
			{Address: "a", Value: func(p int) float64 { return float64(p / 6) }},
			{Address: "b", Value: func(p int) float64 { return float64(p / 2 % 3) }},
			{Address: "c", Unit: "mV", Value: func(p int) float64 { return float64(10 * (p % 2)) }},
		},
		Metrics: []result.Metric{{Quantity: "E", Name: "rate_mean", Unit: "Hz"}},
	}
	folder := t.TempDir()
	part, err := result.CreatePart(filepath.Join(folder, result.PartName(0, 12)), l, 0, 12, nil)
	check(t, err)
	for p := range 12 {
		check(t, part.Metric(p, 0, []float64{float64(p)}))
		part.Done(p)
	}
	check(t, part.Close(result.Run{}))
	parts, err := result.Parts(folder)
	check(t, err)
	check(t, result.Merge(filepath.Join(folder, "r.h5"), l, parts, nil))
	r, err := result.Open(filepath.Join(folder, "r.h5"))
	check(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

// Six cells on each of two maps, every one in the colour that its value has between 0 and 11.
func TestFacetsShareTheirColours(t *testing.T) {
	f, raw := svg(t, cube(t), plot.Options{Facet: "c", X: "a", Y: "b"})
	wantTexts(t, f, "c = 0 mV", "c = 10 mV")
	for p := range 12 {
		if want := fill(plot.Viridis().At(float64(p) / 11)); !strings.Contains(raw, want) {
			t.Errorf("no cell has point %d's colour %s", p, want)
		}
	}
	if _, err := plot.Draw(cube(t), plot.Options{Facet: "c", X: "c", Y: "b"}); err == nil || !strings.Contains(err.Error(), "two other swept quantities") {
		t.Errorf("an axis that is a side and a facet: %v", err)
	}
	r := sweep(t)
	if _, err := plot.Draw(r, plot.Options{Facet: "b_e", Point: -1}); err == nil {
		t.Error("two swept quantities have no third")
	}
	if _, err := plot.Draw(r, plot.Options{Facet: "b_f", Point: -1}); err == nil || !regexp.MustCompile(`did you mean "b_e"`).MatchString(err.Error()) {
		t.Errorf("an axis that is not there: %v", err)
	}
}
