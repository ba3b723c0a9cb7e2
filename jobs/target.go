package jobs

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/metrics"
)

// Target is empirical data that series are compared with.
type Target struct {
	Name      string // metrics begin with it where there is one
	Kind      string // fc, fcd, psd or series
	File      string // as the job names it
	Labels    string // a file with the label of each region, of data without names; as the job names it
	Order     string // label or position
	Transpose bool   // rows and columns change places
	Of        []string
	Use       []string   // the metrics that are computed
	Period    float64    // [ms] of a series
	Window    float64    // [s] of an fcd
	Step      float64    // [s] from window to window of an fcd
	Band      [2]float64 // [Hz] of the frequencies that are compared; zero: all

	without map[string][]string // of a quantity: those of Use that its series is too short for

	place  int // among the plan's targets
	data   *metrics.Target
	own    map[int]*metrics.Target // of subjects whose nodes are not the plan's
	digest []byte                  // of all numbers in data
}

// The kinds of targets.
const (
	targetFC     = "fc"
	targetFCD    = "fcd"
	targetPSD    = "psd"
	targetSeries = "series"
)

// Orders of a target's regions.
const (
	byLabel    = "label"
	byPosition = "position"
)

// target is an entry of [[target]] as it is written.
type target struct {
	Name, Kind, File, Labels, Order     *string
	Transpose                           *bool
	Of, Use, Period, Window, Step, Band any
}

// wordPattern is what can stand in the name of a data set, and in "best:18 by E.<name>_fc_fit".
var wordPattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// comparisons lists what a kind of target can be compared by.
func (t *Target) comparisons() []metrics.Metric {
	return slices.DeleteFunc(metrics.Comparisons(t.Name, t.place), func(m metrics.Metric) bool {
		kind, _, _ := strings.Cut(t.plain(m), "_")
		return t.Kind != targetSeries && t.Kind != kind
	})
}

// plain is a comparison's name without the target's.
func (t *Target) plain(m metrics.Metric) string {
	if t.Name == "" {
		return m.Name
	}
	return strings.TrimPrefix(m.Name, t.Name+"_")
}

// Table lists the metrics of a quantity: those of [metrics], then those of its targets.
func (p *Plan) Table(quantity string) []metrics.Metric {
	table := p.Metrics.Table(quantity)
	for _, t := range p.Targets {
		if !slices.Contains(t.Of, quantity) {
			continue
		}
		for _, m := range t.comparisons() {
			if name := t.plain(m); slices.Contains(t.Use, name) && !slices.Contains(t.without[quantity], name) {
				table = append(table, m)
			}
		}
	}
	return table
}

// targetData gives the targets that a subject's points are compared with, as metrics take them.
func (p *Plan) targetData(subject int) []*metrics.Target {
	var out []*metrics.Target
	for _, t := range p.Targets {
		if own := t.own[subject]; own != nil {
			out = append(out, own)
		} else {
			out = append(out, t.data)
		}
	}
	return out
}

// targets reads every [[target]].
func (r *reader) targets() {
	if r.Has("target") && r.Kind("target") != "a list" {
		r.faultf(r.Pos("target"), "target: a list of tables; write [[target]] with two brackets")
		return
	}
	compared := r.Has("metrics", "of")
	if r.Len("target") > 0 && !compared {
		r.faultf(r.Pos("target", "0"), `target: there is nothing to compare with; add [metrics] with of = [%q]`, r.recordable()[0])
	}
	for i := range r.Len("target") {
		at := []string{"target", strconv.Itoa(i)}
		if t, good := r.targetHead(at); good && compared {
			r.target(t, at)
		}
	}
}

// targetHead reads what every target has, and tells whether nothing is amiss with it.
func (r *reader) targetHead(at []string) (Target, bool) {
	t := Target{place: len(r.plan.Targets), Order: byLabel, Window: math.NaN(), Step: math.NaN(), Period: math.NaN()}
	before := len(r.faults)
	r.faults.Add(r.Decode(&target{Name: &t.Name, Kind: &t.Kind, File: &t.File, Labels: &t.Labels, Order: &t.Order, Transpose: &t.Transpose}, at...))
	path := func(key string) []string { return join(at, key) }
	r.choiceOf("kind", &t.Kind, []string{targetFC, targetFCD, targetPSD, targetSeries}, at)
	r.choice(&t.Order, []string{byLabel, byPosition}, path("order")...)
	if !r.Has(path("file")...) {
		r.missing(join(at, "file"), `%s.file is missing; write for example file = "fc.csv"`, document.Address(at...))
	} else if t.File == "" && r.Kind(path("file")...) == "a string" {
		r.faultf(r.ValuePos(path("file")...), "%s: the name is empty", document.Address(path("file")...))
	}
	if r.Has(path("name")...) && r.Kind(path("name")...) == "a string" && !wordPattern.MatchString(t.Name) {
		r.faultf(r.ValuePos(path("name")...), "%s: %q cannot be part of a metric's name; a name has letters, digits, - and _ and begins with a letter", document.Address(path("name")...), t.Name)
	}
	return t, len(r.faults) == before
}

