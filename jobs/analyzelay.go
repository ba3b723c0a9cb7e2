package jobs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"brainsweep/connectome"
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/metrics"
)

// lay lays out the metrics.
func (an *analysis) lay(a Analysis) error {
	res, p := an.res, an.plan
	states, err := res.States()
	if err != nil {
		return err
	}
	l := &result.Layout{Title: res.Title, Points: res.Points, Mode: res.Mode, Grid: res.Grid, Connectome: p.Connectome, States: states}
	an.layout = l
	if an.subject != nil {
		for i, s := range p.Subjects {
			l.Subjects = append(l.Subjects, result.Subject{ID: s.ID, Connectome: func() (*connectome.Connectome, error) { return res.ConnectomeOf(i) }})
		}
	}
	if err := an.axes(); err != nil {
		return err
	}
	if res.Has("/points/name") {
		names, err := res.Labels("/points/name")
		if err != nil {
			return err
		}
		l.Name = func(point int) string { return names[point] }
	}
	for _, q := range an.quantities {
		for _, m := range q.table {
			l.Metrics = append(l.Metrics, result.Metric{Quantity: q.name, Name: m.Name, Unit: m.Unit(q.variable.Unit), About: m.About,
				Dims: an.dims(m.Shape, q), LessIsBetter: m.LessIsBetter})
		}
	}
	h := sha256.New()
	var w writer
	p.metricsDigest(&w)
	for _, q := range an.quantities {
		fmt.Fprintln(&w, q.name, q.variable.Path, q.skip)
	}
	fmt.Fprintf(h, "brainsweep analysis 1\n%s\n%s", res.Plan, w.String())
	l.Plan = hex.EncodeToString(h.Sum(nil))
	l.Basis = l.Plan
	l.Provenance = append(l.Provenance, result.Entry{Name: "analysis", Value: an.text()},
		result.Entry{Name: "analysed", Value: filepath.Base(res.Path())}, result.Entry{Name: "analysed_plan_digest", Value: res.Plan})
	entries, err := res.Provenance()
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name == "plan" || e.Name == "job" {
			l.Provenance = append(l.Provenance, e)
		}
	}
	l.Provenance = append(l.Provenance, a.Versions...)
	if len(l.Metrics) == 0 {
		return fault.Mistake{Msg: "there is nothing to compute: " + strings.Join(an.warnings, "; ")}
	}
	return l.Check()
}

// axes takes over the swept quantities.
func (an *analysis) axes() error {
	for _, address := range an.res.Axes {
		unit, err := an.res.AxisUnit(address)
		if err != nil {
			return err
		}
		axis := result.Axis{Address: address, Unit: unit}
		text, err := an.res.IsText("/points/" + address)
		if err != nil {
			return err
		}
		if text {
			labels, err := an.res.Labels("/points/" + address)
			if err != nil {
				return err
			}
			axis.Text = func(point int) string { return labels[point] }
		} else {
			values, err := an.res.Axis(address)
			if err != nil {
				return err
			}
			axis.Value = func(point int) float64 { return values[point] }
		}
		an.layout.Axes = append(an.layout.Axes, axis)
	}
	return nil
}

// dims names the dimensions of a metric, as a run does; where two series differ in one, it has the quantity's name besides.
func (an *analysis) dims(shape metrics.Shape, q *analysed) []string {
	var names []string
	for _, d := range shape.Dims(q.setup) {
		name := d.Name
		if q.channels != nil && d.Values == nil {
			names = append(names, an.channelDim(*q.channels, strings.TrimPrefix(d.Name, "node"), q))
			continue
		}
		if d.Values != nil {
			if an.plan.source(q.name) == boldQuantity {
				name += "_" + boldQuantity
			}
			same := func(known result.Dim) bool { return known.Name == name && !slices.Equal(known.Values, d.Values) }
			if slices.ContainsFunc(an.layout.Dims, same) {
				name = d.Name + "_" + q.name
			}
			if !slices.ContainsFunc(an.layout.Dims, func(known result.Dim) bool { return known.Name == name }) {
				an.layout.Dims = append(an.layout.Dims, result.Dim{Name: name, Unit: d.Unit, About: d.About, Values: d.Values})
			}
		}
		names = append(names, name)
	}
	return names
}

// channelDim adds the dimension of sensors or areas, or with the suffix "2" that of their pairs, to the layout, unless it is
// there, and names it; where two series have other ones, the second has its own.
func (an *analysis) channelDim(d result.Dim, suffix string, q *analysed) string {
	d.Name += suffix
	if slices.ContainsFunc(an.layout.Dims, func(known result.Dim) bool { return known.Name == d.Name && !slices.Equal(known.Labels, d.Labels) }) {
		d.Name += "_" + q.name
	}
	if !slices.ContainsFunc(an.layout.Dims, func(known result.Dim) bool { return known.Name == d.Name }) {
		an.layout.Dims = append(an.layout.Dims, d)
	}
	return d.Name
}

// text is what is computed, with all that was chosen, as sections of a job file.
func (an *analysis) text() string {
	var w writer
	p := an.plan
	w.WriteString("[metrics]\n")
	w.line("of", list(p.Metrics.Of, document.Quote))
	if len(p.Metrics.Use) > 0 {
		w.line("use", list(p.Metrics.Use, document.Quote))
	}
	p.optionsText(&w)
	p.targetText(&w)
	return w.String()
}
