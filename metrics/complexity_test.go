package metrics_test

import (
	"math"
	"strings"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// words counts words as the definition says.
func words(s string) int {
	count := 0
	for i := 0; i < len(s); count++ {
		l := 1
		for i+l <= len(s) && strings.Contains(s[:i+l-1], s[i:i+l]) {
			l++
		}
		i += l
	}
	return count
}

// All strings of up to 15 bits, and longer ones with runs and repetitions of every kind.
func TestLempelZivIsTheDefinition(t *testing.T) {
	check := func(s string) {
		t.Helper()
		if got, want := metrics.LempelZiv(metricstest.Pack(s), len(s)), words(s); got != want {
			t.Fatalf("%q has %d words, want %d", s, got, want)
		}
	}
	for n := 1; n <= 15; n++ {
		for x := range 1 << n {
			var b strings.Builder
			for k := range n {
				b.WriteByte('0' + byte(x>>k&1))
			}
			check(b.String())
		}
	}
	uniform := metricstest.Congruential(3)
	for trial := range 400 {
		var b strings.Builder
		bit, stay := byte('0'), 0.5-0.5/float64(1+trial%40)
		for b.Len() < 50+7*trial%900 {
			if uniform() > stay {
				bit ^= 1
			}
			b.WriteByte(bit)
			if trial%3 == 0 && uniform() > 0.49 { // repeat what has been
				s := b.String()
				from := int((uniform() + 0.5) * float64(len(s)))
				b.WriteString(s[from:])
			}
		}
		check(b.String())
	}
}

// Counts are 0 where nodes could have shown avalanches and did not, as the reference data have it; where no node is finite there is
// nothing to count.
func TestAvalanchesOfNothing(t *testing.T) {
	for bad, want := range map[int]float64{0: 0, 3: 0, 4: math.NaN()} {
		rows := make([]float64, 4*100)
		for i := range bad {
			rows[4*(10+i)+i] = math.Inf(1)
		}
		in := inputOf(rows, nil, nil)
		for _, name := range []string{"avalanche_events", "avalanche_count", "avalanche_size_max"} {
			if got := value(t, name, in); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s is %v where %d of 4 nodes are not finite, want %v", name, got, bad, want)
			}
		}
	}
}
