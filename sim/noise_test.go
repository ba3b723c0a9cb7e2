package sim_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/sim"
)

// scripted is a device whose kernels draw given numbers, [step][state][node], instead of their own. Those of a coloured
// noise's start come first.
type scripted struct {
	device.Device
	draws    [][][]float64
	coloured bool
}

var _ device.Device = scripted{}

func (s scripted) Build(ctx context.Context, src device.Source) (device.Program, error) {
	numerics, kernels, _ := strings.Cut(src.Text, "struct args {")
	for _, function := range []string{"m_normals(", "m_normal4("} {
		if strings.Count(numerics, "FUNC void "+function) != 1 {
			return nil, fmt.Errorf("the kernel draws otherwise than this test thinks")
		}
		numerics = strings.ReplaceAll(numerics, function, "own_"+function)
	}
	src.Text = numerics + s.text() + "struct args {" + kernels
	return s.Device.Build(ctx, src)
}

// text is that of functions that look the draws up, with the counter itself for random words. The step that no simulation
// reaches has the first ones.
func (s scripted) text() string {
	first := 0
	if s.coloured {
		first = 1
	}
	var all []string
	for _, z := range slices.Concat(slices.Concat(s.draws...)...) {
		all = append(all, fmt.Sprintf("%.17g", z))
	}
	return fmt.Sprintf(`#undef PHILOX
#define PHILOX(word, key0, key1, c0, c1, c3) EACH(i) { AT(word, 0, i) = c0; AT(word, 1, i) = c1; AT(word, 2, i) = (u32)i; AT(word, 3, i) = c3; }
FUNC void m_normals(struct m_words at, real *z) {
	static const double draws[] = { %s };
	const u32 steps = %d, states = %d, nodes = %d, first = %d;
	for (u32 q = 0; q < 4; q++) {
		const u32 step = at.b == 0xffffffffu ? 0 : 4 * at.a + q + first;
		z[q] = step < steps && at.c < nodes ? draws[(step * states + at.d) * nodes + at.c] : 0;
	}
}
FUNC void m_normal4(u32 key0, u32 key1, u32 c0, u32 c1, u32 c2, u32 c3, real *z) {
	const struct m_words at = { c0, c1, c2, c3 };
	m_normals(at, z);
}

`, strings.Join(all, ", "), len(s.draws), len(s.draws[0]), len(s.draws[0][0]), first)
}

// problem is a stochastic equation with a closed form: dx = gamma x dt + sqrt(2 D) g(x) dW (Ito) from 1 at time 0.
type problem struct {
	name, gain string
	gamma, d   float64
	// exact is x at the time of the increments, each with its Brownian increment and its integral of
	// exp(gamma (end - s)) dW(s).
	exact func(h float64, dw, integral []float64) float64
	// square is the expectation of x^2 at a time.
	square func(time float64) float64
}

func problems() []problem {
	const gamma, sigma = -1.0, 0.5 // sigma = sqrt(2 D)
	const drift, volatility = -0.25, 1.0
	return []problem{
		{
			name: "Ornstein and Uhlenbeck", gamma: gamma, d: sigma * sigma / 2,
			exact: func(h float64, dw, integral []float64) float64 {
				x := 1.0
				for i := range dw {
					x = math.Exp(gamma*h)*x + sigma*integral[i]
				}
				return x
			},
			square: func(time float64) float64 {
				return math.Exp(2*gamma*time) + sigma*sigma*(math.Exp(2*gamma*time)-1)/(2*gamma)
			},
		},
		{
			name: "geometric Brownian motion", gain: "x", gamma: drift, d: volatility * volatility / 2,
			exact: func(h float64, dw, _ []float64) float64 {
				w := 0.0
				for _, z := range dw {
					w += z
				}
				return math.Exp((drift-volatility*volatility/2)*h*float64(len(dw)) + volatility*w)
			},
			square: func(time float64) float64 { return math.Exp((2*drift + volatility*volatility) * time) },
		},
	}
}

// ends runs the problem with the draws [step][node] to the time and gives x at its end.
func (p problem) ends(t *testing.T, scheme codegen.Scheme, time float64, draws [][]float64) []float64 {
	t.Helper()
	m, steps, nodes := parse(t, "problem", decay), int64(len(draws)), len(draws[0])
	if p.gain != "" {
		var err error
		if m, err = m.WithGain("x", p.gain, nil, fault.Pos{}); err != nil {
			t.Fatal(err)
		}
	}
	study, point := single(t, m, nodes, time/float64(steps), steps, map[string]float64{"gamma": p.gamma, "noise.x": p.d}, every(int(steps), "x"))
	study.Scheme, study.Noisy, point.Initial = scheme, []string{"x"}, constant(nodes, 1)
	script := scripted{Device: open(t, 1)}
	for _, row := range draws {
		script.draws = append(script.draws, [][]float64{row})
	}
	k, _ := simulate(t, script, study, point)
	return k[[3]int{}][0]
}

