package jobs

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/document"
	"brainsweep/fault"
	"brainsweep/model"
)

// model reads model and preset.
func (r *reader) model() {
	p := r.plan
	if !r.Has("model") {
		r.faultf(r.ValuePos("model"), `model is missing; write for example model = "adex2"`)
		return
	}
	if r.Kind("model") != "a string" {
		return // noted already
	}
	m, err := r.openModel(p.ModelSource, r.ValuePos("model"))
	if err != nil {
		r.faults.Add(err)
		return
	}
	p.Model = m
	r.warnings = append(r.warnings, m.Warnings()...)
	r.preset(m, p.Preset, "preset")
}

// preset finds a preset of a model; none when the name is empty or unknown, which is noted.
func (r *reader) preset(m *model.Model, name string, path ...string) model.Preset {
	if name == "" {
		return model.Preset{}
	}
	var known []string
	for _, preset := range m.Presets {
		if preset.Name == name {
			return preset
		}
		known = append(known, preset.Name)
	}
	if len(known) == 0 {
		r.faultf(r.ValuePos(path...), "%s: model %s has no presets", document.Address(path...), m.Name)
		return model.Preset{}
	}
	r.faults.Add(document.Unknown(r.ValuePos(path...), "preset", name, known))
	return model.Preset{}
}

// connectome reads where the connectome comes from and makes it as it enters the equations.
func (r *reader) connectome() {
	p := r.plan
	if !r.section(&struct {
		Source, Normalise, Diagonal *string
		Speed                       any
	}{&p.ConnectomeSource, &p.Normalise, &p.Diagonal, nil}, "connectome") {
		return
	}
	r.choice(&p.Normalise, connectome.Normalisations, "connectome", "normalise")
	r.choice(&p.Diagonal, []string{"keep", "zero"}, "connectome", "diagonal")
	if !r.Has("connectome", "source") {
		r.faultf(r.Pos("connectome"), `connectome.source is missing; write a path, or for example "synthetic:68"`)
		return
	}
	if r.Kind("connectome", "source") != "a string" {
		return // noted already
	}
	c, err := r.inputs.connectome(p.ConnectomeSource)
	if err != nil {
		r.faults.Add(placed(err, r.ValuePos("connectome", "source")))
		return
	}
	r.warnings = append(r.warnings, c.Warnings()...)
	if p.Diagonal == "zero" {
		c = c.ZeroDiagonal()
	}
	c, err = c.Normalise(p.Normalise)
	if err != nil {
		r.faults.Add(placed(err, r.ValuePos("connectome", "normalise")))
		return
	}
	p.Connectome = c
}

// placed gives a mistake that has no place one.
func placed(err error, pos fault.Pos) error {
	var list fault.List
	list.Add(err)
	for i := range list {
		if list[i].Pos == (fault.Pos{}) {
			list[i].Pos = pos
		}
	}
	return list.Err()
}

// run reads [run].
func (r *reader) run() {
	run := &r.plan.Run
	precision := ""
	before := len(r.faults)
	if !r.section(&struct {
		Duration, Transient, Step any
		Scheme, Precision, Noise  *string
		Seed                      *uint64
	}{nil, nil, nil, &run.Scheme, &precision, &run.Noise, &run.Seed}, "run") {
		return
	}
	var schemes []string
	for _, s := range codegen.Schemes() {
		schemes = append(schemes, s.Name)
	}
	if !r.Has("run", "scheme") {
		run.Scheme = "heun"
	}
	r.choice(&run.Scheme, schemes, "run", "scheme")
	r.choice(&precision, []string{"single", "double"}, "run", "precision")
	r.choice(&run.Noise, []string{NoiseIndependent, NoiseCommon, NoiseNone}, "run", "noise")
	run.Precision = map[string]int{"single": 32, "double": 64}[precision]

	run.Step = r.quantity("ms", 0.1, "run", "step")
	run.Duration = r.quantity("ms", math.NaN(), "run", "duration")
	run.Transient = r.quantity("ms", 0, "run", "transient")
	if !r.Has("run", "duration") {
		r.faultf(r.Pos("run", "duration"), `run.duration is missing; write for example duration = "10 s"`)
	}
	if len(r.faults) > before {
		run.Step = math.NaN() // nothing that rests on times can be checked
		return
	}
	r.times()
}

