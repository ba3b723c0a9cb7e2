package result

import (
	"fmt"
	"math"
	"slices"

	"brainsweep/connectome"
	"brainsweep/io/h5"
)

// What has become of a subject, as /participants/status has it.
const (
	Simulated uint8 = 0
	Unusable  uint8 = 1
)

// writeConnectomes writes the connectomes of a cohort: matrices over subject, node and node2, one subject at a time.
func writeConnectomes(file *h5.File, l *Layout) error {
	f := &frame{file: file, layout: l, path: "/connectome", scales: map[string]*h5.Dataset{}}
	if err := file.Group(f.path); err != nil {
		return err
	}
	ids := make([]string, len(l.Subjects))
	for i, s := range l.Subjects {
		ids[i] = s.ID
	}
	for _, d := range []Dim{
		{Name: "subject", About: "subject", Labels: ids},
		{Name: "node", About: "region that receives", Labels: l.Connectome.Labels},
		{Name: "node2", About: "region that sends", Labels: l.Connectome.Labels},
		{Name: "axis", Labels: []string{"x", "y", "z"}},
	} {
		if err := f.dim(d); err != nil {
			return err
		}
	}
	n := l.Nodes()
	order := make([]int32, 0, n*len(ids))
	for _, s := range l.Subjects {
		order = append(order, s.order(n)...)
	}
	if err := f.matrix("order", "", "place of the region among the subject's own, or -1", h5.Int32, []string{"subject", "node"}, order); err != nil {
		return err
	}
	matrix := []string{"subject", "node", "node2"}
	for _, m := range []struct {
		name, unit, about string
		dims              []string
		width             int
		of                func(*connectome.Connectome) []float64
	}{
		{"weights", "", "strength of the connection from node2 to node", matrix, n, func(c *connectome.Connectome) []float64 { return c.Weights }},
		{"lengths", "mm", "length of the tract", matrix, n, func(c *connectome.Connectome) []float64 { return c.Lengths }},
		{"centres", "mm", "centre of the region", []string{"subject", "node", "axis"}, 3, func(c *connectome.Connectome) []float64 {
			flat := make([]float64, 0, 3*len(c.Centres))
			for _, p := range c.Centres {
				flat = append(flat, p[:]...)
			}
			return flat
		}},
	} {
		set, err := f.create(m.name, h5.Spec{Type: h5.Float64, Shape: []int{len(ids), n, m.width}, Chunk: []int{1, n, m.width}, Deflate: 1, Fill: math.NaN()})
		if err != nil {
			return err
		}
		for i, d := range m.dims {
			if err := set.Attach(i, f.scales[d]); err != nil {
				return err
			}
		}
		if err := f.describe(m.name, m.unit, m.about); err != nil {
			return err
		}
		for i, s := range l.Subjects {
			c, err := s.Connectome()
			if err != nil {
				return err
			}
			values := s.placed(m.of(c), n, m.width)
			if values == nil {
				continue
			}
			if err := set.Write([]int{i, 0, 0}, []int{1, n, m.width}, values); err != nil {
				return fmt.Errorf("%s of %s: %w", m.name, s.ID, err)
			}
		}
	}
	return nil
}

// order is the place of each of the layout's nodes among the subject's own, -1 where it has none.
func (s Subject) order(nodes int) []int32 {
	out := filled(nodes, int32(-1))
	for i := range nodes {
		if s.Place == nil {
			out[i] = int32(i)
		} else if i < len(s.Place) {
			out[s.Place[i]] = int32(i)
		}
	}
	return out
}

// placed puts a matrix of the subject's nodes, with columns of its nodes too where there are as many as in the layout, to
// the places of the layout's. What the subject has not is NaN; an empty matrix gives nil.
func (s Subject) placed(values []float64, nodes, width int) []float64 {
	if len(values) == 0 {
		return nil
	}
	if s.Place == nil {
		return values
	}
	columns := len(values) / len(s.Place)
	out := filled(nodes*width, math.NaN())
	for i, row := range s.Place {
		for j := range columns {
			column := j
			if width == nodes {
				column = s.Place[j]
			}
			out[row*width+column] = values[i*columns+j]
		}
	}
	return out
}

