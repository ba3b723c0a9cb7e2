package h5

import (
	"fmt"
	"unsafe"
)

// values is data on its way to or from HDF5: numbers where they lie, or strings.
type values struct {
	kind   Type
	n      int
	scalar bool
	data   unsafe.Pointer // n numbers of the kind
	texts  []string       // n strings
}

func slice[T any](kind Type, v []T) values {
	return values{kind: kind, n: len(v), data: unsafe.Pointer(unsafe.SliceData(v))}
}

// sliceOf takes a slice of a type that this package moves.
func sliceOf(data any) (values, error) {
	switch v := data.(type) {
	case []float32:
		return slice(Float32, v), nil
	case []float64:
		return slice(Float64, v), nil
	case []int32:
		return slice(Int32, v), nil
	case []int64:
		return slice(Int64, v), nil
	case []uint8:
		return slice(Uint8, v), nil
	case []string:
		return values{kind: String, n: len(v), texts: v}, nil
	}
	return values{}, fmt.Errorf("values of type %T: want a slice of float32, float64, int32, int64, uint8 or string", data)
}

// valueOf takes a slice, or one number or string.
func valueOf(data any) (values, error) {
	one := data
	switch v := data.(type) {
	case float32:
		one = []float32{v}
	case float64:
		one = []float64{v}
	case int:
		one = []int64{int64(v)}
	case int32:
		one = []int32{v}
	case int64:
		one = []int64{v}
	case uint8:
		one = []uint8{v}
	case string:
		one = []string{v}
	case []int:
		long := make([]int64, len(v))
		for i, n := range v {
			long[i] = int64(n)
		}
		return slice(Int64, long), nil
	default:
		return sliceOf(data)
	}
	s, err := sliceOf(one)
	s.scalar = true
	return s, err
}

// newValues makes room for n values of the kind in the widest Go type, and a function that gives
// them when they are there: alone if scalar, else as a slice; nil for a kind that cannot be read.
func newValues(kind Type, n int, scalar bool) (values, func() any) {
	switch kind {
	case String:
		texts := make([]string, n)
		return values{kind: String, n: n, texts: texts}, given(texts, scalar)
	case Float32, Float64:
		numbers := make([]float64, n)
		return slice(Float64, numbers), given(numbers, scalar)
	case Int32, Int64, Uint8:
		numbers := make([]int64, n)
		return slice(Int64, numbers), given(numbers, scalar)
	}
	return values{}, func() any { return nil }
}

func given[T any](v []T, scalar bool) func() any {
	return func() any {
		if scalar && len(v) == 1 {
			return v[0]
		}
		return v
	}
}

func (t Type) String() string {
	names := []string{Float32: "float32", Float64: "float64", Int32: "int32", Int64: "int64", Uint8: "uint8", String: "string"}
	if t > 0 && int(t) < len(names) {
		return names[t]
	}
	return "unknown type"
}
