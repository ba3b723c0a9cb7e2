package jobs

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
)

// boldQuantity is what the monitor bold records.
const boldQuantity = "bold"

// monitorNames lists the monitors.
func monitorNames() []string {
	return []string{"raw", "subsample", "average", "global_average", "spatial_average", "afferent", "afferent_average", "bold", "eeg", "meg", "seeg", "projection"}
}

// averaging lists the monitors whose samples are means over the period.
func averaging() []string { return append(projected(), "average", "afferent_average") }

// isAfferent reports whether a monitor records what the nodes receive.
func isAfferent(monitor string) bool { return monitor == "afferent" || monitor == "afferent_average" }

// record is an entry of [[record]] as it is written.
type record struct {
	Monitor, Kernel, Model, Preset     string
	Of, Period, Keep, Step, Parameters any
	Projection, Mapping, Sensors       any
	Reference, Noise, Areas            any
}

// records reads every [[record]].
func (r *reader) records() {
	if r.Has("record") && r.Kind("record") != "a list" {
		r.faultf(r.Pos("record"), "record: a list of tables; write [[record]] with two brackets")
		return
	}
	for i := range r.Len("record") {
		at := []string{"record", strconv.Itoa(i)}
		var rec record
		before := len(r.faults)
		r.faults.Add(r.Decode(&rec, at...))
		r.choiceOf("monitor", &rec.Monitor, monitorNames(), at)
		if len(r.faults) > before {
			continue
		}
		if r.plan.Record(rec.Monitor) != nil {
			r.faultf(r.ValuePos(join(at, "monitor")...), "monitor %q is recorded twice; one record holds all its quantities: of = [\"E\", \"I\"]", rec.Monitor)
			continue
		}
		r.others(rec, at)
		if rec.Monitor == "bold" {
			r.bold(rec, at)
		} else {
			r.series(rec, at)
		}
	}
}

// choiceOf is choice for a key without default.
func (r *reader) choiceOf(key string, word *string, known []string, at []string) {
	path := join(at, key)
	if !r.Has(path...) {
		r.missing(path, "%s is missing; there is %s", document.Address(path...), strings.Join(known, ", "))
		return
	}
	r.choice(word, known, path...)
}

// others notes keys of a record that its monitor has no use for.
func (r *reader) others(rec record, at []string) {
	only := func(keys []string, monitors ...string) {
		for _, key := range keys {
			if path := join(at, key); r.Has(path...) && !slices.Contains(monitors, rec.Monitor) {
				r.faultf(r.Pos(path...), "%s: the monitor %s has no %s; it goes with %s", document.Address(path...), rec.Monitor, key, strings.Join(monitors, ", "))
			}
		}
	}
	only([]string{"kernel", "model", "preset", "step", "parameters"}, "bold")
	only(projectionKeys, projected()...)
	only([]string{"areas"}, "spatial_average", "bold")
}

// series reads a record of any monitor but bold.
func (r *reader) series(rec record, at []string) {
	before := len(r.faults)
	out := Record{Monitor: rec.Monitor, Of: r.words(join(at, "of")...)}
	path := func(key string) []string { return join(at, key) }
	switch {
	case slices.Contains(projected(), rec.Monitor):
		out.View = r.projection(at)
	case rec.Monitor == "spatial_average":
		out.View = r.areas(at)
	}
	if isAfferent(rec.Monitor) && !r.Has(path("of")...) && r.plan.Model != nil {
		out.Of = r.plan.Model.CouplingTerms()
	} else if !r.Has(path("of")...) {
		r.missing(join(at, "of"), "%s.of is missing; write for example of = [%q]", document.Address(at...), r.recordable()[0])
	}
	known := r.recordable()
	if isAfferent(rec.Monitor) && r.plan.Model != nil {
		known = r.plan.Model.CouplingTerms()
	}
	r.quantities(out.Of, known, path("of"))
	out.Period = r.plan.Run.Step
	switch {
	case rec.Monitor == "afferent" && !r.Has(path("period")...):
	case rec.Monitor != "raw" && !r.Has(path("period")...):
		r.missing(join(at, "period"), `%s.period is missing; write for example period = "1 ms"`, document.Address(at...))
	case rec.Monitor == "raw" && r.Has(path("period")...):
		r.faultf(r.Pos(path("period")...), `%s.period: raw records every step; for a longer period there is the monitor subsample`, document.Address(at...))
	case rec.Monitor != "raw":
		out.Period = r.period(math.NaN(), out.Means(), path("period"))
	}
	if isAfferent(rec.Monitor) {
		r.late(out, at)
	}
	out.Keep = r.keep(path("keep"))
	if len(r.faults) == before {
		r.plan.Records = append(r.plan.Records, out)
	}
}

