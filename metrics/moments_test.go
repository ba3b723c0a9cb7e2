package metrics_test

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"

	"brainsweep/metrics"
	"brainsweep/metrics/metricstest"
)

// exact holds moments in rational arithmetic, where nothing is lost: float64 are rational numbers.
type exact struct {
	mean, squares []*big.Rat
	products      []*big.Rat
}

func exactMoments(samples [][]float64) exact {
	n, count := len(samples[0]), int64(len(samples))
	var e exact
	// Integers in units of 2^-scale are quicker than fractions.
	const scale = 700
	integer := func(x float64) *big.Int {
		v, _ := new(big.Float).SetMantExp(new(big.Float).SetPrec(64).SetFloat64(x), scale).Int(nil)
		return v
	}
	columns := make([][]*big.Int, n)
	sums := make([]*big.Int, n)
	for i := range n {
		sums[i] = new(big.Int)
		for _, x := range samples {
			v := integer(x[i])
			columns[i] = append(columns[i], v)
			sums[i].Add(sums[i], v)
		}
		unit := new(big.Int).Lsh(big.NewInt(count), scale)
		e.mean = append(e.mean, new(big.Rat).SetFrac(sums[i], unit))
	}
	// sum of a b about the means = (count sum ab - sum a sum b) / count
	product := func(i, j int) *big.Rat {
		sum, term := new(big.Int), new(big.Int)
		for k := range columns[i] {
			sum.Add(sum, term.Mul(columns[i][k], columns[j][k]))
		}
		sum.Mul(sum, big.NewInt(count))
		sum.Sub(sum, term.Mul(sums[i], sums[j]))
		return new(big.Rat).SetFrac(sum, new(big.Int).Lsh(big.NewInt(count), 2*scale))
	}
	for i := range n {
		e.squares = append(e.squares, product(i, i))
		for j := i + 1; j < n; j++ {
			e.products = append(e.products, product(i, j))
		}
	}
	return e
}

func relativeError(got float64, want *big.Rat) float64 {
	exact, _ := want.Float64()
	if exact == 0 {
		return math.Abs(got)
	}
	difference := new(big.Rat).Sub(new(big.Rat).SetFloat64(got), want)
	d, _ := difference.Quo(difference, want).Float64()
	return math.Abs(d)
}

// Series that defeat raw sums. The second node follows the first by half.
func TestMomentsOfHostileSeries(t *testing.T) {
	uniform := metricstest.Congruential(7)
	for _, test := range []struct {
		name string
		at   func(t int) float64
		// bound is that of the relative error of sums of squares and products. Digits are lost only where the
		// first sample of a block lies far from the others.
		bound float64
	}{
		{"plain", func(int) float64 { return uniform() }, 1e-13},
		{"large mean, tiny spread", func(int) float64 { return 1e6 + 1e-3*uniform() }, 1e-12},
		{"mean beyond all reason", func(int) float64 { return 1e12 + uniform() }, 1e-12},
		{"drift", func(t int) float64 { return 1e6 + 1e-2*float64(t) + 1e-3*uniform() }, 1e-13},
		{"first sample far off", func(t int) float64 {
			if t == 0 {
				return 0
			}
			return 1e6 + 1e-3*uniform()
		}, 1e-11},
		{"every block begins far off", func(t int) float64 {
			if t%metrics.BlockLength == 0 {
				return 0
			}
			return 1e3 + 1e-6*uniform()
		}, 1e-11},
		{"steps between blocks", func(t int) float64 { return 1e5*float64(t/metrics.BlockLength%3) + uniform() }, 1e-13},
		{"very small", func(int) float64 { return 1e-120 * (5 + uniform()) }, 1e-13},
	} {
		t.Run(test.name, func(t *testing.T) {
			samples := make([][]float64, 5*metrics.BlockLength+123)
			for k := range samples {
				x := test.at(k)
				samples[k] = []float64{x, (x + test.at(k)) / 2}
			}
			want := exactMoments(samples)
			compareMoments(t, "blocks", metricstest.Gather(samples), want, test.bound)
			compareMoments(t, "windows", summed(samples, 700, 300), want, test.bound)
		})
	}
}

