package jobs

import (
	"sync"

	"brainsweep/connectome"
)

// shelfBytes is how much of a cohort's connectomes a process keeps: about 400 of 100 nodes. It goes to all ranks of a
// job at its start, so it is paid for once a rank.
const shelfBytes = 64 << 20

// shelf keeps the connectomes of a cohort that were read, those of the data set and not as they enter the equations,
// within shelfBytes, and reads others again. It may be used by several goroutines.
type shelf struct {
	Kept map[string]*connectome.Connectome // by the subject's ID

	lock  sync.Mutex
	bytes int64
	read  func(id string) (*connectome.Connectome, error)
}

func newShelf(read func(id string) (*connectome.Connectome, error)) *shelf {
	return &shelf{Kept: map[string]*connectome.Connectome{}, read: read}
}

// get gives a subject's connectome.
func (s *shelf) get(id string) (*connectome.Connectome, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if c := s.Kept[id]; c != nil {
		return c, nil
	}
	c, err := s.read(id)
	if err != nil {
		return nil, err
	}
	if size := int64(16 * c.N() * c.N()); s.bytes+size <= shelfBytes {
		s.Kept[id] = c
		s.bytes += size
	}
	return c, nil
}
