package cpu_test

import (
	"context"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"runtime"
	"testing"

	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/philox"
)

var inf, nan = math.Inf(1), math.NaN()

// Where arguments are special, results are those of C99, whose twin Go's math is; the sign of 0 does not matter.
func TestSpecialValues(t *testing.T) {
	special := map[string]func(float64) float64{
		"exp": math.Exp, "expm1": math.Expm1, "sinh": math.Sinh, "cosh": math.Cosh, "tanh": math.Tanh, "log": math.Log,
		"erfc": math.Erfc, "erf": math.Erf, "sin": math.Sin, "cos": math.Cos, "sine": math.Sin, "cosine": math.Cos, "tan": math.Tan,
		"asin": math.Asin, "acos": math.Acos, "atan": math.Atan, "sqrt": math.Sqrt, "floor": math.Floor, "ceil": math.Ceil, "abs": math.Abs,
		"exp_neg_square": func(x float64) float64 { return math.Exp(-x * x) },
		"sign": func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x
		},
	}
	x := []float64{0, math.Copysign(0, -1), 1, -1, inf, -inf, nan, -nan, 1000, -1000, 2, -2, 1e30, -1e30}
	for _, bits := range []int{32, 64} {
		m := newMapper(t, bits, len(x))
		for f, want := range special {
			for i, got := range m.call(f, x, nil) {
				if f == "sin" || f == "cos" || f == "sine" || f == "cosine" || f == "tan" {
					if math.Abs(x[i]) == 1e30 { // beyond their range
						continue
					}
				}
				w := want(x[i])
				if same := got == w || math.IsNaN(got) && math.IsNaN(w) || math.Abs(got-w) <= 3e-7*math.Abs(w) || math.Abs(w) > mostSingle && math.IsInf(got, 0); !same {
					t.Errorf("%d bits: %s(%v) = %v, want %v", bits, f, x[i], got, w)
				}
			}
		}
	}
}

// Where results are about to overflow or to vanish they are right, or infinite or 0; they are never NaN.
func TestEdges(t *testing.T) {
	edges := []float64{88.722831, 88.72284, 89.415985, 89.415993, 709.782712893384, 710.4758600739439, 87.33654, 708.3964185322641}
	for _, bits := range []int{32, 64} {
		least, most := 0x1p-1022, math.MaxFloat64
		if bits == 32 {
			least, most = leastNormal, mostSingle
		}
		var x []float64
		for _, edge := range edges {
			for k := -3; k <= 3; k++ {
				near := edge * (1 + float64(k)*0x1p-52)
				if bits == 32 {
					near = float64(float32(edge * (1 + float64(k)*0x1p-23)))
				}
				x = append(x, near, -near)
			}
		}
		m := newMapper(t, bits, len(x))
		for f, want := range map[string]func(float64) float64{"exp": math.Exp, "expm1": math.Expm1, "sinh": math.Sinh, "cosh": math.Cosh} {
			for i, got := range m.call(f, x, nil) {
				w := want(x[i])
				same := math.Abs(got-w) <= 3e-7*math.Abs(w) || math.Abs(w) < 16*least && math.Abs(got) < 16*least ||
					math.Abs(w) > most*(1-1e-6) && math.IsInf(got, 0) && got*w > 0
				if got != w && !same {
					t.Errorf("%d bits: %s(%v) = %v, want %v", bits, f, x[i], got, w)
				}
			}
		}
	}
}

// A NaN of any payload stays a NaN: some machines set all bits of theirs.
func TestNaNPayloads(t *testing.T) {
	payloads := []uint32{0x7fc00000, 0xffc00000, 0x7fffffff, 0xffffffff, 0x7fc00001, 0x7f800001, 0x7fc001ff}
	m := newMapper(t, 32, len(payloads))
	for _, f := range unary {
		raw := make([]byte, 4*len(payloads))
		for i, p := range payloads {
			binary.LittleEndian.PutUint32(raw[4*i:], p)
		}
		if err := m.x.Write(0, raw); err != nil {
			t.Fatal(err)
		}
		if err := m.p.Launch(context.Background(), f, 1, m.x, m.z, m.y, int64(1)); err != nil {
			t.Fatal(err)
		}
		if err := m.y.Read(0, raw); err != nil {
			t.Fatal(err)
		}
		for i, p := range payloads {
			if got := math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])); got == got {
				t.Errorf("%s of the NaN %#x is %v", f, p, got)
			}
		}
	}
}

