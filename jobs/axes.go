package jobs

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/sweep"
)

// seedAddress is the one axis that is no setting.
const seedAddress = "run.seed"

// options are the keys of [sweep] that are no addresses.
var options = [...]string{"mode", "file", "points", "seed", "only"}

// sections are the first parts of addresses that have several.
var sections = [...]string{"parameters", "coupling", "connectome", "noise", "clamp", "initial", "stimulus", "bold", "run"}

// sweepable says what an axis may be.
const sweepable = "what can be swept: a parameter of the model, parameters.<parameter>.scale and .offset of a map, coupling.<parameter>, connectome.speed, connectome.lesion.<number>.scale, noise.<state>, noise.<state>.ntau, clamp.<state>, initial.<state>, stimulus.<name>.<parameter>, bold.<parameter>, run.seed"

// sweep reads [sweep]: the mode and the axes in the file's order.
func (r *reader) sweep() {
	if !r.isTable("sweep") || !r.Has("sweep") {
		return
	}
	s := &r.plan.Sweep
	var modes []string
	for _, m := range sweep.Modes() {
		modes = append(modes, string(m))
	}
	mode := r.text("sweep", "mode")
	before := len(r.faults)
	r.choice(&mode, modes, "sweep", "mode")
	if len(r.faults) > before {
		return
	}
	s.Mode = sweep.Mode(mode)
	r.sweepOptions()
	if s.Mode == sweep.List {
		r.listAxes()
	} else {
		r.axesIn("sweep")
	}
	if len(r.faults) > before {
		return
	}
	r.faults.Add(placed(s.Check(), r.Pos("sweep")))
	if r.Has("sweep", "only") && len(r.faults) == before {
		r.only()
	}
}

// swept tells what the author of the model's file swept and the job says nothing of.
func (r *reader) swept() {
	if r.plan.Model == nil {
		return
	}
	for _, s := range r.plan.Model.Swept {
		if !r.plan.Swept(s.Address) && !r.Has("parameters", s.Address) {
			r.warnf("%s", s.Note)
		}
	}
}

// only narrows the sweep to one of its points, whose name, and so whose noise, stays what it was.
func (r *reader) only() {
	var number int
	s := &r.plan.Sweep
	before := len(r.faults)
	r.faults.Add(r.Decode(&number, "sweep", "only"))
	if len(r.faults) > before {
		return
	}
	if number < 0 || number >= s.Len() {
		r.faultf(r.ValuePos("sweep", "only"), "sweep.only: there is no point %d; they are 0 to %d", number, s.Len()-1)
		return
	}
	one := sweep.Space{Mode: sweep.Grid}
	for i, v := range s.Point(number, nil) {
		axis := s.Axes[i]
		axis.Range, axis.Values = sweep.Range{}, []float64{v}
		one.Axes = append(one.Axes, axis)
	}
	s.Space, s.File, s.Rules = one, "", make([]Rule, len(one.Axes))
}

// sweepOptions reads points, seed and file, each where the mode has a use for it.
func (r *reader) sweepOptions() {
	s := &r.plan.Sweep
	const drawing = "random, latin-hypercube or sobol"
	r.option("points", s.Mode.Drawn(), drawing, &s.Points)
	r.option("seed", s.Mode.Drawn(), drawing, &s.Seed)
	r.option("file", s.Mode == sweep.List, "list", &s.File)
	switch {
	case s.Mode.Drawn() && !r.Has("sweep", "points"):
		r.missing([]string{"sweep", "points"}, "sweep.points is missing; mode %s needs the number of points to draw", s.Mode)
	case s.Mode.Drawn() && s.Points < 1:
		r.faultf(r.ValuePos("sweep", "points"), "sweep.points: %d points; there must be at least one", s.Points)
	case s.Mode == sweep.List && !r.Has("sweep", "file"):
		r.missing([]string{"sweep", "file"}, `sweep.file is missing; mode list reads the points from a table, e.g. file = "points.csv", with the addresses in its first line`)
	}
}

// option reads a key of [sweep] that only some modes have a use for.
func (r *reader) option(key string, useful bool, modes string, v any) {
	if r.Has("sweep", key) && !useful {
		r.faultf(r.Pos("sweep", key), "sweep.%s goes with mode %s, but the mode is %s", key, modes, r.plan.Sweep.Mode)
		return
	}
	r.faults.Add(r.Decode(v, "sweep", key))
}

// text gives the string at path, "" where there is none; another kind of value is noted.
func (r *reader) text(path ...string) string {
	if !r.Has(path...) {
		return ""
	}
	s, err := r.Text(path...)
	r.faults.Add(err)
	return s
}

