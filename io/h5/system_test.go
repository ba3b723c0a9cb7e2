package h5_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"brainsweep/io/h5"
)

// TestFullDisk: a full disk is an error that says so, at the latest when the file is closed; the
// library goes on working, and the file lets go of the disk.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer syscall.Unmount(dir, 0)
	for name, spec := range map[string]h5.Spec{
		"contiguous": {Type: h5.Float64, Shape: []int{1 << 10, 1 << 10}},
		"chunked":    {Type: h5.Float64, Shape: []int{1 << 10, 1 << 10}, Chunk: []int{1, 1 << 10}},
		"compressed": {Type: h5.Float64, Shape: []int{1 << 10, 1 << 10}, Chunk: []int{4, 1 << 10}, Deflate: 1},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, "a.h5")
			f := must(h5.Create(path))(t)
			d := must(f.CreateDataset("/x", spec))(t)
			line := make([]float64, 1<<10)
			var err error
			for row := 0; row < 1<<10 && err == nil; row++ {
				for i := range line {
					line[i] = float64(i*i*row) / 7
				}
				err = d.Write([]int{row, 0}, []int{1, 1 << 10}, line)
			}
			err = errors.Join(err, f.Close())
			if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "no space left on device") {
				t.Errorf("got %v", err)
			}
			ok(t, os.Remove(path))
			ok(t, os.WriteFile(path, make([]byte, 900<<10), 0o600)) // fits only if the file is really closed
			ok(t, os.Remove(path))
		})
	}
}

func TestUnwritableFile(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is unwritable for root")
	}
	path := filepath.Join(t.TempDir(), "a.h5")
	ok(t, os.WriteFile(path, nil, 0o400))
	if _, err := h5.Create(path); !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

// TestOthersRead lets h5py, which has its own way into HDF5, read what this package writes.
func TestOthersRead(t *testing.T) {
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import h5py").Run(); err != nil {
		t.Skipf("%s with h5py is not here: %v", python, err)
	}
	f := create(t)
	ok(t, f.Group("/g"))
	ok(t, f.SetAttr("/g", "texts", []string{"a", "é"}))
	ok(t, f.SetAttr("/g", "number", 2.5))
	n := must(f.CreateDataset("/g/node", h5.Spec{Type: h5.String, Shape: []int{2}}))(t)
	ok(t, n.Write(nil, nil, []string{"lA é", "rA"}))
	ok(t, n.MakeScale("node"))
	d := must(f.CreateDataset("/g/coupling.a", h5.Spec{Type: h5.Float32, Shape: []int{3, 2}, Chunk: []int{2, 2}, Deflate: 1, Fill: float32(-1)}))(t)
	ok(t, d.Write([]int{2, 0}, []int{1, 2}, []float32{1, 2}))
	ok(t, d.Attach(1, n))
	ok(t, f.Close())
	script := `
import h5py, sys
f = h5py.File(sys.argv[1], "r")
d = f["g/coupling.a"]
print(d[:].tolist(), d.dtype, d.compression, d.shuffle, d.fillvalue)
print(d.dims[1][0].name, [s for s in f["g/node"].asstr()])
print(f["g"].attrs["texts"].tolist(), f["g"].attrs["number"])
`
	out, err := exec.Command(python, "-c", script, f.Path()).CombinedOutput()
	want := "[[-1.0, -1.0], [-1.0, -1.0], [1.0, 2.0]] float32 gzip True -1.0\n" +
		"/g/node ['lA é', 'rA']\n['a', 'é'] 2.5\n"
	if err != nil || string(out) != want {
		t.Errorf("%v: got\n%swant\n%s", err, out, want)
	}
}

// TestOthersWrite reads what h5py writes: fixed strings, big-endian and unsigned numbers, enumerations.
func TestOthersWrite(t *testing.T) {
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import h5py").Run(); err != nil {
		t.Skipf("%s with h5py is not here: %v", python, err)
	}
	path := filepath.Join(t.TempDir(), "a.h5")
	script := `
import h5py, numpy, sys
f = h5py.File(sys.argv[1], "w")
f["fixed"] = numpy.array([b"lA", b"right"])
f["big"] = numpy.array([1.5, 2.5], dtype=">f8")
f["flag"] = numpy.array([True, False])
f["u16"] = numpy.array([1, 65535], dtype="u2")
f["c"] = numpy.array([1j])
f.attrs["fixed"] = numpy.bytes_(b"old")
f.attrs["flag"] = True
`
	if out, err := exec.Command(python, "-c", script, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	f := must(h5.Open(path))(t)
	defer f.Close()
	texts, floats, flags, numbers := make([]string, 2), make([]float32, 2), make([]uint8, 2), make([]int64, 2)
	for name, to := range map[string]any{"/fixed": texts, "/big": floats, "/flag": flags, "/u16": numbers} {
		ok(t, must(f.OpenDataset(name))(t).Read(nil, nil, to))
	}
	if texts[0] != "lA" || texts[1] != "right" || floats[1] != 2.5 || flags[0] != 1 || numbers[1] != 65535 {
		t.Error(texts, floats, flags, numbers)
	}
	if got := must(f.Attr("/", "fixed"))(t); got != "old" {
		t.Errorf("got %v", got)
	}
	complex := must(f.OpenDataset("/c"))(t)
	if err := complex.Read(nil, nil, make([]float64, 1)); err == nil || !strings.Contains(err.Error(), "unknown type") {
		t.Errorf("got %v", err)
	}
}
