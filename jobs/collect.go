package jobs

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
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
	tiles   *metrics.Tiles
	base    int // the number of the first sample in them
	samples int // that there will be
	streams []*gathering
	come    []metrics.Rows // that lie in memory of the device until Delivered
}

// gathering is a stream and how many units it has taken.
type gathering struct {
	group  string
	stream metrics.Stream
	units  int
}

// newCollector makes room for a batch. With whole it keeps series even where streams would do. Release gives the room back.
func (s *setup) newCollector(first int, points []sim.Point, h *hosts, whole bool) (*collector, error) {
	c := &collector{setup: s, first: first, points: points, hosts: h, kept: map[channel][]*passing{}}
	for _, t := range s.signals {
		for i := range points {
			p, err := s.newPassing(t, s.plan.metricConfig(c.subjectNumber(i)), h, whole)
			if err != nil {
				c.release()
				return nil, err
			}
			c.kept[t.channel] = append(c.kept[t.channel], p)
		}
	}
	return c, h.trim()
}

// newPassing makes room for a series: all of it, or with streams, where they do, what they have not taken yet.
func (s *setup) newPassing(t tapped, config metrics.Config, h *hosts, whole bool) (*passing, error) {
	setup := s.tapSetup(t, config)
	p, room := &passing{samples: setup.Samples}, setup.Samples
	if !whole && !t.whole {
		streams, _ := metrics.Streams(t.table, setup)
		room, _ = passingRoom(streams, setup)
		for _, group := range slices.Sorted(maps.Keys(streams)) {
			if st, ok := streams[group].(metrics.Placed); ok {
				if err := st.Place(h.memory, h.before(group)); err != nil {
					return nil, err
				}
			}
			p.streams = append(p.streams, &gathering{group: group, stream: streams[group]})
		}
	}
	var err error
	p.tiles, err = h.tiles(setup.Nodes, s.plan.Run.Precision, room)
	return p, err
}

// passingRoom is how many samples of a series that streams gather are kept, about, and the memory that they take besides.
func passingRoom(streams map[string]metrics.Stream, s metrics.Setup) (samples int, besides int64) {
	longest := 0
	for _, st := range streams {
		from, to, _ := st.Unit(0)
		longest = max(longest, to-from)
		besides += st.Bytes()
	}
	return min(s.Samples, 2*longest), besides
}

// release leaves the room of the series to the next batch. Nothing of the collector may be used any more.
func (c *collector) release() {
	for _, k := range c.kept {
		for _, p := range k {
			p.tiles.Drop(p.tiles.Len())
			c.hosts.spare = append(c.hosts.spare, p.tiles)
			for _, g := range p.streams {
				if _, ok := g.stream.(metrics.Placed); ok {
					c.hosts.placed = append(c.hosts.placed, g)
				}
			}
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
		samples := setup.Samples
		if !t.whole {
			streams, _ := metrics.Streams(t.table, setup)
			var besides int64
			samples, besides = passingRoom(streams, setup)
			total += besides
		}
		total += metrics.TileBytes(setup.Nodes, s.plan.Run.Precision, samples)
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
func (c *collector) add(point int, ch channel, rows metrics.Rows) error {
	for _, t := range c.signals {
		if t.channel != ch {
			continue
		}
		p := c.kept[ch][point]
		if rows.In == nil {
			return p.tiles.Add(rows.Numbers)
		}
		p.come = append(p.come, rows)
	}
	return nil
}

// Delivered lays what has come, and has the streams take it: of several points at a time.
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
				errs[i] = errors.Join(errs[i], c.kept[t.channel][i].delivered(c.rate(t.channel), metrics.Scale(t.unit), host))
			}
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

// ready tells whether samples of a point are to be laid, or any stream has a unit to take.
func (c *collector) ready(point int) bool {
	for _, t := range c.signals {
		p := c.kept[t.channel][point]
		if len(p.come) > 0 {
			return true
		}
		for _, g := range p.streams {
			if _, to, ok := g.stream.Unit(g.units); ok && to <= p.base+p.tiles.Len() {
				return true
			}
		}
	}
	return false
}

// delivered lays what has come, and has the streams take it.
func (p *passing) delivered(rate, factor float64, host *metrics.Host) error {
	for _, rows := range p.come {
		if err := p.tiles.Lay(rows, factor, host); err != nil {
			return err
		}
	}
	p.come = p.come[:0]
	p.take(rate, factor, host)
	return host.Err()
}

// take has the streams take the units that are there, and drops what none of them needs any more.
func (p *passing) take(rate, factor float64, host *metrics.Host) {
	end := p.base + p.tiles.Len()
	needed := end
	part := func(from, to int) *metrics.Signal { return p.tiles.Signal(from-p.base, to-p.base, rate, factor, host) }
	if host == nil {
		// Go turns the series over, and does so once.
		all := sync.OnceValue(func() *metrics.Signal { return part(p.base, end) })
		part = func(from, to int) *metrics.Signal { return all().Part(from-p.base, to-p.base) }
	}
	for _, g := range p.streams {
		for {
			from, to, ok := g.stream.Unit(g.units)
			if !ok || to > end {
				if ok {
					needed = min(needed, from)
				}
				break
			}
			g.stream.Add(g.units, part(from, to))
			g.units++
		}
	}
	if gone := needed - p.base; gone > 0 && len(p.streams) > 0 {
		p.tiles.Drop(gone)
		p.base = needed
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
		in.Signal = p.tiles.Signal(0, p.tiles.Len(), in.Rate, metrics.Scale(unit), host)
		return
	}
	in.Streams = map[string]metrics.Stream{}
	for _, g := range p.streams {
		in.Streams[g.group] = g.stream
	}
}

// savedSeries is a series that passes by, in a checkpoint.
type savedSeries struct {
	Samples, Base int
	Rows          []byte
	Streams       []savedStream
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
			rows, err := binary.Append(nil, binary.LittleEndian, p.tiles.Rows())
			if err != nil {
				return err
			}
			one := savedSeries{Samples: p.samples, Base: p.base, Rows: rows}
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
			err = k[i].restore(all[i], c.plan.Run.Precision)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *passing) restore(from savedSeries, precision int) error {
	begun := from.Base > 0
	for _, g := range from.Streams {
		begun = begun || g.Units > 0
	}
	if begun && (from.Samples != p.samples || len(from.Streams) != len(p.streams)) {
		return fmt.Errorf("it has metrics half-way through %d samples, of %d", from.Samples, p.samples)
	}
	p.base = from.Base
	for i, g := range p.streams {
		if !begun {
			break
		}
		g.units = from.Streams[i].Units
		if err := gob.NewDecoder(bytes.NewReader(from.Streams[i].State)).Decode(g.stream); err != nil {
			return err
		}
	}
	var rows any = make([]float64, len(from.Rows)/8)
	if precision == 32 {
		rows = make([]float32, len(from.Rows)/4)
	}
	if _, err := binary.Decode(from.Rows, binary.LittleEndian, rows); err != nil {
		return err
	}
	return p.tiles.Add(rows)
}

// name is that of the channel's series in a checkpoint; no buffer of a kernel has a blank in its name.
func (c channel) name() string { return fmt.Sprintf("series %d %d", c.stream, c.quantity) }
