package result

import (
	"fmt"
	"slices"

	"brainsweep/io/h5"
)

// source is a part that is merged.
type source struct {
	path         string
	first, count int // places
	seen         bool
	file         *h5.File // nil while it is closed
}

// span is some rows of a part that are neighbours in the result, too.
type span struct {
	*source
	row, count, to int // the first row in the part, how many, and the first row in the result
}

// spans divides the parts' rows into spans, in the order of the result's rows: where points were not added to a job
// between others, a span is a part.
func (m *merger) spans() []span {
	var spans []span
	if m.layout.Order == nil {
		for _, p := range m.parts {
			spans = append(spans, span{p, 0, p.count, p.first})
		}
		return spans
	}
	for point, place := range m.places() {
		i, found := m.holder(place)
		if !found {
			continue
		}
		p := m.parts[i]
		row := place - p.first
		if n := len(spans); n > 0 {
			if last := &spans[n-1]; last.source == p && last.row+last.count == row && last.to+last.count == point {
				last.count++
				continue
			}
		}
		spans = append(spans, span{p, row, 1, point})
	}
	return spans
}

// places gives the place of every point.
func (m *merger) places() []int {
	places := make([]int, m.layout.Points)
	for place := range places {
		places[m.layout.Number(place)] = place
	}
	return places
}

// holder is the number of the part that holds a place.
func (m *merger) holder(place int) (int, bool) {
	i, found := slices.BinarySearchFunc(m.parts, place, func(s *source, place int) int { return s.first - place })
	if !found {
		i--
	}
	return i, i >= 0 && place < m.parts[i].first+m.parts[i].count
}

// use opens a part, if it is not open, and looks through it before it is used for the first time.
func (m *merger) use(p *source) (err error) {
	if i := slices.Index(m.open, p); i >= 0 {
		m.open = append(slices.Delete(m.open, i, i+1), p)
		return nil
	}
	most := 1 // each is used once, unless points were added between its own
	if m.layout.Order != nil {
		most = 16
	}
	if len(m.open) == most {
		m.open[0].close()
		m.open = slices.Delete(m.open, 0, 1)
	}
	if !p.seen {
		if _, err := VerifyPart(p.path, m.layout.Basis); err != nil {
			return err
		}
	}
	if p.file, err = h5.Open(p.path); err != nil {
		return err
	}
	m.open = append(m.open, p)
	if p.seen {
		return nil
	}
	p.seen = true
	return inTurn(func() error { return m.fits(p) }, func() error { return m.rank(p) }, func() error { return m.runs.add(p.file) })
}

func (p *source) close() {
	if p.file != nil {
		p.file.Close()
		p.file = nil
	}
}

// close closes the parts that are open.
func (m *merger) close() {
	for _, p := range m.open {
		p.close()
	}
}

// fits looks at the shapes in a part.
func (m *merger) fits(p *source) error {
	for _, c := range m.copies {
		from, err := p.file.OpenDataset(c.path)
		if err != nil {
			return err
		}
		defer from.Close()
		if want := append([]int{p.count}, c.shape...); !slices.Equal(from.Shape(), want) {
			return fmt.Errorf("part %s has %s in shape %v, not %v", p.path, c.path, from.Shape(), want)
		}
	}
	return nil
}

// copy takes over a span.
func (m *merger) copy(s span) error {
	if err := m.use(s.source); err != nil {
		return err
	}
	for _, c := range m.copies {
		from, err := s.file.OpenDataset(c.path)
		if err != nil {
			return err
		}
		if err := c.take(from, s.row, s.count, s.to); err != nil {
			return err
		}
		if err := from.Close(); err != nil {
			return err
		}
	}
	return nil
}

// rank enters the points whose series the part keeps into the rankings. Parts that were written together keep all that
// are among the best of all, and of a few parts alone the best that are there.
func (m *merger) rank(p *source) error {
	seen := map[Keep]bool{}
	for _, s := range m.layout.Series {
		if s.Keep.Best == 0 || seen[s.Keep] {
			continue
		}
		seen[s.Keep] = true
		if m.rankings[s.Keep] == nil {
			m.rankings[s.Keep] = newRanking(s.Keep)
		}
		scores, metric := make([]float64, p.count), m.layout.Metrics[m.layout.ranked(s.Keep)]
		if err := readAll(p.file, metric.group()+"/"+metric.Name, scores); err != nil {
			return err
		}
		kept, err := keptPlaces(p.file, s)
		if err != nil {
			return err
		}
		for _, place := range kept {
			m.rankings[s.Keep].add(m.layout.Number(place), scores[place-p.first])
		}
	}
	return nil
}

func readAll(file *h5.File, name string, data any) error {
	set, err := file.OpenDataset(name)
	if err != nil {
		return err
	}
	defer set.Close()
	return set.Read(nil, nil, data)
}