func TestBinaryFunctions(t *testing.T) {
	mod := func(x, y float64) float64 {
		r := math.Mod(x, y)
		if r*y < 0 {
			r += y
		}
		return r
	}
	least := func(x, y float64) float64 {
		if math.IsNaN(x) || math.IsNaN(y) {
			return nan
		}
		return min(x, y)
	}
	most := func(x, y float64) float64 { return -least(-x, -y) }
	edges := []float64{0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 2.5, inf, -inf, nan, 1e-30, -1e-30, 1e10, 200, -200}
	for _, bits := range []int{32, 64} {
		eps, powUlps := 0x1p-52, 30.0 // of Go's math.Pow itself; TestPowBounds is the strict one
		if bits == 32 {
			eps, powUlps = 0x1p-23, 2
		}
		var x, y []float64
		for _, a := range edges {
			for _, b := range edges {
				x, y = append(x, a), append(y, b)
			}
		}
		random := rand.New(rand.NewPCG(3, 4))
		for range 20000 {
			x, y = append(x, math.Exp(20*random.NormFloat64())), append(y, 4*random.NormFloat64())
			x, y = append(x, float64(random.IntN(1000))*0.1), append(y, float64(1+random.IntN(100))*0.1) // quotients near whole numbers
		}
		for i := range x {
			if bits == 32 {
				x[i], y[i] = float64(float32(x[i])), float64(float32(y[i]))
			}
		}
		m := newMapper(t, bits, len(x))
		for _, f := range []struct {
			kernel string
			want   func(x, y float64) float64
			ulps   float64
		}{{"min", least, 0}, {"max", most, 0}, {"atan2", math.Atan2, 4}, {"mod", mod, 0}, {"pow", math.Pow, powUlps}} {
			for i, got := range m.call(f.kernel, x, y) {
				a, b := x[i], y[i]
				want := f.want(a, b)
				switch {
				case f.kernel == "atan2" && (math.IsInf(a, 0) && math.IsInf(b, 0) || a == 0 && b <= 0):
					continue // NaN for two infinities, and the sign of 0 means nothing
				case f.kernel == "atan2" && math.Abs(want) < leastNormal, f.kernel == "atan2" && math.Abs(want) > math.Pi-1e-15 && got*want < 0:
					continue
				case f.kernel == "mod" && (math.IsInf(a, 0) || math.IsInf(b, 0) || b == 0 || math.Abs(a/b) < leastNormal || math.Abs(a/b) > 1/eps):
					continue // a quotient that is denormal, or too large to have all its digits
				case f.kernel == "mod" && bits == 32:
					want = float64(float32(want))
				case f.kernel == "pow" && a == -inf, f.kernel == "pow" && a == 0 && b < 0:
					want = math.Abs(want)
					if a == -inf && b != math.Floor(b) || math.IsInf(b, 0) {
						continue
					}
					got = math.Abs(got)
				}
				least, greatest := 0x1p-1022, math.MaxFloat64
				if bits == 32 {
					least, greatest = leastNormal, mostSingle
				}
				tolerance := f.ulps * eps * math.Abs(want)
				same := got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= tolerance ||
					math.Abs(want) < 2*least && math.Abs(got) <= 2*least || math.Abs(want) > greatest*(1-1e-6) && math.IsInf(got, 0) && got*want > 0
				if !same {
					t.Errorf("%d bits: %s(%v, %v) = %v, want %v", bits, f.kernel, a, b, got, want)
				}
			}
		}
	}
}

// The bound of pow in single: 2 ulp where |y log x| <= 50, 4 elsewhere down to the smallest normal number, with fused
// multiplication and addition and without. The logarithm loses most where x is some tenths away from 1.
func TestPowBoundsSingle(t *testing.T) {
	sets := []string{""}
	if runtime.GOARCH == "amd64" {
		sets = append(sets, "x86-64-v2")
	}
	random := rand.New(rand.NewPCG(5, 6))
	x, y := make([]float64, 200_000), make([]float64, 200_000)
	for i := range x {
		x[i] = float64(float32(math.Exp(math.Exp(2*random.NormFloat64()-1) * float64(1-2*random.IntN(2)))))
		y[i] = float64(float32((-87.3 + 174*random.Float64()) / math.Log(x[i])))
	}
	for _, isa := range sets {
		worst := map[bool]float64{}
		for i, got := range newMapperFor(t, isa, 32, len(x)).call("pow", x, y) {
			want := math.Pow(x[i], y[i])
			if !(want >= 2*leastNormal && want < mostSingle/2) || math.IsInf(x[i], 0) || x[i] < leastNormal {
				continue
			}
			moderate := math.Abs(math.Log(want)) <= 50
			worst[moderate] = max(worst[moderate], math.Abs(got-want)/math.Ldexp(1, math.Ilogb(want)-23))
		}
		t.Logf("%q: %.2f ulp, beyond 50 %.2f", isa, worst[true], worst[false])
		if !(worst[true] <= 2) || !(worst[false] <= 4) {
			t.Errorf("%q: pow is off by %.3g ulp, beyond |y log x| = 50 by %.3g", isa, worst[true], worst[false])
		}
	}
}

