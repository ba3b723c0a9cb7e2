package result

import (
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
	for row := 0; row < len(points); {
		part := m.parts[m.holder(points[row])]
		end := row
		for end < len(points) && points[end] < part.first+part.count {
			end++
		}
		if err := fromPart(part.path, set, s, row, points[row:end], max(1, slab/8/m.layout.width(s))); err != nil {
			return err
		}
		row = end
	}
	return nil
}

// holder is the part that holds a point.
func (m *merger) holder(point int) int {
	i, found := slices.BinarySearchFunc(m.parts, point, func(h held, p int) int { return h.first - p })
	if !found {
		i--
	}
	return i
}

// fromPart copies a series of points of one part to row, row+1, ... of the result's data set.
func fromPart(path string, set *h5.Dataset, s Series, row int, points []int, step int) error {
	file, err := h5.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	from, err := file.OpenDataset("/series/" + s.Group + "/" + s.Name)
	if err != nil {
		return err
	}
	kept, err := keptPoints(file, s)
	if err != nil {
		return err
	}
	for i, point := range points {
		at := slices.Index(kept, point)
		if s.Single {
			err = copyRow[float32](set, from, row+i, at, step)
		} else {
			err = copyRow[float64](set, from, row+i, at, step)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keptPoints lists the points at which a part keeps a series.
func keptPoints(part *h5.File, s Series) ([]int, error) {
	value, err := part.Attr("/series/"+s.Group+"/"+s.Name, "points")
	long, _ := value.([]int64)
	points := make([]int, len(long))
	for i, n := range long {
		points[i] = int(n)
	}
	return points, err
}
