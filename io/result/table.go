package result

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"brainsweep/fault"
)

// Query asks for a table of points: a line for each, with the swept values and metrics.
type Query struct {
	Top     int      // only so many, the best by By first; 0: all points in their order
	By      string   // a metric with one number for a point, such as "E.rate_mean"
	Lowest  bool     // the smallest values are the best,
	Highest bool     // or the largest; neither: as the metric says, see Layout.Metrics
	Metrics []string // columns besides By; nil: of Table all with one number, of Top none
}

// columns are a column of a table, or those of one metric.
type columns struct {
	names []string
	read  func(first, count int) ([]string, error) // of points, one after the other
}

// WriteTop writes the best points of a query for people. The mistakes say what cannot be ranked.
func (r *Result) WriteTop(w io.Writer, q Query) error {
	points, ranked, lowest, err := r.top(q)
	if err != nil {
		return err
	}
	all, err := r.columns(append([]string{q.By}, q.Metrics...), func(x float64) string { return number6(x) })
	if err != nil {
		return err
	}
	if ranked == 0 {
		_, err := fmt.Fprintf(w, "no point has %s: it is undefined for all %d\n", q.By, r.Points)
		return err
	}
	word := "highest"
	if lowest {
		word = "lowest"
	}
	head := fmt.Sprintf("the %d points with the %s %s", len(points), word, q.By)
	if len(points) == 1 {
		head = fmt.Sprintf("the point with the %s %s", word, q.By)
	}
	fmt.Fprintf(w, "%s, of %d", head, ranked)
	if undefined := r.Points - ranked; undefined > 0 {
		fmt.Fprintf(w, " (%d more have none)", undefined)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	var header []string
	for _, c := range all {
		header = append(header, c.names...)
	}
	fmt.Fprintln(out, strings.Join(header, "\t"))
	err = r.lines(all, points, func(cells []string) error {
		_, err := fmt.Fprintln(out, strings.Join(cells, "\t"))
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// WriteCSV writes a table for programs: the number of the point, what became of it, the swept values and the metrics with
// all their digits; what is undefined is empty. A metric with more numbers for a point has a column for each, with its
// region, pair or frequency in brackets. left names the metrics that are left out because they have.
func (r *Result) WriteCSV(w io.Writer, q Query) (left []string, err error) {
	var points []int
	if q.Top > 0 || q.By != "" {
		if points, _, _, err = r.top(q); err != nil {
			return nil, err
		}
	}
	chosen := q.Metrics
	if chosen == nil {
		for _, v := range r.Variables {
			switch {
			case v.IsSeries():
			case len(v.Dims) == 1:
				chosen = append(chosen, v.Address())
			default:
				left = append(left, v.Address())
			}
		}
	} else if q.By != "" {
		chosen = append([]string{q.By}, chosen...)
	}
	all, err := r.columns(chosen, exact)
	if err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	var header []string
	for _, c := range all {
		header = append(header, c.names...)
	}
	if err := out.Write(header); err != nil {
		return nil, err
	}
	if err := r.lines(all, points, out.Write); err != nil {
		return nil, err
	}
	out.Flush()
	return left, out.Error()
}

// exact writes a number so that it reads again as the same bits.
func exact(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// top gives the best points, the best first, and how many could be ranked.
func (r *Result) top(q Query) (points []int, ranked int, lowest bool, err error) {
	v, err := r.ranking(q)
	if err != nil {
		return nil, 0, false, err
	}
	if lowest = q.Lowest; !q.Lowest && !q.Highest {
		if lowest, err = r.lessIsBetter(v); err != nil {
			return nil, 0, false, err
		}
	}
	values, err := r.Rows(v, 0, r.Points)
	if err != nil {
		return nil, 0, false, err
	}
	for point, x := range values {
		if !math.IsNaN(x) {
			points = append(points, point)
		}
	}
	ranked = len(points)
	slices.SortStableFunc(points, func(a, b int) int {
		switch x, y := values[a], values[b]; {
		case x == y:
			return 0
		case (x < y) == lowest:
			return -1
		}
		return 1
	})
	if q.Top > 0 {
		points = points[:min(q.Top, len(points))]
	}
	return points, ranked, lowest, nil
}

// lessIsBetter tells whether a metric is a distance.
func (r *Result) lessIsBetter(v Variable) (bool, error) {
	names, err := r.file.Attrs(v.Path)
	if err != nil || !slices.Contains(names, bestAttribute) {
		return false, err
	}
	value, err := r.file.Attr(v.Path, bestAttribute)
	return value == lowest, err
}

// ranking finds what a query ranks by.
func (r *Result) ranking(q Query) (Variable, error) {
	var scalars []string
	for _, v := range r.Variables {
		if !v.IsSeries() && len(v.Dims) == 1 {
			scalars = append(scalars, v.Address())
		}
	}
	v, err := r.metric(q.By, scalars)
	if err == nil && len(v.Dims) > 1 {
		err = fault.Mistake{Msg: fmt.Sprintf("%s has %s numbers for a point; ranking needs a metric with one", v.Address(), strings.Trim(strings.ReplaceAll(fmt.Sprint(v.Shape[1:]), " ", " x "), "[]"))}
	}
	return v, err
}

// metric finds a metric by its address; the mistake suggests one of those known.
func (r *Result) metric(address string, known []string) (Variable, error) {
	for _, v := range r.Variables {
		if !v.IsSeries() && v.Address() == address {
			return v, nil
		}
	}
	hint := fault.Suggest(address, known)
	if hint == "" {
		hint = "; brainsweep inspect " + r.file.Path() + " lists them"
	}
	return Variable{}, fault.Mistake{Msg: fmt.Sprintf("%s has no metric %q%s", r.file.Path(), address, hint)}
}

// columns prepares the columns of a table: point, status, swept values, and the metrics, each once. write makes text of numbers.
func (r *Result) columns(metrics []string, write func(x float64) string) ([]columns, error) {
	status, err := r.Status()
	if err != nil {
		return nil, err
	}
	words := []string{"done", "failed", "missing"}
	all := []columns{
		{[]string{"point"}, each(func(point int) string { return strconv.Itoa(point) })},
		{[]string{"status"}, each(func(point int) string { return words[min(status[point], Missing)] })},
	}
	for _, a := range r.Axes {
		c, err := r.axisColumn(a, write)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	var known []string
	for _, v := range r.Variables {
		if !v.IsSeries() {
			known = append(known, v.Address())
		}
	}
	var faults fault.List
	seen := map[string]bool{}
	for _, address := range metrics {
		v, err := r.metric(address, known)
		if faults.Add(err); err != nil || seen[address] {
			continue
		}
		seen[address] = true
		c := columns{read: func(first, count int) ([]string, error) {
			values, err := r.Rows(v, first, count)
			return texts(values, write), err
		}}
		if c.names, err = r.names(v); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, faults.Err()
}

// each reads a column that is a function of the point.
func each(of func(point int) string) func(first, count int) ([]string, error) {
	return func(first, count int) ([]string, error) {
		out := make([]string, count)
		for i := range out {
			out[i] = of(first + i)
		}
		return out, nil
	}
}

func texts(values []float64, write func(x float64) string) []string {
	out := make([]string, len(values))
	for i, x := range values {
		out[i] = write(x)
	}
	return out
}

func (r *Result) axisColumn(address string, write func(x float64) string) (columns, error) {
	c := columns{names: []string{address}}
	text, err := r.IsText("/points/" + address)
	if err != nil {
		return c, err
	}
	if text {
		labels, err := r.Labels("/points/" + address)
		c.read = each(func(point int) string { return labels[point] })
		return c, err
	}
	values, err := r.Axis(address)
	c.read = each(func(point int) string { return write(values[point]) })
	return c, err
}

// names gives a metric's columns their names: its address, and in brackets where in it each number stands.
func (r *Result) names(v Variable) ([]string, error) {
	names := []string{""}
	for _, dim := range v.Dims[1:] {
		at := v.Coordinates(dim)
		text, err := r.IsText(at)
		if err != nil {
			return nil, err
		}
		var places []string
		if text {
			places, err = r.Labels(at)
		} else {
			var values []float64
			values, err = r.Numbers(at)
			places = texts(values, exact)
		}
		if err != nil {
			return nil, err
		}
		var longer []string
		for _, before := range names {
			for _, p := range places {
				if before != "" {
					p = before + "," + p
				}
				longer = append(longer, p)
			}
		}
		names = longer
	}
	for i, where := range names {
		names[i] = v.Address()
		if where != "" {
			names[i] += "[" + where + "]"
		}
	}
	return names, nil
}

// lines writes a line for each of the points, or for all in slabs where points is nil.
func (r *Result) lines(all []columns, points []int, write func(cells []string) error) error {
	width := 0
	for _, c := range all {
		width += len(c.names)
	}
	step := max(1, slab/64/width) // a cell takes some 64 bytes
	total := len(points)
	if points == nil {
		total = r.Points
	} else {
		step = 1 // they are not neighbours
	}
	for from := 0; from < total; from += step {
		first, count := from, min(step, total-from)
		if points != nil {
			first = points[from]
		}
		rows := make([][]string, count)
		for _, c := range all {
			cells, err := c.read(first, count)
			if err != nil {
				return err
			}
			each := len(c.names)
			for i := range rows {
				rows[i] = append(rows[i], cells[i*each:(i+1)*each]...)
			}
		}
		for _, row := range rows {
			if err := write(row); err != nil {
				return err
			}
		}
	}
	return nil
}
