package sweep

// direction is a line of Joe and Kuo's table: the degree's initial numbers m, and the inner
// coefficients a of the primitive polynomial as bits.
type direction struct {
	a uint64
	m []uint64
}

// directions holds the first dimensions of "new-joe-kuo-6.21201": S. Joe and F. Y. Kuo (2008), Constructing Sobol
// sequences with better two-dimensional projections, SIAM J. Sci. Comput. 30, 2635-2654. The first dimension is
// van der Corput's sequence and needs no numbers.
var directions = [...]direction{
	{},
	{0, []uint64{1}},
	{1, []uint64{1, 3}},
	{1, []uint64{1, 3, 1}},
	{2, []uint64{1, 1, 1}},
	{1, []uint64{1, 1, 3, 3}},
	{4, []uint64{1, 3, 5, 13}},
	{2, []uint64{1, 1, 5, 5, 17}},
	{4, []uint64{1, 1, 5, 5, 5}},
	{7, []uint64{1, 1, 7, 11, 19}},
	{11, []uint64{1, 1, 5, 1, 1}},
	{13, []uint64{1, 1, 1, 3, 11}},
	{14, []uint64{1, 3, 5, 5, 31}},
	{1, []uint64{1, 3, 3, 9, 7, 49}},
	{13, []uint64{1, 1, 1, 15, 21, 21}},
	{16, []uint64{1, 3, 1, 13, 27, 49}},
	{19, []uint64{1, 1, 1, 15, 7, 5}},
	{22, []uint64{1, 3, 1, 15, 13, 25}},
	{25, []uint64{1, 1, 5, 5, 19, 61}},
	{1, []uint64{1, 3, 7, 11, 23, 15, 103}},
	{4, []uint64{1, 3, 7, 13, 13, 15, 69}},
}

// sobolBits is the width of a coordinate; every multiple of 2^-52 below 1 is a float64.
const sobolBits = 52

// sobol is coordinate d of point i of Sobol's sequence in Gray-code order (Antonov & Saleev 1979; Bratley & Fox 1988,
// ACM TOMS 14:88): the exclusive or of the direction numbers m_k 2^-k over the set bits k of i's Gray code, with
//
//	m_k = 2 a_1 m_(k-1) ^ 4 a_2 m_(k-2) ^ ... ^ 2^(s-1) a_(s-1) m_(k-s+1) ^ 2^s m_(k-s) ^ m_(k-s).
//
// A seed other than 0 adds a random digital shift to each axis, which keeps the points' evenness
// (Owen 2003, ACM TOMACS 13:363) and the first of them off the corner.
func sobol(seed uint64, address string, d, i int) float64 {
	dir := directions[d]
	s := len(dir.m)
	var m [sobolBits]uint64 // m[k-1] is the formula's m_k
	var x uint64
	for k, gray := 0, uint64(i)^uint64(i)>>1; gray>>k != 0; k++ {
		switch {
		case s == 0:
			m[k] = 1
		case k < s:
			m[k] = dir.m[k]
		default:
			m[k] = m[k-s]<<s ^ m[k-s]
			for j := 1; j < s; j++ {
				m[k] ^= (dir.a >> (s - 1 - j) & 1) * m[k-j] << j
			}
		}
		x ^= (gray >> k & 1) * m[k] << (sobolBits - 1 - k)
	}
	if seed != 0 {
		x ^= streamOf(seed, address).at(0) >> (64 - sobolBits)
	}
	return float64(x) * 0x1p-52
}
