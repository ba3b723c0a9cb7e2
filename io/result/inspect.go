package result

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"brainsweep/io/h5"
)

// Inspect writes a summary for people.
func (r *Result) Inspect(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, part := range []func(io.Writer) error{r.inspectPoints, r.inspectAxes, r.inspectSeries, r.inspectMetrics, r.inspectFailed, r.inspectProvenance} {
		if err := part(out); err != nil {
			return err
		}
		if err := out.Flush(); err != nil { // columns are as wide as their own part needs
			return err
		}
	}
	return nil
}

func (r *Result) inspectPoints(w io.Writer) error {
	status, err := r.Status()
	if err != nil {
		return err
	}
	var n [3]int
	for _, s := range status {
		n[min(s, Missing)]++
	}
	info, err := os.Stat(r.file.Path())
	if err != nil {
		return err
	}
	mode := r.Mode
	if len(r.Grid) > 0 {
		mode += " of " + strings.Trim(strings.ReplaceAll(fmt.Sprint(r.Grid), " ", " x "), "[]")
	}
	if r.Title != "" {
		fmt.Fprintf(w, "%s\n\n", r.Title)
	}
	fmt.Fprintf(w, "file\t%s, %s\n", r.file.Path(), bytesText(info.Size()))
	fmt.Fprintf(w, "plan\t%s\n", r.Plan)
	fmt.Fprintf(w, "nodes\t%d\n", len(r.Nodes))
	fmt.Fprintf(w, "points\t%d: %d done, %d failed, %d missing\n", r.Points, n[Done], n[Failed], n[Missing])
	fmt.Fprintf(w, "sweep\t%s\n", mode)
	return nil
}

func (r *Result) inspectAxes(w io.Writer) error {
	if len(r.Axes) == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nAXES\tunit\tfrom\tto\tvalues\n")
	for _, a := range r.Axes {
		v, err := r.variable("/points/" + a)
		if err != nil {
			return err
		}
		text, err := r.IsText(v.Path)
		if err != nil {
			return err
		}
		if text {
			labels, err := r.Labels(v.Path)
			if err != nil {
				return err
			}
			slices.Sort(labels)
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", a, v.Unit, labels[0], labels[len(labels)-1], distinct(labels))
			continue
		}
		values, err := r.Axis(a)
		if err != nil {
			return err
		}
		slices.Sort(values)
		fmt.Fprintf(w, "%s\t%s\t%.6g\t%.6g\t%d\n", a, v.Unit, values[0], values[len(values)-1], distinct(values))
	}
	return nil
}

// distinct counts the different ones of sorted values.
func distinct[T comparable](sorted []T) int { return len(slices.Compact(slices.Clone(sorted))) }

func (r *Result) inspectSeries(w io.Writer) error {
	title := "\nSERIES\tunit\tpoints\tsamples\tfrom [s]\tto [s]\tper sample\ttype\n"
	for _, v := range r.Variables {
		if !v.IsSeries() {
			continue
		}
		times, err := r.Numbers(v.Coordinates("time"))
		if err != nil {
			return err
		}
		kind := "float64"
		if v.Single {
			kind = "float32"
		}
		fmt.Fprintf(w, "%s%s\t%s\t%d\t%d\t%.6g\t%.6g\t%d\t%s\n", title, v.Address(), v.Unit, v.Shape[0], v.Shape[1],
			times[0], times[len(times)-1], v.Width()/v.Shape[1], kind)
		title = ""
	}
	return nil
}

func (r *Result) inspectMetrics(w io.Writer) error {
	title := "\nMETRICS\tunit\tper point\tmin\tmedian\tmax\tundefined\n"
	for _, v := range r.Variables {
		if v.IsSeries() {
			continue
		}
		s, err := r.summarise(v)
		if err != nil {
			return err
		}
		shape := strings.Join(v.Dims[1:], " x ")
		if shape == "" {
			shape = "1"
		}
		fmt.Fprintf(w, "%s%s\t%s\t%s\t%s\t%s\t%s\t%d\n", title, v.Address(), v.Unit, shape, number6(s.min), number6(s.median), number6(s.max), s.undefined)
		title = ""
	}
	return nil
}

