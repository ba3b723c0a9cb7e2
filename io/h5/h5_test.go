package h5_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"brainsweep/io/h5"
)

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T) *h5.File {
	t.Helper()
	return must(h5.Create(filepath.Join(t.TempDir(), "a.h5")))(t)
}

func reopen(t *testing.T, f *h5.File) *h5.File {
	t.Helper()
	ok(t, f.Close())
	g := must(h5.Open(f.Path()))(t)
	t.Cleanup(func() { g.Close() })
	return g
}

// TestEveryType writes and reads a block of each type, in each layout.
func TestEveryType(t *testing.T) {
	long := strings.Repeat("täü ", 1000)
	for name, want := range map[string]any{
		"float32": []float32{1, -2.5, float32(math.Inf(1)), 3e-38, 5, 6},
		"float64": []float64{1, -2.5, math.Inf(-1), 3e-308, 5, 6},
		"int32":   []int32{1, -2, 3, math.MaxInt32, math.MinInt32, 0},
		"int64":   []int64{1, -2, 3, math.MaxInt64, math.MinInt64, 0},
		"uint8":   []uint8{1, 2, 3, 255, 0, 6},
		"string":  []string{"", "left Übergang", "r", long, "ж", "coupling.a"},
	} {
		types := map[string]h5.Type{"float32": h5.Float32, "float64": h5.Float64, "int32": h5.Int32,
			"int64": h5.Int64, "uint8": h5.Uint8, "string": h5.String}
		for layout, spec := range map[string]h5.Spec{
			"contiguous": {}, "chunked": {Chunk: []int{2, 2}}, "compressed": {Chunk: []int{1, 3}, Deflate: 1},
		} {
			t.Run(name+" "+layout, func(t *testing.T) {
				spec.Type, spec.Shape = types[name], []int{2, 3}
				f := create(t)
				d := must(f.CreateDataset("/x.y", spec))(t)
				ok(t, d.Write(nil, nil, want))
				f = reopen(t, f)
				d = must(f.OpenDataset("/x.y"))(t)
				if d.Type() != types[name] || !reflect.DeepEqual(d.Shape(), []int{2, 3}) {
					t.Errorf("type %v, shape %v", d.Type(), d.Shape())
				}
				if chunk := must(d.Chunk())(t); !reflect.DeepEqual(chunk, spec.Chunk) {
					t.Errorf("chunk %v, want %v", chunk, spec.Chunk)
				}
				got := reflect.MakeSlice(reflect.TypeOf(want), 6, 6)
				ok(t, d.Read(nil, nil, got.Interface()))
				if !reflect.DeepEqual(got.Interface(), want) {
					t.Errorf("got %v, want %v", got, want)
				}
				// The block of rows 0..1 and columns 1..2.
				part := reflect.MakeSlice(reflect.TypeOf(want), 4, 4)
				ok(t, d.Read([]int{0, 1}, []int{2, 2}, part.Interface()))
				for i, j := range []int{1, 2, 4, 5} {
					if a, b := part.Index(i).Interface(), got.Index(j).Interface(); a != b {
						t.Errorf("block[%d] = %v, want %v", i, a, b)
					}
				}
			})
		}
	}
}

func TestNumbersAreConverted(t *testing.T) {
	f := create(t)
	d := must(f.CreateDataset("/x", h5.Spec{Type: h5.Float32, Shape: []int{3}}))(t)
	ok(t, d.Write(nil, nil, []float64{1.5, 2, -3}))
	got := make([]int32, 3)
	ok(t, d.Read(nil, nil, got))
	if !reflect.DeepEqual(got, []int32{1, 2, -3}) {
		t.Errorf("got %v", got)
	}
	ok(t, f.Close())
}

func TestScalarEmptyAndFilled(t *testing.T) {
	f := create(t)
	one := must(f.CreateDataset("/one", h5.Spec{Type: h5.String}))(t)
	ok(t, one.Write(nil, nil, []string{"alone"}))
	must(f.CreateDataset("/none", h5.Spec{Type: h5.Float64, Shape: []int{0, 4}}))(t)
	filled := must(f.CreateDataset("/filled", h5.Spec{Type: h5.Float64, Shape: []int{3, 2}, Chunk: []int{2, 2}, Fill: math.NaN()}))(t)
	ok(t, filled.Write([]int{1, 0}, []int{1, 2}, []float64{7, 8}))
	f = reopen(t, f)

	text := make([]string, 1)
	one = must(f.OpenDataset("/one"))(t)
	ok(t, one.Read(nil, nil, text))
	if text[0] != "alone" || one.Shape() != nil || one.Len() != 1 {
		t.Errorf("%q of shape %v", text[0], one.Shape())
	}
	none := must(f.OpenDataset("/none"))(t)
	ok(t, none.Read(nil, nil, []float64{}))
	if none.Len() != 0 || len(none.Shape()) != 2 {
		t.Errorf("shape %v", none.Shape())
	}
	got := make([]float64, 6)
	ok(t, must(f.OpenDataset("/filled"))(t).Read(nil, nil, got))
	if fmt.Sprint(got) != "[NaN NaN 7 8 NaN NaN]" {
		t.Errorf("got %v", got)
	}
}

