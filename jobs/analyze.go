package jobs

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/io/result"
	"brainsweep/metrics"
	"brainsweep/sim"
)

// Analysis computes metrics of the series that a result has kept, after the job.
type Analysis struct {
	Result    string        // the file with the series
	Use, Of   []string      // as metrics.use and metrics.of; nil: as Job and Set say, and of all series
	Job       string        // a file with [metrics] and [[target]], such as a job file; "" for none
	Set       []string      // changes to it: address=value
	Transient string        // a time such as "2 s": samples before it are left out; "" for none besides the job's
	Output    string        // a result with the metrics alone; "": Into
	Into      bool          // add them to Result itself
	Force     bool          // an old Output, or metrics of the same name in Result, are replaced
	Device    device.Device // whose host computes metrics as a run on it does; nil: Go does, to the same figures but for rounding
	Versions  []result.Entry
	Progress  func(done, total int) // may be nil; called from one goroutine at a time
}

// AnalysisSummary is what an analysis leaves to say.
type AnalysisSummary struct {
	Output   string
	Points   int // with metrics
	Without  int // points without series
	Failed   int // points that failed in the job
	Warnings []string
	Elapsed  time.Duration
}

// partPoints is how many points of an analysis are written together.
const partPoints = 256

// Run is as good as the metrics of a run: the same figures come out, to the last bit where they are drawn from whole
// series that the job kept in its own precision, to rounding where the job drew them from sums that its kernel kept. Points
// are read one by one, as many at a time as there are processors. Nothing is left behind when it fails or is stopped.
func (a Analysis) Run(ctx context.Context) (*AnalysisSummary, error) {
	began := time.Now()
	res, err := result.Open(a.Result)
	if err != nil {
		return nil, fault.Mistake{Msg: err.Error()}
	}
	defer res.Close()
	an, err := a.read(res)
	if err != nil {
		return nil, err
	}
	output := a.Output
	if a.Into {
		output = a.Result
	} else if err := a.room(); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(output), "."+filepath.Base(output)+"-*")
	if err != nil {
		return nil, fault.Mistake{Pos: fault.Pos{File: output}, Msg: "cannot be written: " + fault.Reason(err) + "; give a writable place with -o"}
	}
	defer os.RemoveAll(folder)
	if err := an.openHosts(ctx, a.Device); err != nil {
		return nil, err
	}
	defer an.hosts.close()
	summary := &AnalysisSummary{Output: output, Warnings: an.warnings}
	parts, err := an.parts(ctx, folder, a.Progress, summary)
	if err != nil {
		return nil, err
	}
	if a.Into {
		if err := errors.Join(res.Close(), result.Add(a.Result, an.layout, parts, a.Force)); err != nil {
			return nil, err
		}
	} else if err := result.Merge(output, an.layout, parts, nil); err != nil {
		return nil, err
	}
	summary.Elapsed = time.Since(began)
	return summary, nil
}

// room sees to it that the output is a new file, or with Force an old result that is not the one analysed.
func (a Analysis) room() error {
	at := fault.Pos{File: a.Output}
	there, err := os.Stat(a.Output)
	if err != nil {
		return nil // what is wrong with the place shows when it is used
	}
	if source, err := os.Stat(a.Result); err == nil && os.SameFile(source, there) {
		return fault.Mistake{Pos: at, Msg: "is the result that is analysed; --into adds metrics to it"}
	}
	if !a.Force && !there.IsDir() {
		return fault.Mistake{Pos: at, Msg: "is there already; give another name with -o, or --force to replace it"}
	}
	_, err = newPlace(a.Output).look(a.Force, "")
	return err
}

// parts computes all points into parts, each of neighbours that have series or have failed. Others are missing in the output.
func (an *analysis) parts(ctx context.Context, folder string, progress func(done, total int), summary *AnalysisSummary) ([]string, error) {
	status, err := an.res.Status()
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	var parts []string
	for first := 0; first < len(status); first++ {
		count := 0
		for count < partPoints && first+count < len(status) && an.has(first+count, status[first+count]) {
			count++
		}
		if count == 0 {
			summary.Without++
			continue
		}
		run := result.Run{Host: host, Device: fmt.Sprintf("%d processors", runtime.GOMAXPROCS(0)), Started: time.Now()}
		path := filepath.Join(folder, result.PartName(first, count))
		part, err := result.CreatePart(path, an.layout, first, count, nil)
		if err != nil {
			return nil, err
		}
		tell := func(done int) {
			if progress != nil {
				progress(first+done, len(status))
			}
		}
		if err := an.points(ctx, part, first, status[first:first+count], summary, tell); err != nil {
			return nil, errors.Join(err, part.Abandon())
		}
		run.Ended = time.Now()
		if err := part.Close(run); err != nil {
			return nil, err
		}
		parts = append(parts, path)
		first += count - 1
	}
	return parts, nil
}

