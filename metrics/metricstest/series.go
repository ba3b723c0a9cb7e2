package metricstest

import "math"

// input describes a series of the reference data: formula, length, nodes, samples a second and parameters.
type input struct {
	Formula      string
	T, N         int
	Fs           float64
	Params       map[string]float64
	CheckSum     []*float64 `json:"check_sum"`
	CheckSumsq   []*float64 `json:"check_sumsq"`
	CheckSamples []struct {
		T int
		X []*float64
	} `json:"check_samples"`
}

// samples computes the series, [t][node]. Products are rounded before they are added, whatever the machine fuses.
func (in input) samples() [][]float64 {
	x := make([][]float64, in.T)
	generators := map[string]func() func(t, r int) float64{
		"osc": in.osc, "updown": in.updown, "ar1": in.ar1, "scaling": in.scaling, "edge": in.edge, "locked": in.locked,
	}
	at := generators[in.Formula]()
	for t := range x {
		x[t] = make([]float64, in.N)
		for r := range x[t] {
			x[t][r] = at(t, r)
		}
	}
	return x
}

// q is a sequence of equally likely numbers in [0, 1): ((a t² + b r t + c r²) mod p)/p.
func q(t, r, a, b, c, p int) float64 { return float64((a*t*t+b*r*t+c*r*r)%p) / float64(p) }

// Congruential is the public generator of the reference data: uniform in [-0.5, 0.5).
func Congruential(seed float64) func() float64 {
	s := uint64(seed)
	return func() float64 {
		s = 6364136223846793005*s + 1442695040888963407
		return float64(s>>11)/(1<<53) - 0.5
	}
}

func (in input) osc() func(t, r int) float64 {
	p := in.Params
	return func(t, r int) float64 {
		s, k := float64(t)/in.Fs, float64(r)
		slow := 1 + float64(0.5*math.Sin(2*math.Pi*p["fm"]*float64(t)/in.Fs+float64(1.1*k)))
		main := p["A"] * math.Sin(2*math.Pi*p["f"]*float64(t)/in.Fs-float64(p["lag"]*k)) * slow
		fast := p["B"] * math.Sin(2*math.Pi*(p["g"]+float64(3*k))*s+k)
		noise := p["C"] * (q(t, r, int(p["a"]), int(p["b"]), int(p["c"]), int(p["p"])) - 0.5)
		return p["m"] + float64(main) + float64(fast) + float64(noise)
	}
}

func (in input) updown() func(t, r int) float64 {
	p := func(name string) int { return int(in.Params[name]) }
	return func(t, r int) float64 {
		period := p("P") + p("dP")*r
		up := period * (p("d") + 5*r) / 100
		level := 0.0
		if (t+97*r)%period < up {
			if (t+200*r)%p("pg") >= p("ng") {
				level = 1
			}
		} else if (t+53*r)%p("pb") < p("nb") {
			level = 1
		}
		ripple := 1 + float64(0.15*math.Sin(2*math.Pi*40*float64(t)/in.Fs))
		return 0.6 + float64((in.Params["h"]+float64(r))*level*ripple) + float64(0.8*q(t, r, 29, 7, 3, 10007))
	}
}

func (in input) ar1() func(t, r int) float64 {
	p := in.Params
	uniform := Congruential(p["seed"])
	var w float64
	v, u, x := make([]float64, (in.N+1)/2), make([]float64, in.N), make([]float64, in.N)
	return func(t, r int) float64 {
		if r == 0 {
			w = uniform()
			for k := range v {
				v[k] = uniform()
			}
			for k := range u {
				u[k] = uniform()
			}
		}
		slow := 0.5 * (1 + float64(0.8*math.Sin(2*math.Pi*p["fm"]*float64(t)/in.Fs)))
		drive := u[r] + float64(0.8*v[r/2]) + float64(slow*w)
		x[r] = float64((p["phi0"]+float64(p["dphi"]*float64(r)))*x[r]) + float64(3*drive)
		return p["m"] + x[r]
	}
}

func (in input) scaling() func(t, r int) float64 {
	uniform := Congruential(in.Params["seed"])
	const memories = 10
	var y [memories]float64
	var short, walk, sum, last float64
	var row [5]float64
	return func(t, r int) float64 {
		if r > 0 {
			return 10 + row[r]
		}
		u0, u1, u2 := uniform(), uniform(), uniform()
		short = float64(0.5*short) + u1
		walk += u2
		sum = 0
		for j := range memories {
			phi := 1 - math.Ldexp(1, -j-1)
			y[j] = float64(phi*y[j]) + float64(math.Sqrt(1-float64(phi*phi))*uniform())
			sum += y[j]
		}
		u4 := uniform()
		row = [5]float64{u0, short, walk, sum, u4 - float64(0.7*last)}
		last = u4
		return 10 + row[0]
	}
}

func (in input) edge() func(t, r int) float64 {
	z := func(t int) float64 {
		wave := 5 * math.Sin(2*math.Pi*in.Params["f"]*float64(t)/in.Fs)
		return 10 + float64(wave) + q(t, 3, 37, 101, 13, 10007)
	}
	return func(t, r int) float64 {
		switch r {
		case 0:
			return 5
		case 2:
			return float64(t) / 100
		case 3:
			return z(t)
		case 4:
			if t == int(in.Params["nan"]) {
				return math.NaN()
			}
			return z(t)
		case 5:
			return 0.1
		case 6:
			return float64(2*z(t)) + 1
		}
		return 0
	}
}

func (in input) locked() func(t, r int) float64 {
	p := in.Params
	return func(t, r int) float64 {
		return p["m"] + math.Sin(2*math.Pi*p["f"]*float64(t)/in.Fs-float64(p["lag"]*float64(r)))
	}
}

// Structure returns weights and tract lengths of the reference data for n nodes:
//
//	sc_ij    = e^{-|i-j|/2} (1 + ((7ij + 3(i+j)) mod 11)/11) + 1e-4 (13ij + 101(i+j))
//	tract_ij = 20 + 15|i-j| + ((5ij + i + j) mod 7), both 0 on the diagonal
func Structure(n int) (weights, lengths []float64) {
	weights, lengths = make([]float64, n*n), make([]float64, n*n)
	for i := range n {
		for j := range n {
			if i != j {
				apart := float64(max(i-j, j-i))
				weights[i*n+j] = math.Exp(-apart/2)*(1+float64((7*i*j+3*(i+j))%11)/11) + 1e-4*float64(13*i*j+101*(i+j))
				lengths[i*n+j] = 20 + 15*apart + float64((5*i*j+i+j)%7)
			}
		}
	}
	return weights, lengths
}
