package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/device"
	"brainsweep/metrics"
	"brainsweep/model"
	"brainsweep/model/expr"
	"brainsweep/sim"
)

// brain is adex2 on a synthetic brain with everything on: delays, coloured noise, averages, BOLD, moments with pairs.
func brain(t testing.TB, precision int, points int) (*sim.Study, []sim.Point) {
	t.Helper()
	const nodes, step = 20, 0.1
	m, c, balloon := fromLibrary(t, "adex2"), coupling(t, "linear"), fromLibrary(t, "balloon")
	averages := stream(codegen.Average, 10, "E", "I")
	averages.Pairs = true
	for i := range averages.Quantities {
		averages.Quantities[i].Moments = true
	}
	study := &sim.Study{
		Spec: codegen.Spec{Title: "brain", Model: m, Coupling: c, Scheme: scheme(t, "heun"), Precision: precision, Nodes: nodes,
			Noisy: []string{"ou"}, Coloured: []string{"ou"}, Streams: []codegen.Stream{averages, every(7, "W_e"), {
				Kind: codegen.Balloon, Period: 250, Every: 10, Drive: "E", Model: balloon, Scheme: scheme(t, "euler"),
				Quantities: []codegen.Quantity{{Name: "bold", Out: true, Moments: true}},
			}}},
		Step: step, Steps: 3003, Transient: 503,
	}
	brain, err := connectome.Synthetic(nodes)
	if err != nil {
		t.Fatal(err)
	}
	if brain, err = brain.Normalise("column"); err != nil {
		t.Fatal(err)
	}
	set := map[string]float64{"coupling.a": 0.3, "noise.ou": 1, "noise.ou.ntau": 3}
	for name, v := range m.Presets[0].Parameters {
		set[name] = v
	}
	var out []sim.Point
	for i := range points {
		mine := map[string]float64{"b_e": 10 * float64(i)}
		for name, v := range set {
			if _, own := mine[name]; !own {
				mine[name] = v
			}
		}
		for _, p := range balloon.Parameters {
			mine["bold."+p.Name] = p.Value
		}
		initial := constant(nodes, 0, 0, 0, 0, 0, 100, 0, 0)
		out = append(out, sim.Point{
			Value: values(m, c, step, mine), Initial: initial, BOLD: [][]float64{{0, 1, 1, 1}},
			Wiring: wiring(t, brain, []float64{1, 2, 4, 1e6}[i%4], step), Key: uint64(i) + 1,
		})
	}
	return study, out
}

// TestNothingShowsInTheBytes: how points are put into batches, on how many threads, in which order, beside which
// others, leaves every sample and every moment as it is, to the bit.
func TestNothingShowsInTheBytes(t *testing.T) {
	for _, precision := range []int{32, 64} {
		t.Run(fmt.Sprint(precision), func(t *testing.T) {
			study, points := brain(t, precision, 5)
			whole, moments := simulate(t, open(t, 1), study, points...)
			dev := open(t, 3)
			for i, p := range points {
				k, out := simulate(t, dev, study, p)
				for key, rows := range k {
					if !reflect.DeepEqual(rows, whole[[3]int{i, key[1], key[2]}]) {
						t.Errorf("point %d alone: stream %d, quantity %d differs", i, key[1], key[2])
					}
				}
				if !reflect.DeepEqual(out[0], moments[i]) {
					t.Errorf("point %d alone: other moments", i)
				}
			}
			reversed := []sim.Point{points[4], points[3], points[2], points[1], points[0]}
			_, backwards := simulate(t, dev, study, reversed...)
			for i := range points {
				if !reflect.DeepEqual(backwards[4-i], moments[i]) {
					t.Errorf("point %d in another order: other moments", i)
				}
			}
		})
	}
}

