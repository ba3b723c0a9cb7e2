package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/io/result"
	"brainsweep/metrics"
	"brainsweep/model"
	"brainsweep/partition"
	"brainsweep/sim"
)

// speedAddress is the conduction speed's [mm/ms].
const speedAddress = "connectome.speed"

// worker computes batches of a plan on one rank's device.
type worker struct {
	*setup
	dev     device.Device
	runner  *sim.Runner
	folder  string // of parts
	rank    int
	host    string
	best    *result.Best
	done    func(event)             // told after every epoch and batch
	every   time.Duration           // between two checkpoints; 0: none
	keep    bool                    // the states at the end
	kernel  string                  // digest of the source
	ship    func(path string) error // takes a part to where the others are; nil where that is the folder
	note    func(text string)
	wirings map[wired]*sim.Wiring
	kept    int64           // bytes of wirings
	others  map[int]*worker // of subjects with another number of nodes than this one's
	most    int             // points for which the device has memory at a time, as far as it is known; 0: no end seen
	steps   int             // of an epoch; 0: what serves best
	hosts   *hosts          // nil until metrics are computed
	nudge   *sim.Nudge      // of a twin; nil: what it computes is the result
}

// wired is what a wiring is made of, besides the step.
type wired struct {
	subject string // digest of the connectome
	speed   float64
	lesions string // bits of their scales
}

// newWorker builds the plan's kernel.
func newWorker(ctx context.Context, s *setup, dev device.Device) (*worker, error) {
	runner, err := sim.NewRunner(ctx, dev, s.study)
	if err != nil {
		return nil, err
	}
	kernel, err := s.kernelDigest()
	if err != nil {
		return nil, errors.Join(err, runner.Close())
	}
	return &worker{setup: s, dev: dev, runner: runner, kernel: kernel, best: &result.Best{}, wirings: map[wired]*sim.Wiring{}, others: map[int]*worker{}}, nil
}

// sized is the worker for subjects of a number of nodes, which is a constant of the kernel. Only one of them at a time
// has buffers on the device.
func (w *worker) sized(ctx context.Context, nodes int) (*worker, error) {
	for n, other := range w.others {
		if n != nodes {
			if err := other.runner.Release(); err != nil {
				return nil, err
			}
		}
	}
	if nodes == w.study.Nodes {
		return w, nil
	}
	if err := w.runner.Release(); err != nil {
		return nil, err
	}
	if w.others[nodes] == nil {
		s, study := *w.setup, *w.study
		study.Nodes, s.study = nodes, &study
		runner, err := sim.NewRunner(ctx, w.dev, &study)
		if err != nil {
			return nil, err
		}
		other := *w
		other.setup, other.runner, other.wirings, other.kept, other.most, other.hosts = &s, runner, map[wired]*sim.Wiring{}, 0, 0, nil
		if other.kernel, err = s.kernelDigest(); err != nil {
			return nil, errors.Join(err, runner.Close())
		}
		other.setEpoch(w.steps)
		w.others[nodes] = &other
	}
	return w.others[nodes], nil
}

// setEpoch fixes the steps of an epoch; 0 leaves them to the simulation.
func (w *worker) setEpoch(steps int) {
	if w.steps = steps; steps > 0 {
		w.runner.SetEpoch(int64(steps))
	}
}

// close frees the kernels and their buffers.
func (w *worker) close() error {
	err := errors.Join(w.runner.Close(), w.hosts.close())
	for _, other := range w.others {
		err = errors.Join(err, other.runner.Close(), other.hosts.close())
	}
	return err
}

// wiring gives the wiring of a point: of its subject, its speed and its lesions. Those of the last batches are kept within bounds: a sweep that draws
// speeds has one for each point, and a cohort one for each subject.
func (w *worker) wiring(pt Point) (*sim.Wiring, error) {
	subject, speed := pt.Subject, pt.Value(speedAddress)
	key := wired{w.plan.Subjects[subject].Digest, speed, string(doubles(pt.lesionScales()))}
	if known, ok := w.wirings[key]; ok {
		return known, nil
	}
	c, err := w.plan.ConnectomeOf(subject)
	if err != nil {
		return nil, err
	}
	made, err := w.plan.wire(pt.lesioned(c), speed)
	if err != nil {
		return nil, err
	}
	const most = 256 << 20
	size := w.plan.Subjects[subject].wiringBytes()
	if w.kept+size > most {
		clear(w.wirings)
		w.kept = 0
	}
	w.wirings[key] = made
	w.kept += size
	return made, nil
}

