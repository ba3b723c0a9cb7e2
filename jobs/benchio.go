package jobs

import (
	"errors"
	"os"
	"path/filepath"

	"brainsweep/connectome"
	"brainsweep/io/result"
)

// benchWritten is what a part of the bench holds: 10 s of a point.
const (
	benchAverages = 10_000 // samples of a quantity
	benchBolds    = 10
	benchPiece    = 500 // samples that come at a time
)

// io times the writing of what the case leaves behind, as a job writes it: the series piece by piece, the FC of each,
// and the part until it is on the disk. It returns the seconds of a node-step in the fastest of several parts.
func (b *bench) io(brain *connectome.Connectome) (cost float64, err error) {
	const parts = 3
	folder, err := os.MkdirTemp("", "brainsweep-bench-*")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	layout := b.layout(brain)
	for range parts {
		began := b.now()
		if err := b.write(filepath.Join(folder, result.PartName(0, 1)), layout); err != nil {
			return 0, err
		}
		// now tells what each worker spent; there is one point, and one that writes.
		spent := (b.now() - began) * float64(b.dev.Info().Workers)
		if each := spent / (benchAverages * benchPeriod) / float64(b.Nodes); cost == 0 || each < cost {
			cost = each
		}
	}
	return cost, nil
}

func (b *bench) layout(brain *connectome.Connectome) *result.Layout {
	l := &result.Layout{Title: "bench " + b.Name, Plan: "bench", Basis: "bench", Points: 1, Connectome: brain}
	add := func(group, name string, samples int) {
		l.Series = append(l.Series, result.Series{Group: group, Name: name, Single: b.precision == 32,
			Times: result.Times{Count: samples, Period: 1}})
		l.Metrics = append(l.Metrics, result.Metric{Quantity: group + "_" + name, Name: "fc", Dims: []string{"node", "node2"}})
	}
	for _, name := range b.Of {
		add("average", name, benchAverages)
	}
	add("bold", "bold", benchBolds)
	return l
}

// write makes a part of numbers that differ from one another.
func (b *bench) write(path string, l *result.Layout) error {
	fc := make([]float64, b.Nodes*b.Nodes)
	for i := range fc {
		fc[i] = float64(i%613) / 613
	}
	part, err := result.CreatePart(path, l, 0, 1, nil)
	if err != nil {
		return err
	}
	for s, series := range l.Series {
		rows := b.samples(min(benchPiece, series.Times.Count))
		for at := 0; at < series.Times.Count && err == nil; at += benchPiece {
			err = part.Series(0, s, at, rows)
		}
		err = errors.Join(err, part.Metric(0, s, fc))
	}
	part.Done(0)
	if err != nil {
		return errors.Join(err, part.Abandon())
	}
	return part.Close(result.Run{})
}

// samples are rows as a sink gets them.
func (b *bench) samples(count int) any {
	if b.precision == 64 {
		return uneven[float64](count * b.Nodes)
	}
	return uneven[float32](count * b.Nodes)
}

func uneven[T float32 | float64](n int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = T(i%977) / 7
	}
	return out
}