func compareMoments(t *testing.T, way string, m *metrics.Moments, want exact, bound float64) {
	t.Helper()
	for i := range 2 {
		mean, _ := want.mean[i].Float64()
		if e := math.Abs(m.Mean(i) - mean); e > 1e-15*max(math.Abs(mean), m.Std(i)) {
			t.Errorf("%s: mean %d: error %.1e", way, i, e)
		}
		if e := relativeError(m.Squares[i], want.squares[i]); e > bound {
			t.Errorf("%s: squares %d: relative error %.1e", way, i, e)
		}
	}
	// A product may cancel, so its error is measured by what bounds it.
	scale := math.Sqrt(m.Squares[0]) * math.Sqrt(m.Squares[1])
	product, _ := want.products[0].Float64()
	if e := math.Abs(m.Products[0]-product) / scale; e > bound {
		t.Errorf("%s: product: error %.1e of its bound", way, e)
	}
}

// summed gathers the moments as they are found on the way to windows of so many samples.
func summed(samples [][]float64, window, step float64) *metrics.Moments {
	x := make([][]float64, len(samples[0]))
	for _, sample := range samples {
		for i, v := range sample {
			x[i] = append(x[i], v)
		}
	}
	in := &metrics.Input{Signal: metrics.NewSignal(1, x)}
	in.TakeMomentsOfWindows(metrics.Setup{Nodes: len(x), Samples: len(samples), Rate: 1, Config: metrics.Config{"fcd.window": {window}, "fcd.step": {step}}})
	return in.Moments
}

// Ten hours at 1 ms about a mean a hundred million times the spread, in integers of 2^-26, whose sums are exact.
func TestMomentsOfTenHours(t *testing.T) {
	if testing.Short() {
		t.Skip("36 million samples are left out of a short run")
	}
	const (
		count = 36_000_000
		unit  = 1.0 / (1 << 26)
		mean  = 100_000
	)
	series := metrics.NewSeries(2, true)
	fcd, err := metrics.Find("fcd")
	if err != nil {
		t.Fatal(err)
	}
	setup := metrics.Setup{Nodes: 2, Samples: count, Rate: 1000, Config: metrics.Defaults()}
	windows, units, come := fcd.Gathers(setup), 0, [][]float64{nil, nil}
	state := uint64(1)
	var sumA, sumB, squares, product int64
	for range count {
		state = 6364136223846793005*state + 1442695040888963407
		a := int64(state >> 52)           // 0 ... 4095
		b := a/2 + int64(state>>41&0x3ff) // follows a
		sumA, sumB, squares, product = sumA+a, sumB+b, squares+a*a, product+a*b
		x := []float64{mean + float64(a)*unit, float64(b)*unit - mean}
		series.Add(x)
		come[0], come[1] = append(come[0], x[0]), append(come[1], x[1])
		if from, to, _ := windows.Unit(units); len(come[0]) == to-from {
			windows.Add(units, metrics.NewSignal(setup.Rate, come))
			units, come = units+1, [][]float64{come[0][:0], come[1][:0]}
		}
	}
	in := &metrics.Input{Streams: map[string]metrics.Stream{"fcd": windows}}
	in.TakeMomentsOfWindows(setup)
	about := func(sum, left, right int64) *big.Rat { // count^2 times the moment, in units
		out := new(big.Int).Mul(big.NewInt(count), big.NewInt(sum))
		out.Sub(out, new(big.Int).Mul(big.NewInt(left), big.NewInt(right)))
		return new(big.Rat).SetFrac(out, new(big.Int).Lsh(big.NewInt(count), 52))
	}
	// 36000 blocks add up with half a rounding each; ten hours lose four digits of sixteen at the very worst.
	const bound = 1e-13
	for way, m := range map[string]*metrics.Moments{"blocks": series.Moments(), "windows": in.Moments} {
		if e := relativeError(m.Squares[0], about(squares, sumA, sumA)); e > bound {
			t.Errorf("%s: squares: relative error %.1e", way, e)
		}
		if e := relativeError(m.Products[0], about(product, sumA, sumB)); e > bound {
			t.Errorf("%s: product: relative error %.1e", way, e)
		}
		if m.Count != count {
			t.Errorf("%s: %d samples, want %d", way, m.Count, count)
		}
	}
}

