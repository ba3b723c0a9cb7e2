package cpu_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"brainsweep/cpu"
	"brainsweep/device"
)

// numerics is the text of codegen/kernel/math*.c.
func numerics(t testing.TB) string {
	t.Helper()
	var text strings.Builder
	for _, name := range []string{"math32.c", "math64.c", "math_functions.c", "math_noise.c"} {
		b, err := os.ReadFile("../codegen/kernel/" + name)
		if err != nil {
			t.Fatal(err)
		}
		text.Write(b)
	}
	return text.String()
}

// block is how many numbers a team of a map kernel takes.
const block = 4096

var unary = []string{"exp", "exp_neg_square", "expm1", "sinh", "cosh", "tanh", "log", "erfc", "erf", "sin", "cos", "tan",
	"asin", "acos", "atan", "sqrt", "floor", "ceil", "sign", "abs"}
var binary2 = []string{"pow", "atan2", "mod", "min", "max"}

// mapKernels is a source with a kernel for each function: y[i] = m_f(x[i]) or m_f(x[i], z[i]).
func mapKernels(t testing.TB) string {
	text := numerics(t) + "struct args { const real *x, *z; real *y; i64 repeat; };\n"
	head := "KERNEL(%s) { const real *x = A->x + TEAM * NODES, *z = A->z + TEAM * NODES; real *y = A->y + TEAM * NODES; for (i64 k = 0; k < A->repeat; k++) EACH(i) "
	for _, f := range unary {
		text += fmt.Sprintf(head+"y[i] = m_%s(x[i]); }\n", f, f)
	}
	for _, f := range binary2 {
		text += fmt.Sprintf(head+"y[i] = m_%s(x[i], z[i]); }\n", f, f)
	}
	text += fmt.Sprintf(head+"{ real s, c; m_sincos(x[i], &s, &c); y[i] = s; } }\n", "sine")
	text += fmt.Sprintf(head+"{ real s, c; m_sincos(x[i], &s, &c); y[i] = c; } }\n", "cosine")
	text += fmt.Sprintf(head+"y[i] = m_erfc_ex(x[i], z[i]); }\n", "erfc_ex")
	return text
}

// mapper calls map kernels on slices.
type mapper struct {
	t       testing.TB
	p       device.Program
	bits    int
	x, z, y device.Buffer
	raw     []byte
	most    int
}

func newMapper(t testing.TB, bits, most int) *mapper {
	return newMapperFor(t, "", bits, most)
}

