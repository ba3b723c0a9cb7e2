package sim

import (
	"fmt"
	"math"

	"brainsweep/fault"
)

// HRF is a haemodynamic response as TVB's BOLD monitor convolves it: with the means of 4 ms over the last 20 s.
// The signal is a scale times (the sum of response times means, less an offset): a plain sum without the 4 ms.
type HRF struct {
	Name       string
	Title      string
	Parameters []Constant
	sampled    func(r *Response, value func(name string) float64)
}

// Constant is a parameter of an HRF.
type Constant struct {
	Name     string
	Value    float64 // TVB's
	Unit     string  // "" when dimensionless
	Min, Max float64 // allowed values, infinite when unbounded
	About    string
}

// Of every HRF.
const (
	HRFStep = 4    // [ms] of the means
	HRFTaps = 5000 // values of the sampled response: 20 s
	hrfMs   = 1e-3 // [s/ms]
)

// HRFs lists the responses: Friston et al. 2000 NeuroImage 12:466 (volterra), Boynton et al. 1996 J Neurosci 16:4207
// (gamma), Polonsky et al. 2000 Nat Neurosci 3:1153 (double_exponential), Glover 1999 NeuroImage 9:416 (gamma_mixture),
// with the constants that TVB has.
func HRFs() []HRF {
	return []HRF{
		{Name: "volterra", Title: "first-order Volterra kernel", sampled: volterra, Parameters: []Constant{
			lasting("tau_s", 0.8, "s", "decay of the vasodilatory signal"),
			{Name: "tau_f", Value: 0.4, Unit: "s^2", Min: leastTime * leastTime, Max: math.Inf(1), About: "feedback of the flow on the signal"},
			free("k_1", 5.6, "", "weight of the signal"),
			free("V_0", 0.02, "", "blood volume at rest"),
		}},
		{Name: "gamma", Title: "gamma function", sampled: gamma, Parameters: []Constant{
			lasting("tau", 1.08, "s", "time constant"),
			within("n", 3, 1, 100, "phase delay: the exponent of time is n - 1"),
			free("a", 0.1, "", "largest value"),
		}},
		{Name: "double_exponential", Title: "difference of two damped sines", sampled: doubleExponential, Parameters: []Constant{
			free("amp_1", 0.1, "", "amplitude of the first"),
			lasting("tau_1", 7.22, "s", "decay of the first"),
			free("f_1", 0.03, "Hz", "frequency of the first"),
			free("amp_2", 0.1, "", "amplitude of the second"),
			lasting("tau_2", 7.4, "s", "decay of the second"),
			free("f_2", 0.12, "Hz", "frequency of the second"),
			free("a", 0.1, "", "largest value"),
		}},
		{Name: "gamma_mixture", Title: "difference of two gamma functions", sampled: gammaMixture, Parameters: []Constant{
			within("a_1", 6, 1, 100, "shape of the first"),
			within("a_2", 13, 1, 100, "shape of the second"),
			{Name: "l", Value: 1, Unit: "1/s", Min: leastTime, Max: 1 / leastTime, About: "rate"},
			free("c", 0.4, "", "share of the second"),
		}},
	}
}

// leastTime is the shortest time constant [s] that means over HRFStep can follow.
const leastTime = 0.01

func lasting(name string, value float64, unit, about string) Constant {
	return Constant{Name: name, Value: value, Unit: unit, Min: leastTime, Max: math.Inf(1), About: about}
}

func free(name string, value float64, unit, about string) Constant {
	return Constant{Name: name, Value: value, Unit: unit, Min: math.Inf(-1), Max: math.Inf(1), About: about}
}

func within(name string, value, least, most float64, about string) Constant {
	return Constant{Name: name, Value: value, Min: least, Max: most, About: about}
}

// FindHRF returns the response of a name.
func FindHRF(name string) (HRF, error) {
	var known []string
	for _, h := range HRFs() {
		if h.Name == name {
			return h, nil
		}
		known = append(known, h.Name)
	}
	return HRF{}, fault.Mistake{Msg: fmt.Sprintf("unknown response %q%s", name, fault.Suggest(name, known))}
}

