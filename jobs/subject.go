package jobs

import (
	"fmt"
	"math"
	"slices"

	"brainsweep/connectome"
	"brainsweep/metrics"
	"brainsweep/partition"
)

// Subject is one of the brains that a plan simulates, as it enters the equations. Its matrices are read where they are
// needed, see Plan.ConnectomeOf.
type Subject struct {
	ID      string   // as the data set has it, such as sub-01 or sub-01_ses-2; "" where there is no cohort
	Source  string   // a file or a folder
	Labels  []string // of its nodes
	Centres [][3]float64
	Digest  string  // of its connectome, see connectome.Connectome.Digest
	Longest float64 // of its tracts [mm]
	Reach   float64 // sum over its nodes of the longest tract of a connection from there [mm]
	Edges   int     // weights other than 0

	place  []int          // of each of its nodes among those of the plan; nil where they are the same
	config metrics.Config // of its metrics; nil where it is the plan's
}

// Nodes is the number of the subject's nodes.
func (s *Subject) Nodes() int { return len(s.Labels) }

// at is the place among the plan's nodes of one of the subject's.
func (s *Subject) at(node int) int {
	if s.place == nil {
		return node
	}
	return s.place[node]
}

// wiringBytes is about what the subject's wiring takes in memory, with the connectome that it is made of: here and on
// the device no number is larger than 8 bytes.
func (s *Subject) wiringBytes() int64 {
	return 16*int64(s.Edges) + 16*int64(s.Nodes())*int64(s.Nodes()) + 28*int64(s.Nodes())
}

// own picks the subject's numbers out of those of all nodes of the plan; one number is for all nodes.
func (s *Subject) own(values []float64) []float64 {
	if s.place == nil || len(values) <= 1 {
		return values
	}
	out := make([]float64, len(s.place))
	for i, k := range s.place {
		out[i] = values[k]
	}
	return out
}

// newSubject describes a connectome as it enters the equations.
func newSubject(id string, c *connectome.Connectome) Subject {
	s := Subject{ID: id, Source: c.Source, Labels: c.Labels, Centres: c.Centres, Digest: c.Digest(), Longest: slices.Max(c.Lengths)}
	n := c.N()
	reach := make([]float64, n)
	for at, w := range c.Weights {
		if w != 0 {
			s.Edges++
			reach[at%n] = max(reach[at%n], c.Lengths[at])
		}
	}
	for _, length := range reach {
		s.Reach += length
	}
	return s
}

// places is how many a ring of the subject's wiring has, about (sim.Wiring.Horizon): a delay is rounded by half a step.
func (s *Subject) places(speed, step float64) int {
	return int(min(s.Reach/speed/step, math.MaxInt32)) + 3*s.Nodes()
}

// treat makes a connectome as it enters the equations: diagonal and normalisation done.
func (p *Plan) treat(c *connectome.Connectome) (*connectome.Connectome, error) {
	if p.Diagonal == "zero" {
		c = c.ZeroDiagonal()
	}
	return c.Normalise(p.Normalise)
}

// ConnectomeOf returns the connectome of one of the plan's subjects as it enters the equations. Of a cohort it may be
// read for that; the error says that it is not the one that the plan was made with.
func (p *Plan) ConnectomeOf(subject int) (*connectome.Connectome, error) {
	if p.shelf == nil {
		return p.Connectome, nil
	}
	s := &p.Subjects[subject]
	c, err := p.shelf.get(s.ID)
	if err == nil && !p.shelf.used {
		c, err = p.treat(c)
	}
	if err != nil {
		return nil, fmt.Errorf("subject %s: %w", s.ID, err)
	}
	if c.Digest() != s.Digest {
		return nil, fmt.Errorf("subject %s: %s was changed while the job was at work", s.ID, s.Source)
	}
	return c, nil
}

// subject is that of the point in a place.
func (s *setup) subject(place int) *Subject {
	return &s.plan.Subjects[s.layout.Number(place)/s.plan.perSubject()]
}

// stretch is the next place that may have another subject.
func (s *setup) stretch(place int) int {
	if s.layout.Order != nil {
		return place + 1
	}
	each := s.plan.perSubject()
	return (place/each + 1) * each
}

// nodeSteps is the work that the points in the places first, ..., first+count-1 take in all.
func (s *setup) nodeSteps(first, count int) float64 {
	total := 0.0
	for i := first; i < first+count; {
		next := min(s.stretch(i), first+count)
		total += float64(s.plan.Run.Steps()) * float64(s.subject(i).Nodes()) * float64(next-i)
		i = next
	}
	return total
}

// nodeStepsOf is the same for the points of batches.
func (s *setup) nodeStepsOf(batches []partition.Batch) float64 {
	total := 0.0
	for _, b := range batches {
		total += s.nodeSteps(b.First, b.Count)
	}
	return total
}

// bySize divides ranges of places where the number of nodes changes.
func (s *setup) bySize(ranges []partition.Batch) []partition.Batch {
	var out []partition.Batch
	for _, r := range ranges {
		for first := r.First; first < r.End(); {
			next := first
			for nodes := s.subject(first).Nodes(); next < r.End() && s.subject(next).Nodes() == nodes; {
				next = min(s.stretch(next), r.End())
			}
			out = append(out, partition.Batch{First: first, Count: next - first})
			first = next
		}
	}
	return out
}

// longest is the length of the longest tract of all subjects [mm].
func (p *Plan) longest() float64 {
	longest := 0.0
	for i := range p.Subjects {
		longest = max(longest, p.Subjects[i].Longest)
	}
	return longest
}
