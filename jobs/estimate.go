package jobs

import (
	"context"
	"math"
	"slices"
	"time"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/partition"
	"brainsweep/sim"
)

// Estimate is what a job will take.
type Estimate struct {
	Points        int
	NodeSteps     float64  // of all points
	BytesPerPoint int64    // memory of the device
	SeriesBytes   int64    // of BytesPerPoint, on the host: series and what is gathered of them for metrics
	Whole         []string // groups of metrics that need whole series
	Together      int      // points that fit into the memory of the device
	ResultBytes   int64    // on disk; parts take about as much again until they are merged
	Rate          float64  // node-steps per second that this device reached in a short measurement, without metrics
	WithMetrics   float64  // the same while metrics are computed, as of the recorded time; 0: there are none, or too much had to be simulated to time them
	Workers       int      // points that it computed at a time

	recorded float64 // share of the node-steps that metrics see: those behind the transient
}

// RankTime is how long the job computes on a number of ranks with devices like the one measured, or the longest Duration. A
// point is computed by one worker, so more ranks than points make nothing faster. Writing is not counted.
func (e *Estimate) RankTime(ranks int) time.Duration {
	atOnce := float64(ranks) * float64(e.Workers)
	turns := math.Ceil(float64(e.Points) / atOnce)
	seconds := e.NodeSteps / e.Rate
	if e.WithMetrics > 0 {
		seconds = e.NodeSteps * ((1-e.recorded)/e.Rate + e.recorded/e.WithMetrics)
	}
	return time.Duration(bounded(seconds * turns * float64(e.Workers) / float64(e.Points) * float64(time.Second)))
}

// bounded is x as a whole number, the largest one where it is larger.
func bounded(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(x)
}

// Estimate measures the first point for a moment and tells what the whole job takes.
func (p *Plan) Estimate(ctx context.Context, dev device.Device) (*Estimate, error) {
	s, err := newSetup(p)
	if err != nil {
		return nil, err
	}
	w, err := newWorker(ctx, s, dev)
	if err != nil {
		return nil, err
	}
	defer w.close()
	series, whole := s.signalBytes()
	largest := &p.Subjects[len(p.Subjects)-1]
	e := &Estimate{
		SeriesBytes: series, Whole: whole, Points: p.Points(), NodeSteps: s.nodeSteps(0, p.Points()),
		BytesPerPoint: w.pointBytes(largest, largest.places(slowest(p), p.Run.Step)), ResultBytes: s.diskSize(), Workers: max(1, dev.Info().Workers),
	}
	e.Together = int(dev.Info().Memory / 2 / e.BytesPerPoint)
	if e.Rate, err = w.measure(ctx); err != nil || len(s.metrics) == 0 {
		return e, err
	}
	e.recorded = 1 - float64(p.Run.TransientSteps())/float64(p.Run.Steps())
	e.WithMetrics, err = w.measureMetrics(ctx, e.Rate)
	e.Rate = max(e.Rate, e.WithMetrics) // nothing is faster with metrics: something else held the first measurement up
	return e, err
}

// diskSize is what the series and metrics of all points take, without compression.
func (s *setup) diskSize() int64 {
	l, nodes := s.layout, s.layout.Nodes()
	var total float64
	for _, series := range l.Series {
		size, points := 8, l.Points
		if series.Single {
			size = 4
		}
		if series.Keep.Best > 0 {
			points = min(points, series.Keep.Best)
		}
		total += float64(size) * float64(points) * float64(series.Times.Count) * float64(nodes)
	}
	for i, m := range s.metrics {
		total += 8 * float64(l.Points) * float64(m.Shape.Len(s.plan.metricSetup(s.layout.Metrics[i].Quantity)))
	}
	return bounded(total)
}

// measure times a batch of as many points as there are workers, for about a second.
func (w *worker) measure(ctx context.Context) (rate float64, err error) {
	const trial, least = 2e6, 0.5 // node-steps of each point at first; seconds that count
	workers := max(1, w.dev.Info().Workers)
	points, err := w.points(partition.Batch{First: 0, Count: 1})
	if err != nil {
		return 0, err
	}
	points = slices.Repeat(points, workers)
	study := *w.study
	study.Transient = 0
	for study.Steps = int64(trial) / int64(study.Nodes); ; study.Steps *= 2 {
		study.Steps = max(codegen.Block, study.Steps/codegen.Block*codegen.Block)
		runner, err := sim.NewRunner(ctx, w.dev, &study)
		if err != nil {
			return 0, err
		}
		began := time.Now()
		_, err = runner.Run(ctx, points, &watch{}, sim.Pace{})
		seconds := time.Since(began).Seconds()
		if closeErr := runner.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			return 0, err
		}
		if seconds >= least {
			return float64(study.Steps) * float64(study.Nodes) * float64(workers) / seconds, nil
		}
	}
}

// measureMetrics times as many points as there are workers with their metrics, in a run without transient that is as short as
// the metrics allow and takes about a second at the rate that was reached without them. The rate is 0 where that would take long.
func (w *worker) measureMetrics(ctx context.Context, without float64) (rate float64, err error) {
	const about, most = 1.0, 4.0 // seconds at the rate without metrics
	workers := max(1, w.dev.Info().Workers)
	each := float64(w.study.Nodes) * float64(workers) / without // seconds of a step
	steps := min(max(w.leastSteps(), int64(about/each)), w.study.Steps-w.study.Transient)
	if float64(steps)*each > most {
		return 0, nil
	}
	short := *w.plan
	short.Run.Transient, short.Run.Duration = 0, float64(steps)*w.study.Step
	s, err := newSetup(&short)
	if err != nil {
		return 0, err
	}
	trial, err := newWorker(ctx, s, w.dev)
	if err != nil {
		return 0, err
	}
	defer trial.close()
	count := min(workers, s.stretch(0))
	spent, _, _, err := trial.turn(ctx, count, false)
	if err != nil {
		return 0, err
	}
	return float64(steps) * float64(w.study.Nodes) * float64(workers) / spent.Wall, nil
}

// leastSteps is the shortest run that has what every metric needs, and a sample of every record.
func (s *setup) leastSteps() int64 {
	least := int64(0)
	for _, r := range s.plan.Records {
		least = max(least, wholeSteps(r.Period, s.plan.Run.Step))
	}
	for i, m := range s.metrics {
		setup, samples := s.plan.metricSetup(s.layout.Metrics[i].Quantity), 1
		if m.Least != nil {
			samples = max(samples, m.Least(setup).Samples)
		}
		least = max(least, int64(math.Ceil(float64(samples)*1000/setup.Rate/s.plan.Run.Step)))
	}
	return least
}

// Source is the kernel source of the plan.
func (p *Plan) Source() (device.Source, error) {
	s, err := newSetup(p)
	if err != nil {
		return device.Source{}, err
	}
	k, err := codegen.Generate(s.study.Spec)
	if err != nil {
		return device.Source{}, err
	}
	return k.Source, nil
}
