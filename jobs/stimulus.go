package jobs

import (
	"math"
	"slices"
	"strings"

	"brainsweep/codegen"
	"brainsweep/document"
	"brainsweep/model"
)

// stimuli reads every [stimulus.<name>]: a pattern in time with its numbers, the regions and the states that it drives.
func (r *reader) stimuli() {
	if !r.isTable("stimulus") || r.plan.Model == nil {
		return
	}
	for _, name := range r.Keys("stimulus") {
		at := []string{"stimulus", name}
		switch {
		case r.Kind(at...) != "a table":
			r.faultf(r.Pos(at...), "%s: expected a table: [stimulus.%s] with pattern, regions and the pattern's numbers", document.Address(at...), name)
		case strings.ContainsAny(name, ". "):
			r.faultf(r.Pos(at...), "%s: the name of a stimulus has no dots and blanks", document.Address(at...))
		default:
			r.stimulus(name, at)
		}
	}
}

func (r *reader) stimulus(name string, at []string) {
	path := func(key string) []string { return join(at, key) }
	pattern, samples, ok := r.course(at)
	if !ok {
		return
	}
	s := codegen.Stimulus{Name: name, Pattern: pattern, Into: r.words(path("into")...)}
	if samples != nil {
		s.Samples, s.Hold = len(samples.Times), samples.Hold
	}
	states := stateNames(r.plan.Model)
	if !r.Has(path("into")...) {
		s.Into = slices.Clone(r.plan.Model.Stimulated)
		if len(s.Into) == 0 {
			s.Into = slices.DeleteFunc(slices.Clone(r.plan.Model.Coupled), func(c string) bool { return !slices.Contains(states, c) })
		}
		if len(s.Into) == 0 {
			r.faultf(r.Pos(at...), "%s.into is missing: which states does it drive?", document.Address(at...))
		}
	}
	r.quantities(s.Into, states, path("into"))
	keys := []string{"pattern", "into", "regions", codegen.WeightOf}
	if samples != nil {
		keys = append(keys, seriesKeys...)
	}
	for _, q := range pattern.Parameters {
		keys = append(keys, q.Name)
		r.putScalar(Setting{Address: s.Address(q.Name), Unit: q.Unit, Values: []float64{q.Value}, Min: q.Min, Max: q.Max})
	}
	r.weights(s, path)
	r.known(at, "parameter", "pattern "+pattern.Name, keys)
	r.plan.Stimuli, r.plan.Series = append(r.plan.Stimuli, s), append(r.plan.Series, samples)
}

// course reads how a stimulus runs in time: the formula of a pattern, or the samples in a file.
func (r *reader) course(at []string) (model.Pattern, *Series, bool) {
	path := join(at, "pattern")
	if r.Has(join(at, "file")...) {
		samples := r.stimulusSeries(at)
		if samples == nil {
			return model.Pattern{}, nil, false
		}
		return samples.pattern(), samples, true
	}
	if !r.Has(path...) {
		r.faultf(r.Pos(at...), `%s.pattern is missing; write for example pattern = "pulse_train", or file = "series.csv"`, document.Address(at...))
		return model.Pattern{}, nil, false
	}
	pattern, err := model.FindPattern(r.text(path...))
	if err != nil {
		r.faults.Add(placed(err, r.ValuePos(path...)))
	}
	return pattern, nil, err == nil
}

// weights reads the share of a stimulus that each node has: weight, 1 where nothing stands, at the regions named, or at all.
func (r *reader) weights(s codegen.Stimulus, path func(string) []string) {
	weight := Setting{Address: s.Address(codegen.WeightOf), Values: []float64{1}, Min: math.Inf(-1), Max: math.Inf(1)}
	if r.Has(path(codegen.WeightOf)...) {
		if v, ok := r.values("", path(codegen.WeightOf)...); ok {
			weight.Values = v
		}
	}
	if r.Has(path("regions")...) && r.plan.Connectome != nil {
		values := make([]float64, r.nodes())
		for _, k := range r.nodeList(path("regions")) {
			values[k] = weight.Values[min(k, len(weight.Values)-1)]
		}
		if weight.Values = values; r.plan.Cohort == nil {
			weight.Values = compact(values)
		}
	}
	r.plan.add(weight)
}

// stimulusText writes the stimuli.
func (p *Plan) stimulusText(w *writer) {
	for i, s := range p.Stimuli {
		w.section("[stimulus." + document.Key(s.Name) + "]")
		if p.Series[i] != nil {
			p.Series[i].text(w)
		} else {
			w.text("pattern", s.Pattern.Name)
		}
		w.line("into", list(s.Into, document.Quote))
		for _, setting := range p.Settings {
			if name, ok := strings.CutPrefix(setting.Address, s.Address("")); ok && !p.Swept(setting.Address) {
				w.line(name, numbers(setting.Values))
			}
		}
	}
}
