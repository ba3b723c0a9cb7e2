package sim_test

import (
	"context"
	"math"
	"os"
	"strconv"
	"testing"

	"brainsweep/codegen"
	"brainsweep/connectome"
	"brainsweep/cpu"
	"brainsweep/device"
	"brainsweep/gpu"
	"brainsweep/metrics"
	"brainsweep/model"
	"brainsweep/model/library"
	"brainsweep/sim"
)

// kernels is where the tests of this package keep what they compile: in the folder that BRAINSWEEP_TEST_KERNELS names, which several runs
// may share, or in one that is removed at the end.
var kernels = os.Getenv("BRAINSWEEP_TEST_KERNELS")

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "sim-kernels-")
	if err != nil {
		panic(err)
	}
	if kernels == "" {
		kernels = folder
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// open gives a device that keeps its kernels for the test run only: the CPU, or with BRAINSWEEP_DEVICE=cuda a GPU, of which
// each point takes BRAINSWEEP_BLOCKS blocks.
func open(t testing.TB, threads int) device.Device {
	t.Helper()
	dev, err := device.Device(nil), error(nil)
	if os.Getenv("BRAINSWEEP_DEVICE") == "cuda" {
		blocks, _ := strconv.Atoi(os.Getenv("BRAINSWEEP_BLOCKS"))
		dev, err = gpu.Open(gpu.Options{CacheDir: kernels, Blocks: blocks})
	} else {
		dev, err = cpu.Open(cpu.Options{Threads: threads, CacheDir: kernels})
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dev.Close() })
	return dev
}

// kept is a sink that keeps everything: rows of one number per node, by point, stream and quantity.
type kept map[[3]int][][]float64

func keeper(nodes int) (kept, sim.Sink) {
	k := kept{}
	return k, k.sink(nodes)
}

func (k kept) sink(nodes int) sim.Sink {
	return sinkFunc(func(point, stream, quantity int, first int64, rows any) error {
		key := [3]int{point, stream, quantity}
		var flat []float64
		switch r := rows.(type) {
		case []float64:
			flat = append(flat, r...)
		case []float32:
			for _, v := range r {
				flat = append(flat, float64(v))
			}
		}
		if int(first) != len(k[key]) {
			panic("samples do not come in order")
		}
		for len(flat) > 0 {
			k[key] = append(k[key], flat[:nodes:nodes])
			flat = flat[nodes:]
		}
		return nil
	})
}

type sinkFunc func(point, stream, quantity int, first int64, rows any) error

func (f sinkFunc) Samples(point, stream, quantity int, first int64, rows metrics.Rows) error {
	return f(point, stream, quantity, first, rows.Numbers)
}

// simulate runs points of a study and returns what was sampled and what came out.
func simulate(t testing.TB, dev device.Device, study *sim.Study, points ...sim.Point) (kept, []sim.Outcome) {
	t.Helper()
	r, err := sim.NewRunner(context.Background(), dev, study)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	k, sink := keeper(study.Nodes)
	out, err := r.Run(context.Background(), points, sink, sim.Pace{})
	if err != nil {
		t.Fatal(err)
	}
	return k, out
}

// values gives a model's and a coupling's defaults, with what is set otherwise.
func values(m *model.Model, c model.Coupling, step float64, set map[string]float64) func(string) float64 {
	v := map[string]float64{codegen.StepAddress: step}
	for _, p := range m.Parameters {
		v[p.Name] = p.Value
	}
	for _, p := range c.Parameters {
		v["coupling."+p.Name] = p.Value
	}
	for _, s := range m.States {
		v["noise."+s.Name] = s.Noise
	}
	for name, x := range set {
		v[name] = x
	}
	return func(address string) float64 {
		x, ok := v[address]
		if !ok {
			panic("no value for " + address)
		}
		return x
	}
}

func scheme(t testing.TB, name string) codegen.Scheme {
	t.Helper()
	s, err := codegen.FindScheme(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fromLibrary(t testing.TB, name string) *model.Model {
	t.Helper()
	m, err := library.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func coupling(t testing.TB, name string) model.Coupling {
	t.Helper()
	c, err := model.FindCoupling(name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// network makes a connectome of matrices given row by row.
func network(weights, lengths [][]float64) *connectome.Connectome {
	c := &connectome.Connectome{Source: "test"}
	for i := range weights {
		c.Labels = append(c.Labels, string(rune('a'+i)))
		c.Weights = append(c.Weights, weights[i]...)
		c.Lengths = append(c.Lengths, lengths[i]...)
	}
	return c
}

func wiring(t testing.TB, c *connectome.Connectome, speed, step float64) *sim.Wiring {
	t.Helper()
	w, err := sim.NewWiring(c, speed, step)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// constant is an initial state that is the same at all nodes.
func constant(nodes int, states ...float64) []float64 {
	var out []float64
	for _, s := range states {
		for range nodes {
			out = append(out, s)
		}
	}
	return out
}

// every samples quantities once in period steps.
func every(period int, quantities ...string) codegen.Stream {
	return stream(codegen.Sample, period, quantities...)
}

func stream(kind codegen.Kind, period int, quantities ...string) codegen.Stream {
	s := codegen.Stream{Kind: kind, Period: period}
	for _, q := range quantities {
		s.Quantities = append(s.Quantities, codegen.Quantity{Name: q, Out: true})
	}
	return s
}

func relative(have, want, scale float64) float64 {
	if have == want {
		return 0
	}
	return math.Abs(have-want) / math.Max(math.Abs(want), scale)
}
