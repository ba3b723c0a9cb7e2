package matrix

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"brainsweep/fault"
)

// npyMagic begins every npy file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const npyMagic = "\x93NUMPY"

var (
	npyText    = regexp.MustCompile(`'descr'\s*:\s*'([<>|=])([US])(\d+)'`)
	npyType    = regexp.MustCompile(`'descr'\s*:\s*'([<>|=])([fiu])([1248])'`)
	npyFortran = regexp.MustCompile(`'fortran_order'\s*:\s*(True|False)`)
	npyShape   = regexp.MustCompile(`'shape'\s*:\s*\(([^)]*)\)`)
)

// Words reads the npy array of words of a file called name, whatever its shape, row by row; those of type U and S.
func Words(name string, raw []byte) ([]string, error) {
	refuse := func(msg string) ([]string, error) {
		return nil, fault.Mistake{Pos: fault.Pos{File: name}, Msg: msg}
	}
	header, data, ok := npyParts(raw)
	if !ok || !bytes.HasPrefix(raw, []byte(npyMagic)) {
		return refuse("not an npy array, or one that ends within its header")
	}
	kind := npyText.FindStringSubmatch(header)
	if kind == nil {
		return refuse(fmt.Sprintf("this npy array does not hold words (%s); save it with dtype=str", strings.TrimSpace(header)))
	}
	size, err := strconv.Atoi(kind[3]) // of a word, in letters
	if err != nil || size < 1 || size > 1<<16 {
		return refuse("this npy array has words of " + kind[3] + " letters")
	}
	if kind[2] == "U" { // UTF-32
		size *= 4
	}
	if len(data)%size != 0 {
		return refuse(fmt.Sprintf("this npy file has %d bytes of words, which are of %d bytes each", len(data), size))
	}
	order := npyOrder(kind[1])
	var words []string
	for ; len(data) > 0; data = data[size:] {
		word := string(data[:size])
		if kind[2] == "U" {
			var letters []rune
			for at := 0; at < size; at += 4 {
				letters = append(letters, rune(order.Uint32(data[at:])))
			}
			word = string(letters)
		}
		words = append(words, strings.TrimRight(word, "\x00"))
	}
	return words, nil
}

// npyOrder is the order of bytes that an array's type begins with.
func npyOrder(sign string) binary.ByteOrder {
	if sign == ">" {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// parseNPY reads an array of one or two dimensions; one dimension becomes a column.
func parseNPY(name string, text []byte) (*Matrix, error) {
	m := &Matrix{file: name}
	refuse := func(format string, args ...any) (*Matrix, error) {
		return nil, fault.Mistake{Pos: m.File(), Msg: fmt.Sprintf(format, args...)}
	}
	header, data, ok := npyParts(text)
	if !ok {
		return refuse("this npy file ends within its header")
	}
	kind, fortran, shape := npyType.FindStringSubmatch(header), npyFortran.FindStringSubmatch(header), npyShape.FindStringSubmatch(header)
	if kind == nil || kind[2] == "f" && kind[3] == "1" {
		return refuse("this npy array does not hold plain numbers (%s); save it as float64", strings.TrimSpace(header))
	}
	if fortran == nil || shape == nil {
		return refuse("this npy file has a header that says nothing of the array's shape")
	}
	m.Rows, m.Cols = 1, 1
	lengths := strings.FieldsFunc(shape[1], func(r rune) bool { return r == ',' || r == ' ' })
	if len(lengths) != 1 && len(lengths) != 2 {
		return refuse("this npy array has %d dimensions, (%s); a matrix has two", len(lengths), shape[1])
	}
	for i, to := range []*int{&m.Rows, &m.Cols}[:len(lengths)] {
		n, err := strconv.Atoi(lengths[i])
		if err != nil || n < 1 || n > 1<<31 {
			return refuse("this npy array has the shape (%s): there is nothing in it", shape[1])
		}
		*to = n
	}
	size := int(kind[3][0] - '0')
	if want := m.Rows * m.Cols * size; len(data) != want {
		return refuse("this npy file has %d bytes of numbers, but its shape (%s) makes %d", len(data), shape[1], want)
	}
	order := npyOrder(kind[1])
	m.Values = make([]float64, m.Rows*m.Cols)
	for i := range m.Values {
		at := i
		if fortran[1] == "True" {
			at = i%m.Cols*m.Rows + i/m.Cols
		}
		m.Values[i] = npyNumber(data[at*size:(at+1)*size], kind[2], order)
	}
	return m, nil
}

// npyParts divides a file into its header and its numbers.
func npyParts(text []byte) (header string, data []byte, ok bool) {
	if len(text) < 12 {
		return "", nil, false
	}
	start, length := 10, int(binary.LittleEndian.Uint16(text[8:]))
	if text[6] > 1 { // the length has four bytes from version 2 on
		start, length = 12, int(binary.LittleEndian.Uint32(text[8:]))
	}
	if len(text)-start < length {
		return "", nil, false
	}
	return string(text[start : start+length]), text[start+length:], true
}

// npyNumber reads a number: a float (f), or an integer with (i) or without sign (u).
func npyNumber(b []byte, kind string, order binary.ByteOrder) float64 {
	var bits uint64
	switch len(b) {
	case 1:
		bits = uint64(b[0])
	case 2:
		bits = uint64(order.Uint16(b))
	case 4:
		bits = uint64(order.Uint32(b))
	case 8:
		bits = order.Uint64(b)
	}
	switch {
	case kind == "f" && len(b) == 8:
		return math.Float64frombits(bits)
	case kind == "f" && len(b) == 4:
		return float64(math.Float32frombits(uint32(bits)))
	case kind == "f":
		return half(uint16(bits))
	case kind == "i":
		shift := 64 - 8*len(b)
		return float64(int64(bits<<shift) >> shift)
	}
	return float64(bits)
}

// half is the value of an IEEE 754 number of 16 bits.
func half(bits uint16) float64 {
	sign, exponent, fraction := 1.0, int(bits>>10&31), float64(bits&1023)
	if bits>>15 == 1 {
		sign = -1
	}
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction == 0 {
			return math.Inf(int(sign))
		}
		return math.NaN()
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}
