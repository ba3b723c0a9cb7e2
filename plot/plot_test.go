package plot_test

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/plotter"

	"brainsweep/connectome"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/plot"
)

// sweep writes a result of 3 x 2 points over b_e = 0, 10, 20 and coupling.a = 0.1, 0.2, with rate_mean = 10 i + j.
// Point 5 fails.
func sweep(t *testing.T) *result.Result {
	t.Helper()
	brain := &connectome.Connectome{Source: "made up", Labels: []string{"L", "R"}, Centres: make([][3]float64, 2),
		Weights: []float64{0, 1, 0.1, 0}, Lengths: make([]float64, 4), Cortical: make([]bool, 2)}
	l := &result.Layout{
		Title: "test", Plan: "ab", Basis: "ab", Points: 6, Mode: "grid", Grid: []int{3, 2}, Connectome: brain, States: []string{"E"},
		Axes: []result.Axis{
			{Address: "b_e", Unit: "pA", Value: func(p int) float64 { return 10 * float64(p/2) }},
			{Address: "coupling.a", Value: func(p int) float64 { return 0.1 * float64(1+p%2) }},
		},
		Series: []result.Series{{Group: "average", Name: "E", Unit: "kHz", Times: result.Times{Count: 4, First: 1, Period: 1}}},
		Metrics: []result.Metric{{Quantity: "E", Name: "rate_mean", Unit: "Hz", About: "mean"},
			{Quantity: "E", Name: "fc", Dims: []string{"node", "node2"}}},
		Provenance: []result.Entry{{Name: "job", Value: ""}},
	}
	folder := t.TempDir()
	part, err := result.CreatePart(filepath.Join(folder, result.PartName(0, 6)), l, 0, 6, nil)
	check(t, err)
	for p := range 5 {
		check(t, part.Series(p, 0, 0, []float64{0, 2, 2, 4, 4, 6, 6, 8}))
		check(t, part.Metric(p, 0, []float64{float64(10*(p/2) + p%2)}))
		check(t, part.Metric(p, 1, []float64{1, -0.42, -0.42, 1}))
		part.Done(p)
	}
	part.Fail(5, result.Fault{Time: 2})
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

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func svg(t *testing.T, r *result.Result, o plot.Options) (*plot.Figure, string) {
	t.Helper()
	f, err := plot.Draw(r, o)
	check(t, err)
	raw, err := f.Encode(".svg")
	check(t, err)
	return f, string(raw)
}

func fill(c color.RGBA) string { return fmt.Sprintf("fill:#%02X%02X%02X", c.R, c.G, c.B) }

func TestColoursBeginAndEndAsPublished(t *testing.T) {
	for _, c := range []struct {
		name        string
		colours     plot.Colours
		first, last color.RGBA
	}{
		{"viridis", plot.Viridis(), color.RGBA{0x44, 0x01, 0x54, 255}, color.RGBA{0xfd, 0xe7, 0x25, 255}},
		{"RdBu", plot.RdBu(), color.RGBA{0x05, 0x30, 0x61, 255}, color.RGBA{0x67, 0x00, 0x1f, 255}},
	} {
		if got := c.colours.At(0); got != c.first {
			t.Errorf("%s begins with %v, want %v", c.name, got, c.first)
		}
		if got := c.colours.At(2); got != c.last {
			t.Errorf("%s ends with %v, want %v", c.name, got, c.last)
		}
	}
	if got, want := plot.RdBu().At(0.5), (color.RGBA{0xf7, 0xf7, 0xf7, 255}); got != want {
		t.Errorf("zero is %v, want %v", got, want)
	}
}

// lightness is CIE L* of an sRGB colour (IEC 61966-2-1, CIE 15).
func lightness(c color.RGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	y := 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
	if y <= 216.0/24389 {
		return y * 24389 / 27
	}
	return 116*math.Cbrt(y) - 16
}

func TestColoursGrowLighterEvenly(t *testing.T) {
	c := plot.Viridis()
	first, last := lightness(c.At(0)), lightness(c.At(1))
	for i := range 101 {
		at := float64(i) / 100
		if got, want := lightness(c.At(at)), first+at*(last-first); math.Abs(got-want) > 3 {
			t.Errorf("viridis at %g has lightness %.1f, want %.1f", at, got, want)
		}
	}
}

func TestMapShowsEveryPoint(t *testing.T) {
	f, picture := svg(t, sweep(t), plot.Options{Metric: "E.rate_mean", Point: -1})
	for _, value := range []float64{0, 1, 10, 11, 20} {
		if want := fill(plot.Viridis().At(value / 20)); !strings.Contains(picture, want) {
			t.Errorf("no cell has %s for %g", want, value)
		}
	}
	for _, text := range []string{">b_e [pA]<", ">coupling.a<", ">E.rate_mean [Hz]<", ">0.1<", ">0.2<", ">10<", ">20<"} {
		if !strings.Contains(picture, text) {
			t.Errorf("the picture has no text %s", text)
		}
	}
	if want := "E.rate_mean: mean; grey: no value"; f.Title != want {
		t.Errorf("title %q, want %q", f.Title, want)
	}
	if !strings.Contains(picture, fill(plot.Viridis().At(math.NaN()))) {
		t.Error("the failed point is not grey")
	}
}

func TestTitleSaysWhatIsHeldAndAveraged(t *testing.T) {
	r := sweep(t)
	for _, c := range []struct {
		o    plot.Options
		want string
	}{
		{plot.Options{What: "line", Metric: "E.rate_mean", X: "b_e"}, "E.rate_mean: mean; mean over 2 values of coupling.a"},
		{plot.Options{Metric: "E.rate_mean", X: "coupling.a", At: map[string]string{"b_e": "9"}}, "E.rate_mean: mean; b_e = 10 pA"},
	} {
		if f, _ := svg(t, r, c.o); f.Title != c.want {
			t.Errorf("title %q, want %q", f.Title, c.want)
		}
	}
}

func TestMatrixHasEvenLimits(t *testing.T) {
	_, picture := svg(t, sweep(t), plot.Options{What: "fc", Point: 3})
	for _, share := range []float64{1, (-0.42 + 0.5) / 1} { // limits -0.5 and 0.5
		if want := fill(plot.RdBu().At(share)); !strings.Contains(picture, want) {
			t.Errorf("no cell has %s", want)
		}
	}
}

func TestOutline(t *testing.T) {
	e := plot.Outline([]float64{1, 2, 3}, []float64{0, 2, 4, 6, math.NaN(), 5}, 2, 2)
	want := plot.Envelope{Times: []float64{1.5, 3}, Mean: []float64{3, 5}, Least: []float64{0, 5}, Most: []float64{6, 5}}
	if fmt.Sprint(e) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", e, want)
	}
}

