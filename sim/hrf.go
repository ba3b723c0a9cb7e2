package sim

import (
	"fmt"
	"math"

	"brainsweep/fault"
)

// HRF is a haemodynamic response as TVB's BOLD monitor convolves it: with the means of 4 ms over the last 20 s.
// The signal is Scale * (sum of response * means - Offset), a plain sum without the 4 ms.
type HRF struct {
	Name          string
	Title         string
	Response      func(seconds float64) float64
	Peak          float64 // what the largest value of the sampled response is scaled to; 0: it stays as it is
	Scale, Offset float64
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
		{Name: "volterra", Title: "first-order Volterra kernel", Response: volterra, Scale: 5.6 * 0.02, Offset: 1},
		{Name: "gamma", Title: "gamma function", Response: gamma, Peak: 0.1, Scale: 1},
		{Name: "double_exponential", Title: "difference of two damped sines", Response: doubleExponential, Peak: 0.1, Scale: 1},
		{Name: "gamma_mixture", Title: "difference of two gamma functions", Response: gammaMixture, Scale: 1},
	}
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

// Taps samples the response as codegen.Convolution wants it.
func (h HRF) Taps() []float64 {
	taps := make([]float64, HRFTaps)
	largest := math.Inf(-1)
	for q := range taps {
		taps[q] = h.Response(float64(q) * HRFStep * hrfMs)
		largest = math.Max(largest, taps[q])
	}
	if h.Peak != 0 {
		for q := range taps {
			taps[q] *= h.Peak / largest
		}
	}
	return taps
}

// volterra is exp(-t/(2 tau_s)) sin(w t)/(3 w), w = sqrt(1/tau_f - 1/(4 tau_s^2)).
func volterra(t float64) float64 {
	const tauS, tauF = 0.8, 0.4
	w := math.Sqrt(1/tauF - 1/(4*tauS*tauS))
	return math.Exp(-t/(2*tauS)) * math.Sin(w*t) / (3 * w)
}

// gamma is (t/tau)^(n-1) exp(-t/tau)/(tau (n-1)!), n = 3.
func gamma(t float64) float64 {
	const tau = 1.08
	return (t / tau) * (t / tau) * math.Exp(-t/tau) / (2 * tau)
}

func doubleExponential(t float64) float64 {
	wave := func(amplitude, tau, frequency float64) float64 {
		return amplitude * math.Exp(-t/tau) * math.Sin(2*math.Pi*frequency*t)
	}
	return wave(0.1, 7.22, 0.03) - wave(0.1, 7.4, 0.12)
}

// gammaMixture is t^(a1-1) exp(-t)/Gamma(a1) - c t^(a2-1) exp(-t)/Gamma(a2), a1 = 6, a2 = 13, c = 0.4.
func gammaMixture(t float64) float64 {
	part := func(a float64) float64 { return math.Pow(t, a-1) * math.Exp(-t) / math.Gamma(a) }
	return part(6) - 0.4*part(13)
}