// number6 shows what is not there as a dash.
func number6(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf("%.6g", v+0) // without the sign of -0
}

// summary is what inspect tells of a metric. The median is NaN where there is more than one number per point.
type summary struct {
	min, median, max float64
	undefined        int
}

// summarise reads a metric a slab at a time.
func (r *Result) summarise(v Variable) (summary, error) {
	s := summary{math.NaN(), math.NaN(), math.NaN(), 0}
	var all []float64
	step := max(1, slab/8/max(1, v.Width()))
	for first := 0; first < v.Shape[0]; first += step {
		values, err := r.Rows(v, first, min(step, v.Shape[0]-first))
		if err != nil {
			return s, err
		}
		for _, x := range values {
			if math.IsNaN(x) {
				s.undefined++
				continue
			}
			if !(s.min <= x) {
				s.min = x
			}
			if !(s.max >= x) {
				s.max = x
			}
			if len(v.Dims) == 1 {
				all = append(all, x)
			}
		}
	}
	if slices.Sort(all); len(all) > 0 {
		s.median = (all[(len(all)-1)/2] + all[len(all)/2]) / 2
	}
	return s, nil
}

// shown is how many failed points are told one by one.
const shown = 10

func (r *Result) inspectFailed(w io.Writer) error {
	status, err := r.Status()
	if err != nil {
		return err
	}
	states, err := r.States()
	if err != nil {
		return err
	}
	failed := 0
	for point, s := range status {
		if s != Failed {
			continue
		}
		if failed++; failed > shown {
			continue
		}
		if failed == 1 {
			fmt.Fprintf(w, "\nFAILED\tat [s]\tnode\tstate\tparameters\n")
		}
		f, err := r.Fault(point)
		if err != nil {
			return err
		}
		values, err := r.PointText(point)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%d\t%.6g\t%s\t%s\t%s\n", point, f.Time/1000, label(r.Nodes, f.Node), label(states, f.State), values)
	}
	if failed > shown {
		fmt.Fprintf(w, "and %d more\n", failed-shown)
	}
	return nil
}

// label is the name of number i.
func label(names []string, i int) string {
	if i >= 0 && i < len(names) {
		return names[i]
	}
	return fmt.Sprint(i)
}

// PointText gives a point's parameters, such as "b_e = 20, coupling.a = 0.3".
func (r *Result) PointText(point int) (string, error) {
	var words []string
	for _, a := range r.Axes {
		set, err := r.file.OpenDataset("/points/" + a)
		if err != nil {
			return "", err
		}
		defer set.Close()
		var text string
		if one := make([]string, 1); set.Type() == h5.String {
			err = set.Read([]int{point}, []int{1}, one)
			text = one[0]
		} else {
			one := make([]float64, 1)
			err = set.Read([]int{point}, []int{1}, one)
			text = fmt.Sprintf("%.6g", one[0])
		}
		if err != nil {
			return "", err
		}
		words = append(words, a+" = "+text)
	}
	return strings.Join(words, ", "), nil
}

func (r *Result) inspectProvenance(w io.Writer) error {
	entries, err := r.Provenance()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nPROVENANCE\n")
	for _, e := range entries {
		text := fmt.Sprint(e.Value)
		switch v := e.Value.(type) {
		case string:
			text = strings.TrimSpace(v)
			if lines := strings.Count(text, "\n") + 1; lines > 1 {
				text = fmt.Sprintf("(%d lines)", lines)
			}
		case []string:
			if text = strings.Join(v, ", "); strings.Contains(text, "\n") {
				text = fmt.Sprintf("(%d texts)", len(v))
			}
		case float64:
			text = fmt.Sprintf("%.6g", v)
		}
		fmt.Fprintf(w, "%s\t%s\n", e.Name, text)
	}
	return nil
}

func bytesText(n int64) string {
	switch b := float64(n); {
	case b >= 1e9:
		return fmt.Sprintf("%.1f GB", b/1e9)
	case b >= 1e6:
		return fmt.Sprintf("%.1f MB", b/1e6)
	case b >= 1e3:
		return fmt.Sprintf("%.1f kB", b/1e3)
	}
	return fmt.Sprintf("%d bytes", n)
}
