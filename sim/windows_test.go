package sim_test

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"math"
	"slices"
	"testing"

	"brainsweep/metrics"
)

// restless makes a series of nodes of which the second is constant for a while, and the third not finite at a time.
func restless(nodes, samples int) []float64 {
	rows := rhythms[float64](nodes+2, samples) // the last two are no good
	out := make([]float64, 0, nodes*samples)
	for t, row := range slices.Collect(slices.Chunk(rows, nodes+2)) {
		for i, x := range row[:nodes] {
			switch {
			case i == 1 && t > samples/3 && t < samples/2:
				x = 0.01
			case i == 2 && t == samples/5:
				x = math.NaN()
			}
			out = append(out, x)
		}
	}
	return out
}

// shapes of windows: whole steps, with a rest, shorter than a step, a single one, as many as there are samples, in several units, and
// with a last unit behind all of them.
var shapes = []struct{ samples, length, step int }{
	{2000, 400, 100}, {2000, 430, 100}, {2000, 30, 100}, {2000, 2000, 100}, {60, 3, 1}, {20_000, 9000, 700}, {17_000, 8190, 8190}, {16_390, 100, 8192},
}

// TestMachineMakesWindows: the host's windows are those that Go makes, where later nodes fill vectors, and where they do not.
func TestMachineMakesWindows(t *testing.T) {
	each(t, func(t *testing.T, isa string) { compareWindows(t, 13, isa) })
	compareWindows(t, 1, "native")
}

func compareWindows(t *testing.T, nodes int, isa string) {
	host := newHost[float64](t, nodes, isa)
	for _, c := range shapes {
		rows := restless(nodes, c.samples)
		want := metrics.WindowFC(metrics.Transposed(1000, rows, nodes, 1000), c.length, c.step)
		got := metrics.WindowFC(metrics.Hosted(1000, rows, nodes, 1000, host), c.length, c.step)
		if len(got) != len(want) {
			t.Fatalf("%d nodes, %v: %d windows, in Go %d", nodes, c, len(got), len(want))
		}
		for k := range want {
			if at := firstApart(got[k], want[k]); at >= 0 {
				t.Fatalf("%d nodes, %v: pair %d of window %d is %v, in Go %v", nodes, c, at, k, got[k][at], want[k][at])
			}
		}
		host.Next()
	}
	if err := host.Err(); err != nil {
		t.Fatal(err)
	}
}

// firstApart is the first place where correlations differ by more than rounding; -1 for none.
func firstApart(got, want []float64) int {
	if len(got) != len(want) {
		return min(len(got), len(want))
	}
	for k, w := range want {
		if !(math.Abs(got[k]-w) <= machineTolerance || math.IsNaN(w) && math.IsNaN(got[k])) {
			return k
		}
	}
	return -1
}

// TestWindowsOfAnInterruptedStream: a stream that is saved and read again after each unit, as in a checkpoint, gives the same bytes
// as one that a whole series passes, on a host and in Go.
func TestWindowsOfAnInterruptedStream(t *testing.T) {
	const nodes = 13
	hosts := map[string]*metrics.Host{"host": newHost[float64](t, nodes, "native"), "Go": nil}
	for _, c := range shapes {
		rows := restless(nodes, c.samples)
		config := metrics.Config{"fcd.window": {float64(c.length) / 1000}, "fcd.step": {float64(c.step) / 1000}}
		setup := metrics.Setup{Nodes: nodes, Samples: c.samples, Rate: 1000, Config: config}
		fcd, err := metrics.Find("fcd")
		if err != nil {
			t.Fatal(err)
		}
		moments := metrics.NewMoments(nodes, false)
		moments.Count = int64(c.samples)
		for name, host := range hosts {
			s := metrics.Transposed(1000, rows, nodes, 1000)
			if host != nil {
				s = metrics.Hosted(1000, rows, nodes, 1000, host)
			}
			want := slices.Clone(fcd.Values(&metrics.Input{Moments: moments, Signal: s, Config: config}))
			stream := fcd.Gathers(setup)
			for k := 0; ; k++ {
				from, to, ok := stream.Unit(k)
				if !ok {
					break
				}
				stream.Add(k, s.Part(from, to))
				stream = read(t, stream, fcd.Gathers(setup), k%2 == 0)
			}
			got := fcd.Values(&metrics.Input{Moments: moments, Streams: map[string]metrics.Stream{"fcd": stream}, Rate: 1000, Config: config, Host: host})
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%v by %s: %v, without interruption %v", c, name, got, want)
			}
			inPieces := &metrics.Input{Streams: map[string]metrics.Stream{"fcd": stream}, Config: config, Host: host}
			whole := &metrics.Input{Signal: s, Config: config}
			inPieces.TakeMomentsOfWindows(setup)
			whole.TakeMomentsOfWindows(setup)
			if got, want := *inPieces.Moments, *whole.Moments; fmt.Sprint(got) != fmt.Sprint(want) || got.Count != int64(c.samples) {
				t.Errorf("%v by %s: moments %v, without interruption %v", c, name, got, want)
			}
		}
	}
	if err := hosts["host"].Err(); err != nil {
		t.Fatal(err)
	}
}

// read has a stream take what another has gathered, whose memory it uses from then on, or which is freed before.
func read(t *testing.T, from, into metrics.Stream, uses bool) metrics.Stream {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(from); err != nil {
		t.Fatal(err)
	}
	var err error
	if uses {
		err = into.(metrics.Placed).Place(metrics.Heap, from.(metrics.Placed))
	} else {
		err = from.(metrics.Placed).Free()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := gob.NewDecoder(&b).Decode(into); err != nil {
		t.Fatal(err)
	}
	return into
}
