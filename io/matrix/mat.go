package matrix

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"

	"brainsweep/fault"
)

// MATLAB's files of level 5, which it writes by save -v6 and -v7 (compressed): "MAT-File Format", The MathWorks 2019.
const (
	matMagic  = "MATLAB 5.0 MAT-file"
	mat73     = "MATLAB 7.3 MAT-file" // HDF5 behind 512 bytes
	matHeader = 128
	matDeep   = 3       // structures in structures that are looked into
	mostMAT   = 1 << 30 // [bytes] that all of a file may unpack to
)

// IsMAT tells a file of MATLAB's by its beginning.
func IsMAT(text []byte) bool {
	return bytes.HasPrefix(text, []byte(matMagic)) || bytes.HasPrefix(text, []byte(mat73))
}

// Types of data elements.
const (
	miMATRIX     = 14
	miCOMPRESSED = 15
)

// The kinds of numbers by type, and their sizes.
var matNumbers = map[uint32]struct {
	kind string
	size int
}{1: {"i", 1}, 2: {"u", 1}, 3: {"i", 2}, 4: {"u", 2}, 5: {"i", 4}, 6: {"u", 4}, 7: {"f", 4}, 9: {"f", 8}, 12: {"i", 8}, 13: {"u", 8}}

// Classes of arrays.
const (
	mxSTRUCT = 2
	mxSPARSE = 5
	mxDOUBLE = 6
	mxUINT64 = 15
)

// Named is a matrix that has a name in its file.
type Named struct {
	Name string
	*Matrix
}

// ParseMAT reads the real matrices of a MATLAB file of level 5, full or sparse; those of a structure are called by it and the
// field: "brain.weights". What is no matrix of numbers is passed over. The error is a mistake with the file's place.
func ParseMAT(name string, text []byte) ([]Named, error) {
	refuse := func(msg string) ([]Named, error) { return nil, fault.Mistake{Pos: fault.Pos{File: name}, Msg: msg} }
	if bytes.HasPrefix(text, []byte(mat73)) {
		return refuse("a MATLAB file of version 7.3; save it in MATLAB with -v7")
	}
	if len(text) < matHeader || !IsMAT(text) {
		return refuse("this is no MATLAB file of level 5, or one that ends within its header")
	}
	m := &matReader{name: name, room: mostMAT}
	switch string(text[126:128]) {
	case "IM":
		m.order = binary.LittleEndian
	case "MI":
		m.order = binary.BigEndian
	default:
		return refuse("this MATLAB file does not say which byte comes first")
	}
	if err := m.elements(text[matHeader:], "", 0); err != nil {
		return refuse("this MATLAB file is damaged: " + err.Error())
	}
	return m.found, nil
}

// parseMAT reads the only matrix of a file, or the only one with projection, gain or leadfield in its name.
func parseMAT(name string, text []byte) (*Matrix, error) {
	found, err := ParseMAT(name, text)
	if err != nil {
		return nil, err
	}
	tables := slices.DeleteFunc(slices.Clone(found), func(n Named) bool { return len(n.Values) < 2 })
	if len(tables) != 1 {
		if meant := slices.DeleteFunc(slices.Clone(tables), func(n Named) bool { return !meansProjection(strings.ToLower(n.Name)) }); len(meant) == 1 {
			tables = meant
		}
	}
	if len(tables) != 1 {
		return nil, fault.Mistake{Pos: fault.Pos{File: name}, Msg: "which matrix of the MATLAB file? it has " + Listing(found) + "; one alone may have projection, gain or leadfield in its name"}
	}
	return tables[0].Matrix, nil
}

// Listing names matrices and their sizes.
func Listing(found []Named) string {
	if len(found) == 0 {
		return "no matrix of numbers"
	}
	var words []string
	for _, n := range found[:min(len(found), manyMembers)] {
		words = append(words, fmt.Sprintf("%s (%d x %d)", n.Name, n.Rows, n.Cols))
	}
	return strings.Join(words, ", ")
}

// matReader collects the matrices of a file.
type matReader struct {
	name  string
	order binary.ByteOrder
	room  int64 // [bytes] that may still be unpacked
	found []Named
}

// element takes the next data element off b: a tag of type and size, short or long, and the data, to a multiple of 8 bytes.
func (m *matReader) element(b []byte) (kind uint32, data, rest []byte, err error) {
	if len(b) < 8 {
		return 0, nil, nil, fmt.Errorf("it ends within a tag")
	}
	kind, size, from := m.order.Uint32(b), m.order.Uint32(b[4:]), 8
	if short := kind >> 16; short != 0 {
		kind, size, from = kind&0xffff, short, 4
		if short > 4 {
			return 0, nil, nil, fmt.Errorf("a short element has %d bytes", short)
		}
	}
	if uint64(size) > uint64(len(b)-from) {
		return 0, nil, nil, fmt.Errorf("it ends within an element of %d bytes", size)
	}
	end := from + int(size)
	data = b[from:end]
	if kind != miCOMPRESSED {
		end = min(len(b), (end+7)/8*8)
	}
	return kind, data, b[end:], nil
}

