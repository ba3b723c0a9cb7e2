package sim

import (
	"context"
	"encoding/binary"
	"fmt"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/metrics"
)

// batch is one batch of points on the device.
type batch struct {
	*Runner
	points  []Point
	places  int   // of a ring
	epoch   int64 // steps of a launch
	buffers map[string]device.Buffer
	scratch []byte // of deliver
}

// epoch is the steps at+1 .. at+steps of a batch.
type epoch struct {
	at, steps int64
	turn      int      // which buffers take its samples
	faults    []*Fault // after it
}

// spareOut is the buffer that a stream's samples go to in every other epoch.
func spareOut(name string) string { return name + "'" }

// newBatch gives the points their buffers, zeroed but for those of samples, and fills in what does not change.
func (r *Runner) newBatch(points []Point) (*batch, error) {
	wirings, of := distinct(points)
	if err := fit(wirings, mostEdges); err != nil {
		return nil, err
	}
	b := &batch{Runner: r, points: points, places: horizon(wirings), epoch: r.epoch(len(points)), buffers: map[string]device.Buffer{}}
	inputs := b.inputs(wirings, of)
	for _, arg := range r.kernel.Buffers {
		content, given := inputs[arg.Name]
		stream, out := outStream(arg.Name)
		size := arg.PerTeam * len(points) * r.kernel.Size(arg.Elem)
		if out {
			size = int(r.outLength(stream, b.epoch)) * len(points) * r.kernel.Size(arg.Elem)
		}
		if arg.Name == "history" {
			size = int(r.historyLength(b.places)) * len(points) * r.kernel.Size(arg.Elem)
		}
		if given {
			size = len(content)
		}
		buffer, err := r.take(arg.Name, max(size, 8), !given && !out) // no sample is read that was not written
		if err != nil {
			return nil, err
		}
		b.buffers[arg.Name] = buffer
		if out {
			if b.buffers[spareOut(arg.Name)], err = r.take(spareOut(arg.Name), max(size, 8), false); err != nil {
				return nil, err
			}
		}
		if given && len(content) > 0 {
			if err := buffer.Write(0, content); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// take hands out the buffer of a name: the last batch's when it has the size, else a new one.
func (r *Runner) take(name string, size int, zeroed bool) (device.Buffer, error) {
	old := r.spare[name]
	if old != nil && old.Size() == size {
		if zeroed {
			return old, clearBuffer(old)
		}
		return old, nil
	}
	if old != nil {
		delete(r.spare, name)
		if err := old.Free(); err != nil {
			return nil, err
		}
	}
	buffer, err := r.dev.Alloc(size)
	if err != nil {
		return nil, err
	}
	r.spare[name] = buffer
	return buffer, nil
}

func clearBuffer(b device.Buffer) error {
	if v, ok := b.(device.Visible); ok {
		clear(v.Bytes())
		return nil
	}
	zeros := make([]byte, min(b.Size(), 1<<20))
	for at := 0; at < b.Size(); at += len(zeros) {
		if err := b.Write(at, zeros[:min(len(zeros), b.Size()-at)]); err != nil {
			return err
		}
	}
	return nil
}

// inputs are the contents of the buffers that the host fills.
func (b *batch) inputs(wirings []*Wiring, of []int32) map[string][]byte {
	in := map[string][]byte{"wiring": ints(of), "constants": nil, "state": nil}
	for name, content := range b.wires(wirings) {
		in[name] = content
	}
	var constants, perNode, state []float64
	for _, p := range b.points {
		constants = append(constants, b.kernel.Constants(p.Value)...)
		perNode = append(perNode, b.kernel.NodeConstants(p.Value, p.NodeValue)...)
		state = append(state, p.Initial...)
		in["key"] = binary.LittleEndian.AppendUint64(in["key"], p.Key)
	}
	var stimuli []float64
	for _, p := range b.points {
		stimuli = append(stimuli, b.kernel.StimulusConstants(p.Value)...)
	}
	in["stimulus_constants"] = doubles(stimuli)
	for i, series := range b.study.Series {
		in[fmt.Sprintf("series%d", i)] = doubles(series)
	}
	in["constants"], in["node_constants"], in["state"] = b.reals(constants), b.reals(perNode), b.reals(state)
	balloons, convolutions := 0, 0
	for s, st := range b.study.Streams {
		switch st.Kind {
		case codegen.Balloon:
			in[fmt.Sprintf("state%d", s)] = doubles(b.bold(balloons))
			balloons++
			var folded []float64
			for _, p := range b.points {
				folded = append(folded, b.kernel.BOLDConstants(s, p.Value)...)
			}
			in[fmt.Sprintf("constants%d", s)] = doubles(folded)
		case codegen.Convolution:
			in[fmt.Sprintf("taps%d", s)], in[fmt.Sprintf("response%d", s)] = b.responses(convolutions)
			convolutions++
		}
	}
	return in
}

// bold is the initial state of a BOLD model at all points and nodes.
func (b *batch) bold(number int) []float64 {
	var out []float64
	for _, p := range b.points {
		for _, v := range p.BOLD[number] {
			for range b.study.Nodes {
				out = append(out, v)
			}
		}
	}
	return out
}

// args lists the launch's arguments in the order of struct args.
func (b *batch) args(e epoch) []any {
	args := make([]any, 0, len(b.kernel.Buffers)+len(b.kernel.Scalars))
	for _, a := range b.kernel.Buffers {
		args = append(args, b.buffers[e.place(a.Name)])
	}
	numbers := map[string]int64{"first_step": e.at, "steps": e.steps, "origin": b.study.Origin, "horizon": int64(b.places)}
	for s := range b.study.Streams {
		count, _, _ := b.study.Samples(s)
		numbers[fmt.Sprintf("from%d", s)] = b.study.First(s)
		numbers[fmt.Sprintf("base%d", s)] = b.firstSample(s, e.at)
		numbers[fmt.Sprintf("capacity%d", s)] = b.capacity(s, b.epoch)
		numbers[fmt.Sprintf("samples%d", s)] = count
	}
	for _, name := range b.kernel.Scalars {
		args = append(args, numbers[name])
	}
	return args
}

// place is the buffer that a name means in this epoch.
func (e epoch) place(name string) string {
	if _, ok := outStream(name); ok && e.turn == 1 {
		return spareOut(name)
	}
	return name
}

// firstSample is the number of the first sample that counts and ends after step at.
func (b *batch) firstSample(stream int, at int64) int64 {
	return max(b.study.First(stream), (at-b.study.late(stream))/int64(b.study.Streams[stream].Period)+1)
}

func (b *batch) start(ctx context.Context) error {
	return b.program.Launch(ctx, "start", len(b.points), b.args(epoch{at: b.study.Origin})...)
}

// state reads what a later run needs to go on.
func (b *batch) state(done int64) (*State, error) {
	s := &State{Steps: done, Buffers: map[string][]byte{}}
	for _, arg := range b.kernel.Buffers {
		if !arg.State {
			continue
		}
		content := make([]byte, b.buffers[arg.Name].Size())
		if err := b.buffers[arg.Name].Read(0, content); err != nil {
			return nil, err
		}
		s.Buffers[arg.Name] = content
	}
	return s, nil
}

// restore puts a state back.
func (b *batch) restore(s *State) error {
	for _, arg := range b.kernel.Buffers {
		if !arg.State {
			continue
		}
		buffer, content := b.buffers[arg.Name], s.Buffers[arg.Name]
		if buffer.Size() != len(content) {
			return fmt.Errorf("sim: the state has %d bytes of %s, this batch %d", len(content), arg.Name, buffer.Size())
		}
		if err := buffer.Write(0, content); err != nil {
			return err
		}
	}
	return nil
}

// advance runs an epoch and reads what went wrong in it, while nothing else writes there.
func (b *batch) advance(ctx context.Context, e *epoch) error {
	err := b.program.Launch(ctx, "simulate", len(b.points), b.args(*e)...)
	if err == nil {
		e.faults, err = b.faults()
	}
	return err
}

// deliver hands the samples of an epoch, nil for none, to the sink. Samples after a fault are NaN.
func (b *batch) deliver(sink Sink, e *epoch) error {
	if e == nil {
		return nil
	}
	for s, st := range b.study.Streams {
		buffer, ok := b.buffers[e.place(fmt.Sprintf("out%d", s))]
		first := b.firstSample(s, e.at)
		count := (e.at+e.steps-b.study.late(s))/int64(st.Period) - first + 1
		if !ok || count <= 0 {
			continue
		}
		if err := b.rows(sink, buffer, s, first, count, e.faults); err != nil {
			return err
		}
	}
	if g, ok := sink.(Gatherer); ok {
		return g.Delivered()
	}
	return nil
}

// rows hands over a stream's samples: where they lie, if the host sees it; else points are read together, as far as they fit the
// scratch memory.
func (b *batch) rows(sink Sink, buffer device.Buffer, s int, first, count int64, faults []*Fault) error {
	const most = 4 << 20 // [bytes]
	size, nodes, st := b.kernel.Size(codegen.Real), b.study.Nodes, b.study.Streams[s]
	stride := int(b.outLength(s, b.epoch)) * size
	slots := int(b.capacity(s, b.epoch)) * nodes * size
	together := max(1, min(len(b.points), most/stride))
	shared, seen := buffer.(device.Visible)
	if seen {
		together = len(b.points)
	} else if len(b.scratch) < together*stride {
		b.scratch = make([]byte, together*stride)
	}
	for from := 0; from < len(b.points); from += together {
		to := min(from+together, len(b.points))
		content := b.scratch
		if seen {
			content = shared.Bytes()
		} else if err := buffer.Read(from*stride, content[:(to-from)*stride]); err != nil {
			return err
		}
		for p := from; p < to; p++ {
			out := 0
			for q, quantity := range st.Quantities {
				if !quantity.Out {
					continue
				}
				at := (p-from)*stride + out*slots
				out++
				rows, blank := b.decode(content[at : at+int(count)*nodes*size])
				if f := faults[p]; f != nil {
					good := (f.Step - b.study.late(s) - 1) / int64(st.Period) // the last sample before the step
					blank(int(max(0, good-first+1)) * nodes)
				}
				come := metrics.Rows{Numbers: rows}
				if seen {
					come.In, come.At = shared, at/size
				}
				if err := sink.Samples(p, s, q, first-b.study.First(s), come); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// faults reads where points went wrong; nil entries are healthy.
func (b *batch) faults() ([]*Fault, error) {
	raw := make([]byte, 32*len(b.points))
	if err := b.buffers["fault"].Read(0, raw); err != nil {
		return nil, err
	}
	out := make([]*Fault, len(b.points))
	for p := range out {
		record := raw[32*p:]
		word := func(i int) int64 { return int64(binary.LittleEndian.Uint64(record[8*i:])) }
		if word(0) != 0 {
			out[p] = &Fault{Node: int(word(1)), State: int(word(2)), Step: word(3)}
		}
	}
	return out, nil
}

// finish reads what the points leave behind.
func (b *batch) finish(ctx context.Context) ([]Outcome, error) {
	faults, err := b.faults()
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(b.points))
	for p := range out {
		out[p] = Outcome{Fault: faults[p], Moments: map[[2]int]*metrics.Moments{}}
		if f := faults[p]; f != nil {
			f.Step -= b.study.Origin
		}
	}
	wanted := false
	for _, st := range b.study.Streams {
		for _, q := range st.Quantities {
			wanted = wanted || q.Moments
		}
	}
	if !wanted {
		return out, nil
	}
	if err := b.program.Launch(ctx, "finish", len(b.points), b.args(epoch{at: b.study.Origin + b.study.Steps})...); err != nil {
		return nil, err
	}
	for s, st := range b.study.Streams {
		if err := b.moments(s, st, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}
