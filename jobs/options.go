package jobs

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"brainsweep/document"
	"brainsweep/metrics"
)

// options reads what [metrics] chooses about groups: fcd = { window = "60 s" }.
func (r *reader) options() {
	c := metrics.Config{}
	for _, g := range metrics.Groups() {
		path := []string{"metrics", g.Name}
		if !r.Has(path...) || len(g.Options) == 0 {
			continue
		}
		if r.Kind(path...) != "a table" {
			r.faultf(r.ValuePos(path...), "%s: expected a table of options, found %s; write %s = { %s = ... }", document.Address(path...), r.Kind(path...), g.Name, g.Options[0].Name)
			continue
		}
		var names []string
		for _, o := range g.Options {
			names = append(names, o.Name)
			if at := join(path, o.Name); r.Has(at...) {
				if v, ok := r.metricOption(o, at); ok {
					c[g.Name+"."+o.Name] = v
				}
			}
		}
		r.known(path, "option", "metrics "+g.Name, names)
	}
	m := &r.plan.Metrics
	m.Config, m.effective = c, metrics.Defaults()
	maps.Copy(m.effective, c)
	if r.plan.Connectome != nil && c["homotopic.pairs"] == nil {
		if pairs := metrics.MirrorPairs(r.plan.Connectome.Labels); len(pairs) > 0 {
			m.effective["homotopic.pairs"] = pairs
		}
	}
}

// metricOption reads the value of an option at a path.
func (r *reader) metricOption(o metrics.Option, path []string) ([]float64, bool) {
	before := len(r.faults)
	address := document.Address(path...)
	var v []float64
	switch o.Kind {
	case metrics.KindTime:
		v = []float64{r.quantity("s", math.NaN(), path...)}
	case metrics.KindNumber, metrics.KindCount:
		x, _ := r.number("", path...)
		if v = []float64{x}; o.Kind == metrics.KindCount && x != math.Trunc(x) {
			r.faultf(r.ValuePos(path...), "%s: %v is not a whole number", address, x)
		}
	case metrics.KindBand:
		v = r.list(path, func(path []string) float64 { x, _ := r.number("Hz", path...); return x })
		if len(r.faults) == before && (len(v) != 2 || !(v[0] < v[1]) || !(v[0] >= 0)) {
			r.faultf(r.ValuePos(path...), "%s: two frequencies [Hz], the lower one first, e.g. [8, 12]", address)
		}
	case metrics.KindWord:
		word := r.text(path...)
		r.choice(&word, o.Words, path...)
		v = []float64{float64(slices.Index(o.Words, word))}
	case metrics.KindRegions:
		if r.Kind(path...) == "a string" {
			v = []float64{r.region(path)}
		} else {
			v = r.list(path, r.region)
		}
		r.twice(v, before, path)
	case metrics.KindPairs:
		if r.Kind(path...) != "a list" {
			r.faultf(r.ValuePos(path...), `%s: expected a list of pairs, found %s; write for example [["lA1", "rA1"]]`, address, r.Kind(path...))
		}
		for i := range r.Len(path...) {
			pair := r.list(join(path, strconv.Itoa(i)), r.region)
			if len(pair) != 2 {
				r.faultf(r.ValuePos(join(path, strconv.Itoa(i))...), `%s: a pair is two labels, e.g. ["lA1", "rA1"]`, address)
			}
			r.twice(pair, before, join(path, strconv.Itoa(i)))
			v = append(v, pair...)
		}
	case metrics.KindLabels:
		v = r.list(path, func(path []string) float64 {
			x, _ := r.number("", path...)
			if x != math.Trunc(x) {
				r.faultf(r.ValuePos(path...), "%s: %v is not a whole number", document.Address(path...), x)
			}
			return x
		})
		if n := r.nodes(); r.sameNodes(r.ValuePos(path...), address) && n > 0 && len(v) != n {
			r.faultf(r.ValuePos(path...), "%s: %d numbers for the %d nodes of %s", address, len(v), n, r.plan.Connectome.Source)
		}
	}
	if o.Min != 0 || o.Max != 0 {
		for _, x := range v {
			if len(r.faults) == before && !(x >= o.Min && x <= o.Max) {
				r.bounds(Setting{Min: o.Min, Max: o.Max}, []float64{x}, r.ValuePos(path...), address)
			}
		}
	}
	return v, len(r.faults) == before
}

