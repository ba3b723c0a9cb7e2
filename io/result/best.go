package result

import (
	"fmt"
	"slices"

	"brainsweep/io/h5"
)

// bests writes the series that are kept at the best points, which are known when all parts were seen. Their dimension
// point holds those points only.
func (m *merger) bests() error {
	frames := map[string]*frame{}
	for _, s := range m.layout.Series {
		if s.Keep.Best == 0 {
			continue
		}
		points := []int{}
		if r := m.rankings[s.Keep]; r != nil {
			points = r.points()
		}
		f, err := m.seriesFrame(frames, s, points)
		if err != nil {
			return err
		}
		set, err := f.variable(m.seriesVariable(s))
		if err != nil {
			return err
		}
		if err := m.collect(set, s, points); err != nil {
			return err
		}
	}
	return nil
}

// collect copies a series of points, in ascending order, out of their parts.
func (m *merger) collect(set *h5.Dataset, s Series, points []int) error {
	places := m.places()
	for row, point := range points {
		i, _ := m.holder(places[point])
		if err := m.use(m.parts[i]); err != nil {
			return err
		}
		if err := fromPart(m.parts[i].file, set, s, row, places[point], max(1, slab/8/m.layout.width(s))); err != nil {
			return err
		}
	}
	return nil
}

// fromPart copies a series of the point in a place of a part to a row of the result's data set.
func fromPart(part *h5.File, set *h5.Dataset, s Series, row, place, step int) error {
	from, err := part.OpenDataset("/series/" + s.Group + "/" + s.Name)
	if err != nil {
		return err
	}
	defer from.Close()
	kept, err := keptPlaces(part, s)
	if err != nil {
		return err
	}
	at := slices.Index(kept, place)
	if at < 0 {
		return fmt.Errorf("part %s lacks %s/%s in place %d", part.Path(), s.Group, s.Name, place)
	}
	if s.Single {
		return copyRow[float32](set, from, row, at, step)
	}
	return copyRow[float64](set, from, row, at, step)
}

// keptPlaces lists the places at which a part keeps a series.
func keptPlaces(part *h5.File, s Series) ([]int, error) {
	value, err := part.Attr("/series/"+s.Group+"/"+s.Name, "points")
	long, _ := value.([]int64)
	points := make([]int, len(long))
	for i, n := range long {
		points[i] = int(n)
	}
	return points, err
}
