package jobs

import (
	"fmt"

	"brainsweep/mpi"
)

// tellMerged is collective: it tells all ranks whether rank 0 has found the result whole.
func (p *place) tellMerged(c mpi.Comm) (bool, error) {
	var word []byte
	if p.merged {
		word = []byte{1}
	}
	word, err := c.Bcast(0, word)
	return len(word) > 0, err
}

// merged is the summary of a job whose result an earlier run has merged, and only could not say so any more.
func (j *Job) merged(c mpi.Comm, o Options, err error) (*Summary, error) {
	if err != nil {
		return nil, err
	}
	s := &Summary{Output: o.Output, Points: j.Plan.Points(), Earlier: j.Plan.Points(), Ranks: c.Size()}
	if c.Rank() == 0 {
		o.Listener.Note("the result was merged by an earlier run; what was left of its parts is removed")
		s.Failed, err = failed(o.Output)
	}
	if err = mpi.Agree(c, err); err != nil {
		return nil, err
	}
	s.Failed, err = shareCount(c, s.Failed)
	return s, err
}

// shareCount gives rank 0's number to all.
func shareCount(c mpi.Comm, n int) (int, error) {
	text, err := c.Bcast(0, []byte(fmt.Sprint(n)))
	if err == nil {
		_, err = fmt.Sscan(string(text), &n)
	}
	return n, err
}
