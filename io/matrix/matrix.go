// Package matrix reads matrices of numbers as other programs leave them: text with commas, semicolons, tabs or blanks,
// with or without names of rows and columns, NumPy's npy, and MATLAB's mat.
package matrix

import (
	"bytes"
	"math"

	"brainsweep/fault"
)

// Matrix is a table of numbers. What a file has no number for is NaN.
type Matrix struct {
	Rows, Cols         int
	Values             []float64 // row by row
	RowNames, ColNames []string  // nil where the file names none

	file   string
	places []fault.Pos // of Values; nil for files that are no text
}

// Parse reads the text, or the npy array, of a file called name. A line of text is a row; # begins a comment. The first
// line holds names where one of its cells is no number, and the first column does where its cells are none, or where
// its own name is empty. Of a zip archive, an npz or a file of MATLAB's, it reads the table in it. "n/a", "nan" and an empty cell are NaN. The error holds the mistakes with their places.
func Parse(name string, text []byte) (*Matrix, error) {
	if bytes.HasPrefix(text, []byte(npyMagic)) {
		return parseNPY(name, text)
	}
	if IsMAT(text) {
		return parseMAT(name, text)
	}
	if bytes.HasPrefix(text, []byte(zipMagic)) {
		return parseZip(name, text)
	}
	return parseText(name, text)
}

// At is the number in a row and a column, counted from 0.
func (m *Matrix) At(row, col int) float64 { return m.Values[row*m.Cols+col] }

// File is the place of the whole matrix.
func (m *Matrix) File() fault.Pos { return fault.Pos{File: m.file} }

// Place is where a number stands; of an npy array the file.
func (m *Matrix) Place(row, col int) fault.Pos {
	if m.places == nil {
		return m.File()
	}
	return m.places[row*m.Cols+col]
}

// Transposed has the rows as columns.
func (m *Matrix) Transposed() *Matrix {
	t := &Matrix{Rows: m.Cols, Cols: m.Rows, RowNames: m.ColNames, ColNames: m.RowNames, file: m.file,
		Values: make([]float64, len(m.Values))}
	if m.places != nil {
		t.places = make([]fault.Pos, len(m.places))
	}
	for row := range m.Rows {
		for col := range m.Cols {
			t.Values[col*t.Cols+row] = m.At(row, col)
			if m.places != nil {
				t.places[col*t.Cols+row] = m.places[row*m.Cols+col]
			}
		}
	}
	return t
}

// FirstBad gives the row and the column of the first number that is not finite; ok is false where there is none.
func (m *Matrix) FirstBad() (row, col int, ok bool) {
	for i, v := range m.Values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return i / m.Cols, i % m.Cols, true
		}
	}
	return 0, 0, false
}
