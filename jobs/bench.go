package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/library"
	"brainsweep/sim"
)

// BenchCase is a fixed piece of work: 68 nodes of synthetic:68 with delays at 4 mm/ms, Heun at 0.1 ms with noise,
// 1 ms averages, BOLD every second, and the FC of the averages and of BOLD.
type BenchCase struct {
	Name     string
	Model    string
	Preset   string
	Coupling string
	Noisy    string
	Of       []string
	Settings map[string]float64
}

// BenchCases lists the cases.
func BenchCases() []BenchCase {
	return []BenchCase{
		{Name: "adex2", Model: "adex2", Preset: "paper", Coupling: "linear", Noisy: "ou", Of: []string{"E", "I"},
			Settings: map[string]float64{"coupling.a": 0.3, "noise.ou": 1}},
		{Name: "wongwang", Model: "wongwang", Coupling: "scaling", Noisy: "S", Of: []string{"S"},
			Settings: map[string]float64{"coupling.a": 0.05, "noise.S": 1e-9}},
		{Name: "kuramoto", Model: "kuramoto", Coupling: "kuramoto", Noisy: "theta", Of: []string{"theta"},
			Settings: map[string]float64{"coupling.a": 1, "noise.theta": 1e-4}},
	}
}

// BenchResult is what a case gave.
type BenchResult struct {
	Case               string             `json:"case"`
	Precision          string             `json:"precision"`
	Nodes              int                `json:"nodes"`
	Threads            int                `json:"threads"`
	NodeStepsPerSecond float64            `json:"node_steps_per_second"` // per core
	Stages             map[string]float64 `json:"stages"`                // share of the time
}

// BenchStages are the keys of BenchResult.Stages in the order in which people want them.
func BenchStages() []string {
	return []string{"dynamics", "coupling", "noise", "monitors", "metrics"}
}

const (
	benchNodes   = 68
	benchStep    = 0.1  // [ms]
	benchPeriod  = 10   // steps of an average
	benchBold    = 1e4  // steps of a BOLD sample
	benchSpeed   = 4.0  // [mm/ms]
	benchSeconds = 0.25 // that one timed run takes, about
	benchRuns    = 5    // timed runs, of which the fastest counts: others were disturbed
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

// Bench times a case in single (32) or double (64) precision on all workers of a device. What a stage takes is the
// time that its absence saves.
func Bench(ctx context.Context, dev device.Device, c BenchCase, precision int) (*BenchResult, error) {
	b, err := newBench(dev, c, precision)
	if err != nil {
		return nil, err
	}
	whole, err := b.time(ctx, b.streams(true), true, b.wired)
	if err != nil {
		return nil, err
	}
	out := &BenchResult{Case: c.Name, Precision: precisionName(precision), Nodes: benchNodes, Threads: dev.Info().Workers,
		NodeStepsPerSecond: 1 / whole, Stages: map[string]float64{}}
	rest := 1.0
	for _, stage := range []struct {
		name    string
		streams []codegen.Stream
		noise   bool
		wiring  *sim.Wiring
	}{
		{"metrics", b.streams(false), true, b.wired},
		{"monitors", nil, true, b.wired},
		{"noise", nil, false, b.wired},
		{"coupling", nil, false, b.bare},
	} {
		without, err := b.time(ctx, stage.streams, stage.noise, stage.wiring)
		if err != nil {
			return nil, err
		}
		share := min(rest, max(0, rest-without/whole))
		out.Stages[stage.name] = share
		rest -= share
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
	brain, err := connectome.Synthetic(benchNodes)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if brain, err = brain.Normalise("column"); err != nil {
		return nil, err
	}
	if b.wired, err = sim.NewWiring(brain, benchSpeed, benchStep); err != nil {
		return nil, err
	}
	alone := *brain
	alone.Weights = make([]float64, len(brain.Weights))
	b.bare, err = sim.NewWiring(&alone, benchSpeed, benchStep)
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

// time returns the seconds that a node-step takes a worker.
func (b *bench) time(ctx context.Context, streams []codegen.Stream, noise bool, wiring *sim.Wiring) (float64, error) {
	study := &sim.Study{
		Spec: codegen.Spec{Title: "bench " + b.Name, Model: b.model, Coupling: b.coupling, Scheme: b.scheme, Precision: b.precision,
			Nodes: benchNodes, Streams: streams},
		Step: benchStep, Steps: 2000,
	}
	if noise {
		study.Noisy = []string{b.Noisy}
	}
	r, err := sim.NewRunner(ctx, b.dev, study)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	points := slices.Repeat([]sim.Point{b.point(wiring, len(streams) > 0)}, b.dev.Info().Workers)
	best := 0.0
	for run := range benchRuns + 1 {
		began := time.Now()
		out, err := r.Run(ctx, points, nowhere{}, nil)
		if err != nil {
			return 0, err
		}
		if f := out[0].Fault; f != nil {
			return 0, fmt.Errorf("jobs: bench %s: state %d of node %d is not finite after step %d", b.Name, f.State, f.Node, f.Step)
		}
		each := time.Since(began).Seconds() / float64(study.Steps) / benchNodes
		if run == 0 { // a run to warm up, which also tells how long the others should be
			study.Steps = int64(benchSeconds/(each*benchNodes)) / benchPeriod * benchPeriod
			continue
		}
		if best == 0 || each < best {
			best = each
		}
	}
	return best, nil
}

// point is the case's parameter set.
func (b *bench) point(wiring *sim.Wiring, bold bool) sim.Point {
	values := map[string]float64{"step": benchStep}
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
		for node := range benchNodes {
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
