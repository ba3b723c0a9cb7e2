package result_test

import (
	"path/filepath"
	"testing"

	"brainsweep/io/result"
)

// long is a layout of points as the paper's: 10 s of 68 nodes in steps of 1 ms, single precision: 2.72 MB.
func long(points int) *result.Layout {
	l := small(points)
	l.Grid, l.Connectome, l.Series = nil, brain(68), l.Series[:1]
	l.Series[0].Times.Count = 10_000
	l.Metrics = []result.Metric{{Quantity: "E", Name: "fc", Dims: []string{"node", "node2"}}}
	return l
}

func writeLong(b *testing.B, l *result.Layout, folder string) {
	const size = 8
	epoch, fc := make([]float32, 2000*68), make([]float64, 68*68)
	for i := range epoch {
		epoch[i] = float32(i%977) / 7
	}
	for i := range fc {
		fc[i] = float64(i%613) / 613
	}
	for first := 0; first < l.Points; first += size {
		p := must(result.CreatePart(filepath.Join(folder, result.PartName(first, size)), l, first, size, nil))(b)
		for point := first; point < first+size; point++ {
			for sample := 0; sample < 10_000; sample += 2000 {
				ok(b, p.Series(point, 0, sample, epoch))
			}
			ok(b, p.Metric(point, 0, fc))
			p.Done(point)
		}
		ok(b, p.Close(someRun(first)))
	}
}

const longPoints = 128

func BenchmarkParts(b *testing.B) {
	l := long(longPoints)
	b.SetBytes(longPoints * 10_000 * 68 * 4)
	for b.Loop() {
		writeLong(b, l, b.TempDir())
	}
}

func BenchmarkVerify(b *testing.B) {
	folder := b.TempDir()
	l := long(longPoints)
	writeLong(b, l, folder)
	parts := must(result.Parts(folder))(b)
	b.SetBytes(longPoints * 10_000 * 68 * 4)
	for b.Loop() {
		for _, p := range parts {
			_, err := result.VerifyPart(p, l.Basis)
			ok(b, err)
		}
	}
}

func BenchmarkMerge(b *testing.B) {
	folder := b.TempDir()
	l := long(longPoints)
	writeLong(b, l, folder)
	parts := must(result.Parts(folder))(b)
	b.SetBytes(longPoints * 10_000 * 68 * 4)
	for b.Loop() {
		ok(b, result.Merge(filepath.Join(folder, "out.h5"), l, parts, nil))
	}
}
