package jobs

import (
	"context"
	"fmt"
	"slices"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/metrics"
	"brainsweep/model"
	"brainsweep/sim"
)

// Evaluation asks for a model's derivatives and other values at given states, computed by the compiled kernel of a device.
type Evaluation struct {
	Model     *model.Model
	Preset    string
	Precision int // 32 or 64

	// Columns holds numbers of one length by name: all states, any coupling terms (c0, ...; 0 where missing), the input of a
	// model that has one, and any parameters.
	Columns map[string][]float64
	Of      []string // what is asked for: definitions, states, d_<state>; none: all derivatives
}

// evaluated is the most rows that one kernel call takes as its nodes.
const evaluated = 256

// Unused gives the columns that the model knows nothing about, sorted.
func (e Evaluation) Unused() []string {
	probe := e.Model.Probe()
	var out []string
	for name := range e.Columns {
		isState := slices.ContainsFunc(probe.States, func(s model.State) bool { return s.Name == name })
		isParameter := slices.ContainsFunc(probe.Parameters, func(p model.Parameter) bool { return p.Name == name })
		if !isState && !isParameter {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Names gives the values that Run computes, in order.
func (e Evaluation) Names() []string {
	if len(e.Of) > 0 {
		return e.Of
	}
	var out []string
	for _, s := range e.Model.States {
		out = append(out, "d_"+s.Name)
	}
	return out
}

// Run computes the values that Names lists, one column each. Mistakes in the columns or the names are a fault.List.
func (e Evaluation) Run(ctx context.Context, dev device.Device) ([][]float64, error) {
	probe := e.Model.Probe()
	defaults, perNode, err := e.check(probe)
	if err != nil {
		return nil, err
	}
	rows := 0
	for _, c := range e.Columns {
		rows = len(c)
	}
	names := e.Names()
	out := make([][]float64, len(names))
	if rows == 0 {
		return out, nil
	}
	nodes := min(rows, evaluated)
	coupling, err := model.FindCoupling("scaling")
	if err != nil {
		return nil, err
	}
	scheme, err := codegen.FindScheme("euler")
	if err != nil {
		return nil, err
	}
	stream := codegen.Stream{Kind: codegen.Sample, Period: 1}
	for _, name := range names {
		stream.Quantities = append(stream.Quantities, codegen.Quantity{Name: e.defined(name), Out: true})
	}
	study := &sim.Study{
		Spec: codegen.Spec{
			Title: e.Model.Title, Model: probe, Coupling: coupling, Scheme: scheme, Precision: e.Precision, Nodes: nodes,
			PerNode: perNode, Streams: []codegen.Stream{stream},
		},
		Step: 1, Steps: 1,
	}
	empty := &connectome.Connectome{Weights: make([]float64, nodes*nodes), Lengths: make([]float64, nodes*nodes), Labels: make([]string, nodes)}
	wiring, err := sim.NewWiring(empty, 1, 1)
	if err != nil {
		return nil, err
	}
	var points []sim.Point
	for first := 0; first < rows; first += nodes {
		row := func(node int) int { return min(first+node, rows-1) }
		point := sim.Point{
			Value:     func(address string) float64 { return defaults[address] },
			NodeValue: func(address string, node int) float64 { return e.Columns[address][row(node)] },
			Wiring:    wiring,
		}
		for _, s := range probe.States {
			for node := range nodes {
				v := 0.0
				if column := e.Columns[s.Name]; column != nil {
					v = column[row(node)]
				}
				point.Initial = append(point.Initial, v)
			}
		}
		points = append(points, point)
	}
	runner, err := sim.NewRunner(ctx, dev, study)
	if err != nil {
		return nil, err
	}
	defer runner.Close()
	for i := range out {
		out[i] = make([]float64, len(points)*nodes)
	}
	if _, err := runner.Run(ctx, points, columns{out, nodes}, sim.Pace{}); err != nil {
		return nil, err
	}
	for i := range out {
		out[i] = out[i][:rows]
	}
	return out, nil
}

// defined is the name that the probe has for what the user calls name.
func (e Evaluation) defined(name string) string {
	for _, s := range e.Model.States {
		if name == "d_"+s.Name {
			return s.Slope()
		}
	}
	return name
}

// check gives the numbers that the columns do not, and the parameters that they do.
func (e Evaluation) check(probe *model.Model) (defaults map[string]float64, perNode []string, err error) {
	var list fault.List
	defaults = map[string]float64{codegen.StepAddress: 1, "coupling.a": 0}
	for _, p := range probe.Parameters {
		defaults[p.Name] = p.Value
		if e.Columns[p.Name] != nil {
			perNode = append(perNode, p.Name)
		}
	}
	found := e.Preset == ""
	var presets []string
	for _, p := range e.Model.Presets {
		presets = append(presets, p.Name)
		if p.Name == e.Preset {
			found = true
			for name, v := range p.Parameters {
				defaults[name] = v
			}
		}
	}
	if !found {
		list.Addf(fault.Pos{}, "model %s has no preset %q%s", e.Model.Name, e.Preset, fault.Suggest(e.Preset, presets))
	}
	for _, s := range e.Model.States {
		if e.Columns[s.Name] == nil {
			list.Addf(fault.Pos{}, "there is no column %q: each state of model %s needs one", s.Name, e.Model.Name)
		}
	}
	if e.Model.Input != "" && e.Columns[e.Model.Input] == nil {
		list.Addf(fault.Pos{}, "there is no column %q, the input of model %s", e.Model.Input, e.Model.Name)
	}
	dyn, err := probe.Dynamics()
	if err != nil {
		return nil, nil, err
	}
	var known []string
	for name := range dyn.Values {
		known = append(known, name)
	}
	for _, name := range e.Of {
		if dyn.Values[e.defined(name)] == nil {
			list.Addf(fault.Pos{}, "model %s has no value %q%s", e.Model.Name, name, fault.Suggest(name, known))
		}
	}
	return defaults, perNode, list.Err()
}

// columns is the sink of an evaluation: each point holds as many rows as it has nodes.
type columns struct {
	out   [][]float64
	nodes int
}

func (c columns) Samples(point, _, quantity int, _ int64, rows metrics.Rows) error {
	for i := range c.nodes {
		switch r := rows.Numbers.(type) {
		case []float64:
			c.out[quantity][point*c.nodes+i] = r[i]
		case []float32:
			c.out[quantity][point*c.nodes+i] = float64(r[i])
		default:
			return fmt.Errorf("jobs: samples of type %T", r)
		}
	}
	return nil
}
