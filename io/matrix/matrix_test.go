package matrix_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/matrix"
)

var nan = math.NaN()

func equal(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func TestText(t *testing.T) {
	for _, c := range []struct {
		name, text string
		rows, cols int
		values     []float64
		rowNames   []string
		colNames   []string
	}{
		{"commas", "1,2,3\n4,5,6\n", 2, 3, []float64{1, 2, 3, 4, 5, 6}, nil, nil},
		{"blanks", "  1 2.5  -3e2\n4 5 6", 2, 3, []float64{1, 2.5, -300, 4, 5, 6}, nil, nil},
		{"tabs and a missing number", "1\t\t3\n4\tn/a\t6\n", 2, 3, []float64{1, nan, 3, 4, nan, 6}, nil, nil},
		{"semicolons, mark of byte order, lines of Windows", "\ufeff1;2\r\n3;4\r\n", 2, 2, []float64{1, 2, 3, 4}, nil, nil},
		{"comment and empty lines", "# a matrix\n\n1 2\n# in between\n3 4 # and behind\n", 2, 2, []float64{1, 2, 3, 4}, nil, nil},
		{"names of columns", "lA,rA\n1,2\n3,4\n", 2, 2, []float64{1, 2, 3, 4}, nil, []string{"lA", "rA"}},
		{"names of rows", "lA,1,2\nrA,3,4\n", 2, 2, []float64{1, 2, 3, 4}, []string{"lA", "rA"}, nil},
		{"names of both", ",lA,rA\nlA,1,2\nrA,3,4\n", 2, 2, []float64{1, 2, 3, 4}, []string{"lA", "rA"}, []string{"lA", "rA"}},
		{"an index as pandas writes it", ",lA,rA\n0,1,2\n1,3,4\n", 2, 2, []float64{1, 2, 3, 4}, []string{"0", "1"}, []string{"lA", "rA"}},
		{"names as R writes them", "\"lA\" \"rA\"\n\"x 1\" 1 2\n\"x 2\" 3 4\n", 2, 2, []float64{1, 2, 3, 4}, []string{"x 1", "x 2"}, []string{"lA", "rA"}},
		{"comma in a name", "\"a,b\",c\n1,2\n", 1, 2, []float64{1, 2}, nil, []string{"a,b", "c"}},
		{"one column with a name", "power\n1\n2\n", 2, 1, []float64{1, 2}, nil, []string{"power"}},
		{"infinite", "inf -inf\n1 2\n", 2, 2, []float64{math.Inf(1), math.Inf(-1), 1, 2}, nil, nil},
	} {
		m, err := matrix.Parse("x.csv", []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if m.Rows != c.rows || m.Cols != c.cols || !slices.EqualFunc(m.Values, c.values, equal) ||
			!slices.Equal(m.RowNames, c.rowNames) || !slices.Equal(m.ColNames, c.colNames) {
			t.Errorf("%s: %d x %d %v, rows %q, columns %q", c.name, m.Rows, m.Cols, m.Values, m.RowNames, m.ColNames)
		}
	}
}

func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "x.csv: the file has no numbers",
		"# only words\n":              "x.csv: the file has no numbers",
		"\xff\xfe1\x00\n\x00":         "x.csv: the text is UTF-16; save it as UTF-8",
		"\x7fELF\x00\x01":             "x.csv: this is neither text nor npy; text with commas, tabs or blanks between the numbers is wanted, or npy",
		"a,b\n":                       "x.csv: the file has a line of names, but no numbers",
		"1,2\n3\n4,x\n":               "x.csv:2:1: 1 cells, but the first row has 2\nx.csv:3:3: \"x\" is not a number",
		"1;2\n 0,5;1\n":               "x.csv:2:2: \"0,5\" is not a number; decimals stand behind a point",
		"a,b,c\n1,2\n":                "x.csv: 3 names in the first line for 2 columns of numbers",
		"\x93NUMPY":                   "x.csv: this npy file ends within its header",
		npy("'<c16'", "(2,)", 32):     "x.csv: this npy array does not hold plain numbers",
		npy("'<f8'", "(2, 2, 2)", 64): "x.csv: this npy array has 3 dimensions, (2, 2, 2); a matrix has two",
		npy("'<f8'", "(0, 2)", 0):     "x.csv: this npy array has the shape (0, 2): there is nothing in it",
		npy("'<f8'", "(2, 2)", 31):    "x.csv: this npy file has 31 bytes of numbers, but its shape (2, 2) makes 32",
	} {
		_, err := matrix.Parse("x.csv", []byte(text))
		if err == nil || !strings.HasPrefix(err.Error(), want) || !fault.Is(err) {
			t.Errorf("%q: got %v\nwant %s", text, err, want)
		}
	}
}

