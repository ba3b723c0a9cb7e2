package sim

import (
	"encoding/binary"
	"math"
	"unsafe"
)

// raw is the memory of numbers, whose lowest byte comes first on every machine that this program runs on.
func raw[T float32 | float64 | int64](v []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(*new(T))))
}

// view is memory as numbers.
func view[T float32 | float64](p []byte) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p))), len(p)/int(unsafe.Sizeof(*new(T))))
}

// decode gives the reals of the study's precision that lie in memory, and what overwrites those from a place on with NaN.
func (b *batch) decode(p []byte) (rows any, blank func(from int)) {
	if b.study.Precision == 32 {
		single := view[float32](p)
		return single, func(from int) { blanked(single, from) }
	}
	double := view[float64](p)
	return double, func(from int) { blanked(double, from) }
}

func blanked[T float32 | float64](x []T, from int) {
	for i := min(from, len(x)); i < len(x); i++ {
		x[i] = T(math.NaN())
	}
}

// reals encodes numbers in the study's precision.
func (b *batch) reals(v []float64) []byte {
	if b.study.Precision == 64 {
		return doubles(v)
	}
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(float32(x)))
	}
	return out
}

func doubles(v []float64) []byte {
	out := make([]byte, 0, 8*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(x))
	}
	return out
}

func ints(v []int32) []byte {
	out := make([]byte, 0, 4*len(v))
	for _, x := range v {
		out = binary.LittleEndian.AppendUint32(out, uint32(x))
	}
	return out
}
