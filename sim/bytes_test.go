package sim_test

import (
	"context"
	"testing"

	"brainsweep/codegen"
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

// TestMemoryOfAPoint holds what a point of adex2 with everything on takes of a GPU to docs/gpu.md: 237 mm at 3 mm/ms and
// 0.1 ms are 791 steps.
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
	for steps, most := range map[int]int64{791: 480_000, 490: 335_000} {
		if bytes := r.BytesPerPoint(steps); bytes > most {
			t.Errorf("delays of %d steps: %d bytes, at most %d are meant", steps, bytes, most)
		} else {
			t.Logf("delays of %d steps: %d bytes", steps, bytes)
		}
	}
}
