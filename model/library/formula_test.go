package library_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// derivatives evaluates a model at a preset with the given values on top.
func derivatives(t *testing.T, m *model.Model, d *model.Dynamics, preset string, values map[string]float64) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, p := range m.Parameters {
		all[p.Name] = p.Value
	}
	for _, p := range m.Presets {
		if p.Name == preset {
			for name, v := range p.Parameters {
				all[name] = v
			}
		}
	}
	for name, v := range values {
		all[name] = v
	}
	got := expr.Eval(d.Derivatives, func(name string) float64 {
		v, known := all[name]
		if !known {
			t.Fatalf("%s: no value for %q", m.Name, name)
		}
		return v
	})
	out := map[string]float64{}
	for k, s := range m.States {
		out[s.Name] = got[k]
	}
	return out
}

// transfer is the AdEx transfer function and mean potential in plain floating point, in the form of di Volo et al. 2019:
// with the constants that no preset changes. P in V, rates in kHz.
func transfer(fE, fI, w, el float64, p []float64) (rate, mu float64) {
	const gl, cm, ee, ei, qe, qi, taue, taui = 10, 200, 0, -80, 1.5, 5, 5, 5
	ge, gi := qe*taue*fE, qi*taui*fI
	g := gl + ge + gi
	tm := cm / g
	mu = (ge*ee + gi*ei + gl*el - w) / g
	ue, ui := qe/g*(ee-mu), qi/g*(ei-mu)
	sigma := math.Sqrt(fE*math.Pow(ue*taue, 2)/(2*(taue+tm)) + fI*math.Pow(ui*taui, 2)/(2*(taui+tm)))
	tv := (fE*math.Pow(ue*taue, 2) + fI*math.Pow(ui*taui, 2)) / (fE*math.Pow(ue*taue, 2)/(taue+tm) + fI*math.Pow(ui*taui, 2)/(taui+tm))
	v, s, t := (mu+60)/10, (sigma-4)/6, tv*gl/cm-0.5
	threshold := 1000 * (p[0] + p[1]*v + p[2]*s + p[3]*t + p[4]*v*v + p[5]*s*s + p[6]*t*t + p[7]*v*s + p[8]*v*t + p[9]*s*t)
	return math.Erfc((threshold-mu)/(math.Sqrt2*sigma)) / (2 * tv), mu
}

// The paper's constants.
var (
	paperE = []float64{-0.0498, 0.00506, -0.025, 0.0014, -0.00041, 0.0105, -0.036, 0.0074, 0.0012, -0.0407}
	paperI = []float64{-0.0514, 0.004, -0.0083, 0.0002, -0.0005, 0.0014, -0.0146, 0.0045, 0.0028, -0.0153}
)

func TestAdExAgainstPlainFormulas(t *testing.T) {
	const tolerance = 1e-12
	// Second-order terms change dE/dt and dI/dt by some 1e-6: without covariances they vanish.
	first, firstDynamics := read(t, "adex1")
	second, secondDynamics := read(t, "adex2")
	r := rand.New(rand.NewPCG(1, 4))
	for range 200 {
		x := map[string]float64{
			"E": 0.05 * r.Float64(), "I": 0.1 * r.Float64(), "W_e": 200 * r.Float64(), "W_i": 20 * r.Float64(), "ou": 8*r.Float64() - 4,
			"C_ee": 0, "C_ei": 0, "C_ii": 0, "c0": 0.01 * r.Float64(),
		}
		inputs := map[*model.Model]float64{
			first:  math.Max(0, x["c0"]+1e-4*x["ou"]) + 0.315e-3,
			second: math.Max(0, x["c0"]+1e-4*x["ou"]+0.315e-3),
		}
		for m, d := range map[*model.Model]*model.Dynamics{first: firstDynamics, second: secondDynamics} {
			fE := (x["E"]+1e-6)*0.8*0.05*10000 + inputs[m]*400
			fI := (x["I"] + 1e-6) * 0.2 * 0.05 * 10000
			rateE, muE := transfer(fE, fI, x["W_e"], -63, paperE)
			rateI, _ := transfer(fE, fI, x["W_i"], -65, paperI)
			want := map[string]float64{
				"E": (rateE - x["E"]) / 19, "I": (rateI - x["I"]) / 19, "ou": -x["ou"] / 5,
				"W_e": -x["W_e"]/500 + 60*x["E"] + 2*(muE+63)/500, "W_i": -x["W_i"],
			}
			x["a_e"] = 2
			got := derivatives(t, m, d, "paper", x)
			for name, w := range want {
				if !(math.Abs(got[name]-w) <= tolerance*(1+math.Abs(w))) {
					t.Errorf("%s: d(%s) = %v, want %v at %v", m.Name, name, got[name], w, x)
				}
			}
		}
	}
}

