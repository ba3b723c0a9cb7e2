package simt

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"brainsweep/device"
)

// buffer is a file without a name, which launched programs map.
type buffer struct {
	device *Device
	size   int
	offset int64 // of the first byte: the last one ends a page, or nearly so
	file   *os.File

	mu    sync.Mutex
	users int
	freed bool
}

// Alloc gives a zeroed buffer.
func (d *Device) Alloc(size int) (device.Buffer, error) {
	page := os.Getpagesize()
	if size < 0 || size > 1<<40 {
		return nil, fmt.Errorf("simt: a buffer of %d bytes", size)
	}
	file, err := os.CreateTemp(d.dir, "buffer-*")
	if err != nil {
		return nil, fmt.Errorf("simt: %w", err)
	}
	used := (size + 63) / 64 * 64
	whole := (used + page - 1) / page * page
	if err := errors.Join(os.Remove(file.Name()), file.Truncate(int64(whole))); err != nil {
		return nil, fmt.Errorf("simt: %w", errors.Join(err, file.Close()))
	}
	b := &buffer{device: d, size: size, offset: int64(whole - used), file: file}
	if err := d.keep(b); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *buffer) Size() int { return b.size }

func (b *buffer) hold() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return errors.New("the buffer is freed")
	}
	b.users++
	return nil
}

func (b *buffer) unhold() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.users--
	if b.freed && b.users == 0 {
		_ = b.file.Close() // nothing of it is wanted any more
	}
}

// use calls f on the file, for a copy of n bytes at offset.
func (b *buffer) use(offset, n int, f func(p []byte, at int64) (int, error), p []byte) error {
	if offset < 0 || n > b.size || offset > b.size-n {
		return fmt.Errorf("simt: bytes %d to %d of a buffer of %d", offset, offset+n, b.size)
	}
	if err := b.hold(); err != nil {
		return fmt.Errorf("simt: %w", err)
	}
	defer b.unhold()
	if n == 0 {
		return nil
	}
	if _, err := f(p, b.offset+int64(offset)); err != nil {
		return fmt.Errorf("simt: %w", err)
	}
	return nil
}

// Write copies p into the buffer at offset.
func (b *buffer) Write(offset int, p []byte) error { return b.use(offset, len(p), b.file.WriteAt, p) }

// Read copies from the buffer at offset into p.
func (b *buffer) Read(offset int, p []byte) error { return b.use(offset, len(p), b.file.ReadAt, p) }

func (b *buffer) release() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return nil
	}
	b.freed = true
	if b.users > 0 {
		return nil
	}
	return b.file.Close()
}

// Free gives the buffer back once no launch uses it. Freeing it again does nothing.
func (b *buffer) Free() error {
	b.device.forget(b)
	return b.release()
}
