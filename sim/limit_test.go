package sim_test

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/sim"
)

// limitKernels are the parts of a step of kuramoto that nothing avoids, each in a loop of its own: the sine and the cosine
// of a phase; a draw; reading what 68 nodes hear, from rings that lie where a run has them; and storing what they send.
const limitKernels = `
struct args { real *rings, *out; const i32 *rows, *source, *delay; const real *weight; i64 slots, turns; };
enum { BLOCK = 16 };
KERNEL(sine) {
	OWN(real, x, 3);
	EACH(i) { AT(x, 0, i) = (real)0.1 * i; AT(x, 1, i) = AT(x, 2, i) = 0; }
	for (i64 k = 0; k < A->turns * BLOCK; k++) EACH(i) {
		real s, c;
		m_sincos(AT(x, 0, i) + (real)0.01 * (real)k, &s, &c);
		AT(x, 1, i) += s;
		AT(x, 2, i) += c;
	}
	EACH_OF(i, NODES) A->out[i] = AT(x, 1, i) + AT(x, 2, i);
}
KERNEL(draw) {
	OWN(u32, word, 4);
	OWN(real, z, 4);
	for (i64 k = 0; k < A->turns * BLOCK / 4; k++) {
		PHILOX(word, 1, 2, (u32)k, 3, 4);
		EACH(i) {
			const struct m_words words = { AT(word, 0, i), AT(word, 1, i), AT(word, 2, i), AT(word, 3, i) };
			real four[4];
			m_normals(words, four);
			AT(z, 0, i) = four[0]; AT(z, 1, i) = four[1]; AT(z, 2, i) = four[2]; AT(z, 3, i) = four[3];
		}
	}
	EACH_OF(i, NODES) A->out[i] = AT(z, 0, i);
}
KERNEL(reads) {
	const i64 row = A->slots + BLOCK;
	ALONG(real, in, 2 * BLOCK);
	for (i64 k = 0; k < A->turns; k++) EACH_OF(i, NODES) {
		real sum0[BLOCK], sum1[BLOCK];
		LANES(b, BLOCK) sum0[b] = sum1[b] = 0;
		for (i32 e = A->rows[i]; e < A->rows[i + 1]; e++) {
			const real *past = A->rings + A->source[e] * row + ((BLOCK * k - A->delay[e]) & (A->slots - 1));
			LANES(b, BLOCK) sum0[b] = FMA(A->weight[e], past[b], sum0[b]);
			LANES(b, BLOCK) sum1[b] = FMA(A->weight[e], past[b + NODES * row], sum1[b]);
		}
		LANES(b, BLOCK) ALONG_AT(in, b, i) = sum0[b];
		LANES(b, BLOCK) ALONG_AT(in, BLOCK + b, i) = sum1[b];
	}
	EACH_OF(i, NODES) A->out[i] = ALONG_AT(in, 0, i);
}
KERNEL(stores) {
	const i64 row = A->slots + BLOCK;
	for (i64 k = 0; k < A->turns; k++) EACH_OF(i, 2 * NODES)
		LANES(b, BLOCK) A->rings[i * row + ((BLOCK * k) & (A->slots - 1)) + b] = (real)k;
}
`

var limitParts = []string{"sine", "draw", "reads", "stores"}