// twice notes a region that stands twice in a list, where nothing else is amiss with it.
func (r *reader) twice(regions []float64, before int, path []string) {
	for i, at := range regions {
		if len(r.faults) == before && r.plan.Connectome != nil && slices.Contains(regions[:i], at) {
			r.faultf(r.ValuePos(join(path, strconv.Itoa(i))...), "%s: %s stands twice", document.Address(path...), r.plan.Connectome.Labels[int(at)])
		}
	}
}

// list reads the elements of a list.
func (r *reader) list(path []string, read func(path []string) float64) []float64 {
	if r.Kind(path...) != "a list" {
		r.faultf(r.ValuePos(path...), "%s: expected a list, found %s", document.Address(path...), r.Kind(path...))
		return nil
	}
	var out []float64
	for i := range r.Len(path...) {
		out = append(out, read(join(path, strconv.Itoa(i))))
	}
	return out
}

// region reads a label and gives the number of its node.
func (r *reader) region(path []string) float64 {
	label := r.text(path...)
	if label == "" || r.plan.Connectome == nil {
		if label == "" {
			r.faultf(r.ValuePos(path...), "%s: expected the label of a region, found %s", document.Address(path...), r.Kind(path...))
		}
		return 0
	}
	i := slices.Index(r.plan.Connectome.Labels, label)
	if i < 0 {
		r.noRegion(r.ValuePos(path...), label)
	}
	return float64(i)
}

// subjectMetrics translates the options that name regions for the subjects that have other nodes than the plan, or the
// same in another order.
func (r *reader) subjectMetrics() {
	p := r.plan
	for i := range p.Subjects {
		s := &p.Subjects[i]
		if s.place == nil {
			continue
		}
		s.config = maps.Clone(p.Metrics.effective)
		own := map[int]float64{}
		for k, at := range s.place {
			own[at] = float64(k)
		}
		for _, g := range metrics.Groups() {
			for _, o := range g.Options {
				address := g.Name + "." + o.Name
				switch values := s.config[address]; {
				case len(values) == 0:
				case o.Kind == metrics.KindLabels:
					s.config[address] = s.own(values)
				case address == "homotopic.pairs" && p.Metrics.Config[address] == nil:
					s.config[address] = metrics.MirrorPairs(s.Labels)
				case o.Kind == metrics.KindRegions || o.Kind == metrics.KindPairs:
					s.config[address] = r.ownRegions(s, values, own, address)
				}
			}
		}
	}
}

// ownRegions gives the numbers of regions in a subject.
func (r *reader) ownRegions(s *Subject, values []float64, own map[int]float64, address string) []float64 {
	out := make([]float64, len(values))
	for k, v := range values {
		at, there := own[int(v)]
		if !there {
			r.faultf(r.ValuePos("metrics"), "metrics.%s: subject %s has no region %q", address, s.ID, r.plan.Connectome.Labels[int(v)])
		}
		out[k] = at
	}
	return out
}

// optionsText writes the filtered quantities and the options that a plan chooses, a line for each group.
func (p *Plan) optionsText(w *writer) {
	p.filteredText(w)
	for _, g := range metrics.Groups() {
		var words string
		for _, o := range g.Options {
			v, ok := p.Metrics.Config[g.Name+"."+o.Name]
			if !ok {
				continue
			}
			if words != "" {
				words += ", "
			}
			words += o.Name + " = " + p.optionText(o, v)
		}
		if words != "" {
			w.line(g.Name, "{ "+words+" }")
		}
	}
}

func (p *Plan) optionText(o metrics.Option, v []float64) string {
	label := func(x float64) string { return document.Quote(p.Connectome.Labels[int(x)]) }
	switch o.Kind {
	case metrics.KindTime:
		return document.Quote(strconv.FormatFloat(v[0], 'g', -1, 64) + " s")
	case metrics.KindNumber, metrics.KindCount:
		return document.Number(v[0])
	case metrics.KindWord:
		return document.Quote(o.Words[int(v[0])])
	case metrics.KindRegions:
		return list(v, label)
	case metrics.KindPairs:
		var pairs [][]float64
		for k := 0; k+1 < len(v); k += 2 {
			pairs = append(pairs, v[k:k+2])
		}
		return list(pairs, func(pair []float64) string { return list(pair, label) })
	}
	return list(v, document.Number)
}
