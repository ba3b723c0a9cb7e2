package sim_test

import (
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"brainsweep/cpu"
	"brainsweep/metrics"
	"brainsweep/sim"
)

// What the kernels and Go find differs by rounding alone. Numbers that are counted are the same.
const machineTolerance = 1e-9

// rhythms makes a series of nodes that oscillate together, with noise; the last ones are constant, and not finite at a time.
func rhythms[T float32 | float64](nodes, samples int) []T {
	r := rand.New(rand.NewPCG(uint64(nodes), uint64(samples)))
	rows := make([]T, nodes*samples)
	state := make([]float64, nodes)
	for t := range samples {
		common := math.Sin(2*math.Pi*9*float64(t)/1000) + 0.3*r.NormFloat64()
		for i := range nodes {
			state[i] = 0.97*state[i] + 0.3*r.NormFloat64() + 0.2*common
			rows[t*nodes+i] = T(0.02 + 0.004*(state[i]+float64(i%3)*common))
			switch {
			case i == nodes-1:
				rows[t*nodes+i] = 0.01
			case i == nodes-2 && t == samples/2 && nodes < 68:
				rows[t*nodes+i] = T(math.NaN())
			}
		}
	}
	return rows
}

func TestMachineFindsWhatGoFinds(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	for _, c := range []struct {
		nodes, samples int
		segment        float64 // of spectra [s]
	}{
		{68, 4000, 2}, {5, 2016, 0.5}, {5, 1750, 0.7}, {5, 2187, 0.243}, {20, 2025, 0.125}, {5, 1009, 0.25}, {24, 3000, 0.101},
	} {
		t.Run(fmt.Sprintf("%d nodes, %d samples", c.nodes, c.samples), func(t *testing.T) {
			options := machineOptions(c.segment)
			compareMachine(t, dev, rhythms[float32](c.nodes, c.samples), c.nodes, options)
			compareMachine(t, dev, rhythms[float64](c.nodes, c.samples), c.nodes, options)
		})
	}
}

// TestMachineOfLivelyNodes: where no node is constant, more is computed by products.
func TestMachineOfLivelyNodes(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	const nodes, samples = 68, 1200
	rows := make([]float64, 0, nodes*samples)
	for row := range slices.Chunk(rhythms[float64](nodes+1, samples), nodes+1) {
		rows = append(rows, row[:nodes]...)
	}
	compareMachine(t, dev, rows, nodes, machineOptions(0.25), "fcd", "psd")
}

func machineOptions(segment float64) metrics.Config {
	options := metrics.Defaults()
	maps.Copy(options, metrics.Config{"fcd.window": {0.5}, "fcd.step": {0.13}, "psd.segment": {segment}, "coherence.segment": {segment},
		"phase.trim": {0.017}, "updown.sigma": {0.0033}, "dmn.regions": {0, 1}, "homotopic.pairs": {0, 1}})
	return options
}

// Kernels take as many nodes at once as the instruction set allows, and find the same.
func TestMachineOnEveryInstructionSet(t *testing.T) {
	const nodes, samples = 28, 1008
	each(t, func(t *testing.T, isa string) {
		dev, err := cpu.Open(cpu.Options{Threads: 1, ISA: isa})
		if err != nil {
			t.Skipf("there is no C compiler, or no such instruction set: %v", err)
		}
		defer dev.Close()
		compareMachine(t, dev, rhythms[float32](nodes, samples), nodes, machineOptions(0.25))
	})
}

// TestMachineFindsTiesOfPhases: nodes that do the same, or the opposite, are no lag, however near the others come.
func TestMachineFindsTiesOfPhases(t *testing.T) {
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		t.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	for _, c := range []struct{ nodes, samples int }{{11, 3000}, {7, 3087}} {
		rows := rhythms[float64](c.nodes, c.samples)
		for at := 0; at < len(rows); at += c.nodes {
			x := rows[at : at+c.nodes]
			x[1], x[2] = x[0], 0.04-x[0]
			x[4], x[5] = x[3]+1e-7*(x[0]-0.02), x[3]+1e-11*(x[0]-0.02) // behind by more and by less than counts
		}
		compareMachine(t, dev, rows, c.nodes, metrics.Defaults(), "phase")
	}
}

