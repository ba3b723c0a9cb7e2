package jobs

import (
	"math"
	"slices"

	"brainsweep/document"
	"brainsweep/model"
	"brainsweep/sim"
)

// bold reads a record of the monitor bold.
func (r *reader) bold(rec record, at []string) {
	before := len(r.faults)
	path := func(key string) []string { return join(at, key) }
	b := &Bold{Kernel: rec.Kernel}
	kernels := []string{"balloon"}
	for _, h := range sim.HRFs() {
		kernels = append(kernels, h.Name)
	}
	r.choice(&b.Kernel, kernels, path("kernel")...)
	out := Record{Monitor: rec.Monitor, Of: r.words(path("of")...), Keep: r.keep(path("keep")), Bold: b}
	if !r.Has(path("of")...) && r.plan.Model != nil && len(r.plan.Model.Coupled) > 0 {
		out.Of = r.plan.Model.Coupled[:1]
	}
	r.quantities(out.Of, r.recordable(), path("of"))
	if r.Has(path("areas")...) {
		out.View = r.areas(at)
	}
	if len(out.Of) != 1 && r.plan.Model != nil && len(r.faults) == before {
		r.faultf(r.Pos(path("of")...), "%s.of: bold is driven by one quantity, e.g. of = %q", document.Address(at...), r.recordable()[0])
	}
	switch b.Kernel {
	case "balloon":
		r.balloon(b, rec, path)
	case "":
	default:
		r.response(b, path)
	}
	if !r.Has(path("period")...) {
		r.missing(join(at, "period"), `%s.period is missing; write for example period = "1 s"`, document.Address(at...))
	} else {
		out.Period = r.period(math.NaN(), false, path("period"))
	}
	if len(r.faults) == before && !math.IsNaN(r.plan.Run.Step) {
		r.boldStep(out, path)
	}
	if len(r.faults) == before {
		r.plan.Records = append(r.plan.Records, out)
	}
}

// boldStep checks that the step of the bold monitor fits between the job's step and the period. A response is convolved with
// means over about 4 ms, the nearest whole number of steps, of which those that are complete count, as in TVB.
func (r *reader) boldStep(rec Record, path func(string) []string) {
	b := rec.Bold
	switch {
	case b.Model == nil && r.plan.Run.Step > sim.HRFStep:
		r.faultf(r.ValuePos("run", "step"), "run.step: %s is longer than the %v ms over which the kernel %s takes means",
			plainTime(r.plan.Run.Step), sim.HRFStep, b.Kernel)
	case b.Model == nil:
	case b.Step <= 0:
		r.faultf(r.ValuePos(path("step")...), "%s: %v ms is not above 0", document.Address(path("step")...), b.Step)
	case r.multiple(b.Step, path("step")...) && !isMultiple(rec.Period, b.Step):
		r.faultf(r.ValuePos(path("period")...), "%s: %s is not a multiple of the %s that the kernel %s advances by",
			document.Address(path("period")...), plainTime(rec.Period), plainTime(b.Step), b.Kernel)
	}
}

// response reads the parameters of a response, and checks the record for what only a balloon has.
func (r *reader) response(b *Bold, path func(string) []string) {
	for _, key := range []string{"model", "preset", "step"} {
		if r.Has(path(key)...) {
			r.faultf(r.Pos(path(key)...), "%s: only the kernel balloon has a %s", document.Address(path(key)...), key)
		}
	}
	b.Step = sim.HRFStep
	h, err := sim.FindHRF(b.Kernel)
	if err != nil {
		r.faults.Add(err)
		return
	}
	var parameters []model.Parameter
	for _, c := range h.Parameters {
		parameters = append(parameters, model.Parameter{Name: c.Name, Value: c.Value, Unit: c.Unit, Min: c.Min, Max: c.Max, About: c.About})
	}
	r.boldParameters(b, parameters, nil, "kernel "+h.Name, path("parameters"))
}

// balloon reads the model of the balloon, its step and its parameters.
func (r *reader) balloon(b *Bold, rec record, path func(string) []string) {
	b.Step = r.quantity("ms", 1, path("step")...)
	b.Source, b.Preset = rec.Model, rec.Preset
	if b.Source == "" {
		b.Source = defaultBalloon
	}
	m, err := r.openModel(b.Source, r.ValuePos(path("model")...))
	if err != nil {
		r.faults.Add(err)
		return
	}
	signal := slices.ContainsFunc(m.Observables, func(o model.Definition) bool { return o.Name == boldQuantity })
	if m.Input == "" || !signal {
		r.faultf(r.ValuePos(path("model")...), "%s: model %s is no BOLD model; it needs an input, and an observable called %s",
			document.Address(path("model")...), m.Name, boldQuantity)
		return
	}
	b.Model = m
	preset := r.preset(m, b.Preset, path("preset")...)
	r.boldParameters(b, m.Parameters, preset.Parameters, "model "+m.Name, path("parameters"))
	for _, s := range m.States {
		v, ok := preset.Initial[s.Name]
		if !ok {
			v = (s.Low + s.High) / 2
		}
		b.Initial = append(b.Initial, v)
	}
}

// boldParameters reads the table of the parameters of a balloon or a response.
func (r *reader) boldParameters(b *Bold, known []model.Parameter, preset map[string]float64, of string, path []string) {
	if r.Has(path...) && r.Kind(path...) != "a table" {
		r.faultf(r.Pos(path...), "%s: expected a table, found %s", document.Address(path...), r.Kind(path...))
		return
	}
	var names []string
	for _, q := range known {
		names = append(names, q.Name)
		s := Setting{Address: "bold." + q.Name, Unit: q.Unit, Values: []float64{q.Value}, Min: q.Min, Max: q.Max}
		if v, ok := preset[q.Name]; ok {
			s.Values[0] = v
		}
		if at := join(path, q.Name); r.Has(at...) {
			if v, ok := r.number(q.Unit, at...); ok {
				s.Values[0] = v
				r.bounds(s, s.Values, r.ValuePos(at...), document.Address(at...))
			}
		}
		b.Parameters = append(b.Parameters, s)
	}
	r.known(path, "parameter", of, names)
}

// responses are the haemodynamic responses of a batch. Points with the same parameters share one.
type responses struct {
	hrf        *sim.HRF // nil: the plan records none
	parameters []Setting
	known      map[string]*sim.Response
}

func newResponses(p *Plan) (*responses, error) {
	rec := p.Record("bold")
	if rec == nil || rec.Bold.Model != nil {
		return &responses{}, nil
	}
	h, err := sim.FindHRF(rec.Bold.Kernel)
	return &responses{hrf: &h, parameters: rec.Bold.Parameters, known: map[string]*sim.Response{}}, err
}

// of is the point's response, as the simulation takes it.
func (r *responses) of(pt Point) []*sim.Response {
	if r.hrf == nil {
		return nil
	}
	var values []float64
	for _, s := range r.parameters {
		values = append(values, pt.Value(s.Address))
	}
	key := string(doubles(values))
	if r.known[key] == nil {
		r.known[key] = r.hrf.Response(func(name string) float64 { return pt.Value("bold." + name) })
	}
	return []*sim.Response{r.known[key]}
}
