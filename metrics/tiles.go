package metrics

import (
	"fmt"
	"unsafe"
)

// Memory is memory that Go and the kernels of a machine see.
type Memory interface {
	Bytes() []byte
	Free() error
}

// heap is memory where there is no machine.
type heap []float64

// Heap is memory for Go alone, zeroed.
func Heap(size int) (Memory, error) { return heap(make([]float64, (size+7)/8)), nil }

func (h heap) Bytes() []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(h))), 8*len(h))
}
func (h heap) Free() error { return nil }

// Tiles is a series as the kernels read it: eight nodes side by side, [tile][time][8], with zeros in the lanes beyond the last
// node. Samples come at the end, and go at the beginning. It serves one goroutine at a time.
type Tiles struct {
	nodes, bits    int
	room           int // times of a tile
	first, samples int // those that are there
	memory         Memory
	take           func(size int) (Memory, error)
	looked         int       // samples, from the first one on, that looks tell of
	looks          []float64 // as the kernel lay leaves them
	factor         float64   // of looks
}

// Rows are samples that have come, [time][node].
type Rows struct {
	Numbers any    // []float32 or []float64
	In      Memory // of a machine, where they lie in such; else nil
	At      int    // where in it, in numbers
}

// NewTiles makes room for so many samples of so many nodes, numbers of 32 or 64 bits, in memory that take gives, zeroed. It grows
// where more come. Free gives the memory back.
func NewTiles(nodes, bits, samples int, take func(size int) (Memory, error)) (*Tiles, error) {
	t := &Tiles{nodes: nodes, bits: bits, take: take}
	return t, t.grow(samples)
}

// TileBytes is the memory of so many samples of so many nodes.
func TileBytes(nodes, bits, samples int) int64 {
	return int64(tilesOf(nodes)) * tileWidth * int64(samples) * int64(bits/8)
}

// tilesOf is the number of tiles of so many nodes.
func tilesOf(nodes int) int { return (nodes + tileWidth - 1) / tileWidth }

// Free gives the memory back. Freeing it again does nothing.
func (t *Tiles) Free() error {
	if t.memory == nil {
		return nil
	}
	err := t.memory.Free()
	t.memory, t.room, t.first, t.samples = nil, 0, 0, 0
	return err
}

// Room is how many samples there is room for.
func (t *Tiles) Room() int { return t.room }

// Len is the number of samples.
func (t *Tiles) Len() int { return t.samples }

// Add appends rows, []float32 or []float64 as there are bits, [time][node].
func (t *Tiles) Add(rows any) error {
	switch r := rows.(type) {
	case []float32:
		if t.bits == 32 {
			return appendRows(t, r)
		}
	case []float64:
		if t.bits == 64 {
			return appendRows(t, r)
		}
	}
	return fmt.Errorf("metrics: %T is no series of %d bits", rows, t.bits)
}

// Lay is Add by a host, which looks at the samples while they pass, times a factor: Signal then need not. Without a host, or where
// it does not see them, it is Add.
func (t *Tiles) Lay(rows Rows, factor float64, host *Host) error {
	samples, known := t.samplesIn(rows.Numbers), t.looked
	if host == nil || rows.In == nil || samples <= 0 {
		return t.Add(rows.Numbers)
	}
	if err := t.makeRoom(samples); err != nil {
		return err
	}
	if known != t.samples {
		known = 0 // looks that begin here serve nobody
	}
	kept, all := 4*host.stride(), (4+foundBySurvey)*host.stride()
	if t.looks == nil {
		t.looks = make([]float64, all)
	}
	out, err := host.machine.Launch("lay", Task{Of: Span{t.memory, t.bits, t.room, t.first + t.samples, samples, factor},
		Numbers: []int64{int64(rows.At), int64(known)}, Table: t.looks[:kept], Come: rows.In}, all)
	if err != nil {
		return err
	}
	copy(t.looks, out)
	if t.looked == t.samples {
		t.looked, t.factor = t.looked+samples, factor
	}
	t.samples += samples
	return nil
}

// samplesIn is the number of samples in rows; -1 where they are no series of the tiles' bits.
func (t *Tiles) samplesIn(rows any) int {
	switch r := rows.(type) {
	case []float32:
		if t.bits == 32 {
			return len(r) / t.nodes
		}
	case []float64:
		if t.bits == 64 {
			return len(r) / t.nodes
		}
	}
	return -1
}

// Drop takes samples away at the beginning.
func (t *Tiles) Drop(samples int) {
	t.first, t.samples = t.first+samples, t.samples-samples
	if samples > 0 {
		t.looked = 0
	}
	if t.samples == 0 {
		t.first = 0
	}
}

// Rows are all samples, []float32 or []float64, [time][node].
func (t *Tiles) Rows() any {
	if t.bits == 32 {
		return rowsOf[float32](t)
	}
	return rowsOf[float64](t)
}

