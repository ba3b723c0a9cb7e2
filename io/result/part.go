package result

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"brainsweep/internal/doom"
	"brainsweep/io/h5"
)

// Fault says where a point first went wrong.
type Fault struct {
	Node  int
	State int     // its place in Layout.States
	Time  float64 // [ms]
}

// Run says how a batch was run.
type Run struct {
	Host, Device   string
	Rank           int
	Started, Ended time.Time
	NodeSteps      float64 // nodes times steps times points
}

// What has become of a point, as /points/status has it.
const (
	Done    uint8 = 0
	Failed  uint8 = 1
	Missing uint8 = 2
)

// Part is the file of one batch while it is written. Its methods may be called from several goroutines,
// for one point from one at a time.
type Part struct {
	layout       *Layout
	path         string
	first, count int
	file         *h5.File
	series       []*store
	metrics      []*values
	best         *Best
	scores       map[Keep][]float64 // by row, the metric by which the best points are kept
	spooled      bool               // series go to files with names of their own first, which outlive the process

	lock   sync.Mutex // of what follows
	status []uint8
	faults []Fault
}

// PartName is the name of the file for a batch within the folder of parts.
func PartName(first, count int) string {
	return fmt.Sprintf("points-%07d-%07d.part", first, first+count-1)
}

// Parts lists the parts in a folder, in order of their names. A folder that is not there has none.
func Parts(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var parts []string
	for _, e := range entries {
		if match, _ := filepath.Match("points-*.part", e.Name()); match {
			parts = append(parts, filepath.Join(folder, e.Name()))
		}
	}
	return parts, err
}

// CreatePart begins the part of points first, ..., first+count-1 under a temporary name. Close makes
// it a part, Abandon removes it. Parts that share a Best, which may be nil, keep fewer series in all.
func CreatePart(path string, l *Layout, first, count int, best *Best) (*Part, error) {
	return newPart(path, l, first, count, best, false)
}

func newPart(path string, l *Layout, first, count int, best *Best, spooled bool) (*Part, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if first < 0 || count < 1 || first+count > l.Points {
		return nil, fmt.Errorf("result: no part for points %d to %d of %d", first, first+count-1, l.Points)
	}
	if best == nil {
		best = &Best{}
	}
	p := &Part{layout: l, path: path, first: first, count: count, best: best, scores: map[Keep][]float64{},
		status: filled(count, Missing), faults: make([]Fault, count), spooled: spooled}
	var err error
	if p.file, err = h5.CreateAfter(temporary(path), headerSize); err != nil {
		return nil, err
	}
	if err := p.lay(); err != nil {
		return nil, errors.Join(err, p.giveUp())
	}
	return p, nil
}

