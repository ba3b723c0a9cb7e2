package tvb_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/io/tvb"
)

func TestMistakesHaveTheirPlace(t *testing.T) {
	w, l, c := file{"weights.txt", weights}, file{"tract_lengths.txt", lengths}, file{"centres.txt", centres}
	for _, test := range []struct {
		name  string
		files []file
		want  string
	}{
		{"nothing", nil,
			"a.zip: an empty archive: weights.txt, tract_lengths.txt and centres.txt are wanted"},
		{"no weights", []file{l, c, {"info.txt", ""}},
			"a.zip: the archive has no weights.txt; there are tract_lengths.txt, centres.txt, info.txt"},
		{"nothing to take lengths from", []file{w, {"areas.txt", "1\n1\n1\n"}},
			"a.zip: the archive has neither tract_lengths.txt nor centres.txt to take distances from; there are weights.txt, areas.txt"},
		{"two of one", []file{w, {"b/weights.txt.bz2", ""}, l, c},
			"a.zip:b/weights.txt.bz2: weights could be weights.txt or b/weights.txt.bz2: there must be one"},
		{"NaN weights", []file{{"weights.txt", "0 nan 0.5\n1 0 NaN\n0 0 0\n"}, l, c},
			"a.zip:weights.txt:1:3: 2 weights are not a finite number, the first (NaN) at row 1 (A), column 2 (B)"},
		{"infinite weight after a comment", []file{{"weights.txt", "# head\n0 1 0.5\n\n1 0  -inf\n0 0 0\n"}, l, c},
			"a.zip:weights.txt:4:6: weight -Inf is not a finite number, at row 2 (B), column 3 (C)"},
		{"negative lengths", []file{w, {"tract_lengths.txt", "0 1 1\n1 0 1\n1 -2.5 0\n"}, c},
			"a.zip:tract_lengths.txt:3:3: tract length -2.5 is negative, at row 3 (C), column 2 (B)"},
		{"words", []file{{"weights.txt", "0 1 0.5\n1 none 0\n0 0 0x\n"}, l, c},
			"a.zip:weights.txt:2:3: \"none\" is not a number\na.zip:weights.txt:3:5: \"0x\" is not a number"},
		{"words without end", []file{{"weights.txt", strings.Repeat("a ", 50)}, l, c},
			"a.zip:weights.txt:1:1: \"a\" is not a number\na.zip:weights.txt:1:3: \"a\" is not a number\na.zip:weights.txt:1:5: \"a\" is not a number\n" +
				"a.zip:weights.txt:1:7: \"a\" is not a number\na.zip:weights.txt:1:9: \"a\" is not a number"},
		{"too large", []file{{"weights.txt", "0 1 1e999\n1 0 0\n0 0 0\n"}, l, c},
			"a.zip:weights.txt:1:5: \"1e999\" is beyond the range of numbers (1.8e+308)"},
		{"an empty cell", []file{{"weights.csv", "0,1,0.5\n1,,0\n0,0,0\n"}, l, c},
			"a.zip:weights.csv:2:3: an empty cell: a number is wanted"},
		{"ragged", []file{{"weights.txt", "0 1 0.5\n1 0\n0 0 0\n"}, l, c},
			"a.zip:weights.txt:2: row 2 has 2 columns, but the first row has 3"},
		{"not square", []file{{"weights.txt", "0 1 0.5\n1 0 0\n"}, l, c},
			"a.zip:weights.txt: weights are 2 x 3: a square matrix is wanted, rows the targets and columns the sources"},
		{"no numbers", []file{{"weights.txt", "\n# nothing\n"}, l, c},
			"a.zip:weights.txt: has no numbers"},
		{"other sizes", []file{w, {"tract_lengths.txt", "0 1\n1 0\n"}, {"centres.txt", "A 0 0 0\nB 1 1 1\n"}, {"areas.txt", "1 2\n"}},
			"a.zip:areas.txt: areas are 1 x 2, but the weights are of 3 regions: 3 x 1 is wanted\n" +
				"a.zip:centres.txt: centres are 2 x 3, but the weights are of 3 regions: 3 x 3 is wanted\n" +
				"a.zip:tract_lengths.txt: tract lengths are 2 x 2, but the weights are of 3 regions: 3 x 3 is wanted"},
		{"an array of nothing", []file{{"weights.npy", "\x93NUMPY"}, l, c},
			"a.zip:weights.npy: this npy file ends within its header"},
		{"words that are numbers", []file{w, l, {"labels.npy", "\x93NUMPY\x01\x00\x2e\x00{'descr': '<f8', 'fortran_order': False, ...}\n"}},
			"a.zip:labels.npy: this npy array does not hold words ({'descr': '<f8', 'fortran_order': False, ...}); save it with dtype=str"},
		{"too few labels", []file{w, l, {"labels.txt", "A\nB\n"}},
			"a.zip:labels.txt: 2 labels, but the weights are of 3 regions"},
		{"labels that do not match", []file{w, l, c, {"labels.txt", "A\nX\nC\n"}},
			"a.zip:labels.txt: labels differ from those of centres.txt, which have no \"X\""},
		{"labels in another order", []file{w, l, c, {"labels.txt", "B\nA\nC\n"}},
			"a.zip:labels.txt: labels differ from those of centres.txt in their order"},
		{"a label twice", []file{w, l, {"centres.txt", "A 0 0 0\nB 1 1 1\nA 2 2 2\n"}},
			"a.zip:centres.txt:3: label \"A\" names region 1 and region 3"},
		{"a bad centre", []file{w, l, {"centres.txt", "A 0 0 0\nB 1 inf 1\nC 2 2 2\n"}},
			"a.zip:centres.txt:2:5: coordinate +Inf is not a finite number, at row 2 (B), column 2"},
		{"not a flag", []file{w, l, c, {"cortical.txt", "1\n2\n0\n"}},
			"a.zip:cortical.txt:2:1: cortical: 2 is neither 0 nor 1"},
		{"a negative area in a row", []file{w, l, c, {"areas.txt", "1 -2 0\n"}},
			"a.zip:areas.txt:1:3: area -2 is negative, at row 2 (B)"},
		{"one region", []file{{"weights.txt", "0\n"}, {"centres.txt", "A 0 0 0\n"}},
			"a.zip:centres.txt: 1 regions: a connectome has from 2 to 10000"},
		{"all members at once", []file{{"weights.txt", "0 x 0\n1 0 0\n0 0 0\n"}, {"tract_lengths.txt", "0 1 y\n1 0 1\n1 2 0\n"}, {"centres.txt", "A 0 0 z\nB 1 1 1\nC 2 2 2\n"}},
			"a.zip:centres.txt:1:7: \"z\" is not a number\na.zip:tract_lengths.txt:1:5: \"y\" is not a number\na.zip:weights.txt:1:3: \"x\" is not a number"},
		{"names that lead out", []file{{"../../weights.txt", weights}, {"/etc/centres.txt", centres}, l},
			"a.zip:../../weights.txt: a member's name must not lead out of the archive\na.zip:/etc/centres.txt: a member's name must not lead out of the archive"},
		{"not packed after all", []file{{"weights.txt.bz2", weights}, l, c},
			"a.zip:weights.txt.bz2: cannot be unpacked: bzip2 data invalid: bad magic value; it is damaged: fetch or copy it again"},
		{"not packed after all, gzip", []file{{"weights.txt.gz", weights}, l, c},
			"a.zip:weights.txt.gz: cannot be unpacked: gzip: invalid header; it is damaged: fetch or copy it again"},
		{"binary", []file{{"weights.txt", "\x00\x01\x02\n"}, l, c},
			"a.zip:weights.txt:1:1: \"\\x00\\x01\\x02\" is not a number"},
		{"endless columns", []file{{"weights.txt", strings.Repeat("0 ", 10001)}, l, c},
			"a.zip:weights.txt:1: more rows or columns than the 10000 regions of a connectome"},
		{"endless rows", []file{{"weights.txt", strings.Repeat("0\n", 10001)}, l, c},
			"a.zip:weights.txt:10001: more rows or columns than the 10000 regions of a connectome"},
		{"an endless line", []file{{"weights.txt", strings.Repeat("0", 1<<20)}, l, c},
			"a.zip:weights.txt: has a line of more than 480000 characters: not a table of numbers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := read(archive(t, test.files...))
			expect(t, err, test.want)
		})
	}
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want\n%s", want)
	}
	if err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
	if !fault.Is(err) {
		t.Errorf("not a mistake of the user's: %v", err)
	}
}