func compareMachine[T float32 | float64](t *testing.T, dev *cpu.Device, rows []T, nodes int, options metrics.Config, groups ...string) {
	precision := 32
	if _, double := any(rows).([]float64); double {
		precision = 64
	}
	machine, err := sim.NewMachine(context.Background(), dev, nodes, precision)
	if err != nil {
		t.Fatal(err)
	}
	defer machine.Close()
	series := metrics.NewSeries(nodes, true)
	sample := make([]float64, nodes)
	for at := 0; at < len(rows); at += nodes {
		for i := range sample {
			sample[i] = float64(rows[at+i])
		}
		series.Add(sample)
	}
	moments := series.Moments()
	host := metrics.NewHost(machine, nodes)
	plain := &metrics.Input{Moments: moments, Unit: "kHz", Config: options, Signal: metrics.Transposed(1000, rows, nodes, 1000)}
	hosted := &metrics.Input{Moments: moments, Unit: "kHz", Config: options, Signal: metrics.Hosted(1000, rows, nodes, 1000, host)}
	compareSums(t, hosted.Signal, moments, options)
	table := metrics.Table()
	if len(groups) > 0 {
		table = nil
	}
	for _, g := range metrics.Groups() {
		if slices.Contains(groups, g.Name) {
			table = append(table, g.Metrics...)
		}
	}
	for _, m := range table {
		want, got := m.Values(plain), m.Values(hosted)
		largest := 0.0
		for _, w := range want {
			if !math.IsNaN(w) {
				largest = max(largest, math.Abs(w))
			}
		}
		for k, w := range want {
			if !(math.Abs(got[k]-w) <= machineTolerance*largest || math.IsNaN(w) && math.IsNaN(got[k])) {
				t.Fatalf("%d bits: %s[%d] is %v, in Go %v", precision, m.Name, k, got[k], w)
			}
		}
	}
	sameAgain(t, host, rows, nodes, moments, options)
	if err := host.Err(); err != nil {
		t.Fatal(err)
	}
}

// compareSums compares the moments that are found on the way to windows, in Hz, with those of a series in kHz.
func compareSums(t *testing.T, hosted *metrics.Signal, want *metrics.Moments, options metrics.Config) {
	t.Helper()
	in := &metrics.Input{Unit: "kHz", Config: options, Signal: hosted}
	in.TakeMomentsOfWindows(metrics.Setup{Nodes: hosted.N(), Samples: hosted.Len(), Rate: 1000, Config: options})
	got, pair := in.Moments, 0
	for i := range want.N() {
		same := got.Bad(i) == want.Bad(i) && got.Constant(i) == want.Constant(i)
		if !want.Bad(i) {
			same = same && got.Min[i] == 1000*want.Min[i] && got.Max[i] == 1000*want.Max[i] &&
				math.Abs(got.Mean(i)-1000*want.Mean(i)) <= 1e-13*1000*math.Abs(want.Mean(i)) && math.Abs(got.Std(i)-1000*want.Std(i)) <= 1e-12*1000*want.Std(i)
		}
		if !same {
			t.Fatalf("node %d: mean %v, deviation %v, from %v to %v; in Go %v, %v, from %v to %v, times 1000", i, got.Mean(i), got.Std(i), got.Min[i], got.Max[i],
				want.Mean(i), want.Std(i), want.Min[i], want.Max[i])
		}
		for j := i + 1; j < want.N(); j++ {
			scale := 1e6 * math.Sqrt(want.Squares[i]) * math.Sqrt(want.Squares[j])
			if got, want := got.Products[pair], 1e6*want.Products[pair]; !(math.Abs(got-want) <= 1e-12*scale) && !math.IsNaN(scale) {
				t.Fatalf("product of nodes %d and %d: %v, in Go %v", i, j, got, want)
			}
			pair++
		}
	}
	if got.Count != want.Count || in.Unit != "Hz" {
		t.Fatalf("%d samples in %s, not %d in Hz", got.Count, in.Unit, want.Count)
	}
}