// TestEpochsDoNotShow runs the same steps in launches of every awkward length.
func TestEpochsDoNotShow(t *testing.T) {
	study, points := brain(t, 32, 2)
	dev := open(t, 1)
	want, moments := simulate(t, dev, study, points...)
	for _, epoch := range []int64{1, 3, 16, 17, 100, 1000} {
		r, err := sim.NewRunner(context.Background(), dev, study)
		if err != nil {
			t.Fatal(err)
		}
		r.SetEpoch(epoch)
		k, sink := keeper(study.Nodes)
		out, err := r.Run(context.Background(), points, sink, sim.Pace{})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(k, want) || !reflect.DeepEqual(out, moments) {
			t.Errorf("epochs of %d steps give other numbers", epoch)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestARunThatWasCutGoesOn cancels a run after each of its epochs and goes on from the state that it saved, on another
// device with other threads.
func TestARunThatWasCutGoesOn(t *testing.T) {
	study, points := brain(t, 32, 3)
	want, moments := simulate(t, open(t, 1), study, points...)
	have := kept{}
	var state *sim.State
	var out []sim.Outcome
	for cuts := 0; out == nil; cuts++ {
		r, err := sim.NewRunner(context.Background(), open(t, 1+cuts%2), study)
		if err != nil {
			t.Fatal(err)
		}
		r.SetEpoch(700)
		ctx, cancel := context.WithCancel(context.Background())
		before := state
		out, err = r.Run(ctx, points, have.sink(study.Nodes), sim.Pace{
			From: before, Progress: func(int64) { cancel() }, Save: func(s *sim.State) error { state = s; return nil },
		})
		cancel()
		if err != nil && (!errors.Is(err, context.Canceled) || state == before) {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		if cuts > 10 {
			t.Fatal("the run does not end")
		}
	}
	if !reflect.DeepEqual(have, want) || !reflect.DeepEqual(out, moments) {
		t.Error("a run in pieces gives other numbers")
	}
}

// TestMomentsAreThoseOfTheSamples compares the kernel's moments with those of the samples that it gave.
func TestMomentsAreThoseOfTheSamples(t *testing.T) {
	study, points := brain(t, 64, 1)
	k, out := simulate(t, open(t, 1), study, points...)
	for q := range 2 {
		series := metrics.NewSeries(study.Nodes, true)
		for _, row := range k[[3]int{0, 0, q}] {
			series.Add(row)
		}
		want, have := series.Moments(), out[0].Moments[[2]int{0, q}]
		if have.Count != want.Count || !reflect.DeepEqual(have.Min, want.Min) || !reflect.DeepEqual(have.Max, want.Max) || !reflect.DeepEqual(have.Shift, want.Shift) {
			t.Errorf("quantity %d: count, extremes or first sample differ", q)
		}
		const rounding = 1e-11 // relative to the spread: two orders of summation over some hundred samples
		for i := range study.Nodes {
			if math.Abs(have.Mean(i)-want.Mean(i)) > rounding*want.Std(i) || relative(have.Squares[i], want.Squares[i], 0) > rounding {
				t.Errorf("quantity %d, node %d: mean %g and squares %g, want %g and %g", q, i, have.Mean(i), have.Squares[i], want.Mean(i), want.Squares[i])
			}
		}
		scale := want.Squares[0]
		for p := range want.Products {
			if math.Abs(have.Products[p]-want.Products[p]) > rounding*scale {
				t.Errorf("quantity %d: product %d is %g, want %g", q, p, have.Products[p], want.Products[p])
			}
		}
	}
}

// TestSinglePrecisionFollowsDouble bounds what single precision costs while trajectories have not parted yet: noise
// has the same draws in both.
func TestSinglePrecisionFollowsDouble(t *testing.T) {
	double, points := brain(t, 64, 4)
	single, _ := brain(t, 32, 4)
	dev := open(t, 2)
	want, _ := simulate(t, dev, double, points...)
	have, _ := simulate(t, dev, single, points...)
	const allowed = 2e-4 // of the largest value of the series, after 300 ms
	for key, rows := range want {
		largest, worst := 0.0, 0.0
		for s, row := range rows {
			for i, v := range row {
				largest = math.Max(largest, math.Abs(v))
				worst = math.Max(worst, math.Abs(v-have[key][s][i]))
			}
		}
		t.Logf("point %d, stream %d, quantity %d: %.1e", key[0], key[1], key[2], worst/largest)
		if !(worst <= allowed*largest) {
			t.Errorf("point %d, stream %d, quantity %d: single differs by %.1e of the largest value", key[0], key[1], key[2], worst/largest)
		}
	}
}

// TestKernelComputesWhatTheModelSays compares one Euler step from random states with the interpreter's derivatives:
// with a step h as large as it takes, (x' - x)/h is the derivative itself.
func TestKernelComputesWhatTheModelSays(t *testing.T) {
	dev := open(t, 1)
	for _, name := range []string{"adex1", "adex2", "kuramoto", "wongwang", "generic2d"} {
		for _, precision := range []int{32, 64} {
			t.Run(fmt.Sprintf("%s/%d", name, precision), func(t *testing.T) { compareDerivatives(t, dev, name, precision) })
		}
	}
}

func compareDerivatives(t *testing.T, dev device.Device, name string, precision int) {
	const nodes, h = 200, 1e9
	m, c := unbounded(fromLibrary(t, name)), coupling(t, "linear")
	var names []string
	for _, s := range m.States {
		names = append(names, s.Name)
	}
	weights, lengths := alone(nodes)
	study := &sim.Study{
		Spec: codegen.Spec{Title: name, Model: m, Coupling: c, Scheme: scheme(t, "euler"), Precision: precision, Nodes: nodes,
			PerNode: []string{"coupling.b"}, Streams: []codegen.Stream{every(1, names...)}},
		Step: h, Steps: 1,
	}
	random := rand.New(rand.NewPCG(1, 2))
	state := make([]float64, len(names)*nodes)
	for j, s := range m.States {
		for i := range nodes {
			state[j*nodes+i] = s.Low + (s.High-s.Low)*random.Float64()
			if precision == 32 {
				state[j*nodes+i] = float64(float32(state[j*nodes+i]))
			}
		}
	}
	input := func(node int) float64 { return float64(float32(1e-3 * math.Sin(float64(node)))) }
	value := values(m, c, h, nil)
	point := sim.Point{
		Value: value, NodeValue: func(_ string, node int) float64 { return input(node) },
		Initial: state, Wiring: wiring(t, network(weights, lengths), 1, h),
	}
	k, _ := simulate(t, dev, study, point)
	dyn, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	scale, worst := make([]float64, len(names)), 0.0
	want := make([][]float64, nodes)
	for i := range nodes {
		want[i] = expr.Eval(dyn.Derivatives, func(leaf string) float64 {
			for j, n := range names {
				if n == leaf {
					return state[j*nodes+i]
				}
			}
			if leaf == "c0" {
				return input(i)
			}
			return value(leaf)
		})
		for j, v := range want[i] {
			scale[j] = math.Max(scale[j], math.Abs(v))
		}
	}
	for i := range nodes {
		for j := range names {
			have := (k[[3]int{0, 0, j}][0][i] - state[j*nodes+i]) / h
			if e := relative(have, want[i][j], scale[j]); !(e <= worst) {
				worst = e
			}
		}
	}
	// Relative to the largest derivative of the state: some hundred operations, of which a few cancel.
	allowed := map[int]float64{32: 2e-4, 64: 1e-12}[precision]
	t.Logf("largest difference %.1e", worst)
	if !(worst <= allowed) {
		t.Errorf("differs by %.1e from the interpreter, allowed are %.0e", worst, allowed)
	}
}

// unbounded is a model without hard bounds, which one huge step would run into.
func unbounded(m *model.Model) *model.Model {
	out := *m
	out.States = append([]model.State(nil), m.States...)
	for j := range out.States {
		out.States[j].Min, out.States[j].Max = math.Inf(-1), math.Inf(1)
	}
	return &out
}
