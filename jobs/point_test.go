package jobs_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"brainsweep/jobs"
)

// name makes a point's name after the description in the package, from what the point says of itself.
func name(p *jobs.Plan, pt jobs.Point) string {
	b := "brainsweep point 2\n" + p.Model.Digest() + "\x00"
	b += p.Coupling.Name + "\x00" + p.Coupling.Pre + "\x00" + p.Coupling.Post + "\x00"
	b += p.Connectome.Digest() + "\x00"
	double := func(x float64) string {
		return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
	}
	count := func(n int) string { return string(binary.LittleEndian.AppendUint64(nil, uint64(n))) }
	b += double(p.Run.Step)
	entries := map[string]string{}
	for _, s := range p.Settings {
		entries[s.Address] = count(1) + double(pt.Value(s.Address))
		if n := len(s.Values); n > 1 {
			all := ""
			for i := range n {
				all += double(pt.NodeValue(s.Address, i))
			}
			sum := sha256.Sum256([]byte(all))
			entries[s.Address] = count(n) + string(sum[:])
		}
	}
	for _, s := range p.Model.States {
		if address := "initial." + s.Name; p.Setting(address) == nil {
			entries[address] = count(0) + double(s.Low) + double(s.High)
		}
	}
	var addresses []string
	for a := range entries {
		addresses = append(addresses, a)
	}
	slices.Sort(addresses)
	for _, a := range addresses {
		b += a + "\x00" + entries[a]
	}
	sum := sha256.Sum256([]byte(b))
	return hex.EncodeToString(sum[:])
}

func TestNamesAreWhatIsPromised(t *testing.T) {
	p := read(t, "testdata/full.toml").Plan
	seen := map[string]bool{}
	for i := range p.Points() {
		pt := p.Point(i)
		if got, want := pt.Name(), name(p, pt); got != want {
			t.Fatalf("point %d is called %s, want %s", i, got, want)
		}
		seen[pt.Name()] = true
	}
	// The seed does not enter the name, every other axis does.
	if want := p.Points() / 2; len(seen) != want {
		t.Errorf("%d names, want %d", len(seen), want)
	}
}

// TestNamesAreStable holds names, keys and hashes to what they were when they were first computed: who changes
// them changes the noise of everybody's points.
func TestNamesAreStable(t *testing.T) {
	for _, c := range []struct {
		file        string
		point       int
		name, key   string
		first, last float64 // of the initial state
		hash        string
	}{
		{"full", 17, "9a4a436a0f6e1f158b6cac39d18c6f7be62c49b65c7b0c913ced424569ade634", "d36c8db66aedd7c2", 0.1, 0,
			"382f10c319d4bf80c0d83af591d0cb207d211f2d2f546fdd62d618b20726b894"},
		{"drawn", 3, "565f0555978c8fe7d8616bc0e08cca80654b5f751cbc5a31e180fcbd0d9de810", "b7c39ecf08a590cf", 0.1357898482820019, 0.6343388294335455,
			"908366e2dee7a189cac1e109ce459255dd2522de2e1571b0ec16cfe833f0893e"},
	} {
		p := read(t, "testdata/"+c.file+".toml").Plan
		pt := p.Point(c.point)
		x := pt.Initial()
		got := fmt.Sprintf("%s %016x %v %v %s", pt.Name(), pt.Key(), x[0], x[len(x)-1], p.Hash())
		want := fmt.Sprintf("%s %s %v %v %s", c.name, c.key, c.first, c.last, c.hash)
		if got != want {
			t.Errorf("%s: %s\nwant %s", c.file, got, want)
		}
	}
}