// Blocks are a matter of speed: other lengths give the same moments but for rounding.
func TestMomentsOfAnyBlocks(t *testing.T) {
	uniform := metricstest.Congruential(3)
	samples := make([][]float64, 2500)
	for k := range samples {
		common := uniform()
		samples[k] = []float64{20 + uniform() + common, 5 - common + 0.2*uniform(), 1 + uniform()}
	}
	want := metricstest.Gather(samples)
	for _, length := range []int{1, 2, 7, 100, 2500} {
		got, block := metrics.NewMoments(3, true), metrics.NewSums(3, true)
		for _, x := range samples {
			if block.Add(x); block.Count == int64(length) {
				got.Fold(block)
				block.Reset()
			}
		}
		got.Fold(block)
		alike(t, fmt.Sprintf("blocks of %d", length), got, want)
	}
	// Windows of whole steps and with a rest, without overlap, with a gap between them, and some that end before the series.
	for _, w := range [][2]float64{{500, 100}, {550, 100}, {700, 700}, {100, 333}, {1, 2}, {1000, 1499}, {2499, 1}, {2500, 2500}} {
		alike(t, fmt.Sprintf("windows of %v, %v apart", w[0], w[1]), summed(samples, w[0], w[1]), want)
	}
}

func alike(t *testing.T, way string, got, want *metrics.Moments) {
	t.Helper()
	near := func(what string, a, b func(i int) float64, count int) {
		for k := range count {
			if math.Abs(a(k)-b(k)) > 1e-13*math.Abs(b(k))+1e-11 {
				t.Errorf("%s: %s of %d is %v, want %v", way, what, k, a(k), b(k))
				return
			}
		}
	}
	of := func(x []float64) func(i int) float64 { return func(i int) float64 { return x[i] } }
	near("mean", got.Mean, want.Mean, want.N())
	near("square", of(got.Squares), of(want.Squares), want.N())
	near("product", of(got.Products), of(want.Products), len(want.Products))
	if !slices.Equal(got.Min, want.Min) || !slices.Equal(got.Max, want.Max) || got.Count != want.Count || len(got.Products) != len(want.Products) {
		t.Errorf("%s: other extremes or counts", way)
	}
}

// Without pairs nothing but the products is missing.
func TestMomentsWithoutPairs(t *testing.T) {
	with, without := metrics.NewSeries(2, true), metrics.NewSeries(2, false)
	uniform := metricstest.Congruential(5)
	for range 1234 {
		x := []float64{uniform(), uniform()}
		with.Add(x)
		without.Add(x)
	}
	a, b := with.Moments(), without.Moments()
	if !slices.Equal(a.Squares, b.Squares) || !slices.Equal(a.Offset, b.Offset) || b.Products != nil {
		t.Errorf("moments differ: %v, %v", a, b)
	}
}

func TestMomentsOfFew(t *testing.T) {
	empty := metricstest.Gather([][]float64{{1, 2}})
	if empty.Count != 1 || empty.Std(0) != 0 || empty.Mean(1) != 2 || !empty.Constant(0) {
		t.Errorf("one sample: %+v", empty)
	}
	none := metrics.NewSeries(2, true).Moments()
	if none.Count != 0 || !math.IsNaN(none.Mean(0)) || !math.IsNaN(none.Std(0)) || none.Bad(0) {
		t.Errorf("no sample: %+v", none)
	}
}

func TestBadNodes(t *testing.T) {
	for name, value := range map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "-Inf": math.Inf(-1)} {
		for _, when := range []int{0, 1, metrics.BlockLength, 2*metrics.BlockLength + 5} {
			samples := make([][]float64, 2*metrics.BlockLength+10)
			for k := range samples {
				samples[k] = []float64{float64(k % 7), float64(k % 5)}
			}
			samples[when][1] = value
			for way, m := range map[string]*metrics.Moments{"blocks": metricstest.Gather(samples), "windows": summed(samples, 500, 200)} {
				if m.Bad(0) || !m.Bad(1) || !math.IsNaN(m.Std(1)) {
					t.Errorf("%s at sample %d, by %s: bad %t and %t, std %v", name, when, way, m.Bad(0), m.Bad(1), m.Std(1))
				}
			}
		}
	}
}
