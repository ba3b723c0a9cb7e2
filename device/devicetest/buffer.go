package devicetest

import (
	"bytes"
	"testing"

	"brainsweep/device"
)

func info(t *testing.T, d device.Device) {
	i := d.Info()
	if i.Kind == "" || i.Name == "" || i.Workers < 1 || i.ISA == "" || i.Tools == "" {
		t.Errorf("something is missing: %+v", i)
	}
	if i.Memory < 1<<20 {
		t.Errorf("%d bytes of memory", i.Memory)
	}
	if d.Info() != i {
		t.Error("Info changes")
	}
}

// A buffer begins as zeros and keeps what is written at any offset.
func buffers(t *testing.T, d device.Device) {
	for _, size := range []int{0, 1, 7, 64, 4095, 4096, 4097, 1 << 20, 9 << 20} {
		b := alloc(t, d, size)
		if b.Size() != size {
			t.Errorf("a buffer of %d has size %d", size, b.Size())
		}
		want := make([]byte, size)
		if !bytes.Equal(read(t, b), want) {
			t.Errorf("a buffer of %d is not zeros", size)
		}
		for _, offset := range []int{0, 1, size / 2, size - 1} {
			if offset < 0 || offset >= size {
				continue
			}
			part := bytes.Repeat([]byte{byte(offset + 1)}, min(3, size-offset))
			copy(want[offset:], part)
			if err := b.Write(offset, part); err != nil {
				t.Fatal(err)
			}
			if err := b.Read(offset, part); err != nil || !bytes.Equal(part, want[offset:offset+len(part)]) {
				t.Errorf("%d bytes at %d of %d: %v, %v", len(part), offset, size, part, err)
			}
		}
		if !bytes.Equal(read(t, b), want) {
			t.Errorf("a buffer of %d holds something else than what was written", size)
		}
		if v, ok := b.(device.Visible); ok && !bytes.Equal(v.Bytes(), want) {
			t.Errorf("a buffer of %d shows something else than it holds", size)
		}
		if err := b.Free(); err != nil {
			t.Error(err)
		}
	}
	visible(t, d)

	// What a buffer held does not show in the next one, and their memory is apart and aligned.
	const kernel = `struct args { i64 *a, *b, *out; }; KERNEL(where) { ONCE { A->out[0] = (i64)A->a; A->out[1] = (i64)A->b; A->a[0] = 1; A->b[0] = 2; } }`
	p := build(t, d, "where", kernel, 64, 1)
	out := alloc(t, d, 16)
	for _, size := range []int{8, 72, 5000, 5 << 20} {
		a, b := alloc(t, d, size), alloc(t, d, size)
		launch(t, p, "where", 1, a, b, out)
		at := int64s(t, out)
		if at[0]%64 != 0 || at[1]%64 != 0 {
			t.Errorf("buffers of %d at %#x and %#x: not aligned to 64", size, at[0], at[1])
		}
		if d := at[1] - at[0]; d > -int64(size) && d < int64(size) {
			t.Errorf("buffers of %d at %#x and %#x overlap", size, at[0], at[1])
		}
		if read(t, a)[0] != 1 || read(t, b)[0] != 2 {
			t.Errorf("a kernel's writes do not show")
		}
		for _, x := range []device.Buffer{a, b} {
			if err := x.Free(); err != nil {
				t.Error(err)
			}
		}
		again := alloc(t, d, size)
		if read(t, again)[0] != 0 {
			t.Errorf("a buffer of %d bytes shows what another held", size)
		}
	}
}

func bufferMistakes(t *testing.T, d device.Device) {
	if _, err := d.Alloc(-1); err == nil {
		t.Error("a buffer of negative size")
	}
	if _, err := d.Alloc(1 << 60); err == nil {
		t.Error("a buffer of 2^60 bytes")
	}
	b := alloc(t, d, 100)
	for _, c := range []struct{ offset, n int }{{-1, 1}, {100, 1}, {0, 101}, {50, 51}, {1 << 62, 1}, {-5, 3}} {
		p := make([]byte, c.n)
		if b.Write(c.offset, p) == nil {
			t.Errorf("writing %d bytes at %d of 100 is no error", c.n, c.offset)
		}
		if b.Read(c.offset, p) == nil {
			t.Errorf("reading %d bytes at %d of 100 is no error", c.n, c.offset)
		}
	}
	if err := b.Write(100, nil); err != nil {
		t.Errorf("writing nothing at the end: %v", err)
	}
}

func freedBuffers(t *testing.T, d device.Device) {
	const kernel = `struct args { i64 *a; }; KERNEL(touch) { ONCE A->a[0] = 1; }`
	p := build(t, d, "touch", kernel, 32, 1)
	b, other := alloc(t, d, 64), alloc(t, d, 64)
	if err := b.Free(); err != nil {
		t.Fatal(err)
	}
	if b.Write(0, []byte{1}) == nil || b.Read(0, []byte{1}) == nil {
		t.Error("a freed buffer can be used")
	}
	if p.Launch(background, "touch", 1, b) == nil {
		t.Error("a kernel runs on a freed buffer")
	}
	if err := b.Free(); err != nil {
		t.Errorf("freeing again: %v", err)
	}
	launch(t, p, "touch", 1, other)
}

// What the host writes where it sees a buffer is there for kernels, and what they write for the host.
func visible(t *testing.T, d device.Device) {
	b := alloc(t, d, 16)
	v, ok := b.(device.Visible)
	if !ok {
		return
	}
	v.Bytes()[0] = 7
	p := build(t, d, "visible", `struct args { i64 *x; }; KERNEL(twice) { ONCE { A->x[1] = 2 * A->x[0]; } }`, 64, 1)
	if err := p.Launch(t.Context(), "twice", 1, b); err != nil {
		t.Fatal(err)
	}
	if got := v.Bytes()[8]; got != 14 {
		t.Errorf("a kernel makes %d of the 7 that the host wrote, not 14", got)
	}
}
