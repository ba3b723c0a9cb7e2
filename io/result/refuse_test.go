package result_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"brainsweep/io/result"
)

// TestEveryDamage cuts a part at many places, and alters it at as many: never is it taken for whole.
func TestEveryDamage(t *testing.T) {
	l := small(5)
	path := write(t, l, 5)[0]
	whole := must(os.ReadFile(path))(t)
	held, err := result.VerifyPart(path, l.Basis)
	if held.First != 0 || held.Count != 5 || err != nil {
		t.Fatal(held, err)
	}
	bad := filepath.Join(t.TempDir(), result.PartName(0, 5))
	refused := func(what string, at int, content []byte) {
		ok(t, os.WriteFile(bad, content, 0o600))
		if _, err := result.VerifyPart(bad, l.Basis); !errors.Is(err, result.ErrDamaged) {
			t.Errorf("%s at byte %d of %d: %v", what, at, len(whole), err)
		}
		out := filepath.Join(filepath.Dir(bad), "out.h5")
		if err := result.Merge(out, l, []string{bad}, nil); !errors.Is(err, result.ErrDamaged) {
			t.Errorf("%s at byte %d of %d: merge says %v", what, at, len(whole), err)
		}
		if left := must(filepath.Glob(out + "*"))(t); len(left) > 0 {
			t.Fatalf("%v is left", left)
		}
	}
	for at := 0; at < len(whole); at += 1 + at/40 {
		refused("cut", at, whole[:at])
		flipped := slices.Clone(whole)
		flipped[at] ^= 1 << (at % 8)
		refused("flipped", at, flipped)
	}
	refused("longer", len(whole), append(slices.Clone(whole), 0))
}