// npy is a file of so many bytes of zeros.
func npy(descr, shape string, bytes int) string {
	header := fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }\n", descr, shape)
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), 0}) + header + strings.Repeat("\x00", bytes)
}

// TestNPY writes 2 x 3 numbers in the types and orders that numpy has.
func TestNPY(t *testing.T) {
	want := []float64{1, -2, 3, 4, 5, 6.5}
	write := func(order binary.ByteOrder, number func(v float64) any, values ...float64) string {
		var b bytes.Buffer
		for _, v := range values {
			binary.Write(&b, order, number(v))
		}
		return b.String()
	}
	double := func(v float64) any { return v }
	single := func(v float64) any { return float32(v) }
	whole := func(v float64) any { return int16(v) }
	half := map[float64]uint16{1: 0x3c00, -2: 0xc000, 3: 0x4200, 4: 0x4400, 5: 0x4500, 6.5: 0x4680}
	for _, c := range []struct {
		name, file string
		want       []float64
	}{
		{"float64", npy("'<f8'", "(2, 3)", 0) + write(binary.LittleEndian, double, want...), want},
		{"float32, most significant byte first", npy("'>f4'", "(2, 3)", 0) + write(binary.BigEndian, single, want...), want},
		{"float16", npy("'<f2'", "(2, 3)", 0) + write(binary.LittleEndian, func(v float64) any { return half[v] }, want...), want},
		{"int16", npy("'<i2'", "(2, 3)", 0) + write(binary.LittleEndian, whole, want...), []float64{1, -2, 3, 4, 5, 6}},
		{"columns first", strings.Replace(npy("'<f8'", "(2, 3)", 0), "False", "True ", 1) + write(binary.LittleEndian, double, 1, 4, -2, 5, 3, 6.5), want},
	} {
		m, err := matrix.Parse("x.npy", []byte(c.file))
		if err != nil || m.Rows != 2 || m.Cols != 3 || !slices.Equal(m.Values, c.want) {
			t.Errorf("%s: %v, %+v", c.name, err, m)
		}
	}
	m, err := matrix.Parse("x.npy", []byte(npy("'<f8'", "(3,)", 0)+write(binary.LittleEndian, double, 1, 2, 3)))
	if err != nil || m.Rows != 3 || m.Cols != 1 {
		t.Errorf("one dimension: %v, %+v", err, m)
	}
}

func TestTransposed(t *testing.T) {
	m, err := matrix.Parse("x.csv", []byte("a,b,c\n1,2,3\n4,5,inf\n"))
	if err != nil {
		t.Fatal(err)
	}
	m = m.Transposed()
	if !slices.Equal(m.Values, []float64{1, 4, 2, 5, 3, math.Inf(1)}) || !slices.Equal(m.RowNames, []string{"a", "b", "c"}) || m.Place(2, 0).String() != "x.csv:2:5" {
		t.Errorf("%+v", m)
	}
	if row, col, ok := m.FirstBad(); row != 2 || col != 1 || !ok {
		t.Errorf("the bad number is at %d, %d", row, col)
	}
}

// zipped is an archive of the named texts.
func zipped(t *testing.T, members ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(members); i += 2 {
		w, err := z.Create(members[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(members[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZip(t *testing.T) {
	for name, members := range map[string][]string{
		"the only table":   {"a/leads.csv", "1,2\n3,4\n", "readme.md", "x", "__MACOSX/._leads", "x"},
		"npz":              {"arr_0.npy", npy("'<f8'", "(1, 2)", 16)},
		"one is called so": {"sensors.txt", "a 1 2 3\n", "projection_matrix.txt", "1 2\n3 4\n"},
	} {
		m, err := matrix.Parse("x.zip", zipped(t, members...))
		if err != nil || m.Cols != 2 {
			t.Errorf("%s: %v, %v", name, m, err)
		}
	}
	for want, members := range map[string][]string{
		"x.zip: the archive has no table: no npy, mat, csv, tsv or txt":                                     {"a.doc", "x"},
		"x.zip: which table of the archive? it has a.csv, b.csv; one alone may have projection in its name": {"a.csv", "1\n", "b.csv", "2\n"},
		"x.zip: a.txt is an archive in an archive":                                                          {"a.txt", string(zipped(t, "a.txt", "1"))},
		`x.zip:a.csv:2:1: "x" is not a number`:                                                              {"a.csv", "1\nx\n"},
	} {
		if _, err := matrix.Parse("x.zip", zipped(t, members...)); err == nil || err.Error() != want {
			t.Errorf("says %v, want %s", err, want)
		}
	}
	if _, err := matrix.Parse("x.zip", []byte("PK\x03\x04rest")); err == nil || !strings.HasPrefix(err.Error(), "x.zip: not a zip archive, or a damaged one") {
		t.Errorf("of a damaged archive: %v", err)
	}
}