// TestNameDependsOnTheEquationsAlone changes a job in ways that do and that do not change the equations of its point.
func TestNameDependsOnTheEquationsAlone(t *testing.T) {
	base := parse(t, least).Plan.Point(0)
	same := map[string]string{
		"order of keys":        "title = 'x'\n[run]\nduration = '1 s'\n[connectome]\nsource = 'synthetic:10'\n" + "", // the model follows by --set
		"precision":            least + "precision = 'double'\n",
		"scheme":               least + "scheme = 'euler'\n",
		"duration":             strings.Replace(least, "1 s", "2 s", 1),
		"transient":            least + "transient = '100 ms'\n",
		"seed":                 least + "seed = 5\n",
		"written out":          least + "[parameters]\ngain = 0.5\n[noise]\nou = 0.25\n[coupling]\na = 0.00390625\n",
		"unit":                 least + "[parameters]\ntau = '0.01 s'\n",
		"node by node":         least + "[parameters]\ntau = [10, 10, 10, 10, 10, 10, 10, 10, 10, 10]\n",
		"sweep":                least + "[sweep]\ngain = [0.5]\n",
		"monitors":             least + "[[record]]\nmonitor = 'raw'\nof = 'x'\n[metrics]\nof = 'x'\nuse = 'rate'\n",
		"minus zero":           least + "[coupling]\nb = -0.0\n",
		"common noise":         least + "noise = 'common'\n",
		"noise as a table":     least + "[noise.ou]\nD = 0.25\nntau = 0\n",
		"swept without colour": least + "[sweep]\nnoise.ou.ntau = [0]\n",
		"normalised for none":  strings.Replace(least, "[run]", "normalise = 'none'\n[run]", 1),
	}
	for what, text := range same {
		if got := parse(t, text, "model=toy.toml").Plan.Point(0).Name(); got != base.Name() {
			t.Errorf("%s changes the name", what)
		}
	}
	names := map[string]string{base.Name(): "nothing"}
	for what, text := range map[string]string{
		"parameter":  least + "[parameters]\ngain = 0.50001\n",
		"one node":   least + "[parameters]\ntau = [10, 10, 10, 10, 10, 10, 10, 10, 10, 11]\n",
		"preset":     "preset = 'loud'\n" + least,
		"coupling":   least + "[coupling]\nfunction = 'scaling'\n",
		"colour":     least + "[noise]\nou = { ntau = 5 }\n",
		"gain":       least + "[noise]\nou = { gain = 'x' }\n",
		"its number": least + "[noise]\nou = { gain = 'k', k = 1 }\n",
		"a clamp":    least + "[clamp]\nx = 1\n",
		"strength":   least + "[coupling]\na = 0.1\n",
		"speed":      strings.Replace(least, "[run]", "speed = '4 m/s'\n[run]", 1),
		"connectome": strings.Replace(least, "synthetic:10", "synthetic:11", 1),
		"normalised": strings.Replace(least, "[run]", "normalise = 'row'\n[run]", 1),
		"noise":      least + "[noise]\nou = 0.3\n",
		"no noise":   least + "noise = 'none'\n",
		"initial":    least + "[initial]\nx = 0.3\n",
		"step":       least + "step = '0.05 ms'\n",
		"model":      strings.Replace(least, "toy.toml", "kuramoto", 1),
	} {
		got := parse(t, text).Plan.Point(0).Name()
		if other, ok := names[got]; ok {
			t.Errorf("%s has the same name as %s", what, other)
		}
		names[got] = what
	}
}

// TestAPointIsTheSameAnywhere looks for the points of one sweep in others: of another order, of more points, alone.
func TestAPointIsTheSameAnywhere(t *testing.T) {
	type key struct {
		name string
		key  uint64
	}
	points := func(text string, set ...string) map[string]key {
		p := parse(t, text, set...).Plan
		out := map[string]key{}
		for i := range p.Points() {
			pt := p.Point(i)
			out[fmt.Sprint(pt.Value("gain"), pt.Value("coupling.a"))] = key{pt.Name(), pt.Key()}
		}
		return out
	}
	all := points(least + "[sweep]\ngain = { from = 0, to = 4, points = 5 }\ncoupling.a = [0.1, 0.2]\n")
	for what, some := range map[string]map[string]key{
		"another order": points(least + "[sweep]\ncoupling.a = [0.2, 0.1]\ngain = [3, 2, 1]\n"),
		"a list":        points(least + "[sweep]\nmode = 'zip'\ncoupling.a = [0.2, 0.1]\ngain = [3, 1]\n"),
		"alone":         points(least, "parameters.gain=2", "coupling.a=0.2"),
		"half alone":    points(least+"[sweep]\ngain = [4]\n", "coupling.a=0.1"),
	} {
		for at, k := range some {
			if all[at] != k {
				t.Errorf("%s: the point at %s is another one", what, at)
			}
		}
	}
	if len(all) != 10 {
		t.Errorf("%d points", len(all))
	}
}