// TestStrongOrder halves the step of each path: the root mean square of the distance from the exact solution on the same
// path falls with the strong order. Additive noise: 1; with a gain, taken at the start of the step: 1/2.
func TestStrongOrder(t *testing.T) {
	const time, paths, finest = 1.0, 512, 32
	random := rand.New(rand.NewPCG(3, 4))
	for _, p := range problems() {
		h := time / finest
		dw, integral := make([][]float64, paths), make([][]float64, paths)
		for i := range paths {
			for range finest { // the increment and its integral are normal with these covariances
				a, b := random.NormFloat64(), random.NormFloat64()
				cov, variance := (math.Exp(p.gamma*h)-1)/p.gamma, (math.Exp(2*p.gamma*h)-1)/(2*p.gamma)
				dw[i] = append(dw[i], math.Sqrt(h)*a)
				integral[i] = append(integral[i], cov/math.Sqrt(h)*a+math.Sqrt(variance-cov*cov/h)*b)
			}
		}
		want := map[string]float64{"euler": 1, "heun": 1}
		if p.gain != "" {
			want = map[string]float64{"euler": 0.5, "heun": 0.5}
		}
		for name, order := range want {
			var errs []float64
			for _, steps := range []int{8, 16, 32} {
				draws, group := make([][]float64, steps), finest/steps
				for k := range draws {
					for i := range paths {
						sum := 0.0
						for _, z := range dw[i][k*group : (k+1)*group] {
							sum += z
						}
						draws[k] = append(draws[k], sum/math.Sqrt(time/float64(steps)))
					}
				}
				squares := 0.0
				for i, x := range p.ends(t, scheme(t, name), time, draws) {
					squares += math.Pow(x-p.exact(h, dw[i], integral[i]), 2)
				}
				errs = append(errs, math.Sqrt(squares/paths))
			}
			seen := math.Log2(errs[0]/errs[2]) / 2
			t.Logf("%s, %s: strong order %.2f", p.name, name, seen)
			if math.Abs(seen-order) > 0.15 { // 512 paths give a root mean square to 3 %
				t.Errorf("%s, %s: observed strong order %.2f, want %.1f (errors %.2e)", p.name, name, seen, order, errs)
			}
		}
	}
}

// TestWeakOrder compares the expectation of x^2. The problems are linear, so it depends on the draws through their mean and
// variance alone: the mean over all sign patterns of draws of +-1 is the scheme's expectation, without a sampling error.
func TestWeakOrder(t *testing.T) {
	const time = 0.5
	for _, p := range problems() {
		want := map[string]float64{"euler": 1, "heun": 2}
		if p.gain != "" {
			want["heun"] = 1
		}
		for name, order := range want {
			var errs []float64
			for _, steps := range []int{2, 4, 8} {
				draws := make([][]float64, steps)
				for pattern := range 1 << steps {
					for k := range draws {
						draws[k] = append(draws[k], float64(pattern>>k&1*2-1))
					}
				}
				sum := 0.0
				for _, x := range p.ends(t, scheme(t, name), time, draws) {
					sum += x * x
				}
				errs = append(errs, math.Abs(sum/float64(int(1)<<steps)-p.square(time)))
			}
			seen := math.Log2(errs[1] / errs[2])
			t.Logf("%s, %s: weak order %.2f", p.name, name, seen)
			if math.Abs(seen-order) > 0.2 { // of steps of 1/8 and 1/16
				t.Errorf("%s, %s: observed weak order %.2f, want %.0f (errors %.2e)", p.name, name, seen, order, errs)
			}
		}
	}
}

// colourful sets up decay driven by coloured noise.
func colourful(t *testing.T, h, ntau float64, nodes int, steps int64) (*sim.Study, sim.Point) {
	m := parse(t, "ou", decay)
	study, point := single(t, m, nodes, h, steps, map[string]float64{"gamma": -0.2, "noise.x": 0.8, "noise.x.ntau": ntau}, every(1, "x"))
	study.Noisy, study.Coloured = []string{"x"}, []string{"x"}
	return study, point
}

// Coloured noise makes decay a chain x' = r x + b z, z = h sqrt(2 D/ntau) eta with Heun's r = 1 - h/tau + (h/tau)^2/2 and
// b = 1 - h/(2 tau), where eta has the variance 1 and loses the factor e = exp(-h/ntau) a step. Its stationary variance is
// (b sd(z))^2 (1 + r e)/((1 - r^2)(1 - r e)).
func TestColouredNoiseHasItsVariance(t *testing.T) {
	const tau, d, ntau, h, nodes, steps = 5.0, 0.8, 3.0, 0.1, 64, 100000
	for _, precision := range []int{64, 32} {
		study, point := colourful(t, h, ntau, nodes, steps)
		study.Precision, study.Transient = precision, 1000
		k, _ := simulate(t, open(t, 1), study, point)
		var n, squares float64
		for _, row := range k[[3]int{}] {
			for _, x := range row {
				n++
				squares += x * x
			}
		}
		r, b, e := 1-h/tau+h*h/(2*tau*tau), 1-h/(2*tau), math.Exp(-h/ntau)
		want := math.Pow(b*h, 2) * 2 * d / ntau * (1 + r*e) / ((1 - r*r) * (1 - r*e))
		// x forgets itself in tau + ntau; five standard errors of a variance from that many independent samples.
		independent := float64(nodes) * steps * h / (2 * (tau + ntau))
		if have, allowed := squares/n, 5*math.Sqrt(2/independent); math.Abs(have/want-1) > allowed {
			t.Errorf("%d bits: variance %.5g, want %.5g to %.1f %%", precision, have, want, 100*allowed)
		}
	}
}

