package sim_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"syscall"
	"testing"

	"brainsweep/codegen"
	"brainsweep/cpu/simt"
	"brainsweep/device"
	"brainsweep/sim"
)

const twoRings = `
title = "two linear decays"
coupled = ["x", "y"]
equations = '''
d(x) = gamma*x + c0
d(y) = gamma*y + c1
'''
[states]
x = { range = [0.0, 1.0] }
y = { range = [0.0, 1.0] }
[parameters]
gamma = { value = -0.5 }
`

// tangle is a network in which a pair is connected with a probability, after a delay of low to high steps of length 1
// at speed 1.
func tangle(n int, density float64, low, high int) (weights, lengths [][]float64) {
	r := rand.New(rand.NewPCG(uint64(n), uint64(high)))
	weights, lengths = alone(n)
	for i := range n {
		for j := range n {
			lengths[i][j] = float64(low + r.IntN(high-low+1))
			if r.Float64() < density {
				weights[i][j] = r.Float64() / float64(n)
			}
		}
	}
	return weights, lengths
}

// TestDelaysOfEveryLength: whatever mixture of delays a network has, Euler's x' = x + h (gamma x + a sum_j w_ij x_j(t - d_ij))
// comes out as a plain loop over all pairs has it, for two states that travel; with the same bytes whatever the length
// of epochs, and to rounding by teams of several threads.
func TestDelaysOfEveryLength(t *testing.T) {
	const h, gamma, a, steps = 1.0, -0.1, 0.15, 50
	m, c := parse(t, "decays", twoRings), coupling(t, "linear")
	dev := open(t, 1)
	team, err := simt.Open(3)
	if err == nil {
		defer team.Close()
	}
	for _, of := range []struct {
		nodes     int
		density   float64
		low, high int
		team      bool
	}{
		{1, 1, 0, 0, false}, {2, 1, 1, 1, false}, {5, 1, 0, 20, false}, {19, 0.4, 0, 14, true}, {19, 1, 0, 0, true}, {37, 0.5, 0, 40, false},
		{37, 0.9, 3, 3, false}, {68, 0.3, 0, 2, false}, {68, 0.3, 3, 15, false}, {68, 0.02, 0, 5, false}, {68, 0.02, 0, 0, false},
	} {
		t.Run(fmt.Sprintf("%d nodes, density %v, %d to %d steps", of.nodes, of.density, of.low, of.high), func(t *testing.T) {
			weights, lengths := tangle(of.nodes, of.density, of.low, of.high)
			study := &sim.Study{
				Spec: codegen.Spec{Title: "delays", Model: m, Coupling: c, Scheme: scheme(t, "euler"), Precision: 64, Nodes: of.nodes,
					Streams: []codegen.Stream{every(1, "x", "y")}},
				Step: h, Steps: steps,
			}
			point := sim.Point{
				Value:  values(m, c, h, map[string]float64{"gamma": gamma, "coupling.a": a, "coupling.b": 0}),
				Wiring: wiring(t, network(weights, lengths), 1, h),
			}
			for i := range 2 * of.nodes {
				point.Initial = append(point.Initial, 1+float64(i%5))
			}
			want := [2][][]float64{
				decays(point.Initial[:of.nodes], weights, lengths, h, gamma, a, steps),
				decays(point.Initial[of.nodes:], weights, lengths, h, gamma, a, steps),
			}
			var first kept
			for _, epoch := range []int64{steps, 1, 3, 21} {
				have := inEpochs(t, dev, study, point, epoch)
				if first == nil {
					first = have
				}
				for q := range want {
					key := [3]int{0, 0, q}
					if far := farthest(have[key], want[q][1:]); far > 1e-14*steps {
						t.Errorf("epochs of %d, quantity %d: off by %.2g", epoch, q, far)
					}
					if !reflect.DeepEqual(have[key], first[key]) {
						t.Errorf("epochs of %d, quantity %d: other bytes", epoch, q)
					}
				}
			}
			if of.team && team != nil {
				for q, have := range inEpochs(t, team, study, point, 7) {
					if far := farthest(have, want[q[2]][1:]); far > 1e-14*steps {
						t.Errorf("a team of threads, quantity %d: off by %.2g", q[2], far)
					}
				}
			}
		})
	}
}