// writeParticipants writes what became of the subjects that were asked for: those simulated, then those that could not be,
// with the reason.
func writeParticipants(file *h5.File, l *Layout) error {
	if l.Subjects == nil {
		return nil
	}
	f := &frame{file: file, layout: l, path: "/participants", scales: map[string]*h5.Dataset{}}
	if err := file.Group(f.path); err != nil {
		return err
	}
	var ids, reasons []string
	var nodes []int64
	var status []uint8
	for _, s := range l.Subjects {
		count := l.Nodes()
		if s.Place != nil {
			count = len(s.Place)
		}
		ids, reasons, nodes, status = append(ids, s.ID), append(reasons, ""), append(nodes, int64(count)), append(status, Simulated)
	}
	for _, b := range l.Broken {
		ids, reasons, nodes, status = append(ids, b.ID), append(reasons, b.Reason), append(nodes, 0), append(status, Unusable)
	}
	if err := f.dim(Dim{Name: "subject", About: "subject", Labels: ids}); err != nil {
		return err
	}
	one := []string{"subject"}
	return inTurn(
		func() error {
			return f.matrix("status", "", "what became of the subject", h5.Uint8, one, status)
		},
		func() error {
			return f.matrix("reason", "", "why the subject could not be simulated", h5.String, one, reasons)
		},
		func() error { return f.matrix("nodes", "", "number of its nodes", h5.Int64, one, nodes) },
		func() error {
			return attributes(file, "/participants/status", Entry{"flag_values", []uint8{Simulated, Unusable}}, Entry{"flag_meanings", "simulated unusable"})
		})
}

// Participant is a subject that a job asked for. Reason says why it could not be simulated; of one that was it is "".
type Participant struct {
	ID     string
	Nodes  int
	Reason string
}

// Participants lists the subjects of a cohort; none where the job had one connectome.
func (r *Result) Participants() ([]Participant, error) {
	if !r.IsCohort() {
		return nil, nil
	}
	ids, err := r.Labels("/participants/subject")
	if err != nil {
		return nil, err
	}
	reasons, err := r.Labels("/participants/reason")
	if err != nil {
		return nil, err
	}
	nodes, err := r.Numbers("/participants/nodes")
	out := make([]Participant, len(ids))
	for i := range out {
		out[i] = Participant{ids[i], int(nodes[i]), reasons[i]}
	}
	return out, err
}

// ConnectomeOf reads back the connectome of a subject of a cohort as it entered the equations, its nodes in the subject's
// own order.
func (r *Result) ConnectomeOf(subject int) (*connectome.Connectome, error) {
	n := len(r.Nodes)
	row := func(name string, width int) ([]float64, error) {
		set, err := r.file.OpenDataset("/connectome/" + name)
		if err != nil {
			return nil, err
		}
		defer set.Close()
		values := make([]float64, n*width)
		offset, count := block(subject, 1, set.Shape())
		return values, set.Read(offset, count, values)
	}
	order, err := row("order", 1)
	if err != nil {
		return nil, err
	}
	c := &connectome.Connectome{}
	var place []int
	for own := 0; ; own++ {
		at := slices.Index(order, float64(own))
		if at < 0 {
			break
		}
		place = append(place, at)
		c.Labels = append(c.Labels, r.Nodes[at])
	}
	weights, err := row("weights", n)
	if err != nil {
		return nil, err
	}
	lengths, err := row("lengths", n)
	if err != nil {
		return nil, err
	}
	centres, err := row("centres", 3)
	if err != nil {
		return nil, err
	}
	for _, i := range place {
		for _, j := range place {
			c.Weights, c.Lengths = append(c.Weights, weights[i*n+j]), append(c.Lengths, lengths[i*n+j])
		}
		if at := centres[3*i : 3*i+3]; !math.IsNaN(at[0]) {
			c.Centres = append(c.Centres, [3]float64(at))
		}
	}
	return c, nil
}

// IsCohort tells whether the job had subjects rather than one connectome.
func (r *Result) IsCohort() bool { return r.file.Exists("/participants") }
