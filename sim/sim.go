// Package sim runs the points of a study on a device: a batch of points at a time, epoch after epoch, with samples
// and moments streaming out.
//
// Nothing that sim decides (batches, epochs, buffers) shows in a result: a point's numbers depend on the study and
// on the point alone.
package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/metrics"
)

// Study is what the points of a run have in common.
type Study struct {
	codegen.Spec
	Step      float64 // [ms]
	Origin    int64   // number of the step at the start; periods and noise count from step 0
	Steps     int64   // to simulate
	Transient int64   // steps at the start that are not sampled
	// Series holds, for each stimulus that is a series, the times of its samples [ms], ascending, and then their values.
	Series map[int][]float64
}

// Point is one parameter set.
type Point struct {
	// Value gives the scalar at an address: parameters by their bare name, "coupling.a", "noise.ou", "bold.tau_s".
	Value func(address string) float64
	// NodeValue gives the same for the addresses of Spec.PerNode. It may be nil when there are none.
	NodeValue func(address string, node int) float64
	Initial   []float64   // [state][node]
	BOLD      [][]float64 // for each stream of the kind Balloon, in order: the initial value of its states
	Responses []*Response // for each stream of the kind Convolution, in order
	Wiring    *Wiring
	Key       uint64 // of the noise
}

// Sink takes a batch's samples as they come, epoch by epoch, in the order of time for each point.
type Sink interface {
	// Samples hands over samples first, first+1, ... (from 0, counting those after the transient) of one recorded
	// quantity of a point: rows of one number per node, []float32 or []float64 by the study's precision.
	// The memory is used again afterwards, or, where it is the device's (rows.In), once all samples of the epoch have been
	// handed over and a Gatherer has been told. The calls come one after the other, while the device computes the next epoch.
	Samples(point, stream, quantity int, first int64, rows metrics.Rows) error
}

// Gatherer is a Sink that is told when all samples of an epoch have been handed over.
type Gatherer interface {
	Sink
	Delivered() error
}

// Fault says where a point's states first stopped being finite.
type Fault struct {
	Node, State int
	Step        int64 // the state after this many steps since the origin is the first that is not finite
}

// Outcome is what a point leaves behind besides its samples.
type Outcome struct {
	Fault   *Fault                      // nil when all went well
	Moments map[[2]int]*metrics.Moments // by stream and quantity; of a point with a fault they mean nothing
}

// Samples returns how many samples a stream has after the transient, and the time of the first and the distance
// between them [ms].
func (s *Study) Samples(stream int) (count int64, first, period float64) {
	st := s.Streams[stream]
	from, total := s.First(stream), (s.Origin+s.Steps-s.late(stream))/int64(st.Period)
	period = float64(st.Period) * s.Step
	first = float64(from*int64(st.Period)-s.Origin) * s.Step
	if st.Kind == codegen.Average {
		first -= period / 2
	}
	return max(0, total-from+1), first, period
}

// First is the number of the first sample of a stream after the transient. Sample j ends with step j*period.
func (s *Study) First(stream int) int64 {
	period, silent := int64(s.Streams[stream].Period), s.Origin+s.Transient
	if s.Streams[stream].Kind == codegen.Average {
		return (silent+period-1)/period + 1
	}
	return silent/period + 1
}

// late is the number of steps after its time that a sample is known.
func (s *Study) late(stream int) int64 {
	if s.Streams[stream].Late {
		return 1
	}
	return 0
}

// Runner runs batches of one study on one device.
type Runner struct {
	study   *Study
	dev     device.Device
	kernel  *codegen.Kernel
	program device.Program
	spare   map[string]device.Buffer // of the last batch, for the next one
	workers int                      // of the device
	steps   int64                    // of an epoch, when they are fixed
}

// NewRunner writes and builds the study's kernel. Close frees it.
func NewRunner(ctx context.Context, dev device.Device, study *Study) (*Runner, error) {
	kernel, err := codegen.Generate(study.Spec)
	if err != nil {
		return nil, err
	}
	program, err := dev.Build(ctx, kernel.Source)
	if err != nil {
		return nil, err
	}
	return &Runner{
		study: study, dev: dev, kernel: kernel, program: program, spare: map[string]device.Buffer{},
		workers: max(1, dev.Info().Workers),
	}, nil
}

// Kernel is what the runner runs.
func (r *Runner) Kernel() *codegen.Kernel { return r.kernel }

// Close frees the program and all buffers.
func (r *Runner) Close() error { return errors.Join(r.Release(), r.program.Close()) }

// Release frees the buffers that wait for the next batch.
func (r *Runner) Release() error {
	var errs []error
	for _, b := range r.spare {
		errs = append(errs, b.Free())
	}
	clear(r.spare)
	return errors.Join(errs...)
}

// Pace is how a batch is run, and watched. Nothing of it but Nudge shows in the numbers. The zero value runs from start to end.
type Pace struct {
	Progress func(steps int64) // is told the steps that every point has done, after each epoch
	From     *State            // goes on from here instead of from the start
	// Save is given the state between two epochs when Due says so, and, when ctx is cancelled, before Run returns.
	Save  func(*State) error
	Due   func() bool
	Final bool // Save is given the state at the end, too
	// Nudge, where it is not nil, changes the numbers: see there.
	Nudge *Nudge
}

// State is a batch between two epochs: with the study and the points all that is needed to go on.
type State struct {
	Steps   int64             // done
	Buffers map[string][]byte // by name
}

