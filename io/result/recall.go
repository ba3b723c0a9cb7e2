package result

import (
	"fmt"
	"math"

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

// Distance is how far the numbers of a point are from those of a result.
type Distance struct {
	Variable string  // the one that is furthest
	Relative float64 // the largest difference of two numbers over the largest number of the variable at the point
	Bits     bool    // all numbers are the same to the bit
}

// Distance compares what a part holds of one place with what the result holds of a point: status, metrics, and series
// where both have them.
func (r *Result) Distance(path string, l *Layout, place, point int) (Distance, error) {
	d := Distance{Bits: true}
	file, err := h5.Open(path)
	if err != nil {
		return d, err
	}
	defer file.Close()
	held, err := CountPart(path, l.Basis)
	if err != nil {
		return d, err
	}
	row := place - held.First
	for _, name := range []string{"status", "fault_node", "fault_state", "fault_time"} {
		if err := r.compare(&d, file, "/points/"+name, "/points/"+name, row, point); err != nil {
			return d, err
		}
	}
	for _, m := range l.Metrics {
		name := m.group() + "/" + m.Name
		if err := r.compare(&d, file, name, name, row, point); err != nil {
			return d, err
		}
	}
	for _, s := range l.Series {
		name := "/" + s.Group + "/" + s.Name
		from, to := row, point
		if s.Keep.Best > 0 {
			if from, to, err = r.keptRows(file, s, place, point); err != nil {
				return d, err
			}
		}
		if from < 0 || to < 0 {
			continue
		}
		if err := r.compare(&d, file, "/series"+name, name, from, to); err != nil {
			return d, err
		}
	}
	return d, nil
}

// keptRows finds a point's rows of a series of the best points in a part and in the result, -1 where it has none.
func (r *Result) keptRows(part *h5.File, s Series, place, point int) (from, to int, err error) {
	kept, err := keptPlaces(part, s)
	if err != nil {
		return 0, 0, err
	}
	points, err := r.PointsOf(Variable{Path: "/" + s.Group + "/" + s.Name})
	return indexOf(kept, place), indexOf(points, point), err
}

func indexOf(list []int, want int) int {
	for i, v := range list {
		if v == want {
			return i
		}
	}
	return -1
}

// compare enters the difference of a row of a part's data set from a row of the result's.
func (r *Result) compare(d *Distance, part *h5.File, from, to string, row, at int) error {
	got, err := readRow(part, from, row)
	if err != nil {
		return err
	}
	want, err := readRow(r.file, to, at)
	if err != nil {
		return err
	}
	if len(got) != len(want) {
		return fmt.Errorf("%s has %d numbers of a point, not %d", to, len(want), len(got))
	}
	most, size := 0.0, 0.0
	for i := range got {
		d.Bits = d.Bits && (math.Float64bits(got[i]) == math.Float64bits(want[i]) || math.IsNaN(got[i]) && math.IsNaN(want[i]))
		if math.IsNaN(got[i]) != math.IsNaN(want[i]) {
			most = math.Inf(1)
		} else if !math.IsNaN(got[i]) {
			most, size = max(most, math.Abs(got[i]-want[i])), max(size, math.Abs(want[i]))
		}
	}
	if relative := most / max(size, math.SmallestNonzeroFloat64); most > 0 && relative > d.Relative {
		d.Relative, d.Variable = relative, to
	}
	return nil
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
