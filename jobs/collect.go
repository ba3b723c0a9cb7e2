package jobs

import (
	"encoding/binary"
	"fmt"
	"math"

	"brainsweep/metrics"
	"brainsweep/sim"
)

// collector holds the series of a batch that metrics need whole, in the study's precision, until the batch is done.
type collector struct {
	*setup
	first  int         // point
	points []sim.Point // of the batch
	kept   map[channel]*collected
}

// collected is one channel at all points of a batch: [point][time][node]. One of the two is there.
type collected struct {
	samples int // of a point, times nodes
	single  []float32
	double  []float64
	at      []int // of each point, how much of it is there
}

func (s *setup) newCollector(first int, points []sim.Point) *collector {
	c := &collector{setup: s, first: first, points: points, kept: map[channel]*collected{}}
	for _, ch := range s.signals {
		k := &collected{samples: s.signalSamples(ch) * s.study.Nodes, at: make([]int, len(points))}
		if s.plan.Run.Precision == 32 {
			k.single = make([]float32, len(points)*k.samples)
		} else {
			k.double = make([]float64, len(points)*k.samples)
		}
		c.kept[ch] = k
	}
	return c
}

// signalSamples is how many samples of a channel there are.
func (s *setup) signalSamples(c channel) int {
	count, _, _ := s.study.Samples(c.stream)
	return int(count)
}

// rate is how many samples a channel has in a second.
func (s *setup) rate(c channel) float64 {
	_, _, period := s.study.Samples(c.stream)
	return 1000 / period
}

// signalBytes is the memory on the host that a point's series take until its metrics are computed.
func (s *setup) signalBytes() int64 {
	var total int64
	for _, c := range s.signals {
		total += int64(s.signalSamples(c)) * int64(s.study.Nodes) * int64(s.plan.Run.Precision/8)
	}
	return total
}

// add takes samples as a sim.Sink gets them.
func (c *collector) add(point int, ch channel, rows any) {
	k := c.kept[ch]
	if k == nil {
		return
	}
	at := point*k.samples + k.at[point]
	switch r := rows.(type) {
	case []float32:
		k.at[point] += copy(k.single[at:(point+1)*k.samples], r)
	case []float64:
		k.at[point] += copy(k.double[at:(point+1)*k.samples], r)
	}
}

// signal is the whole series of a channel at a point, in the unit of the report; nil where none is collected.
func (c *collector) signal(point int, ch channel, unit string, host *metrics.Host) *metrics.Signal {
	k := c.kept[ch]
	if k == nil {
		return nil
	}
	from, to := point*k.samples, (point+1)*k.samples
	rate, scale := c.rate(ch), metrics.Scale(unit)
	if k.single != nil {
		return metrics.Hosted(rate, k.single[from:to], c.study.Nodes, scale, host)
	}
	return metrics.Hosted(rate, k.double[from:to], c.study.Nodes, scale, host)
}

// save adds what is collected to a state, so that a checkpoint has it.
func (c *collector) save(s *sim.State) {
	for ch, k := range c.kept {
		var b []byte
		for point, filled := range k.at {
			from := point * k.samples
			b = binary.LittleEndian.AppendUint64(b, uint64(filled))
			for i := from; i < from+filled; i++ {
				if k.single != nil {
					b = binary.LittleEndian.AppendUint32(b, math.Float32bits(k.single[i]))
				} else {
					b = binary.LittleEndian.AppendUint64(b, math.Float64bits(k.double[i]))
				}
			}
		}
		s.Buffers[ch.name()] = b
	}
}

// restore takes what save added out of the state again.
func (c *collector) restore(s *sim.State) {
	for ch, k := range c.kept {
		b := s.Buffers[ch.name()]
		delete(s.Buffers, ch.name())
		for point := range k.at {
			k.at[point] = int(binary.LittleEndian.Uint64(b))
			b = b[8:]
			from := point * k.samples
			for i := from; i < from+k.at[point]; i++ {
				if k.single != nil {
					k.single[i] = math.Float32frombits(binary.LittleEndian.Uint32(b))
					b = b[4:]
				} else {
					k.double[i] = math.Float64frombits(binary.LittleEndian.Uint64(b))
					b = b[8:]
				}
			}
		}
	}
}

// name is that of the channel's series in a checkpoint; no buffer of a kernel has a blank in its name.
func (c channel) name() string { return fmt.Sprintf("series %d %d", c.stream, c.quantity) }