func TestFilesThatAreNoArchive(t *testing.T) {
	whole := archive(t, file{"weights.txt", weights}, file{"tract_lengths.txt", lengths}, file{"centres.txt", centres})
	damaged := bytes.Clone(whole)
	damaged[45] ^= 0xff // within the packed weights: the header has 30 bytes, the name 11
	for _, test := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "neither a zip archive, nor a folder, nor a MATLAB file; tables go into a folder: weights and tract_lengths, as .txt, .csv or .npy"},
		{"text", []byte("weights"), "neither a zip archive, nor a folder, nor a MATLAB file; tables go into a folder"},
		{"cut off", whole[:len(whole)/2], "a damaged zip archive, perhaps cut short (zip: not a valid zip file): fetch or copy it again"},
		{"HDF5", []byte("\x89HDF\r\n\x1a\n and more"), "an HDF5 file that cannot be read: "},
		{"damaged", damaged, "weights.txt: cannot be unpacked: "},
	} {
		path := filepath.Join(t.TempDir(), "c.zip")
		if err := os.WriteFile(path, test.file, 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := tvb.Read(path)
		if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), path) || !fault.Is(err) {
			t.Errorf("%s: %v\nwant %s", test.name, err, test.want)
		}
	}
	_, err := tvb.Read(t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "an empty folder") {
		t.Errorf("an empty folder: %v", err)
	}
}