// times checks how the times of [run] go together.
func (r *reader) times() {
	run := &r.plan.Run
	before := len(r.faults)
	at := func(key string) fault.Pos { return r.ValuePos("run", key) }
	if run.Step <= 0 {
		r.faultf(at("step"), "run.step: %v ms is not above 0", run.Step)
	}
	if run.Duration <= 0 {
		r.faultf(at("duration"), "run.duration: %v ms is not above 0", run.Duration)
	}
	if run.Transient < 0 {
		r.faultf(at("transient"), "run.transient: %v ms is below 0", run.Transient)
	}
	if len(r.faults) == before {
		r.multiple(run.Duration, "run", "duration")
		r.multiple(run.Transient, "run", "transient")
		if run.Duration <= run.Transient {
			r.faultf(at("duration"), "run.duration: %s are simulated in all, and the first %s of them are not recorded: nothing would be left; the duration must be longer than the transient",
				plainTime(run.Duration), plainTime(run.Transient))
		}
	}
	if len(r.faults) == before && run.Duration/run.Step > 1<<52 {
		r.faultf(at("duration"), "run.duration: %v steps are more than can be counted", run.Duration/run.Step)
	}
	if len(r.faults) > before {
		run.Step = math.NaN()
	}
}

// isMultiple tells whether time is a whole number of steps, but for rounding.
func isMultiple(time, step float64) bool {
	n := time / step
	return math.Abs(n-math.RoundToEven(n)) <= 1e-9*max(1, n)
}

// multiple notes a time that is no whole number of the job's steps, naming the nearest that are.
func (r *reader) multiple(time float64, path ...string) bool {
	step := r.plan.Run.Step
	if math.IsNaN(step) || isMultiple(time, step) {
		return true
	}
	below, above := math.Floor(time/step)*step, math.Ceil(time/step)*step
	nearest := plainTime(above)
	if below > 0 {
		nearest = plainTime(below) + " and " + nearest
	}
	r.faultf(r.ValuePos(path...), "%s: %s is not a multiple of the step, %s; nearest are %s",
		document.Address(path...), plainTime(time), plainTime(step), nearest)
	return false
}

// plainTime writes a time [ms] for a message, without the rounding of the last digits.
func plainTime(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%.12g s", ms/1000)
	}
	return fmt.Sprintf("%.12g ms", ms)
}

// coupling reads [coupling]: the function and its parameters.
func (r *reader) coupling() {
	if !r.isTable("coupling") {
		return
	}
	p := r.plan
	name := r.text("coupling", "function")
	if !r.Has("coupling", "function") {
		name = "linear"
	}
	found, err := model.FindCoupling(name)
	if err != nil {
		r.faults.Add(placed(err, r.ValuePos("coupling", "function")))
		return
	}
	p.Coupling = found
	names := []string{"function"}
	for _, q := range found.Parameters {
		names = append(names, q.Name)
		r.putScalar(Setting{Address: "coupling." + q.Name, Unit: q.Unit, Values: []float64{q.Value}, Min: q.Min, Max: q.Max})
	}
	r.known([]string{"coupling"}, "parameter", "coupling "+name, names)
	if p.Model != nil && len(p.Model.Coupled) == 0 && r.Has("coupling") {
		r.faultf(r.Pos("coupling"), "coupling: the nodes of model %s are not coupled", p.Model.Name)
	}
}

// known notes the keys of a section that are none of the names; they are meant as a kind of thing of an owner.
func (r *reader) known(section []string, kind, owner string, names []string) {
	for _, key := range r.Keys(section...) {
		if !slices.Contains(names, key) {
			r.unknown(r.Pos(join(section, key)...), kind, key, owner, names)
		}
	}
}

// unknown notes that an owner has no thing of a kind called name.
func (r *reader) unknown(pos fault.Pos, kind, name, owner string, known []string) {
	r.faultf(pos, "unknown %s %q of %s%s", kind, name, owner, document.Hint(name, known))
}

// parameters reads [parameters] over the preset and the model's values.
func (r *reader) parameters() {
	m := r.plan.Model
	if m == nil || !r.isTable("parameters") {
		return
	}
	preset := r.presetOf(m)
	var names []string
	for _, q := range m.Parameters {
		names = append(names, q.Name)
		value := q.Value
		if v, ok := preset.Parameters[q.Name]; ok {
			value = v
		}
		r.put(Setting{Address: q.Name, Unit: q.Unit, Values: []float64{value}, Min: q.Min, Max: q.Max}, "parameters", q.Name)
	}
	r.known([]string{"parameters"}, "parameter", "model "+m.Name, names)
}

