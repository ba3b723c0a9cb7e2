package devicetest

import (
	"math"
	"testing"

	"brainsweep/device"
)

// Arguments arrive in the order of the struct, whatever their kinds.
func arguments(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 first; double *out; double second; const float *in; i64 third; double fourth; };
KERNEL(report) {
	ONCE {
		A->out[0] = (double)A->first;
		A->out[1] = A->second;
		A->out[2] = (double)A->third;
		A->out[3] = A->fourth;
		A->out[4] = A->in[1];
	}
}
KERNEL(same) { ONCE A->out[0] = (const float *)A->out == A->in; }
`
	p := build(t, d, "arguments", kernel, 32, 5)
	out, in := alloc(t, d, 5*8), alloc(t, d, 8)
	setReals(t, in, 32, []float64{1, 6.5})
	launch(t, p, "report", 1, int64(-7), out, math.Pi, in, int64(1)<<52, math.Inf(-1))
	want := []float64{-7, math.Pi, 1 << 52, math.Inf(-1), 6.5}
	for i, got := range reals(t, out, 64) {
		if got != want[i] {
			t.Errorf("argument %d arrived as %v, want %v", i, got, want[i])
		}
	}
	launch(t, p, "same", 1, int64(0), out, 0.0, out, int64(0), 0.0)
	if reals(t, out, 64)[0] != 1 {
		t.Error("one buffer in two places is not the same")
	}
}

func argumentMistakes(t *testing.T, d device.Device) {
	const kernel = `struct args { i64 *out; i64 n; }; KERNEL(store) { ONCE A->out[0] = A->n; }`
	p := build(t, d, "mistakes", kernel, 32, 5)
	out := alloc(t, d, 8)
	for name, args := range map[string][]any{
		"too few": {out}, "too many": {out, int64(1), int64(2)}, "an int": {out, 1}, "a float32": {out, float32(1)}, "nil": {nil, int64(1)},
		"a slice": {[]byte{1}, int64(1)}, "a string": {"x", int64(1)},
	} {
		if p.Launch(background, "store", 1, args...) == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if p.Launch(background, "nothing", 1, out, int64(1)) == nil {
		t.Error("a kernel that does not exist is launched")
	}
	if p.Launch(background, "store", -1, out, int64(1)) == nil {
		t.Error("a negative number of teams is launched")
	}
	launch(t, p, "store", 0, out, int64(3))
	if int64s(t, out)[0] != 0 {
		t.Error("no teams, and yet one ran")
	}
	launch(t, p, "store", 1, out, int64(4))
	if int64s(t, out)[0] != 4 {
		t.Error("after mistakes nothing runs")
	}
}

// Every team runs once.
func teams(t *testing.T, d device.Device) {
	const kernel = `struct args { i64 *count; }; KERNEL(count) { ONCE A->count[TEAM] += 1 + TEAM; }`
	p := build(t, d, "teams", kernel, 32, 4)
	for _, n := range []int{1, 2, 3, 64, 1000, 10007} {
		b := alloc(t, d, 8*(n+1))
		launch(t, p, "count", n, b)
		for i, got := range int64s(t, b) {
			want := int64(i + 1)
			if i == n {
				want = 0
			}
			if got != want {
				t.Fatalf("of %d teams, team %d left %d, want %d", n, i, got, want)
			}
		}
	}
}

// Types and constants are what the contract says.
func words(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 *out; };
KERNEL(sizes) {
	ONCE {
		A->out[0] = sizeof(real); A->out[1] = sizeof(i32); A->out[2] = sizeof(u32); A->out[3] = sizeof(i64); A->out[4] = sizeof(u64);
		A->out[5] = sizeof(ireal); A->out[6] = sizeof(ureal); A->out[7] = PRECISION; A->out[8] = NODES; A->out[9] = PAD;
		A->out[10] = (u32)-1 > 0; A->out[11] = (ureal)-1 > 0; A->out[12] = (ireal)-1 < 0; A->out[13] = (i64)BITS((real)1); A->out[14] = REAL_OF(BITS((real)-2.5)) == (real)-2.5;
	}
}`
	precisions(t, func(t *testing.T, bits int) {
		for _, nodes := range []int{1, 2, 3, 5, 8, 17, 68, 333} {
			p := build(t, d, "words", kernel, bits, nodes)
			b := alloc(t, d, 15*8)
			launch(t, p, "sizes", 1, b)
			got := int64s(t, b)
			one := int64(0x3f800000)
			if bits == 64 {
				one = 0x3ff0000000000000
			}
			size := int64(bits / 8)
			want := []int64{size, 4, 4, 8, 8, size, size, int64(bits), int64(nodes), got[9], 1, 1, 1, one, 1}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%d nodes: word %d is %d, want %d", nodes, i, got[i], want[i])
				}
			}
			if pad := int(got[9]); pad < nodes || pad > nodes+64 {
				t.Errorf("PAD is %d for %d nodes", pad, nodes)
			}
		}
	})
}

