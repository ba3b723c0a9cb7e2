package metrics

// room is memory for numbers of one point, handed out piece by piece.
type room[T float64 | int] struct {
	all  []T
	used int
	lack int // what there was no place for
}

// take gives n numbers, whatever they are.
func (r *room[T]) take(n int) []T {
	if r.used+n > len(r.all) {
		r.lack += n
		return make([]T, n)
	}
	out := r.all[r.used : r.used+n : r.used+n]
	r.used += n
	return out
}

// next has all pieces be free again.
func (r *room[T]) next() {
	if r.lack > 0 {
		r.all = make([]T, r.used+r.lack)
	}
	r.used, r.lack = 0, 0
}

// piece is some numbers, in memory of a machine where there is one: kernels read and write them where they are.
type piece struct {
	Memory  Memory // nil: Go alone sees them
	numbers []float64
}

// plain is a piece for Go alone, for good.
func plain(n int) piece { return piece{numbers: make([]float64, n)} }

func (p *piece) free() error {
	memory := p.Memory
	*p = piece{}
	if memory == nil {
		return nil
	}
	return memory.Free()
}

// pieces are those of one point. The next one has them again, as it mostly asks for the same.
type pieces struct {
	all  []piece
	used int
}

// memory gives memory of the machine for n numbers until it is freed.
func (h *Host) memory(n int) piece { return h.taken(n, h.machine.Memory) }

// taken is memory for n numbers that take gives.
func (h *Host) taken(n int, take func(size int) (Memory, error)) piece {
	if h.err == nil {
		var m Memory
		if m, h.err = take(8 * n); h.err == nil {
			return piece{m, numbers[float64](m)[:n]}
		}
	}
	return plain(n)
}

// piece gives memory of the machine for n numbers, whatever they are, until the host turns to another point.
func (h *Host) piece(n int) piece {
	if h.pieces.used == len(h.pieces.all) {
		h.pieces.all = append(h.pieces.all, piece{})
	}
	p := &h.pieces.all[h.pieces.used]
	h.pieces.used++
	if len(p.numbers) < n {
		h.note(p.free())
		*p = h.memory(n)
	}
	return piece{p.Memory, p.numbers[:n]}
}

// Next has the host turn to another point: the numbers that Values gave of those before are no longer there. A nil host
// need not be told.
func (h *Host) Next() {
	if h == nil {
		return
	}
	h.room.next()
	h.lengths.next()
	h.pieces.used = 0
}