// target reads the rest of one of them.
func (r *reader) target(t Target, at []string) {
	before := len(r.faults)
	path := func(key string) []string { return join(at, key) }
	r.targetKeys(&t, at)
	r.targetOf(&t, path("of"))
	if len(r.faults) > before || r.plan.Connectome == nil {
		return
	}
	read := r.readTarget
	if ofSubjects(t.File) {
		read = r.readTargets
	}
	data, err := read(&t, at)
	r.faults.Add(foundIn(err, r.ValuePos(path("file")...)))
	if len(r.faults) > before {
		return
	}
	if t.data = data; t.own == nil {
		t.own = map[int]*metrics.Target{}
		for i := range r.plan.Subjects {
			if place := r.plan.Subjects[i].place; place != nil {
				t.own[i] = data.Select(place)
			}
		}
	}
	r.targetUse(&t, path("use"))
	r.sameNames(&t, at)
	r.plan.Targets = append(r.plan.Targets, t)
}

// targetKeys reads what only some kinds have.
func (r *reader) targetKeys(t *Target, at []string) {
	of := map[string][]string{
		"period": {targetSeries}, "window": {targetFCD}, "step": {targetFCD}, "band": {targetPSD, targetSeries},
		"labels": {targetFC, targetSeries}, "order": {targetFC, targetSeries},
	}
	for _, key := range r.Keys(at...) {
		if kinds := of[key]; kinds != nil && !slices.Contains(kinds, t.Kind) {
			r.faultf(r.Pos(join(at, key)...), "%s: a target of kind %s has none; it belongs to %s", document.Address(join(at, key)...), t.Kind, strings.Join(kinds, " and "))
		}
	}
	positive := func(key, unit string, missing float64) float64 {
		path := join(at, key)
		v := r.quantity(unit, missing, path...)
		if v <= 0 && r.Has(path...) {
			r.bounds(Setting{Min: math.SmallestNonzeroFloat64, Max: math.Inf(1), Unit: unit}, []float64{v}, r.ValuePos(path...), document.Address(path...))
		}
		return v
	}
	switch t.Kind {
	case targetSeries:
		t.Period = positive("period", "ms", math.NaN())
	case targetFCD:
		effective := r.plan.Metrics.effective
		t.Window = positive("window", "s", effective["fcd.window"][0])
		t.Step = positive("step", "s", effective["fcd.step"][0])
	}
	if path := join(at, "band"); r.Has(path...) {
		before := len(r.faults)
		band := r.list(path, func(path []string) float64 { x, _ := r.number("Hz", path...); return x })
		if len(r.faults) > before {
			return
		}
		if len(band) != 2 || !(band[0] >= 0) || !(band[0] < band[1]) {
			r.faultf(r.ValuePos(path...), "%s: two frequencies [Hz], the lower one first, e.g. [1, 40]", document.Address(path...))
			return
		}
		t.Band = [2]float64{band[0], band[1]}
	}
}

// targetOf reads the quantities that are compared: all that metrics are of, unless some are named.
func (r *reader) targetOf(t *Target, path []string) {
	known := r.plan.Metrics.Of
	if !r.Has(path...) {
		t.Of = known
		return
	}
	t.Of = r.words(path...)
	for i, name := range t.Of {
		at := join(path, strconv.Itoa(i))
		if r.Kind(path...) == "a string" {
			at = path
		}
		if name != "" && !slices.Contains(known, name) {
			r.faultf(r.ValuePos(at...), "%s: no metrics of %q are computed%s; add it to metrics.of", document.Address(path...), name, fault.Suggest(name, known))
		}
	}
	if len(t.Of) == 0 && r.Kind(path...) == "a list" {
		r.faultf(r.ValuePos(path...), "%s: the list is empty", document.Address(path...))
	}
}

// targetUse reads which comparisons are made: those named, else of each quantity all that both series are long enough for.
func (r *reader) targetUse(t *Target, path []string) {
	all := t.comparisons()
	var known []string
	for _, m := range all {
		known = append(known, t.plain(m))
	}
	named := r.words(path...)
	for i, name := range named {
		if name != "" && !slices.Contains(known, name) {
			r.faultf(r.wordPos(path, i), "%s: a target of kind %s has no %q%s; it has %s", document.Address(path...), t.Kind, name, fault.Suggest(name, known), strings.Join(known, ", "))
		}
	}
	for _, m := range all {
		i := slices.Index(named, t.plain(m))
		if named != nil && i < 0 {
			continue
		}
		reasons, without := r.tooShort(t, m)
		for _, reason := range reasons {
			if named != nil {
				r.faultf(r.wordPos(path, i), "%s: %s", document.Address(path...), reason)
			} else {
				r.warnOnce(fmt.Sprintf("%s is left out: %s", m.Name, reason))
			}
		}
		if len(without) < len(t.Of) {
			t.Use = append(t.Use, t.plain(m))
			t.leaveOut(without, t.plain(m))
		}
	}
	if r.Has(path...) && len(named) == 0 && r.Kind(path...) == "a list" {
		r.faultf(r.ValuePos(path...), "%s: the list is empty", document.Address(path...))
	}
}

