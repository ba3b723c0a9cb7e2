// Package devicetest holds every device to docs/kernel-contract.md and to the promises of package device.
package devicetest

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"brainsweep/device"
)

// Test runs the suite. open gives a device of the kind under test; the suite closes it.
func Test(t *testing.T, open func(t *testing.T) device.Device) {
	tests := []struct {
		name string
		run  func(t *testing.T, d device.Device)
	}{
		{"info", info},
		{"buffers", buffers},
		{"buffer mistakes", bufferMistakes},
		{"freed buffers", freedBuffers},
		{"arguments", arguments},
		{"argument mistakes", argumentMistakes},
		{"teams", teams},
		{"words", words},
		{"each", each},
		{"lanes", lanes},
		{"own", own},
		{"turned", turned},
		{"shared", shared},
		{"large shared", largeShared},
		{"once and any", onceAndAny},
		{"arithmetic", arithmetic},
		{"not a number", notANumber},
		{"many nodes", manyNodes},
		{"build errors", buildErrors},
		{"source mistakes", sourceMistakes},
		{"cancelled", cancelled},
		{"cancelled midway", cancelledMidway},
		{"builds at a time", buildsAtATime},
		{"launches at a time", launchesAtATime},
		{"several programs", severalPrograms},
		{"closed", closed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := open(t)
			defer func() {
				if err := d.Close(); err != nil {
					t.Errorf("closing the device: %v", err)
				}
			}()
			test.run(t, d)
		})
	}
}

var background = context.Background()

// precisions runs f for both.
func precisions(t *testing.T, f func(t *testing.T, bits int)) {
	for _, bits := range []int{32, 64} {
		t.Run(fmt.Sprintf("%d bits", bits), func(t *testing.T) { f(t, bits) })
	}
}

func build(t testing.TB, d device.Device, name, text string, bits, nodes int) device.Program {
	t.Helper()
	p, err := d.Build(background, device.Source{Name: name, Text: text, Precision: bits, Nodes: nodes})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func alloc(t testing.TB, d device.Device, size int) device.Buffer {
	t.Helper()
	b, err := d.Alloc(size)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func launch(t testing.TB, p device.Program, kernel string, teams int, args ...any) {
	t.Helper()
	if err := p.Launch(background, kernel, teams, args...); err != nil {
		t.Fatalf("%s: %v", kernel, err)
	}
}

// read gives all bytes of a buffer.
func read(t testing.TB, b device.Buffer) []byte {
	t.Helper()
	raw := make([]byte, b.Size())
	if err := b.Read(0, raw); err != nil {
		t.Fatal(err)
	}
	return raw
}

func write(t testing.TB, b device.Buffer, raw []byte) {
	t.Helper()
	if err := b.Write(0, raw); err != nil {
		t.Fatal(err)
	}
}

// reals reads a buffer of numbers of the precision.
func reals(t testing.TB, b device.Buffer, bits int) []float64 {
	t.Helper()
	raw := read(t, b)
	x := make([]float64, len(raw)*8/bits)
	for i := range x {
		if bits == 32 {
			x[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
		} else {
			x[i] = math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
	}
	return x
}

// setReals writes numbers of the precision.
func setReals(t testing.TB, b device.Buffer, bits int, x []float64) {
	t.Helper()
	raw := make([]byte, len(x)*bits/8)
	for i, v := range x {
		if bits == 32 {
			binary.LittleEndian.PutUint32(raw[4*i:], math.Float32bits(float32(v)))
		} else {
			binary.LittleEndian.PutUint64(raw[8*i:], math.Float64bits(v))
		}
	}
	write(t, b, raw)
}

// int64s reads a buffer of integers.
func int64s(t testing.TB, b device.Buffer) []int64 {
	t.Helper()
	raw := read(t, b)
	x := make([]int64, len(raw)/8)
	for i := range x {
		x[i] = int64(binary.LittleEndian.Uint64(raw[8*i:]))
	}
	return x
}
