package tvb_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"brainsweep/connectome"
	"brainsweep/connectome/connectometest"
	"brainsweep/fault"
	"brainsweep/io/tvb"
)

// file is a member of an archive that a test makes up.
type file struct{ name, text string }

// archive packs files in order.
func archive(t testing.TB, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func read(b []byte) (*connectome.Connectome, error) {
	return tvb.ReadZip("a.zip", bytes.NewReader(b), int64(len(b)))
}

const (
	weights = "0 1 0.5\n1 0 0\n2e-1 0 0\n"
	lengths = "0 10 20\n10 0 30\n20 30 0\n"
	centres = "A 0 0 0\nB 3 4 0\nC 0 0 12\n"
)

// check compares the part of a connectome that the texts above give.
func check(t *testing.T, c *connectome.Connectome, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{0, 1, 0.5, 1, 0, 0, 0.2, 0, 0}; !slices.Equal(c.Weights, want) {
		t.Errorf("weights %v, want %v", c.Weights, want)
	}
	if want := []float64{0, 10, 20, 10, 0, 30, 20, 30, 0}; !slices.Equal(c.Lengths, want) {
		t.Errorf("lengths %v, want %v", c.Lengths, want)
	}
	if want := []string{"A", "B", "C"}; !slices.Equal(c.Labels, want) {
		t.Errorf("labels %v, want %v", c.Labels, want)
	}
	if want := [][3]float64{{0, 0, 0}, {3, 4, 0}, {0, 0, 12}}; !slices.Equal(c.Centres, want) {
		t.Errorf("centres %v, want %v", c.Centres, want)
	}
}

func TestReadForms(t *testing.T) {
	for name, files := range map[string][]file{
		"as TVB writes":  {{"weights.txt", weights}, {"tract_lengths.txt", lengths}, {"centres.txt", centres}, {"info.txt", "1"}},
		"in a folder":    {{"sub/", ""}, {"sub/weights.txt", weights}, {"sub/tract_lengths.txt", lengths}, {"sub/centres.txt", centres}},
		"aliases":        {{"weights.txt", weights}, {"tract.txt", lengths}, {"centers.txt", centres}},
		"with a prefix":  {{"s1_SC_weights.txt", weights}, {"s1_SC_distances.txt", lengths}, {"s1_centre.txt", centres}},
		"upper case":     {{"Weights.TXT", weights}, {"Tract_Lengths.txt", lengths}, {"Centres.txt", centres}},
		"beside a near":  {{"weights.txt", weights}, {"weights_raw.txt", "x"}, {"tract_lengths.txt", lengths}, {"centres.txt", centres}},
		"with macOS's":   {{"__MACOSX/._weights.txt", "\x00"}, {"weights.txt", weights}, {".DS_Store", "\x00"}, {"tract_lengths.txt", lengths}, {"centres.txt", centres}},
		"backslashes":    {{`c\weights.txt`, weights}, {`c\tract_lengths.txt`, lengths}, {`c\centres.txt`, centres}},
		"CSV":            {{"weights.csv", "0, 1,0.5\r\n1,0,0\r\n0.2,0,0,\r\n"}, {"lengths.csv", "0;10;20\n10;0;30\n20;30;0"}, {"centres.csv", "A,0,0,0\nB,3,4,0\nC,0,0,12"}},
		"sloppy":         {{"weights.txt", "\ufeff# a head\n\n  0\t1   0.5  # row 1\n1 0 0\n\n+.2 0 -0\n\n"}, {"tract_lengths.txt", lengths}, {"centres.txt", "A 0 0 0 None\n B 3 4 0\tNone\nC 0 0 12 None\n"}},
		"labels apart":   {{"weights.txt", weights}, {"tract_lengths.txt", lengths}, {"centres.txt", "0 0 0\n3 4 0\n0 0 12\n"}, {"region_labels.txt", "A\nB\n C \n"}},
		"labels, agreed": {{"weights.txt", weights}, {"tract_lengths.txt", lengths}, {"centres.txt", centres}, {"labels.txt", "A\nB\nC\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := read(archive(t, files...))
			check(t, c, err)
		})
	}
}

func TestReadFolder(t *testing.T) {
	dir := t.TempDir()
	for _, f := range []file{{"net/weights.csv", weights}, {"net/tract_lengths.csv", lengths}, {"centres.txt", centres}, {".git/weights.txt", "x"}} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, f.name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link") // data sets on clusters are often links
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{dir, link} {
		c, err := tvb.Open(source)
		check(t, c, err)
		if c.Source != source {
			t.Errorf("source %q, want %q", c.Source, source)
		}
	}
}

// The archives were written with NumPy's savez_compressed and savez: doubles, one matrix with its columns first, and
// labels of type U; integers with the most significant byte first, and labels of type S.
func TestReadNumPy(t *testing.T) {
	for _, name := range []string{"numpy.npz", "bytes.npz"} {
		c, err := tvb.Read(filepath.Join("testdata", name))
		check(t, c, err)
	}
}

// The members were packed with Python's bz2 and gzip.
func TestReadCompressedMembers(t *testing.T) {
	c, err := tvb.Read(filepath.Join("testdata", "compressed"))
	check(t, c, err)
}

func TestReadOptionalMembers(t *testing.T) {
	c, err := read(archive(t, file{"weights.txt", weights}, file{"centres.txt", centres}, file{"areas.txt", "1\n2.5\n3\n"},
		file{"average_orientations.txt", "1 0 0\n0 1 0\n0 0 1\n"}, file{"cortical.txt", "1 1 0\n"}, file{"hemispheres.txt", "0\n1\n1\n"}))
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{0, 5, 12, 5, 0, 13, 12, 13, 0}; !slices.Equal(c.Lengths, want) {
		t.Errorf("lengths %v, want the distances of the centres %v", c.Lengths, want)
	}
	if want := []string{"tract lengths are the straight distances between centres, since there is no tract_lengths.txt"}; !slices.Equal(c.Notes, want) {
		t.Errorf("notes %q, want %q", c.Notes, want)
	}
	if !slices.Equal(c.Areas, []float64{1, 2.5, 3}) || !slices.Equal(c.Cortical, []bool{true, true, false}) ||
		!slices.Equal(c.Right, []bool{false, true, true}) || !slices.Equal(c.Orientations, [][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}) {
		t.Errorf("areas %v, cortical %v, right %v, orientations %v", c.Areas, c.Cortical, c.Right, c.Orientations)
	}

	c, err = read(archive(t, file{"weights.txt", weights}, file{"tract_lengths.txt", lengths}))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"region-1", "region-2", "region-3"}; !slices.Equal(c.Labels, want) || len(c.Notes) != 1 {
		t.Errorf("labels %v, notes %q", c.Labels, c.Notes)
	}
}

