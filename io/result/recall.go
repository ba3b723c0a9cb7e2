package result

import (
	"slices"

	"brainsweep/connectome"
	"brainsweep/io/h5"
)

// Connectome reads back the connectome as it entered the equations.
func (r *Result) Connectome() (*connectome.Connectome, error) {
	c := &connectome.Connectome{Labels: r.Nodes}
	var centres, orientations, cortical, right []float64
	for name, to := range map[string]*[]float64{
		"weights": &c.Weights, "lengths": &c.Lengths, "areas": &c.Areas,
		"centres": &centres, "orientations": &orientations, "cortical": &cortical, "right": &right,
	} {
		var err error
		if r.file.Exists("/connectome/" + name) {
			*to, err = r.Numbers("/connectome/" + name)
		}
		if err != nil {
			return nil, err
		}
	}
	c.Centres, c.Orientations = places(centres), places(orientations)
	c.Cortical, c.Right = truths(cortical), truths(right)
	source, err := r.file.Attr("/connectome", "source")
	if err != nil {
		return nil, err
	}
	c.Source, _ = source.(string)
	return c, nil
}

func places(v []float64) [][3]float64 {
	var out [][3]float64
	for ; len(v) >= 3; v = v[3:] {
		out = append(out, [3]float64(v[:3]))
	}
	return out
}

func truths(v []float64) []bool {
	var out []bool
	for _, x := range v {
		out = append(out, x != 0)
	}
	return out
}

// Numbers are all that is held of a point under one name.
type Numbers struct {
	Name   string    // of the data set in a result
	Metric int       // which of the layout's metrics they are; -1: none
	Times  int       // samples of the series that they are; 0 for others
	Values []float64 // nil: a series that was not kept of the point
}

// NumbersOf reads what the result holds of a point: status, metrics and series, in the order of the layout.
func (r *Result) NumbersOf(l *Layout, point int) ([]Numbers, error) {
	return numbersOf(r.file, l, "", point, func(s Series) (int, error) {
		points, err := r.PointsOf(Variable{Path: "/" + s.Group + "/" + s.Name})
		return slices.Index(points, point), err
	})
}

// NumbersOfPart reads the same of the place that a part holds.
func NumbersOfPart(path string, l *Layout, place int) ([]Numbers, error) {
	file, err := h5.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	held, err := CountPart(path, l.Basis)
	if err != nil {
		return nil, err
	}
	return numbersOf(file, l, "/series", place-held.First, func(s Series) (int, error) {
		kept, err := keptPlaces(file, s)
		return slices.Index(kept, place), err
	})
}

// numbersOf reads a row of every data set; kept finds that of a series of the best points, -1 where there is none.
func numbersOf(file *h5.File, l *Layout, series string, row int, kept func(Series) (int, error)) ([]Numbers, error) {
	var out []Numbers
	read := func(n Numbers, from string, row int) (err error) {
		if row >= 0 {
			n.Values, err = readRow(file, from, row)
		}
		out = append(out, n)
		return err
	}
	for _, name := range []string{"status", "fault_node", "fault_state", "fault_time"} {
		if err := read(Numbers{Name: "/points/" + name, Metric: -1}, "/points/"+name, row); err != nil {
			return nil, err
		}
	}
	for i, m := range l.Metrics {
		name := m.group() + "/" + m.Name
		if err := read(Numbers{Name: name, Metric: i}, name, row); err != nil {
			return nil, err
		}
	}
	for _, s := range l.Series {
		name, from := "/"+s.Group+"/"+s.Name, row
		if s.Keep.Best > 0 {
			var err error
			if from, err = kept(s); err != nil {
				return nil, err
			}
		}
		if err := read(Numbers{Name: name, Metric: -1, Times: s.Times.Count}, series+name, from); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// readRow reads a row of a data set.
func readRow(file *h5.File, name string, row int) ([]float64, error) {
	set, err := file.OpenDataset(name)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	offset, count := block(row, 1, set.Shape())
	values := make([]float64, set.Len()/max(1, set.Shape()[0]))
	return values, set.Read(offset, count, values)
}
