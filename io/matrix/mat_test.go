package matrix_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/matrix"
)

// readFile reads a file that scipy.io.savemat 1.10 wrote: plain.mat has gain, a number and a text; packed.mat (compressed) a
// structure in a structure, with a sparse matrix, and matrices that are complex, of three dimensions, int32 and single.
func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMATOfScipy(t *testing.T) {
	m, err := matrix.Parse("plain.mat", readFile(t, "plain.mat"))
	if err != nil || m.Rows != 2 || m.Cols != 3 || !slices.Equal(m.Values, []float64{1, -2, 3, 4, 5, 6.5}) || m.Place(1, 1).String() != "plain.mat:gain" {
		t.Errorf("%+v, %v", m, err)
	}
	found, err := matrix.ParseMAT("packed.mat", readFile(t, "packed.mat"))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{
		"brain.SC": {0, 2, 0, 0, 0, 3, 4, 0, 0}, "brain.deep.w": {1, 2, 3, 200}, "long": {0, 1, 2, 3, 4}, "f": {0.5, 1.5},
	}
	for _, n := range found {
		if !slices.Equal(n.Values, want[n.Name]) || n.Rows*n.Cols != len(n.Values) {
			t.Errorf("%s is %d x %d: %v, want %v", n.Name, n.Rows, n.Cols, n.Values, want[n.Name])
		}
		delete(want, n.Name)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
	_, err = matrix.Parse("packed.mat", readFile(t, "packed.mat"))
	if got := fmt.Sprint(err); !fault.Is(err) || !strings.HasPrefix(got, "packed.mat: which matrix of the MATLAB file? it has brain.SC (3 x 3), brain.deep.w (2 x 2), ") {
		t.Errorf("of several matrices: %v", err)
	}
}

// mat writes a file of one full matrix with the byte order, and numbers of 8 bytes, or whole ones of 2.
func mat(order binary.AppendByteOrder, name string, rows, cols int, short bool, values ...float64) []byte {
	element := func(kind uint32, data []byte) []byte {
		b := order.AppendUint32(order.AppendUint32(nil, kind), uint32(len(data)))
		b = append(b, data...)
		return append(b, make([]byte, (8-len(b)%8)%8)...)
	}
	var dims, numbers []byte
	dims = order.AppendUint32(order.AppendUint32(dims, uint32(rows)), uint32(cols))
	kind := uint32(9)
	for _, v := range values {
		if short {
			kind, numbers = 3, order.AppendUint16(numbers, uint16(int16(v)))
		} else {
			var b bytes.Buffer
			binary.Write(&b, order.(binary.ByteOrder), v)
			numbers = append(numbers, b.Bytes()...)
		}
	}
	array := slices.Concat(element(6, order.AppendUint32(order.AppendUint32(nil, 6), 0)), element(5, dims), element(1, []byte(name)), element(kind, numbers))
	head := append([]byte("MATLAB 5.0 MAT-file"), bytes.Repeat([]byte{' '}, 105)...)
	head = order.AppendUint16(head, 0x100)
	head = order.AppendUint16(head, 'M'<<8|'I')
	return append(head, element(14, array)...)
}

func TestMATInBothOrders(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, short := range []bool{false, true} {
			m, err := matrix.Parse("x.mat", mat(order, "any", 2, 3, short, 1, 4, -2, 5, 3, 6))
			if err != nil || !slices.Equal(m.Values, []float64{1, -2, 3, 4, 5, 6}) {
				t.Errorf("%v, short numbers %t: %+v, %v", order, short, m, err)
			}
		}
	}
}

func TestMATMistakes(t *testing.T) {
	whole := mat(binary.LittleEndian, "any", 2, 3, false, 1, 4, -2, 5, 3, 6)
	hdf5 := append([]byte("MATLAB 7.3 MAT-file, Platform: GLNXA64"), make([]byte, 600)...)
	for want, text := range map[string][]byte{
		"x.mat: a MATLAB file of version 7.3; save it in MATLAB with -v7":                               hdf5,
		"x.mat: this is no MATLAB file of level 5, or one that ends within its header":                  whole[:100],
		"x.mat: this MATLAB file is damaged: it ends within an element of":                              whole[:len(whole)-9],
		"x.mat: this MATLAB file is damaged: any has 5 numbers, but 2 x 3 are told":                     mat(binary.LittleEndian, "any", 2, 3, false, 1, 2, 3, 4, 5),
		"x.mat: which matrix of the MATLAB file? it has one (1 x 1); one alone may have projection":     mat(binary.LittleEndian, "one", 1, 1, false, 1),
		"x.mat: which matrix of the MATLAB file? it has no matrix of numbers; one alone may have proje": whole[:128],
	} {
		if _, err := matrix.Parse("x.mat", text); err == nil || !strings.HasPrefix(err.Error(), want) || !fault.Is(err) {
			t.Errorf("says %v, want %s", err, want)
		}
	}
}

// Whatever the bytes, reading ends with matrices of the size that they tell or with a mistake of the user's.
func FuzzMAT(f *testing.F) {
	f.Add(readFile(f, "plain.mat"))
	f.Add(readFile(f, "packed.mat"))
	f.Add(mat(binary.BigEndian, "any", 2, 3, true, 1, 4, -2, 5, 3, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := matrix.ParseMAT("x.mat", b)
		if err != nil && !fault.Is(err) {
			t.Errorf("not a mistake of the user's: %v", err)
		}
		for _, n := range found {
			if n.Rows < 1 || n.Cols < 1 || len(n.Values) != n.Rows*n.Cols {
				t.Errorf("%s is %d x %d with %d numbers", n.Name, n.Rows, n.Cols, len(n.Values))
			}
		}
	})
}
