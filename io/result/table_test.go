package result_test

import (
	"bytes"
	"encoding/csv"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/io/result"
)

// ranked is a result of points whose scores are given; NaN has failed.
func ranked(t *testing.T, scores ...float64) *result.Result {
	t.Helper()
	l := &result.Layout{
		Title: "ranked", Plan: "p", Basis: "b", Points: len(scores), Mode: "list",
		Axes:       []result.Axis{{Address: "a", Value: func(point int) float64 { return float64(point) / 3 }}, {Address: "who", Text: func(point int) string { return "s," + strconv.Itoa(point) }}},
		Connectome: &connectome.Connectome{Weights: make([]float64, 4), Lengths: make([]float64, 4), Labels: []string{"l", "r"}},
		Metrics: []result.Metric{
			{Quantity: "E", Name: "score"}, {Quantity: "E", Name: "distance", LessIsBetter: true},
			{Quantity: "E", Name: "each", Dims: []string{"node"}}, {Quantity: "E", Name: "pair", Dims: []string{"node", "node2"}},
			{Quantity: "E", Name: "bins", Dims: []string{"frequency"}},
		},
		Dims: []result.Dim{{Name: "frequency", Values: []float64{0.5, 1}}},
	}
	dir := t.TempDir()
	path := filepath.Join(dir, result.PartName(0, len(scores)))
	part, err := result.CreatePart(path, l, 0, len(scores), nil)
	if err != nil {
		t.Fatal(err)
	}
	for point, s := range scores {
		if math.IsNaN(s) {
			part.Fail(point, result.Fault{})
			continue
		}
		for i, values := range [][]float64{{s}, {s}, {s, -s}, {1, s, s, 1}, {s / 3, s / 7}} {
			if err := part.Metric(point, i, values); err != nil {
				t.Fatal(err)
			}
		}
		part.Done(point)
	}
	if err := part.Close(result.Run{}); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out.h5")
	if err := result.Merge(out, l, []string{path}, nil); err != nil {
		t.Fatal(err)
	}
	r, err := result.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestTop ranks; of equal points the first is the better, and NaN is none.
func TestTop(t *testing.T) {
	r := ranked(t, 2, math.NaN(), 5, -1, 5, 0)
	for _, c := range []struct {
		query result.Query
		want  []string
	}{
		{result.Query{By: "E.score"}, []string{"2", "4", "0", "5", "3"}},
		{result.Query{By: "E.score", Top: 2}, []string{"2", "4"}},
		{result.Query{By: "E.score", Top: 2, Lowest: true}, []string{"3", "5"}},
		{result.Query{By: "E.distance", Top: 2}, []string{"3", "5"}},
		{result.Query{By: "E.distance", Top: 3, Highest: true}, []string{"2", "4", "0"}},
	} {
		var b bytes.Buffer
		if _, err := r.WriteCSV(&b, c.query); err != nil {
			t.Fatal(err)
		}
		lines, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range lines[1:] {
			got = append(got, l[0])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v: points %v, want %v", c.query, got, c.want)
		}
	}
	var b strings.Builder
	if err := r.WriteTop(&b, result.Query{By: "E.distance", Top: 1, Metrics: []string{"E.score", "E.distance"}}); err != nil {
		t.Fatal(err)
	}
	want := "the point with the lowest E.distance, of 5 (1 more have none)\n\npoint  status  a  who  E.distance  E.score\n3      done    1  s,3  -1          -1\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	b.Reset()
	if err := ranked(t, math.NaN(), math.NaN()).WriteTop(&b, result.Query{By: "E.score", Top: 1}); err != nil {
		t.Fatal(err)
	}
	if want := "no point has E.score: it is undefined for all 2\n"; b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestCSV reads back every number, to the bit.
func TestCSV(t *testing.T) {
	r := ranked(t, 2, math.NaN(), math.Pi)
	var b bytes.Buffer
	left, err := r.WriteCSV(&b, result.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(left, []string{"E.bins", "E.each", "E.pair"}) {
		t.Errorf("left out: %v", left)
	}
	want := "point,status,a,who,E.distance,E.score\n0,done,0,\"s,0\",2,2\n1,failed,0.3333333333333333,\"s,1\",,\n2,done,0.6666666666666666,\"s,2\",3.141592653589793,3.141592653589793\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
	b.Reset()
	if _, err := r.WriteCSV(&b, result.Query{Metrics: []string{"E.pair", "E.each", "E.bins"}}); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header := []string{"point", "status", "a", "who", "E.pair[l,l]", "E.pair[l,r]", "E.pair[r,l]", "E.pair[r,r]", "E.each[l]", "E.each[r]", "E.bins[0.5]", "E.bins[1]"}
	if !slices.Equal(lines[0], header) {
		t.Errorf("header %q", lines[0])
	}
	pi := math.Pi // not a constant: its thirds are rounded as those written
	for i, want := range []float64{1, pi, pi, 1, pi, -pi, pi / 3, pi / 7} {
		if got, err := strconv.ParseFloat(lines[3][4+i], 64); err != nil || got != want {
			t.Errorf("column %d is %v, want %v (%v)", 4+i, got, want, err)
		}
	}
}
