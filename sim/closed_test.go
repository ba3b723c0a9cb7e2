package sim_test

import (
	"fmt"
	"math"
	"testing"

	"brainsweep/codegen"
	"brainsweep/model"
	"brainsweep/sim"
)

// parse makes a model of the text of a model file.
func parse(t testing.TB, name, text string) *model.Model {
	t.Helper()
	m, err := model.Parse(name+".toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const decay = `
title = "linear decay"
coupled = ["x"]
equations = '''
d(x) = gamma*x + c0
'''
[states]
x = { range = [0.0, 1.0] }
[noise]
x = 0.0
[parameters]
gamma = { value = -0.5 }
`

// alone is a network of n nodes without connections.
func alone(n int) (weights, lengths [][]float64) {
	for range n {
		weights = append(weights, make([]float64, n))
		lengths = append(lengths, make([]float64, n))
	}
	return weights, lengths
}

// single sets up a run of unconnected nodes.
func single(t testing.TB, m *model.Model, nodes int, step float64, steps int64, set map[string]float64, streams ...codegen.Stream) (*sim.Study, sim.Point) {
	t.Helper()
	c := coupling(t, "scaling")
	weights, lengths := alone(nodes)
	study := &sim.Study{
		Spec: codegen.Spec{Title: t.Name(), Model: m, Coupling: c, Scheme: scheme(t, "heun"), Precision: 64, Nodes: nodes, Streams: streams},
		Step: step, Steps: steps,
	}
	point := sim.Point{Value: values(m, c, step, set), Wiring: wiring(t, network(weights, lengths), 1, step), Key: 12345}
	point.Initial = make([]float64, nodes*len(m.States))
	return study, point
}

// cascade is a chain of two decays: y = exp(-t), x = 3 exp(-t/2) - 2 exp(-t) from 1, 1.
const cascade = `
title = "a chain of decays"
equations = '''
d(x) = -x/2 + y
d(y) = -y
'''
[states]
x = { range = [1.0, 1.0] }
y = { range = [1.0, 1.0] }
`

// TestOrderOfConvergence halves the step, which divides the error after 4 ms by 2^order. To exponential Euler y is exact,
// and x is not.
func TestOrderOfConvergence(t *testing.T) {
	m := parse(t, "cascade", cascade)
	dev := open(t, 1)
	for _, s := range codegen.Schemes() {
		if s.Map {
			continue // it knows no step
		}
		t.Run(s.Name, func(t *testing.T) {
			var errs []float64
			for _, steps := range []int64{32, 64, 128} {
				study, point := single(t, m, 1, 4/float64(steps), steps, nil, every(int(steps), "x", "y"))
				study.Scheme = s
				point.Initial = []float64{1, 1}
				k, _ := simulate(t, dev, study, point)
				errs = append(errs, math.Abs(k[[3]int{}][0][0]-3*math.Exp(-2)+2*math.Exp(-4)))
				if y := k[[3]int{0, 0, 1}][0][0]; s.Exponential && relative(y, math.Exp(-4), 0) > 1e-13 {
					t.Errorf("decay to %v, want %v", y, math.Exp(-4))
				}
			}
			order := math.Log2(errs[1] / errs[2])
			t.Logf("order %.2f", order)
			if math.Abs(order-float64(s.Order)) > 0.15 {
				t.Errorf("observed order %.3f, want %d (errors %.2e)", order, s.Order, errs)
			}
		})
	}
}

// Exponential Euler stays stable where Euler blows up: x' = -x/2 in steps of 20 ms; and on both sides of the switch between
// phi's series and its quotient, at a step of 0.2 ms, it is exp(-t/2), to the rounding of what it takes away from x.
func TestExponentialEulerIsStable(t *testing.T) {
	m := parse(t, "decay", decay)
	for _, h := range []float64{0.19, 0.2, 0.21, 20} {
		study, point := single(t, m, 1, h, 100, nil, every(1, "x"))
		study.Scheme, point.Initial = scheme(t, "exponential"), []float64{1}
		k, _ := simulate(t, open(t, 1), study, point)
		for step, row := range k[[3]int{}] {
			if want := math.Exp(-h / 2 * float64(step+1)); math.Abs(row[0]-want) > 1e-15 {
				t.Fatalf("step of %v ms: after step %d x is %v, want %v", h, step+1, row[0], want)
			}
		}
	}
}

// TestNoiseHasTheVarianceOfOrnsteinAndUhlenbeck: dx = -x/tau dt + sqrt(2 D) dW has mean 0, variance D tau and
// autocorrelation exp(-t/tau). The scheme at step h has its own stationary variance, D tau/(1 - (h/tau)/2 + ...):
// for Heun 2 D h/(1-r^2) (1 - h/(2 tau))^2 with r = 1 - h/tau + h^2/(2 tau^2).
func TestNoiseHasTheVarianceOfOrnsteinAndUhlenbeck(t *testing.T) {
	const tau, d, h, nodes, steps = 5.0, 0.8, 0.1, 64, 100000
	m := parse(t, "ou", decay)
	study, point := single(t, m, nodes, h, steps, map[string]float64{"gamma": -1 / tau, "noise.x": d}, every(1, "x"))
	study.Noisy, study.Transient = []string{"x"}, 1000
	k, _ := simulate(t, open(t, 1), study, point)
	rows := k[[3]int{}]
	lag := int(tau / h)
	var n, sum, squares, products, neighbours float64
	for s, row := range rows {
		for i, x := range row {
			n++
			sum += x
			squares += x * x
			if s >= lag {
				products += x * rows[s-lag][i]
			}
			neighbours += x * row[(i+1)%nodes]
		}
	}
	r := 1 - h/tau + h*h/(2*tau*tau)
	variance := 2 * d * h * math.Pow(1-h/(2*tau), 2) / (1 - r*r)
	// The number of independent samples is that of the correlation times, nodes*steps*h/(2 tau): 64 000; five standard
	// errors of the mean, and of the variance, which is that of a chi-square over half as many.
	independent := float64(nodes) * steps * h / (2 * tau)
	if mean, allowed := sum/n, 5*math.Sqrt(variance/independent); math.Abs(mean) > allowed {
		t.Errorf("mean %.4g, want 0 to %.2g", mean, allowed)
	}
	allowed := 5 * math.Sqrt(2/(2*independent))
	if have := squares / n; math.Abs(have/variance-1) > allowed {
		t.Errorf("variance %.5g, want %.5g to %.1f %%", have, variance, 100*allowed)
	}
	if have, want := products/(n*float64(len(rows)-lag)/float64(len(rows)))/variance, math.Pow(r, float64(lag)); math.Abs(have-want) > allowed {
		t.Errorf("autocorrelation after tau %.4f, want %.4f", have, want)
	}
	if have := neighbours / n / variance; math.Abs(have) > allowed {
		t.Errorf("neighbouring nodes correlate by %.4f", have)
	}
}

// TestDelayLine: node b copies what a sent delay steps ago, whatever the delay; with d(x) = gamma x + c0, gamma = -1/h
// and Euler, x' = x + h(-x/h + c0) = h c0. a grows by 1 each step through its own loop without delay.
func TestDelayLine(t *testing.T) {
	m, c := parse(t, "copy", decay), coupling(t, "linear")
	dev := open(t, 1)
	const h, steps = 0.5, 300
	for _, delay := range []int{0, 1, 2, 13, 14, 15, 16, 17, 31, 32, 33, 100, 255} {
		t.Run(fmt.Sprint(delay), func(t *testing.T) {
			study := &sim.Study{
				Spec: codegen.Spec{Title: "line", Model: m, Coupling: c, Scheme: scheme(t, "euler"), Precision: 64, Nodes: 2,
					PerNode: []string{"coupling.b"}, Streams: []codegen.Stream{every(1, "x")}},
				Step: h, Steps: steps,
			}
			wired := wiring(t, network([][]float64{{1, 0}, {1, 0}}, [][]float64{{0, 0}, {h * float64(delay), 0}}), 1, h)
			point := sim.Point{
				Value:     values(m, c, h, map[string]float64{"gamma": -1 / h, "coupling.a": 1 / h}),
				NodeValue: func(_ string, node int) float64 { return []float64{1 / h, 0}[node] },
				Initial:   []float64{0, -1}, Wiring: wired,
			}
			k, _ := simulate(t, dev, study, point)
			for s, row := range k[[3]int{}] {
				// a after s+1 steps is s+1; before the start it was 0. b receives a of delay steps before step s.
				if a, b := float64(s+1), math.Max(0, float64(s-delay)); row[0] != a || row[1] != b {
					t.Fatalf("after step %d: %v, want [%v %v]", s+1, row, a, b)
				}
			}
		})
	}
}

// TestBalloonRestsWhereItsEquationsSay: under constant drive x, s = 0, f = 1 + tau_f x, v = f^alpha,
// q = v (1 - (1 - E0)^(1/f))/E0.
func TestBalloonRestsWhereItsEquationsSay(t *testing.T) {
	m, balloon := parse(t, "still", decay), fromLibrary(t, "balloon")
	const drive = 0.02
	study, point := single(t, m, 3, 0.5, 200000, map[string]float64{
		"gamma": 0, "bold.tau_s": 0.65, "bold.tau_f": 0.41, "bold.tau_o": 0.98, "bold.alpha": 0.32, "bold.E0": 0.4,
		"bold.V0": 4, "bold.TE": 0.04, "bold.eps": 0.5, "bold.nu0": 40.3, "bold.r0": 25,
	}, codegen.Stream{
		Kind: codegen.Balloon, Period: 2000, Every: 2, Drive: "x", Model: balloon, Scheme: scheme(t, "euler"),
		Quantities: []codegen.Quantity{{Name: "bold", Out: true}},
	})
	point.Initial, point.BOLD = constant(3, drive), [][]float64{{0, 1, 1, 1}}
	k, _ := simulate(t, open(t, 1), study, point)
	f := 1 + 0.41*drive
	v := math.Pow(f, 0.32)
	q := v * (1 - math.Pow(1-0.4, 1/f)) / 0.4
	k1, k2, k3 := 4.3*40.3*0.4*0.04, 0.5*25*0.4*0.04, 1-0.5
	want := 4 * (k1*(1-q) + k2*(1-q/v) + k3*(1-v))
	rows := k[[3]int{}]
	// The balloon's own step moves a volume near 1 by a thousandth of what it lacks, so it stalls a thousand units in
	// the last place, 1e-13, from its rest; the signal is a hundredth of that volume.
	const stall = 1e-10
	if have := rows[len(rows)-1][1]; relative(have, want, 0) > stall {
		t.Errorf("BOLD at rest under drive %g is %.15g, want %.15g", drive, have, want)
	}
	if rows[0][0] == rows[10][0] {
		t.Error("BOLD does not move")
	}
}

// TestFaultHasAnAddress: x' = x^2 from 1 is infinite at t = 1, y grows as it; node 2 is the first to go, and the
// neighbour point is not touched by it.
func TestFaultHasAnAddress(t *testing.T) {
	m := parse(t, "blowup", `
title = "blow-up"
coupled = ["x"]
equations = '''
d(y) = 0.1*y
d(x) = rate*x^2 + 0*c0
'''
[states]
y = { range = [0.0, 1.0] }
x = { range = [0.0, 1.0] }
[parameters]
rate = { value = 1.0 }
`)
	study, point := single(t, m, 4, 0.01, 2000, nil, every(10, "x"), stream(codegen.Average, 10, "y"))
	point.Initial = []float64{1, 1, 1, 1, 0.01, 0.02, 1, 0.03}
	healthy := point
	healthy.Initial = constant(4, 1, 0.001)
	dev := open(t, 2)
	k, out := simulate(t, dev, study, healthy, point, healthy)
	f := out[1].Fault
	if f == nil {
		t.Fatal("the blow-up went unseen")
	}
	if f.Node != 2 || f.State != 1 || f.Step < 100 || f.Step > 130 {
		t.Errorf("fault %+v, want node 2, state 1, soon after step 100", *f)
	}
	if out[0].Fault != nil || out[2].Fault != nil {
		t.Error("healthy points are marked")
	}
	for i, row := range k[[3]int{1, 0, 0}] {
		bad := math.IsNaN(row[0])
		if end := int64(10 * (i + 1)); bad != (end >= f.Step) {
			t.Errorf("sample after step %d: %v; the fault is at step %d", end, row[0], f.Step)
		}
	}
}