func TestWhatIsNamedTellsThePicture(t *testing.T) {
	r := sweep(t)
	for _, c := range []struct{ metric, what string }{{"E.rate_mean", "map"}, {"E.fc", "fc"}, {"average.E", "series"}, {"", "map"}} {
		got, err := plot.Draw(r, plot.Options{Metric: c.metric, Point: -1})
		check(t, err)
		want, err := plot.Draw(r, plot.Options{Metric: c.metric, What: c.what, Point: -1})
		check(t, err)
		if got.Name != want.Name || got.Title != want.Title {
			t.Errorf("%q gives %s, want %s", c.metric, got.Title, want.Title)
		}
	}
	if _, err := plot.Draw(r, plot.Options{Metric: "E.fc", X: "b_e"}); !fault.Is(err) {
		t.Errorf("a matrix over an axis: %v", err)
	}
}

func TestMistakesSayWhatThereIs(t *testing.T) {
	r := sweep(t)
	for want, o := range map[string]plot.Options{
		`no metric with one number per point "E.rate_men"`: {Metric: "E.rate_men"},
		`nothing is swept under the name "b"`:              {X: "b"},
		"there is no point 9; they are 0 to 5":             {What: "fc", Point: 9},
		"psd":                                              {What: "psd"},
		"there are map, line":                              {What: "mat"},
	} {
		if _, err := plot.Draw(r, o); !fault.Is(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want a mistake with %q", o, err, want)
		}
	}
}

func TestOverviewDrawsEveryKind(t *testing.T) {
	figures, leftOut, err := plot.Overview(sweep(t), -1)
	check(t, err)
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
		for _, ending := range []string{".png", ".pdf"} {
			raw, err := f.Encode(ending)
			check(t, err)
			if head := map[string]string{".png": "\x89PNG", ".pdf": "%PDF"}[ending]; !strings.HasPrefix(string(raw), head) {
				t.Errorf("%s%s begins with %q", f.Name, ending, raw[:4])
			}
		}
	}
	if got, want := fmt.Sprint(names, leftOut), "[E.rate_mean E.fc.point0 average.E.point0 connectome] []"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOverviewOfAPoint(t *testing.T) {
	r := sweep(t)
	figures, _, err := plot.Overview(r, 3)
	check(t, err)
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
	}
	if got, want := fmt.Sprint(names), "[E.fc.point3 average.E.point3]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, _, err := plot.Overview(r, 6); !fault.Is(err) || err.Error() != "there is no point 6; they are 0 to 5" {
		t.Errorf("a point that is not there: %v", err)
	}
}

// TestLeadersComeFirst: of many metrics the fits to data are drawn first, then the leaders, then something of each group.
func TestLeadersComeFirst(t *testing.T) {
	var found []result.Variable
	for _, path := range []string{"E/fc_max", "E/fc_mean", "E/psd_alpha", "E/psd_beta", "E/rate_mean", "bold/fc_mean", "bold/rest_fc_fit"} {
		found = append(found, result.Variable{Path: "/metrics/" + path, Dims: []string{"point"}})
	}
	var got []string
	for _, v := range plot.LeadersFirst(found) {
		got = append(got, v.Address())
	}
	if want := "bold.rest_fc_fit E.fc_mean E.rate_mean bold.fc_mean E.fc_max E.psd_alpha E.psd_beta"; strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestLongCurveIsThinned: as many values as a large sweep has make no larger picture than a thousand, and none of the
// extremes is lost.
func TestLongCurveIsThinned(t *testing.T) {
	curve := make(plotter.XYs, 100_000)
	for i := range curve {
		curve[i] = plotter.XY{X: float64(i), Y: float64(i % 7)}
	}
	curve[41_234].Y, curve[77_777].Y = 50, -50
	got := plot.Thinned(curve, 500)
	lowest, highest := 0.0, 0.0
	for i, v := range got {
		lowest, highest = min(lowest, v.Y), max(highest, v.Y)
		if i > 0 && v.X <= got[i-1].X {
			t.Fatalf("vertex %d at %g comes after one at %g", i, v.X, got[i-1].X)
		}
	}
	if len(got) > 1000 || lowest != -50 || highest != 50 {
		t.Errorf("%d vertices from %g to %g", len(got), lowest, highest)
	}
}
