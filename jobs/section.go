package jobs

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"

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
		r.missing([]string{"model"}, `model is missing; write for example model = "adex2"`)
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
	cohort := r.isTable("cohort")
	if !r.section(&struct {
		Source, Normalise, Diagonal *string
		Speed, Lesion               any
	}{&p.ConnectomeSource, &p.Normalise, &p.Diagonal, nil, nil}, "connectome") {
		return
	}
	r.choice(&p.Normalise, connectome.Normalisations, "connectome", "normalise")
	r.choice(&p.Diagonal, []string{"keep", "zero"}, "connectome", "diagonal")
	if r.Has("cohort") {
		if cohort {
			r.cohort()
		}
		return
	}
	if !r.Has("connectome", "source") || r.Value("connectome", "source") == "" {
		r.missing([]string{"connectome", "source"}, `connectome.source is missing; write a path, or for example "synthetic:68"`)
		return
	}
	if r.Kind("connectome", "source") != "a string" {
		return // noted already
	}
	c := r.inputs.used
	if c == nil {
		var err error
		if c, err = r.inputs.connectome(p.ConnectomeSource); err != nil {
			r.faults.Add(foundIn(err, r.ValuePos("connectome", "source")))
			return
		}
		if c, err = p.treat(c); err != nil {
			r.faults.Add(placed(err, r.ValuePos("connectome", "normalise")))
			return
		}
	}
	r.warnings = append(r.warnings, c.Warnings()...)
	p.Connectome = c
	p.Subjects = []Subject{newSubject("", c)}
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

// foundIn gives the mistakes in a file that have no line there the place at which the job names the file.
func foundIn(err error, pos fault.Pos) error {
	var list fault.List
	list.Add(err)
	for i, m := range list {
		if m.Pos.Line > 0 {
			continue
		}
		if m.Pos.File != "" {
			list[i].Msg = m.Error()
		}
		list[i].Pos = pos
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
		r.missing([]string{"run", "duration"}, `run.duration is missing; write for example duration = "10 s"`)
	}
	if len(r.faults) > before {
		run.Step = math.NaN() // nothing that rests on times can be checked
		return
	}
	r.times()
}

// coupling reads [coupling]: the function and its parameters.
func (r *reader) coupling() {
	if !r.isTable("coupling") {
		return
	}
	p := r.plan
	name := r.text("coupling", "function")
	var gains map[string]float64
	if !r.Has("coupling", "function") {
		name = "linear"
		if p.Model != nil && p.Model.Coupling != "" {
			name, gains = p.Model.Coupling, p.Model.Gains
		}
	}
	found, err := model.FindCoupling(name)
	if err != nil {
		r.faults.Add(placed(err, r.ValuePos("coupling", "function")))
		return
	}
	p.Coupling = found
	if c := p.Connectome; found.Own == model.OwnColumns && c != nil {
		for i, label := range c.Labels {
			if at := i*c.N() + i; c.Weights[at] != 0 && c.Lengths[at] != 0 {
				r.faultf(r.ValuePos("coupling", "function"), "coupling %s needs connections of regions to themselves to have no length; that of %s has %v mm", name, label, c.Lengths[at])
				break
			}
		}
	}
	names := []string{"function"}
	for _, q := range found.Parameters {
		names = append(names, q.Name)
		if v, given := gains[q.Name]; given {
			q.Value = v
		}
		r.put(Setting{Address: "coupling." + q.Name, Unit: q.Unit, Values: []float64{q.Value}, Min: q.Min, Max: q.Max}, "coupling", q.Name)
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
	hint := document.Hint(name, known)
	if p := r.plan; hint == "" && p.Model != nil && owner == "model "+p.Model.Name {
		source := p.ModelSource
		if filepath.Ext(source) != "" {
			source = r.inputs.path(source)
		}
		hint = "; brainsweep models show " + source + " lists them"
	}
	r.faultf(pos, "unknown %s %q of %s%s", kind, name, owner, hint)
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
		s := Setting{Address: q.Name, Unit: q.Unit, Values: []float64{value}, Min: q.Min, Max: q.Max}
		if path := []string{"parameters", q.Name}; r.isMap(path) {
			r.putMap(s, path)
		} else {
			r.put(s, path...)
		}
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
		r.noTable([]string{section})
		return false
	}
	return true
}

// noTable notes that something else stands where a table should.
func (r *reader) noTable(path []string) {
	address, kind := document.Address(path...), r.Kind(path...)
	header, way := address, ""
	if address == "stimulus" {
		header = "stimulus.<name>"
	}
	switch {
	case len(path) > 1:
	case r.Kind(address, "0") == "a table":
		way = fmt.Sprintf("; write [%s] with one bracket", header)
	default:
		way = fmt.Sprintf("; write [%s] on a line of its own, and its keys below", header)
	}
	r.faultf(r.Pos(path...), "%s: expected a table, found %s%s", address, kind, way)
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

func stateNames(m *model.Model) []string {
	var names []string
	for _, s := range m.States {
		names = append(names, s.Name)
	}
	return names
}
