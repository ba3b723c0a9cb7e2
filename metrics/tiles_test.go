package metrics_test

import (
	"fmt"
	"slices"
	"testing"

	"brainsweep/metrics"
)

// What is in tiles are the samples that came, less those that were dropped, however many came at a time.
func TestTiles(t *testing.T) {
	for _, nodes := range []int{1, 7, 8, 68} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			tilesKeep[float32](t, nodes, 32)
			tilesKeep[float64](t, nodes, 64)
		})
	}
}

func tilesKeep[T float32 | float64](t *testing.T, nodes, bits int) {
	taken := 0
	tiles, err := metrics.NewTiles(nodes, bits, 20, func(size int) (metrics.Memory, error) {
		taken++
		return metrics.Heap(size)
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []T
	next := T(0)
	for turn, come := range []int{3, 0, 14, 9, 30, 1, 200} { // beyond the room, with and without what is dropped
		rows := make([]T, come*nodes)
		for i := range rows {
			next++
			rows[i] = next
		}
		want = append(want, rows...)
		if err := tiles.Add(rows); err != nil {
			t.Fatal(err)
		}
		gone := min(4*turn, len(want)/nodes)
		want = want[gone*nodes:]
		tiles.Drop(gone)
		if got := tiles.Rows().([]T); !slices.Equal(got, want) || tiles.Len() != len(want)/nodes {
			t.Fatalf("after turn %d there are %v, not %v", turn, got, want)
		}
	}
	if room := tiles.Room(); taken > 4 || room < tiles.Len() || room > 400 {
		t.Errorf("memory was taken %d times, in the end for %d samples", taken, room)
	}
	from, to := 10, tiles.Len()-5
	signal, plain := tiles.Signal(from, to, 1000, 2, nil), metrics.Transposed(1000, want[from*nodes:to*nodes], nodes, 2)
	for i := range nodes {
		if !slices.Equal(signal.Node(i), plain.Node(i)) {
			t.Errorf("node %d is %v, not %v", i, signal.Node(i), plain.Node(i))
		}
	}
	if tiles.Add([]int{1}) == nil {
		t.Error("whole numbers are samples")
	}
}
