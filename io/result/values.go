package result

import "brainsweep/io/h5"

// values is where one metric goes while a part is written. Small ones wait in memory until the part is whole: to write
// a few numbers costs HDF5 far more than the numbers.
type values struct {
	set   *h5.Dataset
	rows  []float64 // all of them; nil when they are many
	given []bool    // by row
}

func newValues(set *h5.Dataset) *values {
	v := &values{set: set, given: make([]bool, set.Shape()[0])}
	if n := set.Len(); 8*n <= slab {
		v.rows = make([]float64, n)
	}
	return v
}

// width is the number of values in a row.
func (v *values) width() int { return v.set.Len() / len(v.given) }

// put sets a row.
func (v *values) put(row int, numbers []float64) error {
	v.given[row] = true
	if v.rows != nil && len(numbers) == v.width() {
		copy(v.rows[row*len(numbers):], numbers)
		return nil
	}
	offset, count := block(row, 1, v.set.Shape())
	return v.set.Write(offset, count, numbers)
}

// flush writes what waits in memory.
func (v *values) flush() error {
	if v.rows == nil {
		return nil
	}
	rows := v.rows
	v.rows = nil
	return v.set.Write(nil, nil, rows)
}