// presetOf is the plan's preset, empty where there is none.
func (r *reader) presetOf(m *model.Model) model.Preset {
	for _, preset := range m.Presets {
		if preset.Name == r.plan.Preset {
			return preset
		}
	}
	return model.Preset{}
}

// isTable notes a section that is no table.
func (r *reader) isTable(section string) bool {
	if kind := r.Kind(section); r.Has(section) && kind != "a table" {
		r.faultf(r.Pos(section), "%s: expected a table, found %s", section, kind)
		return false
	}
	return true
}

// speed reads connectome.speed, by default TVB's 3 mm/ms.
func (r *reader) speed() {
	s := Setting{Address: "connectome.speed", Unit: "mm/ms", Values: []float64{3}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1)}
	if v := r.quantity(s.Unit, 3, "connectome", "speed"); r.Has("connectome", "speed") {
		s.Values[0] = v
		r.bounds(s, s.Values, r.ValuePos("connectome", "speed"), s.Address)
	}
	r.plan.add(s)
}

// noise reads [noise]: D of each state. The default is the preset's, else the model's; run.noise = "none" makes it 0.
func (r *reader) noise() {
	m := r.plan.Model
	if m == nil || !r.isTable("noise") {
		return
	}
	preset := r.presetOf(m)
	names := stateNames(m)
	for _, state := range m.States {
		d := state.Noise
		if v, ok := preset.Noise[state.Name]; ok {
			d = v
		}
		r.putScalar(Setting{Address: "noise." + state.Name, Values: []float64{d}, Max: math.Inf(1)})
	}
	if r.plan.Run.Noise == NoiseNone {
		for _, state := range m.States {
			r.plan.Setting("noise." + state.Name).Values[0] = 0
		}
	}
	r.known([]string{"noise"}, "state", "model "+m.Name, names)
}

func stateNames(m *model.Model) []string {
	var names []string
	for _, s := range m.States {
		names = append(names, s.Name)
	}
	return names
}

// isInitial tells an address of an initial value.
func isInitial(address string) bool { return strings.HasPrefix(address, "initial.") }

// initial reads [initial]: a state's value, in the order given here: its key, the file, the preset, the model's range
// where that is a single value. What is left is drawn from the range.
func (r *reader) initial() {
	m := r.plan.Model
	if m == nil || !r.isTable("initial") {
		return
	}
	preset := r.presetOf(m)
	table := r.initialFile()
	for _, state := range m.States {
		s := Setting{Address: "initial." + state.Name, Unit: state.Unit, Min: state.Min, Max: state.Max}
		if state.Low == state.High {
			s.Values = []float64{state.Low}
		}
		if v, ok := preset.Initial[state.Name]; ok {
			s.Values = []float64{v}
		}
		if row, ok := table[state.Name]; ok {
			s.Values = row
		}
		if s.Values != nil || r.Has("initial", state.Name) {
			r.put(s, "initial", state.Name)
		}
	}
	r.known([]string{"initial"}, "state", "model "+m.Name, append(stateNames(m), "file"))
}

// initialFile reads initial.file: a line for each state, its name, then a number for each node.
func (r *reader) initialFile() map[string][]float64 {
	if !r.Has("initial", "file") {
		return nil
	}
	file, err := r.Text("initial", "file")
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	lines, err := r.lines(file, r.ValuePos("initial", "file"))
	if err != nil {
		r.faults.Add(err)
		return nil
	}
	m, table := r.plan.Model, map[string][]float64{}
	for _, l := range lines {
		name := l.fields[0]
		s := stateOf(m, name)
		switch {
		case s == nil:
			r.unknown(l.pos[0], "state", name, "model "+m.Name, stateNames(m))
			continue
		case table[name] != nil:
			r.faultf(l.pos[0], "state %s has two lines", name)
			continue
		}
		var row []float64
		for i := 1; i < len(l.fields); i++ {
			x, err := l.finite(i)
			r.faults.Add(err)
			row = append(row, x)
		}
		if n := r.nodes(); n > 0 && len(row) != n {
			r.faultf(l.pos[0], "%s: %d numbers for the %d nodes of %s", name, len(row), n, r.plan.Connectome.Source)
			continue
		}
		r.bounds(Setting{Unit: s.Unit, Min: s.Min, Max: s.Max}, row, l.pos[0], name)
		table[name] = compact(row)
	}
	return table
}

func stateOf(m *model.Model, name string) *model.State {
	for i := range m.States {
		if m.States[i].Name == name {
			return &m.States[i]
		}
	}
	return nil
}
