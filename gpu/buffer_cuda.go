//go:build cuda && linux && (amd64 || arm64)

package gpu

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"gorgonia.org/cu"

	"brainsweep/device"
)

// buffer is memory of the GPU.
type buffer struct {
	device *Device
	size   int
	room   int // what was asked of the driver

	mu    sync.Mutex
	at    cu.DevicePtr
	users int // launches and copies under way
	freed bool
}

// Alloc gives a zeroed buffer: from the pool of freed ones of the same room, or from the driver. When the GPU has no
// memory left, the pool is given back first; then the error wraps device.ErrMemory.
func (d *Device) Alloc(size int) (device.Buffer, error) {
	if size < 0 {
		return nil, fmt.Errorf("gpu: a buffer of %d bytes", size)
	}
	const grain = 256
	b := &buffer{device: d, size: size, room: max(grain, (size+grain-1)/grain*grain)}
	err := d.do(func() error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.closed {
			return errClosed
		}
		if err := d.take(b); err != nil {
			return err
		}
		if err := check("cuMemsetD8", cu.MemsetD8(b.at, 0, int64(b.room))); err != nil {
			return errors.Join(err, check("cuMemFree", cu.MemFree(b.at)))
		}
		d.buffers[b] = struct{}{}
		// The memory is filled by the null stream, for which launches do not wait, nor this for launches.
		return check("cuStreamSynchronize", cu.NoStream.Synchronize())
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// take finds memory for b. d.mu is held.
func (d *Device) take(b *buffer) error {
	if free := d.pool[b.room]; len(free) > 0 {
		b.at, d.pool[b.room] = free[len(free)-1], free[:len(free)-1]
		return nil
	}
	var err error
	if b.at, err = cu.MemAlloc(int64(b.room)); err == nil {
		return nil
	}
	if drained := d.drain(); drained != nil {
		return drained
	}
	if b.at, err = cu.MemAlloc(int64(b.room)); err == nil {
		return nil
	}
	failed := check("cuMemAlloc", err)
	if errors.Is(failed, device.ErrMemory) {
		return fmt.Errorf("a buffer of %d bytes: %w: %w", b.size, device.ErrMemory, failed)
	}
	return failed
}

// drain gives the pool back to the driver. d.mu is held.
func (d *Device) drain() error {
	var errs []error
	for _, free := range d.pool {
		for _, at := range free {
			errs = append(errs, check("cuMemFree", cu.MemFree(at)))
		}
	}
	clear(d.pool)
	return errors.Join(errs...)
}

func (b *buffer) Size() int { return b.size }

var errFreed = errors.New("the buffer is freed")

// hold keeps the memory from being given back, and tells where it is.
func (b *buffer) hold() (cu.DevicePtr, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.freed {
		return 0, errFreed
	}
	b.users++
	return b.at, nil
}

func (b *buffer) release() {
	b.mu.Lock()
	b.users--
	last := b.freed && b.users == 0
	b.mu.Unlock()
	if last {
		b.giveBack()
	}
}

// giveBack puts the memory into the pool; after the device is closed, Close empties it.
func (b *buffer) giveBack() {
	b.device.mu.Lock()
	defer b.device.mu.Unlock()
	delete(b.device.buffers, b)
	b.device.pool[b.room] = append(b.device.pool[b.room], b.at)
}

// Write copies p into the buffer at offset.
func (b *buffer) Write(offset int, p []byte) error {
	return b.reach(offset, len(p), func(at cu.DevicePtr) error {
		if err := check("cuMemcpyHtoD", cu.MemcpyHtoD(at, unsafe.Pointer(unsafe.SliceData(p)), int64(len(p)))); err != nil {
			return err
		}
		// A copy to the GPU from memory that is not pinned may return before it has arrived.
		return check("cuStreamSynchronize", cu.NoStream.Synchronize())
	})
}

// Read copies from the buffer at offset into p, while launches go on.
func (b *buffer) Read(offset int, p []byte) error {
	return b.reach(offset, len(p), func(at cu.DevicePtr) error {
		c := <-b.device.couriers
		defer func() { b.device.couriers <- c }()
		return c.bring(p, at)
	})
}

// reach runs f with the place of n bytes at offset, on a thread of the device.
func (b *buffer) reach(offset, n int, f func(at cu.DevicePtr) error) error {
	if offset < 0 || n > b.size || offset > b.size-n {
		return fmt.Errorf("gpu: bytes %d to %d of a buffer of %d", offset, offset+n, b.size)
	}
	at, err := b.hold()
	if err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	defer b.release()
	if n == 0 {
		return nil
	}
	return b.device.do(func() error { return f(at + cu.DevicePtr(offset)) })
}

// Free gives the memory back, as soon as launches that use it have ended. Freeing it again does nothing.
func (b *buffer) Free() error {
	b.mu.Lock()
	again := b.freed
	b.freed = true
	last := !again && b.users == 0
	b.mu.Unlock()
	if last {
		b.giveBack()
	}
	return nil
}