// wire lays out a connectome for the plan's coupling.
func (p *Plan) wire(c *connectome.Connectome, speed float64) (*sim.Wiring, error) {
	if own := p.Coupling.Own; own != "" {
		return sim.NewOwnWiring(c, own == model.OwnColumns, speed, p.Run.Step)
	}
	return sim.NewWiring(c, speed, p.Run.Step)
}

// points are the points of a batch as the simulation takes them.
func (w *worker) points(b partition.Batch) ([]sim.Point, error) {
	var boldStart [][]float64
	for _, r := range w.plan.Records {
		if r.Bold != nil && r.Bold.Model != nil {
			boldStart = append(boldStart, r.Bold.Initial)
		}
	}
	responses, err := newResponses(w.plan)
	if err != nil {
		return nil, err
	}
	out := make([]sim.Point, b.Count)
	for i := range out {
		pt := w.plan.Point(w.layout.Number(b.First + i))
		wired, err := w.wiring(pt)
		if err != nil {
			return nil, fmt.Errorf("point %d: %w", pt.Number, err)
		}
		out[i] = sim.Point{
			Value: pt.Value, NodeValue: pt.NodeValue, Initial: pt.Initial(), BOLD: boldStart, Responses: responses.of(pt), Wiring: wired, Key: pt.Key(),
		}
	}
	return out, nil
}

// batch computes one batch into its part, or into several where the device has no memory for all of its points at a time.
// The points have one number of nodes.
func (w *worker) batch(ctx context.Context, b partition.Batch) error {
	w, err := w.sized(ctx, w.subject(b.First).Nodes())
	if err != nil {
		return err
	}
	if w.most == 0 || b.Count <= w.most {
		err := w.part(ctx, b)
		if !errors.Is(err, device.ErrMemory) {
			return err
		}
		if b.Count == 1 {
			return fmt.Errorf("%w; fewer nodes, shorter delays or fewer metrics need less", err)
		}
		w.most = (b.Count + 1) / 2
		w.note(fmt.Sprintf("rank %d: %v; it goes on with batches of at most %d", w.rank, err, w.most))
		part := filepath.Join(w.folder, result.PartName(b.First, b.Count)) // of a shorter run
		if err = errors.Join(w.runner.Release(), removeBegun(part), remove(part)); err != nil {
			return err
		}
	}
	for first := b.First; first < b.End(); {
		count := min(w.most, b.End()-first)
		if err := w.batch(ctx, partition.Batch{First: first, Count: count}); err != nil {
			return err
		}
		first += count
	}
	return nil
}

// part computes one batch into its part, from its checkpoint where there is one. A part that cannot be made whole is
// not left behind; what its checkpoint needs is. Errors name the points.
func (w *worker) part(ctx context.Context, b partition.Batch) error {
	run := result.Run{Host: w.host, Device: w.dev.Info().Name, Rank: w.rank, Started: time.Now()}
	points, err := w.points(b)
	if err != nil {
		return err
	}
	w.done(event{batch: &b})
	if err := w.openHosts(ctx); err != nil {
		return named(err, b)
	}
	a, err := w.attempt(b, points)
	if err != nil {
		return named(err, b)
	}
	defer a.collector.release()
	outcomes, err := w.runner.Run(ctx, points, &recorder{a.collector, a.part, b.First}, a.pace())
	if err == nil {
		err = w.store(a.part, b.First, outcomes, a.collector)
	}
	if err != nil {
		if errors.Is(err, device.ErrMemory) {
			w.done(event{nodeSteps: -a.told})
		}
		return errors.Join(named(err, b), a.leave())
	}
	run.Ended = time.Now()
	run.NodeSteps = float64(w.study.Steps) * float64(w.study.Nodes) * float64(b.Count)
	if err := a.finish(run); err != nil {
		return err
	}
	if w.ship != nil {
		if err := w.ship(a.path); err != nil {
			return err
		}
	}
	w.done(event{points: b.Count})
	return nil
}

