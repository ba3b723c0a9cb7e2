package connectome

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
)

// Digest returns a name for what enters the equations: the SHA-256 of weights and tract lengths, in hexadecimal.
// Labels, centres and the source do not change it.
func (c *Connectome) Digest() string {
	h := sha256.New()
	buffer := binary.LittleEndian.AppendUint64(nil, uint64(c.N()))
	flush := func() {
		h.Write(buffer)
		buffer = buffer[:0]
	}
	for _, matrix := range [][]float64{c.Weights, c.Lengths} {
		for _, v := range matrix {
			// Adding 0 makes -0 the same number as 0.
			buffer = binary.LittleEndian.AppendUint64(buffer, math.Float64bits(v+0))
			if len(buffer) >= 1<<15 {
				flush()
			}
		}
	}
	flush()
	return hex.EncodeToString(h.Sum(nil))
}
