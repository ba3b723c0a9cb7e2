// Package philox draws random numbers from a counter: Philox4x32-10 of Salmon, Moraes, Dror & Shaw (2011, Parallel
// random numbers: as easy as 1, 2, 3).
//
// It is the twin in Go of what kernels draw (codegen/kernel/math_noise.c): the same keys and counters give the same
// words, and the same normal numbers up to rounding. Nothing is kept between draws.
package philox

import (
	"math"
	"math/bits"
)

// Block gives the four words that belong to a key and a counter.
func Block(key [2]uint32, counter [4]uint32) [4]uint32 {
	const rounds = 10
	x := counter
	for range rounds {
		high0, low0 := bits.Mul32(0xD2511F53, x[0])
		high2, low2 := bits.Mul32(0xCD9E8D57, x[2])
		x = [4]uint32{high2 ^ x[1] ^ key[0], low2, high0 ^ x[3] ^ key[1], low0}
		key[0] += 0x9E3779B9
		key[1] += 0xBB67AE85
	}
	return x
}

// Normal4 gives four draws from the standard normal distribution for a key and a counter (Box & Muller 1958).
// A word w stands for (w + 1/2)/2^32.
func Normal4(key [2]uint32, counter [4]uint32) [4]float64 {
	w := Block(key, counter)
	var z [4]float64
	for i := 0; i < 4; i += 2 {
		radius := radius(w[i])
		cosine, sine := turn(w[i+1])
		z[i], z[i+1] = radius*cosine, radius*sine
	}
	return z
}

// Uniform4 gives four draws from the uniform distribution on (0, 1).
func Uniform4(key [2]uint32, counter [4]uint32) [4]float64 {
	w := Block(key, counter)
	return [4]float64{uniform(w[0]), uniform(w[1]), uniform(w[2]), uniform(w[3])}
}

// uniform is exact.
func uniform(w uint32) float64 { return (float64(w) + 0.5) * 0x1p-32 }

// turn is the cosine and sine of 2 pi uniform(w). Whole quarters are taken off in integers, so that no large angle is
// rounded.
func turn(w uint32) (cosine, sine float64) {
	quarters := (w + 1<<29) >> 30
	rest := int32(w - quarters<<30)
	s, c := math.Sincos(2 * math.Pi * ((float64(rest) + 0.5) * 0x1p-32))
	switch quarters % 4 {
	case 0:
		return c, s
	case 1:
		return -s, c
	case 2:
		return -c, -s
	}
	return s, -c
}

// radius is sqrt(-2 ln u) for u = uniform(w), without cancellation near u = 1.
func radius(w uint32) float64 {
	if w >= 1<<31 {
		return math.Sqrt(-2 * math.Log1p(-uniform(^w)))
	}
	return math.Sqrt(-2 * math.Log(uniform(w)))
}