// axesIn reads the axes of the table at path. A table that is no range leads on to further parts of an address, so
// that coupling.a = [...] means the same with and without quotes.
func (r *reader) axesIn(path ...string) {
	for _, key := range r.Keys(path...) {
		if len(path) == 1 && slices.Contains(options[:], key) {
			continue
		}
		at := join(path, key)
		address := strings.Join(at[1:], ".")
		keys := r.Keys(at...)
		unknown := len(path) == 1 && !slices.Contains(sections[:], key) && !r.isSetting(key) // it leads to no address, whatever it holds
		switch {
		case unknown || len(keys) == 0 || slices.ContainsFunc(keys, func(key string) bool { return r.isRangeKey(join(at, key)) }):
			r.axis(address, at)
		case r.isSetting(address) && !slices.ContainsFunc(keys, func(key string) bool { return r.isSetting(address + "." + key) }):
			r.faultf(r.ValuePos(at...), "sweep.%s: a range is { from = ..., to = ..., points = ... }, but here stands %s", address, strings.Join(keys, ", "))
		default:
			r.axesIn(at...)
		}
	}
}

// isSetting tells whether an address is that of a number which the plan has.
func (r *reader) isSetting(address string) bool {
	return r.plan.Setting(address) != nil || r.plan.boldSetting(address) != nil
}

// isRangeKey tells a range's keys from the parts of an address: scale is a lesion's, too, but there it is no text.
func (r *reader) isRangeKey(path []string) bool {
	key := path[len(path)-1]
	return key == "from" || key == "to" || key == "points" || key == "scale" && r.Kind(path...) == "a string"
}

// axis reads one axis from path.
func (r *reader) axis(address string, path []string) {
	setting, ok := r.sweepSetting(address, r.Pos(path...))
	if !ok {
		return
	}
	s := &r.plan.Sweep
	axis, rule := sweep.Axis{Address: address, Unit: setting.Unit}, Rule{}
	before := len(r.faults)
	switch v := r.Value(path...).(type) {
	case []any:
		for i := range v {
			x, _ := r.number(setting.Unit, join(path, strconv.Itoa(i))...)
			axis.Values = append(axis.Values, x)
		}
		if len(v) == 0 {
			r.faultf(r.ValuePos(path...), "sweep.%s: no values; give at least one", address)
		}
	case map[string]any:
		rule = r.rule(setting, path)
		if len(r.faults) > before {
			return
		}
		r.spread(&axis, rule, path)
	default:
		r.faultf(r.ValuePos(path...), "sweep.%s: expected a list of values or { from = ..., to = ..., points = ... }, found %s", address, r.Kind(path...))
	}
	if len(r.faults) > before {
		return
	}
	for i, v := range values(axis) {
		pos := r.ValuePos(path...)
		if !rule.Range {
			pos = r.ValuePos(join(path, strconv.Itoa(i))...)
		}
		if r.axisValue(setting, v, pos); len(r.faults) > before {
			break
		}
	}
	if address == seedAddress && axis.Values == nil {
		r.faultf(r.ValuePos(path...), "sweep.run.seed: mode %s draws seeds from a list of them", s.Mode)
	}
	r.plan.axes[address] = len(s.Axes)
	s.Axes, s.Rules = append(s.Axes, axis), append(s.Rules, rule)
}

// values are an axis's values, or the ends of its range.
func values(a sweep.Axis) []float64 {
	if a.Values == nil {
		return []float64{a.Range.From, a.Range.To}
	}
	return a.Values
}

// rule reads { from, to, points, scale }.
func (r *reader) rule(setting Setting, path []string) Rule {
	rule := Rule{Range: true}
	scale := ""
	at := func(key string) []string { return join(path, key) }
	r.faults.Add(r.Decode(&struct {
		From, To any
		Points   *int
		Scale    *string
	}{nil, nil, &rule.Points, &scale}, path...))
	r.choice(&scale, []string{"linear", "log"}, at("scale")...)
	rule.Log = scale == "log"
	for key, target := range map[string]*float64{"from": &rule.From, "to": &rule.To} {
		if !r.Has(at(key)...) {
			r.missing(join(path, key), "%s: %s is missing", document.Address(path...), key)
			continue
		}
		*target, _ = r.number(setting.Unit, at(key)...)
	}
	drawn := r.plan.Sweep.Mode.Drawn()
	switch {
	case drawn && r.Has(at("points")...):
		r.faultf(r.Pos(at("points")...), "%s: an axis has no points of its own in mode %s; write sweep.points", document.Address(path...), r.plan.Sweep.Mode)
	case !drawn && !r.Has(at("points")...) && r.Has(at("from")...) && r.Has(at("to")...):
		r.missing(join(path, "points"), "%s: points is missing; from %v to %v in how many values?", document.Address(path...), rule.From, rule.To)
	case !drawn && !r.Has(at("points")...):
		r.missing(join(path, "points"), "%s: points is missing: how many values?", document.Address(path...))
	}
	return rule
}

