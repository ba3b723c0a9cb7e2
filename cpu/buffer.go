package cpu

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"brainsweep/device"
)

// buffer is memory of the process outside Go's heap: zeroed, at page boundaries, given back to the system by Free.
type buffer struct {
	device *Device
	size   int

	mu    sync.Mutex
	bytes []byte // nil once freed
	users int    // launches and copies under way
	freed bool
}

var _ device.Visible = (*buffer)(nil)

// hugeFrom is the size from which large pages are asked for.
const hugeFrom = 4 << 20

// Alloc gives a zeroed buffer.
func (d *Device) Alloc(size int) (device.Buffer, error) {
	if size < 0 {
		return nil, fmt.Errorf("cpu: a buffer of %d bytes", size)
	}
	bytes, err := syscall.Mmap(-1, 0, max(size, 1), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if errors.Is(err, syscall.ENOMEM) {
		return nil, fmt.Errorf("cpu: a buffer of %d bytes: %w", size, device.ErrMemory)
	}
	if err != nil {
		return nil, fmt.Errorf("cpu: a buffer of %d bytes: %w", size, err)
	}
	if size >= hugeFrom {
		// A kernel without large pages refuses; small ones serve.
		_ = syscall.Madvise(bytes, syscall.MADV_HUGEPAGE)
	}
	b := &buffer{device: d, size: size, bytes: bytes}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, errors.Join(errClosed, syscall.Munmap(bytes))
	}
	d.buffers[b] = struct{}{}
	return b, nil
}

func (b *buffer) Size() int { return b.size }

// Bytes is the memory itself, nil once it is freed.
func (b *buffer) Bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return nil
	}
	return b.bytes[:b.size]
}

var errFreed = errors.New("the buffer is freed")

// hold keeps the memory from being given back, and tells where it is.
func (b *buffer) hold() (uintptr, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return 0, errFreed
	}
	b.users++
	return uintptr(unsafe.Pointer(unsafe.SliceData(b.bytes))), nil
}

func (b *buffer) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.users--
	if b.freed && b.users == 0 {
		// Free has reported already; giving back a mapping of our own does not go wrong.
		_ = b.unmap()
	}
}

func (b *buffer) unmap() error {
	bytes := b.bytes
	b.bytes = nil
	return syscall.Munmap(bytes)
}

// part gives the bytes of the buffer from offset on, for a copy of n bytes.
func (b *buffer) part(offset, n int) ([]byte, error) {
	if offset < 0 || n > b.size || offset > b.size-n {
		return nil, fmt.Errorf("cpu: bytes %d to %d of a buffer of %d", offset, offset+n, b.size)
	}
	if _, err := b.hold(); err != nil {
		return nil, fmt.Errorf("cpu: %w", err)
	}
	return b.bytes[offset : offset+n], nil
}

// Write copies p into the buffer at offset.
func (b *buffer) Write(offset int, p []byte) error {
	to, err := b.part(offset, len(p))
	if err != nil {
		return err
	}
	defer b.release()
	copy(to, p)
	return nil
}

// Read copies from the buffer at offset into p.
func (b *buffer) Read(offset int, p []byte) error {
	from, err := b.part(offset, len(p))
	if err != nil {
		return err
	}
	defer b.release()
	copy(p, from)
	return nil
}

// Free gives the memory back, as soon as launches that use it have ended. Freeing it again does nothing.
func (b *buffer) Free() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return nil
	}
	b.freed = true
	b.device.mu.Lock()
	delete(b.device.buffers, b)
	b.device.mu.Unlock()
	if b.users > 0 {
		return nil
	}
	return b.unmap()
}
