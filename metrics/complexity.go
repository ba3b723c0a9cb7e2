package metrics

import (
	"math"
	"math/bits"
	"slices"
	"strings"
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
		Least:   func(Setup) Need { return Need{2, "a word"} },
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
	for t, v := range s.X[i] {
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
	h := &history{packed: append(append([]uint64(nil), packed...), 0, 0), n: n, before: make([]int32, n)}
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

// prefix is how many bits a place is found by.
const prefix = 12

// history finds earlier places by what begins there.
type history struct {
	packed []uint64
	n      int
	known  int                // places before this one can be found
	latest [1 << prefix]int32 // the last place of each prefix, plus 1
	before []int32            // the one before, plus 1
	there  [1 << prefix / 64]uint64
}

// bits64 are the 64 bits from place i on, zeros after the end.
func (h *history) bits64(i int) uint64 {
	w, shift := i/64, uint(i%64)
	return h.packed[w]<<shift | h.packed[w+1]>>(64-shift)
}

func (h *history) add(i int) {
	key := h.bits64(i) >> (64 - prefix)
	h.before[i] = h.latest[key]
	h.latest[key] = int32(i + 1)
	h.there[key/64] |= 1 << (key % 64)
}

// longest is the length of the longest match of what begins at i with what begins before; it ends at n.
func (h *history) longest(i int) int {
	here, most := h.bits64(i), h.n-i
	key := here >> (64 - prefix)
	best := 0
	for at := h.latest[key]; at != 0 && best < most; at = h.before[at-1] {
		best = max(best, h.match(int(at-1), i, here))
	}
	if best < prefix {
		best = h.short(key, min(most, prefix))
	}
	return min(best, most)
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

// short is the longest match, of at most limit bits, with any prefix that is there.
func (h *history) short(key uint64, limit int) int {
	for length := limit; length > 0; length-- {
		free := prefix - length // bits that may differ
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

// PCI is the perturbational complexity of a binary response, [source][time]: c log2(L)/(L H), H the entropy of its
// share of ones, L its size. Words do not cross a column (all sources at a time); a word is searched in all
// earlier columns and in its own before its last symbol; H is at least 0.08, and a response of zeros has 0.
// Casali et al. 2013 (Sci Transl Med 5:198ra105).
func PCI(response [][]bool) (pci float64, words int, entropy float64) {
	if len(response) == 0 || len(response[0]) == 0 {
		return math.NaN(), 0, math.NaN()
	}
	entropy, size := responseEntropy(response)
	words = casali(response)
	if entropy == 0 {
		return 0, words, 0
	}
	return float64(words) * math.Log2(size) / (size * max(entropy, 0.08)), words, entropy
}

// responseEntropy is the entropy [bits] of the share of ones, and the size.
func responseEntropy(response [][]bool) (entropy, size float64) {
	ones := 0.0
	for _, row := range response {
		for _, b := range row {
			size++
			if b {
				ones++
			}
		}
	}
	for _, p := range []float64{ones / size, 1 - ones/size} {
		if p > 0 {
			entropy -= p * math.Log2(p)
		}
	}
	return entropy, size
}

// casali counts words column by column. What is left of a column when all of it was met before is no word; the first
// symbol and the end are one each.
func casali(response [][]bool) int {
	sources, times := len(response), len(response[0])
	columns := make([]string, times)
	for t := range columns {
		b := make([]byte, sources)
		for s := range b {
			b[s] = '0'
			if response[s][t] {
				b[s] = '1'
			}
		}
		columns[t] = string(b)
	}
	words, i := 1, 1
	for t, column := range columns {
		for length := 1; i+length <= sources; {
			if metBefore(columns[:t], column[:i+length-1], column[i:i+length]) {
				length++
				continue
			}
			words++
			i, length = i+length, 1
		}
		i = 0
	}
	return words + 1
}

func metBefore(columns []string, own, word string) bool {
	return strings.Contains(own, word) || slices.ContainsFunc(columns, func(c string) bool { return strings.Contains(c, word) })
}