func TestAttributes(t *testing.T) {
	f := create(t)
	ok(t, f.Group("/a/b.c"))
	must(f.CreateDataset("/a/d", h5.Spec{Type: h5.Float64, Shape: []int{1}}))(t)
	huge := strings.Repeat("kernel µ\n", 20000) // more than the 64 KiB of the oldest format
	want := map[string]any{"s": "grün", "empty": "", "huge": huge, "i": int64(-3), "f": 2.5,
		"fs": []float64{1, 2}, "is": []int64{4}, "ss": []string{"a", "ж", ""}, "none": []float64{}}
	for _, object := range []string{"/", "/a/b.c", "/a/d"} {
		ok(t, f.SetAttr(object, "s", "to be replaced"))
		for name, v := range want {
			ok(t, f.SetAttr(object, name, v))
		}
		ok(t, f.SetAttr(object, "int", 5))
	}
	f = reopen(t, f)
	want["int"] = int64(5)
	for _, object := range []string{"/", "/a/b.c", "/a/d"} {
		if names := must(f.Attrs(object))(t); len(names) != len(want) {
			t.Errorf("%s has %v", object, names)
		}
		for name, v := range want {
			if got := must(f.Attr(object, name))(t); !reflect.DeepEqual(got, v) {
				t.Errorf("%s@%s = %.40v, want %.40v", object, name, got, v)
			}
		}
	}
	if _, err := f.Attr("/a", "absent"); err == nil {
		t.Error("an absent attribute was read")
	}
}

func TestGroupsListsAndLinks(t *testing.T) {
	f := create(t)
	ok(t, f.Group("/b/c.d/e"))
	ok(t, f.Group("/a"))
	must(f.CreateDataset("/b/x", h5.Spec{Type: h5.Uint8, Shape: []int{1}}))(t)
	ok(t, f.Link("/b/x", "/a/x"))
	f = reopen(t, f)
	var seen []string
	ok(t, f.Walk("/", func(name string, group bool) error {
		seen = append(seen, fmt.Sprint(name, group))
		if name == "/b/c.d" {
			return h5.SkipGroup
		}
		return nil
	}))
	want := []string{"/atrue", "/a/xfalse", "/btrue", "/b/c.dtrue", "/b/xfalse"}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("walked %v, want %v", seen, want)
	}
	for name, there := range map[string]bool{"/": true, "/a/x": true, "/b/c.d/e": true, "/b/y": false, "/no/such": false} {
		if f.Exists(name) != there {
			t.Errorf("Exists(%q) = %v", name, !there)
		}
	}
}

func TestScales(t *testing.T) {
	f := create(t)
	ok(t, f.Group("/g"))
	scale := must(f.CreateDataset("/g/node", h5.Spec{Type: h5.String, Shape: []int{2}}))(t)
	ok(t, scale.MakeScale("node"))
	d := must(f.CreateDataset("/g/x", h5.Spec{Type: h5.Float32, Shape: []int{3, 2}}))(t)
	ok(t, d.Attach(1, scale))
	f = reopen(t, f)
	for range 2 { // the second time by what the first has found
		if got := must(must(f.OpenDataset("/g/x"))(t).Scales())(t); !reflect.DeepEqual(got, []string{"", "/g/node"}) {
			t.Errorf("scales %q", got)
		}
	}
	if class := must(f.Attr("/g/node", "CLASS"))(t); class != "DIMENSION_SCALE" {
		t.Errorf("CLASS = %v", class)
	}
}

// TestEqualBytes: the same calls give the same file.
func TestEqualBytes(t *testing.T) {
	var files [2][]byte
	for i := range files {
		f := create(t)
		ok(t, f.Group("/g/h"))
		ok(t, f.SetAttr("/g", "s", []string{"x", "y"}))
		s := must(f.CreateDataset("/g/t", h5.Spec{Type: h5.String, Shape: []int{2}}))(t)
		ok(t, s.Write(nil, nil, []string{"one", "two"}))
		ok(t, s.MakeScale("t"))
		d := must(f.CreateDataset("/g/d", h5.Spec{Type: h5.Float64, Shape: []int{2, 9}, Chunk: []int{1, 4}, Deflate: 1}))(t)
		ok(t, d.Write([]int{1, 2}, []int{1, 3}, []float64{1, 2, 3}))
		ok(t, d.Attach(0, s))
		ok(t, f.Close())
		files[i] = must(os.ReadFile(f.Path()))(t)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("two files written alike differ")
	}
}

