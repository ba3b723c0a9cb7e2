package connectome_test

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"brainsweep/connectome"
	"brainsweep/connectome/connectometest"
	"brainsweep/fault"
)

func TestDelaysAreTVBs(t *testing.T) {
	for _, test := range []struct {
		file        string
		c           *connectome.Connectome
		speed, step float64
		horizon     int // as in the run's record
	}{
		{"toy2_speed4_step0.1.csv", connectometest.Toy2(), 4, 0.1, 26},
		{"toy2_speed4_step0.01.csv", connectometest.Toy2(), 4, 0.01, 251},
		{"syn10_speed4_step0.1.csv", connectometest.Syn10(), 4, 0.1, 161},
		{"syn10_speed4_step0.05.csv", connectometest.Syn10(), 4, 0.05, 321},
		{"syn10_speed1.5_step0.1.csv", connectometest.Syn10(), 1.5, 0.1, 428},
		{"syn10_speed3_step0.1.csv", connectometest.Syn10(), 3, 0.1, 214},
	} {
		delays, err := test.c.Delays(test.speed, test.step)
		if err != nil {
			t.Fatal(err)
		}
		for k, want := range connectometest.Numbers(t, filepath.Join("testdata", test.file)) {
			if float64(delays[k]) != want {
				t.Errorf("%s: pair %d: delay %d, want %g", test.file, k, delays[k], want)
			}
		}
		if longest, err := test.c.MaxDelay(test.speed, test.step); err != nil || longest != test.horizon-1 {
			t.Errorf("%s: longest delay %d (%v), want %d", test.file, longest, err, test.horizon-1)
		}
	}
}

func TestSyn10IsTVBs(t *testing.T) {
	c := connectometest.Syn10()
	for k, want := range connectometest.Numbers(t, "testdata/syn10_weights.csv") {
		// The order of the row sum decides the last bit.
		if math.Abs(c.Weights[k]-want) > 1e-15*want {
			t.Errorf("weight %d is %v, want %v", k, c.Weights[k], want)
		}
	}
	if want := connectometest.Numbers(t, "testdata/syn10_lengths.csv"); !slices.Equal(c.Lengths, want) {
		t.Errorf("lengths %v, want %v", c.Lengths, want)
	}
}

func TestDelayRoundsHalfToEven(t *testing.T) {
	for _, test := range []struct {
		length, speed, step float64
		want                int32
	}{
		{0, 4, 0.1, 0},
		{10, 4, 1, 2}, // 2.5
		{14, 4, 1, 4}, // 3.5
		{2, 4, 1, 0},  // 0.5
		{2.01, 4, 1, 1},
		{252.90276, 3, 0.1, 843},
	} {
		got, err := connectome.Delay(test.length, test.speed, test.step)
		if err != nil || got != test.want {
			t.Errorf("Delay(%g, %g, %g) = %d, %v; want %d", test.length, test.speed, test.step, got, err, test.want)
		}
	}
}

func TestDelayRefuses(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		length, speed, step float64
		want                string
	}{
		{10, 0, 0.1, "conduction speed 0 mm/ms is not above 0"},
		{10, -3, 0.1, "conduction speed -3 mm/ms is not above 0"},
		{10, nan, 0.1, "conduction speed NaN mm/ms is not above 0"},
		{10, 3, 0, "step 0 ms is not above 0"},
		{10, 3, nan, "step NaN ms is not above 0"},
		{100, 1e-9, 0.1, "a tract of 100 mm at 1e-09 mm/ms takes 1e+12 steps of 0.1 ms: more than can be kept"},
	} {
		_, err := connectome.Delay(test.length, test.speed, test.step)
		if err == nil || err.Error() != test.want || !fault.Is(err) {
			t.Errorf("Delay(%g, %g, %g): %v; want %s", test.length, test.speed, test.step, err, test.want)
		}
	}
	if _, err := connectometest.Toy2().Delays(0, 0.1); err == nil {
		t.Error("Delays takes a speed of 0")
	}
	if _, err := connectometest.Toy2().MaxDelay(3, -1); err == nil {
		t.Error("MaxDelay takes a negative step")
	}
}
