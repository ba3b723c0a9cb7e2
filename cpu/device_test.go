package cpu_test

import (
	"context"
	"encoding/binary"
	"math"
	"testing"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/device/devicetest"
)

func openDevice(t testing.TB, o cpu.Options) *cpu.Device {
	t.Helper()
	if o.CacheDir == "" {
		o.CacheDir = t.TempDir()
	}
	d, err := cpu.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

const double = `
struct args { real *x; double factor; };
KERNEL(scale) {
	EACH_OF(i, NODES) A->x[TEAM * NODES + i] *= (real)A->factor;
}
`

func TestTrivialKernel(t *testing.T) {
	d := openDevice(t, cpu.Options{})
	t.Logf("%+v", d.Info())
	p, err := d.Build(context.Background(), device.Source{Name: "trivial", Text: double, Precision: 64, Nodes: 3})
	if err != nil {
		t.Fatal(err)
	}
	const teams = 1000
	b, err := d.Alloc(teams * 3 * 8)
	if err != nil {
		t.Fatal(err)
	}
	bytes := make([]byte, b.Size())
	for i := range teams * 3 {
		binary.LittleEndian.PutUint64(bytes[8*i:], math.Float64bits(float64(i)))
	}
	if err := b.Write(0, bytes); err != nil {
		t.Fatal(err)
	}
	if err := p.Launch(context.Background(), "scale", teams, b, 0.5); err != nil {
		t.Fatal(err)
	}
	if err := b.Read(0, bytes); err != nil {
		t.Fatal(err)
	}
	for i := range teams * 3 {
		if got := math.Float64frombits(binary.LittleEndian.Uint64(bytes[8*i:])); got != float64(i)/2 {
			t.Fatalf("element %d is %v", i, got)
		}
	}
}

func TestConformance(t *testing.T) {
	devicetest.Test(t, func(t *testing.T) device.Device {
		d, err := cpu.Open(cpu.Options{CacheDir: cacheOfRun})
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
}
