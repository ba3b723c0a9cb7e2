package sim_test

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"brainsweep/device"
	"brainsweep/sim"
)

// TestSamplesAreReadWhileTheNextEpochRuns: samples are read while the next epoch runs, and no buffer is read that it may
// write.
func TestSamplesAreReadWhileTheNextEpochRuns(t *testing.T) {
	study, points := brain(t, 32, 2)
	want, moments := simulate(t, open(t, 1), study, points...)
	dev := &watched{Device: open(t, 1), t: t}
	r, err := sim.NewRunner(context.Background(), dev, study)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.SetEpoch(500)
	k, sink := keeper(study.Nodes)
	out, err := r.Run(context.Background(), points, sink, sim.Pace{})
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(k, want) || !reflect.DeepEqual(out, moments) {
		t.Error("other numbers")
	}
	if dev.epochs != allEpochs {
		t.Errorf("%d epochs, want %d", dev.epochs, allEpochs)
	}
}

// watched is a device that knows which buffers its launch under way has. It ends no epoch before samples are read, and
// gives no samples before the next epoch has begun.
type watched struct {
	device.Device
	t      *testing.T
	epochs int

	mu    sync.Mutex
	taken []device.Buffer
	begun chan struct{} // closed when the next epoch has begun
	read  chan struct{} // closed when the samples of all streams are read
	reads int
}

const (
	unsampled = 1 // epochs at the start of brain, of those that the test runs
	allEpochs = 7
	streams   = 3  // of brain
	faultSize = 64 // bytes of two points
)

type watchedProgram struct {
	device.Program
	of *watched
}

type watchedBuffer struct {
	device.Buffer
	of *watched
}

func (w *watched) Build(ctx context.Context, src device.Source) (device.Program, error) {
	p, err := w.Device.Build(ctx, src)
	return watchedProgram{p, w}, err
}

func (w *watched) Alloc(size int) (device.Buffer, error) {
	b, err := w.Device.Alloc(size)
	return watchedBuffer{b, w}, err
}

func (w *watched) wait(sign <-chan struct{}, what string) {
	select {
	case <-sign:
	case <-time.After(5 * time.Minute):
		w.t.Error(what)
	}
}

func (p watchedProgram) Launch(ctx context.Context, kernel string, teams int, args ...any) error {
	w, bare := p.of, slices.Clone(args)
	w.mu.Lock()
	for i, a := range args {
		if b, ok := a.(watchedBuffer); ok {
			bare[i] = b.Buffer
			w.taken = append(w.taken, b.Buffer)
		}
	}
	if kernel == "simulate" {
		w.epochs++
		if w.begun != nil {
			close(w.begun)
		}
	}
	read := w.read
	w.mu.Unlock()
	err := p.Program.Launch(ctx, kernel, teams, bare...)
	if read != nil {
		w.wait(read, "nobody reads samples while an epoch runs")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken, w.begun, w.read = nil, nil, nil
	if w.epochs > unsampled && w.epochs < allEpochs {
		w.begun, w.read = make(chan struct{}), make(chan struct{})
	}
	return err
}

func (b watchedBuffer) Read(offset int, p []byte) error {
	w := b.of
	w.mu.Lock()
	if slices.Contains(w.taken, b.Buffer) {
		w.t.Error("a buffer of the epoch under way is read")
	}
	begun, read := w.begun, w.read
	w.mu.Unlock()
	if begun != nil && b.Size() != faultSize {
		w.wait(begun, "the next epoch waits until samples are read")
		defer func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.reads++; w.reads%streams == 0 {
				close(read)
			}
		}()
	}
	return b.Buffer.Read(offset, p)
}
