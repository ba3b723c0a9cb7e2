package sim_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"unsafe"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/metrics"
)

// Times come in spans, of which the last is seldom full. Beyond its last time the nodes have places of their own on half a turn, of 2^15
// steps: were they 4 apart, there would be room for 8192 nodes, and connectomes have up to connectome.MaxRegions. Angles of 32 bits tell
// which of two nodes lies behind: their difference modulo a turn.
func TestPLIOfVeryManyNodes(t *testing.T) {
	const nodes, most = 8300, 8304 // whole tiles
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	text, err := metrics.Kernels()
	if err != nil {
		t.Fatal(err)
	}
	program, err := dev.Build(context.Background(), device.Source{Name: "metrics", Text: text, Precision: 64, Nodes: nodes})
	if err != nil {
		t.Fatal(err)
	}
	angles := make([]uint32, most+64) // four times are read at once, and so some behind the last
	r := rand.New(rand.NewPCG(7, 8))
	for i := range nodes {
		angles[i] = r.Uint32()
	}
	scales := make([]float64, 2*most)
	for i := range scales {
		scales[i] = 1
	}
	buffer := func(size int, contents any) device.Buffer {
		bytes, err := binary.Append(nil, binary.LittleEndian, contents)
		if err != nil {
			t.Fatal(err)
		}
		b, err := dev.Alloc(max(size, len(bytes)))
		if err == nil {
			err = b.Write(0, bytes)
		}
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	const pairs, span = nodes * (nodes - 1) / 2, 256
	series, numbers, out, rows := buffer(64, []byte{}), []int64{1, 0, 1, 0}, buffer(8*(pairs+1), []byte{}), buffer(2*span*most, []byte{})
	err = program.Launch(context.Background(), "pli", 1, series, int64(0), int64(0), int64(0), buffer(0, numbers), buffer(0, scales), out, rows,
		buffer(0, angles), 1.0)
	if err != nil {
		t.Fatal(err)
	}
	sums := unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(out.(device.Visible).Bytes()))), pairs+1)
	pair, untold, wrong := 0, 0, 0
	for i := range nodes {
		for j := i + 1; j < nodes; j++ {
			d, want := int32(angles[i]-angles[j]), 1.0
			switch turns := uint32(d)<<1 + 6; {
			case turns <= 12:
				want, untold = 0, untold+1
			case d < 0:
				want = -1
			}
			if sums[pair] != want {
				if wrong++; wrong < 10 {
					t.Errorf("%d and %d: %v, want %v", i, j, sums[pair], want)
				}
			}
			pair++
		}
	}
	if wrong > 0 || sums[pairs] != float64(untold) {
		t.Errorf("%d of %d pairs are wrong; %v are left open, want %d", wrong, pairs, sums[pairs], untold)
	}
}
