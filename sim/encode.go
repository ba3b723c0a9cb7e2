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

// decode reads reals. blank overwrites what lies from a place on with NaN.
func (b *batch) decode(p []byte) (rows any, blank func(from int)) {
	if b.study.Precision == 32 {
		out := make([]float32, len(p)/4)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(p[4*i:]))
		}
		return out, func(from int) {
			for i := min(from, len(out)); i < len(out); i++ {
				out[i] = float32(nan)
			}
		}
	}
	out := floats(p)
	return out, func(from int) {
		for i := min(from, len(out)); i < len(out); i++ {
			out[i] = nan
		}
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

func floats(p []byte) []float64 {
	out := make([]float64, len(p)/8)
	for i := range out {
		out[i] = math.Float64frombits(binary.LittleEndian.Uint64(p[8*i:]))
	}
	return out
}
