package sweep

import (
	"hash/fnv"
	"math/bits"
)

// A stream is a sequence of 64-bit numbers that is known by its key alone: number i is computed, not
// reached. It is SplitMix64 (Steele, Lea & Flood 2014, OOPSLA, figure 15), started at the key.
type stream uint64

// streamOf depends on the axis by its address, so that the values of one axis stay as they are when others come or go.
func streamOf(seed uint64, address string) stream {
	h := fnv.New64a()
	h.Write([]byte(address))
	return stream(mix(seed) ^ h.Sum64())
}

const golden = 0x9e3779b97f4a7c15

func (s stream) at(i uint64) uint64 { return mix(uint64(s) + (i+1)*golden) }

func mix(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// unit maps 64 random bits to [0, 1) in steps of 2^-53.
func unit(z uint64) float64 { return float64(z>>11) * 0x1p-53 }

// uniform is draw i of an axis. It does not depend on the number of points.
func uniform(seed uint64, address string, i int) float64 {
	return unit(streamOf(seed, address).at(uint64(i)))
}

// stratified is the coordinate of point i of a Latin hypercube of n points: a random place within slice
// p(i) of the n slices, p a random permutation of each axis (McKay, Beckman & Conover 1979, Technometrics 21:239).
func stratified(seed uint64, address string, i, n int) float64 {
	s := streamOf(seed, address)
	u := (float64(permute(s, uint64(i), uint64(n))) + unit(s.at(uint64(i)))) / float64(n)
	return min(u, 1-0x1p-53)
}

// permute returns the place of i in a permutation of 0..n-1 that the key chooses. Each round is a
// bijection of the numbers below the next power of two; a number that falls outside 0..n-1 is sent
// round again until it comes back (cycle walking: Black & Rogaway 2002, CT-RSA).
func permute(key stream, i, n uint64) uint64 {
	width := bits.Len64(n - 1)
	mask := uint64(1)<<width - 1
	shift := (width + 1) / 2
	for {
		for round := range uint64(6) {
			k := key.at(^round)
			i = (i*(k|1) + k>>32) & mask
			i ^= i >> shift
		}
		if i < n {
			return i
		}
	}
}
