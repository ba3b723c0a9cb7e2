package jobs_test

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// A clamped state has its value from the first to the last sample, in each region its own; noise whose gain is 0 is as no
// noise.
func TestClampsAndGains(t *testing.T) {
	j := read(t, "testdata/noise.toml", "sweep.noise.x.s=[0]", "sweep.noise.ou.ntau=[5]", "noise.x.rest=0")
	contents := result(t, j, ways{})
	w := numbersIn(t, contents["/raw/w"])
	if len(w) != 600*10 {
		t.Fatalf("%d numbers", len(w))
	}
	for k, v := range w {
		if want := 0.1 * float64(k%10+1); math.Abs(v-want) > 1e-15 {
			t.Fatalf("w of node %d is %v, want %v", k%10, v, want)
		}
	}
	common := func(set string) []float64 {
		return numbersIn(t, result(t, read(t, "testdata/noise.toml", "sweep.noise.x.s=[0]", "sweep.noise.ou.ntau=[5]", "run.noise=common",
			"initial.x=0.1", "initial.ou=0", set), ways{})["/raw/x"])
	}
	if !slices.Equal(common("noise.x.rest=0"), common("noise.x.D=0")) {
		t.Error("noise whose gain is 0 moves a state")
	}
	if slices.Equal(common("noise.x.rest=0"), common("noise.x.rest=0.1")) {
		t.Error("noise does not move the state")
	}
}

// A point of a sweep of the correlation time at 0 is the point that knows no colour: it has its name and its bytes.
func TestWhiteAmongColours(t *testing.T) {
	const base = least + "precision = 'double'\n[noise]\nou = 0.5\n"
	record := "[[record]]\nmonitor = 'subsample'\nof = ['x', 'ou']\nperiod = '10 ms'\n"
	swept, alone := parse(t, base+"[sweep]\nnoise.ou.ntau = [0, 3]\n"+record), parse(t, base+record)
	if swept.Plan.Point(0).Name() != alone.Plan.Point(0).Name() {
		t.Error("the names differ")
	}
	want, got := result(t, alone, ways{}), result(t, swept, ways{})
	for _, name := range []string{"/subsample/x", "/subsample/ou"} {
		one, two := numbersIn(t, want[name]), numbersIn(t, got[name])
		if !slices.Equal(one, two[:len(one)]) {
			t.Errorf("%s differs", name)
		}
		if slices.Equal(two[:len(one)], two[len(one):]) {
			t.Errorf("%s of the coloured point is that of the white one", name)
		}
	}
}

// A switch may be said as one.
func TestSwitches(t *testing.T) {
	p := parse(t, strings.Replace(least, "toy.toml", "epileptor", 1)+"[parameters]\nmodification = true\n").Plan
	if v := p.Setting("modification").Values; len(v) != 1 || v[0] != 1 {
		t.Errorf("modification = %v", v)
	}
}

// In a model with modes a state's symbol says it of all modes, and the name of one mode of that one.
func TestModesAtOnce(t *testing.T) {
	p := parse(t, strings.Replace(least, "toy.toml", "reduced_fitzhugh_nagumo", 1)+
		"[noise]\nxi = { D = 0.1, ntau = 2, gain = \"xi\" }\nalpha_2 = 1\n[initial]\nxi = 0.5\nxi_3 = 0.25\n[clamp]\neta = 0\n").Plan
	for address, want := range map[string]float64{
		"noise.xi_1": 0.1, "noise.xi_3": 0.1, "noise.xi_2.ntau": 2, "noise.alpha_1": 0, "noise.alpha_2": 1,
		"initial.xi_1": 0.5, "initial.xi_3": 0.25, "clamp.eta_2": 0,
	} {
		if s := p.Setting(address); s == nil || s.Values[0] != want {
			t.Errorf("%s is %v, want %v", address, s, want)
		}
	}
	if got := p.Coloured(); !slices.Equal(got, []string{"xi_1", "xi_2", "xi_3"}) {
		t.Errorf("coloured are %v", got)
	}
	if got := p.Model.States[1].NoiseGain.String(); got != "xi" {
		t.Errorf("the gain of xi_2 is %s", got)
	}
}
