package metrics

import (
	"math"
	"math/bits"
)

// complexityGroup is the group "lz": Lempel-Ziv complexity of the binarised series.
//
//	bits = x > threshold, the mean or the median; words by exhaustive history: from i take the shortest s[i:i+l] that
//	does not occur in s[0:i+l-1]; c counts the words, an unfinished last one too;  lz = c log2(T) / T
//
// Lempel and Ziv 1976 (IEEE Trans Inf Theory 22:75), Kaspar and Schuster 1987 (PRA 36:842).
func complexityGroup() Group {
	values := func(in *Input) []float64 {
		return once(in, "lz", func() []float64 {
			out := make([]float64, in.Signal.N())
			in.Signal.each(out, func(i int) float64 {
				threshold := in.Signal.Mean[i]
				if in.Config.number("lz.threshold") == 1 {
					threshold = median(in.sorted()[i])
				}
				n := in.Signal.Len()
				return float64(LempelZiv(binarised(in.Signal, i, threshold), n)) * math.Log2(float64(n)) / float64(n)
			})
			return out
		})
	}
	return Group{
		Name: "lz", About: "Lempel-Ziv complexity",
		Options: []Option{{Name: "threshold", Kind: KindWord, Words: []string{"mean", "median"}, Default: []float64{0}, About: "what makes a sample a 1"}},
		Least:   func(Setup) Need { return Need{Samples: 2, Why: "a word"} },
		Metrics: []Metric{
			{Name: "lz", Shape: PerPoint, Signal: true, About: "mean over nodes of region_lz", Compute: func(dst []float64, in *Input) { dst[0] = mean(values(in)) }},
			{Name: "region_lz", Shape: PerNode, Signal: true, About: "normalised Lempel-Ziv complexity", Compute: func(dst []float64, in *Input) { copy(dst, values(in)) }},
		},
	}
}

// median of numbers in ascending order.
func median(x []float64) float64 {
	n := len(x)
	return (x[(n-1)/2] + x[n/2]) / 2
}

// binarised packs x > threshold, 64 samples a word, the first one in the highest bit. A constant gives zeros.
func binarised(s *Signal, i int, threshold float64) []uint64 {
	out := make([]uint64, (s.Len()+63)/64)
	if s.Flat[i] {
		return out
	}
	for t, v := range s.Node(i) {
		if v > threshold {
			out[t/64] |= 1 << (63 - t%64)
		}
	}
	return out
}

// LempelZiv counts the words of the exhaustive history of n bits, packed 64 a word, the first one in the highest bit.
//
// A word is one longer than the longest match with anything that begins earlier. Places are found by their first
// bits, and matches compared 64 bits at once.
func LempelZiv(packed []uint64, n int) int {
	h := &history{packed: append(append([]uint64(nil), packed...), 0, 0), n: n}
	for l := range h.before {
		h.before[l] = make([]int32, n)
	}
	count := 0
	for i := 0; i < n; {
		i += h.longest(i) + 1
		count++
		for ; h.known < min(i, n); h.known++ {
			h.add(h.known)
		}
	}
	return count
}

// prefixes are the numbers of bits that a place is found by, the fewest first. More bits leave fewer places to compare.
var prefixes = [...]int{10, 18, 32}

const (
	fewest = 10 // prefixes[0]
	chains = 1 << 12
)

// history finds earlier places by what begins there. Places within a long run of equal bits would fill few chains, so
// these are found by the ends of runs instead.
type history struct {
	packed []uint64
	n      int
	known  int                          // places before this one can be found
	latest [len(prefixes)][chains]int32 // the last place of each prefix, plus 1
	before [len(prefixes)][]int32       // the one before, plus 1
	there  [1 << fewest / 64]uint64     // the shortest prefixes that there are
	begun  int                          // where the run of the last known place began
	long   [2][][2]int32                // begin and end of the runs of at least fewest equal bits that have ended
}

