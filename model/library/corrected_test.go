package library_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// both evaluates a model's values at random states around the middle of the ranges, with corrected 0 and 1.
func both(t *testing.T, name string, random *rand.Rand) (m *model.Model, at map[string]float64, tvb, right map[string]float64) {
	t.Helper()
	m, d := read(t, name)
	at = map[string]float64{}
	for _, p := range m.Parameters {
		at[p.Name] = p.Value
	}
	for _, s := range m.States {
		at[s.Name] = s.Low + (s.High-s.Low)*random.Float64()
	}
	if name == "k_ion_ex" {
		at["Kg"] = random.Float64()
	}
	for k := range m.Coupled {
		at[model.CouplingTermName(k)] = random.Float64()
	}
	values := func(corrected float64) map[string]float64 {
		at["corrected"] = corrected
		out := map[string]float64{}
		leaf := func(leaf string) float64 { return at[leaf] }
		for k, v := range expr.Eval(d.Derivatives, leaf) {
			out["d("+m.States[k].Name+")"] = v
		}
		for name, n := range d.Values {
			out[name] = expr.Eval([]*expr.Node{n}, leaf)[0]
		}
		return out
	}
	return m, at, values(0), values(1)
}

// Where TVB errs, corrected = 1 gives what was meant: it changes what it should, by what it should, and nothing else.
func TestCorrected(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 5))
	for range 20 {
		for name, change := range map[string]func(at, v map[string]float64) map[string]float64{
			"zetterberg_jansen": func(at, _ map[string]float64) map[string]float64 {
				return map[string]float64{"d(y5)": (at["ke"]*at["ke"] - at["ki"]*at["ki"]) * at["v5"]}
			},
			"k_ion_ex": func(at, _ map[string]float64) map[string]float64 {
				return map[string]float64{"d(V)": at["J"] * at["R_minus"] * at["x"] / math.Pi * (at["E"] - at["V"])}
			},
			"reduced_fitzhugh_nagumo": inhibition,
			"reduced_hindmarsh_rose":  inhibition,
		} {
			m, at, tvb, right := both(t, name, random)
			changes := change(at, tvb)
			for _, s := range m.States {
				slope := "d(" + s.Name + ")"
				want := tvb[slope] + changes[slope]
				if !(math.Abs(right[slope]-want) <= 1e-13*(math.Abs(want)+math.Abs(tvb[slope])+math.Abs(changes[slope]))) {
					t.Errorf("%s: %s = %v with corrected = 1, want %v", name, slope, right[slope], want)
				}
			}
			if len(changes) == 0 {
				t.Errorf("%s: nothing changes", name)
			}
		}
	}
}

// inhibition is what the sum over the inhibitory cells changes by where its matrix is not turned round:
// K12 (IV_i sum_k GV_k alpha_k - GV_i sum_k IV_k alpha_k) in each mode i.
func inhibition(at, v map[string]float64) map[string]float64 {
	meant, turned := 0.0, 0.0
	for _, mode := range []string{"_1", "_2", "_3"} {
		meant += v["GV"+mode] * at["alpha"+mode]
		turned += v["IV"+mode] * at["alpha"+mode]
	}
	out := map[string]float64{}
	for _, mode := range []string{"_1", "_2", "_3"} {
		out["d(xi"+mode+")"] = -at["K12"] * (v["IV"+mode]*meant - v["GV"+mode]*turned)
	}
	return out
}

// The resting state of the Epileptors of codimension 3 is a root of x^3 - mu2 x - mu1; TVB's is none on a part of the path.
func TestCorrectedRestingState(t *testing.T) {
	random := rand.New(rand.NewPCG(6, 5))
	for _, name := range []string{"epileptor_codim3", "epileptor_codim3_slow"} {
		missed := 0
		for range 200 {
			m, d := read(t, name)
			at := map[string]float64{"c0": 0}
			for _, p := range m.Parameters {
				at[p.Name] = p.Value
			}
			for _, s := range m.States {
				at[s.Name] = 2 * math.Pi * random.Float64()
			}
			residue := func(corrected float64) float64 {
				at["corrected"] = corrected
				v := expr.Eval([]*expr.Node{d.Values["xs"], d.Values["mu1"], d.Values["mu2"]}, func(leaf string) float64 { return at[leaf] })
				return v[0]*v[0]*v[0] - v[2]*v[0] - v[1]
			}
			if r := residue(1); !(math.Abs(r) <= 1e-9) { // near a double root the cube root has half of the digits
				t.Errorf("%s at %v: corrected misses the cubic by %g", name, at, r)
			}
			if math.Abs(residue(0)) > 1e-3 {
				missed++
			}
		}
		if missed == 0 {
			t.Errorf("%s: TVB's form is a root everywhere", name)
		}
	}
}
