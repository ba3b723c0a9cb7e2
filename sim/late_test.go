package sim_test

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"brainsweep/codegen"
	"brainsweep/sim"
)

// lateBrain records the input of the brain as it is known, and with the state that it goes with: at every step, and in means.
func lateBrain(t *testing.T, points int) (*sim.Study, []sim.Point) {
	study, all := brain(t, 64, points)
	input := []codegen.Quantity{{Name: "c0", Out: true}}
	study.Streams = append(study.Streams,
		codegen.Stream{Kind: codegen.Sample, Period: 1, Quantities: input},
		codegen.Stream{Kind: codegen.Sample, Period: 1, Late: true, Quantities: input},
		codegen.Stream{Kind: codegen.Average, Period: 7, Late: true, Quantities: input})
	return study, all
}

// TestLateSamplesAreThoseOfTheNextStep: what goes with the state at t is what the step from t on gets.
func TestLateSamplesAreThoseOfTheNextStep(t *testing.T) {
	study, points := lateBrain(t, 1)
	k, _ := simulate(t, open(t, 1), study, points...)
	known, late, means := k[[3]int{0, 3, 0}], k[[3]int{0, 4, 0}], k[[3]int{0, 5, 0}]
	if !reflect.DeepEqual(late, known[1:]) {
		t.Error("late samples are not those of the step after")
	}
	count, _, _ := study.Samples(5)
	if int(count) != len(means) {
		t.Errorf("%d means are promised, %d came", count, len(means))
	}
	from := study.First(5) // of the means: the steps (from-1)*7+1 .. from*7
	for s, row := range means {
		for i, have := range row {
			want := 0.0
			for step := (from+int64(s)-1)*7 + 1; step <= (from+int64(s))*7; step++ {
				want += late[step-study.First(4)][i]
			}
			if relative(have, want/7, 1) > 1e-12 {
				t.Fatalf("mean %d of node %d is %v, the mean of the samples %v", s, i, have, want/7)
			}
		}
	}
}

// TestLateSamplesInPieces runs launches of every awkward length, and goes on from states that were saved.
func TestLateSamplesInPieces(t *testing.T) {
	study, points := lateBrain(t, 2)
	dev := open(t, 1)
	want, _ := simulate(t, dev, study, points...)
	for _, epoch := range []int64{1, 7, 16, 100} {
		r, err := sim.NewRunner(context.Background(), dev, study)
		if err != nil {
			t.Fatal(err)
		}
		r.SetEpoch(epoch)
		k, sink := keeper(study.Nodes)
		if _, err := r.Run(context.Background(), points, sink, sim.Pace{}); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(k, want) {
			t.Errorf("epochs of %d steps give other numbers", epoch)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	have := kept{}
	var state *sim.State
	for done := false; !done; {
		r, err := sim.NewRunner(context.Background(), dev, study)
		if err != nil {
			t.Fatal(err)
		}
		r.SetEpoch(700)
		ctx, cancel := context.WithCancel(context.Background())
		_, err = r.Run(ctx, points, have.sink(study.Nodes), sim.Pace{
			From: state, Progress: func(int64) { cancel() }, Save: func(s *sim.State) error { state = s; return nil },
		})
		cancel()
		if done = err == nil; err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(have, want) {
		t.Error("a run in pieces gives other numbers")
	}
}
