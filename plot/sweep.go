package plot

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// drawSweep draws a metric over two axes as a map, or over one as curves.
func drawSweep(r *result.Result, o Options) (*Figure, error) {
	v, err := find(r, o.Metric, "metric with one number per point", scalar, leaders()...)
	if err != nil {
		return nil, err
	}
	axes, err := Axes(r)
	if err != nil {
		return nil, err
	}
	values, err := r.Rows(v, 0, r.Points)
	if err != nil {
		return nil, err
	}
	status, err := r.Status()
	if err != nil {
		return nil, err
	}
	for point, s := range status {
		if s != result.Done {
			values[point] = math.NaN()
		}
	}
	third, err := facet(axes, o)
	if err != nil {
		return nil, err
	}
	x, y, err := choose(axes, o)
	if err != nil {
		return nil, err
	}
	fixed, others, err := hold(axes, o.At, x, y, third, values)
	if err != nil {
		return nil, err
	}
	title := strings.Join(append([]string{about(v)}, append(fixed, others...)...), "; ")
	switch {
	case third != nil && (y == nil || third == x || third == y):
		return nil, missing("--facet %s: want a map over two other swept quantities", o.Facet)
	case third != nil:
		return drawFacets(v, title, *x, *y, *third, values)
	case y == nil:
		return drawLines(v, title, *x, values), nil
	case r.Mode == "grid" || len(x.Values)*len(y.Values) <= r.Points:
		return drawMap(v, title, *x, *y, values), nil
	}
	return drawDots(v, title, *x, *y, values), nil
}

// facet finds the axis that there is a map for each value of, nil for none.
func facet(axes []Axis, o Options) (*Axis, error) {
	if o.Facet == "" {
		return nil, nil
	}
	var known []string
	for i := range axes {
		if axes[i].Address == o.Facet {
			return &axes[i], nil
		}
		known = append(known, axes[i].Address)
	}
	return nil, missing("nothing is swept under the name %q%s; there is %s", o.Facet, fault.Suggest(o.Facet, known), strings.Join(known, ", "))
}

// choose finds the axes of the picture: those asked for, else the first that differ between points. y is nil for curves.
func choose(axes []Axis, o Options) (x, y *Axis, err error) {
	var varying []*Axis
	var known []string
	for i := range axes {
		known = append(known, axes[i].Address)
		if _, held := o.At[axes[i].Address]; len(axes[i].Values) > 1 && !held && axes[i].Address != o.Facet {
			varying = append(varying, &axes[i])
		}
	}
	named := func(address string) (*Axis, error) {
		i := slices.Index(known, address)
		if i < 0 {
			return nil, missing("nothing is swept under the name %q%s; there is %s", address, fault.Suggest(address, known), strings.Join(known, ", "))
		}
		return &axes[i], nil
	}
	if o.X != "" {
		if x, err = named(o.X); err != nil {
			return nil, nil, err
		}
	}
	if o.Y != "" {
		if y, err = named(o.Y); err != nil {
			return nil, nil, err
		}
	}
	for _, a := range varying {
		switch {
		case a == x || a == y:
		case x == nil:
			x = a
		case y == nil && o.X == "":
			y = a
		}
	}
	switch {
	case x == nil:
		return nil, nil, missing("nothing differs between the points; there is no map to draw")
	case x == y:
		return nil, nil, missing("--x and --y both ask for %s", x.Address)
	case o.What == "line":
		y = nil
	case o.What == "map" && y == nil:
		return nil, nil, missing("a map needs two axes; say --y, or draw --what line")
	}
	return x, y, nil
}

// hold takes the points away whose held axes have other values, and says what is held and what is averaged.
func hold(axes []Axis, at map[string]string, x, y, third *Axis, values []float64) (fixed, averaged []string, err error) {
	var known []string
	for i := range axes {
		a := &axes[i]
		known = append(known, a.Address)
		word, held := at[a.Address]
		switch {
		case held && (a == x || a == y || a == third):
			return nil, nil, missing("%s is an axis of the picture and cannot be held at %s", a.Address, word)
		case held:
			place, err := a.place(word)
			if err != nil {
				return nil, nil, err
			}
			for point := range values {
				if a.Of[point] != place {
					values[point] = math.NaN()
				}
			}
			fixed = append(fixed, strings.TrimSpace(fmt.Sprintf("%s = %s %s", a.Address, a.Text(place), a.Unit)))
		case a != x && a != y && a != third && len(a.Values) > 1:
			averaged = append(averaged, fmt.Sprintf("mean over %d values of %s", len(a.Values), a.Address))
		}
	}
	for address := range at {
		if !slices.Contains(known, address) {
			return nil, nil, missing("nothing is swept under the name %q%s", address, fault.Suggest(address, known))
		}
	}
	return fixed, averaged, nil
}

// average gives the mean of the finite values of each cell, NaN where there is none.
func average(values []float64, cell func(point int) int, n int) []float64 {
	sums, counts := make([]float64, n), make([]float64, n)
	for point, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			sums[cell(point)] += v
			counts[cell(point)]++
		}
	}
	for i := range sums {
		sums[i] /= counts[i]
	}
	return sums
}

