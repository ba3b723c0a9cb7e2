package plot

import (
	"fmt"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Options say what to draw. The zero value asks for a map of a sensible metric over the first two axes.
type Options struct {
	What   string            // one of Kinds; "": as Metric has it, a map or what its numbers make
	Metric string            // an address such as "E.rate_mean"; "" chooses
	X, Y   string            // addresses of axes; "" chooses
	Facet  string            // the address of a third axis: a map for each of its values; "" for one map
	At     map[string]string // an axis is held at the value nearest to this; the others are averaged
	Point  int               // whose matrix, series or spectrum; -1: the first that has one
}

// Kinds are the pictures that there are.
func Kinds() []string {
	return []string{"map", "line", "fc", "series", "carpet", "bold", "psd", "connectome"}
}

// Draw makes the figure that the options ask for. What the result does not have is a fault.
func Draw(r *result.Result, o Options) (*Figure, error) {
	if o.What == "" {
		o.What = kindOf(r, o)
	}
	switch o.What {
	case "", "map", "line":
		return drawSweep(r, o)
	case "fc":
		return drawMatrix(r, o)
	case "series", "bold":
		return drawSeries(r, o)
	case "carpet":
		return drawCarpet(r, o)
	case "psd":
		return drawSpectrum(r, o)
	case "connectome":
		return drawConnectome(r)
	}
	return nil, missing("there is no picture %q%s; there are %s", o.What, fault.Suggest(o.What, Kinds()), strings.Join(Kinds(), ", "))
}

// kindOf is the picture of a matrix, a series or a spectrum that is named, where nothing says which; "" for the others.
func kindOf(r *result.Result, o Options) string {
	v, err := r.Variable(o.Metric)
	switch {
	case o.Metric == "" || err != nil || o.X != "" || o.Y != "" || o.Facet != "" || len(o.At) > 0:
	case v.IsSeries():
		return "series"
	case isMatrix(v):
		return "fc"
	case isSpectrum(v):
		return "psd"
	}
	return ""
}

func isMatrix(v result.Variable) bool {
	return !v.IsSeries() && len(v.Shape) == 3 && v.Shape[1] == v.Shape[2]
}

func isSpectrum(v result.Variable) bool {
	return !v.IsSeries() && len(v.Dims) == 2 && strings.Contains(v.Dims[1], "frequency")
}

// most is how many metrics Overview draws.
const most = 24

// Overview draws what there is: the metrics that differ between points over the first two axes, the leaders first and up
// to a number, and a point's matrix, series and spectrum; where a point is chosen, with -1 for none, only what is its own.
// It also names the metrics that it left out.
func Overview(r *result.Result, point int) (figures []*Figure, leftOut []string, err error) {
	kinds := []string{"fc", "series", "bold", "psd"}
	if point < 0 {
		if figures, leftOut, err = metricsOf(r); err != nil {
			return nil, nil, err
		}
		kinds = append(kinds, "connectome")
	} else if point >= r.Points {
		return nil, nil, noPoint(r, point)
	}
	for _, what := range kinds {
		f, err := Draw(r, Options{What: what, Point: point})
		if fault.Is(err) {
			continue // the result has none
		}
		if err != nil {
			return nil, nil, err
		}
		if !slices.ContainsFunc(figures, func(g *Figure) bool { return g.Name == f.Name }) {
			figures = append(figures, f)
		}
	}
	if len(figures) == 0 {
		return nil, nil, missing("the result has no matrix, series or spectrum of point %d", point)
	}
	return figures, leftOut, nil
}

// metricsOf draws the metrics that differ between points, up to a number, and names the others.
func metricsOf(r *result.Result) (figures []*Figure, leftOut []string, err error) {
	if len(r.Axes) == 0 {
		return nil, nil, nil
	}
	for _, v := range LeadersFirst(r.Variables) {
		if !scalar(v) {
			continue
		}
		values, err := r.Rows(v, 0, v.Shape[0])
		if err != nil {
			return nil, nil, err
		}
		if limits := reach(values); limits[0] == limits[1] {
			continue
		}
		if len(figures) == most {
			leftOut = append(leftOut, v.Address())
			continue
		}
		f, err := Draw(r, Options{Metric: v.Address()})
		if err != nil {
			return nil, nil, err
		}
		figures = append(figures, f)
	}
	return figures, leftOut, nil
}

func noPoint(r *result.Result, point int) error {
	return missing("there is no point %d; they are 0 to %d", point, r.Points-1)
}

func missing(format string, args ...any) error {
	return fault.Mistake{Msg: fmt.Sprintf(format, args...)}
}

// find gives the variable that the user named, or the first of those that fit; preferred addresses come first.
func find(r *result.Result, name, what string, fits func(result.Variable) bool, preferred ...string) (result.Variable, error) {
	var fitting []string
	for _, v := range r.Variables {
		if fits(v) {
			fitting = append(fitting, v.Address())
		}
	}
	if len(fitting) == 0 {
		return result.Variable{}, missing("the result has no %s", what)
	}
	if name == "" {
		name = fitting[0]
		for _, p := range slices.Backward(preferred) {
			if slices.Contains(fitting, p) {
				name = p
			}
		}
	}
	if !slices.Contains(fitting, name) {
		return result.Variable{}, missing("the result has no %s %q%s; it has %s", what, name, fault.Suggest(name, fitting), fault.Among(fitting))
	}
	return r.Variable(name)
}

// rowOf gives the row of a variable that belongs to a point, and the point: with -1 the first that is done.
func rowOf(r *result.Result, v result.Variable, point int) (row, chosen int, err error) {
	points, err := r.PointsOf(v)
	if err != nil {
		return 0, 0, err
	}
	status, err := r.Status()
	if err != nil {
		return 0, 0, err
	}
	if point < 0 {
		row = slices.IndexFunc(points, func(p int) bool { return p >= 0 && p < len(status) && status[p] == result.Done })
		if row < 0 {
			return 0, 0, missing("%s: no point is done", v.Address())
		}
		return row, points[row], nil
	}
	if point >= r.Points {
		return 0, 0, noPoint(r, point)
	}
	if row = slices.Index(points, point); row < 0 {
		return 0, 0, missing("%s is not kept at point %d; it is at %s", v.Address(), point, someOf(points))
	}
	return row, point, nil
}

func someOf(points []int) string {
	words := strings.Trim(fmt.Sprint(points[:min(12, len(points))]), "[]")
	if len(points) > 12 {
		words += " ..."
	}
	return strings.ReplaceAll(words, " ", ", ")
}

// about is what a variable is, in words where there are any.
func about(v result.Variable) string {
	if v.About == "" {
		return v.Address()
	}
	return v.Address() + ": " + v.About
}

// atPoint says which point, with its parameters.
func atPoint(r *result.Result, point int) (string, error) {
	text, err := r.PointText(point)
	if text != "" {
		text = " (" + text + ")"
	}
	return fmt.Sprintf("point %d%s", point, text), err
}

// taken is a variable at one point.
type taken struct {
	result.Variable
	point  int
	where  string // the point, with its parameters
	values []float64
}

// take reads the variable that the options name, or the first of those that fit, at the point that they name, or the first
// that has it; what says what kind of variable that is.
func take(r *result.Result, o Options, what string, fits func(result.Variable) bool, preferred ...string) (t taken, err error) {
	if t.Variable, err = find(r, o.Metric, what, fits, preferred...); err != nil {
		return t, err
	}
	row, point, err := rowOf(r, t.Variable, o.Point)
	if err != nil {
		return t, err
	}
	t.point = point
	if t.where, err = atPoint(r, point); err != nil {
		return t, err
	}
	t.values, err = r.At(t.Variable, row)
	return t, err
}
