package sim

import (
	"context"
	"fmt"

	"brainsweep/device"
	"brainsweep/metrics"
)

// Machine runs the kernels of metrics on a host's cores: a metrics.Machine for series of one precision and number of nodes.
type Machine struct {
	dev     device.Device
	program device.Program
	size    int // of a number of a series [bytes]
	nodes   int
	buffers map[string]device.Buffer
	samples int64
	factor  float64
}

var _ metrics.Machine = (*Machine)(nil)

// NewMachine builds the kernels on a device of kind "cpu". Close frees what it holds.
func NewMachine(ctx context.Context, dev device.Device, nodes, precision int) (*Machine, error) {
	text, err := metrics.Kernels()
	if err != nil {
		return nil, err
	}
	program, err := dev.Build(ctx, device.Source{Name: "metrics", Text: text, Precision: precision, Nodes: nodes})
	if err != nil {
		return nil, err
	}
	return &Machine{dev: dev, program: program, size: precision / 8, nodes: nodes, buffers: map[string]device.Buffer{}}, nil
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

// written gives the buffer of a name with a content, and some bytes behind it.
func (m *Machine) written(name string, content []byte, behind int) (device.Buffer, error) {
	b, err := m.room(name, len(content)+behind)
	if err == nil && len(content) > 0 {
		err = b.Write(0, content)
	}
	return b, err
}

// Load takes a series. Kernels may look at a vector beyond its end.
func (m *Machine) Load(rows any, factor float64) error {
	const vector = 64
	var content []byte
	switch r := rows.(type) {
	case []float32:
		content = raw(r)
	case []float64:
		content = raw(r)
	}
	if content == nil || len(content)%(m.size*m.nodes) != 0 {
		return fmt.Errorf("sim: a series of %T is none of %d nodes in %d bytes each", rows, m.nodes, m.size)
	}
	m.samples, m.factor = int64(len(content)/m.size/m.nodes), factor
	if _, err := m.room("tiles", len(content)+int(m.samples)*vector); err != nil {
		return err
	}
	_, err := m.written("rows", content, vector)
	return err
}

// Launch runs a kernel.
func (m *Machine) Launch(kernel string, t metrics.Task, out []float64) error {
	numbers, err := m.written("numbers", raw(t.Numbers), 0)
	if err != nil {
		return err
	}
	table, err := m.written("table", raw(t.Table), 0)
	if err != nil {
		return err
	}
	results, err := m.room("out", 8*len(out))
	if err != nil {
		return err
	}
	work, err := m.room("work", 8*t.Work)
	if err != nil {
		return err
	}
	kept, err := m.room("kept", 8*t.Kept)
	if err != nil {
		return err
	}
	rows, err := m.room("rows", 0)
	if err != nil {
		return err
	}
	tiles, err := m.room("tiles", 0)
	if err != nil {
		return err
	}
	if err := m.program.Launch(context.Background(), kernel, 1, rows, m.samples, int64(t.First), int64(t.Samples), numbers, table, results, work, kept, tiles, m.factor); err != nil {
		return err
	}
	return results.Read(0, raw(out))
}

// Close frees the kernels and all buffers.
func (m *Machine) Close() error {
	for name, b := range m.buffers {
		if err := b.Free(); err != nil {
			return err
		}
		delete(m.buffers, name)
	}
	return m.program.Close()
}
