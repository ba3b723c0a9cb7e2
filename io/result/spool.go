package result

import (
	"errors"
	"fmt"
	"os"
)

// SpoolPart is like CreatePart, for a batch that may be interrupted: what has been written of the series is on the disk
// after Sync, Leave keeps it there, and a later SpoolPart goes on with it. have says how many samples of each series
// are there already, at every point; what lies behind them is overwritten.
func SpoolPart(path string, l *Layout, first, count int, best *Best, have func(series int) int) (*Part, error) {
	return newPart(path, l, first, count, best, have)
}

// spool is the name of the file that series i is written to first.
func (p *Part) spool(i int) string { return fmt.Sprintf("%s.series-%d", p.path, i) }

// Sync waits until all that was written of a spooled part's series is on the disk.
func (p *Part) Sync() error {
	for _, s := range p.series {
		if s.scratch != nil {
			if err := s.scratch.Sync(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Leave ends a spooled part that is to be gone on with later.
func (p *Part) Leave() error {
	for _, s := range p.series {
		s.close()
	}
	p.series = nil
	return p.Abandon()
}

// removeSpools removes the files that the series were written to first.
func (p *Part) removeSpools() error {
	if !p.spooled {
		return nil
	}
	var all error
	for i := range p.series {
		if err := os.Remove(p.spool(i)); !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