// points computes the points of a part, as many at a time as there are processors, and tells how many are done.
func (an *analysis) points(ctx context.Context, part *result.Part, first int, status []uint8, summary *AnalysisSummary, tell func(done int)) error {
	errs := make([]error, len(status))
	var all sync.WaitGroup
	var lock sync.Mutex
	done := 0
	for i, s := range status {
		point := first + i
		if s == result.Failed {
			f, err := an.res.Fault(point)
			if err != nil {
				return err
			}
			part.Fail(point, f)
			summary.Failed++
			continue
		}
		summary.Points++
		host := <-an.hosts.free
		all.Add(1)
		go func() {
			defer all.Done()
			if errs[i] = ctx.Err(); errs[i] == nil {
				errs[i] = an.point(part, point, host)
			}
			an.hosts.free <- host
			lock.Lock()
			defer lock.Unlock()
			done++
			tell(done)
		}()
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("point %d: %w", first+i, err)
		}
	}
	return nil
}

// has tells whether there is something to say of a point: any series of it, or that it failed.
func (an *analysis) has(point int, status uint8) bool {
	if status != result.Done {
		return status == result.Failed
	}
	for _, q := range an.quantities {
		if _, ok := q.rows[point]; ok {
			return true
		}
	}
	return false
}

// point reads a point's series and writes its metrics; those of a series that does not have the point are NaN.
func (an *analysis) point(part *result.Part, point int, host *metrics.Host) error {
	host.Next()
	metric := 0
	for _, q := range an.quantities {
		row, ok := q.rows[point]
		values := func(m metrics.Metric) []float64 { return slices.Repeat([]float64{math.NaN()}, m.Shape.Len(q.setup)) }
		if ok {
			in, err := an.input(q, point, row, host)
			if err != nil {
				return err
			}
			values = func(m metrics.Metric) []float64 { return m.Values(in) }
		}
		for _, m := range q.table {
			if err := part.Metric(point, metric, values(m)); err != nil {
				return err
			}
			metric++
		}
	}
	part.Done(point)
	return host.Err()
}

// input is what the metrics of a quantity at a point, which has a row of the series, are drawn from.
func (an *analysis) input(q *analysed, point, row int, host *metrics.Host) (*metrics.Input, error) {
	rows, err := an.res.At(q.variable, row)
	if err != nil {
		return nil, err
	}
	p, n := an.plan, q.setup.Nodes
	rows = rows[q.skip*n:]
	sums := metrics.NewSeries(n, metrics.NeedPairs(q.table))
	for k := 0; k < len(rows); k += n {
		sums.Add(rows[k : k+n])
	}
	in := &metrics.Input{Moments: sums.Moments(), Unit: q.variable.Unit, Config: p.Metrics.effective}
	if q.channels == nil {
		c, err := an.connectomeOf(point)
		if err != nil {
			return nil, err
		}
		in.Weights, in.Lengths, in.Targets = c.Weights, c.Lengths, p.targetData(0)
	} else {
		host = nil // it serves series of as many nodes as there are regions
	}
	if q.filter == nil && !metrics.NeedSignal(q.table) {
		return in, nil
	}
	scale := metrics.Scale(q.variable.Unit)
	if an.single() {
		in.Signal = metrics.Hosted(q.setup.Rate, narrow(rows), n, scale, host)
	} else {
		in.Signal = metrics.Hosted(q.setup.Rate, rows, n, scale, host)
	}
	if q.filter != nil {
		return q.filter.input(in), nil
	}
	return in, nil
}

// single tells whether the job recorded in single precision.
func (an *analysis) single() bool {
	return !slices.ContainsFunc(an.quantities, func(q *analysed) bool { return !q.variable.Single })
}

// narrow gives numbers that were read out of a file in single precision in that again.
func narrow(rows []float64) []float32 {
	out := make([]float32, len(rows))
	for i, v := range rows {
		out[i] = float32(v)
	}
	return out
}

// openHosts builds the kernels of metrics where there is a device whose host runs them, one for each processor.
func (an *analysis) openHosts(ctx context.Context, dev device.Device) error {
	count := runtime.GOMAXPROCS(0)
	an.hosts = &hosts{free: make(chan *metrics.Host, count), memory: metrics.Heap}
	precision := 64
	if an.single() {
		precision = 32
	}
	for range count {
		var host *metrics.Host
		if dev != nil && dev.Info().Kind == "cpu" && slices.ContainsFunc(an.quantities, func(q *analysed) bool { return q.filter == nil && q.channels == nil && metrics.NeedSignal(q.table) }) {
			m, err := sim.NewMachine(ctx, dev, an.plan.Connectome.N(), precision)
			if err != nil {
				return errors.Join(err, an.hosts.close())
			}
			an.hosts.machines = append(an.hosts.machines, m)
			host = metrics.NewHost(m, an.plan.Connectome.N())
		}
		an.hosts.free <- host
	}
	return nil
}
