package sweep_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/sweep"
)

func axis(address string, values ...float64) sweep.Axis {
	return sweep.Axis{Address: address, Values: values}
}

func all(s sweep.Space) [][]float64 {
	var points [][]float64
	for i := range s.Len() {
		points = append(points, s.Point(i, nil))
	}
	return points
}

func TestModes(t *testing.T) {
	a, b, c := axis("a", 1, 2), axis("b", 10, 20, 30), axis("c", 5, 6)
	tests := []struct {
		name  string
		space sweep.Space
		want  string
	}{
		{"nothing swept", sweep.Space{}, "[[]]"},
		{"one axis", sweep.Space{Axes: []sweep.Axis{b}}, "[[10] [20] [30]]"},
		{"grid, last axis fastest", sweep.Space{Mode: sweep.Grid, Axes: []sweep.Axis{a, b}},
			"[[1 10] [1 20] [1 30] [2 10] [2 20] [2 30]]"},
		{"grid of three", sweep.Space{Axes: []sweep.Axis{a, c, axis("d", 0)}}, "[[1 5 0] [1 6 0] [2 5 0] [2 6 0]]"},
		{"zip", sweep.Space{Mode: sweep.Zip, Axes: []sweep.Axis{a, c}}, "[[1 5] [2 6]]"},
		{"list", sweep.Space{Mode: sweep.List, Axes: []sweep.Axis{c, a}}, "[[5 1] [6 2]]"},
	}
	for _, tt := range tests {
		if err := tt.space.Check(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got := fmt.Sprint(all(tt.space)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestCheck(t *testing.T) {
	a, b := axis("a", 1, 2), axis("b", 10, 20, 30)
	wide := make([]sweep.Axis, 22)
	for i := range wide {
		wide[i] = sweep.Axis{Address: fmt.Sprint("x", i), Range: sweep.Range{To: 1}}
	}
	long := axis("long", make([]float64, 1<<13)...)
	var huge []sweep.Axis
	for i := range 5 {
		long.Address = fmt.Sprint("long", i)
		huge = append(huge, long)
	}
	tests := []struct {
		space sweep.Space
		want  []string
	}{
		{sweep.Space{Mode: "gird"}, []string{`no mode "gird" (did you mean "grid"?)`}},
		{sweep.Space{Axes: []sweep.Axis{a, axis("a", 3)}}, []string{"sweep.a: swept twice"}},
		{sweep.Space{Axes: []sweep.Axis{axis("e")}}, []string{"sweep.e: no values"}},
		{sweep.Space{Axes: []sweep.Axis{axis("n", 0, math.NaN())}}, []string{"sweep.n: value 2 is NaN"}},
		{sweep.Space{Axes: []sweep.Axis{axis("n", math.Inf(1))}}, []string{"value 1 is +Inf"}},
		{sweep.Space{Axes: huge}, []string{"sweep: the grid has 3.69e+19 points; at most 10000000000 are allowed"}},
		{sweep.Space{Mode: sweep.Sobol, Points: 1e12, Axes: wide[:1]}, []string{"sweep.points: 1000000000000 points; at most 10000000000 are allowed"}},
		{sweep.Space{Mode: sweep.Zip, Axes: []sweep.Axis{a, b}}, []string{"axes of one length, but a has 2, b has 3"}},
		{sweep.Space{Mode: sweep.Zip}, []string{"no axes"}},
		{sweep.Space{Mode: sweep.Random, Axes: []sweep.Axis{a}}, []string{"sweep.points: 0 points"}},
		{sweep.Space{Mode: sweep.Sobol, Points: 1, Axes: wide}, []string{"22 axes", "direction numbers for 21"}},
		{sweep.Space{Mode: sweep.LatinHypercube, Points: 1, Axes: []sweep.Axis{{Address: "w", Range: sweep.Range{From: -1, To: 1, Log: true}}}},
			[]string{"sweep.w: from -1 to 1; a logarithmic scale cannot reach or cross zero"}},
		{sweep.Space{Mode: "x", Axes: []sweep.Axis{axis("e"), axis("n", math.NaN())}}, []string{"no mode", "sweep.e", "sweep.n"}},
	}
	for _, tt := range tests {
		err := tt.space.Check()
		if !fault.Is(err) {
			t.Errorf("%v: error %v, want a fault with %q", tt.space.Mode, err, tt.want)
			continue
		}
		for _, want := range tt.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error %q, want %q in it", err, want)
			}
		}
	}
}

// drawn is a space of n points over one linear, one logarithmic and one discrete axis.
func drawn(mode sweep.Mode, seed uint64, n int) sweep.Space {
	return sweep.Space{Mode: mode, Points: n, Seed: seed, Axes: []sweep.Axis{
		{Address: "lin", Range: sweep.Range{From: -2, To: 6}},
		{Address: "log", Range: sweep.Range{From: 1e-7, To: 1e-3, Log: true}},
		axis("speed", 1, 3, 5, 7),
	}}
}

func TestDrawnStayInRange(t *testing.T) {
	for _, mode := range []sweep.Mode{sweep.Random, sweep.LatinHypercube, sweep.Sobol} {
		s := drawn(mode, 3, 4000)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		var mean float64
		var logMean float64
		count := map[float64]int{}
		for i := range s.Len() {
			p := s.Point(i, nil)
			if p[0] < -2 || p[0] > 6 || p[1] < 1e-7 || p[1] > 1e-3 {
				t.Fatalf("%s: point %d outside: %v", mode, i, p)
			}
			mean += p[0] / 4000
			logMean += math.Log10(p[1]) / 4000
			count[p[2]]++
		}
		// Five standard errors of 4000 independent draws: 8/sqrt(12)/sqrt(4000)*5 = 0.18, 4/sqrt(12)/sqrt(4000)*5 = 0.09.
		if math.Abs(mean-2) > 0.18 || math.Abs(logMean+5) > 0.09 {
			t.Errorf("%s: mean %v, mean of logarithms %v, want 2 and -5", mode, mean, logMean)
		}
		for _, v := range []float64{1, 3, 5, 7} {
			if n := count[v]; n < 860 || n > 1140 { // 1000 +- 5 sqrt(4000 * 3/16)
				t.Errorf("%s: speed %v drawn %d times of 4000", mode, v, n)
			}
		}
	}
}

func TestDrawnDependOnSeedAndAddressOnly(t *testing.T) {
	for _, mode := range []sweep.Mode{sweep.Random, sweep.LatinHypercube, sweep.Sobol} {
		s := drawn(mode, 3, 100)
		if !slices.EqualFunc(all(s), all(drawn(mode, 3, 100)), slices.Equal) {
			t.Errorf("%s: the same seed gave other points", mode)
		}
		if slices.Equal(s.Point(5, nil), drawn(mode, 4, 100).Point(5, nil)) {
			t.Errorf("%s: another seed gave the same point", mode)
		}
		if mode != sweep.LatinHypercube && !slices.Equal(s.Point(5, nil), drawn(mode, 3, 1000).Point(5, nil)) {
			t.Errorf("%s: more points changed the first ones", mode)
		}
	}
	s := drawn(sweep.Random, 3, 10)
	fewer := s
	fewer.Axes = s.Axes[1:]
	if s.Point(7, nil)[1] != fewer.Point(7, nil)[0] {
		t.Error("leaving out an axis changed the draws of another")
	}
}

func TestLatinHypercubeHasOnePointInEachSlice(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 8, 100, 1000, 65537} {
		s := sweep.Space{Mode: sweep.LatinHypercube, Points: n, Seed: 11, Axes: []sweep.Axis{
			{Address: "x", Range: sweep.Range{To: float64(n)}}, {Address: "y", Range: sweep.Range{To: float64(n)}}}}
		for d := range 2 {
			hit := make([]bool, n)
			for i := range n {
				hit[min(int(s.Point(i, nil)[d]), n-1)] = true
			}
			if slices.Contains(hit, false) {
				t.Errorf("%d points: a slice of axis %d is empty", n, d)
			}
		}
	}
}

// Each of the five slices comes first equally often: chi square with 4 degrees of freedom, 99.99% below 23.5.
func TestLatinHypercubePermutesEvenly(t *testing.T) {
	const seeds = 5000
	for i := range 5 {
		var count [5]float64
		for seed := range uint64(seeds) {
			s := sweep.Space{Mode: sweep.LatinHypercube, Points: 5, Seed: seed, Axes: []sweep.Axis{{Address: "x", Range: sweep.Range{To: 5}}}}
			count[int(s.Point(i, nil)[0])]++
		}
		chi := 0.0
		for _, c := range count {
			chi += (c - seeds/5) * (c - seeds/5) / (seeds / 5)
		}
		if chi > 23.5 {
			t.Errorf("point %d: slices drawn %v times, chi square %.1f", i, count, chi)
		}
	}
}

func TestManyPointsCostNothing(t *testing.T) {
	thousand, _ := sweep.Linear(0, 1, 1000)
	s := sweep.Space{Axes: []sweep.Axis{axis("a", thousand...), axis("b", thousand...), axis("c", thousand...)}}
	if err := s.Check(); err != nil || s.Len() != 1e9 {
		t.Fatalf("%d points, %v", s.Len(), err)
	}
	dst := make([]float64, 3)
	if got, want := s.Point(123_456_789, dst), []float64{thousand[123], thousand[456], thousand[789]}; !slices.Equal(got, want) {
		t.Errorf("point 123456789 is %v, want %v", got, want)
	}
	for _, s := range []sweep.Space{s, drawn(sweep.Random, 1, 1e9), drawn(sweep.LatinHypercube, 1, 1e9), drawn(sweep.Sobol, 1, 1e9)} {
		if n := testing.AllocsPerRun(100, func() { s.Point(999_999_999, dst) }); n > 0 {
			t.Errorf("%s: %v allocations a point", s.Mode, n)
		}
	}
}

func TestSpaceIsAPlainValue(t *testing.T) {
	s := drawn(sweep.Sobol, 1<<63+1, 16)
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back sweep.Space
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(all(s), all(back), slices.Equal) {
		t.Error("points differ after a journey through JSON")
	}
}

func BenchmarkPoint(b *testing.B) {
	dst := make([]float64, 3)
	grid := sweep.Space{Axes: []sweep.Axis{axis("a", make([]float64, 100)...), axis("b", make([]float64, 100)...), axis("c", make([]float64, 100)...)}}
	for _, s := range []sweep.Space{grid, drawn(sweep.Random, 1, 1e6), drawn(sweep.LatinHypercube, 1, 1e6), drawn(sweep.Sobol, 1, 1e6)} {
		b.Run(string(s.Mode), func(b *testing.B) {
			for i := range b.N {
				s.Point(i%1_000_000, dst)
			}
		})
	}
}