// A point whose noise has the correlation time 0 has white noise: the same bytes as in a run that knows no colour.
func TestNoColourIsWhite(t *testing.T) {
	for _, precision := range []int{64, 32} {
		study, white := colourful(t, 0.1, 0, 20, 500)
		study.Precision = precision
		_, coloured := colourful(t, 0.1, 2, 20, 500)
		swept, _ := simulate(t, open(t, 1), study, white, coloured)
		plain := *study
		plain.Coloured = nil
		alone, _ := simulate(t, open(t, 1), &plain, white)
		first := [3]int{0, 0, 0}
		for step, row := range alone[first] {
			if !slices.Equal(row, swept[first][step]) {
				t.Fatalf("%d bits: after step %d: %v and %v", precision, step+1, row, swept[first][step])
			}
		}
		if slices.Equal(swept[first][10], swept[[3]int{1, 0, 0}][10]) {
			t.Error("coloured noise is white")
		}
	}
}

// Coloured noise and noise with a gain come through a pause, in any epochs, and in any batch.
func TestNoiseIsTheSameHoweverItRuns(t *testing.T) {
	m, err := parse(t, "ou", decay).WithGain("x", "1 + s*tanh(x)", []string{"s"}, fault.Pos{})
	if err != nil {
		t.Fatal(err)
	}
	study, first := colourful(t, 0.1, 3, 12, 333)
	study.Model = m
	plain := first.Value
	var points []sim.Point
	for i := range 3 {
		p := first
		p.Key += uint64(i)
		p.Value = func(address string) float64 {
			if address == "noise.x.s" {
				return 0.1 * float64(i)
			}
			return plain(address)
		}
		points = append(points, p)
	}
	want, _ := simulate(t, open(t, 1), study, points...)
	for _, epoch := range []int64{1, 7, 64} {
		got, sink := keeper(study.Nodes)
		r, err := sim.NewRunner(context.Background(), open(t, 2), study)
		if err != nil {
			t.Fatal(err)
		}
		r.SetEpoch(epoch)
		var saved *sim.State
		running, stop := context.WithCancel(context.Background())
		r.Run(running, points, sink, sim.Pace{
			Progress: func(steps int64) {
				if steps >= 100 {
					stop()
				}
			},
			Save: func(s *sim.State) error { saved = s; return nil },
		})
		if saved == nil || saved.Steps < 100 || saved.Steps >= study.Steps {
			t.Fatalf("epochs of %d: not saved half-way: %+v", epoch, saved)
		}
		if _, err := r.Run(context.Background(), points, sink, sim.Pace{From: saved}); err != nil {
			t.Fatal(err)
		}
		r.Close()
		for key, rows := range want {
			for step, row := range rows {
				if !slices.Equal(row, got[key][step]) {
					t.Fatalf("epochs of %d: point %d differs after step %d", epoch, key[0], step+1)
				}
			}
		}
	}
	alone, _ := simulate(t, open(t, 1), study, points[2])
	for step, row := range alone[[3]int{}] {
		if !slices.Equal(row, want[[3]int{2, 0, 0}][step]) {
			t.Fatalf("alone: differs after step %d", step+1)
		}
	}
}

// A point whose noise has the intensity 0, and its stimulus no height, has the bytes of a run that knows neither: a point of a
// sweep from 0 is the point alone.
func TestNoiseOfZeroIsNone(t *testing.T) {
	m, c, pulses := fromLibrary(t, "wilson_cowan"), coupling(t, "linear"), codegen.Stimulus{Name: "s", Into: []string{"E"}}
	var err error
	if pulses.Pattern, err = model.FindPattern("sinusoid"); err != nil {
		t.Fatal(err)
	}
	for _, precision := range []int{64, 32} {
		for _, name := range []string{"heun", "exponential"} {
			s := scheme(t, name)
			set := map[string]float64{"noise.E": 0, "stimulus.s.amp": 0, "stimulus.s.frequency": 0.1, "stimulus.s.weight": 1}
			study, point := single(t, m, 9, 0.1, 200, set, every(1, "E", "I"))
			study.Coupling, study.Scheme, study.Precision = c, s, precision
			point.Value = values(m, c, 0.1, set)
			for i := range point.Initial {
				point.Initial[i] = 0.05 * float64(i)
			}
			bare, _ := simulate(t, open(t, 1), study, point)
			study.Noisy, study.Stimuli = []string{"E"}, []codegen.Stimulus{pulses}
			full, _ := simulate(t, open(t, 1), study, point)
			for key, rows := range bare {
				for step, row := range rows {
					if !slices.Equal(row, full[key][step]) {
						t.Fatalf("%d bits, %s: after step %d: %v and %v", precision, s.Name, step+1, row, full[key][step])
					}
				}
			}
		}
	}
}