func TestKeysFollowSeedAndNoise(t *testing.T) {
	sweep := "[sweep]\ngain = [1, 2]\nrun.seed = [3, 4]\n"
	keys := func(noise string) []uint64 {
		p := parse(t, least+"noise = '"+noise+"'\n"+sweep).Plan
		var out []uint64
		for i := range p.Points() {
			out = append(out, p.Point(i).Key())
		}
		return out
	}
	distinct := func(k []uint64) int {
		k = slices.Sorted(slices.Values(k))
		return len(slices.Compact(k))
	}
	if n := distinct(keys("independent")); n != 4 {
		t.Errorf("independent: %d keys for 4 points", n)
	}
	common := keys("common")
	if distinct(common) != 2 || common[0] != common[2] || common[1] != common[3] {
		t.Errorf("common: keys %x", common)
	}
	if alone := parse(t, least+"noise = 'common'\nseed = 3\n").Plan.Point(0).Key(); alone != common[0] {
		t.Errorf("the seed of an axis and that of [run] differ: %x, %x", common[0], alone)
	}
}

func TestInitialState(t *testing.T) {
	p := read(t, "testdata/full.toml").Plan
	x := p.Point(0).Initial()
	want := []float64{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, // of the column, by label
		5, 5, 5, 5, 5, 5, 5, 5, 5, 5, // of the preset
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0} // of the sweep
	if !slices.Equal(x, want) {
		t.Errorf("%v, want %v", x, want)
	}

	// Drawn: uniform in the range, another draw for each node, state and point, the same each time.
	q := parse(t, strings.Replace(least, "synthetic:10", "synthetic:1000", 1)+"[sweep]\ngain = [1, 2]\n").Plan
	a, b := q.Point(0).Initial(), q.Point(1).Initial()
	if !slices.Equal(a, q.Point(0).Initial()) {
		t.Error("a second look gives another state")
	}
	mean, square := 0.0, 0.0
	for _, v := range a[:1000] {
		if v < 0 || v > 1 {
			t.Fatalf("%v is outside of the range 0 to 1", v)
		}
		mean, square = mean+v/1000, square+v*v/1000
	}
	// Means of 1000 uniform numbers and of their squares: 1/2 +- 0.0091, 1/3 +- 0.0094.
	if math.Abs(mean-0.5) > 0.03 || math.Abs(square-1./3) > 0.03 {
		t.Errorf("mean %v, mean square %v", mean, square)
	}
	same := 0
	for i := range 1000 {
		if a[i] == b[i] || a[i] == 0.5*(a[2000+i]+1) { // ou is drawn from -1 to 1
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d draws are the same at another point or in another state", same)
	}
	if !slices.Equal(a[1000:2000], slices.Repeat([]float64{2}, 1000)) {
		t.Error("w does not start at the one value of its range")
	}
}

func TestMillionsOfPointsCostNothing(t *testing.T) {
	p := parse(t, least+"[sweep]\ngain = { from = 0, to = 1, points = 1000 }\ncoupling.a = { from = 0, to = 1, points = 1000 }\ntau = { from = 1, to = 2, points = 1000 }\n").Plan
	if p.Points() != 1e9 {
		t.Fatalf("%d points", p.Points())
	}
	pt := p.Point(123_456_789)
	if pt.Value("tau") != 1+789./999 || pt.Value("gain") != 123./999 || pt.Value("coupling.a") != 456./999 {
		t.Errorf("%v", pt.Values)
	}
}

// TestOrderOfKeysDoesNotShow writes one job with its sections, and the keys in them, in random orders.
func TestOrderOfKeysDoesNotShow(t *testing.T) {
	sections := [][]string{
		{"[connectome]", "source = 'synthetic:10'", "speed = '4 m/s'", "normalise = 'row'", "diagonal = 'zero'"},
		{"[coupling]", "function = 'sigmoidal'", "a = 0.5", "cmin = 0", "sigma = 100"},
		{"[run]", "duration = '1 s'", "step = '0.2 ms'", "noise = 'common'"},
		{"[parameters]", "gain = 1", "tau = 5", "current = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"},
		{"[noise]", "ou = 1", "x = 0.5"},
		{"[initial]", "x = 1", "w = 2", "ou = 0"},
	}
	random := rand.New(rand.NewPCG(1, 2))
	var names []string
	for range 20 {
		text := "model = 'toy.toml'\n"
		for _, s := range random.Perm(len(sections)) {
			keys := slices.Clone(sections[s][1:])
			random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
			text += sections[s][0] + "\n" + strings.Join(keys, "\n") + "\n"
		}
		p := parse(t, text).Plan
		names = append(names, p.Point(0).Name()+p.Hash()+p.Text())
	}
	if len(slices.Compact(names)) != 1 {
		t.Error("the order of keys changes the point")
	}
}

func BenchmarkName(b *testing.B) {
	j, err := jobs.Read("../examples/adex.toml")
	if err != nil {
		b.Fatal(err)
	}
	for i := range b.N {
		j.Plan.Point(i % j.Plan.Points()).Name()
	}
}
