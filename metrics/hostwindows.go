package metrics

import "errors"

// hostedWindows are the blocks and the windows of a stream where a host's kernels leave and read them.
type hostedWindows struct {
	take    func(h *Host, n int) piece // gives memory
	blocks  piece
	fc      piece // of all windows
	spare   []int // places of blocks
	settled bool  // see settle
}

var _ Placed = (*windowStream)(nil)

func (w *windowStream) Place(take func(size int) (Memory, error), before Placed) error {
	w.hosted.take = func(h *Host, n int) piece { return h.taken(n, take) }
	b, ok := before.(*windowStream)
	if !ok {
		return nil
	}
	if len(b.Shift) != len(w.Shift) || b.most() < w.most() || b.windows < w.windows {
		return b.Free()
	}
	w.hosted.blocks, w.hosted.fc, b.hosted = b.hosted.blocks, b.hosted.fc, hostedWindows{}
	return nil
}

func (w *windowStream) Free() error {
	return errors.Join(w.hosted.blocks.free(), w.hosted.fc.free())
}

// blockSize is how many numbers a block has.
func (h *Host) blockSize() int { return (3 + h.stride()) * h.stride() }

// settle has the host have room for the blocks and windows of a stream. Those that the stream has already, from before an
// interruption, are brought there.
func (w *windowStream) settle(h *Host) {
	at := &w.hosted
	if at.settled {
		return
	}
	at.settled = true
	pairs := len(w.Shift) * (len(w.Shift) - 1) / 2
	if at.blocks.numbers == nil {
		at.blocks, at.fc = at.take(h, w.most()*h.blockSize()), at.take(h, w.windows*pairs)
	}
	for place := range w.most() {
		at.spare = append(at.spare, place)
	}
	for b := range w.Blocks {
		if from := &w.Blocks[b]; from.Count > 0 {
			block := at.block(h, from.Count)
			copy(block.Sum, from.Sum)
			copy(block.Min, from.Min)
			copy(block.Max, from.Max)
			for i := range w.Shift {
				copy(block.Products[i*block.Stride:], from.Products[i*from.Stride:][:len(w.Shift)])
			}
			*from = block
		}
	}
	for k, fc := range w.FC {
		w.FC[k] = at.window(k, pairs)
		copy(w.FC[k], fc)
	}
}

// window is where the correlations of window k are.
func (at *hostedWindows) window(k, pairs int) []float64 {
	return at.fc.numbers[k*pairs : (k+1)*pairs : (k+1)*pairs]
}

// block is one of so many samples at a place that is spare.
func (at *hostedWindows) block(h *Host, count int) window {
	last := len(at.spare) - 1
	place := at.spare[last]
	at.spare = at.spare[:last]
	stride, all := h.stride(), at.blocks.numbers[place*h.blockSize():][:h.blockSize()]
	part := func(row int) []float64 { return all[row*stride:][:h.nodes] }
	return window{Count: count, Sum: part(0), Min: part(1), Max: part(2), Products: all[3*stride:], Stride: stride, place: place}
}

// drop has the places of blocks be spare again.
func (at *hostedWindows) drop(blocks []window) {
	for b := range blocks {
		if at.settled && blocks[b].Count > 0 {
			at.spare = append(at.spare, blocks[b].place)
		}
	}
}

// sumByHost has the host sum those blocks between edges that have a count.
func (w *windowStream) sumByHost(s *Signal, edges []int, blocks []window) {
	w.settle(s.host)
	numbers := []int64{0}
	for b := range blocks {
		if blocks[b].Count > 0 {
			blocks[b] = w.hosted.block(s.host, blocks[b].Count)
			numbers = append(numbers, int64(blocks[b].place), int64(edges[b]), int64(edges[b+1]))
			numbers[0]++
		}
	}
	t := Task{Numbers: numbers, Table: s.host.perNode(func(i int) float64 { return w.Shift[i] }), Into: w.hosted.blocks.Memory}
	s.host.launch(s, "products", t, len(w.hosted.blocks.numbers))
}

// correlatedByHost has the host make the next windows, each of blocks that are not empty.
func (w *windowStream) correlatedByHost(h *Host, windows [][]window) [][]float64 {
	pairs := len(w.Shift) * (len(w.Shift) - 1) / 2
	most := 0
	for _, blocks := range windows {
		most = max(most, len(blocks))
	}
	numbers, fc := []int64{int64(len(windows)), int64(len(w.FC)), int64(most)}, make([][]float64, len(windows))
	for k, blocks := range windows {
		fc[k] = w.hosted.window(len(w.FC)+k, pairs)
		samples, own := 0, make([]int64, most)
		for b := range blocks {
			samples += blocks[b].Count
			own[b] = int64(blocks[b].place)
		}
		numbers = append(append(numbers, int64(samples), int64(len(blocks))), own...)
	}
	t := Task{Numbers: numbers, Laid: w.hosted.blocks.Memory, Into: w.hosted.fc.Memory, Work: 2 * (h.stride() + tileWidth) * len(windows)}
	h.launch(nil, "windows", t, len(w.hosted.fc.numbers))
	return fc
}
