package jobs

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"syscall"
	"time"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/metrics"
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
	Points   int     // simulated at the same time; 0: as many as the device works on at a time

	// Where Density is above 0, every pair of nodes is connected with this probability instead, each after a delay
	// drawn from Delays[0] ... Delays[1] [steps].
	Density float64
	Delays  [2]int
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
	Points             int                `json:"points"`
	NodeStepsPerSecond float64            `json:"node_steps_per_second"` // per core of a CPU; of a GPU in all
	Stages             map[string]float64 `json:"stages"`                // share of the time
}

// BenchStages are the keys of BenchResult.Stages in the order in which people want them.
func BenchStages() []string {
	return []string{"dynamics", "coupling", "noise", "monitors", "metrics", "io"}
}

const (
	benchStep   = 0.1  // [ms]
	benchPeriod = 10   // steps of an average
	benchBold   = 1e4  // steps of a BOLD sample
	benchCycle  = 160  // steps after which all but BOLD is done again: averages, and a block of their moments
	benchTurn   = 0.02 // that a turn takes, about [s]
	benchTurns  = 45   // of each variant
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
	brain     *connectome.Connectome
	wired     *sim.Wiring
	bare      *sim.Wiring
}

// variant is a case without some of its stages. It runs on and on, turn by turn.
type variant struct {
	stage string // that it lacks, and the variant before it has
	study *sim.Study
	point sim.Point
	steps int64                // of a turn
	next  func() (error, bool) // runs a turn
	stop  func()
	cost  float64 // of a node-step in the fastest turn [s]
}

// Bench times a case in single (32) or double (64) precision on all workers of a device. What a stage takes is the time
// that its absence saves; I/O is timed by itself. Shares add up to 1. The variants take turns, and the fastest turn of each counts: what disturbs a turn only makes
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
	for _, v := range variants {
		if err := b.start(ctx, v); err != nil {
			return nil, err
		}
		defer v.stop()
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
	io := 0.0
	if dev.Info().Kind == "cpu" { // a GPU computes on while the host writes
		if io, err = b.io(b.brain); err != nil {
			return nil, err
		}
	}
	whole := variants[0].cost + io
	out := &BenchResult{Case: c.Name, Precision: precisionName(precision), Nodes: c.Nodes, Edges: b.wired.Edges(), Horizon: b.wired.MaxDelay,
		Threads: dev.Info().Workers, Points: b.Points, NodeStepsPerSecond: 1 / whole, Stages: map[string]float64{"io": io / whole}}
	rest := 1 - out.Stages["io"]
	for _, v := range variants[1:] {
		out.Stages[v.stage] = max(0, rest-v.cost/whole)
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
	b.Points = cmp.Or(b.Points, dev.Info().Workers)
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
	if b.brain, err = c.brain(); err != nil {
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if b.wired, err = sim.NewWiring(b.brain, c.Speed, benchStep); err != nil {
		return nil, err
	}
	alone := *b.brain
	alone.Weights = make([]float64, len(b.brain.Weights))
	b.bare, err = sim.NewWiring(&alone, c.Speed, benchStep)
	return b, err
}

// brain is the connectome of the case.
func (c BenchCase) brain() (*connectome.Connectome, error) {
	brain, err := connectome.Synthetic(c.Nodes)
	if err != nil {
		return nil, err
	}
	if c.Density > 0 {
		draw := rand.New(rand.NewPCG(1, 2))
		for i := range brain.Weights {
			brain.Weights[i] = 0
			if draw.Float64() < c.Density {
				brain.Weights[i] = 1 - draw.Float64()
			}
			steps := c.Delays[0] + draw.IntN(c.Delays[1]-c.Delays[0]+1)
			brain.Lengths[i] = float64(steps) * benchStep * c.Speed
		}
	}
	return brain.Normalise("column")
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
		Step: benchStep, Steps: math.MaxInt32,
	}}
	if noise {
		v.study.Noisy = []string{b.Noisy}
	}
	v.point = b.point(wiring, len(streams) > 0)
	return v
}

// start builds a variant and has it run with turns of the right length.
func (b *bench) start(ctx context.Context, v *variant) error {
	v.steps = benchCycle
	for {
		v.next, v.stop = iter.Pull(b.turns(ctx, v))
		if _, err := b.turn(ctx, v); err != nil { // sets up, too
			return err
		}
		cost, err := b.turn(ctx, v)
		if err != nil {
			return err
		}
		wanted := int64(math.Ceil(benchTurn/(cost*float64(b.Nodes)*b.width())/benchCycle)) * benchCycle
		if v.steps >= wanted/2 {
			return nil
		}
		v.stop()
		v.steps = min(wanted, 100*v.steps)
	}
}

// turns runs a variant: an epoch each time that it is asked for the next.
func (b *bench) turns(ctx context.Context, v *variant) iter.Seq[error] {
	return func(yield func(error) bool) {
		r, err := sim.NewRunner(ctx, b.dev, v.study)
		if err != nil {
			yield(err)
			return
		}
		defer r.Close()
		r.SetEpoch(v.steps)
		running, stop := context.WithCancel(ctx)
		defer stop()
		sink := &watch{}
		points := slices.Repeat([]sim.Point{v.point}, b.Points)
		_, err = r.Run(running, points, sink, sim.Pace{Progress: func(int64) {
			if !yield(sink.fault) {
				stop()
			}
		}})
		if err != nil && running.Err() == nil {
			yield(err)
		}
	}
}

// turn runs a variant for a while and returns the seconds that a node-step takes: a core of a CPU, or a GPU.
func (b *bench) turn(ctx context.Context, v *variant) (float64, error) {
	began := b.now()
	err, running := v.next()
	if !running {
		err = ctx.Err()
	}
	return (b.now() - began) / float64(v.steps) / float64(b.Nodes) / b.width(), err
}

// width is the number of points for each core of a CPU, and for a GPU.
func (b *bench) width() float64 {
	if info := b.dev.Info(); info.Kind == "cpu" {
		return float64(b.Points) / float64(info.Workers)
	}
	return float64(b.Points)
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

// watch is a sink that keeps nothing but a fault: a point that has one is at rest, and no measure of anything.
type watch struct{ fault error }

// Samples looks at the last average of each epoch. BOLD overflows in a long run when it is driven by a phase.
func (w *watch) Samples(_, stream, _ int, _ int64, rows metrics.Rows) error {
	last := 0.0
	switch r := rows.Numbers.(type) {
	case []float32:
		last = float64(r[len(r)-1])
	case []float64:
		last = r[len(r)-1]
	}
	if stream == 0 && math.IsNaN(last) {
		w.fault = fmt.Errorf("jobs: the states of a bench are not finite")
	}
	return nil
}
