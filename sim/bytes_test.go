package sim_test

import (
	"context"
	"errors"
	"testing"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/sim"
)

// broad is a device that works on as many points at a time as an H200 does.
type broad struct{ device.Device }

func (b broad) Info() device.Info {
	info := b.Device.Info()
	info.Workers = 1056
	return info
}

// Build compiles nothing: nothing is run.
func (b broad) Build(context.Context, device.Source) (device.Program, error) { return unbuilt{}, nil }

type unbuilt struct{ device.Program }

func (unbuilt) Close() error { return nil }

// TestMemoryOfAPoint holds what a point of adex2 with everything on takes of a GPU to docs/gpu.md: averages of E and I,
// BOLD, and the moments of all pairs of each. The figures are for 3 mm/ms and steps of 0.1 ms.
func TestMemoryOfAPoint(t *testing.T) {
	study, _ := brain(t, 32, 1)
	study.Nodes, study.Steps, study.Transient = 68, 100000, 0
	study.Streams = study.Streams[:1]
	balloon := fromLibrary(t, "balloon")
	study.Streams = append(study.Streams, codegen.Stream{Kind: codegen.Balloon, Period: 10000, Every: 10, Drive: "E", Model: balloon,
		Scheme: scheme(t, "heun"), Pairs: true, Quantities: []codegen.Quantity{{Name: "bold", Out: true, Moments: true}}})
	r, err := sim.NewRunner(context.Background(), broad{open(t, 1)}, study)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, of := range []struct {
		brain  string
		places int
		most   int64
	}{
		// The sum over regions of the longest delay of a connection [steps], and 2 for each.
		{"connectivity_68 of tvb-data", 68 * (494 + 2), 250_000},
		{"synthetic:68", synthetic(t, 68).Horizon, 280_000},
	} {
		if bytes := r.BytesPerPoint(of.places); bytes > of.most {
			t.Errorf("%s: %d bytes, at most %d are meant", of.brain, bytes, of.most)
		} else {
			t.Logf("%s: %d bytes", of.brain, bytes)
		}
	}
}

// synthetic is the wiring of a made up brain.
func synthetic(t *testing.T, regions int) *sim.Wiring {
	t.Helper()
	c, err := connectome.Synthetic(regions)
	if err != nil {
		t.Fatal(err)
	}
	return wiring(t, c, 3, 0.1)
}

// TestEdgesOfABatch: more connections than the kernel counts are memory that does not suffice, so that batches are halved.
func TestEdgesOfABatch(t *testing.T) {
	one := synthetic(t, 10)
	if err := sim.Fit([]*sim.Wiring{one, one}, 2*one.Edges()); err != nil {
		t.Error(err)
	}
	if err := sim.Fit([]*sim.Wiring{one, one, one}, 2*one.Edges()); !errors.Is(err, device.ErrMemory) {
		t.Errorf("got %v, want an error that wraps device.ErrMemory", err)
	}
}