func TestReservedBytes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.h5")
	f := must(h5.CreateAfter(path, 512))(t)
	ok(t, f.SetAttr("/", "a", 1))
	ok(t, f.Close())
	raw := must(os.OpenFile(path, os.O_RDWR, 0))(t)
	must(raw.WriteAt(bytes.Repeat([]byte{'x'}, 512), 0))(t)
	ok(t, raw.Close())
	f = must(h5.Open(path))(t)
	if got := must(f.Attr("/", "a"))(t); got != int64(1) {
		t.Errorf("got %v", got)
	}
	ok(t, f.Close())
}

func TestMistakes(t *testing.T) {
	dir := t.TempDir()
	whole := filepath.Join(dir, "whole.h5")
	f := must(h5.Create(whole))(t)
	d := must(f.CreateDataset("/x", h5.Spec{Type: h5.Float64, Shape: []int{2, 3}}))(t)
	ok(t, d.Write(nil, nil, make([]float64, 6)))
	text := filepath.Join(dir, "text.h5")
	ok(t, os.WriteFile(text, []byte("not HDF5\n"), 0o600))
	short := filepath.Join(dir, "short.h5")

	for _, c := range []struct {
		want string
		err  func() error
	}{
		{"no such file or directory", func() error { _, err := h5.Open(filepath.Join(dir, "absent.h5")); return err }},
		{"is a folder", func() error { _, err := h5.Open(dir); return err }},
		{h5.Foreign, func() error { _, err := h5.Open(text); return err }},
		{"no such file or directory", func() error { _, err := h5.Create(filepath.Join(dir, "no/such/a.h5")); return err }},
		{"object 'y' doesn't exist", func() error { _, err := f.OpenDataset("/y"); return err }},
		{"name already exists", func() error {
			_, err := f.CreateDataset("/x", h5.Spec{Type: h5.Int32, Shape: []int{1}})
			return err
		}},
		{"6 values for a block of [2 2]", func() error { return d.Write([]int{0, 0}, []int{2, 2}, make([]float64, 6)) }},
		{"reaches out of shape [2 3]", func() error { return d.Write([]int{1, 0}, []int{2, 3}, make([]float64, 6)) }},
		{"block [6] from [0] in a data set of shape [2 3]", func() error { return d.Read([]int{0}, []int{6}, make([]float64, 6)) }},
		{"string values in a data set of float64", func() error { return d.Write(nil, nil, make([]string, 6)) }},
		{"want a slice of", func() error { return d.Write(nil, nil, []complex128{}) }},
		{"truncated file", func() error {
			ok(t, f.Close())
			raw := must(os.ReadFile(whole))(t)
			ok(t, os.WriteFile(short, raw[:len(raw)-10], 0o600))
			_, err := h5.Open(short)
			return err
		}},
		{"the file is closed", func() error { return d.Write(nil, nil, make([]float64, 6)) }},
	} {
		if err := c.err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %q", err, c.want)
		}
	}
	var e *h5.Error
	if _, err := h5.Create(filepath.Join(dir, "no/such/a.h5")); !errors.As(err, &e) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %#v", err)
	}
}

// TestManyGoroutines uses two files from many goroutines; run it with -race.
func TestManyGoroutines(t *testing.T) {
	var files [2]*h5.File
	var sets [2]*h5.Dataset
	const rows, width = 64, 100
	for i := range files {
		files[i] = create(t)
		sets[i] = must(files[i].CreateDataset("/x", h5.Spec{Type: h5.Float64, Shape: []int{rows, width}}))(t)
	}
	var wait sync.WaitGroup
	for row := range rows {
		wait.Go(func() {
			line := make([]float64, width)
			for i := range line {
				line[i] = float64(row)
			}
			for _, d := range sets {
				if err := d.Write([]int{row, 0}, []int{1, width}, line); err != nil {
					t.Error(err)
				}
			}
			if _, err := h5.Open("absent"); err == nil {
				t.Error("an absent file was opened")
			}
		})
	}
	wait.Wait()
	for i := range files {
		got := make([]float64, rows*width)
		ok(t, sets[i].Read(nil, nil, got))
		for j, v := range got {
			if v != float64(j/width) {
				t.Fatalf("value %d is %v", j, v)
			}
		}
		ok(t, files[i].Close())
	}
}