// bits64 are the 64 bits from place i on, zeros after the end.
func (h *history) bits64(i int) uint64 {
	w, shift := i/64, uint(i%64)
	return h.packed[w]<<shift | h.packed[w+1]>>(64-shift)
}

// run is the number of equal bits that x begins with.
func run(x uint64) int {
	if x>>63 == 1 {
		x = ^x
	}
	return bits.LeadingZeros64(x)
}

// chain is where places with the prefix of a number of bits are found. Others may be there, too.
func chain(x uint64, prefix int) uint64 {
	return x >> (64 - prefix) * 0x9e3779b97f4a7c15 >> (64 - 12)
}

func (h *history) add(i int) {
	x := h.bits64(i)
	if i > 0 && h.bits64(i-1)>>63 != x>>63 {
		if bit := h.bits64(i-1) >> 63; i-h.begun >= fewest {
			h.long[bit] = append(h.long[bit], [2]int32{int32(h.begun), int32(i)})
		}
		h.begun = i
	}
	key := x >> (64 - fewest)
	h.there[key/64] |= 1 << (key % 64)
	if run(x) >= fewest {
		return
	}
	for l, prefix := range prefixes {
		c := chain(x, prefix)
		h.before[l][i] = h.latest[l][c]
		h.latest[l][c] = int32(i + 1)
	}
}

// longest is the length of the longest match of what begins at i with what begins before; it ends at n.
func (h *history) longest(i int) int {
	here, most := h.bits64(i), h.n-i
	if run(here) >= min(fewest, most) {
		return min(h.alike(i, here), most)
	}
	best := 0
	for l := len(prefixes) - 1; l >= 0; l-- {
		if l+1 < len(prefixes) && best >= prefixes[l+1] {
			break // all that match as far were in the chain before
		}
		for at := h.latest[l][chain(here, prefixes[l])]; at != 0 && best < most; at = h.before[l][at-1] {
			best = max(best, h.match(int(at-1), i, here))
		}
	}
	if best < fewest {
		best = h.short(here>>(64-fewest), min(most, fewest))
	}
	return min(best, most)
}

// alike is the longest match of a place where a long run of equal bits begins, or goes on. A match beyond the run
// begins as far before the end of an earlier run; within the run, any place with as many equal bits before it does.
func (h *history) alike(i int, here uint64) int {
	bit, length := here>>63, 0
	for i+length < h.n && h.bits64(i+length)>>63 == bit {
		length += min(run(h.bits64(i+length)), h.n-i-length)
	}
	best := 0
	if i > 0 && h.bits64(i-1)>>63 == bit {
		best = length // the run went on from before
	}
	for _, r := range h.long[bit] {
		if int(r[1]-r[0]) >= length {
			best = max(best, h.match(int(r[1])-length, i, here))
		} else {
			best = max(best, int(r[1]-r[0]))
		}
	}
	if best >= fewest {
		return best
	}
	return max(best, h.short(here>>(64-fewest), fewest))
}

// match is the number of equal bits from places p and i on, which may run on beyond the end.
func (h *history) match(p, i int, here uint64) int {
	length := 0
	for {
		if differ := h.bits64(p+length) ^ here; differ != 0 {
			return length + bits.LeadingZeros64(differ)
		}
		if length += 64; i+length >= h.n {
			return length
		}
		here = h.bits64(i + length)
	}
}

// short is the longest match, of at most limit bits, with any of the shortest prefixes that is there.
func (h *history) short(key uint64, limit int) int {
	for length := limit; length > 0; length-- {
		free := fewest - length // bits that may differ
		from := key >> free << free
		if h.any(from, from+1<<free) {
			return length
		}
	}
	return 0
}

// any tells whether any of the prefixes from ... to-1 is there.
func (h *history) any(from, to uint64) bool {
	if to-from >= 64 {
		for w := from / 64; w < to/64; w++ {
			if h.there[w] != 0 {
				return true
			}
		}
		return false
	}
	mask := (uint64(1)<<(to-from) - 1) << (from % 64)
	return h.there[from/64]&mask != 0
}
