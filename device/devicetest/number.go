package devicetest

import (
	"math"
	"testing"

	"brainsweep/device"
)

// FMA rounds once, SQRT correctly, FLOOR downwards; sums keep their order.
func arithmetic(t *testing.T, d device.Device) {
	const kernel = `
struct args { const real *x; real *out; };
KERNEL(words) {
	EACH_OF(i, NODES) {
		const real x = A->x[i];
		A->out[i] = FMA(x, x, -(x * x));
		A->out[NODES + i] = SQRT(x < 0 ? -x : x);
		A->out[2 * NODES + i] = FLOOR(x);
	}
}
KERNEL(order) {
	ONCE {
		real sum = 0;
		for (i32 i = 0; i < NODES; i++) sum += A->x[i];
		A->out[0] = sum;
		A->out[1] = (A->x[0] + A->x[1]) - A->x[0];
	}
}`
	precisions(t, func(t *testing.T, bits int) {
		const nodes = 40
		p := build(t, d, "arithmetic", kernel, bits, nodes)
		in, out := alloc(t, d, nodes*bits/8), alloc(t, d, 3*nodes*bits/8)
		x := make([]float64, nodes)
		for i := range x {
			x[i] = float64(float32(math.Exp(float64(i)/3-4) * float64(1-2*(i%2))))
		}
		setReals(t, in, bits, x)
		launch(t, p, "words", 1, in, out)
		got := reals(t, out, bits)
		for i, v := range x {
			square, root := v*v, math.Sqrt(math.Abs(v))
			lost := math.FMA(v, v, -square)
			if bits == 32 {
				// x*x of single numbers is exact in double.
				lost = v*v - float64(float32(v*v))
				root = float64(float32(root))
			}
			if got[i] != lost || got[nodes+i] != root || got[2*nodes+i] != math.Floor(v) {
				t.Fatalf("of %v: %v %v %v, want %v %v %v", v, got[i], got[nodes+i], got[2*nodes+i], lost, root, math.Floor(v))
			}
		}
		one, sum, single := 1e8, 0.0, float32(0)
		if bits == 64 {
			one = 1e16
		}
		for i := range x {
			x[i] = 0.5
		}
		x[0] = one
		for _, v := range x {
			sum += v
			single += float32(v)
		}
		if bits == 32 {
			sum = float64(single)
		}
		setReals(t, in, bits, x)
		launch(t, p, "order", 1, in, out)
		if got := reals(t, out, bits); got[0] != sum || got[1] != 0 {
			t.Errorf("sums are %v and %v, want %v and 0: their order has changed", got[0], got[1], sum)
		}
	})
}

// NaN and infinity are seen by comparisons and by BITS, and arise where they should.
func notANumber(t *testing.T, d device.Device) {
	const kernel = `
struct args { const real *x; i64 *out; };
KERNEL(look) {
	OWN(ureal, seen, 1);
	const ureal infinity = PRECISION == 32 ? (ureal)0x7f800000u : (ureal)0x7ff0000000000000ull;
	EACH(i) {
		const real x = i < NODES ? A->x[i] : 0;
		AT(seen, 0, i) = (ureal)(x != x) + 2 * (ureal)((BITS(x) & infinity) == infinity) + 4 * (ureal)(x - x != 0) + 8 * (ureal)(x > 1) + 16 * (ureal)(x * 0 == 0);
	}
	EACH_OF(i, NODES) A->out[i] = (i64)AT(seen, 0, i);
}
KERNEL(make) {
	EACH_OF(i, NODES) {
		const real zero = A->x[0], made = i == 0 ? zero / zero : i == 1 ? 1 / zero : i == 2 ? SQRT(zero - 1) : -1 / zero;
		A->out[i] = (made != made) + 2 * (made > 1) + 4 * (made < -1);
	}
}`
	precisions(t, func(t *testing.T, bits int) {
		x := []float64{0, 1, 2, math.NaN(), math.Inf(1), math.Inf(-1), 1e30}
		want := []int64{16, 16, 24, 7, 14, 6, 24}
		p := build(t, d, "nan", kernel, bits, len(x))
		in, out := alloc(t, d, len(x)*bits/8), alloc(t, d, len(x)*8)
		setReals(t, in, bits, x)
		launch(t, p, "look", 1, in, out)
		for i, got := range int64s(t, out) {
			if got != want[i] {
				t.Errorf("%v is seen as %d, want %d", x[i], got, want[i])
			}
		}
		launch(t, p, "make", 1, in, out)
		for i, want := range []int64{1, 2, 1, 4} {
			if got := int64s(t, out)[i]; got != want {
				t.Errorf("number %d is made as %d, want %d", i, got, want)
			}
		}
	})
}