// Default gives the default value of a parameter.
func (h HRF) Default(name string) float64 {
	for _, p := range h.Parameters {
		if p.Name == name {
			return p.Value
		}
	}
	panic("sim: no parameter " + name)
}

// Response is an HRF at values of its parameters. Points may share one.
type Response struct {
	Taps          []float64 // Taps[j] weighs the mean j+1 before the newest, and the last one the newest, as TVB has it
	Scale, Offset float64
}

// Response samples the HRF. Where it has no positive value to be scaled by, all is NaN.
func (h HRF) Response(value func(name string) float64) *Response {
	r := &Response{Taps: make([]float64, HRFTaps), Scale: 1}
	h.sampled(r, value)
	return r
}

// fill samples a function of the time [s].
func (r *Response) fill(f func(t float64) float64) {
	for q := range r.Taps {
		r.Taps[q] = f(float64(q) * HRFStep * hrfMs)
	}
}

// peak scales the samples so that the largest is a.
func (r *Response) peak(a float64) {
	largest := 0.0
	for _, v := range r.Taps {
		largest = math.Max(largest, v)
	}
	if largest == 0 {
		largest = math.NaN()
	}
	for q := range r.Taps {
		r.Taps[q] *= a / largest
	}
}

// volterra is exp(-t/(2 tau_s)) sin(w t)/(3 w), w = sqrt(1/tau_f - 1/(4 tau_s^2)), and its continuation where the root is of
// a negative number: a damped sinh, without overshoot.
func volterra(r *Response, value func(string) float64) {
	decay, root := 1/(2*value("tau_s")), 1/value("tau_f")-1/(4*value("tau_s")*value("tau_s"))
	w := math.Sqrt(math.Abs(root))
	r.fill(func(t float64) float64 {
		switch {
		case root > 0:
			return math.Exp(-t*decay) * math.Sin(w*t) / (3 * w)
		case root < 0:
			return (math.Exp((w-decay)*t) - math.Exp(-(w+decay)*t)) / (6 * w)
		}
		return math.Exp(-t*decay) * t / 3
	})
	r.Scale, r.Offset = value("k_1")*value("V_0"), 1
}

// gamma is (t/tau)^(n-1) exp(-t/tau)/(tau (n-1)!), scaled to its largest value.
func gamma(r *Response, value func(string) float64) {
	r.fill(func(t float64) float64 { return gammaDensity(t/value("tau"), value("n")) / value("tau") })
	r.peak(value("a"))
}

// doubleExponential is the difference of amp exp(-t/tau) sin(2 pi f t) of two, scaled to its largest value.
func doubleExponential(r *Response, value func(string) float64) {
	wave := func(t float64, which string) float64 {
		return value("amp"+which) * math.Exp(-t/value("tau"+which)) * math.Sin(2*math.Pi*value("f"+which)*t)
	}
	r.fill(func(t float64) float64 { return wave(t, "_1") - wave(t, "_2") })
	r.peak(value("a"))
}

// gammaMixture is (l t)^(a_1-1) exp(-l t)/Gamma(a_1) - c (l t)^(a_2-1) exp(-l t)/Gamma(a_2).
func gammaMixture(r *Response, value func(string) float64) {
	r.fill(func(t float64) float64 {
		x := value("l") * t
		return gammaDensity(x, value("a_1")) - value("c")*gammaDensity(x, value("a_2"))
	})
}

// gammaDensity is x^(shape-1) exp(-x)/Gamma(shape), without a power that is too large for a number.
func gammaDensity(x, shape float64) float64 {
	if x == 0 && shape == 1 {
		return 1
	}
	log, _ := math.Lgamma(shape)
	return math.Exp((shape-1)*math.Log(x) - x - log)
}

// responses are the contents of the buffers with the responses of a stream of the kind Convolution, the number-th of them, and
// with that of each point.
func (b *batch) responses(number int) (taps, of []byte) {
	place := map[*Response]int32{}
	var all []float64
	var each []int32
	for _, p := range b.points {
		r := p.Responses[number]
		if _, known := place[r]; !known {
			place[r] = int32(len(place))
			all = append(append(all, r.Taps...), r.Scale, r.Offset)
		}
		each = append(each, place[r])
	}
	return doubles(all), ints(each)
}
