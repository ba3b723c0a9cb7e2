package jobs

import (
	"slices"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/io/result"
	"brainsweep/metrics"
	"brainsweep/sim"
	"brainsweep/sweep"
)

// channel is a quantity of a stream.
type channel struct{ stream, quantity int }

// setup is a plan as the simulation and the result see it: which stream gives which series and which metrics.
type setup struct {
	plan    *Plan
	study   *sim.Study
	layout  *result.Layout
	series  []channel // of each of the layout's series
	views   []*View   // of each of them: how it is made of the channel; nil: it is the channel
	metrics []drawn   // of each of the layout's metrics
	signals []tapped  // series that metrics need
}

// tapped is a channel whose series metrics need.
type tapped struct {
	channel
	unit  string
	table []metrics.Metric // of it

	filtered []string // quantities that are made of it by filters, which need the whole series
	whole    bool     // any metric needs the whole series
}

// drawn is a metric and the channel whose moments it is drawn from.
type drawn struct {
	channel
	metrics.Metric
	unit   string    // of the quantity
	filter *Filtered // nil: the quantity as it is
}

// newSetup translates a plan.
func newSetup(p *Plan) (*setup, error) {
	scheme, err := codegen.FindScheme(p.Run.Scheme)
	if err != nil {
		return nil, err
	}
	s := &setup{plan: p, study: &sim.Study{
		Spec: codegen.Spec{
			Title: p.Title, Model: p.Model, Coupling: p.Coupling, Scheme: scheme, Precision: p.Run.Precision,
			Nodes: p.Subjects[0].Nodes(), PerNode: p.PerNode(), Noisy: p.Noisy(), Coloured: p.Coloured(), Clamped: p.Clamped(), Stimuli: p.Stimuli,
		},
		Step: p.Run.Step, Steps: p.Run.Steps(), Transient: p.Run.TransientSteps(),
		Series: p.stimulusSeries(),
	}}
	s.layout = &result.Layout{
		Title: p.Title, Plan: p.Hash(), Basis: p.Basis(), Steps: p.Run.Steps(), Points: p.Points(),
		Identity: func(i int) []byte { return p.Point(i).identity() }, Mode: string(p.Sweep.Mode), Connectome: p.Connectome,
		Name: func(i int) string { return p.Point(i).Name() },
	}
	for _, state := range p.Model.States {
		s.layout.States = append(s.layout.States, state.Name)
	}
	s.axes()
	s.subjects()
	for _, record := range p.Records {
		if err := s.record(record); err != nil {
			return nil, err
		}
	}
	s.drawMetrics()
	for i, t := range s.signals {
		_, needed := metrics.Streams(t.table, s.tapSetup(t, p.Metrics.effective))
		s.signals[i].whole = needed || len(t.filtered) > 0
	}
	for i := range s.layout.Series {
		count, first, period := s.study.Samples(s.series[i].stream)
		s.layout.Series[i].Times = result.Times{Count: int(count), First: first, Period: period}
	}
	return s, s.layout.Check()
}

func (s *setup) axes() {
	p := s.plan
	if p.Cohort != nil {
		s.layout.Axes = []result.Axis{{Address: "subject", Text: func(point int) string { return p.Subjects[p.Point(point).Subject].ID }}}
		s.layout.Grid = []int{len(p.Subjects)}
	}
	for k, axis := range p.Sweep.Axes {
		s.layout.Axes = append(s.layout.Axes, result.Axis{
			Address: axis.Address, Unit: axis.Unit,
			Value: func(point int) float64 { return p.Point(point).Values[k] },
		})
		s.layout.Grid = append(s.layout.Grid, len(axis.Values))
	}
	if p.seeds() > 1 {
		s.layout.Axes = append(s.layout.Axes, result.Axis{
			Address: seedAddress, Value: func(point int) float64 { return float64(p.Point(point).Seed()) },
		})
		s.layout.Grid = append(s.layout.Grid, p.seeds())
	}
	if p.Cohort != nil && len(p.Sweep.Axes) == 0 {
		s.layout.Mode = string(sweep.Grid)
	}
	if s.layout.Mode != "grid" {
		s.layout.Grid = nil
	}
}

// subjects are the layout's subjects, and what became of others that were chosen.
func (s *setup) subjects() {
	p := s.plan
	if p.Cohort == nil {
		return
	}
	for i := range p.Subjects {
		subject := &p.Subjects[i]
		s.layout.Subjects = append(s.layout.Subjects, result.Subject{
			ID: subject.ID, Place: subject.place, Connectome: func() (*connectome.Connectome, error) { return p.ConnectomeOf(i) },
		})
	}
	for _, b := range p.Cohort.Broken {
		s.layout.Broken = append(s.layout.Broken, result.Broken{ID: b.ID, Reason: b.Reason})
	}
}