// The bound of pow in double, against the reference in many digits: 2 ulp where |y log x| <= 50, 8 elsewhere.
func TestPowBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	const n = 1000
	x, y := make([]float64, n), make([]float64, n)
	for i := range n {
		limit := 50.0
		if i%2 == 1 {
			limit = 700
		}
		x[i] = math.Exp(math.Pow(10, 2.5-3*random.Float64()) * (2*random.Float64() - 1))
		y[i] = limit * (2*random.Float64() - 1) / math.Log(x[i])
	}
	m := newMapper(t, 64, n)
	worst := map[bool]float64{}
	for i, got := range m.call("pow", x, y) {
		power := mul(num(y[i]), bigLog(num(x[i])))
		moderate := math.Abs(float(power)) <= 50
		worst[moderate] = max(worst[moderate], ulps64(got, bigExp(power)))
	}
	t.Logf("%.2f ulp to |y log x| = 50, %.2f beyond", worst[true], worst[false])
	if worst[true] > 2 || worst[false] > 8 {
		t.Errorf("%.2f ulp to |y log x| = 50, %.2f beyond", worst[true], worst[false])
	}
}

// erfc_ex takes exp(-z^2) from the caller.
func TestErfcWithGaussian(t *testing.T) {
	x := []float64{-3, -1, 0, 0.5, 1, 2, 4, 8}
	gauss := make([]float64, len(x))
	for i := range x {
		gauss[i], _ = bigExp(new(big.Float).Neg(mul(num(x[i]), num(x[i])))).Float64()
	}
	m := newMapper(t, 64, len(x))
	for i, got := range m.call("erfc_ex", x, gauss) {
		if d := ulps64(got, bigErfc(num(x[i]))); d > 6 {
			t.Errorf("erfc_ex(%v) = %v: %v ulp", x[i], got, d)
		}
	}
}

const noiseKernels = `
struct args { u32 *words; real *z; };
KERNEL(words) {
	EACH_OF(i, NODES) {
		const u32 *in = A->words + 6 * i;
		const struct m_words w = m_philox4x32_10(in[0], in[1], in[2], in[3], in[4], in[5]);
		A->z[4 * i] = REAL_OF(w.a); A->z[4 * i + 1] = REAL_OF(w.b); A->z[4 * i + 2] = REAL_OF(w.c); A->z[4 * i + 3] = REAL_OF(w.d);
	}
}
KERNEL(each) {
	OWN(u32, word, 4);
	PHILOX(word, 7, 11, 0xfffffff0u, (u32)TEAM, 1);
	EACH_OF(i, NODES) for (i32 j = 0; j < 4; j++) A->words[(TEAM * NODES + i) * 4 + j] = AT(word, j, i);
}
KERNEL(normal) {
	OWN(real, draw, 4);
	EACH(i) {
		real z[4];
		m_normal4(7, 11, (u32)i, (u32)TEAM, 3, 1, z);
		AT(draw, 0, i) = z[0]; AT(draw, 1, i) = z[1]; AT(draw, 2, i) = z[2]; AT(draw, 3, i) = z[3];
	}
	EACH_OF(i, NODES) for (i32 j = 0; j < 4; j++) A->z[(TEAM * NODES + i) * 4 + j] = AT(draw, j, i);
}
KERNEL(edges) {
	/* The radius and the turn of chosen words. */
	EACH_OF(i, NODES) {
		real c, s;
		m_turn(A->words[i], &c, &s);
		A->z[3 * i] = m_radius(A->words[i]); A->z[3 * i + 1] = c; A->z[3 * i + 2] = s;
	}
}
`