// Run simulates points to the end. Outcomes are in the order of points. When ctx is cancelled, the epoch under way is
// finished, and the error is ctx.Err().
func (r *Runner) Run(ctx context.Context, points []Point, sink Sink, pace Pace) ([]Outcome, error) {
	b, err := r.newBatch(points)
	if err != nil {
		return nil, err
	}
	// A launch that ended half-way would leave some points ahead of others.
	whole := context.WithoutCancel(ctx)
	done := int64(0)
	if pace.From != nil {
		done = pace.From.Steps
		err = b.restore(pace.From)
	} else {
		err = b.start(whole)
	}
	if err != nil {
		return nil, err
	}
	var before *epoch
	for turn := 0; done < r.study.Steps; turn++ {
		e := &epoch{at: r.study.Origin + done, steps: min(b.epoch, r.study.Steps-done), turn: turn % 2}
		// Samples are on their way to the sink while the device computes the next ones.
		err := together(func() error { return b.advance(whole, e) }, func() error { return b.deliver(sink, before) })
		if err != nil {
			return nil, err
		}
		done += e.steps
		before = e
		if pace.Progress != nil {
			pace.Progress(done)
		}
		save, stopped := b.pause(ctx, done, pace)
		if stopped != nil || save || done == r.study.Steps {
			// A state that is saved has its samples in the sink.
			if err := b.deliver(sink, before); err != nil {
				return nil, err
			}
			before = nil
		}
		if save {
			if err := b.save(done, pace); err != nil {
				return nil, err
			}
		}
		if pace.Nudge != nil {
			if err := b.nudge(pace.Nudge, done); err != nil {
				return nil, err
			}
		}
		if stopped != nil {
			return nil, stopped
		}
	}
	return b.finish(whole)
}

// together runs f and g at the same time.
func together(f, g func() error) error {
	other := make(chan error, 1)
	go func() { other <- g() }()
	err := f()
	return errors.Join(err, <-other)
}

// pause tells after so many steps whether the run is to be stopped, and whether its state is to be saved.
func (b *batch) pause(ctx context.Context, done int64, pace Pace) (save bool, stopped error) {
	save = pace.Final
	if done < b.study.Steps {
		stopped = ctx.Err()
		save = stopped != nil || pace.Due != nil && pace.Due()
	}
	return save && pace.Save != nil, stopped
}

// save hands over the state after so many steps.
func (b *batch) save(done int64, pace Pace) error {
	state, err := b.state(done)
	if err != nil {
		return err
	}
	return pace.Save(state)
}

// epoch is the number of steps of a launch of that many points: short enough to be interrupted and shown as progress,
// long enough for its own cost not to show.
func (r *Runner) epoch(points int) int64 {
	if r.steps > 0 {
		return r.steps
	}
	const nodeSteps = 4e6 // of one worker
	turns := (points + r.workers - 1) / r.workers
	steps := int64(nodeSteps) / int64(r.study.Nodes) / int64(turns)
	perStep := 0.0 // [bytes] of a point
	for _, st := range r.study.Streams {
		perStep += float64(outs(st)*r.study.Nodes*r.kernel.Size(codegen.Real)*turnsOut) / float64(st.Period)
	}
	if perStep > 0 {
		// Room for the samples of all points on the device [bytes]: a GPU is long at work on so many.
		room := float64(32<<20 + r.workers*128<<10)
		steps = min(steps, max(leastSteps, int64(room/float64(points)/perStep)))
	}
	return max(codegen.Block, steps/codegen.Block*codegen.Block)
}

// leastSteps is the shortest epoch that room for samples asks for.
const leastSteps = 64

// turnsOut is how many epochs' samples there is room for: those of one are read while the next one runs.
const turnsOut = 2

// SetEpoch fixes the number of steps of a launch, which no number of the result depends on.
func (r *Runner) SetEpoch(steps int64) { r.steps = max(1, steps) }

// BytesPerPoint is the memory of the device that a point takes in a large batch, where a ring has so many places
// (Wiring.Horizon).
func (r *Runner) BytesPerPoint(places int) int64 {
	epoch := int64(leastSteps)
	if r.steps > 0 {
		epoch = r.steps
	}
	var total int64
	for _, b := range r.kernel.Buffers {
		n := int64(b.PerTeam)
		if b.Name == "history" {
			n = r.historyLength(places)
		}
		if stream, ok := outStream(b.Name); ok {
			n = turnsOut * r.outLength(stream, epoch)
		}
		total += n * int64(r.kernel.Size(b.Elem))
	}
	return total
}

func (r *Runner) historyLength(places int) int64 {
	return int64(r.kernel.Rings) * int64(places+codegen.Block)
}

// capacity is the number of samples of a stream that an epoch may give.
func (r *Runner) capacity(stream int, epoch int64) int64 {
	return min(epoch, r.study.Steps)/int64(r.study.Streams[stream].Period) + 1
}

func (r *Runner) outLength(stream int, epoch int64) int64 {
	return int64(outs(r.study.Streams[stream])) * r.capacity(stream, epoch) * int64(r.study.Nodes)
}

// outs is the number of quantities of a stream whose samples are handed over.
func outs(st codegen.Stream) int {
	count := 0
	for _, q := range st.Quantities {
		if q.Out {
			count++
		}
	}
	return count
}

// outStream tells the stream of a buffer called "out<stream>".
func outStream(name string) (int, bool) {
	number, ok := strings.CutPrefix(name, "out")
	stream, err := strconv.Atoi(number)
	return stream, ok && err == nil
}
