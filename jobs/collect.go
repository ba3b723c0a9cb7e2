package jobs

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"maps"
	"slices"
	"sync"

	"brainsweep/metrics"
	"brainsweep/sim"
)

// collector has what metrics need of the series of a batch. Where streams gather it, a series is kept until they have
// taken it; where a metric needs it whole, until the batch is done. Which of the two it is shows in no number.
type collector struct {
	*setup
	first  int         // point
	points []sim.Point // of the batch
	hosts  *hosts
	kept   map[channel][]*passing // of each point
}

// passing is a series that passes by.
type passing struct {
	rows    rows
	base    int // the number of the first sample of the rows
	here    int // samples in them
	samples int // that there will be
	streams []*gathering
}

// gathering is a stream and how many units it has taken.
type gathering struct {
	group  string
	stream metrics.Stream
	units  int
}

// rows are samples of all nodes, in the study's precision.
type rows interface {
	add(samples any)
	drop(numbers int) // at the beginning
	empty()           // drops all, and keeps the room
	room() int        // in numbers
	signal(from, to int, rate float64, nodes int, factor float64, host *metrics.Host) *metrics.Signal
	save() ([]byte, error)
	restore(b []byte) error
}

type reals[T float32 | float64] struct{ x []T }

func (r *reals[T]) add(samples any) { r.x = append(r.x, samples.([]T)...) }
func (r *reals[T]) drop(numbers int) {
	r.x = r.x[:copy(r.x, r.x[numbers:])]
}
func (r *reals[T]) empty()    { r.x = r.x[:0] }
func (r *reals[T]) room() int { return cap(r.x) }
func (r *reals[T]) signal(from, to int, rate float64, nodes int, factor float64, host *metrics.Host) *metrics.Signal {
	return metrics.Hosted(rate, r.x[from*nodes:to*nodes], nodes, factor, host)
}
func (r *reals[T]) save() ([]byte, error) { return binary.Append(nil, binary.LittleEndian, r.x) }
func (r *reals[T]) restore(b []byte) error {
	r.x = append(r.x[:0], make([]T, len(b)/binary.Size(*new(T)))...)
	_, err := binary.Decode(b, binary.LittleEndian, r.x)
	return err
}

// newCollector makes room for a batch. With whole it keeps series even where streams would do.
func (s *setup) newCollector(first int, points []sim.Point, h *hosts, whole bool) *collector {
	c := &collector{setup: s, first: first, points: points, hosts: h, kept: map[channel][]*passing{}}
	for _, t := range s.signals {
		for i := range points {
			setup := s.tapSetup(t, s.plan.metricConfig(c.subjectNumber(i)))
			p := &passing{samples: setup.Samples}
			streams, needed := metrics.Streams(t.table, setup)
			room := 0
			if whole || needed || len(t.filtered) > 0 {
				room = setup.Samples * setup.Nodes
			} else {
				for _, group := range slices.Sorted(maps.Keys(streams)) {
					p.streams = append(p.streams, &gathering{group: group, stream: streams[group]})
				}
			}
			if p.rows = h.room(room); p.rows == nil && s.plan.Run.Precision == 32 {
				p.rows = &reals[float32]{make([]float32, 0, room)}
			} else if p.rows == nil {
				p.rows = &reals[float64]{make([]float64, 0, room)}
			}
			c.kept[t.channel] = append(c.kept[t.channel], p)
		}
	}
	return c
}

// release leaves the room of the series to the next batch. Nothing of the collector may be used any more.
func (c *collector) release() {
	for _, k := range c.kept {
		for _, p := range k {
			p.rows.empty()
			c.hosts.spare = append(c.hosts.spare, p.rows)
		}
	}
	c.kept = nil
}

// subjectNumber is that of the subject of a point of the batch.
func (c *collector) subjectNumber(point int) int {
	return c.layout.Number(c.first+point) / c.plan.perSubject()
}

// tapSetup is what is known of a tapped series before it is there.
func (s *setup) tapSetup(t tapped, config metrics.Config) metrics.Setup {
	count, _, period := s.study.Samples(t.stream)
	return metrics.Setup{Nodes: s.study.Nodes, Samples: int(count), Rate: 1000 / period, Config: config}
}

// signalBytes is about the memory on the host that a point's series, and what streams gather of them, take until its
// metrics are computed; whole tells the groups of metrics that need whole series.
func (s *setup) signalBytes() (total int64, whole []string) {
	for _, t := range s.signals {
		setup := s.tapSetup(t, s.plan.Metrics.effective)
		streams, needed := metrics.Streams(t.table, setup)
		needed = needed || len(t.filtered) > 0
		samples := setup.Samples
		if !needed {
			longest := 0
			for _, st := range streams {
				from, to, _ := st.Unit(0)
				longest = max(longest, to-from)
				total += st.Bytes()
			}
			samples = min(samples, 2*longest)
		}
		total += int64(samples) * int64(setup.Nodes) * int64(s.plan.Run.Precision/8)
		whole = append(whole, t.filtered...)
		for _, m := range t.table {
			if m.Signal && m.Gathers(setup) == nil && !slices.Contains(whole, m.Group) {
				whole = append(whole, m.Group)
			}
		}
	}
	return total, whole
}

// add takes samples as a sim.Sink gets them.
func (c *collector) add(point int, ch channel, samples any) {
	if k := c.kept[ch]; k != nil {
		k[point].rows.add(samples)
		k[point].here += rowsOf(samples, c.study.Nodes)
	}
}