func TestWriteAndReadBack(t *testing.T) {
	brain, err := connectome.Synthetic(33)
	if err != nil {
		t.Fatal(err)
	}
	brain.Areas = slices.Repeat([]float64{math.Pi}, 33)
	brain.Orientations = slices.Repeat([][3]float64{{1, 0, math.Sqrt2}}, 33)
	brain.Weights[5] = math.SmallestNonzeroFloat64
	plain := connectometest.Syn10()
	plain.Weights[3] = -1.0 / 3
	for _, c := range []*connectome.Connectome{brain, plain} {
		path := filepath.Join(t.TempDir(), "c.zip")
		if err := tvb.Write(path, c); err != nil {
			t.Fatal(err)
		}
		back, err := tvb.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		if back.Digest() != c.Digest() || !slices.Equal(back.Labels, c.Labels) || !slices.Equal(back.Centres, c.Centres) ||
			!slices.Equal(back.Areas, c.Areas) || !slices.Equal(back.Orientations, c.Orientations) ||
			!slices.Equal(back.Cortical, c.Cortical) || !slices.Equal(back.Right, c.Right) || len(back.Notes) != 0 {
			t.Errorf("%s changes on its way to a file and back", c.Source)
		}
		first, err := os.ReadFile(path)
		if err = cmp.Or(err, tvb.Write(path, c)); err != nil {
			t.Fatal(err)
		}
		if second, err := os.ReadFile(path); err != nil || !bytes.Equal(first, second) {
			t.Errorf("%s: two archives differ", c.Source)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	c := connectometest.Toy2()
	c.Labels[1] = "left thalamus"
	path := filepath.Join(t.TempDir(), "c.zip")
	if err := tvb.Write(path, c); err == nil || !strings.Contains(err.Error(), `label "left thalamus"`) {
		t.Errorf("a label with a blank: %v", err)
	}
	if err := tvb.Write(filepath.Join(t.TempDir(), "none", "c.zip"), connectometest.Toy2()); err == nil || fault.Is(err) {
		t.Errorf("a folder that is not there: %v", err)
	}
	if entries, _ := os.ReadDir(filepath.Dir(path)); len(entries) != 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestOpen(t *testing.T) {
	c, err := tvb.Open("synthetic:6")
	if err != nil || c.N() != 6 || c.Source != "synthetic:6" {
		t.Errorf("synthetic:6: %v", err)
	}
	for source, want := range map[string]string{
		"synthetic:":     `"synthetic:": the number of regions is wanted after the colon, as in synthetic:68`,
		"synthetic:many": `"synthetic:many": the number of regions is wanted after the colon, as in synthetic:68`,
		"synthetic:1":    "synthetic:1: a connectome has from 2 to 10000 regions",
		"none.zip":       "none.zip: cannot be read: no such file or directory",
		os.DevNull:       os.DevNull + ": neither a zip archive, nor an HDF5 file, nor a folder",
	} {
		if _, err := tvb.Open(source); err == nil || err.Error() != want || !fault.Is(err) {
			t.Errorf("%s: %v\nwant %s", source, err, want)
		}
	}
}
