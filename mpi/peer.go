package mpi

import "fmt"

// Tags of the collectives; users' tags are not negative.
const (
	bcastTag   = -1
	gatherTag  = -2
	barrierTag = -3
)

// short is the greatest message [bytes] that travels without asking whether it is wanted: what MPI libraries
// send eagerly on every transport.
const short = 3 << 10

// peer is a rank with a mailbox and a way to post to others': all of a Comm but its beginning and its end.
type peer struct {
	rank, size int
	box        *mailbox
	// post sends p to another rank's mailbox. A long message may block until it is taken.
	post func(dst, tag int, p []byte) error
}

// Rank returns this rank's number.
func (p *peer) Rank() int { return p.rank }

// Size returns the number of ranks.
func (p *peer) Size() int { return p.size }

func (p *peer) check(call string, rank, tag int) error {
	if rank < 0 || rank >= p.size {
		return &Error{call, fmt.Sprintf("no rank %d among %d", rank, p.size)}
	}
	if tag < 0 {
		return &Error{call, fmt.Sprintf("tag %d is negative", tag)}
	}
	return nil
}

// Send delivers data to rank dst.
func (p *peer) Send(dst, tag int, data []byte) error {
	if err := p.check("Send", dst, tag); err != nil {
		return err
	}
	return p.post(dst, tag, data)
}

// Recv waits for a message.
func (p *peer) Recv(src, tag int) ([]byte, int, error) {
	if src != AnySource || tag < 0 {
		if err := p.check("Recv", src, tag); err != nil {
			return nil, src, err
		}
	}
	return p.box.take(src, tag)
}

// Bcast sends along a binomial tree: in the round of distance d, each of the first d ranks, counted from root, passes on.
func (p *peer) Bcast(root int, data []byte) ([]byte, error) {
	if err := p.check("Bcast", root, 0); err != nil {
		return nil, err
	}
	me := (p.rank - root + p.size) % p.size
	d := 1
	if me == 0 {
		data = append([]byte{}, data...)
	}
	for ; d < p.size; d *= 2 {
		if me >= d && me < 2*d {
			var err error
			if data, _, err = p.box.take((me-d+root)%p.size, bcastTag); err != nil {
				return nil, err
			}
		}
		if me < d && me+d < p.size {
			if err := p.post((me+d+root)%p.size, bcastTag, data); err != nil {
				return nil, err
			}
		}
	}
	return data, nil
}

// Gather collects every rank's data on root.
func (p *peer) Gather(root int, data []byte) ([][]byte, error) {
	if err := p.check("Gather", root, 0); err != nil {
		return nil, err
	}
	if p.rank != root {
		return nil, p.post(root, gatherTag, data)
	}
	all := make([][]byte, p.size)
	for r := range all {
		if r == root {
			all[r] = append([]byte{}, data...)
			continue
		}
		var err error
		if all[r], _, err = p.box.take(r, gatherTag); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Barrier returns when every rank has called it: after the round of distance d each rank has heard, by way of others,
// from 2d ranks (Hensgen, Finkel & Manber 1988, Int. J. Parallel Program. 17:1).
func (p *peer) Barrier() error {
	for d := 1; d < p.size; d *= 2 {
		if err := p.post((p.rank+d)%p.size, barrierTag, nil); err != nil {
			return err
		}
		if _, _, err := p.box.take((p.rank-d+p.size)%p.size, barrierTag); err != nil {
			return err
		}
	}
	return nil
}
