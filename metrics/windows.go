package metrics

import (
	"math"
	"slices"
)

// windowStream makes windows of blocks. Blocks are summed once and then put together: a window is a number of whole
// steps and a rest, so a step is two blocks, cut where windows end. Window k begins with block 2k and ends with a rest.
type windowStream struct {
	Shift  []float64 // of each node: the mean of its first step, or its first finite sample; the sums are about it
	Known  []bool
	Blocks []window // that windows to come need
	Gone   int      // blocks before those
	FC     [][]float64
	Whole  window // all samples so far

	length, step, windows, samples int
	hosted                         hostedWindows
	once                           bool // it serves one input, which may change what it has
}

func newWindowStream(s Setup) *windowStream {
	length, step := s.fcdWindow()
	return newWindows(s.Nodes, s.Samples, length, step)
}

func newWindows(nodes, samples, length, step int) *windowStream {
	return &windowStream{Shift: make([]float64, nodes), Known: make([]bool, nodes), length: length, step: step,
		windows: windowCount(samples, length, step), samples: samples, hosted: hostedWindows{take: (*Host).memory}}
}

// unit is how many samples make a unit: whole steps, as many as unitSamples hold.
func (w *windowStream) unit() int { return max(1, unitSamples/w.step) * w.step }

func (w *windowStream) Unit(k int) (from, to int, ok bool) {
	from = k * w.unit()
	return from, min(from+w.unit(), w.samples), from < w.samples
}

// Add sums the blocks of a unit, and makes the windows that end with them.
func (w *windowStream) Add(k int, s *Signal) { w.addWithin(k, s, 0, s.Len()) }

// addWithin adds unit k, the samples from ... to-1 of s. Nobody looks through them first.
func (w *windowStream) addWithin(k int, s *Signal, from, to int) {
	w.shift(s, from, to)
	rest := w.length % w.step
	if w.length < w.step {
		rest = w.length
	}
	first, _, _ := w.Unit(k)
	var edges []int
	for at := from; at < to; at += w.step {
		edges = append(edges, at, min(at+rest, to))
	}
	edges = append(edges, to)
	blocks := make([]window, len(edges)-1)
	for b := range blocks {
		blocks[b].Count = edges[b+1] - edges[b]
	}
	if s.host != nil {
		w.sumByHost(s, edges, blocks)
	} else {
		sumBlocks(s, w.Shift, edges, blocks)
	}
	w.Whole.add(blocks)
	// What lies behind a rest belongs to no window where windows are shorter than steps.
	for b := 1; b < len(blocks) && w.length < w.step; b += 2 {
		w.hosted.drop(blocks[b : b+1])
		blocks[b] = window{}
	}
	w.Blocks = append(w.Blocks, blocks...)
	w.finish(first+to-from, s.host)
}

// shift finds the shifts that are not known yet in a unit: the mean of its first step.
func (w *windowStream) shift(s *Signal, from, to int) {
	if !slices.Contains(w.Known, false) {
		return
	}
	begin := s.Part(from, min(from+w.step, to))
	for i := range w.Shift {
		switch {
		case w.Known[i]:
		case !begin.Bad[i]:
			w.Shift[i], w.Known[i] = begin.Mean[i], true
		default:
			w.Shift[i], w.Known[i] = firstFinite(s.Node(i)[from:to])
		}
	}
}

// finish makes the windows that end before sample to or with it.
func (w *windowStream) finish(to int, host *Host) {
	filled, place := filledBlocks(w.Blocks)
	made := make([][]window, min(w.windows, windowCount(to, w.length, w.step))-len(w.FC))
	for k := range made {
		begin := 2*(len(w.FC)+k) - w.Gone
		end := min(len(w.Blocks), begin+2*(w.length/w.step)+1)
		made[k] = filled[place[begin]:place[end]]
	}
	if host != nil {
		w.FC = append(w.FC, w.correlatedByHost(host, made)...)
	} else {
		w.FC = append(w.FC, correlatedUnions(made, len(w.Shift))...)
	}
	gone := max(0, min(2*len(w.FC)-w.Gone, len(w.Blocks)))
	if len(w.FC) == w.windows { // the last blocks serve no window to come
		gone = len(w.Blocks)
	}
	w.hosted.drop(w.Blocks[:gone])
	w.Blocks = slices.Delete(w.Blocks, 0, gone)
	w.Gone += gone
}

func (w *windowStream) Bytes() int64 {
	n := int64(len(w.Shift))
	return 8 * (int64(w.most()+1)*(n+7)*(n+10) + int64(w.windows)*n*(n-1)/2)
}

// most is how many blocks that are not empty there are at a time, at most.
func (w *windowStream) most() int {
	blocks := min(w.length+w.unit(), w.samples)/w.step + 1
	if w.length%w.step > 0 { // else one of the two blocks of a step is empty
		blocks *= 2
	}
	return blocks
}

