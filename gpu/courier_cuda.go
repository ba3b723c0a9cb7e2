//go:build cuda && linux && (amd64 || arm64)

package gpu

import (
	"errors"
	"unsafe"

	"gorgonia.org/cu"
)

// courier brings memory of the GPU home on a stream of its own, so that a launch under way goes on meanwhile: through
// pinned memory, which the GPU writes at full speed. One half of it is emptied while the other is filled.
type courier struct {
	stream cu.Stream
	pinned unsafe.Pointer
	halves [2][]byte
}

const (
	couriers = 2       // reads at a time; more wait
	half     = 4 << 20 // [bytes]
)

func newCourier() (*courier, error) {
	c := &courier{}
	var err error
	if c.pinned, err = hostAlloc(2 * half); err != nil {
		return nil, err
	}
	c.halves[0], c.halves[1] = unsafe.Slice((*byte)(c.pinned), half), unsafe.Slice((*byte)(unsafe.Add(c.pinned, half)), half)
	if c.stream, err = cu.MakeStream(cu.NonBlocking); err != nil {
		return nil, errors.Join(check("cuStreamCreate", err), check("cuMemFreeHost", cu.MemFreeHost(c.pinned)))
	}
	return c, nil
}

// bring copies what lies at a place of the GPU into p.
func (c *courier) bring(p []byte, at cu.DevicePtr) error {
	ask := func(turn, from int) error {
		n := min(half, len(p)-from)
		if n <= 0 {
			return nil
		}
		return check("cuMemcpyDtoHAsync", cu.MemcpyDtoHAsync(unsafe.Pointer(unsafe.SliceData(c.halves[turn])), at+cu.DevicePtr(from), int64(n), c.stream))
	}
	if err := ask(0, 0); err != nil {
		return err
	}
	for from, turn := 0, 0; from < len(p); from, turn = from+half, 1-turn {
		if err := check("cuStreamSynchronize", c.stream.Synchronize()); err != nil {
			return err
		}
		if err := ask(1-turn, from+half); err != nil {
			return err
		}
		copy(p[from:], c.halves[turn])
	}
	return nil
}

func (c *courier) close() error {
	return errors.Join(check("cuStreamDestroy", c.stream.Destroy()), check("cuMemFreeHost", cu.MemFreeHost(c.pinned)))
}
