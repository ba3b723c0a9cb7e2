package metrics

import (
	"math"
	"math/bits"
)

// bitPlanes hold the phases of a node so that 64 times are compared at once. A phase is turned into a number that rises
// with it: which half of the circle it is in, and levels bits, most significant first, of how far into that half. The
// sine of a difference is then above 0 or below by the halves and by which of the two numbers is greater, and two or
// three bits decide that for most times.
type bitPlanes struct {
	half     []uint64
	level    [levels][]uint64
	cos, sin []float64 // for the few times that the bits leave open
}

// levels leaves open what differs by less than 2^-24 of half a turn.
const levels = 24

// sameSine is the largest |sin| of a difference that counts as none.
const sameSine = 1e-9

// newBitPlanes uses a measure of the angle that rises with it and needs no arc tangent: y/(|x|+|y|) and the quadrant.
// The start lies at an odd angle, so that phases which are often met are not on a border.
func newBitPlanes(cos, sin []float64) *bitPlanes {
	words := (len(cos) + 63) / 64
	flat := make([]uint64, words*(levels+1))
	p := &bitPlanes{cos: cos, sin: sin, half: flat[:words]}
	for l := range p.level {
		p.level[l] = flat[(l+1)*words : (l+2)*words]
	}
	const turnX, turnY = 0.8253356149096783, 0.5646424733950354 // cos 0.6, sin 0.6
	var numbers [64]uint32
	for w := range words {
		half := uint64(0)
		clear(numbers[:])
		from, to := 64*w, min(64*w+64, len(cos))
		for t := from; t < to; t++ {
			x, y := cos[t]*turnX-sin[t]*turnY, sin[t]*turnX+cos[t]*turnY
			if y < 0 || y == 0 && x < 0 {
				x, y = -x, -y
				half |= 1 << (t - from)
			}
			far := y / (math.Abs(x) + y) // 0 ... 1 in the first quadrant
			if x < 0 {
				far = 2 - far
			}
			numbers[t-from] = uint32(min(far*(1<<(levels-1)), 1<<levels-1)) << (32 - levels)
		}
		p.half[w] = half
		transpose(&numbers, func(level int, plane uint64) { p.level[level][w] = plane })
	}
	return p
}

// transpose takes the bits of 64 numbers apart: plane l has the l-th highest bit of each.
func transpose(numbers *[64]uint32, put func(level int, plane uint64)) {
	var low, high [32]uint32
	copy(low[:], numbers[:32])
	copy(high[:], numbers[32:])
	transpose32(&low)
	transpose32(&high)
	for l := range levels {
		put(l, uint64(low[l])|uint64(high[l])<<32)
	}
}

// transpose32 transposes a 32 x 32 matrix of bits so that bit k of word l becomes bit 31-l of number k
// (Warren 2012, Hacker's Delight, 7-3).
func transpose32(a *[32]uint32) {
	for width, mask := 16, uint32(0x0000ffff); width != 0; width, mask = width>>1, mask^mask<<(width>>1) {
		for k := 0; k < 32; k = (k + width + 1) &^ width {
			swap := (a[k]>>width ^ a[k+width]) & mask
			a[k] ^= swap << width
			a[k+width] ^= swap
		}
	}
	for a0, b := 0, 31; a0 < b; a0, b = a0+1, b-1 {
		a[a0], a[b] = a[b], a[a0]
	}
}

// ahead is the number of times at which p is ahead of q, by less than half a turn, less those at which it is behind.
func (p *bitPlanes) ahead(q *bitPlanes) int {
	sum := 0
	samples := len(p.cos)
	for w, half := range p.half {
		open := ^uint64(0)
		if rest := samples - 64*w; rest < 64 {
			open = 1<<rest - 1
		}
		used := open
		less := uint64(0) // where the number of p is the lesser one
		for l := range p.level {
			differ := (p.level[l][w] ^ q.level[l][w]) & open
			less |= differ & q.level[l][w]
			if open &^= differ; open == 0 {
				break
			}
		}
		decided := used &^ open
		before := (less ^ half ^ q.half[w]) & decided
		sum += bits.OnesCount64(decided) - 2*bits.OnesCount64(before)
		for ; open != 0; open &= open - 1 {
			t := 64*w + bits.TrailingZeros64(open)
			switch s := p.sin[t]*q.cos[t] - p.cos[t]*q.sin[t]; {
			case s > sameSine:
				sum++
			case s < -sameSine:
				sum--
			}
		}
	}
	return sum
}
