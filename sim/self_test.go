package sim_test

import (
	"context"
	"math"
	"testing"

	"brainsweep/codegen"
	"brainsweep/sim"
)

// TestNodesDriveThemselvesWithoutDelay: a node whose only connection is an undelayed one with itself obeys Euler's
// x' = x (1 + h (gamma + a w)), whatever the length of epochs; its neighbour has no such connection.
func TestNodesDriveThemselvesWithoutDelay(t *testing.T) {
	const h, gamma, a, w, steps = 0.1, -0.5, 0.25, 1.5, 40
	m, c := parse(t, "decay", decay), coupling(t, "linear")
	weights, lengths := alone(2)
	weights[0][0] = w
	study := &sim.Study{
		Spec: codegen.Spec{Title: "self", Model: m, Coupling: c, Scheme: scheme(t, "euler"), Precision: 64, Nodes: 2,
			Streams: []codegen.Stream{every(1, "x")}},
		Step: h, Steps: steps,
	}
	point := sim.Point{
		Value: values(m, c, h, map[string]float64{"gamma": gamma, "coupling.a": a, "coupling.b": 0}), Initial: []float64{1, 1},
		Wiring: wiring(t, network(weights, lengths), 4, h),
	}
	if have := point.Wiring.Edges(); have != 1 {
		t.Errorf("%d edges, want 1", have)
	}
	r, err := sim.NewRunner(context.Background(), open(t, 1), study)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, epoch := range []int64{1, 7, steps} {
		r.SetEpoch(epoch)
		k, sink := keeper(2)
		if _, err := r.Run(context.Background(), []sim.Point{point}, sink, sim.Pace{}); err != nil {
			t.Fatal(err)
		}
		for s, row := range k[[3]int{0, 0, 0}] {
			for node, rate := range []float64{gamma + a*w, gamma} {
				if want := math.Pow(1+h*rate, float64(s+1)); relative(row[node], want, 0) > 1e-14*steps {
					t.Fatalf("epochs of %d: node %d is %v after step %d, want %v", epoch, node, row[node], s+1, want)
				}
			}
		}
	}
}