// newMapperFor compiles for an instruction set; "" is this machine's.
func newMapperFor(t testing.TB, isa string, bits, most int) *mapper {
	d := openDevice(t, cpu.Options{CacheDir: cacheOfRun, ISA: isa})
	p, err := d.Build(context.Background(), device.Source{Name: "math", Text: mapKernels(t), Precision: bits, Nodes: block})
	if err != nil {
		t.Fatal(err)
	}
	most = (most + block - 1) / block * block
	m := &mapper{t: t, p: p, bits: bits, most: most, raw: make([]byte, most*bits/8)}
	for _, b := range []*device.Buffer{&m.x, &m.z, &m.y} {
		if *b, err = d.Alloc(most * bits / 8); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func (m *mapper) put(b device.Buffer, x []float64) {
	for i, v := range x {
		if m.bits == 32 {
			binary.LittleEndian.PutUint32(m.raw[4*i:], math.Float32bits(float32(v)))
		} else {
			binary.LittleEndian.PutUint64(m.raw[8*i:], math.Float64bits(v))
		}
	}
	if err := b.Write(0, m.raw[:len(x)*m.bits/8]); err != nil {
		m.t.Fatal(err)
	}
}

// call gives f(x) or f(x, z).
func (m *mapper) call(f string, x, z []float64) []float64 {
	m.t.Helper()
	m.put(m.x, x)
	if z != nil {
		m.put(m.z, z)
	}
	if err := m.p.Launch(context.Background(), f, (len(x)+block-1)/block, m.x, m.z, m.y, int64(1)); err != nil {
		m.t.Fatal(err)
	}
	if err := m.y.Read(0, m.raw); err != nil {
		m.t.Fatal(err)
	}
	y := make([]float64, len(x))
	for i := range y {
		if m.bits == 32 {
			y[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(m.raw[4*i:])))
		} else {
			y[i] = math.Float64frombits(binary.LittleEndian.Uint64(m.raw[8*i:]))
		}
	}
	return y
}

// Limits of single precision.
const (
	leastNormal = 0x1p-126
	mostSingle  = math.MaxFloat32
)

// ulps32 is the distance of got from want in units of want's last place. What overflows may be infinite, and what lies
// below 16 times the least normal number may be anything as small: then the distance is 0.
func ulps32(got, want float64) float64 {
	switch {
	case math.IsNaN(want) || math.IsNaN(got):
		if math.IsNaN(want) && math.IsNaN(got) {
			return 0
		}
		return math.Inf(1)
	case math.Abs(want) < 16*leastNormal:
		if math.Abs(got) < 16*leastNormal*(1+1e-6) {
			return 0
		}
		return math.Inf(1)
	case math.Abs(want) > mostSingle*(1-1e-7):
		if math.Abs(got) > mostSingle*(1-1e-6) && (got > 0) == (want > 0) {
			return 0
		}
		return math.Inf(1)
	}
	_, e := math.Frexp(want)
	return math.Abs(got-want) / math.Ldexp(1, e-24)
}

// bounded is a function of one argument with its reference in double and the bounds of its error.
type bounded struct {
	kernel         string
	want           func(float64) float64
	single, double float64 // ulp
	within         float64 // the bounds hold for |x| up to this; 0: everywhere
}

func functions() []bounded {
	return []bounded{
		{"exp", math.Exp, 1.1, 1.1, 0},
		{"exp_neg_square", func(x float64) float64 { return math.Exp(-x * x) }, 1.25, 1.25, 0},
		{"expm1", math.Expm1, 2, 2, 0},
		{"sinh", math.Sinh, 3, 3, 0},
		{"cosh", math.Cosh, 2, 2, 0},
		{"tanh", math.Tanh, 2.7, 2.7, 0},
		{"log", math.Log, 1, 1, 0},
		{"erfc", math.Erfc, 4, 4, 0},
		{"erf", math.Erf, 1.2, 1.2, 0},
		{"sin", math.Sin, 2.1, 2.1, 1e5},
		{"cos", math.Cos, 2.1, 2.1, 1e5},
		{"sine", math.Sin, 2, 2, 1e5},
		{"cosine", math.Cos, 2, 2, 1e5},
		{"tan", math.Tan, 4, 4, 1e5},
		{"asin", math.Asin, 3, 3, 0},
		{"acos", math.Acos, 3, 3, 0},
		{"atan", math.Atan, 3, 3, 0},
		{"sqrt", math.Sqrt, 0.5, 0.5, 0},
		{"floor", math.Floor, 0, 0, 0},
		{"ceil", math.Ceil, 0, 0, 0},
		{"abs", math.Abs, 0, 0, 0},
	}
}

// In single precision the bounds hold for every argument there is (BRAINSWEEP_SLOW=1), or for one in 4099.
// A denormal argument counts as 0.
func TestSingleBounds(t *testing.T) {
	stride := uint64(4099)
	if os.Getenv("BRAINSWEEP_SLOW") != "" {
		stride = 1
	}
	const batch = 1 << 20
	m := newMapper(t, 32, batch)
	x := make([]float64, 0, batch)
	for _, f := range functions() {
		t.Run(f.kernel, func(t *testing.T) {
			var worst extreme
			x = x[:0]
			for b := uint64(0); b < 1<<32; b += stride {
				v := float64(math.Float32frombits(uint32(b)))
				if v != 0 && math.Abs(v) < leastNormal || f.within != 0 && math.Abs(v) > f.within {
					continue
				}
				if x = append(x, v); len(x) == batch {
					worst.add(f, x, m.call(f.kernel, x, nil), ulps32)
					x = x[:0]
				}
			}
			worst.add(f, x, m.call(f.kernel, x, nil), ulps32)
			t.Logf("%.3f ulp at %v", worst.ulps, worst.at)
			if worst.ulps > f.single {
				t.Errorf("%s(%v): %v ulp, the bound is %v", f.kernel, worst.at, worst.ulps, f.single)
			}
		})
	}
}

// extreme is the largest error seen.
type extreme struct {
	ulps, at float64
}

// add compares results with the reference, on all cores.
func (e *extreme) add(f bounded, x, got []float64, ulps func(got, want float64) float64) {
	parts := make([]extreme, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for p := range parts {
		wait.Go(func() {
			for i := p; i < len(x); i += len(parts) {
				if d := ulps(got[i], f.want(x[i])); d > parts[p].ulps {
					parts[p] = extreme{d, x[i]}
				}
			}
		})
	}
	wait.Wait()
	for _, part := range parts {
		if part.ulps > e.ulps {
			*e = part
		}
	}
}
