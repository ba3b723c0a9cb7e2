package report

import (
	"cmp"
	"math"
	"slices"

	"brainsweep/io/result"
	"brainsweep/plot"
)

// detail is what the page has of some points beyond single numbers: of a series the mean over regions, the least and
// the greatest value in each stretch of time; a matrix, or its upper triangle; a curve over the coordinate X.
type detail struct {
	Address  string `json:"address"`
	Unit     string `json:"unit"`
	About    string `json:"about"`
	Points   ref    `json:"points"` // whose, ascending
	Values   ref    `json:"values"` // Width of them for each of these points
	Width    int    `json:"width"`
	X        ref    `json:"x"`
	XName    string `json:"xName"`
	XUnit    string `json:"xUnit"`
	Nodes    int    `json:"nodes"`
	Triangle bool   `json:"triangle"`
}

// stretches is how many stretches of time a series is drawn in.
const stretches = 300

// mostMatrices is how many matrices of a point the page shows.
const mostMatrices = 6

func (d *digest) details() error {
	series, matrices, curves := d.detailed3()
	var cost int
	for _, v := range series {
		cost += 12 * min(stretches, v.Shape[1])
	}
	for _, v := range append(slices.Clone(matrices), curves...) {
		cost += 4 * v.Width()
	}
	d.page.Series, d.page.Matrices, d.page.Curves = []detail{}, []detail{}, []detail{}
	if cost == 0 {
		return nil
	}
	chosen := d.choose(max(0, d.room.left) / cost)
	d.detailed = len(chosen)
	for _, kind := range []struct {
		variables []result.Variable
		read      func(v result.Variable, chosen []int) (detail, error)
		to        *[]detail
	}{{series, d.series, &d.page.Series}, {matrices, d.matrix, &d.page.Matrices}, {curves, d.curve, &d.page.Curves}} {
		for _, v := range kind.variables {
			one, err := kind.read(v, chosen)
			if err != nil {
				return err
			}
			*kind.to = append(*kind.to, one)
		}
	}
	return nil
}

// detailed3 finds what the result has of points beyond single numbers.
func (d *digest) detailed3() (series, matrices, curves []result.Variable) {
	for _, v := range plot.LeadersFirst(d.result.Variables) {
		switch {
		case v.IsSeries():
			series = append(series, v)
		case len(v.Dims) == 3 && v.Shape[1] == v.Shape[2] && v.Dims[1] == "node" && v.Shape[1] <= mostNodes:
			if len(matrices) < mostMatrices {
				matrices = append(matrices, v)
			}
		case len(v.Dims) == 2 && v.Dims[1] != "node":
			curves = append(curves, v)
		}
	}
	return series, matrices, curves
}

// ends is how many points from either end of the ranking are surely among the chosen.
const ends = 30

// choose gives at most n points that are done, ascending: the ends of the ranking by the leading metric first, then
// every k-th point for a k that leaves no part of the sweep out.
func (d *digest) choose(n int) []int {
	var done, ranked []int
	for point, s := range d.state {
		if s == result.Done {
			done = append(done, point)
		}
	}
	if len(done) <= n {
		return done
	}
	if d.leading != nil {
		for _, point := range done {
			if !math.IsNaN(d.leading[point]) {
				ranked = append(ranked, point)
			}
		}
		slices.SortStableFunc(ranked, func(a, b int) int { return cmp.Compare(d.leading[a], d.leading[b]) })
	}
	in := map[int]bool{}
	for i := range min(ends, len(ranked)/2) {
		if len(in)+2 <= n {
			in[ranked[i]], in[ranked[len(ranked)-1-i]] = true, true
		}
	}
	for i, rest := 0, n-len(in); i < rest; i++ {
		in[done[i*len(done)/rest]] = true
	}
	chosen := make([]int, 0, len(in))
	for point := range in {
		chosen = append(chosen, point)
	}
	slices.Sort(chosen)
	return chosen
}

// rows reads a variable at those of the chosen points that have it.
func (d *digest) rows(v result.Variable, chosen []int, take func(values []float64) error) (points []int, err error) {
	has, err := d.result.PointsOf(v)
	if err != nil {
		return nil, err
	}
	for row, point := range has {
		if _, wanted := slices.BinarySearch(chosen, point); !wanted {
			continue
		}
		values, err := d.result.At(v, row)
		if err != nil {
			return nil, err
		}
		if err := take(values); err != nil {
			return nil, err
		}
		points = append(points, point)
	}
	return points, nil
}

func (d *digest) series(v result.Variable, chosen []int) (detail, error) {
	times, err := d.result.Numbers(v.Coordinates("time"))
	if err != nil {
		return detail{}, err
	}
	nodes := v.Width() / v.Shape[1]
	var all, at []float64
	points, err := d.rows(v, chosen, func(values []float64) error {
		e := plot.Outline(times, values, nodes, stretches)
		all = append(append(append(all, e.Mean...), e.Least...), e.Most...)
		at = e.Times
		return nil
	})
	return detail{
		Address: v.Address(), Unit: v.Unit, About: v.About, Nodes: nodes, XName: "time", XUnit: "s",
		Points: d.room.whole(points), Values: d.room.float32s(all), Width: 3 * len(at), X: d.room.float64s(at),
	}, err
}

func (d *digest) matrix(v result.Variable, chosen []int) (detail, error) {
	n := v.Shape[1]
	var all []float64
	points, err := d.rows(v, chosen, func(values []float64) error { all = append(all, values...); return nil })
	one := detail{Address: v.Address(), Unit: v.Unit, About: v.About, Nodes: n, Width: n * n, Triangle: symmetric(all, n)}
	if one.Triangle {
		one.Width = n * (n + 1) / 2
		all = triangles(all, n)
	}
	one.Points, one.Values = d.room.whole(points), d.room.float32s(all)
	return one, err
}

// symmetric tells whether all of the n x n matrices that follow each other are.
func symmetric(all []float64, n int) bool {
	for ; len(all) > 0; all = all[n*n:] {
		for i := range n {
			for j := range i {
				if a, b := all[i*n+j], all[j*n+i]; a != b && (a == a || b == b) {
					return false
				}
			}
		}
	}
	return true
}

// triangles keeps of each matrix the diagonal and what is to its right, row by row.
func triangles(all []float64, n int) []float64 {
	kept := all[:0:0]
	for ; len(all) > 0; all = all[n*n:] {
		for i := range n {
			kept = append(kept, all[i*n+i:(i+1)*n]...)
		}
	}
	return kept
}

func (d *digest) curve(v result.Variable, chosen []int) (detail, error) {
	where := v.Coordinates(v.Dims[1])
	x, err := d.result.Numbers(where)
	if err != nil {
		return detail{}, err
	}
	unit, err := d.result.UnitOf(where)
	if err != nil {
		return detail{}, err
	}
	var all []float64
	points, err := d.rows(v, chosen, func(values []float64) error { all = append(all, values...); return nil })
	return detail{
		Address: v.Address(), Unit: v.Unit, About: v.About, XName: v.Dims[1], XUnit: unit,
		Points: d.room.whole(points), Values: d.room.float32s(all), Width: len(x), X: d.room.float64s(x),
	}, err
}
