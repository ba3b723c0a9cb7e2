package sim_test

import (
	"math"
	"testing"

	"brainsweep/sim"
)

// sampled is a response at some values, the others as they are by default.
func sampled(t *testing.T, name string, values map[string]float64) *sim.Response {
	t.Helper()
	h, err := sim.FindHRF(name)
	if err != nil {
		t.Fatal(err)
	}
	for name := range values {
		h.Default(name) // panics of one that there is not
	}
	return h.Response(func(name string) float64 {
		if v, ok := values[name]; ok {
			return v
		}
		return h.Default(name)
	})
}

const tap = 0.004 // [s]

// TestVolterraIsAnOscillator: the kernel is the answer of h” + h'/tau_s + h/tau_f = 0 to a kick of 1/3, damped little,
// critically, and so much that it does not swing.
func TestVolterraIsAnOscillator(t *testing.T) {
	for _, c := range []struct{ tauS, tauF float64 }{{0.8, 0.4}, {1.54, 1.44}, {0.5, 1}, {0.2, 1}, {0.05, 0.9}, {0.01, 2}} {
		r := sampled(t, "volterra", map[string]float64{"tau_s": c.tauS, "tau_f": c.tauF, "k_1": 2, "V_0": 0.5})
		if r.Scale != 1 || r.Offset != 1 {
			t.Errorf("scale %v, offset %v", r.Scale, r.Offset)
		}
		// Runge and Kutta's fourth order with 40 steps to a tap.
		h, v := 0.0, 1.0/3
		slope := func(h, v float64) (float64, float64) { return v, -v/c.tauS - h/c.tauF }
		const steps = 40
		const dt = tap / steps
		for q, have := range r.Taps {
			if math.Abs(have-h) > 1e-9 {
				t.Errorf("tau_s %v, tau_f %v: %v at tap %d, want %v", c.tauS, c.tauF, have, q, h)
				break
			}
			for range steps {
				h1, v1 := slope(h, v)
				h2, v2 := slope(h+dt/2*h1, v+dt/2*v1)
				h3, v3 := slope(h+dt/2*h2, v+dt/2*v2)
				h4, v4 := slope(h+dt*h3, v+dt*v3)
				h, v = h+dt/6*(h1+2*h2+2*h3+h4), v+dt/6*(v1+2*v2+2*v3+v4)
			}
		}
	}
}

// TestGammasByTheirMoments: a gamma density has the area 1, the mean shape/rate, and its largest value at (shape-1)/rate.
func TestGammasByTheirMoments(t *testing.T) {
	moments := func(taps []float64) (area, first float64) {
		for q, v := range taps {
			area, first = area+v*tap, first+v*tap*float64(q)*tap
		}
		return area, first
	}
	near := func(what string, have, want, tolerance float64) {
		t.Helper()
		if !(math.Abs(have-want) <= tolerance*math.Abs(want)) {
			t.Errorf("%s is %v, want %v", what, have, want)
		}
	}
	for _, c := range []struct{ tau, n, a float64 }{{1.08, 3, 0.1}, {0.6, 4.5, 2}, {0.05, 60, 1}} {
		taps := sampled(t, "gamma", map[string]float64{"tau": c.tau, "n": c.n, "a": c.a}).Taps
		area, first := moments(taps)
		near("the mean", first/area, c.n*c.tau, 1e-3)
		near("the value at the mode", taps[int(math.Round((c.n-1)*c.tau/tap))], c.a, 1e-6)
	}
	for _, c := range []struct{ a1, a2, l, c float64 }{{6, 13, 3, 0.4}, {4, 9.5, 2, -0.3}, {6, 7.5, 1.5, 0.2}} {
		area, first := moments(sampled(t, "gamma_mixture", map[string]float64{"a_1": c.a1, "a_2": c.a2, "l": c.l, "c": c.c}).Taps)
		near("the area", area, (1-c.c)/c.l, 1e-6)
		near("the mean", first/area, (c.a1-c.c*c.a2)/(1-c.c)/c.l, 1e-6)
	}
}

// TestDoubleExponentialsAreExponentials: exp(-t/tau) sin(2 pi f t) is a geometric sequence in the complex plane.
func TestDoubleExponentialsAreExponentials(t *testing.T) {
	v := map[string]float64{"amp_1": 0.7, "tau_1": 3, "f_1": 0.05, "amp_2": -0.2, "tau_2": 5, "f_2": 0.2, "a": 3}
	taps := sampled(t, "double_exponential", v).Taps
	powers := []complex128{1, 1}
	factor := func(tau, f float64) complex128 {
		return complex(math.Exp(-tap/tau)*math.Cos(2*math.Pi*f*tap), math.Exp(-tap/tau)*math.Sin(2*math.Pi*f*tap))
	}
	var want []float64
	largest := 0.0
	for range taps {
		want = append(want, v["amp_1"]*imag(powers[0])-v["amp_2"]*imag(powers[1]))
		largest = max(largest, want[len(want)-1])
		powers[0], powers[1] = powers[0]*factor(3, 0.05), powers[1]*factor(5, 0.2)
	}
	for q := range taps {
		if math.Abs(taps[q]-3*want[q]/largest) > 1e-10 {
			t.Fatalf("%v at tap %d, want %v", taps[q], q, 3*want[q]/largest)
		}
	}
	if taps := sampled(t, "double_exponential", map[string]float64{"amp_1": 0, "amp_2": 0}).Taps; !math.IsNaN(taps[100]) {
		t.Errorf("nothing scaled to a peak is %v", taps[100])
	}
}