// leaveOut leaves a comparison out of quantities.
func (t *Target) leaveOut(quantities []string, name string) {
	for _, quantity := range quantities {
		if t.without == nil {
			t.without = map[string][]string{}
		}
		t.without[quantity] = append(t.without[quantity], name)
	}
}

// tooShort says which of the series that a comparison needs are too short for it, and the quantities that cannot be compared so: all
// where it is the target's own.
func (r *reader) tooShort(t *Target, m metrics.Metric) (reasons, without []string) {
	p := r.plan
	if math.IsNaN(p.Run.Step) {
		return nil, nil
	}
	if t.Kind == targetSeries {
		setup := t.data.Setup()
		if need := m.Least(setup); setup.Samples < need.Samples {
			return []string{fmt.Sprintf("%s needs at least %s (%s); %s has %d", t.plain(m), samples(need.Samples), need.Why, t.File, setup.Samples)}, t.Of
		}
	}
	for _, name := range t.Of {
		if !r.hasSeries(name) {
			continue
		}
		group, _, _ := strings.Cut(t.plain(m), "_")
		if reason := r.unfit(m, t.plain(m), group, name); reason != "" {
			reasons, without = append(reasons, reason), append(without, name)
		}
	}
	return reasons, without
}

// unfit says why a metric, which the message calls what, cannot be drawn from the series of a quantity; "" where it can. The group is
// that whose options it goes by.
func (r *reader) unfit(m metrics.Metric, what, group, quantity string) string {
	setup := r.plan.metricSetup(quantity)
	need := metrics.Need{}
	if m.Least != nil {
		need = m.Least(setup)
	}
	if need.Never == "" {
		need.Never = pieceWrong(group, quantity, setup)
	}
	switch {
	case need.Never != "":
		return fmt.Sprintf("%s of %s: %s", what, quantity, need.Never)
	case setup.Samples < need.Samples:
		return fmt.Sprintf("%s of %s needs at least %s (%s); with a period of %s there are %d%s", what, quantity,
			samples(need.Samples), need.Why, plainTime(1000/setup.Rate), setup.Samples, r.longer(setup, need))
	}
	return ""
}

// wordPos is where word number i of a list, or the only one, stands.
func (r *reader) wordPos(path []string, i int) fault.Pos {
	if r.Kind(path...) == "a string" {
		return r.ValuePos(path...)
	}
	return r.ValuePos(join(path, strconv.Itoa(i))...)
}

// sameNames notes that another target of a quantity has metrics of the same names.
func (r *reader) sameNames(t *Target, at []string) {
	for _, quantity := range t.Of {
		for _, m := range r.plan.Table(quantity) {
			if slices.ContainsFunc(t.comparisons(), func(own metrics.Metric) bool { return own.Name == m.Name && slices.Contains(t.Use, t.plain(own)) }) {
				r.faultf(r.Pos(at...), "%s: %s.%s is there already; give the target a name of its own: name = \"rest2\"", document.Address(at...), quantity, m.Name)
				return
			}
		}
	}
}

// targetText writes the targets.
func (p *Plan) targetText(w *writer) {
	for _, t := range p.Targets {
		w.section("[[target]]")
		w.text("name", t.Name)
		w.text("kind", t.Kind)
		w.text("file", t.File)
		w.text("labels", t.Labels)
		if t.Order != byLabel {
			w.text("order", t.Order)
		}
		if t.Transpose {
			w.line("transpose", "true")
		}
		w.line("of", list(t.Of, document.Quote))
		if len(t.without) == 0 && len(t.Use) > 0 { // else nothing was named, and again all is used that can be
			w.line("use", list(t.Use, document.Quote))
		}
		switch t.Kind {
		case targetSeries:
			w.line("period", quantityText(t.Period, "ms"))
		case targetFCD:
			w.line("window", quantityText(t.Window, "s"))
			w.line("step", quantityText(t.Step, "s"))
		}
		if t.Band != ([2]float64{}) {
			w.line("band", list(t.Band[:], document.Number))
		}
	}
}

// targetHash writes what of the targets decides the numbers: not the names of their files, but what is in them.
func (p *Plan) targetHash(w *writer) {
	for _, t := range p.Targets {
		fmt.Fprintf(w, "target %q %x\n", t.Name, t.digest)
		w.line("of", list(t.Of, document.Quote))
		w.line("use", list(t.Use, document.Quote))
		for _, quantity := range t.Of {
			for _, name := range t.without[quantity] {
				w.text("without", quantity+"."+name)
			}
		}
	}
}
