package jobs

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"time"

	"brainsweep/device"
	"brainsweep/document"
	"brainsweep/metrics"
	"brainsweep/partition"
	"brainsweep/sim"
)

// MetricsBench is what metrics cost: the case adex2 with 1 ms averages of E and I, a point for every worker, with metrics
// and without. Shares are of processor time, which other programs on the machine hardly touch.
type MetricsBench struct {
	Precision string      `json:"precision"`
	Turns     int         `json:"turns"`   // of each of the two, in turns
	Without   Spent       `json:"without"` // medians over the turns
	With      Spent       `json:"with"`
	Share     [3]float64  `json:"share"` // that metrics add: lower quartile, median and upper quartile over the turns, each against its neighbour
	Groups    []GroupCost `json:"groups"`
}

// Spent is what one batch took [s].
type Spent struct {
	Wall float64 `json:"wall_s"`
	CPU  float64 `json:"cpu_s"`
}

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

// The turns of a benchmark where nobody says how many.
const (
	leastTurns  = 5
	mostTurns   = 15
	turnsWithin = 6 * time.Second
	groupTurns  = 5
)

// CheckMetrics tells which of the names stand for no metric: mistakes of the user's.
func CheckMetrics(use []string) error {
	_, err := metrics.Select(use)
	return err
}

// BenchMetrics times the case in single (32) or double (64) precision with the metrics that use names, and without, in so many
// turns of each; 0: as many as fit some seconds, and enough for quartiles.
func BenchMetrics(ctx context.Context, dev device.Device, use []string, precision, turns int) (*MetricsBench, error) {
	points := max(1, dev.Info().Workers)
	bare, set := fmt.Sprintf(benchJob, points), "run.precision="+precisionName(precision)
	plain, err := newBenchWorker(ctx, dev, bare, set)
	if err != nil {
		return nil, err
	}
	defer plain.close()
	label := plain.plan.Connectome.Labels[0]
	full, err := newBenchWorker(ctx, dev, bare+fmt.Sprintf(benchOptions, list(use, document.Quote), label), set)
	if err != nil {
		return nil, err
	}
	defer full.close()
	_, series, outcome, err := full.turn(ctx, points, true)
	if err != nil {
		return nil, err
	}
	without, with, err := inTurns(ctx, plain, full, points, turns)
	if err != nil {
		return nil, err
	}
	out := &MetricsBench{Precision: precisionName(precision), Turns: len(with), Without: medianSpent(without), With: medianSpent(with)}
	shares := make([]float64, len(with))
	for i := range shares {
		shares[i] = with[i].CPU/without[i].CPU - 1
	}
	slices.Sort(shares)
	for i := range out.Share {
		out.Share[i] = shares[(i+1)*(len(shares)-1)/4]
	}
	out.Groups = full.groupCosts(series, outcome, out.Without.CPU/float64(points))
	return out, nil
}

// inTurns times two workers one after the other, again and again, each first in every other turn, so that what changes on the
// machine meanwhile changes for both. The first turns are not counted.
func inTurns(ctx context.Context, a, b *worker, points, turns int) (ofA, ofB []Spent, err error) {
	least, most := leastTurns, mostTurns
	if turns > 0 {
		least, most = turns, turns
	}
	began := time.Now()
	for k := 0; k <= least || k <= most && time.Since(began) < turnsWithin; k++ {
		var spent [2]Spent
		for i := range spent {
			which := (i + k) % 2
			if spent[which], _, _, err = []*worker{a, b}[which].turn(ctx, points, false); err != nil {
				return nil, nil, err
			}
		}
		if k > 0 {
			ofA, ofB = append(ofA, spent[0]), append(ofB, spent[1])
		}
	}
	return ofA, ofB, nil
}

func medianSpent(all []Spent) Spent {
	wall, cpu := make([]float64, len(all)), make([]float64, len(all))
	for i, s := range all {
		wall[i], cpu[i] = s.Wall, s.CPU
	}
	return Spent{median(wall), median(cpu)}
}

// median sorts x.
func median(x []float64) float64 {
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

func newBenchWorker(ctx context.Context, dev device.Device, text string, set ...string) (*worker, error) {
	job, err := Parse("bench.toml", []byte(text), set...)
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
	err = w.byHosts(0, count, func(of share, host *metrics.Host) error {
		w.values(outcomes[of.point], c, of, host)
		return nil
	})
	if !whole {
		c.release()
	}
	return since(began), c, outcomes[0], err
}

// collecting is a sink that writes nothing.
type collecting struct{ *collector }

func (c collecting) Samples(point, stream, quantity int, _ int64, rows metrics.Rows) error {
	return c.add(point, channel{stream, quantity}, rows)
}

// groupCosts times each group on the first point's series.
func (w *worker) groupCosts(c *collector, o sim.Outcome, without float64) []GroupCost {
	var out []GroupCost
	host := <-w.hosts.free
	defer func() { w.hosts.free <- host }()
	count := float64(len(w.plan.Metrics.Of) * w.plan.Connectome.N() * w.plan.metricSetup(w.plan.Metrics.Of[0]).Samples)
	for _, g := range metrics.Groups() {
		if !slices.ContainsFunc(w.metrics, func(m drawn) bool { return m.Group == g.Name }) {
			continue
		}
		costs := make([]float64, groupTurns)
		for k := range costs {
			costs[k] = w.groupCost(g.Name, c, o, host)
		}
		cost := median(costs)
		out = append(out, GroupCost{g.Name, cost / count * 1e9, cost / without})
	}
	return out
}

// groupCost computes a group of the first point [s of processor time]. Moments that come of windows count for the group of these alone.
func (w *worker) groupCost(group string, c *collector, o sim.Outcome, host *metrics.Host) float64 {
	host.Next()
	began, beside := clocks(), 0.0
	var in *metrics.Input
	for i := range w.metrics {
		m := &w.metrics[i]
		if m.Group != group {
			continue
		}
		if i == 0 || w.metrics[i-1].channel != m.channel || w.metrics[i-1].filter != m.filter || w.metrics[i-1].Group != group {
			before := clocks()
			in = w.newInput(o, c, 0, m, host)
			if !m.OfWindows() {
				beside += since(before).CPU
			}
		}
		m.Values(in)
	}
	return since(began).CPU - beside
}