// spread gives the axis its values, or the range to draw from.
func (r *reader) spread(axis *sweep.Axis, rule Rule, path []string) {
	pos := r.ValuePos(path...)
	scale := sweep.Linear
	if rule.Log {
		scale = sweep.Log
	}
	points := rule.Points
	if r.plan.Sweep.Mode.Drawn() {
		axis.Range = sweep.Range{From: rule.From, To: rule.To, Log: rule.Log}
		points = 2 // only to have the ends checked
	} else if r.Has(join(path, "points")...) {
		pos = r.ValuePos(join(path, "points")...)
		if points > 0 {
			pos = r.ValuePos(path...)
		}
	}
	values, err := scale(rule.From, rule.To, points)
	if err != nil {
		r.faultf(pos, "%s: %v", document.Address(path...), err)
		return
	}
	if !r.plan.Sweep.Mode.Drawn() {
		axis.Values = values
	}
}

// listAxes reads the table of mode list.
func (r *reader) listAxes() {
	s := &r.plan.Sweep
	for _, key := range r.Keys("sweep") {
		if !slices.Contains(options[:], key) {
			r.faultf(r.Pos("sweep", key), "sweep.%s: mode list takes its axes from the table only", key)
		}
	}
	if s.File == "" {
		return
	}
	pos := r.ValuePos("sweep", "file")
	text, err := r.inputs.file(s.File, pos)
	if err != nil {
		r.faults.Add(err)
		return
	}
	file := r.inputs.path(s.File)
	axes, err := sweep.ReadList(file, bytes.NewReader(text))
	if err != nil {
		r.faults.Add(err)
		return
	}
	lines, err := r.lines(s.File, pos) // for the places
	if err != nil {
		r.faults.Add(err)
		return
	}
	for k, a := range axes {
		setting, ok := r.sweepSetting(a.Address, lines[0].pos[k])
		if !ok {
			continue
		}
		a.Unit = setting.Unit
		before := len(r.faults)
		for i := 0; i < len(a.Values) && len(r.faults) == before; i++ {
			r.axisValue(setting, a.Values[i], lines[i+1].pos[k])
		}
		r.plan.axes[a.Address] = len(s.Axes)
		s.Axes, s.Rules = append(s.Axes, a), append(s.Rules, Rule{})
	}
}

// axisValue notes a value that an axis cannot have.
func (r *reader) axisValue(setting Setting, v float64, pos fault.Pos) {
	r.bounds(setting, []float64{v}, pos, "sweep."+setting.Address)
	if setting.Address == seedAddress && v != math.Trunc(v) {
		r.faultf(pos, "sweep.run.seed: %v is no seed; a seed is a whole number", v)
	}
}

// sweepSetting finds what an address of [sweep] means; mistakes are noted.
func (r *reader) sweepSetting(address string, pos fault.Pos) (Setting, bool) {
	p := r.plan
	if p.Model == nil || p.Coupling.Name == "" {
		return Setting{}, false // noted already, and nothing can be said about addresses
	}
	if r.plan.Swept(address) {
		r.faultf(pos, "sweep.%s: swept twice; keep one of the two", address)
		return Setting{}, false
	}
	if address == seedAddress && p.seeds() > 1 {
		r.faultf(pos, "sweep.%s: run.seed is swept, and cohort.seeds asks for %d seeds; keep one of the two", address, p.seeds())
		return Setting{}, false
	}
	if address == seedAddress {
		return Setting{Address: address, Max: 1 << 53}, true
	}
	section, name, dotted := strings.Cut(address, ".")
	if state := stateOf(p.Model, name); section == "initial" && state != nil && p.Setting(address) == nil {
		// A state that would be drawn: its setting stands for nothing but the axis.
		p.add(Setting{Address: address, Unit: state.Unit, Values: []float64{state.Low}, Min: state.Min, Max: state.Max})
	}
	s := p.Setting(address)
	if s == nil {
		s = p.boldSetting(address)
	}
	switch {
	case s == nil && !dotted:
		r.unknown(pos, "parameter", address, "model "+p.Model.Name, r.bareAddresses())
		return Setting{}, false
	case s == nil && (section == "noise" || section == "initial"):
		r.unknown(pos, "state", name, "model "+p.Model.Name, stateNames(p.Model))
		return Setting{}, false
	case s == nil:
		r.faultf(pos, "%q cannot be swept%s; %s", address, fault.Suggest(address, r.dottedAddresses()), sweepable)
		return Setting{}, false
	case len(s.Values) > 1:
		r.faultf(pos, "sweep.%s: it is given node by node, so it cannot be swept; give it one number, or do not sweep it", address)
		return Setting{}, false
	case section == "noise" && p.Run.Noise == NoiseNone:
		r.faultf(pos, `sweep.%s: run.noise = "none" switches noise off, so it cannot be swept`, address)
		return Setting{}, false
	}
	return *s, true
}

func (r *reader) bareAddresses() []string {
	var out []string
	for _, q := range r.plan.Model.Parameters {
		out = append(out, q.Name)
	}
	return out
}

func (r *reader) dottedAddresses() []string {
	out := []string{seedAddress}
	for _, s := range r.plan.Settings {
		if strings.Contains(s.Address, ".") {
			out = append(out, s.Address)
		}
	}
	for _, rec := range r.plan.Records {
		if rec.Bold != nil {
			for _, s := range rec.Bold.Parameters {
				out = append(out, s.Address)
			}
		}
	}
	return out
}
