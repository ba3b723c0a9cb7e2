package metrics

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// defined returns the values that are not NaN.
func defined(x []float64) []float64 {
	return slices.DeleteFunc(slices.Clone(x), math.IsNaN)
}

// mean is over the defined values, NaN when there are none.
func mean(x []float64) float64 {
	sum, count := 0.0, 0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += v
			count++
		}
	}
	return sum / float64(count)
}

// std is the population standard deviation of the defined values, NaN when there are none.
func std(x []float64) float64 {
	centre, sum, count := mean(x), 0.0, 0
	for _, v := range x {
		if !math.IsNaN(v) {
			sum += square(v - centre)
			count++
		}
	}
	return math.Sqrt(sum / float64(count))
}

// least and most are the extremes of the defined values, NaN when there are none.
func least(x []float64) float64 {
	out := math.NaN()
	for _, v := range x {
		if v < out || math.IsNaN(out) {
			out = v
		}
	}
	return out
}

func most(x []float64) float64 {
	out := math.NaN()
	for _, v := range x {
		if v > out || math.IsNaN(out) {
			out = v
		}
	}
	return out
}

// definedCount is the number of defined values.
func definedCount(x []float64) float64 {
	n := 0
	for _, v := range x {
		if !math.IsNaN(v) {
			n++
		}
	}
	return float64(n)
}

// upper returns the entries i < j of an n x n matrix, row-major, in memory that room gives.
func upper(a []float64, n int, room func(n int) []float64) []float64 {
	out := room(n * (n - 1) / 2)[:0]
	for i := range n {
		out = append(out, a[i*n+i+1:(i+1)*n]...)
	}
	return out
}

// addFour adds four rows to sum, one after the other.
func addFour(sum, a, b, c, d []float64) {
	a, b, c, d = a[:len(sum)], b[:len(sum)], c[:len(sum)], d[:len(sum)]
	for k, v := range sum {
		sum[k] = v + a[k] + b[k] + c[k] + d[k]
	}
}

// pearson is the correlation of a and b over the entries finite in both, within [-1, 1]:
// NaN when there are fewer than three, or when either is constant.
func pearson(a, b []float64) float64 {
	n, sumX, sumY := 0, 0.0, 0.0
	leastX, leastY, mostX, mostY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	b = b[:len(a)]
	for i, x := range a {
		y := b[i]
		if !bothFinite(x, y) {
			continue
		}
		n++
		sumX += x
		sumY += y
		if x < leastX {
			leastX = x
		}
		if x > mostX {
			mostX = x
		}
		if y < leastY {
			leastY = y
		}
		if y > mostY {
			mostY = y
		}
	}
	if n < 3 || leastX == mostX || leastY == mostY {
		return math.NaN()
	}
	mx, my := sumX/float64(n), sumY/float64(n)
	xx, yy, xy := 0.0, 0.0, 0.0
	for i, x := range a {
		y := b[i]
		if !bothFinite(x, y) {
			continue
		}
		xx += square(x - mx)
		yy += square(y - my)
		xy += (x - mx) * (y - my)
	}
	return max(-1, min(1, xy/math.Sqrt(xx)/math.Sqrt(yy)))
}

// deviations are numbers less their mean, for those that are correlated with several others.
type deviations struct {
	of    []float64
	about []float64 // nil where some are not finite, fewer than three, or all the same
	root  float64   // of the sum of their squares
}

// deviationsOf takes them in memory that room gives.
func deviationsOf(x []float64, room func(n int) []float64) deviations {
	d := deviations{of: x}
	mean := total(x) / float64(len(x))
	if len(x) < 3 || !(math.Abs(mean) <= math.MaxFloat64) || !slices.ContainsFunc(x, func(v float64) bool { return v != x[0] }) {
		return d
	}
	d.about = room(len(x))
	for k, v := range x {
		d.about[k] = v - mean
	}
	d.root = math.Sqrt(product(d.about, d.about))
	return d
}

// correlation is pearson of the numbers.
func (d deviations) correlation(e deviations) float64 {
	if d.about == nil || e.about == nil {
		return pearson(d.of, e.of)
	}
	return max(-1, min(1, product(d.about, e.about)/d.root/e.root))
}

