package jobs

import (
	"slices"

	"brainsweep/document"
	"brainsweep/metrics"
)

// Filtered is a quantity of metrics that is another one within a band of frequencies.
type Filtered struct {
	Name   string
	Of     string     // what is filtered: a state, an observable, or "bold"
	Band   [2]float64 // [Hz]
	Filter string     // of filters
}

// The filters of bands.
const (
	filterFFT         = "fft"         // ideal
	filterButterworth = "butterworth" // of order 2, forwards and backwards
)

// filters lists them, the default first.
func filters() []string { return []string{filterFFT, filterButterworth} }

// filtered finds a filtered quantity; nil where a name is of none.
func (p *Plan) filtered(quantity string) *Filtered {
	for i := range p.Metrics.Filtered {
		if p.Metrics.Filtered[i].Name == quantity {
			return &p.Metrics.Filtered[i]
		}
	}
	return nil
}

// source is the quantity that metrics of one are drawn from: that which is filtered, or itself.
func (p *Plan) source(quantity string) string {
	if f := p.filtered(quantity); f != nil {
		return f.Of
	}
	return quantity
}

// input is what metrics of the filtered quantity are drawn from.
func (f *Filtered) input(in *metrics.Input) *metrics.Input {
	return in.Filtered(f.Band[:], f.Filter == filterButterworth)
}

// readFiltered reads [metrics.filtered]: a table for each filtered quantity, by its name. What it cannot be of is told by
// checkFiltered, once it is known what there is.
func (r *reader) readFiltered() {
	at := []string{"metrics", "filtered"}
	if !r.Has(at...) {
		return
	}
	if r.Kind(at...) != "a table" {
		r.faultf(r.ValuePos(at...), `metrics.filtered: expected a table, found %s; write for example filtered = { slow = { of = "bold", band = [0.01, 0.1] } }`, r.Kind(at...))
		return
	}
	for _, name := range r.Keys(at...) {
		path := join(at, name)
		switch {
		case r.Kind(path...) != "a table":
			r.faultf(r.ValuePos(path...), `%s: expected a table such as { of = "bold", band = [0.01, 0.1] }, found %s`, document.Address(path...), r.Kind(path...))
			continue
		case !wordPattern.MatchString(name):
			r.faultf(r.Pos(path...), "%s: %q cannot be the name of a quantity; a name has letters, digits, - and _ and begins with a letter", document.Address(path...), name)
			continue
		}
		f := Filtered{Name: name, Of: r.text(join(path, "of")...), Filter: filterFFT}
		for _, key := range []string{"of", "band"} {
			if !r.Has(join(path, key)...) {
				example := map[string]string{"of": `"bold"`, "band": "[0.01, 0.1]"}[key]
				r.faultf(r.Pos(path...), "%s.%s is missing; write for example %s = %s", document.Address(path...), key, key, example)
			}
		}
		if r.Has(join(path, "filter")...) {
			f.Filter = r.text(join(path, "filter")...)
			r.choice(&f.Filter, filters(), join(path, "filter")...)
		}
		if band := join(path, "band"); r.Has(band...) {
			v := r.list(band, func(path []string) float64 { x, _ := r.number("Hz", path...); return x })
			if copy(f.Band[:], v); len(v) != 2 || !(v[0] >= 0) || !(v[0] < v[1]) {
				r.faultf(r.ValuePos(band...), "%s: two frequencies [Hz], the lower one first, e.g. [0.01, 0.1]", document.Address(band...))
			}
		}
		r.known(path, "key", "a filtered quantity", []string{"of", "band", "filter"})
		r.plan.Metrics.Filtered = append(r.plan.Metrics.Filtered, f)
	}
}

// checkFiltered notes filtered quantities of what there is not, of the name of another quantity, and bands that their
// samples are too far apart for.
func (r *reader) checkFiltered(known []string) {
	p := r.plan
	for _, f := range p.Metrics.Filtered {
		path := []string{"metrics", "filtered", f.Name}
		switch {
		case p.Model != nil && slices.Contains(known, f.Name):
			r.faultf(r.Pos(path...), "%s: there is a quantity %s already; give another name", document.Address(path...), f.Name)
		case f.Of == "":
		case p.Model != nil && !slices.Contains(known, f.Of):
			r.faults.Add(document.Unknown(r.ValuePos(join(path, "of")...), "quantity", f.Of, known))
		case !slices.Contains(p.Metrics.Of, f.Name):
			r.warnOnce("metrics.filtered: " + f.Name + " is not in metrics.of, so nothing is computed of it")
		case p.Connectome != nil && r.hasSeries(f.Name):
			if wrong := p.metricSetup(f.Name).BandWrong(f.Band[:], f.Filter != filterFFT); wrong != "" {
				band := join(path, "band")
				r.faultf(r.ValuePos(band...), "%s: %s", document.Address(band...), wrong)
			}
		}
	}
}

// filteredText writes the filtered quantities.
func (p *Plan) filteredText(w *writer) {
	words := ""
	for _, f := range p.Metrics.Filtered {
		if words != "" {
			words += ", "
		}
		words += document.Key(f.Name) + " = { of = " + document.Quote(f.Of) + ", band = " + list(f.Band[:], document.Number) + ", filter = " + document.Quote(f.Filter) + " }"
	}
	if words != "" {
		w.line("filtered", "{ "+words+" }")
	}
}
