package sim

import (
	"context"
	"errors"
	"fmt"

	"brainsweep/device"
	"brainsweep/metrics"
)

// Machine runs the kernels of metrics on a host's cores: a metrics.Machine for series of one precision and number of nodes.
type Machine struct {
	dev     device.Device
	program device.Program
	bits    int // of a number of a series
	nodes   int
	buffers map[string]device.Buffer
	given   []metrics.Memory
}

var _ metrics.Machine = (*Machine)(nil)

// NewMachine builds the kernels on a device whose memory the host sees. Close frees what it holds.
func NewMachine(ctx context.Context, dev device.Device, nodes, precision int) (*Machine, error) {
	text, err := metrics.Kernels()
	if err != nil {
		return nil, err
	}
	program, err := dev.Build(ctx, device.Source{Name: "metrics", Text: text, Precision: precision, Nodes: nodes})
	if err != nil {
		return nil, err
	}
	return &Machine{dev: dev, program: program, bits: precision, nodes: nodes, buffers: map[string]device.Buffer{}}, nil
}

// Shared gives memory of a device that the host sees, zeroed. Machines of the device take series from it.
func Shared(dev device.Device, size int) (metrics.Memory, error) {
	b, err := dev.Alloc(size)
	if err != nil {
		return nil, err
	}
	if v, ok := b.(device.Visible); ok {
		return v, nil
	}
	return nil, errors.Join(fmt.Errorf("sim: the host does not see the memory of %s", dev.Info().Name), b.Free())
}

// Memory is Shared of the machine's device; Close frees it.
func (m *Machine) Memory(size int) (metrics.Memory, error) {
	memory, err := Shared(m.dev, size)
	if err == nil {
		m.given = append(m.given, memory)
	}
	return memory, err
}

// room gives the buffer of a name with at least so many bytes. What a smaller one held is lost.
func (m *Machine) room(name string, size int) (device.Buffer, error) {
	old := m.buffers[name]
	if old != nil && old.Size() >= size {
		return old, nil
	}
	if old != nil {
		delete(m.buffers, name)
		if err := old.Free(); err != nil {
			return nil, err
		}
	}
	b, err := m.dev.Alloc(max(size, 64))
	if err == nil {
		m.buffers[name] = b
	}
	return b, err
}

// written gives the buffer of a name with contents, one behind the other.
func (m *Machine) written(name string, contents ...[]byte) (device.Buffer, error) {
	size := 0
	for _, c := range contents {
		size += len(c)
	}
	b, err := m.room(name, size)
	at := 0
	for _, c := range contents {
		if err == nil && len(c) > 0 {
			err = b.Write(at, c)
		}
		at += len(c)
	}
	return b, err
}

// Launch runs a kernel.
func (m *Machine) Launch(kernel string, t metrics.Task, count int) ([]float64, error) {
	tiles, err := m.series(t.Of)
	if err != nil {
		return nil, err
	}
	numbers, err := m.written("numbers", raw(t.Numbers))
	if err != nil {
		return nil, err
	}
	table, err := m.tables(t)
	if err != nil {
		return nil, err
	}
	results, err := m.results(t, count)
	if err != nil {
		return nil, err
	}
	work, err := m.scratch(t)
	if err != nil {
		return nil, err
	}
	kept, err := m.room("kept", 8*t.Kept)
	if err != nil {
		return nil, err
	}
	err = m.program.Launch(context.Background(), kernel, 1, tiles, int64(t.Of.Room), int64(t.Of.First), int64(t.Of.Samples), numbers, table, results, work, kept, t.Of.Factor)
	if err != nil {
		return nil, err
	}
	return view[float64](results.(device.Visible).Bytes())[:count], nil
}

// tables is the buffer of a launch's tables.
func (m *Machine) tables(t metrics.Task) (device.Buffer, error) {
	if t.Laid != nil {
		return own(t.Laid)
	}
	tables := make([][]byte, 0, 8)
	tables = append(tables, raw(t.Table))
	for _, more := range t.Tables {
		tables = append(tables, raw(more))
	}
	return m.written("table", tables...)
}

// results is the buffer of what a launch leaves.
func (m *Machine) results(t metrics.Task, count int) (device.Buffer, error) {
	if t.Into == nil {
		return m.room("out", 8*count)
	}
	b, err := own(t.Into)
	if err == nil && b.Size() < 8*count {
		err = fmt.Errorf("sim: memory of %d bytes does not take %d numbers", b.Size(), count)
	}
	return b, err
}

// scratch is the buffer of a launch's scratch, or what it has instead.
func (m *Machine) scratch(t metrics.Task) (device.Buffer, error) {
	if t.Come != nil {
		return own(t.Come)
	}
	return m.room("work", 8*t.Work)
}

// own is the buffer that memory is.
func own(memory metrics.Memory) (device.Buffer, error) {
	b, ok := memory.(device.Buffer)
	if !ok {
		return nil, fmt.Errorf("sim: %T is not memory of the machine", memory)
	}
	return b, nil
}

// series is the buffer of what a launch is about.
func (m *Machine) series(of metrics.Span) (device.Buffer, error) {
	if of.Memory == nil {
		return m.room("none", 0)
	}
	b, ok := of.Memory.(device.Buffer)
	if !ok || of.Bits != m.bits {
		return nil, fmt.Errorf("sim: a series of %d bits in %T is none of %d bits in memory of the machine", of.Bits, of.Memory, m.bits)
	}
	return b, nil
}

// Close frees the kernels and all memory.
func (m *Machine) Close() error {
	var err error
	for _, memory := range m.given {
		err = errors.Join(err, memory.Free())
	}
	for name, b := range m.buffers {
		err = errors.Join(err, b.Free())
		delete(m.buffers, name)
	}
	return errors.Join(err, m.program.Close())
}
