package sim_test

import (
	"context"
	"math"
	"slices"
	"testing"
	"unsafe"

	"brainsweep/cpu"
	"brainsweep/metrics"
	"brainsweep/sim"
)

// TestLaidIsAdded: samples that a host lays into tiles are those that Go adds, however many come at a time, and what it finds while
// they pass is what it finds when it looks through all of them afterwards, to the bit.
func TestLaidIsAdded(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	laid[float32](t, dev, 5)
	laid[float64](t, dev, 5)
	laid[float32](t, dev, 24)
}

func TestLaidOnEveryInstructionSet(t *testing.T) {
	each(t, func(t *testing.T, isa string) {
		dev, err := cpu.Open(cpu.Options{Threads: 1, ISA: isa})
		if err != nil {
			t.Skipf("there is no C compiler, or no such instruction set: %v", err)
		}
		defer dev.Close()
		laid[float32](t, dev, 28)
	})
}

func laid[T float32 | float64](t *testing.T, dev *cpu.Device, nodes int) {
	const samples, factor = 500, 1000
	bits := 8 * int(unsafe.Sizeof(*new(T)))
	machine, err := sim.NewMachine(context.Background(), dev, nodes, bits)
	if err != nil {
		t.Fatal(err)
	}
	defer machine.Close()
	host := metrics.NewHost(machine, nodes)
	rows := odd[T](nodes, samples)
	const before = 3 // numbers of something else
	come, err := machine.Memory((before + len(rows)) * bits / 8)
	if err != nil {
		t.Fatal(err)
	}
	copy(unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(come.Bytes()))), before+len(rows))[before:], rows)
	tiles := func() *metrics.Tiles {
		out, err := metrics.NewTiles(nodes, bits, 100, machine.Memory)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	added := tiles()
	if err := added.Add(rows); err != nil {
		t.Fatal(err)
	}
	want := added.Signal(0, samples, 1000, factor, host)
	for _, together := range []int{1, 7, 64, 129, samples} {
		laid := tiles()
		for at := 0; at < samples; at += together {
			n := min(together, samples-at)
			part := metrics.Rows{Numbers: rows[at*nodes : (at+n)*nodes], In: come, At: before + at*nodes}
			if err := laid.Lay(part, factor, host); err != nil {
				t.Fatal(err)
			}
		}
		if !sameNumbers(laid.Rows().([]T), rows) {
			t.Errorf("%d at a time: other samples", together)
		}
		got := laid.Signal(0, samples, 1000, factor, host)
		for name, of := range map[string][2][]float64{"mean": {got.Mean, want.Mean}, "least": {got.Min, want.Min}, "greatest": {got.Max, want.Max}} {
			if !sameNumbers(of[0], of[1]) {
				t.Errorf("%d at a time: %s is %v, not %v", together, name, of[0], of[1])
			}
		}
		// Where samples are gone, or come otherwise, Signal looks again.
		laid.Drop(10)
		if err := laid.Lay(metrics.Rows{Numbers: rows[:nodes], In: come, At: before}, factor, host); err != nil {
			t.Fatal(err)
		}
		if err := added.Add(rows[:nodes]); err != nil {
			t.Fatal(err)
		}
		rest, all := laid.Signal(0, samples-9, 1000, factor, host), added.Signal(10, samples+1, 1000, factor, host)
		if !sameNumbers(rest.Mean, all.Mean) || !sameNumbers(rest.Max, all.Max) {
			t.Errorf("%d at a time: after samples are gone the means are %v, not %v", together, rest.Mean, all.Mean)
		}
		other := added.Signal(0, samples, 1000, 1, host)
		if sameNumbers(other.Max, want.Max) {
			t.Error("another factor shows nowhere")
		}
	}
	if err := host.Err(); err != nil {
		t.Fatal(err)
	}
}

// odd makes series of which some begin, go on or end with what is no usual number.
func odd[T float32 | float64](nodes, samples int) []T {
	rows := rhythms[T](nodes, samples)
	tiny := T(math.SmallestNonzeroFloat32)
	for i, of := range map[int]func(k int, x T) T{
		0: func(k int, x T) T { return T(math.Copysign(0, float64(k%3-1))) },
		1: func(k int, x T) T { return tiny * T(k%4) },
		2: func(k int, x T) T {
			if k == 0 {
				return T(math.NaN())
			}
			return x
		},
		3: func(k int, x T) T {
			if k == samples-1 {
				return T(math.Inf(-1))
			}
			return x
		},
	} {
		for k := range samples {
			rows[k*nodes+i] = of(k, rows[k*nodes+i])
		}
	}
	return rows
}

// sameNumbers tells whether numbers have the same bits; one NaN is as good as another.
func sameNumbers[T float32 | float64](a, b []T) bool {
	return slices.EqualFunc(a, b, func(x, y T) bool {
		return x == y && math.Signbit(float64(x)) == math.Signbit(float64(y)) || x != x && y != y
	})
}