// TestMachineOfManyLengths: more lengths than a host keeps plans of, with some among them that it has none for.
func TestMachineOfManyLengths(t *testing.T) {
	const nodes = 5
	host := newHost[float64](t, nodes, "native")
	power, err := metrics.Find("region_psd")
	if err != nil {
		t.Fatal(err)
	}
	for turn := range 24 {
		samples := 1000 + turn%12 // of which 1009 is prime
		rows := rhythms[float64](nodes, samples)
		moments := metrics.NewMoments(nodes, false)
		moments.Count = int64(samples)
		host.Next()
		in := func(s *metrics.Signal) *metrics.Input { return &metrics.Input{Moments: moments, Signal: s} }
		got, want := power.Values(in(metrics.Hosted(1000, rows, nodes, 1, host))), power.Values(in(metrics.Transposed(1000, rows, nodes, 1)))
		for k, w := range want {
			if math.Abs(got[k]-w) > machineTolerance*math.Abs(w)+1e-15 || math.IsNaN(got[k]) != math.IsNaN(w) {
				t.Fatalf("%d samples: number %d is %v, in Go %v", samples, k, got[k], w)
			}
		}
	}
	if err := host.Err(); err != nil {
		t.Fatal(err)
	}
}

// sameAgain tells that a host computes a second point, whose numbers take the place of the first one's, as it computed the first:
// those of other metrics, and with another structure, in every other turn.
func sameAgain[T float32 | float64](t *testing.T, host *metrics.Host, rows []T, nodes int, moments *metrics.Moments, options metrics.Config) {
	first := map[string][]float64{}
	for turn := range 4 {
		host.Next()
		in := &metrics.Input{Moments: moments, Unit: "kHz", Config: options, Signal: metrics.Hosted(1000, rows, nodes, 1000, host)}
		for k := range nodes * nodes {
			in.Weights = append(in.Weights, float64(k*k%101+turn%2*k))
		}
		table := metrics.Table()
		if turn%2 == 1 {
			slices.Reverse(table)
		}
		all := map[string][]float64{}
		for _, m := range table {
			name := m.Name
			if m.Group == "fc_sc" {
				name = fmt.Sprint(name, turn%2)
			}
			if slices.Contains([]string{"rate", "fc", "fc_sc", "fcd", "psd", "phase", "updown", "dmn"}, m.Group) || strings.Contains(m.Name, "ratio_ai") {
				all[name] = m.Values(in)
			}
		}
		for name, values := range all {
			if first[name] == nil {
				first[name] = slices.Clone(values)
			} else if !slices.EqualFunc(values, first[name], func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }) {
				t.Fatalf("turn %d: %s is %v, not %v", turn, name, values, first[name])
			}
		}
	}
}

// BenchmarkMachine times each group with the kernels, in ns for a node and sample.
func BenchmarkMachine(b *testing.B) {
	const nodes, samples = 68, 10000
	dev, err := cpu.Open(cpu.Options{Threads: 1})
	if err != nil {
		b.Skipf("there is no C compiler: %v", err)
	}
	defer dev.Close()
	machine, err := sim.NewMachine(context.Background(), dev, nodes, 32)
	if err != nil {
		b.Fatal(err)
	}
	defer machine.Close()
	host := metrics.NewHost(machine, nodes)
	rows := rhythms[float32](nodes, samples)
	series := metrics.NewSeries(nodes, true)
	sample := make([]float64, nodes)
	for at := 0; at < len(rows); at += nodes {
		for i := range sample {
			sample[i] = float64(rows[at+i])
		}
		series.Add(sample)
	}
	moments := series.Moments()
	options := metrics.Defaults()
	maps.Copy(options, metrics.Config{"fcd.window": {2}, "fcd.step": {0.5}, "dmn.regions": {1, 2, 3}, "homotopic.pairs": {0, 1}})
	for _, g := range metrics.Groups() {
		b.Run(g.Name, func(b *testing.B) {
			for b.Loop() {
				host.Next()
				in := &metrics.Input{Moments: moments, Unit: "kHz", Config: options, Signal: metrics.Hosted(1000, rows, nodes, 1000, host)}
				for _, m := range g.Metrics {
					m.Values(in)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*nodes*samples), "ns/node-sample")
		})
	}
}