// What does not unpack gives numbers that nobody wrote: of these nothing is said.
func TestDamagedMember(t *testing.T) {
	var text strings.Builder
	for i := range 40 {
		for j := range 40 {
			fmt.Fprintf(&text, "%.4f ", math.Sin(float64(40*i+j)))
		}
		text.WriteByte('\n')
	}
	whole := archive(t, file{"weights.txt", text.String()})
	for at := 60; at < len(whole)-200; at += 97 {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x55
		_, err := read(damaged)
		if err == nil || !strings.HasPrefix(err.Error(), "a.zip:weights.txt: cannot be unpacked: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("damaged at %d: %v", at, err)
		}
	}
}

func TestEncryptedMember(t *testing.T) {
	b := archive(t, file{"weights.txt", weights}, file{"tract_lengths.txt", lengths})
	central := bytes.Index(b, []byte("PK\x01\x02"))
	b[central+8] |= 1 // flag bit 0 of the directory's first entry
	_, err := read(b)
	expect(t, err, "a.zip:weights.txt: encrypted; only plain members are read")
}

func TestTooManyMembers(t *testing.T) {
	var files []file
	for i := range 10001 {
		files = append(files, file{fmt.Sprint(i), ""})
	}
	_, err := read(archive(t, files...))
	expect(t, err, "a.zip: 10001 members: a connectome has a dozen, more than 10000 are refused")
}

// zeros is a text that shrinks a thousandfold: rows of zeros, size bytes in all.
func zeros(size int) io.Reader {
	row := strings.Repeat("0 ", 4999) + "0\n"
	return io.LimitReader(io.MultiReader(repeat(row, size/len(row)+1)...), int64(size))
}

func repeat(row string, times int) []io.Reader {
	out := make([]io.Reader, times)
	for i := range out {
		out[i] = strings.NewReader(row)
	}
	return out
}

func TestZipBomb(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("weights.txt")
	if err != nil {
		t.Fatal(err)
	}
	const size = 65 << 20
	if _, err := io.Copy(w, zeros(size)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = read(out.Bytes())
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("to %d or more: refused as a zip bomb", size)) || !fault.Is(err) {
		t.Errorf("a bomb: %v", err)
	}

	// The same with a directory that says 100 bytes: what counts is what comes out.
	lie := bytes.Clone(out.Bytes())
	central := bytes.LastIndex(lie, []byte("PK\x01\x02"))
	copy(lie[central+24:], []byte{100, 0, 0, 0})
	if _, err = read(lie); err == nil || !fault.Is(err) {
		t.Errorf("a bomb that lies: %v", err)
	}
}

// testdata/bomb.txt.bz2 is 200 MiB of comment lines, packed with Python's bz2 to 280 bytes: nothing but its size is wrong.
func TestBombWithinAMember(t *testing.T) {
	packed, err := os.ReadFile(filepath.Join("testdata", "bomb.txt.bz2"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = read(archive(t, file{"weights.txt.bz2", string(packed)}))
	if err == nil || !strings.Contains(err.Error(), "a.zip:weights.txt.bz2: unpacks from") || !strings.Contains(err.Error(), "refused as a zip bomb") {
		t.Errorf("a bomb of bzip2: %v", err)
	}
}