// At a constant drive x the balloon rests at s = 0, f = 1 + x tau_f, v = f^alpha, q = v E(f)/E0 with the extraction
// E(f) = 1 - (1-E0)^(1/f); at x = 0 there is no signal.
func TestBalloonAtRest(t *testing.T) {
	m, d := read(t, "balloon")
	for preset, tauF := range map[string]float64{"paper": 0.41, "tvb": 1.44, "": 0.41} {
		for _, x := range []float64{0, 0.004, 0.2, 1} {
			f := 1 + x*tauF
			v := math.Pow(f, 0.32)
			q := v * (1 - math.Pow(1-0.4, 1/f)) / 0.4
			state := map[string]float64{"x": x, "s": 0, "f": f, "v": v, "q": q}
			for name, slope := range derivatives(t, m, d, preset, state) {
				if math.Abs(slope) > 1e-17 {
					t.Errorf("%q, x = %v: d(%s) = %v, want 0", preset, x, name, slope)
				}
			}
			k1, k2, k3 := 4.3*40.3*0.4*0.04, 0.5*25*0.4*0.04, 1-0.5
			want := 4 * (k1*(1-q) + k2*(1-q/v) + k3*(1-v))
			linear := 4 * ((k1+k2)*(1-q) + (k3-k2)*(1-v))
			got := expr.Eval([]*expr.Node{d.Values["bold"], d.Values["bold_linear"]}, func(name string) float64 {
				if value, isState := state[name]; isState {
					return value
				}
				for _, p := range m.Parameters {
					if p.Name == name {
						return p.Value
					}
				}
				return math.NaN()
			})
			if math.Abs(got[0]-want) > 1e-14 || math.Abs(got[1]-linear) > 1e-14 || x == 0 && (got[0] != 0 || got[1] != 0) {
				t.Errorf("%q, x = %v: bold %v, want %v, %v", preset, x, got, want, linear)
			}
		}
	}
}

// The derivative of balloon's states away from rest, in ms, against the formula in s.
func TestBalloonSlopes(t *testing.T) {
	m, d := read(t, "balloon")
	got := derivatives(t, m, d, "tvb", map[string]float64{"x": 0.1, "s": 0.2, "f": 1.3, "v": 1.1, "q": 0.9})
	outflow := math.Pow(1.1, 1/0.32)
	want := map[string]float64{
		"s": (0.1 - 0.2/1.54 - 0.3/1.44) / 1000,
		"f": 0.2 / 1000,
		"v": (1.3 - outflow) / 0.98 / 1000,
		"q": (1.3*(1-math.Pow(0.6, 1/1.3))/0.4 - outflow*0.9/1.1) / 0.98 / 1000,
	}
	for name, w := range want {
		if math.Abs(got[name]-w) > 1e-15*math.Abs(w)+1e-18 {
			t.Errorf("d(%s) = %v, want %v", name, got[name], w)
		}
	}
}

// Where Wong and Wang's rate is 0/0 it has the limit 1/d, and near there no jump and no lost digits.
func TestWongWangNearItsSingularity(t *testing.T) {
	m, d := read(t, "wongwang")
	rate := func(y float64) float64 { // y = d (a x - b), set by the external input
		leaf := map[string]float64{"S": 0, "c0": 0}
		for _, p := range m.Parameters {
			leaf[p.Name] = p.Value
		}
		leaf["b"], leaf["I_o"], leaf["a"], leaf["d"] = 0, y/100, 1, 100
		return expr.Eval([]*expr.Node{d.Values["h"]}, func(name string) float64 { return leaf[name] })[0] * 100
	}
	for _, y := range []float64{0, 1e-300, 1e-17, -1e-12, 1e-8, 1e-4, -0.01, 0.0999999, 0.1, 0.1000001, -0.1, 1, -20, 50} {
		want := 1.0
		if y != 0 {
			want = y / -math.Expm1(-y)
		}
		if got := rate(y); !(math.Abs(got-want) <= 1e-14*want) {
			t.Errorf("y = %g: %v, want %v", y, got, want)
		}
	}
}
