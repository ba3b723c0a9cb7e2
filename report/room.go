package report

import (
	"encoding/binary"
	"math"
)

// room holds the page's numbers in bulk, one after another, little end first, each array at a multiple of its element's
// size, so that a script can look at them in place.
type room struct {
	bytesOf []byte
	left    int // bytes that may still come
}

// ref says where an array lies: Kind is the name of the script's typed array without its ending.
type ref struct {
	Kind   string `json:"kind"`
	At     int    `json:"at"`
	Length int    `json:"length"`
}

func (r *room) begin(kind string, size, length int) ref {
	for len(r.bytesOf)%size != 0 {
		r.bytesOf = append(r.bytesOf, 0)
	}
	r.left -= size * length
	return ref{Kind: kind, At: len(r.bytesOf), Length: length}
}

func (r *room) bytes(values []uint8) ref {
	at := r.begin("Uint8", 1, len(values))
	r.bytesOf = append(r.bytesOf, values...)
	return at
}

// whole keeps whole numbers from 0 on.
func (r *room) whole(values []int) ref {
	at := r.begin("Uint32", 4, len(values))
	for _, v := range values {
		r.bytesOf = binary.LittleEndian.AppendUint32(r.bytesOf, uint32(v))
	}
	return at
}

func (r *room) float64s(values []float64) ref {
	at := r.begin("Float64", 8, len(values))
	for _, v := range values {
		r.bytesOf = binary.LittleEndian.AppendUint64(r.bytesOf, math.Float64bits(v))
	}
	return at
}

func (r *room) float32s(values []float64) ref {
	at := r.begin("Float32", 4, len(values))
	for _, v := range values {
		r.bytesOf = binary.LittleEndian.AppendUint32(r.bytesOf, math.Float32bits(float32(v)))
	}
	return at
}