// EACH and EACH_OF visit every node once, and the same member has the same node in both.
func each(t *testing.T, d device.Device) {
	const kernel = `
struct args { real *out; i64 n; };
KERNEL(visit) {
	OWN(real, seen, 2);
	EACH(i) { AT(seen, 0, i) = 0; AT(seen, 1, i) = (real)i; }
	EACH(i) AT(seen, 0, i) += 1;
	EACH_OF(i, NODES) { AT(seen, 0, i) += 10; A->out[i] = AT(seen, 0, i) + 100 * AT(seen, 1, i); }
	EACH(i) if (i < NODES) A->out[NODES + i] += 1;
}
KERNEL(some) { EACH_OF(i, A->n) A->out[i] += 1; }
`
	precisions(t, func(t *testing.T, bits int) {
		for _, nodes := range []int{1, 2, 7, 68, 100, 1000} {
			p := build(t, d, "each", kernel, bits, nodes)
			b := alloc(t, d, 2*nodes*bits/8)
			launch(t, p, "visit", 1, b, int64(0))
			for i, got := range reals(t, b, bits) {
				want := 11 + 100*float64(i)
				if i >= nodes {
					want = 1
				}
				if got != want {
					t.Fatalf("%d nodes: element %d is %v, want %v", nodes, i, got, want)
				}
			}
			for _, n := range []int{0, 1, nodes, 2*nodes - 1} {
				b := alloc(t, d, 2*nodes*bits/8)
				launch(t, p, "some", 1, b, int64(n))
				for i, got := range reals(t, b, bits) {
					if want := i < n; (got == 1) != want || got != 0 && got != 1 {
						t.Fatalf("EACH_OF(i, %d) ran %v times for i = %d", n, got, i)
					}
				}
			}
		}
	})
}

// LANES goes along an array inside one member, arrays of its own included.
func lanes(t *testing.T, d device.Device) {
	const kernel = `
struct args { const real *in; real *out; };
KERNEL(sum) {
	EACH_OF(i, NODES) {
		real sum[16];
		LANES(k, 16) sum[k] = (real)k;
		for (i32 r = 0; r < 3; r++) LANES(k, 16) sum[k] = FMA((real)r, A->in[i * 16 + k], sum[k]);
		LANES(k, 16) A->out[i * 16 + k] = sum[k];
	}
}`
	precisions(t, func(t *testing.T, bits int) {
		const nodes = 11
		p := build(t, d, "lanes", kernel, bits, nodes)
		in, out := alloc(t, d, nodes*16*bits/8), alloc(t, d, nodes*16*bits/8)
		x := make([]float64, nodes*16)
		for i := range x {
			x[i] = float64(i) / 4
		}
		setReals(t, in, bits, x)
		launch(t, p, "sum", 1, in, out)
		for i, got := range reals(t, out, bits) {
			if want := float64(i%16) + 3*x[i]; got != want {
				t.Fatalf("element %d is %v, want %v", i, got, want)
			}
		}
	})
}

