package philox_test

import (
	"math"
	"sort"
	"testing"

	"brainsweep/philox"
)

// The known answers for philox4x32-10 that Random123 publishes (kat_vectors).
func TestKnownAnswers(t *testing.T) {
	cases := []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0}, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	}
	for _, c := range cases {
		if got := philox.Block(c.key, c.counter); got != c.want {
			t.Errorf("key %x counter %x: %x, want %x", c.key, c.counter, got, c.want)
		}
	}
}

// Mean, variance, skewness and kurtosis of n draws lie within five standard errors, and the greatest distance from
// the normal distribution within what Kolmogorov's law has for one in 1e6.
func TestNormal(t *testing.T) {
	const n = 1 << 20
	draws := make([]float64, 0, n)
	for i := uint32(0); len(draws) < n; i++ {
		z := philox.Normal4([2]uint32{7, 11}, [4]uint32{i, 0, 3, 1})
		draws = append(draws, z[:]...)
	}
	var m1, m2, m3, m4 float64
	for _, z := range draws {
		m1 += z
		m2 += z * z
		m3 += z * z * z
		m4 += z * z * z * z
	}
	for _, m := range []struct {
		name            string
		got, want, sdev float64 // sdev of one draw's contribution
	}{
		{"mean", m1 / n, 0, 1}, {"variance", m2 / n, 1, math.Sqrt(2)}, {"third moment", m3 / n, 0, math.Sqrt(15)}, {"fourth moment", m4 / n, 3, math.Sqrt(96)},
	} {
		if math.Abs(m.got-m.want) > 5*m.sdev/math.Sqrt(n) {
			t.Errorf("%s is %v, want %v", m.name, m.got, m.want)
		}
	}
	sort.Float64s(draws)
	distance := 0.0
	for i, z := range draws {
		p := math.Erfc(-z/math.Sqrt2) / 2
		distance = max(distance, math.Abs(p-float64(i)/n), math.Abs(p-float64(i+1)/n))
	}
	if distance*math.Sqrt(n) > 2.7 { // 2 exp(-2 x^2) = 1e-6
		t.Errorf("Kolmogorov's distance is %v", distance*math.Sqrt(n))
	}
}

// Neither the four numbers of a draw nor neighbours in any word of key or counter are correlated.
func TestIndependence(t *testing.T) {
	const n = 1 << 16
	products := map[string]float64{}
	base := func(i uint32) ([2]uint32, [4]uint32) { return [2]uint32{i, 5}, [4]uint32{i * 7, 2, i % 5, 9} }
	for i := uint32(0); i < n; i++ {
		key, counter := base(i)
		z := philox.Normal4(key, counter)
		for a, name := range []string{"01", "02", "03", "12", "13", "23"} {
			pairs := [][2]int{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}}
			products[name] += z[pairs[a][0]] * z[pairs[a][1]]
			products["squares "+name] += (z[pairs[a][0]]*z[pairs[a][0]] - 1) * (z[pairs[a][1]]*z[pairs[a][1]] - 1) / 2
		}
		for w := range 6 {
			k, c := key, counter
			name := "key"
			if w < 2 {
				k[w]++
			} else {
				c[w-2]++
				name = "counter"
			}
			products[name+string(rune('0'+w%4))] += z[0] * philox.Normal4(k, c)[0]
		}
	}
	for name, sum := range products {
		if math.Abs(sum)/math.Sqrt(n) > 5 {
			t.Errorf("%s: correlation %v", name, sum/n)
		}
	}
}
