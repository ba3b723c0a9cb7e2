package jobs

import (
	"sync"

	"brainsweep/connectome"
)

// shelfBytes is how much of a cohort's connectomes a process keeps: about 400 of 100 nodes. It goes to all ranks of a
// job at its start, so every rank pays for it.
const shelfBytes = 64 << 20

// shelf keeps the connectomes of a cohort as the data set has them, not as they enter the equations, up to shelfBytes;
// others are read again when they are wanted. It may be used by several goroutines.
type shelf struct {
	Kept map[string]*connectome.Connectome // by the subject's ID

	used  bool // connectomes are as they enter the equations, of a result
	lock  sync.Mutex
	bytes int64
	read  func(id string) (*connectome.Connectome, error)
}

func newShelf() *shelf { return &shelf{Kept: map[string]*connectome.Connectome{}} }

// put keeps a connectome if there is room.
func (s *shelf) put(id string, c *connectome.Connectome) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if size := int64(16 * c.N() * c.N()); s.bytes+size <= shelfBytes {
		s.Kept[id] = c
		s.bytes += size
	}
}

// get gives a subject's connectome.
func (s *shelf) get(id string) (*connectome.Connectome, error) {
	s.lock.Lock()
	c := s.Kept[id]
	s.lock.Unlock()
	if c != nil {
		return c, nil
	}
	return s.read(id)
}