// What is along its node is also among the other nodes' values after TURN, and back after TURN_BACK.
func turned(t *testing.T, d device.Device) {
	const kernel = `
struct args { real *there, *back; };
KERNEL(turn) {
	ALONG(real, along, 32);
	TURNED(beside, along, 32);
	EACH_OF(i, NODES) for (i32 j = 0; j < 32; j++) ALONG_AT(along, j, i) = (real)(100 * i + j);
	TURN(beside, along, 32);
	EACH_OF(i, NODES) for (i32 j = 0; j < 32; j++) A->there[i * 32 + j] = AT(beside, j, i);
	EACH(i) for (i32 j = 0; j < 32; j++) AT(beside, j, i) = AT(beside, j, i) + (real)0.5;
	TURN_BACK(along, beside, 32);
	EACH_OF(i, NODES) for (i32 j = 0; j < 32; j++) A->back[i * 32 + j] = ALONG_AT(along, j, i);
}`
	precisions(t, func(t *testing.T, bits int) {
		for _, nodes := range []int{1, 2, 3, 5, 9, 17, 68} {
			p := build(t, d, "turned", kernel, bits, nodes)
			there, back := alloc(t, d, nodes*32*bits/8), alloc(t, d, nodes*32*bits/8)
			launch(t, p, "turn", 1, there, back)
			returned := reals(t, back, bits)
			for i, got := range reals(t, there, bits) {
				if want := float64(100*(i/32) + i%32); got != want || returned[i] != want+0.5 {
					t.Fatalf("%d nodes: value %d of node %d is %v there and %v back, want %v and %v", nodes, i%32, i/32, got, returned[i], want, want+0.5)
				}
			}
		}
	})
}

// Values of a node stay with it, and teams do not see each other's.
func own(t *testing.T, d device.Device) {
	const kernel = `
struct args { real *out; i64 steps; };
KERNEL(count) {
	OWN(real, x, 3);
	OWN(u32, n, 1);
	EACH(i) { AT(x, 0, i) = (real)TEAM; AT(x, 1, i) = (real)i; AT(x, 2, i) = 0; AT(n, 0, i) = 0; }
	for (i64 k = 0; k < A->steps; k++) {
		EACH(i) {
			AT(x, 2, i) += AT(x, 0, i) + 2 * AT(x, 1, i);
			AT(n, 0, i) += 1;
		}
	}
	EACH_OF(i, NODES) A->out[TEAM * NODES + i] = AT(x, 2, i) + (real)AT(n, 0, i);
}`
	precisions(t, func(t *testing.T, bits int) {
		const nodes, teams, steps = 68, 37, 5
		p := build(t, d, "own", kernel, bits, nodes)
		b := alloc(t, d, teams*nodes*bits/8)
		launch(t, p, "count", teams, b, int64(steps))
		for i, got := range reals(t, b, bits) {
			if want := float64(steps * (i/nodes + 2*(i%nodes) + 1)); got != want {
				t.Fatalf("team %d, node %d: %v, want %v", i/nodes, i%nodes, got, want)
			}
		}
	})
}

// What members write to shared memory before SYNC, all see after it.
func shared(t *testing.T, d device.Device) {
	const kernel = `
struct args { real *x; i64 *aligned; };
KERNEL(reverse) {
	SHARED(real, line, NODES);
	SHARED(double, other, 3);
	EACH_OF(i, NODES) line[i] = A->x[TEAM * NODES + i];
	ONCE { A->aligned[TEAM] = ((i64)line | (i64)other) & 63; other[0] = 0.5; }
	SYNC;
	for (i32 round = 0; round < 5; round++) {
		OWN(real, mirrored, 1);
		EACH_OF(i, NODES) AT(mirrored, 0, i) = line[NODES - 1 - i];
		SYNC;
		EACH_OF(i, NODES) line[i] = AT(mirrored, 0, i);
		SYNC;
	}
	EACH_OF(i, NODES) A->x[TEAM * NODES + i] = line[i] + (real)other[0];
}`
	precisions(t, func(t *testing.T, bits int) {
		for _, nodes := range []int{1, 2, 68, 517} {
			const teams = 20
			p := build(t, d, "shared", kernel, bits, nodes)
			b, aligned := alloc(t, d, teams*nodes*bits/8), alloc(t, d, teams*8)
			x := make([]float64, teams*nodes)
			for i := range x {
				x[i] = float64(i)
			}
			setReals(t, b, bits, x)
			launch(t, p, "reverse", teams, b, aligned)
			for i, got := range reals(t, b, bits) {
				team, node := i/nodes, i%nodes
				if want := x[team*nodes+nodes-1-node] + 0.5; got != want {
					t.Fatalf("%d nodes: team %d, node %d: %v, want %v", nodes, team, node, got, want)
				}
			}
			for team, rest := range int64s(t, aligned) {
				if rest != 0 {
					t.Fatalf("team %d: shared memory is not aligned to 64 bytes", team)
				}
			}
		}
	})
}

