package jobs

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"

	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/metrics"
)

// confidence is the level of the intervals of groups.
const confidence = 0.95

// Fits says for each subject of a cohort which parameter set is the best by a metric. A set's value is the mean of the
// metric over its seeds.
type Fits struct {
	By        string
	Lowest    bool     // the smallest values are the best
	Axes      []string // that make the parameter sets, without subject and seed
	Subjects  []Fit    // by their order in the result, those without any value too
	Sets      []Group  // of every parameter set over the subjects, in the order of points
	Best      []Group  // of every axis and of the metric itself, at the subjects' best sets
	bestNames []string
}

// Fit is the best parameter set of a subject.
type Fit struct {
	Subject string
	Reason  string    // why the subject could not be simulated
	Point   int       // with the set's first seed; -1 where the subject has no value
	Values  []float64 // of the axes
	Value   float64   // of the metric
	Seeds   int       // that it is the mean of
	Spread  float64   // standard deviation over seeds; NaN with one
}

// Group is a number over the subjects: its mean, with the ends of the confidence interval at 95 %.
type Group struct {
	Values          []float64 // of the axes, where it is of a parameter set
	Mean, Low, High float64
	Subjects        int
}

// FitsOf finds the best parameter set of each subject in the result of a cohort. by is a metric with one number a point, such
// as bold.fc_fit; lowest and highest say which values are best, where the metric does not.
func FitsOf(res *result.Result, q result.Query) (*Fits, error) {
	if !res.IsCohort() {
		return nil, fault.Mistake{Pos: fault.Pos{File: res.Path()}, Msg: "is the result of one connectome; brainsweep inspect tells its best points"}
	}
	v, values, lowest, err := res.Ranked(q)
	if err != nil {
		return nil, err
	}
	f := &Fits{By: v.Address(), Lowest: lowest}
	columns := [][]float64{}
	for _, axis := range res.Axes {
		if axis == "subject" || axis == seedAddress {
			continue
		}
		column, err := res.Axis(axis)
		if err != nil {
			return nil, err
		}
		f.Axes, columns = append(f.Axes, axis), append(columns, column)
	}
	subjects, err := res.Labels("/points/subject")
	if err != nil {
		return nil, err
	}
	people, err := res.Participants()
	if err != nil {
		return nil, err
	}
	f.gather(people, subjects, columns, values)
	return f, nil
}

// set is a parameter set of one subject.
type set struct {
	point  int
	values []float64 // of the axes
	of     []float64 // the metric, by seed
}

// gather sorts the points of the result into sets.
func (f *Fits) gather(people []result.Participant, subjects []string, columns [][]float64, metric []float64) {
	sets := map[string][]*set{} // by subject
	known := map[string]*set{}
	for point, subject := range subjects {
		at := make([]float64, len(columns))
		for k := range columns {
			at[k] = columns[k][point]
		}
		key := fmt.Sprint(subject, at)
		if known[key] == nil {
			known[key] = &set{point: point, values: at}
			sets[subject] = append(sets[subject], known[key])
		}
		if !math.IsNaN(metric[point]) {
			known[key].of = append(known[key].of, metric[point])
		}
	}
	for _, p := range people {
		f.Subjects = append(f.Subjects, f.best(p, sets[p.ID]))
	}
	f.groups(people, sets)
}

// best is the best of a subject's sets; of equal ones the first.
func (f *Fits) best(p result.Participant, sets []*set) Fit {
	out := Fit{Subject: p.ID, Reason: p.Reason, Point: -1, Value: math.NaN(), Spread: math.NaN()}
	for _, s := range sets {
		mean, spread := moments(s.of)
		if math.IsNaN(mean) || !math.IsNaN(out.Value) && (mean == out.Value || (mean < out.Value) != f.Lowest) {
			continue
		}
		out.Point, out.Values, out.Value, out.Seeds, out.Spread = s.point, s.values, mean, len(s.of), spread
	}
	return out
}

// moments are the mean and the standard deviation (n - 1), NaN where there are too few numbers.
func moments(x []float64) (mean, spread float64) {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	mean = sum / float64(len(x))
	if len(x) < 2 {
		return mean, math.NaN()
	}
	squares := 0.0
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / float64(len(x)-1))
}