func rowsOf(samples any, nodes int) int {
	switch s := samples.(type) {
	case []float32:
		return len(s) / nodes
	case []float64:
		return len(s) / nodes
	}
	return 0
}

// Delivered has the streams take what has come.
func (c *collector) Delivered() error {
	var all sync.WaitGroup
	errs := make([]error, len(c.points))
	for i := range c.points {
		if !c.ready(i) {
			continue
		}
		host := <-c.hosts.free
		all.Go(func() {
			for _, t := range c.signals {
				c.kept[t.channel][i].take(c.study.Nodes, c.rate(t.channel), metrics.Scale(t.unit), host)
			}
			errs[i] = host.Err()
			c.hosts.free <- host
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("point %d: %w", c.first+i, err)
		}
	}
	return nil
}

// ready tells whether any stream of a point has a unit to take.
func (c *collector) ready(point int) bool {
	for _, t := range c.signals {
		p := c.kept[t.channel][point]
		for _, g := range p.streams {
			if _, to, ok := g.stream.Unit(g.units); ok && to <= p.base+p.here {
				return true
			}
		}
	}
	return false
}

// take has the streams take the units that are there, and drops what none of them needs any more.
func (p *passing) take(nodes int, rate, factor float64, host *metrics.Host) {
	needed := p.base + p.here
	here := sync.OnceValue(func() *metrics.Signal { return p.rows.signal(0, p.here, rate, nodes, factor, host) })
	for _, g := range p.streams {
		for {
			from, to, ok := g.stream.Unit(g.units)
			if !ok || to > p.base+p.here {
				if ok {
					needed = min(needed, from)
				}
				break
			}
			g.stream.Add(g.units, here().Part(from-p.base, to-p.base))
			g.units++
		}
	}
	if gone := needed - p.base; gone > 0 && len(p.streams) > 0 {
		p.rows.drop(gone * nodes)
		p.base, p.here = needed, p.here-gone
	}
}

// rate is how many samples a channel has in a second.
func (s *setup) rate(c channel) float64 {
	_, _, period := s.study.Samples(c.stream)
	return 1000 / period
}

// fill gives an input what was collected of a channel at a point: the whole series in the unit of the report, or what
// streams have gathered.
func (c *collector) fill(in *metrics.Input, point int, ch channel, unit string, host *metrics.Host) {
	k := c.kept[ch]
	if k == nil {
		return
	}
	p := k[point]
	in.Rate, in.Host = c.rate(ch), host
	if len(p.streams) == 0 {
		in.Signal = p.rows.signal(0, p.here, in.Rate, c.study.Nodes, metrics.Scale(unit), host)
		return
	}
	in.Streams = map[string]metrics.Stream{}
	for _, g := range p.streams {
		in.Streams[g.group] = g.stream
	}
}

// savedSeries is a series that passes by, in a checkpoint.
type savedSeries struct {
	Samples, Base, Here int
	Rows                []byte
	Streams             []savedStream
}

type savedStream struct {
	Group string
	Units int
	State []byte
}

// save adds what is collected to a state, so that a checkpoint has it.
func (c *collector) save(s *sim.State) error {
	for ch, k := range c.kept {
		var all []savedSeries
		for _, p := range k {
			rows, err := p.rows.save()
			if err != nil {
				return err
			}
			one := savedSeries{Samples: p.samples, Base: p.base, Here: p.here, Rows: rows}
			for _, g := range p.streams {
				var b bytes.Buffer
				if err := gob.NewEncoder(&b).Encode(g.stream); err != nil {
					return err
				}
				one.Streams = append(one.Streams, savedStream{g.group, g.units, b.Bytes()})
			}
			all = append(all, one)
		}
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(all); err != nil {
			return err
		}
		s.Buffers[ch.name()] = b.Bytes()
	}
	return nil
}

// restore takes what save added out of the state again. Streams depend on the length of the series: what they gathered of
// a shorter or longer one serves nobody, and the error says so.
func (c *collector) restore(s *sim.State) error {
	for ch, k := range c.kept {
		var all []savedSeries
		err := gob.NewDecoder(bytes.NewReader(s.Buffers[ch.name()])).Decode(&all)
		delete(s.Buffers, ch.name())
		if err == nil && len(all) != len(k) {
			err = fmt.Errorf("it has series of %d points, not %d", len(all), len(k))
		}
		for i := 0; err == nil && i < len(k); i++ {
			err = k[i].restore(all[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *passing) restore(from savedSeries) error {
	begun := from.Base > 0
	for _, g := range from.Streams {
		begun = begun || g.Units > 0
	}
	if begun && (from.Samples != p.samples || len(from.Streams) != len(p.streams)) {
		return fmt.Errorf("it has metrics half-way through %d samples, of %d", from.Samples, p.samples)
	}
	p.base, p.here = from.Base, from.Here
	for i, g := range p.streams {
		if !begun {
			break
		}
		g.units = from.Streams[i].Units
		if err := gob.NewDecoder(bytes.NewReader(from.Streams[i].State)).Decode(g.stream); err != nil {
			return err
		}
	}
	return p.rows.restore(from.Rows)
}

// name is that of the channel's series in a checkpoint; no buffer of a kernel has a blank in its name.
func (c channel) name() string { return fmt.Sprintf("series %d %d", c.stream, c.quantity) }