// product is the sum of the products of x and y, every fourth by itself: see total.
func product(x, y []float64) float64 {
	a, b, c, d := 0.0, 0.0, 0.0, 0.0
	for ; len(x) >= 4 && len(y) >= 4; x, y = x[4:], y[4:] {
		a, b, c, d = a+float64(x[0]*y[0]), b+float64(x[1]*y[1]), c+float64(x[2]*y[2]), d+float64(x[3]*y[3])
	}
	for k, v := range x {
		a += float64(v * y[k])
	}
	return a + b + c + d
}

// bothFinite tells whether the sum of x and y is a finite number.
func bothFinite(x, y float64) bool { return math.Abs(x+y) <= math.MaxFloat64 }

func square(x float64) float64 { return x * x }

// variance is the population variance of the defined values, NaN when there are none.
func variance(x []float64) float64 { return square(std(x)) }

// line fits y = intercept + slope x by least squares; r2 is 1 - residual over total sum of squares.
func line(x, y []float64) (slope, intercept, r2 float64) {
	mx, my := mean(x), mean(y)
	xx, xy, total, rest := 0.0, 0.0, 0.0, 0.0
	for k := range x {
		xx += square(x[k] - mx)
		xy += (x[k] - mx) * (y[k] - my)
	}
	slope = xy / xx
	intercept = my - slope*mx
	for k := range x {
		rest += square(y[k] - intercept - slope*x[k])
		total += square(y[k] - my)
	}
	return slope, intercept, 1 - rest/total
}

// ascending returns finite numbers in ascending order.
func ascending(x []float64) []float64 {
	out := make([]float64, len(x))
	for k, i := range ascendingOrder(x) {
		out[k] = x[i]
	}
	return out
}

// ascendingOrder lists the places of numbers, none of them NaN, in ascending order of the numbers; -0 is below 0.
func ascendingOrder(x []float64) []int32 {
	out := make([]int32, len(x))
	for i, k := range new(sorter).order(x) {
		out[i] = int32(uint32(k))
	}
	return out
}

// sorter has the memory that sorting takes.
type sorter struct{ keys, next []uint64 }

// order gives the places of numbers as ascendingOrder does, in the lower halves of what is there until the next call. It sorts digit
// by digit of the 32 leading bits that differ, beside which the place stands, and then what is alike in these.
func (s *sorter) order(x []float64) []uint64 {
	const digit = 11
	s.keys, s.next = slices.Grow(s.keys[:0], len(x))[:len(x)], slices.Grow(s.next[:0], len(x))[:len(x)]
	keys, next := s.keys, s.next
	differ := uint64(0)
	for _, v := range x {
		differ |= ascendingBits(v) ^ ascendingBits(x[0])
	}
	beyond := max(0, bits.Len64(differ)-32)
	for i, v := range x {
		keys[i] = ascendingBits(v)>>beyond<<32 | uint64(i)
	}
	for shift := 32; shift < 64; shift += digit {
		var first [1 << digit]int32
		for _, k := range keys {
			first[k>>shift&(1<<digit-1)]++
		}
		at := int32(0)
		for d, count := range first {
			first[d] = at
			at += count
		}
		for _, k := range keys {
			d := k >> shift & (1<<digit - 1)
			next[first[d]] = k
			first[d]++
		}
		keys, next = next, keys
	}
	for from, to := 0, 0; from < len(keys) && beyond > 0; from = to {
		for to = from + 1; to < len(keys) && keys[to]>>32 == keys[from]>>32; to++ {
		}
		if to > from+1 {
			slices.SortFunc(keys[from:to], func(a, b uint64) int {
				return cmp.Or(cmp.Compare(ascendingBits(x[uint32(a)]), ascendingBits(x[uint32(b)])), cmp.Compare(a, b))
			})
		}
	}
	return keys
}

// ascendingBits are the bits of a number, so turned that they ascend with it: those of negative ones fall.
func ascendingBits(x float64) uint64 {
	bits := math.Float64bits(x)
	return bits ^ (uint64(int64(bits)>>63) | 1<<63)
}