func TestPartsThatDoNotFit(t *testing.T) {
	l, other := small(5), small(5)
	other.Basis = "ffff"
	parts := write(t, l, 2, 3)
	out := filepath.Join(t.TempDir(), "out.h5")
	if _, err := result.VerifyPart(parts[0], "ffff"); !errors.Is(err, result.ErrOtherPlan) || !strings.Contains(err.Error(), "0123abcd, not ffff") {
		t.Errorf("got %v", err)
	}
	if err := result.Merge(out, other, parts, nil); !errors.Is(err, result.ErrOtherPlan) {
		t.Errorf("got %v", err)
	}
	more := write(t, l, 1, 4)
	if err := result.Merge(out, l, append(parts, more[1]), nil); err == nil || !strings.Contains(err.Error(), "hold the same points") {
		t.Errorf("got %v", err)
	}
	fewer := small(4)
	if err := result.Merge(out, fewer, parts, nil); err == nil || !strings.Contains(err.Error(), "there are 4") {
		t.Errorf("got %v", err)
	}
	longer := small(5)
	longer.Series[0].Times.Count, longer.Series[1].Times.Count = 6, 6
	if err := result.Merge(out, longer, parts, nil); err == nil || !strings.Contains(err.Error(), "in shape [2 5 3], not [2 6 3]") {
		t.Errorf("got %v", err)
	}
	text := filepath.Join(t.TempDir(), "text.part")
	ok(t, os.WriteFile(text, bytes.Repeat([]byte("text\n"), 1000), 0o600))
	if _, err := result.VerifyPart(text, l.Basis); !errors.Is(err, result.ErrDamaged) {
		t.Errorf("got %v", err)
	}
	if _, err := result.VerifyPart(text+"x", l.Basis); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if left := must(filepath.Glob(out + "*"))(t); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestIncompleteParts: Close refuses what is not complete, and leaves nothing.
func TestIncompleteParts(t *testing.T) {
	l := small(2)
	for want, spoil := range map[string]func(p *result.Part) error{
		"point 1 is neither done nor failed": func(p *result.Part) error { return nil },
		"point 1 is done without its metric": func(p *result.Part) error { p.Done(1); return nil },
		"where sample 5 comes next":          func(p *result.Part) error { return p.Series(0, 0, 3, make([]float32, 3)) },
		"[]float64 for samples":              func(p *result.Part) error { return p.Series(1, 0, 0, make([]float64, 3)) },
		"3 values for a block of [1]":        func(p *result.Part) error { return p.Metric(1, 0, make([]float64, 3)) },
	} {
		folder := t.TempDir()
		p := must(result.CreatePart(filepath.Join(folder, "a.part"), l, 0, 2, nil))(t)
		fill(t, l, p, 0, 1, 2)
		err := spoil(p)
		if err == nil {
			err = p.Close(someRun(0))
		} else {
			ok(t, p.Abandon())
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
		if left := must(os.ReadDir(folder))(t); len(left) > 0 {
			t.Errorf("%v is left", left)
		}
	}
}

func TestLayoutsThatCannotBe(t *testing.T) {
	for want, spoil := range map[string]func(l *result.Layout){
		`the dimension "time" of series raw/E has the name of something else`: func(l *result.Layout) {
			for i := range l.Series {
				if l.Series[i].Group == "raw" {
					l.Series[i].Across = &result.Dim{Name: "time", Labels: []string{"a"}}
				}
			}
		},
		"differ in their times":               func(l *result.Layout) { l.Series[0].Times.Count = 4 },
		"two series are called average/E":     func(l *result.Layout) { l.Series[1].Name = "E" },
		`(did you mean "E.rate_mean"?)`:       func(l *result.Layout) { l.Series[3].Keep.By = "E.rate_men" },
		"not one number per point":            func(l *result.Layout) { l.Series[3].Keep.By = "E.fc" },
		"keeps the best -1":                   func(l *result.Layout) { l.Series[3].Keep.Best = -1 },
		`unknown dimension "lag"`:             func(l *result.Layout) { l.Metrics[3].Dims = []string{"lag"} },
		"name of metric E.rate_mean is taken": func(l *result.Layout) { l.Metrics[1].Name = "rate_mean" },
		`"my rate" cannot name a data set`:    func(l *result.Layout) { l.Metrics[1].Name = "my rate" },
		`the axis "time" has the name`:        func(l *result.Layout) { l.Axes[0].Address = "time" },
		"0 points":                            func(l *result.Layout) { l.Points = 0 },
		"no samples":                          func(l *result.Layout) { l.Series[2].Times.Count = 0 },
		"series points/E is taken":            func(l *result.Layout) { l.Series[2].Group = "points" },
	} {
		l := small(3)
		spoil(l)
		if err := l.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	ok(t, small(3).Check())
}

func TestUnwritableFolder(t *testing.T) {
	folder := t.TempDir()
	if os.Geteuid() == 0 {
		if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_RDONLY, ""); err != nil {
			t.Skipf("root, and a read-only file system cannot be mounted: %v", err)
		}
		defer syscall.Unmount(folder, 0)
	} else {
		ok(t, os.Chmod(folder, 0o500))
	}
	l := small(2)
	_, err := result.CreatePart(filepath.Join(folder, "a.part"), l, 0, 2, nil)
	if !errors.Is(err, syscall.EROFS) && !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	err = result.Merge(filepath.Join(folder, "a.h5"), l, nil, nil)
	if !errors.Is(err, syscall.EROFS) && !errors.Is(err, os.ErrPermission) {
		t.Errorf("got %v", err)
	}
	if _, err := result.CreatePart(filepath.Join(folder, "no/a.part"), l, 0, 2, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// TestFullDisk: parts and results that do not fit are one error, and leave the disk as it was.
func TestFullDisk(t *testing.T) {
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	defer syscall.Unmount(folder, 0)
	for name, keep := range map[string]result.Keep{"all": {}, "best": {Best: 1, By: "E.rate_mean"}} {
		l := small(4)
		l.Series = l.Series[:1]
		l.Series[0].Times.Count, l.Series[0].Keep = 100_000, keep
		err := func() error {
			p := must(result.CreatePart(filepath.Join(folder, "a.part"), l, 0, 4, nil))(t)
			for point := range 4 {
				if err := p.Series(point, 0, 0, make([]float32, 300_000)); err != nil {
					return errors.Join(err, p.Abandon())
				}
			}
			return p.Close(someRun(0))
		}()
		if !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: got %v", name, err)
		}
	}
	l := small(8000)
	parts := write(t, l, 8000)
	if err := result.Merge(filepath.Join(folder, "a.h5"), l, parts, nil); !errors.Is(err, syscall.ENOSPC) || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("merge: got %v", err)
	}
	if left := must(os.ReadDir(folder))(t); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
	ok(t, os.WriteFile(filepath.Join(folder, "all of it"), make([]byte, 1900<<10), 0o600))
}
