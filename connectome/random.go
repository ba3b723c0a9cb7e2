package connectome

import "math"

// What a random number of a pair decides.
const (
	presence = iota + 1
	strength
)

// uniform returns a random number in (0, 1) that depends on its arguments only.
func uniform(purpose, i, j int) float64 {
	bits := mix(mix(mix(uint64(purpose))+uint64(i)) + uint64(j))
	return (float64(bits>>11) + 0.5) / (1 << 53)
}

// normal returns a standard normal random number that depends on its arguments only.
func normal(purpose, i, j int) float64 {
	return math.Sqrt2 * math.Erfinv(2*uniform(purpose, i, j)-1)
}

// mix is one step of SplitMix64 (Steele, Lea and Flood 2014, OOPSLA, 453).
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