// Philox gives the published words and the draws of its twin in Go; single and double precision give the same draws.
func TestNoise(t *testing.T) {
	for _, bits := range []int{32, 64} {
		d := openDevice(t, cpu.Options{CacheDir: cacheOfRun})
		const nodes, teams = 1000, 30
		p, err := d.Build(context.Background(), device.Source{Name: "noise", Text: numerics(t) + noiseKernels, Precision: bits, Nodes: nodes})
		if err != nil {
			t.Fatal(err)
		}
		words, _ := d.Alloc(nodes * 6 * 4)
		z, _ := d.Alloc(nodes * teams * 4 * bits / 8)
		raw := make([]byte, z.Size())
		value := func(i int) float64 {
			if bits == 32 {
				return float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
			}
			return math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:]))
		}
		launch := func(kernel string, teams int) {
			t.Helper()
			if err := p.Launch(context.Background(), kernel, teams, words, z); err != nil {
				t.Fatal(err)
			}
			if err := z.Read(0, raw); err != nil {
				t.Fatal(err)
			}
		}

		in := make([]byte, words.Size())
		random := rand.New(rand.NewPCG(7, 8))
		for i := range nodes * 6 {
			binary.LittleEndian.PutUint32(in[4*i:], random.Uint32())
		}
		if err := words.Write(0, in); err != nil {
			t.Fatal(err)
		}
		launch("words", 1)
		for i := range nodes {
			w := func(k int) uint32 { return binary.LittleEndian.Uint32(in[4*(6*i+k):]) }
			want := philox.Block([2]uint32{w(0), w(1)}, [4]uint32{w(2), w(3), w(4), w(5)})
			for k, word := range want {
				if got := binary.LittleEndian.Uint32(raw[(4*i+k)*bits/8:]); got != word {
					t.Fatalf("%d bits: word %d of draw %d is %#x, want %#x", bits, k, i, got, word)
				}
			}
		}

		launch("normal", teams)
		tolerance := 8 * math.Ldexp(1, -53)
		if bits == 32 {
			tolerance = 8 * math.Ldexp(1, -24)
		}
		for team := range teams {
			for i := range nodes {
				want := philox.Normal4([2]uint32{7, 11}, [4]uint32{uint32(i), uint32(team), 3, 1})
				for k := range want {
					if got := value((team*nodes+i)*4 + k); math.Abs(got-want[k]) > tolerance*max(1, math.Abs(want[k])) {
						t.Fatalf("%d bits: draw %d of node %d, team %d is %v, want %v", bits, k, i, team, got, want[k])
					}
				}
			}
		}

		chosen := []uint32{0, 1, 2, 3, 0xffffffff, 0xfffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xb504f333, 0xb504f334, 0x3fffffff, 0x40000000,
			0x1fffffff, 0x20000000, 0x5fffffff, 0x60000000, 0x9fffffff, 0xa0000000, 0xdfffffff, 0xe0000000, 0xbfffffff, 0xc0000000}
		for i, w := range chosen {
			binary.LittleEndian.PutUint32(in[4*i:], w)
		}
		if err := words.Write(0, in); err != nil {
			t.Fatal(err)
		}
		launch("edges", 1)
		for i, w := range chosen {
			u := (float64(w) + 0.5) * 0x1p-32
			logarithm := math.Log(u)
			if u > 0.5 {
				logarithm = math.Log1p(-(float64(^w) + 0.5) * 0x1p-32)
			}
			sine, cosine := bigSincos(mul(scale(pi, 1), num(u)))
			for k, want := range []float64{math.Sqrt(-2 * logarithm), float(cosine), float(sine)} {
				if got := value(3*i + k); math.Abs(got-want) > tolerance*math.Abs(want) {
					t.Errorf("%d bits: word %#x, part %d: %v, want %v", bits, w, k, got, want)
				}
			}
		}
	}
}

// noiseLoop is how kernels draw: for all nodes at a time, from an array inside the loop.
const noiseLoop = `
KERNEL(normal4) {
	real *y = A->y;
	OWN(u32, word, 4);
	for (i64 k = 0; k < A->repeat; k++) {
		PHILOX(word, 1, 2, (u32)k, (u32)TEAM, 4);
		EACH(i) {
			const struct m_words words = { AT(word, 0, i), AT(word, 1, i), AT(word, 2, i), AT(word, 3, i) };
			real z[4];
			m_normals(words, z);
			if (i < NODES) { y[i] = z[0]; y[NODES + i] = z[1]; y[2 * NODES + i] = z[2]; y[3 * NODES + i] = z[3]; }
		}
	}
}
`

// The words of all nodes at once are those of Philox, for every number of nodes that vectors of a kind hold or do not.
func TestWordsOfAllNodes(t *testing.T) {
	const teams = 3
	for _, bits := range []int{32, 64} {
		for _, nodes := range []int{1, 2, 3, 5, 8, 9, 17, 68} {
			d := openDevice(t, cpu.Options{CacheDir: cacheOfRun})
			p, err := d.Build(context.Background(), device.Source{Name: "words", Text: numerics(t) + noiseKernels, Precision: bits, Nodes: nodes})
			if err != nil {
				t.Fatal(err)
			}
			words, _ := d.Alloc(teams * nodes * 4 * 4)
			if err := p.Launch(context.Background(), "each", teams, words, words); err != nil {
				t.Fatal(err)
			}
			raw := make([]byte, words.Size())
			if err := words.Read(0, raw); err != nil {
				t.Fatal(err)
			}
			for i := range teams * nodes {
				want := philox.Block([2]uint32{7, 11}, [4]uint32{0xfffffff0, uint32(i / nodes), uint32(i % nodes), 1})
				for j, word := range want {
					if got := binary.LittleEndian.Uint32(raw[4*(4*i+j):]); got != word {
						t.Fatalf("%d bits, %d nodes: word %d of node %d, team %d is %#x, want %#x", bits, nodes, j, i%nodes, i/nodes, got, word)
					}
				}
			}
		}
	}
}