// Signal is the series from sample from to to-1, times a factor above 0, and stays so until samples are added or dropped. A host
// computes what it can: the memory is its machine's. Without one, Go does.
func (t *Tiles) Signal(from, to int, rate, factor float64, host *Host) *Signal {
	s := newSignal(rate, t.nodes)
	s.tiles, s.first, s.samples, s.factor, s.host = t, t.first+from, to-from, factor, host
	if host == nil || to == from {
		return NewSignal(rate, s.Nodes())
	}
	if from == 0 && to == t.looked && factor == t.factor {
		s.found(t.looks[4*host.stride():])
	} else {
		s.survey()
	}
	return s
}

// makeRoom sees to it that so many samples more fit behind those that are there.
func (t *Tiles) makeRoom(more int) error {
	if t.first+t.samples+more <= t.room {
		return nil
	}
	if t.samples+more > t.room {
		return t.grow(max(t.samples+more, t.room+t.room/4))
	}
	if t.bits == 32 {
		move[float32](t)
	} else {
		move[float64](t)
	}
	t.first = 0
	return nil
}

// grow moves the series to memory with more room.
func (t *Tiles) grow(room int) error {
	memory, err := t.take(int(TileBytes(t.nodes, t.bits, room)))
	if err != nil {
		return err
	}
	size := tileWidth * t.bits / 8
	for tile := 0; tile < tilesOf(t.nodes) && t.samples > 0; tile++ {
		copy(memory.Bytes()[tile*room*size:], t.memory.Bytes()[(tile*t.room+t.first)*size:][:t.samples*size])
	}
	if t.memory != nil {
		err = t.memory.Free()
	}
	t.memory, t.room, t.first = memory, room, 0
	return err
}

// numbers are the memory as numbers.
func numbers[T float32 | float64](m Memory) []T {
	b := m.Bytes()
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// move brings what is there to the beginning.
func move[T float32 | float64](t *Tiles) {
	x := numbers[T](t.memory)
	for tile := range tilesOf(t.nodes) {
		own := x[tile*t.room*tileWidth : (tile+1)*t.room*tileWidth]
		copy(own, own[t.first*tileWidth:][:t.samples*tileWidth])
	}
}

// appendRows lays rows into the tiles. Rows are read as they lie, which a processor foresees.
func appendRows[T float32 | float64](t *Tiles, rows []T) error {
	n := t.nodes
	samples := len(rows) / n
	if err := t.makeRoom(samples); err != nil {
		return err
	}
	x := numbers[T](t.memory)[(t.first+t.samples)*tileWidth:]
	apart := t.room * tileWidth
	for k := range samples {
		in, at := rows[k*n:(k+1)*n], k*tileWidth
		for len(in) >= tileWidth {
			// Number by number: an assignment of arrays that may overlap is a call.
			o, i := (*[tileWidth]T)(x[at:]), (*[tileWidth]T)(in)
			a, b, c, d, e, f, g, h := i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]
			o[0], o[1], o[2], o[3], o[4], o[5], o[6], o[7] = a, b, c, d, e, f, g, h
			in, at = in[tileWidth:], at+apart
		}
		for l, v := range in {
			x[at+l] = v
		}
	}
	t.samples += samples
	return nil
}

func rowsOf[T float32 | float64](t *Tiles) []T {
	out := make([]T, t.samples*t.nodes)
	x := numbers[T](t.memory)
	for k := range t.samples {
		row := out[k*t.nodes : (k+1)*t.nodes]
		for i := 0; i < t.nodes; i += tileWidth {
			copy(row[i:], x[(i/tileWidth*t.room+t.first+k)*tileWidth:][:tileWidth])
		}
	}
	return out
}

// nodesOf gives samples times a factor, [node][time].
func nodesOf[T float32 | float64](t *Tiles, first, samples int, factor float64) [][]float64 {
	flat := make([]float64, samples*t.nodes)
	all := numbers[T](t.memory)
	x := make([][]float64, t.nodes)
	for i := range x {
		x[i] = flat[i*samples : (i+1)*samples : (i+1)*samples]
	}
	// Some times at once, so that what is read stays in the cache for all nodes of a tile.
	const together = 64
	for tile := range tilesOf(t.nodes) {
		for from := 0; from < samples; from += together {
			to := min(from+together, samples)
			in := all[(tile*t.room+first+from)*tileWidth:][:(to-from)*tileWidth]
			for i := tile * tileWidth; i < min((tile+1)*tileWidth, t.nodes); i++ {
				row, at := x[i][from:to], i%tileWidth
				for k := range row {
					row[k] = factor * float64(in[at])
					at += tileWidth
				}
			}
		}
	}
	return x
}