// named says of an error of a device which points it was at.
func named(err error, b partition.Batch) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("points %d to %d: %w", b.First, b.End()-1, err)
}

// byHosts has the hosts do something for each share of a batch's points, as many at a time as there are. The numbers of a share are
// there until it is done. The error is the first one by points, which are counted from first.
func (w *worker) byHosts(first, points int, do func(of share, host *metrics.Host) error) error {
	shares := w.shares(points)
	errs := make([]error, len(shares))
	var all sync.WaitGroup
	for k, of := range shares {
		host := <-w.hosts.free
		all.Go(func() {
			host.Next()
			if errs[k] = do(of, host); errs[k] == nil {
				errs[k] = host.Err()
			}
			w.hosts.free <- host
		})
	}
	all.Wait()
	for k, err := range errs {
		if err != nil {
			return fmt.Errorf("point %d: %w", first+shares[k].point, err)
		}
	}
	return nil
}

// store computes and writes the metrics of a batch.
func (w *worker) store(part *result.Part, first int, outcomes []sim.Outcome, c *collector) error {
	err := w.byHosts(first, len(outcomes), func(of share, host *metrics.Host) error {
		if outcomes[of.point].Fault != nil {
			return nil
		}
		return w.storeShare(part, first+of.point, of.first, w.values(outcomes[of.point], c, of, host))
	})
	if err != nil {
		return err
	}
	for i, o := range outcomes {
		if f := o.Fault; f != nil {
			node := w.subject(first + i).at(f.Node)
			part.Fail(first+i, result.Fault{Node: node, State: f.State, Time: float64(f.Step) * w.plan.Run.Step})
		} else {
			part.Done(first + i)
		}
	}
	return nil
}

// storeShare writes metrics of a point, of which the first one has a number.
func (w *worker) storeShare(part *result.Part, point, first int, values [][]float64) error {
	subject := w.subject(point)
	for k, v := range values {
		if subject.place != nil {
			v = w.overPlan(subject, v, w.layout.Metrics[first+k].Dims)
		}
		if err := part.Metric(point, first+k, v); err != nil {
			return err
		}
	}
	return nil
}

// recorder is the sink that writes samples to a part, and collects those that metrics need.
type recorder struct {
	*collector
	part  *result.Part
	first int
}

func (r *recorder) Samples(point, stream, quantity int, first int64, rows metrics.Rows) error {
	if err := r.add(point, channel{stream, quantity}, rows); err != nil {
		return err
	}
	for i, c := range r.series {
		if c == (channel{stream, quantity}) {
			if err := r.part.Series(r.first+point, i, int(first), r.seen(i, point, first, rows.Numbers)); err != nil {
				return err
			}
		}
	}
	return nil
}

// seen makes a series' samples of those of its channel. The collector's points are the batch's.
func (r *recorder) seen(series, point int, first int64, rows any) any {
	if r.layout.Series[series].Global {
		return overNodes(rows, r.study.Nodes)
	}
	view := r.views[series]
	if view == nil {
		if s := r.subject(r.first + point); s.place != nil {
			return seriesOverPlan(s, rows, r.layout.Nodes())
		}
		return rows
	}
	pt := r.plan.Point(r.layout.Number(r.first + point))
	var key [2]uint32
	if view.Noise != 0 {
		key = observation(pt.Key(), r.layout.Series[series].Group, r.layout.Series[series].Name)
	}
	number := first + r.study.First(r.series[series].stream)
	return view.see(rows, &r.plan.Subjects[pt.Subject], func(row, channel int) float64 {
		return observed(key, number+int64(row), channel)
	})
}

// overNodes gives the mean over the nodes of each sample.
func overNodes(rows any, nodes int) any {
	switch r := rows.(type) {
	case []float32:
		out := make([]float32, len(r)/nodes)
		for k := range out {
			sum := 0.0
			for _, v := range r[k*nodes : (k+1)*nodes] {
				sum += float64(v)
			}
			out[k] = float32(sum / float64(nodes))
		}
		return out
	case []float64:
		out := make([]float64, len(r)/nodes)
		for k := range out {
			for _, v := range r[k*nodes : (k+1)*nodes] {
				out[k] += v
			}
			out[k] /= float64(nodes)
		}
		return out
	}
	return rows
}