// lay makes the data sets.
func (p *Part) lay() error {
	l := p.layout
	for _, m := range l.Metrics {
		set, err := p.dataset(m.group(), m.Name, h5.Float64, append([]int{p.count}, l.lengths(m)...))
		if err != nil {
			return err
		}
		p.metrics = append(p.metrics, newValues(set))
	}
	for i, s := range l.Series {
		st := &store{samples: s.Times.Count, width: l.width(s), single: s.Single, next: make([]int, p.count), sums: make([]uint32, p.count)}
		p.series = append(p.series, st)
		if s.Keep.Best > 0 {
			p.scores[s.Keep] = filled(p.count, math.NaN())
		}
		var err error
		switch {
		case p.spooled:
			st.scratch, err = os.OpenFile(p.spool(i), os.O_RDWR|os.O_CREATE, 0o666)
		case s.Keep.Best > 0:
			st.scratch, err = scratch(temporary(p.path))
		default:
			st.set, err = p.dataset("/series/"+s.Group, s.Name, floats(s.Single), append([]int{p.count}, l.shape(s)...))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dataset makes a contiguous data set: rows come in any order and at any size, and are never compressed here.
func (p *Part) dataset(group, name string, t h5.Type, shape []int) (*h5.Dataset, error) {
	if err := p.file.Group(group); err != nil {
		return nil, err
	}
	return p.file.CreateDataset(group+"/"+name, h5.Spec{Type: t, Shape: shape})
}

func floats(single bool) h5.Type {
	if single {
		return h5.Float32
	}
	return h5.Float64
}

// row is the place of a point in the part.
func (p *Part) row(point int) int {
	if point < p.first || point >= p.first+p.count {
		panic(fmt.Sprintf("result: point %d is not of the batch %d to %d", point, p.first, p.first+p.count-1))
	}
	return point - p.first
}

// Series appends samples first, first+1, ... of a series at a point: rows of one number per node, as
// []float32 or []float64. Each point's samples come in order. What comes after a fault may be left out.
func (p *Part) Series(point, series, first int, rows any) error {
	err := p.series[series].append(p.row(point), first, rows)
	if err != nil {
		s := p.layout.Series[series]
		return fmt.Errorf("result: series %s/%s of point %d: %w", s.Group, s.Name, point, err)
	}
	return nil
}

// Metric sets a metric of a point, in row-major order of its dimensions.
func (p *Part) Metric(point, metric int, values []float64) error {
	row, m := p.row(point), p.layout.Metrics[metric]
	if err := p.metrics[metric].put(row, values); err != nil {
		return err
	}
	for keep, scores := range p.scores {
		if keep.By == m.Address() {
			scores[row] = values[0]
		}
	}
	return nil
}

// Done marks a point as done.
func (p *Part) Done(point int) { p.mark(point, Done, Fault{}) }

// Fail marks a point as failed. Its metrics may be left out.
func (p *Part) Fail(point int, f Fault) { p.mark(point, Failed, f) }

func (p *Part) mark(point int, status uint8, f Fault) {
	row := p.row(point)
	p.lock.Lock()
	p.status[row], p.faults[row] = status, f
	p.lock.Unlock()
}

// Close makes the part whole, waits until it is on the disk, and gives it its name. If that fails, nothing is left; of
// a spooled part, what Leave leaves.
func (p *Part) Close(run Run) error {
	if err := p.finish(run); err != nil {
		return errors.Join(err, p.giveUp())
	}
	return nil
}

// giveUp is Leave for a spooled part, and Abandon for others.
func (p *Part) giveUp() error {
	if p.spooled {
		return p.Leave()
	}
	return p.Abandon()
}

func (p *Part) finish(run Run) error {
	if err := p.complete(); err != nil {
		return err
	}
	if err := p.keep(); err != nil {
		return err
	}
	if err := p.describe(run); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := seal(temporary(p.path), header{basis: p.layout.Basis, Held: p.held()}); err != nil {
		return err
	}
	doom.At("part sealed")
	if err := publish(p.path); err != nil {
		return err
	}
	return p.removeSpools()
}

// held is what the header says.
func (p *Part) held() Held {
	h := Held{First: p.first, Count: p.count, Names: p.layout.Names(p.first, p.count), Steps: p.layout.Steps}
	for _, s := range p.status {
		if s == Failed {
			h.Failed++
		}
	}
	return h
}

// Abandon ends the part without leaving a file.
func (p *Part) Abandon() error {
	p.file.Close() // what became of the contents does not matter
	for _, s := range p.series {
		s.close()
	}
	if err := p.removeSpools(); err != nil {
		return err
	}
	if err := os.Remove(temporary(p.path)); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// complete sees to it that every number is there. What a failed point lacks is NaN.
func (p *Part) complete() error {
	for row, status := range p.status {
		point := p.first + row
		if status == Missing {
			return fmt.Errorf("result: point %d is neither done nor failed", point)
		}
		for i, m := range p.layout.Metrics {
			if p.metrics[i].given[row] {
				continue
			}
			if status == Done {
				return fmt.Errorf("result: point %d is done without its metric %s", point, m.Address())
			}
			if err := p.Metric(point, i, filled(p.metrics[i].width(), math.NaN())); err != nil {
				return err
			}
		}
		for i, s := range p.series {
			if s.next[row] == s.samples {
				continue
			}
			if status == Done {
				return fmt.Errorf("result: point %d is done with %d of %d samples of %s/%s",
					point, s.next[row], s.samples, p.layout.Series[i].Group, p.layout.Series[i].Name)
			}
			if err := s.pad(row); err != nil {
				return err
			}
		}
	}
	for _, m := range p.metrics {
		if err := m.flush(); err != nil {
			return err
		}
	}
	return nil
}

// keep copies the series that are in files of their own into the part: all points, or the best ones.
func (p *Part) keep() error {
	kept := map[Keep][]int{}
	for keep, scores := range p.scores {
		for row, status := range p.status {
			if status != Done {
				scores[row] = math.NaN()
			}
		}
		kept[keep] = p.best.take(keep, p.layout.Number, p.first, scores)
	}
	all := make([]int, p.count)
	for row := range all {
		all[row] = p.first + row
	}
	for i, s := range p.layout.Series {
		st := p.series[i]
		if st.scratch == nil {
			continue
		}
		points := all
		if s.Keep.Best > 0 {
			points = kept[s.Keep]
		}
		if err := p.collect(s, st, points); err != nil {
			return err
		}
		if s.Keep.Best > 0 {
			if err := p.file.SetAttr("/series/"+s.Group+"/"+s.Name, "points", points); err != nil {
				return err
			}
		}
		st.close()
	}
	return nil
}

// collect makes the data set of a series out of points of its file.
func (p *Part) collect(s Series, st *store, points []int) error {
	var err error
	st.set, err = p.dataset("/series/"+s.Group, s.Name, floats(s.Single), append([]int{len(points)}, p.layout.shape(s)...))
	if err != nil {
		return err
	}
	for to, point := range points {
		if err := st.move(p.row(point), to); err != nil {
			return err
		}
	}
	return nil
}

// describe writes what became of the points, and the run.
func (p *Part) describe(run Run) error {
	node, state, when := make([]int32, p.count), make([]int32, p.count), make([]float64, p.count)
	for i, f := range p.faults {
		node[i], state[i], when[i] = int32(f.Node), int32(f.State), f.Time/1000
		if p.status[i] != Failed {
			node[i], state[i], when[i] = -1, -1, math.NaN()
		}
	}
	for _, v := range []struct {
		name string
		kind h5.Type
		data any
	}{
		{"status", h5.Uint8, p.status}, {"fault_node", h5.Int32, node},
		{"fault_state", h5.Int32, state}, {"fault_time", h5.Float64, when},
	} {
		set, err := p.dataset("/points", v.name, v.kind, []int{p.count})
		if err != nil {
			return err
		}
		if err := set.Write(nil, nil, v.data); err != nil {
			return err
		}
	}
	for _, a := range []Entry{
		{"basis", p.layout.Basis}, {"first", p.first}, {"count", p.count},
		{"host", run.Host}, {"device", run.Device}, {"rank", run.Rank}, {"node_steps", run.NodeSteps},
		{"started", run.Started.UTC().Format(time.RFC3339Nano)}, {"ended", run.Ended.UTC().Format(time.RFC3339Nano)},
	} {
		if err := p.file.SetAttr("/", a.Name, a.Value); err != nil {
			return err
		}
	}
	return nil
}