// decays is a state's course, from the plain formula.
func decays(initial []float64, weights, lengths [][]float64, h, gamma, a float64, steps int) [][]float64 {
	x := [][]float64{initial}
	for s := range steps {
		next := make([]float64, len(initial))
		for i := range next {
			input := 0.0
			for j, weight := range weights[i] {
				input += weight * x[max(0, s-int(lengths[i][j]))][j]
			}
			next[i] = x[s][i] + h*(gamma*x[s][i]+a*input)
		}
		x = append(x, next)
	}
	return x
}

// inEpochs runs a point in epochs of a length.
func inEpochs(t *testing.T, dev device.Device, study *sim.Study, point sim.Point, epoch int64) kept {
	t.Helper()
	r, err := sim.NewRunner(context.Background(), dev, study)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.SetEpoch(epoch)
	k, sink := keeper(study.Nodes)
	if _, err := r.Run(context.Background(), []sim.Point{point}, sink, sim.Pace{}); err != nil {
		t.Fatal(err)
	}
	return k
}

// farthest is the largest relative difference of two series.
func farthest(a, b [][]float64) float64 {
	far := 0.0
	if len(a) != len(b) {
		return math.Inf(1)
	}
	for s := range a {
		for i := range a[s] {
			far = max(far, relative(a[s][i], b[s][i], 0))
		}
	}
	return far
}

// TestColumnsPay: what the cost of edges and columns chooses is not far from the better of all columns and none, in
// processor time. Where it is wrong one of the two takes from twice to ten times as long. A machine that is busy with other
// things, or has other caches, may measure something else, so nobody has to pass it who does not ask for it.
func TestColumnsPay(t *testing.T) {
	if os.Getenv("BRAINSWEEP_SLOW") == "" {
		t.Skip("measures; BRAINSWEEP_SLOW=1 asks for it")
	}
	const turns, slack = 4, 1.5
	m, c := parse(t, "decays", twoRings), coupling(t, "linear")
	dev := open(t, 1)
	for _, of := range []struct {
		nodes     int
		density   float64
		low, high int
	}{
		{68, 0.28, 0, 0}, {68, 0.05, 0, 0}, {68, 0.28, 1, 2}, {68, 0.28, 0, 14}, {68, 1, 5, 5}, {300, 0.2, 0, 0}, {300, 0.02, 0, 3},
	} {
		weights, lengths := tangle(of.nodes, of.density, of.low, of.high)
		brain := network(weights, lengths)
		study := &sim.Study{
			Spec: codegen.Spec{Title: "columns", Model: m, Coupling: c, Scheme: scheme(t, "euler"), Precision: 32, Nodes: of.nodes,
				Streams: []codegen.Stream{every(1000, "x", "y")}},
			Step: 1, Steps: int64(1_000_000 / of.nodes),
		}
		r, err := sim.NewRunner(context.Background(), dev, study)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		point := sim.Point{
			Value:   values(m, c, 1, map[string]float64{"gamma": -0.2, "coupling.a": 0.1, "coupling.b": 0}),
			Initial: constant(of.nodes, 1, 1),
		}
		all, err := sim.NewWiringBy(brain, 1, 1, true)
		if err != nil {
			t.Fatal(err)
		}
		none, err := sim.NewWiringBy(brain, 1, 1, false)
		if err != nil {
			t.Fatal(err)
		}
		wirings := []*sim.Wiring{wiring(t, brain, 1, 1), all, none}
		least := []float64{math.Inf(1), math.Inf(1), math.Inf(1)}
		for range turns {
			for i, w := range wirings {
				point.Wiring = w
				_, sink := keeper(of.nodes)
				began := processorTime(t)
				if _, err := r.Run(context.Background(), []sim.Point{point}, sink, sim.Pace{}); err != nil {
					t.Fatal(err)
				}
				least[i] = min(least[i], processorTime(t)-began)
			}
		}
		t.Logf("%v: %.3g s as chosen, %.3g s in columns, %.3g s without", of, least[0], least[1], least[2])
		if best := min(least[1], least[2]); least[0] > slack*best {
			t.Errorf("%v: the choice is not the better one", of)
		}
	}
}

// processorTime is what this process has had [s].
func processorTime(t testing.TB) float64 {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9
}
