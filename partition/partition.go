// Package partition divides the points of a job into batches.
//
// A batch is a run of neighbouring points that one rank simulates in one device pass. Ranks claim the
// batches in order, each its next one when it is done with the last (mpi.Claim), so batches shrink
// towards the end: large ones first, to fill the device and to spare overhead, small ones
// last, so that all ranks end at about the same time.
package partition

import (
	"fmt"
	"math"
	"slices"

	"brainsweep/fault"
)

// Batch is the points First, ..., First+Count-1.
type Batch struct{ First, Count int }

// End returns the number after the batch's last point.
func (b Batch) End() int { return b.First + b.Count }

// Cost is what one point takes.
type Cost struct {
	Bytes  int64   // device memory; every point of a batch gets as much as the greediest of them
	Shared int64   // device memory that it shares with the points after it that cost the same, such as a connectome
	Work   float64 // time, in any unit
}

// Limit is what bounds a batch. Only Ranks and Workers below 1 are corrected (to 1); for the others 0 means no limit.
type Limit struct {
	Bytes   int64   // device memory for a batch's points
	Count   int     // points of a batch
	Work    float64 // a batch that has this much work is closed, if it has a point for each worker: it is what a killed job loses
	Ranks   int     // ranks that share the points
	Workers int     // points that a rank's device works on at the same time
}

// share is the part of the remaining work that a batch takes, divided by the number of ranks: small enough
// that a rank which is a few times slower than the others does not hold them up with its first batch.
const share = 0.25

// Split divides the points of todo, whose ranges ascend without overlap, into batches in order. No batch spans two ranges.
// cost returns what point i costs, and the number of the next point that costs otherwise (or i+1 where that is not known);
// the time taken grows with the batches and with the changes of cost, not with the points.
//
// Sizes are guided: a batch takes a fixed share of the work that is left (Polychronopoulos & Kuck 1987,
// IEEE Trans. Comput. 36:1425), in whole multiples of the workers where the limits allow it, down to one point for each worker.
// The result depends on the arguments only. The error is a fault that names a point too large for Limit.Bytes.
func Split(todo []Batch, cost func(i int) (c Cost, next int), limit Limit) ([]Batch, error) {
	limit.Ranks, limit.Workers = max(1, limit.Ranks), max(1, limit.Workers)
	points, left := 0, 0.0
	for _, r := range todo {
		points += r.Count
		for i := r.First; i < r.End(); {
			c, next := run(cost, i, r.End())
			left += c.Work * float64(next-i)
			i = next
		}
	}
	// With fewer points than workers in all, every rank gets its part rather than the first rank all.
	unit := min(limit.Workers, max(1, (points+limit.Ranks-1)/limit.Ranks))
	var batches []Batch
	for _, r := range todo {
		for i := r.First; i < r.End(); {
			target := left * share / float64(limit.Ranks)
			if limit.Work > 0 {
				target = min(target, limit.Work)
			}
			count, work := grow(i, r.End(), cost, limit, target, unit)
			if count == 0 {
				c, _ := cost(i)
				return nil, fault.Mistake{Msg: fmt.Sprintf("point %d needs %s of device memory, but there is room for %s; use a device with more, fewer nodes, or shorter delays",
					i, size(c.Bytes+c.Shared), size(limit.Bytes))}
			}
			batches = append(batches, Batch{i, count})
			i += count
			left = max(0, left-work)
		}
	}
	return batches, nil
}

// grow returns the size of the batch that begins at point first, and its work: the fewest points, a multiple of unit, that
// reach the target, or what the limits and end allow; 0 when even one point is too large.
func grow(first, end int, cost func(int) (Cost, int), limit Limit, target float64, unit int) (count int, work float64) {
	var peak, shared int64
	for first+count < end {
		c, next := run(cost, first+count, end)
		peak = max(peak, c.Bytes)
		if shared += c.Shared; limit.Bytes > 0 && shared >= limit.Bytes {
			break
		}
		room := math.MaxInt
		if limit.Count > 0 {
			room = limit.Count
		}
		if limit.Bytes > 0 && peak > 0 {
			room = int(min(int64(room), (limit.Bytes-shared)/peak))
		}
		if room <= count {
			break
		}
		want := whole(reach(count, work, target, c.Work), unit)
		fit := room
		if fit > unit && fit-fit%unit > count {
			fit -= fit % unit
		}
		n := min(want, fit, count+next-(first+count))
		work += c.Work * float64(n-count)
		count = n
		if count == want || count == fit {
			break
		}
	}
	return count, work
}

// reach is the count at which points of work each bring a batch to the target.
func reach(count int, work, target, each float64) int {
	if work >= target {
		return count
	}
	more := math.Ceil((target - work) / each)
	if !(more < math.MaxInt32) {
		more = math.MaxInt32
	}
	return count + int(more)
}

// whole rounds n up to a multiple of unit, at least one.
func whole(n, unit int) int {
	return max(1, (n+unit-1)/unit) * unit
}

// run is cost with a next point that lies behind i and not behind end.
func run(cost func(int) (Cost, int), i, end int) (Cost, int) {
	c, next := cost(i)
	return c, min(max(next, i+1), end)
}

// Rest returns the ranges of points that no batch of done holds, in order: what is left to do of a job.
// The batches of done may come in any order.
func Rest(points int, done []Batch) []Batch {
	sorted := slices.Clone(done)
	slices.SortFunc(sorted, func(a, b Batch) int { return a.First - b.First })
	var rest []Batch
	next := 0
	for _, b := range append(sorted, Batch{First: points}) {
		if first := min(b.First, points); first > next {
			rest = append(rest, Batch{next, first - next})
		}
		next = max(next, b.End())
	}
	return rest
}

// size prints a number of bytes for people.
func size(bytes int64) string {
	switch b := float64(bytes); {
	case b >= 1e9:
		return fmt.Sprintf("%.1f GB", b/1e9)
	case b >= 1e6:
		return fmt.Sprintf("%.1f MB", b/1e6)
	default:
		return fmt.Sprintf("%d bytes", bytes)
	}
}
