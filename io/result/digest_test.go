package result_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/io/h5"
	"brainsweep/io/result"
)

// TestTamperedResults alters every data set and every fact of a result in turn, and adds one of each: each is named.
func TestTamperedResults(t *testing.T) {
	whole := must(os.ReadFile(merge(t, small(6), write(t, small(6), 2, 4))))(t)
	path := filepath.Join(t.TempDir(), "tampered.h5")
	restored := func() {
		ok(t, os.WriteFile(path, whole, 0o600))
	}
	verify := func() error {
		r := must(result.Open(path))(t)
		defer r.Close()
		_, err := r.Verify()
		return err
	}
	altered := func(what string, alter func(file *h5.File) error, want string) {
		restored()
		file := must(h5.OpenReadWrite(path))(t)
		ok(t, alter(file))
		ok(t, file.Close())
		if err := verify(); err == nil || !strings.Contains(err.Error(), path+": "+want) {
			t.Errorf("%s: %v, want %q", what, err, want)
		}
	}
	restored()
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	r := must(result.Open(path))(t)
	v := must(r.Verify())(t)
	if v.Count < 40 || len(v.Digest) != 64 {
		t.Errorf("seen: %+v", v)
	}
	ok(t, r.Close())

	sets := 0
	file := must(h5.Open(path))(t)
	var names []string
	ok(t, file.Walk("/", func(name string, group bool) error {
		if !group {
			names = append(names, name)
		}
		return nil
	}))
	ok(t, file.Close())
	for _, name := range names {
		sets++
		altered(name, func(file *h5.File) error {
			set := must(file.OpenDataset(name))(t)
			last := make([]int, len(set.Shape()))
			one := make([]int, len(set.Shape()))
			for i, n := range set.Shape() {
				last[i], one[i] = n-1, 1
			}
			if set.Type() == h5.String {
				return set.Write(last, one, []string{"other"})
			}
			x := make([]float64, 1)
			ok(t, set.Read(last, one, x))
			if x[0] != x[0] {
				x[0] = -1
			}
			return write1(set, last, one, x[0]+1)
		}, name+" was altered")
	}
	if sets < 30 {
		t.Errorf("only %d data sets", sets)
	}
	altered("a unit", func(f *h5.File) error { return f.SetAttr("/average/E", "units", "kHz") }, "/average/E was altered")
	altered("a fact", func(f *h5.File) error { return f.SetAttr("/provenance", "job", "title = \"Another\"\n") }, "/provenance/@job was altered")
	altered("the title", func(f *h5.File) error { return f.SetAttr("/", "title", "Another") }, "/@title was altered")
	altered("a new fact", func(f *h5.File) error { return f.SetAttr("/provenance", "more", 1) }, "/provenance/@more was added")
	altered("a new set", func(f *h5.File) error {
		_, err := f.CreateDataset("/metrics/E/more", h5.Spec{Type: h5.Float64, Shape: []int{1}})
		return err
	}, "/metrics/E/more was added")
	altered("the digests", func(f *h5.File) error { return f.SetAttr("/provenance", "digests", []string{"/average/E 00"}) }, "the list of digests was altered")
}

// write1 writes one number as the type that the data set has.
func write1(set *h5.Dataset, offset, count []int, x float64) error {
	switch set.Type() {
	case h5.Float32:
		return set.Write(offset, count, []float32{float32(x)})
	case h5.Int32:
		return set.Write(offset, count, []int32{int32(x)})
	case h5.Int64:
		return set.Write(offset, count, []int64{int64(x)})
	case h5.Uint8:
		return set.Write(offset, count, []uint8{uint8(x)})
	}
	return set.Write(offset, count, []float64{x})
}