// tap finds the stream of a kind and period that samples quantities of the node's model, or makes it, and has it
// sample one more.
func (s *setup) tap(kind codegen.Kind, period float64, name string, late bool) channel {
	steps := int(wholeSteps(period, s.plan.Run.Step))
	i := slices.IndexFunc(s.study.Streams, func(st codegen.Stream) bool {
		return st.Kind == kind && st.Period == steps && st.Late == late
	})
	if i < 0 {
		i = len(s.study.Streams)
		s.study.Streams = append(s.study.Streams, codegen.Stream{Kind: kind, Period: steps, Late: late})
	}
	st := &s.study.Streams[i]
	q := slices.IndexFunc(st.Quantities, func(q codegen.Quantity) bool { return q.Name == name })
	if q < 0 {
		q = len(st.Quantities)
		st.Quantities = append(st.Quantities, codegen.Quantity{Name: name})
	}
	return channel{i, q}
}

func (s *setup) quantity(c channel) *codegen.Quantity {
	return &s.study.Streams[c.stream].Quantities[c.quantity]
}

// record makes the streams and the series of one monitor.
func (s *setup) record(r Record) error {
	if r.Monitor == "bold" {
		return s.bold(r)
	}
	kind := codegen.Sample
	if r.Means() {
		kind = codegen.Average
	}
	for _, name := range r.Of {
		unit, about := s.describe(name)
		s.keep(r, s.tap(kind, r.Period, name, isAfferent(r.Monitor)), name, unit, about)
	}
	return nil
}

// keep records a channel as a series, unless none is wanted.
func (s *setup) keep(r Record, c channel, name, unit, about string) {
	if r.Keep.Mode == KeepNone {
		return
	}
	s.quantity(c).Out = true
	series := result.Series{Group: r.Monitor, Name: name, Unit: unit, About: about, Single: s.plan.Run.Precision == 32, Global: r.Monitor == "global_average", Across: r.View.dim()}
	if r.Keep.Mode == KeepBest {
		series.Keep = result.Keep{Best: r.Keep.Count, By: r.Keep.Quantity + "." + r.Keep.Metric, Least: r.Keep.Least}
	}
	s.layout.Series = append(s.layout.Series, series)
	s.series = append(s.series, c)
	s.views = append(s.views, r.View)
}

// describe gives the unit and the meaning of a state or observable.
func (s *setup) describe(name string) (unit, about string) {
	for _, st := range s.plan.Model.States {
		if st.Name == name {
			return st.Unit, st.About
		}
	}
	for k, term := range s.plan.Model.CouplingTerms() {
		if name == term {
			return "", "coupling term of " + s.plan.Model.Coupled[k] + ": the input that goes with the state at the sample's time"
		}
	}
	for _, d := range slices.Concat(s.plan.Model.Observables, s.plan.Model.Definitions) {
		if d.Name == name {
			return d.Unit, d.About
		}
	}
	return "", ""
}

// bold makes the stream of the BOLD signal.
func (s *setup) bold(r Record) error {
	b, step := r.Bold, s.plan.Run.Step
	st := codegen.Stream{Period: int(wholeSteps(r.Period, step)), Every: int(wholeSteps(b.Step, step))}
	i := len(s.study.Streams)
	if b.Model != nil {
		scheme, err := codegen.FindScheme(balloonScheme)
		if err != nil {
			return err
		}
		st.Kind, st.Model, st.Drive, st.Scheme = codegen.Balloon, b.Model, r.Of[0], scheme
		st.Quantities = []codegen.Quantity{{Name: boldQuantity}}
	} else {
		st.Kind, st.Taps = codegen.Convolution, sim.HRFTaps
		st.Quantities = []codegen.Quantity{{Name: r.Of[0]}}
	}
	s.study.Streams = append(s.study.Streams, st)
	s.keep(r, channel{i, 0}, boldQuantity, "", "BOLD signal driven by "+r.Of[0])
	return nil
}

// balloonScheme integrates the balloon at its own step of 1 ms, as the paper's kernel does.
const balloonScheme = "euler"