// late notes a record of input that has no sample: what goes with the last state is never computed.
func (r *reader) late(rec Record, at []string) {
	run := r.plan.Run
	if math.IsNaN(run.Step) || math.IsNaN(rec.Period) {
		return
	}
	if samples := r.plan.Samples(rec.Period, rec.Means()); samples == 1 && run.Steps()%wholeSteps(rec.Period, run.Step) == 0 {
		r.faultf(r.Pos(at...), "%s: no sample of %s lies before the last step, at %s", document.Address(at...), rec.Monitor, plainTime(run.Duration))
	}
}

// words reads a list of names; one name may stand without brackets.
func (r *reader) words(path ...string) []string {
	switch v := r.Value(path...).(type) {
	case nil:
		return nil
	case string:
		r.named(v, path)
		return []string{v}
	case []any:
		var out []string
		for i := range v {
			at := join(path, strconv.Itoa(i))
			s, err := r.Text(at...)
			if r.faults.Add(err); err == nil {
				r.named(s, at)
			}
			out = append(out, s)
		}
		return out
	}
	r.faultf(r.ValuePos(path...), "%s: expected a list of names, found %s", document.Address(path...), r.Kind(path...))
	return nil
}

// named notes a name without a letter.
func (r *reader) named(name string, path []string) {
	if name == "" {
		r.faultf(r.ValuePos(path...), "%s: the name is empty", document.Address(path...))
	}
}

// recordable lists what can be recorded of the nodes: states and observables.
func (r *reader) recordable() []string {
	m := r.plan.Model
	if m == nil {
		return []string{"E"}
	}
	names := stateNames(m)
	for _, o := range m.Observables {
		names = append(names, o.Name)
	}
	return names
}

// isCouplingTerm reports whether a name is c0, c1, ...: what the nodes receive can be recorded, too.
func (r *reader) isCouplingTerm(name string) bool {
	return slices.Contains(r.plan.Model.CouplingTerms(), name)
}

// quantities notes names that are not known, or stand twice.
func (r *reader) quantities(names, known, path []string) {
	for i, name := range names {
		at := join(path, strconv.Itoa(i))
		if r.Kind(path...) == "a string" {
			at = path
		}
		switch {
		case r.plan.Model == nil || name == "":
		case !slices.Contains(known, name) && !r.isCouplingTerm(name):
			r.faults.Add(document.Unknown(r.ValuePos(at...), "quantity", name, known))
		case slices.Contains(names[:i], name):
			r.faultf(r.ValuePos(at...), "%s: %s stands twice", document.Address(path...), name)
		}
	}
	if r.Has(path...) && names != nil && len(names) == 0 || r.Has(path...) && r.Len(path...) == 0 && r.Kind(path...) == "a list" {
		r.faultf(r.ValuePos(path...), "%s: the list is empty", document.Address(path...))
	}
}

// period reads a period: a multiple of the step that leaves at least one sample. A wrong one is noted and becomes NaN.
func (r *reader) period(missing float64, means bool, path []string) float64 {
	period := r.quantity("ms", missing, path...)
	run, address := r.plan.Run, document.Address(path...)
	switch {
	case math.IsNaN(run.Step) || math.IsNaN(period):
	case period <= 0:
		r.faultf(r.ValuePos(path...), "%s: %v ms is not above 0", address, period)
	case !r.multiple(period, path...):
	case r.plan.Samples(period, means) == 0:
		r.faultf(r.ValuePos(path...), "%s: no whole period of %s lies in the recorded time, %s to %s; periods are counted from the start of the simulation",
			address, plainTime(period), plainTime(run.Transient), plainTime(run.Duration))
	default:
		return period
	}
	return math.NaN()
}