func drawMap(v result.Variable, title string, x, y Axis, values []float64) *Figure {
	nx, ny := len(x.Values), len(y.Values)
	m := &cells{columns: nx, rows: ny, colours: Viridis()}
	m.values = average(values, func(point int) int { return y.Of[point]*nx + x.Of[point] }, nx*ny)
	m.limits = reach(m.values)
	if slices.ContainsFunc(m.values, math.IsNaN) {
		title += "; grey: no value"
	}
	f := newFigure(v.Address(), title, x.Label(), y.Label())
	m.add(f, withUnit(v.Address(), v.Unit))
	f.plot.X.Tick.Marker = gonum.ConstantTicks(x.ticks())
	f.plot.Y.Tick.Marker = gonum.ConstantTicks(y.ticks())
	return f
}

// drawLines draws the metric's mean over an axis.
func drawLines(v result.Variable, title string, x Axis, values []float64) *Figure {
	f := newFigure(v.Address(), title, x.Label(), withUnit(v.Address(), v.Unit))
	f.height = 60 * vg.Millimeter
	means := average(values, func(point int) int { return x.Of[point] }, len(x.Values))
	var curve plotter.XYs
	for i, mean := range means {
		if !math.IsNaN(mean) {
			curve = append(curve, plotter.XY{X: x.Values[i], Y: mean})
		}
	}
	f.addCurve(curve, ink(), 1)
	if len(curve) <= 50 {
		f.plot.Add(&plotter.Scatter{XYs: curve, GlyphStyle: draw.GlyphStyle{Color: ink(), Radius: 2, Shape: draw.CircleGlyph{}}})
	}
	f.spread(reach(x.Values), reach(means))
	switch {
	case x.Texts != nil:
		f.plot.X.Tick.Marker = gonum.ConstantTicks(x.ticks())
	case geometric(x.Values):
		f.plot.X.Min, f.plot.X.Max = x.Values[0], x.Values[len(x.Values)-1]
		f.logarithmic(&f.plot.X)
	}
	return f
}

// drawDots draws the points of a sweep that is no grid, each where it lies.
func drawDots(v result.Variable, title string, x, y Axis, values []float64) *Figure {
	f := newFigure(v.Address(), title, x.Label(), y.Label())
	limits := reach(values)
	var dots plotter.XYs
	var shares []float64
	for point, value := range values {
		if !math.IsNaN(value) {
			dots = append(dots, plotter.XY{X: x.Values[x.Of[point]], Y: y.Values[y.Of[point]]})
			shares = append(shares, share(value, limits))
		}
	}
	radius := min(max(40/vg.Length(math.Sqrt(float64(len(dots)+1))), 0.8), 3)
	f.plot.Add(&plotter.Scatter{XYs: dots, GlyphStyleFunc: func(i int) draw.GlyphStyle {
		return draw.GlyphStyle{Color: Viridis().At(shares[i]), Radius: radius, Shape: draw.CircleGlyph{}}
	}})
	f.spread(reach(x.Values), reach(y.Values))
	f.addBar(Viridis(), limits, withUnit(v.Address(), v.Unit))
	return f
}

// ink is the colour of curves, band that of what lies behind them.
func ink() color.RGBA  { return Viridis()[2] }
func band() color.RGBA { return color.RGBA{0xc5, 0xcc, 0xe0, 255} }

func (f *Figure) addCurve(curve plotter.XYs, colour color.Color, width vg.Length) {
	curve = thinned(curve, stretches)
	for first := 0; first < len(curve); first += piece {
		some := curve[first:min(len(curve), first+piece+1)]
		f.plot.Add(&plotter.Line{XYs: some, LineStyle: draw.LineStyle{Color: colour, Width: width}})
	}
}

const (
	stretches = 500 // about as many strokes as a figure as wide as a column has room for side by side
	piece     = 100 // strokes that are painted at a time: the time that a PNG takes grows with their square
)

// thinned is a curve in at most so many stretches of equally many vertices, each with its lowest and its highest.
func thinned(curve plotter.XYs, most int) plotter.XYs {
	if len(curve) <= 2*most {
		return curve
	}
	var out plotter.XYs
	for some := range slices.Chunk(curve, (len(curve)+most-1)/most) {
		low, high := 0, 0
		for i, v := range some {
			if v.Y < some[low].Y {
				low = i
			}
			if v.Y > some[high].Y {
				high = i
			}
		}
		out = append(out, some[min(low, high)], some[max(low, high)])
	}
	return out
}

// spread sets the limits of the axes a little beyond the data.
func (f *Figure) spread(x, y [2]float64) {
	margin := func(l [2]float64, part float64) (float64, float64) {
		by := part * (l[1] - l[0])
		if by == 0 {
			by = max(math.Abs(l[0])/10, 0.1)
		}
		return l[0] - by, l[1] + by
	}
	f.plot.X.Min, f.plot.X.Max = margin(x, 0.03)
	f.plot.Y.Min, f.plot.Y.Max = margin(y, 0.06)
}

// logarithmic makes an axis, whose limits are above zero, one of decades.
func (f *Figure) logarithmic(axis *gonum.Axis) {
	axis.Scale = gonum.LogScale{}
	axis.Tick.Marker = decades{}
}