// drawMetrics makes the streams that metrics are drawn from, and lists the metrics.
func (s *setup) drawMetrics() {
	for _, name := range s.plan.Metrics.Of {
		table, filter := s.plan.Table(name), s.plan.filtered(name)
		source := s.plan.source(name)
		c, unit := channel{}, ""
		if source == boldQuantity {
			c.stream = slices.IndexFunc(s.study.Streams, func(st codegen.Stream) bool {
				return st.Kind == codegen.Balloon || st.Kind == codegen.Convolution
			})
		} else {
			c = s.tap(codegen.Average, s.plan.Metrics.Period, source, false)
			unit, _ = s.describe(source)
		}
		// The host sums what is filtered, and what windows are made of.
		if filter == nil && !metrics.MomentsOfWindows(table) {
			s.quantity(c).Moments = true
			st := &s.study.Streams[c.stream]
			st.Pairs = st.Pairs || metrics.NeedPairs(table)
		}
		if filter != nil || metrics.NeedSignal(table) {
			s.quantity(c).Out = true
			s.tapSignal(c, unit, table, filter)
		}
		for _, m := range table {
			s.metrics = append(s.metrics, drawn{c, m, unit, filter})
			s.layout.Metrics = append(s.layout.Metrics, result.Metric{
				Quantity: name, Name: m.Name, Unit: m.Unit(unit), About: m.About, Dims: s.dims(m.Shape, name), LessIsBetter: m.LessIsBetter,
			})
		}
	}
}

// tapSignal has the series of a channel collected. Those of what is filtered and of what is not share it.
func (s *setup) tapSignal(c channel, unit string, table []metrics.Metric, filter *Filtered) {
	i := slices.IndexFunc(s.signals, func(t tapped) bool { return t.channel == c })
	if i < 0 {
		i = len(s.signals)
		s.signals = append(s.signals, tapped{channel: c, unit: unit})
	}
	if filter != nil {
		s.signals[i].filtered = append(s.signals[i].filtered, filter.Name)
		return
	}
	s.signals[i].table = table
}

// tapped is a channel whose series metrics need.
func (s *setup) tapped(c channel) *tapped {
	return &s.signals[slices.IndexFunc(s.signals, func(t tapped) bool { return t.channel == c })]
}

// dims names the dimensions of a metric of a quantity. Those with coordinates of their own are added to the layout; as
// those of BOLD differ from those of states, they have other names.
func (s *setup) dims(shape metrics.Shape, quantity string) []string {
	var names []string
	for _, d := range shape.Dims(s.plan.metricSetup(quantity)) {
		name := d.Name
		if d.Values != nil {
			if s.plan.source(quantity) == boldQuantity {
				name += "_bold"
			}
			if !slices.ContainsFunc(s.layout.Dims, func(known result.Dim) bool { return known.Name == name }) {
				s.layout.Dims = append(s.layout.Dims, result.Dim{Name: name, Unit: d.Unit, About: d.About, Values: d.Values})
			}
		}
		names = append(names, name)
	}
	return names
}

// share is some metrics of a point, from first to end-1 in the order of the layout, that are drawn from one input: what one host does at
// a time.
type share struct{ point, first, end int }

// shares are those of so many points.
func (s *setup) shares(points int) []share {
	var out []share
	for point := range points {
		for first := 0; first < len(s.metrics); first = out[len(out)-1].end {
			end := first + 1
			for end < len(s.metrics) && s.metrics[end].channel == s.metrics[first].channel && s.metrics[end].filter == s.metrics[first].filter {
				end++
			}
			out = append(out, share{point, first, end})
		}
	}
	return out
}

// values computes a share of the metrics of a point of a batch that did not fail. The host may be nil.
func (s *setup) values(o sim.Outcome, c *collector, of share, host *metrics.Host) [][]float64 {
	in := s.newInput(o, c, of.point, &s.metrics[of.first], host)
	out := make([][]float64, 0, of.end-of.first)
	for _, m := range s.metrics[of.first:of.end] {
		out = append(out, m.Values(in))
	}
	return out
}

// newInput is what a metric, and those after it of the same channel, are drawn from.
func (s *setup) newInput(o sim.Outcome, c *collector, point int, m *drawn, host *metrics.Host) *metrics.Input {
	wired := c.points[point].Wiring.Connectome
	subject := c.subjectNumber(point)
	in := &metrics.Input{
		Moments: o.Moments[[2]int{m.stream, m.quantity}], Unit: m.unit,
		Weights: wired.Weights, Lengths: wired.Lengths, Config: s.plan.metricConfig(subject),
		Targets: s.plan.targetData(subject),
	}
	c.fill(in, point, m.channel, m.unit, host)
	switch {
	case m.filter != nil:
		return m.filter.input(in)
	case in.Moments == nil:
		in.TakeMomentsOfWindows(s.tapSetup(*s.tapped(m.channel), in.Config))
	}
	return in
}
