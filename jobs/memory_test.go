package jobs_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"brainsweep/device"
	"brainsweep/io/result/resulttest"
)

// small is a device that has no memory left for large buffers.
type small struct {
	device.Device
	most int // [bytes]
}

func (s small) Alloc(size int) (device.Buffer, error) {
	if size > s.most {
		return nil, fmt.Errorf("a buffer of %d bytes: %w", size, device.ErrMemory)
	}
	return s.Device.Alloc(size)
}

// enough is what the delays of a point of brain take at 1 mm/ms, and not those of two [bytes].
const enough = 100_000

// TestMemoryThatDoesNotSuffice halves batches until they fit, says so, and gives the same bytes.
func TestMemoryThatDoesNotSuffice(t *testing.T) {
	j := parse(t, fmt.Sprintf(brain, "single", "b_e = [0, 30, 60, 90, 120]\nconnectome.speed = [1, 4]"))
	want := result(t, j, ways{})
	for _, w := range []ways{{memory: 2 * enough}, {memory: enough, ranks: 2, every: time.Hour}} {
		w.heard = &listener{}
		resulttest.Same(t, fmt.Sprintf("little memory, %d ranks", w.ranks), result(t, j, w), want)
		t.Logf("%q", w.heard.notes)
		if len(w.heard.notes) == 0 || !strings.Contains(w.heard.notes[0], "points 0 to ") || !strings.Contains(w.heard.notes[0], "batches of at most ") {
			t.Errorf("said: %q", w.heard.notes)
		}
	}
	_, err := run(t, j, filepath.Join(t.TempDir(), "result.h5"), ways{memory: 100})
	if !errors.Is(err, device.ErrMemory) || !strings.Contains(err.Error(), "points 0 to 0") {
		t.Errorf("with no memory at all the job says %v", err)
	}
}
