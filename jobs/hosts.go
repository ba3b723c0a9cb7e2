package jobs

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"brainsweep/metrics"
	"brainsweep/sim"
)

// hosts are what computes the metrics of a batch: as many at a time as the device has workers, or the process processors.
// On a device that is the host's cores they run the kernels of package metrics; else they are nil, and Go computes.
type hosts struct {
	free     chan *metrics.Host
	machines []*sim.Machine
	memory   func(size int) (metrics.Memory, error) // of series
	spare    []*metrics.Tiles                       // of series of batches that are done: new memory costs more than filling it
	placed   []*gathering                           // likewise, those whose streams are metrics.Placed
}

// tiles makes room for a series: the smallest that is spare and suffices, else new one.
func (h *hosts) tiles(nodes, precision, samples int) (*metrics.Tiles, error) {
	best := -1
	for i, t := range h.spare {
		if t.Room() >= samples && (best < 0 || t.Room() < h.spare[best].Room()) {
			best = i
		}
	}
	if best < 0 {
		return metrics.NewTiles(nodes, precision, samples, h.memory)
	}
	t := h.spare[best]
	h.spare = slices.Delete(h.spare, best, best+1)
	return t, nil
}

// before is a stream of a batch that is done, whose memory another of the group may use; nil for none.
func (h *hosts) before(group string) metrics.Placed {
	at := slices.IndexFunc(h.placed, func(g *gathering) bool { return g.group == group })
	if at < 0 {
		return nil
	}
	st := h.placed[at].stream.(metrics.Placed)
	h.placed = slices.Delete(h.placed, at, at+1)
	return st
}

// trim frees what is spare.
func (h *hosts) trim() error {
	var err error
	for _, g := range h.placed {
		err = errors.Join(err, g.stream.(metrics.Placed).Free())
	}
	h.placed = nil
	for _, t := range h.spare {
		err = errors.Join(err, t.Free())
	}
	h.spare = nil
	return err
}

// openHosts builds the kernels where metrics need series; it does so once.
func (w *worker) openHosts(ctx context.Context) error {
	if w.hosts != nil {
		return nil
	}
	count := max(1, min(w.dev.Info().Workers, runtime.GOMAXPROCS(0)))
	h := &hosts{free: make(chan *metrics.Host, count), memory: metrics.Heap}
	if w.dev.Info().Kind == "cpu" {
		h.memory = func(size int) (metrics.Memory, error) { return sim.Shared(w.dev, size) }
	}
	for range count {
		var host *metrics.Host
		if w.dev.Info().Kind == "cpu" && len(w.signals) > 0 {
			m, err := sim.NewMachine(ctx, w.dev, w.study.Nodes, w.plan.Run.Precision)
			if err != nil {
				return errors.Join(err, h.close())
			}
			h.machines = append(h.machines, m)
			host = metrics.NewHost(m, w.study.Nodes)
		}
		h.free <- host
	}
	w.hosts = h
	return nil
}

// close frees the kernels and their buffers. No host may be at work.
func (h *hosts) close() error {
	if h == nil {
		return nil
	}
	err := h.trim()
	for _, m := range h.machines {
		err = errors.Join(err, m.Close())
	}
	return err
}