// Shared memory of 40 kB, which every device has.
func largeShared(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 *out; };
KERNEL(sum) {
	SHARED(i32, line, 10000);
	EACH_OF(i, 10000) line[i] = i + (i32)TEAM;
	SYNC;
	ONCE {
		i64 sum = 0;
		for (i32 i = 0; i < 10000; i++) sum += line[i];
		A->out[TEAM] = sum;
	}
}`
	p := build(t, d, "large", kernel, 32, 68)
	const teams = 50
	b := alloc(t, d, teams*8)
	launch(t, p, "sum", teams, b)
	for team, got := range int64s(t, b) {
		if want := int64(9999*10000/2 + 10000*team); got != want {
			t.Fatalf("team %d: %d, want %d", team, got, want)
		}
	}
}

// ONCE runs once in a team; ANY tells all members what holds for one node, and leaves the padding out.
func onceAndAny(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 *out; i64 node; };
KERNEL(vote) {
	OWN(ureal, bad, 1);
	SHARED(i32, count, 1);
	EACH(i) AT(bad, 0, i) = i == A->node;
	ONCE count[0] = 0;
	SYNC;
	ONCE count[0] += 1;
	const i32 any = ANY(i, AT(bad, 0, i) != 0);
	const i32 none = ANY(i, AT(bad, 0, i) > 1);
	EACH_OF(i, NODES) A->out[TEAM * NODES + i] = 100 * any + 10 * none + count[0];
}`
	precisions(t, func(t *testing.T, bits int) {
		for _, nodes := range []int{1, 5, 68, 300} {
			p := build(t, d, "vote", kernel, bits, nodes)
			for _, node := range []int{-1, 0, nodes - 1, nodes} {
				b := alloc(t, d, 2*nodes*8)
				launch(t, p, "vote", 2, b, int64(node))
				want := int64(1)
				if node >= 0 && node < nodes {
					want = 101
				}
				for i, got := range int64s(t, b) {
					if got != want {
						t.Fatalf("%d nodes, one of them %d: node %d saw %d, want %d", nodes, node, i%nodes, got, want)
					}
				}
			}
		}
	})
}

// Thousands of nodes, with a value of each that lives through the kernel.
func manyNodes(t *testing.T, d device.Device) {
	const kernel = `
struct args { real *out; };
KERNEL(chain) {
	OWN(real, x, 20);
	EACH(i) for (i32 j = 0; j < 20; j++) AT(x, j, i) = (real)(i + j);
	EACH(i) for (i32 j = 1; j < 20; j++) AT(x, 0, i) += AT(x, j, i);
	EACH_OF(i, NODES) A->out[TEAM * NODES + i] = AT(x, 0, i);
}`
	precisions(t, func(t *testing.T, bits int) {
		const nodes, teams = 2003, 7
		p := build(t, d, "many", kernel, bits, nodes)
		b := alloc(t, d, teams*nodes*bits/8)
		launch(t, p, "chain", teams, b)
		for i, got := range reals(t, b, bits) {
			if want := float64(20*(i%nodes) + 190); got != want {
				t.Fatalf("node %d: %v, want %v", i%nodes, got, want)
			}
		}
	})
}
