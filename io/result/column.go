package result

import "brainsweep/io/h5"

// Chunks. A chunk holds whole points where it can: then one point is read with one access, and bytes written do
// not depend on the order in which parts came.
const (
	seriesChunk = 64 << 10  // [bytes] smaller points share a chunk: an index of a million chunks helps nobody
	metricChunk = 256 << 10 // [bytes] compressed
	greatest    = 16 << 20  // [bytes] larger points are divided along their first dimension
)

// chunkOf gives the chunk's shape for rows of a shape, of which about want bytes go together.
func chunkOf(rows int, shape []int, size, want int) []int {
	row := size
	for _, n := range shape {
		row *= n
	}
	chunk := append([]int{max(1, min(rows, want/row))}, shape...)
	for dim := 1; dim < len(chunk) && row > greatest; dim++ {
		n := max(1, chunk[dim]*greatest/row)
		row, chunk[dim] = row/chunk[dim]*n, n
	}
	return chunk
}

// number is what data sets hold.
type number interface {
	float32 | float64 | int32 | int64 | uint8
}

// column fills a data set whose first dimension is the point, in ascending order, a chunk at a time.
type column[T number | string] struct {
	set   *h5.Dataset
	block int // rows of a chunk
	width int // values of a row
	fill  T   // of rows that never come
	rows  []T // of the chunk under way; nil before the first
	at    int // its first row
}

func newColumn[T number | string](set *h5.Dataset, fill T) (*column[T], error) {
	chunk, err := set.Chunk()
	c := &column[T]{set: set, block: 1, width: set.Len() / max(1, set.Shape()[0]), fill: fill}
	if chunk != nil {
		c.block = chunk[0]
	} else {
		c.block = max(1, (1<<16)/max(1, c.width))
	}
	return c, err
}

// put adds whole rows, the first of which is row.
func (c *column[T]) put(row int, values []T) error {
	for len(values) > 0 {
		if at := row - row%c.block; c.rows == nil || at != c.at {
			if err := c.flush(); err != nil {
				return err
			}
			c.at, c.rows = at, filled(c.block*c.width, c.fill)
		}
		n := copy(c.rows[(row-c.at)*c.width:], values)
		row, values = row+n/c.width, values[n:]
	}
	return nil
}

// flush writes the chunk under way.
func (c *column[T]) flush() error {
	if c.rows == nil {
		return nil
	}
	shape := c.set.Shape()
	n := min(c.block, shape[0]-c.at)
	offset, count := block(c.at, n, shape)
	rows := c.rows[:n*c.width]
	c.rows = nil
	return c.set.Write(offset, count, rows)
}

// take adds rows of a data set of a part, a slab at a time.
func (c *column[T]) take(from *h5.Dataset, first, count, to int) error {
	step := max(1, slab/8/max(1, c.width))
	for done := 0; done < count; done += step {
		n := min(step, count-done)
		rows := make([]T, n*c.width)
		offset, size := block(first+done, n, from.Shape())
		if err := from.Read(offset, size, rows); err != nil {
			return err
		}
		if err := c.put(to+done, rows); err != nil {
			return err
		}
	}
	return nil
}

// block is the offset and count of n whole rows.
func block(first, n int, shape []int) (offset, count []int) {
	offset, count = make([]int, len(shape)), append([]int(nil), shape...)
	offset[0], count[0] = first, n
	return offset, count
}

// copyRow copies a row of at least two dimensions to a data set with the same rows, some of the second dimension at
// a time. The values are T's.
func copyRow[T float32 | float64](to, from *h5.Dataset, toRow, fromRow, step int) error {
	shape := from.Shape()
	width := 1
	for _, n := range shape[2:] {
		width *= n
	}
	for first := 0; first < shape[1]; first += step {
		n := min(step, shape[1]-first)
		offset, count := block(fromRow, 1, shape)
		offset[1], count[1] = first, n
		values := make([]T, n*width)
		if err := from.Read(offset, count, values); err != nil {
			return err
		}
		offset[0] = toRow
		if err := to.Write(offset, count, values); err != nil {
			return err
		}
	}
	return nil
}