// groups are the means over the subjects.
func (f *Fits) groups(people []result.Participant, sets map[string][]*set) {
	over := map[string][]float64{}
	var order []*set
	for _, p := range people {
		for _, s := range sets[p.ID] {
			key := fmt.Sprint(s.values)
			if over[key] == nil {
				order = append(order, s)
			}
			mean, _ := moments(s.of)
			over[key] = append(over[key], mean)
		}
	}
	group := func(x, values []float64) Group {
		g := Group{Values: values}
		g.Mean, g.Low, g.High, g.Subjects = metrics.Confidence(x, confidence)
		return g
	}
	for _, s := range order {
		f.Sets = append(f.Sets, group(over[fmt.Sprint(s.values)], s.values))
	}
	for k := range len(f.Axes) + 1 {
		var x []float64
		for _, fit := range f.Subjects {
			if fit.Point >= 0 && k < len(f.Axes) {
				x = append(x, fit.Values[k])
			} else if fit.Point >= 0 {
				x = append(x, fit.Value)
			}
		}
		f.Best = append(f.Best, group(x, nil))
	}
	f.bestNames = append(slices.Clone(f.Axes), f.By)
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

func cellsOf(x []float64) []string {
	out := make([]string, len(x))
	for i, v := range x {
		out[i] = number(v)
	}
	return out
}

// Write writes the tables for people: subjects, the group at its best, parameter sets over the group.
func (f *Fits) Write(w io.Writer) error {
	word := "highest"
	if f.Lowest {
		word = "lowest"
	}
	fmt.Fprintf(w, "the parameter set with the %s %s of each subject\n\n", word, f.By)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(cells ...string) {
		for i, c := range cells {
			if i > 0 {
				fmt.Fprint(out, "\t")
			}
			fmt.Fprint(out, c)
		}
		fmt.Fprintln(out)
	}
	row(append(append([]string{"subject", "point"}, f.Axes...), f.By, "seeds", "sd")...)
	for _, s := range f.Subjects {
		switch {
		case s.Reason != "":
			row(s.Subject, "left out: "+s.Reason)
		case s.Point < 0:
			row(s.Subject, "has no value at any point")
		default:
			row(append(append([]string{s.Subject, strconv.Itoa(s.Point)}, cellsOf(s.Values)...), number(s.Value), strconv.Itoa(s.Seeds), number(s.Spread))...)
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\nmeans over the subjects at their best, with %.0f %% confidence intervals\n\n", 100*confidence)
	for k, g := range f.Best {
		row(f.bestNames[k], number(g.Mean), "["+number(g.Low)+", "+number(g.High)+"]", fmt.Sprintf("%d subjects", g.Subjects))
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s over the subjects at every parameter set\n\n", f.By)
	row(append(slices.Clone(f.Axes), "mean", fmt.Sprintf("%.0f %% interval", 100*confidence), "subjects")...)
	for _, g := range f.Sets {
		row(append(cellsOf(g.Values), number(g.Mean), "["+number(g.Low)+", "+number(g.High)+"]", strconv.Itoa(g.Subjects))...)
	}
	return out.Flush()
}

// WriteCSV writes the table of subjects with all digits.
func (f *Fits) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	exact := func(x float64) string {
		if math.IsNaN(x) {
			return ""
		}
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	out.Write(append(append([]string{"subject", "point"}, f.Axes...), f.By, "seeds", "sd", "reason")) // Flush keeps the error
	for _, s := range f.Subjects {
		line := []string{s.Subject, ""}
		if s.Point >= 0 {
			line[1] = strconv.Itoa(s.Point)
		}
		for k := range f.Axes {
			cell := ""
			if s.Point >= 0 {
				cell = exact(s.Values[k])
			}
			line = append(line, cell)
		}
		out.Write(append(line, exact(s.Value), strconv.Itoa(s.Seeds), exact(s.Spread), s.Reason))
	}
	out.Flush()
	return out.Error()
}
