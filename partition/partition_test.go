package partition_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"brainsweep/fault"
	"brainsweep/partition"
)

type costs = func(i int) (partition.Cost, int)

// equal is the cost function of points that all cost the same.
func equal(bytes int64, work float64, points int) costs {
	return func(int) (partition.Cost, int) { return partition.Cost{Bytes: bytes, Work: work}, points }
}

func whole(points int) []partition.Batch { return partition.Rest(points, nil) }

func TestSplitExamples(t *testing.T) {
	tests := []struct {
		name   string
		points int
		limit  partition.Limit
		want   string
	}{
		{"nothing", 0, partition.Limit{}, "[]"},
		{"one point", 1, partition.Limit{Ranks: 4, Workers: 8}, "[{0 1}]"},
		{"fewer points than ranks", 3, partition.Limit{Ranks: 4, Workers: 8}, "[{0 1} {1 1} {2 1}]"},
		{"fewer points than workers", 10, partition.Limit{Ranks: 4, Workers: 8}, "[{0 3} {3 3} {6 3} {9 1}]"},
		{"whole waves of workers, fewer at the end", 40, partition.Limit{Ranks: 1, Workers: 4},
			"[{0 12} {12 8} {20 8} {28 4} {32 4} {36 4}]"},
		{"a count", 20, partition.Limit{Count: 5, Workers: 8}, "[{0 5} {5 5} {10 5} {15 5}]"},
		{"memory for 100 bytes", 10, partition.Limit{Bytes: 35, Workers: 4, Ranks: 1}, "[{0 3} {3 3} {6 3} {9 1}]"},
		{"work", 12, partition.Limit{Work: 2, Workers: 2, Ranks: 1}, "[{0 2} {2 2} {4 2} {6 2} {8 2} {10 2}]"},
	}
	for _, tt := range tests {
		got, err := partition.Split(whole(tt.points), equal(10, 1, tt.points), tt.limit)
		if err != nil || fmt.Sprint(got) != tt.want {
			t.Errorf("%s: %v, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

func TestSplitTellsOfAPointThatIsTooLarge(t *testing.T) {
	cost := func(i int) (partition.Cost, int) { return partition.Cost{Bytes: int64(i) * 1e8, Work: 1}, i + 1 }
	_, err := partition.Split(whole(100), cost, partition.Limit{Bytes: 25e8})
	if !fault.Is(err) || !strings.Contains(err.Error(), "point 26 needs 2.6 GB of device memory, but there is room for 2.5 GB") {
		t.Errorf("error %v", err)
	}
}

// Whatever the costs and limits: every point once, in order, within the limits, the same again, and no matter
// whether equal costs are told in runs or point by point.
func TestSplitProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		points := rng.IntN(400)
		cost := randomCosts(rng, points)
		limit := partition.Limit{Ranks: rng.IntN(6), Workers: rng.IntN(12)}
		if rng.IntN(2) == 0 {
			limit.Bytes = 100 + rng.Int64N(2000)
		}
		if rng.IntN(2) == 0 {
			limit.Count = 1 + rng.IntN(40)
		}
		if rng.IntN(2) == 0 {
			limit.Work = rng.Float64() * 30
		}
		todo := randomRest(rng, points)
		got, err := partition.Split(todo, pointwise(cost), limit)
		if err != nil {
			t.Fatal(err)
		}
		check(t, todo, got, cost, limit)
		again, err := partition.Split(todo, runs(cost), limit)
		if err != nil || !slices.Equal(covered(got), covered(again)) {
			t.Fatalf("runs of equal cost gave other points: %v", err)
		}
		check(t, todo, again, cost, limit)
		if same, _ := partition.Split(todo, runs(cost), limit); !slices.Equal(same, again) {
			t.Fatal("the same arguments gave other batches")
		}
	}
}

func check(t *testing.T, todo, batches []partition.Batch, cost []partition.Cost, limit partition.Limit) {
	t.Helper()
	if !slices.Equal(covered(batches), covered(todo)) {
		t.Fatalf("batches %v do not cover %v", batches, todo)
	}
	for _, b := range batches {
		var peak int64
		for _, c := range cost[b.First:b.End()] {
			peak = max(peak, c.Bytes)
		}
		if limit.Bytes > 0 && peak*int64(b.Count) > limit.Bytes {
			t.Fatalf("batch %v needs %d bytes, the limit is %d", b, peak*int64(b.Count), limit.Bytes)
		}
		if limit.Count > 0 && b.Count > limit.Count || b.Count < 1 {
			t.Fatalf("batch %v, the limit is %d points", b, limit.Count)
		}
		// Without its last wave of workers the batch has less than the limit's work.
		wave := max(1, limit.Workers)
		work := 0.0
		for i := b.First; i < b.End()-wave; i++ {
			work += cost[i].Work
		}
		if limit.Work > 0 && work > limit.Work {
			t.Fatalf("batch %v could have been closed a wave earlier", b)
		}
	}
}

func covered(batches []partition.Batch) []int {
	var points []int
	for _, b := range batches {
		for i := b.First; i < b.End(); i++ {
			points = append(points, i)
		}
	}
	return points
}

func randomCosts(rng *rand.Rand, points int) []partition.Cost {
	cost := make([]partition.Cost, points)
	for i := range cost {
		if i > 0 && rng.IntN(3) > 0 {
			cost[i] = cost[i-1]
			continue
		}
		cost[i] = partition.Cost{Bytes: rng.Int64N(100), Work: rng.Float64() * 4}
	}
	return cost
}

// randomRest leaves out some ranges of points, as a job does that is continued.
func randomRest(rng *rand.Rand, points int) []partition.Batch {
	var done []partition.Batch
	for range rng.IntN(4) {
		first := rng.IntN(points + 1)
		done = append(done, partition.Batch{First: first, Count: rng.IntN(points - first + 1)})
	}
	return partition.Rest(points, done)
}

func pointwise(cost []partition.Cost) costs {
	return func(i int) (partition.Cost, int) { return cost[i], i + 1 }
}

func runs(cost []partition.Cost) costs {
	return func(i int) (partition.Cost, int) {
		next := i + 1
		for next < len(cost) && cost[next] == cost[i] {
			next++
		}
		return cost[i], next
	}
}

// Ranks that claim batches end within a tenth of the ideal time, also when costs differ, and when one rank is three times slower.
func TestSplitBalances(t *testing.T) {
	const points, workers = 20000, 8
	rng := rand.New(rand.NewPCG(3, 4))
	cost := make([]partition.Cost, points)
	total := 0.0
	for i := range cost {
		cost[i].Work = 0.5 + rng.Float64()*float64(i)/points
		total += cost[i].Work
	}
	for _, speeds := range [][]float64{{1}, {1, 1}, {1, 1, 1, 1, 1, 1, 1}, {1, 1, 1. / 3}, {5, 1, 1}} {
		batches, err := partition.Split(whole(points), pointwise(cost), partition.Limit{Ranks: len(speeds), Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		ideal := 0.0
		for _, s := range speeds {
			ideal += s
		}
		ideal = total / ideal
		if got := makespan(batches, cost, speeds); got > 1.1*ideal {
			t.Errorf("speeds %.2f: %.0f with %d batches, ideal %.0f", speeds, got, len(batches), ideal)
		}
		if len(batches) > 100*len(speeds) {
			t.Errorf("speeds %.2f: %d batches", speeds, len(batches))
		}
	}
}

// makespan is the time at which the last rank ends when each claims the next batch as soon as it is free.
func makespan(batches []partition.Batch, cost []partition.Cost, speeds []float64) float64 {
	free := make([]float64, len(speeds))
	for _, b := range batches {
		work := 0.0
		for _, c := range cost[b.First:b.End()] {
			work += c.Work
		}
		r := slices.Index(free, slices.Min(free))
		free[r] += work / speeds[r]
	}
	return slices.Max(free)
}

func TestRest(t *testing.T) {
	type b = partition.Batch
	tests := []struct {
		points int
		done   []partition.Batch
		want   string
	}{
		{0, nil, "[]"},
		{10, nil, "[{0 10}]"},
		{10, []b{{0, 10}}, "[]"},
		{10, []b{{6, 2}, {0, 3}}, "[{3 3} {8 2}]"},
		{10, []b{{2, 5}, {4, 4}, {3, 1}}, "[{0 2} {8 2}]"},
		{10, []b{{8, 5}, {20, 3}}, "[{0 8}]"},
		{10, []b{{0, 0}, {4, 0}}, "[{0 4} {4 6}]"},
	}
	for _, tt := range tests {
		if got := fmt.Sprint(partition.Rest(tt.points, tt.done)); got != tt.want {
			t.Errorf("%d points, done %v: %s, want %s", tt.points, tt.done, got, tt.want)
		}
	}
}

func TestAMillionPointsCostNothing(t *testing.T) {
	const points, limit = 1_000_000, 10 * time.Second // some 200 times what it takes; it would be hours if each were compared with all
	seen := 0
	cost := func(i int) (partition.Cost, int) {
		seen++
		return partition.Cost{Bytes: int64(i%97 + 1), Work: float64(i%31 + 1)}, i + 1
	}
	best := time.Hour
	for range 5 { // the best of five, so that a busy machine does not count
		start := time.Now()
		if _, err := partition.Split(whole(points), cost, partition.Limit{Bytes: 1e5, Ranks: 16, Workers: 64}); err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(start))
	}
	if best > limit {
		t.Errorf("a million different points took %v", best)
	}
	if seen > 5*2*points {
		t.Errorf("the cost of a million points was asked for %d times in five runs", seen)
	}
	seen = 0
	same := func(i int) (partition.Cost, int) { c, _ := cost(0); return c, 1 << 40 }
	batches, err := partition.Split(whole(1<<40), same, partition.Limit{Ranks: 16, Workers: 64})
	if err != nil || seen > 2*len(batches)+1 {
		t.Errorf("2^40 equal points: cost asked %d times for %d batches, %v", seen, len(batches), err)
	}
	t.Logf("a million different points: %v; 2^40 equal points: %d batches", best, len(batches))
}

// TestSharedMemoryIsCounted lets runs of points share a connectome: a batch has room for those of all its runs.
func TestSharedMemoryIsCounted(t *testing.T) {
	const each = 4 // points of a connectome
	cost := func(i int) (partition.Cost, int) {
		return partition.Cost{Bytes: 10, Shared: 100, Work: 1}, (i/each + 1) * each
	}
	// Two connectomes and 8 points take 280 of 299 bytes; a ninth point would need a third connectome.
	got, err := partition.Split(whole(24), cost, partition.Limit{Bytes: 299, Workers: 8, Ranks: 1})
	if want := "[{0 8} {8 8} {16 8}]"; err != nil || fmt.Sprint(got) != want {
		t.Errorf("%v, %v, want %s", got, err, want)
	}
	if _, err := partition.Split(whole(4), cost, partition.Limit{Bytes: 105}); !fault.Is(err) || !strings.Contains(err.Error(), "needs 110 bytes") {
		t.Errorf("no room for a connectome and a point: %v", err)
	}
}