// BenchmarkKuramoto sets the time of a node-step of kuramoto, with delays and noise and without any recording, beside the
// sum of the parts that nothing avoids. All take turns, in processor time, and the fastest turn of each counts:
// go test ./sim -run '^$' -bench Kuramoto -benchtime 30x
func BenchmarkKuramoto(b *testing.B) {
	for _, precision := range []int{32, 64} {
		b.Run(map[int]string{32: "single", 64: "double"}[precision], func(b *testing.B) {
			brain, err := connectome.Synthetic(68)
			if err != nil {
				b.Fatal(err)
			}
			if brain, err = brain.Normalise("column"); err != nil {
				b.Fatal(err)
			}
			l := newLimit(b, brain, precision)
			least := map[string]float64{"whole": math.Inf(1)}
			for _, part := range limitParts {
				least[part] = math.Inf(1)
			}
			b.ResetTimer()
			for range b.N {
				for part, cost := range least {
					least[part] = min(cost, l.turn(b, part))
				}
			}
			sum := 0.0
			for _, part := range limitParts {
				sum += least[part]
				b.ReportMetric(least[part], part+"-ns")
			}
			b.ReportMetric(sum, "limit-ns")
			b.ReportMetric(least["whole"], "whole-ns")
			b.ReportMetric(sum/least["whole"], "reached")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// limit has all that the turns need.
type limit struct {
	nodes  int
	parts  device.Program
	args   []any
	runner *sim.Runner
	point  sim.Point
}

const limitTurns = 2000 // blocks of steps in a turn

func newLimit(b *testing.B, brain *connectome.Connectome, precision int) *limit {
	const speed, step = 4, 0.1
	l := &limit{nodes: brain.N()}
	dev := open(b, 1)
	var text strings.Builder
	for _, name := range []string{"math32.c", "math64.c", "math_functions.c", "math_noise.c"} {
		part, err := os.ReadFile("../codegen/kernel/" + name)
		if err != nil {
			b.Fatal(err)
		}
		text.Write(part)
	}
	var err error
	if l.parts, err = dev.Build(context.Background(), device.Source{Name: "limit", Text: text.String() + limitKernels, Precision: precision, Nodes: l.nodes}); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.parts.Close() })
	l.args = l.wired(b, dev, brain, speed, step, precision/8)

	m, c := fromLibrary(b, "kuramoto"), coupling(b, "kuramoto")
	study := &sim.Study{
		Spec: codegen.Spec{Title: "limit", Model: m, Coupling: c, Scheme: scheme(b, "heun"), Precision: precision, Nodes: l.nodes, Noisy: []string{"theta"}},
		Step: step, Steps: limitTurns * codegen.Block,
	}
	if l.runner, err = sim.NewRunner(context.Background(), dev, study); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.runner.Close() })
	l.point = sim.Point{
		Value:   values(m, c, step, map[string]float64{"coupling.a": 1, "noise.theta": 1e-4}),
		Initial: constant(l.nodes, 1), Wiring: wiring(b, brain, speed, step), Key: 1,
	}
	return l
}

// wired puts rings, and the pairs whose delay covers a block, where kernels find them.
func (l *limit) wired(b *testing.B, dev device.Device, brain *connectome.Connectome, speed, step float64, size int) []any {
	delays, err := brain.Delays(speed, step)
	if err != nil {
		b.Fatal(err)
	}
	rows, sources, later, longest := []uint32{0}, []uint32{}, []uint32{}, 0
	for at, weight := range brain.Weights {
		if delay := int(delays[at]); weight != 0 && delay >= codegen.Block {
			sources, later = append(sources, uint32(at%l.nodes)), append(later, uint32(delay))
			longest = max(longest, delay)
		}
		if (at+1)%l.nodes == 0 {
			rows = append(rows, uint32(len(sources)))
		}
	}
	slots := codegen.Block
	for slots < longest+codegen.Block {
		slots *= 2
	}
	buffer := func(bytes int, words []uint32) device.Buffer {
		out, err := dev.Alloc(bytes)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { out.Free() })
		raw := []byte{}
		for _, w := range words {
			raw = binary.LittleEndian.AppendUint32(raw, w)
		}
		if err := out.Write(0, raw); err != nil {
			b.Fatal(err)
		}
		return out
	}
	return []any{
		buffer(2*l.nodes*(slots+codegen.Block)*size, nil), buffer(l.nodes*size, nil),
		buffer(4*len(rows), rows), buffer(4*len(sources), sources), buffer(4*len(later), later), buffer(len(sources)*size, nil),
		int64(slots), int64(limitTurns),
	}
}

// turn is the processor time that a part, or the whole, takes for a node-step [ns].
func (l *limit) turn(b *testing.B, part string) float64 {
	began := processorTime(b)
	var err error
	if part == "whole" {
		_, sink := keeper(l.nodes)
		_, err = l.runner.Run(context.Background(), []sim.Point{l.point}, sink, sim.Pace{})
	} else {
		err = l.parts.Launch(context.Background(), part, 1, l.args...)
	}
	if err != nil {
		b.Fatal(err)
	}
	return (processorTime(b) - began) * 1e9 / float64(limitTurns*codegen.Block*l.nodes)
}
