package result

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"brainsweep/io/h5"
)

// Spooled is what a part had of its series when a checkpoint was written.
type Spooled struct {
	Samples []int      // of each series, the same at all points
	Sums    [][]uint32 // by series and place, CRC-32C of these samples
}

// SpoolPart is like CreatePart, for a batch that may be interrupted: what has been written of the series is on the disk
// after Sync, Leave keeps it there, and a later SpoolPart goes on with it: with what was there at the time of the Spooled
// given, or, when it is nil, from the start. What was written of a shorter simulation is gone on with, too. If
// the series are not what they were, the error wraps ErrDamaged.
func SpoolPart(path string, l *Layout, first, count int, best *Best, from *Spooled) (*Part, error) {
	if from != nil {
		for i := range l.Series {
			if err := respool(path, l, i, count, from.Samples[i]); err != nil {
				return nil, err
			}
		}
	}
	p, err := newPart(path, l, first, count, best, true)
	if err != nil || from == nil {
		return p, err
	}
	for i, s := range p.series {
		if err := s.goOn(from.Samples[i], from.Sums[i]); err != nil {
			return nil, errors.Join(err, p.Leave())
		}
	}
	return p, nil
}

// spoolName is the name of the file that series i is written to first. Points follow each other in it at a distance that
// depends on the number of samples.
func spoolName(part string, i, samples int) string {
	return fmt.Sprintf("%s.series-%d-%d", part, i, samples)
}

func (p *Part) spool(i int) string { return spoolName(p.path, i, p.layout.Series[i].Times.Count) }

// respool makes the spool of series i, if it is not there, out of that of a shorter simulation, or of the part that it became.
func respool(part string, l *Layout, i, count, samples int) error {
	s := l.Series[i]
	to := &store{samples: s.Times.Count, width: l.width(s), single: s.Single}
	name := spoolName(part, i, to.samples)
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) || samples == 0 {
		return err
	}
	read, done, err := shorter(part, s, i, *to)
	if err != nil {
		return err
	}
	defer done()
	file, err := os.Create(temporary(name))
	if err != nil {
		return err
	}
	defer file.Close()
	for row := range count {
		for first := 0; first < samples; {
			n := min(to.step(), samples-first)
			rows, raw := to.room(n)
			if err := read(row, first, n, rows, raw); err != nil {
				return errors.Join(err, os.Remove(temporary(name)))
			}
			if _, err := file.WriteAt(raw, to.offset(row, first)); err != nil {
				return errors.Join(err, os.Remove(temporary(name)))
			}
			first += n
		}
	}
	if err := file.Sync(); err != nil {
		return errors.Join(err, os.Remove(temporary(name)))
	}
	return publish(name)
}

// Beside lists the files whose names begin with that of a part and a suffix.
func Beside(part, suffix string) ([]string, error) {
	folder, prefix := filepath.Dir(part), filepath.Base(part)+suffix
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			names = append(names, filepath.Join(folder, e.Name()))
		}
	}
	return names, err
}

// shorter finds what a shorter simulation has left of series i, and gives a function that reads samples of a row of it.
func shorter(part string, s Series, i int, like store) (read func(row, first, n int, rows any, raw []byte) error, done func(), err error) {
	old, err := Beside(part, fmt.Sprintf(".series-%d-", i))
	if err != nil {
		return nil, nil, err
	}
	old = slices.DeleteFunc(old, func(name string) bool { return strings.HasSuffix(name, ".tmp") })
	if len(old) > 0 {
		from := like
		if from.samples, err = strconv.Atoi(old[0][strings.LastIndexByte(old[0], '-')+1:]); err != nil {
			return nil, nil, err
		}
		file, err := os.Open(old[0])
		return func(row, first, _ int, _ any, raw []byte) error {
			_, err := file.ReadAt(raw, from.offset(row, first))
			return err
		}, func() { file.Close() }, err
	}
	if s.Keep.Best > 0 {
		return nil, nil, damaged(part, "it holds series %s/%s of its best points only", s.Group, s.Name)
	}
	file, err := h5.Open(part)
	if err != nil {
		return nil, nil, damaged(part, "of series %s/%s nothing is there: %v", s.Group, s.Name, err)
	}
	set, err := file.OpenDataset("/series/" + s.Group + "/" + s.Name)
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return func(row, first, n int, rows any, _ []byte) error {
		offset, size := block(row, 1, set.Shape())
		offset[1], size[1] = first, n
		return set.Read(offset, size, rows)
	}, func() { file.Close() }, nil
}

// goOn continues a spool that holds so many samples of each row, with these checksums.
func (s *store) goOn(samples int, sums []uint32) error {
	if len(sums) != len(s.next) {
		return damaged(s.scratch.Name(), "%d checksums for %d points", len(sums), len(s.next))
	}
	for row := range s.next {
		sum := uint32(0)
		for first := 0; first < samples; {
			n := min(s.step(), samples-first)
			_, raw := s.room(n)
			if _, err := s.scratch.ReadAt(raw, s.offset(row, first)); err != nil {
				return damaged(s.scratch.Name(), "%v", err)
			}
			sum = crc32.Update(sum, castagnoli, raw)
			first += n
		}
		if sum != sums[row] {
			return damaged(s.scratch.Name(), "samples do not match their checksum")
		}
		s.next[row], s.sums[row] = samples, sum
	}
	return nil
}

// Sync waits until all that was written of a spooled part's series is on the disk, and tells what that is.
func (p *Part) Sync() (*Spooled, error) {
	now := &Spooled{}
	for i, s := range p.series {
		if p.spooled {
			if err := s.scratch.Sync(); err != nil {
				return nil, err
			}
		}
		now.Samples = append(now.Samples, s.next[0])
		now.Sums = append(now.Sums, slices.Clone(s.sums))
		for row, next := range s.next {
			if next != s.next[0] {
				return nil, fmt.Errorf("result: place %d has %d samples of series %d, place %d has %d", p.first+row, next, i, p.first, s.next[0])
			}
		}
	}
	return now, nil
}

// Leave ends a spooled part that is to be gone on with later.
func (p *Part) Leave() error {
	for _, s := range p.series {
		s.close()
	}
	p.series = nil
	return p.Abandon()
}

// removeSpools removes the files that the series were written to first, of a shorter simulation, too.
func (p *Part) removeSpools() error {
	if !p.spooled || len(p.series) == 0 {
		return nil
	}
	names, all := Beside(p.path, ".series-")
	for _, name := range names {
		if err := os.Remove(name); !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}
