package result

import (
	"fmt"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"unsafe"

	"brainsweep/internal/doom"
	"brainsweep/io/h5"
)

// store is where the samples of one series go while a part is written: a data set [row, sample, node], or,
// when only the best points will be kept, a scratch file of the same order.
type store struct {
	samples, width int
	single         bool
	next           []int    // by row, the sample that comes next
	sums           []uint32 // by row, CRC-32C of what was written
	set            *h5.Dataset
	scratch        *os.File
}

// slab is how many bytes of a series are in memory at a time.
const slab = 8 << 20

// scratch opens a nameless file beside path: it is gone when it is closed, however the program ends.
func scratch(path string) (*os.File, error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

func (s *store) close() {
	if s.scratch != nil {
		s.scratch.Close()
		s.scratch = nil
	}
}

// append writes samples of a row.
func (s *store) append(row, first int, rows any) error {
	var values int
	var raw []byte
	var single bool
	switch v := rows.(type) {
	case []float32:
		values, raw, single = len(v), bytesOf(v), true
	case []float64:
		values, raw = len(v), bytesOf(v)
	default:
		return fmt.Errorf("samples of type %T", rows)
	}
	n := values / s.width
	if single != s.single || n*s.width != values || first != s.next[row] || first+n > s.samples {
		return fmt.Errorf("%d values as %T for samples from %d, of %d samples with %d values each, where sample %d comes next",
			values, rows, first, s.samples, s.width, s.next[row])
	}
	s.next[row] += n
	s.sums[row] = crc32.Update(s.sums[row], castagnoli, raw)
	if s.scratch != nil {
		_, err := s.scratch.WriteAt(raw, s.offset(row, first))
		doom.At("series")
		return err
	}
	return s.write(row, first, n, rows)
}

// write puts n samples into the data set.
func (s *store) write(row, first, n int, rows any) error {
	if len(s.set.Shape()) == 2 {
		return s.set.Write([]int{row, first}, []int{1, n}, rows)
	}
	return s.set.Write([]int{row, first, 0}, []int{1, n, s.width}, rows)
}

func (s *store) size() int {
	if s.single {
		return 4
	}
	return 8
}

// offset is the place of a sample in the scratch file.
func (s *store) offset(row, sample int) int64 {
	return (int64(row)*int64(s.samples) + int64(sample)) * int64(s.width*s.size())
}

// step is the number of samples in a slab.
func (s *store) step() int { return max(1, slab/(s.width*s.size())) }

// pad fills the rest of a row with NaN.
func (s *store) pad(row int) error {
	for s.next[row] < s.samples {
		n := min(s.step(), s.samples-s.next[row])
		var err error
		if s.single {
			err = s.append(row, s.next[row], filled(n*s.width, float32(math.NaN())))
		} else {
			err = s.append(row, s.next[row], filled(n*s.width, math.NaN()))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// move copies a row of the scratch file to a row of the data set.
func (s *store) move(row, to int) error {
	for first := 0; first < s.samples; {
		n := min(s.step(), s.samples-first)
		rows, raw := s.room(n)
		if _, err := s.scratch.ReadAt(raw, s.offset(row, first)); err != nil {
			return err
		}
		if err := s.write(to, first, n, rows); err != nil {
			return err
		}
		first += n
	}
	return nil
}

// room is memory for n samples, and its bytes.
func (s *store) room(n int) (rows any, raw []byte) {
	if s.single {
		v := make([]float32, n*s.width)
		return v, bytesOf(v)
	}
	v := make([]float64, n*s.width)
	return v, bytesOf(v)
}

// bytesOf is the memory of v.
func bytesOf[T float32 | float64](v []T) []byte {
	var one T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(v))), len(v)*int(unsafe.Sizeof(one)))
}

func filled[T any](n int, value T) []T {
	v := make([]T, n)
	for i := range v {
		v[i] = value
	}
	return v
}
