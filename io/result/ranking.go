package result

import (
	"container/heap"
	"math"
	"slices"
	"sync"
)

// Best remembers the scores of the parts that a process has written, so that the next ones need not keep the
// series of points that are surely not among the best. The zero value is ready for use.
type Best struct {
	lock     sync.Mutex
	rankings map[Keep]*ranking
}

// take adds the scores of the points in the places first, first+1, ... and tells which places are among the best so far.
func (b *Best) take(k Keep, number func(place int) int, first int, scores []float64) []int {
	b.lock.Lock()
	defer b.lock.Unlock()
	if b.rankings == nil {
		b.rankings = map[Keep]*ranking{}
	}
	if b.rankings[k] == nil {
		b.rankings[k] = newRanking(k)
	}
	for i, score := range scores {
		b.rankings[k].add(number(first+i), score)
	}
	points, places := b.rankings[k].points(), []int{}
	for place := first; place < first+len(scores); place++ {
		if _, among := slices.BinarySearch(points, number(place)); among {
			places = append(places, place)
		}
	}
	return places
}

// ranking holds the best points seen so far by the values of a metric. NaN is never among them, and of equal
// values the one with the lower point number is the better.
type ranking struct {
	keep   Keep
	ranked worstFirst
}

type scored struct {
	point int
	score float64 // the larger the better
}

func (a scored) better(b scored) bool {
	return a.score > b.score || (a.score == b.score && a.point < b.point)
}

// worstFirst is a heap.
type worstFirst []scored

func (h worstFirst) Len() int           { return len(h) }
func (h worstFirst) Less(i, j int) bool { return h[j].better(h[i]) }
func (h worstFirst) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *worstFirst) Push(x any)        { *h = append(*h, x.(scored)) }
func (h *worstFirst) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func newRanking(k Keep) *ranking { return &ranking{keep: k} }

func (r *ranking) add(point int, value float64) {
	if math.IsNaN(value) {
		return
	}
	if r.keep.Least {
		value = -value
	}
	s := scored{point, value}
	if len(r.ranked) < r.keep.Best {
		heap.Push(&r.ranked, s)
	} else if s.better(r.ranked[0]) {
		r.ranked[0] = s
		heap.Fix(&r.ranked, 0)
	}
}

// points gives the best points in ascending order.
func (r *ranking) points() []int {
	points := []int{}
	for _, s := range r.ranked {
		points = append(points, s.point)
	}
	slices.Sort(points)
	return points
}
