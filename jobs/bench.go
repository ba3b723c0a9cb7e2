package jobs

import (
	"context"
	"fmt"
	"math"
	"slices"
	"syscall"
	"time"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/library"
	"brainsweep/sim"
)

// BenchCase is a piece of work: a synthetic brain with delays, Heun at 0.1 ms with noise, 1 ms averages, BOLD every
// second, and the FC of the averages and of BOLD.
type BenchCase struct {
	Name     string
	Model    string
	Preset   string
	Coupling string
	Noisy    string
	Of       []string
	Settings map[string]float64
	Nodes    int     // of the brain
	Speed    float64 // of conduction [mm/ms]
}

// BenchCases lists the cases, with 68 nodes and 4 mm/ms.
func BenchCases() []BenchCase {
	cases := []BenchCase{
		{Name: "adex2", Model: "adex2", Preset: "paper", Coupling: "linear", Noisy: "ou", Of: []string{"E", "I"},
			Settings: map[string]float64{"coupling.a": 0.3, "noise.ou": 1}},
		{Name: "wongwang", Model: "wongwang", Coupling: "scaling", Noisy: "S", Of: []string{"S"},
			Settings: map[string]float64{"coupling.a": 0.05, "noise.S": 1e-9}},
		{Name: "kuramoto", Model: "kuramoto", Coupling: "kuramoto", Noisy: "theta", Of: []string{"theta"},
			Settings: map[string]float64{"coupling.a": 1, "noise.theta": 1e-4}},
	}
	for i := range cases {
		cases[i].Nodes, cases[i].Speed = 68, 4
	}
	return cases
}

// BenchResult is what a case gave.
type BenchResult struct {
	Case               string             `json:"case"`
	Precision          string             `json:"precision"`
	Nodes              int                `json:"nodes"`
	Edges              int                `json:"edges"`
	Horizon            int                `json:"horizon"` // longest delay [steps]
	Threads            int                `json:"threads"`
	NodeStepsPerSecond float64            `json:"node_steps_per_second"` // per core
	Stages             map[string]float64 `json:"stages"`                // share of the time
}

// BenchStages are the keys of BenchResult.Stages in the order in which people want them.
func BenchStages() []string {
	return []string{"dynamics", "coupling", "noise", "monitors", "metrics"}
}

const (
	benchStep   = 0.1  // [ms]
	benchPeriod = 10   // steps of an average
	benchBold   = 1e4  // steps of a BOLD sample
	benchTurn   = 0.02 // that one timed run takes, about [s]
	benchTurns  = 45   // timed runs of each variant
)

// bench is one case on one device.
type bench struct {
	BenchCase
	dev       device.Device
	precision int
	model     *model.Model
	bold      *model.Model
	coupling  model.Coupling
	scheme    codegen.Scheme
	wired     *sim.Wiring
	bare      *sim.Wiring
}

// variant is a case without some of its stages, ready to be timed.
type variant struct {
	stage  string // that it lacks, and the variant before it has
	study  *sim.Study
	runner *sim.Runner
	points []sim.Point
	cost   float64 // of a node-step in the fastest turn [s]
}

// Bench times a case in single (32) or double (64) precision on all workers of a device. What a stage takes is the time
// that its absence saves. The variants take turns, and the fastest turn of each counts: what disturbs a turn only makes
// it slower, and minima proved far steadier than medians.
func Bench(ctx context.Context, dev device.Device, c BenchCase, precision int) (*BenchResult, error) {
	b, err := newBench(dev, c, precision)
	if err != nil {
		return nil, err
	}
	variants := []*variant{
		b.variant("", b.streams(true), true, b.wired),
		b.variant("metrics", b.streams(false), true, b.wired),
		b.variant("monitors", nil, true, b.wired),
		b.variant("noise", nil, false, b.wired),
		b.variant("coupling", nil, false, b.bare),
	}
	defer func() {
		for _, v := range variants {
			if v.runner != nil {
				v.runner.Close()
			}
		}
	}()
	for _, v := range variants {
		if err := b.prepare(ctx, v); err != nil {
			return nil, err
		}
	}
	for range benchTurns {
		for _, v := range variants {
			cost, err := b.turn(ctx, v)
			if err != nil {
				return nil, err
			}
			v.cost = min(v.cost, cost)
		}
	}
	out := &BenchResult{Case: c.Name, Precision: precisionName(precision), Nodes: c.Nodes, Edges: b.wired.Edges(), Horizon: b.wired.MaxDelay,
		Threads: dev.Info().Workers, NodeStepsPerSecond: 1 / variants[0].cost, Stages: map[string]float64{}}
	rest := 1.0
	for _, v := range variants[1:] {
		out.Stages[v.stage] = max(0, rest-v.cost/variants[0].cost)
		rest -= out.Stages[v.stage]
	}
	out.Stages["dynamics"] = rest
	return out, nil
}

func precisionName(bits int) string {
	if bits == 32 {
		return "single"
	}
	return "double"
}

