package jobs

import (
	"context"
	"errors"
	"runtime"

	"brainsweep/metrics"
	"brainsweep/sim"
)

// hosts are what computes the metrics of a batch: as many at a time as the device has workers, or the process processors.
// On a device that is the host's cores they run the kernels of package metrics; else they are nil, and Go computes.
type hosts struct {
	free     chan *metrics.Host
	machines []*sim.Machine
	spare    []rows // room of series of batches that are done; new memory costs more than filling it
}

// room takes what is spare and has room for so many numbers, nil where nothing does. What is too small is of no use any more.
func (h *hosts) room(numbers int) rows {
	for len(h.spare) > 0 {
		r := h.spare[len(h.spare)-1]
		if h.spare = h.spare[:len(h.spare)-1]; r.room() >= numbers {
			return r
		}
	}
	return nil
}

// openHosts builds the kernels where metrics need series; it does so once.
func (w *worker) openHosts(ctx context.Context) error {
	if w.hosts != nil {
		return nil
	}
	count := max(1, min(w.dev.Info().Workers, runtime.GOMAXPROCS(0)))
	h := &hosts{free: make(chan *metrics.Host, count)}
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
	var err error
	for _, m := range h.machines {
		err = errors.Join(err, m.Close())
	}
	return err
}
