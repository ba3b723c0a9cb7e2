package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"brainsweep/device"
	"brainsweep/document"
	"brainsweep/metrics"
	"brainsweep/partition"
	"brainsweep/sim"
)

// MetricsBench is what metrics cost: the case adex2 with 1 ms averages of E and I, a point for every worker, with metrics
// and without. Shares are of processor time, which other programs on the machine do not touch.
type MetricsBench struct {
	Without Spent       `json:"without"`
	With    Spent       `json:"with"`
	Groups  []GroupCost `json:"groups"`
}

// Spent is what one batch took [s].
type Spent struct {
	Wall float64 `json:"wall_s"`
	CPU  float64 `json:"cpu_s"`
}

// Share is the part of the time without metrics that metrics add.
func (b *MetricsBench) Share() float64 { return b.With.CPU/b.Without.CPU - 1 }

// since is what was spent since then.
func since(then Spent) Spent {
	now := clocks()
	return Spent{now.Wall - then.Wall, now.CPU - then.CPU}
}

func clocks() Spent {
	var used syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return Spent{float64(time.Now().UnixNano()) / 1e9, float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9}
}

// GroupCost is what a group takes by itself, with all that others could share with it.
type GroupCost struct {
	Name    string  `json:"name"`
	PerPart float64 `json:"ns_per_node_sample"`
	Share   float64 `json:"share"` // of the time without metrics
}

// benchJob is the case as a job.
const benchJob = `model = "adex2"
preset = "paper"
[connectome]
source = "synthetic:68"
speed = "4 mm/ms"
normalise = "column"
[coupling]
a = 0.3
[run]
duration = "11 s"
transient = "1 s"
seed = 1
[sweep]
b_e = { from = 0.0, to = 60.0, points = %d }
[[record]]
monitor = "average"
of = ["E", "I"]
period = "1 ms"
`

// benchOptions choose windows that fit, and regions that are there.
const benchOptions = `[metrics]
of = ["E", "I"]
use = %s
fcd = { window = "2 s", step = "0.5 s" }
dmn = { regions = ["%s"] }
`

// BenchMetrics times the case with the metrics that use names, and without, in turns; the fastest turn of each counts.
func BenchMetrics(ctx context.Context, dev device.Device, use []string) (*MetricsBench, error) {
	const turns = 5
	points := max(1, dev.Info().Workers)
	bare := fmt.Sprintf(benchJob, points)
	plain, err := newBenchWorker(ctx, dev, bare)
	if err != nil {
		return nil, err
	}
	defer plain.close()
	label := plain.plan.Connectome.Labels[0]
	full, err := newBenchWorker(ctx, dev, bare+fmt.Sprintf(benchOptions, list(use, document.Quote), label))
	if err != nil {
		return nil, err
	}
	defer full.close()
	out := &MetricsBench{}
	best := func(of *Spent, now Spent) {
		if of.CPU == 0 || now.CPU < of.CPU {
			of.CPU = now.CPU
		}
		if of.Wall == 0 || now.Wall < of.Wall {
			of.Wall = now.Wall
		}
	}
	for range turns {
		spent, _, _, err := plain.turn(ctx, points, false)
		if err != nil {
			return nil, err
		}
		best(&out.Without, spent)
		spent, _, _, err = full.turn(ctx, points, false)
		if err != nil {
			return nil, err
		}
		best(&out.With, spent)
	}
	_, series, outcome, err := full.turn(ctx, points, true)
	if err != nil {
		return nil, err
	}
	out.Groups = full.groupCosts(series, outcome, out.Without.CPU/float64(points))
	return out, nil
}

func newBenchWorker(ctx context.Context, dev device.Device, text string) (*worker, error) {
	job, err := Parse("bench.toml", []byte(text))
	if err != nil {
		return nil, err
	}
	s, err := newSetup(job.Plan)
	if err != nil {
		return nil, err
	}
	return newWorker(ctx, s, dev)
}

// turn runs the points and computes their metrics as a job does, all but the writing. With whole, the series stay.
func (w *worker) turn(ctx context.Context, count int, whole bool) (spent Spent, c *collector, first sim.Outcome, err error) {
	points, err := w.points(partition.Batch{Count: count})
	if err != nil {
		return spent, nil, first, err
	}
	if err := w.openHosts(ctx); err != nil {
		return spent, nil, first, err
	}
	began := clocks()
	if c, err = w.newCollector(0, points, w.hosts, whole); err != nil {
		return spent, nil, first, err
	}
	outcomes, err := w.runner.Run(ctx, points, collecting{c}, sim.Pace{})
	if err != nil {
		return spent, nil, first, err
	}
	errs := make([]error, count)
	var all sync.WaitGroup
	for i, o := range outcomes {
		host := <-w.hosts.free
		all.Go(func() {
			_, errs[i] = w.values(o, c, i, host)
			w.hosts.free <- host
		})
	}
	all.Wait()
	if !whole {
		c.release()
	}
	return since(began), c, outcomes[0], errors.Join(errs...)
}

// collecting is a sink that writes nothing.
type collecting struct{ *collector }

func (c collecting) Samples(point, stream, quantity int, _ int64, rows any) error {
	return c.add(point, channel{stream, quantity}, rows)
}

// groupCosts times each group on the first point's series.
func (w *worker) groupCosts(c *collector, o sim.Outcome, without float64) []GroupCost {
	var out []GroupCost
	host := <-w.hosts.free
	defer func() { w.hosts.free <- host }()
	count := float64(len(w.plan.Metrics.Of) * w.plan.Connectome.N() * w.plan.metricSetup(w.plan.Metrics.Of[0]).Samples)
	for _, g := range metrics.Groups() {
		cost := 0.0
		for range 3 {
			began := clocks()
			any := false
			var in *metrics.Input
			for i, m := range w.metrics {
				if m.Group != g.Name {
					continue
				}
				any = true
				if i == 0 || w.metrics[i-1].channel != m.channel || w.metrics[i-1].filter != m.filter || w.metrics[i-1].Group != g.Name {
					in = w.newInput(o, c, 0, m, host)
				}
				m.Values(in)
			}
			if seconds := since(began).CPU; any && (cost == 0 || seconds < cost) {
				cost = seconds
			}
		}
		if cost > 0 {
			out = append(out, GroupCost{g.Name, cost / count * 1e9, cost / without})
		}
	}
	return out
}