// elements reads all elements of b. Fields of a structure are called by their place in names.
func (m *matReader) elements(b []byte, within string, depth int, names ...string) error {
	for k := 0; len(b) > 0; k++ {
		kind, data, rest, err := m.element(b)
		if err != nil {
			return err
		}
		b = rest
		name := ""
		if within != "" && k < len(names) {
			name = within + "." + names[k]
		}
		switch kind {
		case miCOMPRESSED:
			unpacked, err := m.unpack(data)
			if err != nil {
				return err
			}
			if err := m.elements(unpacked, within, depth+1, names...); err != nil || depth > 0 {
				return err // an element packed in a packed one is none of MATLAB's
			}
		case miMATRIX:
			if err := m.array(data, name, depth); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *matReader) unpack(packed []byte) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	defer z.Close()
	out, err := io.ReadAll(io.LimitReader(z, m.room+1))
	if int64(len(out)) > m.room {
		return nil, fmt.Errorf("it unpacks to more than 1 GiB")
	}
	m.room -= int64(len(out))
	return out, err
}

// array reads a variable or a field: flags, dimensions, name, and what its class has.
func (m *matReader) array(b []byte, name string, depth int) error {
	if len(b) == 0 {
		return nil // an empty field
	}
	_, flags, b, err := m.element(b)
	if err != nil || len(flags) < 8 {
		return fmt.Errorf("an array has no flags")
	}
	class, complex := m.order.Uint32(flags)&0xff, m.order.Uint32(flags)&0x800 != 0
	kind, raw, b, err := m.element(b)
	if err != nil {
		return err
	}
	dims := m.numbers(kind, raw)
	if _, raw, b, err = m.element(b); err != nil {
		return err
	}
	if name == "" {
		name = string(raw)
	}
	if len(dims) != 2 || complex || !(dims[0] >= 1 && dims[0] < 1<<31 && dims[1] >= 1 && dims[1] < 1<<31) {
		return nil
	}
	rows, cols := int(dims[0]), int(dims[1])
	switch {
	case class == mxSTRUCT && rows*cols == 1 && depth < matDeep:
		return m.structure(b, name, depth)
	case class == mxSPARSE:
		return m.sparse(b, name, rows, cols)
	case class >= mxDOUBLE && class <= mxUINT64:
		return m.full(b, name, rows, cols)
	}
	return nil
}

// structure reads the fields of a structure.
func (m *matReader) structure(b []byte, name string, depth int) error {
	kind, raw, b, err := m.element(b)
	if err != nil {
		return err
	}
	length := m.numbers(kind, raw)
	if _, raw, b, err = m.element(b); err != nil {
		return err
	}
	if len(length) != 1 || length[0] < 1 || length[0] > 1<<10 {
		return fmt.Errorf("the names of %s's fields have no length", name)
	}
	var names []string
	for each := int(length[0]); len(raw) >= each; raw = raw[each:] {
		field, _, _ := bytes.Cut(raw[:each], []byte{0})
		names = append(names, string(field))
	}
	return m.elements(b, name, depth+1, names...)
}

// full reads a matrix that is stored column by column.
func (m *matReader) full(b []byte, name string, rows, cols int) error {
	kind, raw, _, err := m.element(b)
	if err != nil {
		return err
	}
	values := m.numbers(kind, raw)
	if rows > len(values) || len(values) != rows*cols {
		return fmt.Errorf("%s has %d numbers, but %d x %d are told", name, len(values), rows, cols)
	}
	t := &Matrix{Rows: rows, Cols: cols, Values: make([]float64, len(values)), file: m.name + ":" + name}
	for i, v := range values {
		t.Values[i%rows*cols+i/rows] = v
	}
	m.found = append(m.found, Named{name, t})
	return nil
}

// sparse reads a matrix of which the rows of the numbers, where each column's begin, and the numbers are stored.
func (m *matReader) sparse(b []byte, name string, rows, cols int) error {
	var parts [3][]float64
	for i := range parts {
		kind, raw, rest, err := m.element(b)
		if err != nil {
			return err
		}
		parts[i], b = m.numbers(kind, raw), rest
	}
	row, begins, values := parts[0], parts[1], parts[2]
	if len(begins) != cols+1 || int64(rows)*int64(cols)*8 > m.room {
		return fmt.Errorf("the sparse matrix %s has %d columns, but %d x %d are told", name, len(begins)-1, rows, cols)
	}
	m.room -= int64(rows) * int64(cols) * 8
	t := &Matrix{Rows: rows, Cols: cols, Values: make([]float64, rows*cols), file: m.name + ":" + name}
	for col := range cols {
		from, to := int(begins[col]), int(begins[col+1])
		if from < 0 || to < from || to > len(values) || to > len(row) {
			return fmt.Errorf("the columns of the sparse matrix %s overlap", name)
		}
		for k := from; k < to; k++ {
			if !(row[k] >= 0 && row[k] < float64(rows)) {
				return fmt.Errorf("the sparse matrix %s has no row %v", name, row[k])
			}
			t.Values[int(row[k])*cols+col] = values[k]
		}
	}
	m.found = append(m.found, Named{name, t})
	return nil
}

// numbers are those of an element, whatever type they are stored in; nil where it has none.
func (m *matReader) numbers(kind uint32, raw []byte) []float64 {
	of, known := matNumbers[kind]
	if !known {
		return nil
	}
	out := make([]float64, len(raw)/of.size)
	for i := range out {
		out[i] = npyNumber(raw[i*of.size:(i+1)*of.size], of.kind, m.order)
	}
	return out
}
