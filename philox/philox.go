// Package philox draws random numbers by their place, not by their turn.
//
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, SC11, "Parallel random numbers: as easy as 1, 2, 3") turns a
// key and a counter into four words. Whoever knows key and counter has the same draw, on any rank, in any order.
package philox

import "math/bits"

// Block returns the four random words at a counter of the sequence that key names.
func Block(key [2]uint32, counter [4]uint32) [4]uint32 {
	const (
		m0, m1 = 0xd2511f53, 0xcd9e8d57 // multipliers of the paper's table 2
		w0, w1 = 0x9e3779b9, 0xbb67ae85 // golden ratio, sqrt(3)-1
		rounds = 10
	)
	c := counter
	for range rounds {
		h0, l0 := bits.Mul32(m0, c[0])
		h1, l1 := bits.Mul32(m1, c[2])
		c = [4]uint32{h1 ^ c[1] ^ key[0], l1, h0 ^ c[3] ^ key[1], l0}
		key[0] += w0
		key[1] += w1
	}
	return c
}