// window is the sums over some samples about each node's shift.
type window struct {
	Count         int
	Sum, Min, Max []float64
	Products      []float64 // n rows of Stride numbers, of which those from the diagonal on count
	Stride        int

	place int // among the blocks of a host
}

// sumBlocks sums those blocks between edges that have a count.
func sumBlocks(s *Signal, shift []float64, edges []int, blocks []window) {
	for b := range blocks {
		if blocks[b].Count > 0 {
			blocks[b] = newWindow(s, shift, edges[b], edges[b+1])
		}
	}
}

func newWindow(s *Signal, shift []float64, from, to int) window {
	n := s.N()
	w := window{Count: to - from, Sum: make([]float64, n), Min: make([]float64, n), Max: make([]float64, n), Products: make([]float64, n*n), Stride: n}
	flat := make([]float64, n*(to-from))
	rows := make([][]float64, n)
	for i := range rows {
		rows[i] = flat[i*(to-from) : (i+1)*(to-from)]
		w.Min[i], w.Max[i] = math.Inf(1), math.Inf(-1)
		for k, x := range s.Node(i)[from:to] {
			y := x - shift[i]
			rows[i][k] = y
			w.Sum[i] += y
			w.Min[i], w.Max[i] = min(w.Min[i], x), max(w.Max[i], x)
		}
	}
	gram(w.Products, rows)
	return w
}

// firstFinite is the first finite number of x, 0 if there is none.
func firstFinite(x []float64) (first float64, found bool) {
	for _, v := range x {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return v, true
		}
	}
	return 0, false
}

// filledBlocks are the blocks that are not empty, and for each place among all of them how many lie before it.
func filledBlocks(blocks []window) (filled []window, place []int) {
	place = make([]int, len(blocks)+1)
	for k, b := range blocks {
		if b.Count > 0 {
			filled = append(filled, b)
		}
		place[k+1] = len(filled)
	}
	return filled, place
}

// union is the blocks of a window.
type union struct {
	blocks       []window // shared with windows that overlap
	count        float64
	sum, inverse []float64 // inverse: of the root of the sum of squares about the mean; NaN where a node is bad or constant
	fc           []float64 // upper triangle
}

// correlatedUnions are the upper triangles of windows of n nodes, each made of blocks that are not empty.
func correlatedUnions(windows [][]window, n int) [][]float64 {
	made, fc := make([]union, len(windows)), make([][]float64, len(windows))
	for k, blocks := range windows {
		made[k] = union{blocks: blocks, sum: make([]float64, n), inverse: make([]float64, n), fc: make([]float64, n*(n-1)/2)}
		fc[k] = made[k].fc
		for b := range blocks {
			made[k].count += float64(blocks[b].Count)
		}
	}
	// Node by node, since what windows have in common stays in the cache so long.
	for i := range n {
		for k := range made {
			made[k].spread(i)
		}
	}
	for i := range n {
		for k := range made {
			made[k].correlate(i)
		}
	}
	return fc
}

// spread finds how far node i spreads.
func (u *union) spread(i int) {
	sum, squares, low, high := 0.0, 0.0, math.Inf(1), math.Inf(-1)
	for k := range u.blocks {
		b := &u.blocks[k]
		sum += b.Sum[i]
		squares += b.Products[i*b.Stride+i]
		if x := b.Min[i]; x < low {
			low = x
		}
		if x := b.Max[i]; x > high {
			high = x
		}
	}
	squares -= sum * sum / u.count
	u.sum[i], u.inverse[i] = sum, math.NaN()
	if low < high && squares > 0 && !math.IsInf(squares, 0) {
		// Roots are taken one by one: the product of two sums of squares may leave the range of a float64.
		u.inverse[i] = 1 / math.Sqrt(squares)
	}
}

// correlate correlates node i with later ones.
func (u *union) correlate(i int) {
	later := len(u.sum) - 1 - i
	row := u.fc[len(u.fc)-later*(later+1)/2:][:later]
	clear(row)
	addProducts(row, u.blocks, i)
	mean, own := u.sum[i]/u.count, u.inverse[i]
	sum, inverse := u.sum[i+1:][:later], u.inverse[i+1:][:later]
	for j, product := range row {
		r := (product - mean*sum[j]) * own * inverse[j]
		if r > 1 {
			r = 1
		} else if r < -1 {
			r = -1
		}
		row[j] = r
	}
}

// addProducts adds to row the products of node i with later ones, of one block after the other.
func addProducts(row []float64, blocks []window, i int) {
	of := func(b *window) []float64 { return b.Products[i*b.Stride+i+1:][:len(row)] }
	for ; len(blocks) >= 4; blocks = blocks[4:] {
		addFour(row, of(&blocks[0]), of(&blocks[1]), of(&blocks[2]), of(&blocks[3]))
	}
	for k := range blocks {
		a := of(&blocks[k])
		for j := range row {
			row[j] += a[j]
		}
	}
}
