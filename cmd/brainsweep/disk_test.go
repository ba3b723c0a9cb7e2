package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"brainsweep/io/result/resulttest"
)

// disk mounts a small disk, and returns a function that changes its size.
func (w workplace) disk(name string) (resize func(bytes int)) {
	w.t.Helper()
	folder := w.path(name)
	if err := os.Mkdir(folder, 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := unix.Mount("tmpfs", folder, "tmpfs", 0, "size=64k"); err != nil {
		w.t.Skipf("no small disk can be mounted here: %v", err)
	}
	w.t.Cleanup(func() { unix.Unmount(folder, unix.MNT_DETACH) })
	return func(bytes int) {
		if err := unix.Mount("tmpfs", folder, "tmpfs", unix.MS_REMOUNT, fmt.Sprint("size=", bytes)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestFullDisk runs a job on a disk that is too small, then a little larger, and so on: first for a part, then for more parts, then for
// the result. Each time it says so once and leaves no result; in the end all is as on a large disk.
func TestFullDisk(t *testing.T) {
	w := newWorkplace(t, strings.Replace(brain, `keep = "best:5 by E.rate_std"`, "", 1))
	resize := w.disk("small")
	want := w.run(0, "large.h5")
	failures := 0
	for size := 64 << 10; ; size += size / 4 {
		resize(size)
		p := w.start(0, "run", "job.toml", "-o", "small/out.h5", "--batch", "3")
		code := p.end(t)
		if code == exitDone {
			t.Logf("%d kB are enough, after %d failures", size>>10, failures)
			break
		}
		failures++
		if code != exitFailed || strings.Count(p.errs.String(), "no space left on device") != 1 {
			t.Errorf("%d kB: exit code %d: %s", size>>10, code, p.errs.String())
		}
		if _, err := os.Stat(w.path("small/out.h5")); err == nil {
			t.Fatalf("%d kB: there is a result", size>>10)
		}
		for _, suffix := range []string{"series-*", "state-*", "tmp"} {
			if left, _ := filepath.Glob(w.path("small/out.h5.parts/*." + suffix)); len(left) > 0 {
				t.Errorf("%d kB: %v takes room, and nobody can use it", size>>10, left)
			}
		}
		if size > 64<<20 {
			t.Fatal("it never ends")
		}
	}
	if failures < 5 {
		t.Error("the disk was never full")
	}
	resulttest.Same(t, "after a full disk", resulttest.Contents(t, w.path("small/out.h5")), want)
}

// TestReadOnlyDisk gives a job a place on a disk that takes nothing.
func TestReadOnlyDisk(t *testing.T) {
	w := newWorkplace(t, brain)
	w.disk("small")
	if err := unix.Mount("tmpfs", w.path("small"), "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	p := w.start(0, "run", "job.toml", "-o", "small/out.h5")
	code := p.end(t)
	if want := "small/out.h5.parts: the parts cannot be written here: read-only file system; give a writable place with -o\n"; code != exitMistake || p.errs.String() != want {
		t.Errorf("exit code %d: %s", code, p.errs.String())
	}
}

// TestPlaceIsRemoved takes the folder of parts away while a job writes them.
func TestPlaceIsRemoved(t *testing.T) {
	for _, ranks := range []int{0, 2} {
		t.Run(fmt.Sprint(ranks), func(t *testing.T) {
			if ranks > 0 {
				needMPI(t)
			}
			w := newWorkplace(t, brain)
			p := w.startHeld("part sealed:3", ranks, "run", "job.toml", "-o", "out.h5", "--batch", "1", "--threads", "1")
			if err := os.Rename(w.path("out.h5.parts"), w.path("elsewhere")); err != nil {
				t.Fatal(err)
			}
			w.letGo()
			code := p.end(t)
			if code != exitFailed || !strings.Contains(p.errs.String(), "no such file or directory") {
				t.Errorf("exit code %d: %s", code, p.errs.String())
			}
			if _, err := os.Stat(w.path("out.h5")); err == nil {
				t.Error("there is a result")
			}
		})
	}
}