func newBench(dev device.Device, c BenchCase, precision int) (*bench, error) {
	b := &bench{BenchCase: c, dev: dev, precision: precision}
	var faults fault.List
	var err error
	b.model, err = library.Read(c.Model)
	faults.Add(err)
	b.bold, err = library.Read("balloon")
	faults.Add(err)
	b.coupling, err = model.FindCoupling(c.Coupling)
	faults.Add(err)
	b.scheme, err = codegen.FindScheme("heun")
	faults.Add(err)
	brain, err := connectome.Synthetic(c.Nodes)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if brain, err = brain.Normalise("column"); err != nil {
		return nil, err
	}
	if b.wired, err = sim.NewWiring(brain, c.Speed, benchStep); err != nil {
		return nil, err
	}
	alone := *brain
	alone.Weights = make([]float64, len(brain.Weights))
	b.bare, err = sim.NewWiring(&alone, c.Speed, benchStep)
	return b, err
}

// streams are the averages and BOLD, with or without their moments.
func (b *bench) streams(moments bool) []codegen.Stream {
	averages := codegen.Stream{Kind: codegen.Average, Period: benchPeriod, Pairs: moments}
	for _, name := range b.Of {
		averages.Quantities = append(averages.Quantities, codegen.Quantity{Name: name, Out: true, Moments: moments})
	}
	bold := codegen.Stream{Kind: codegen.Balloon, Period: benchBold, Every: benchPeriod, Drive: b.Of[0], Model: b.bold, Scheme: b.scheme,
		Pairs: moments, Quantities: []codegen.Quantity{{Name: "bold", Out: true, Moments: moments}}}
	return []codegen.Stream{averages, bold}
}

// variant sets up a run with some of the stages.
func (b *bench) variant(without string, streams []codegen.Stream, noise bool, wiring *sim.Wiring) *variant {
	v := &variant{stage: without, cost: math.Inf(1), study: &sim.Study{
		Spec: codegen.Spec{Title: "bench " + b.Name, Model: b.model, Coupling: b.coupling, Scheme: b.scheme, Precision: b.precision,
			Nodes: b.Nodes, Streams: streams},
		Step: benchStep, Steps: benchPeriod,
	}}
	if noise {
		v.study.Noisy = []string{b.Noisy}
	}
	v.points = slices.Repeat([]sim.Point{b.point(wiring, len(streams) > 0)}, b.dev.Info().Workers)
	return v
}

// prepare builds a variant and finds out how many steps a turn has.
func (b *bench) prepare(ctx context.Context, v *variant) error {
	var err error
	if v.runner, err = sim.NewRunner(ctx, b.dev, v.study); err != nil {
		return err
	}
	for {
		cost, err := b.turn(ctx, v)
		if err != nil {
			return err
		}
		wanted := benchTurn / (cost * float64(b.Nodes))
		if float64(v.study.Steps) >= wanted/2 {
			return nil
		}
		v.study.Steps = int64(min(wanted, 100*float64(v.study.Steps))/benchPeriod+1) * benchPeriod
	}
}

// turn runs a variant once and returns the seconds that a node-step takes a worker.
func (b *bench) turn(ctx context.Context, v *variant) (float64, error) {
	began := b.now()
	out, err := v.runner.Run(ctx, v.points, nowhere{}, sim.Pace{})
	if err != nil {
		return 0, err
	}
	if f := out[0].Fault; f != nil {
		return 0, fmt.Errorf("jobs: bench %s: state %d of node %d is not finite after step %d", b.Name, f.State, f.Node, f.Step)
	}
	return (b.now() - began) / float64(v.study.Steps) / float64(b.Nodes), nil
}

// now reads a clock [s]. The cores of this process are timed by the processor time that each of the workers had, which
// other programs on the machine do not touch.
func (b *bench) now() float64 {
	var used syscall.Rusage
	if b.dev.Info().Kind != "cpu" || syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return float64(time.Now().UnixNano()) / 1e9
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9 / float64(b.dev.Info().Workers)
}

// point is the case's parameter set.
func (b *bench) point(wiring *sim.Wiring, bold bool) sim.Point {
	values := map[string]float64{codegen.StepAddress: benchStep}
	for _, p := range b.model.Parameters {
		values[p.Name] = p.Value
	}
	for _, p := range b.coupling.Parameters {
		values["coupling."+p.Name] = p.Value
	}
	for _, p := range b.bold.Parameters {
		values["bold."+p.Name] = p.Value
	}
	start := map[string]float64{}
	for _, s := range b.model.States {
		start[s.Name] = (s.Low + s.High) / 2
	}
	for _, preset := range b.model.Presets {
		if preset.Name == b.Preset {
			for name, v := range preset.Parameters {
				values[name] = v
			}
			for name, v := range preset.Initial {
				start[name] = v
			}
		}
	}
	for name, v := range b.Settings {
		values[name] = v
	}
	point := sim.Point{Value: func(address string) float64 { return values[address] }, Wiring: wiring, Key: 1}
	for _, s := range b.model.States {
		for node := range b.Nodes {
			// Nodes differ a little, as they do in a job.
			point.Initial = append(point.Initial, start[s.Name]*(1+0.01*float64(node%7)))
		}
	}
	if bold {
		point.BOLD = [][]float64{boldStart(b.bold)}
	}
	return point
}

// boldStart is the state of rest of a BOLD model: its ranges have no width.
func boldStart(m *model.Model) []float64 {
	var out []float64
	for _, s := range m.States {
		out = append(out, (s.Low+s.High)/2)
	}
	return out
}

// nowhere is a sink that keeps nothing.
type nowhere struct{}

func (nowhere) Samples(int, int, int, int64, any) error { return nil }
