package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
)

// naming prepares what the names of a plan's points are made of: text, in which only the bits of the swept values
// change from point to point.
//
// A point's name is the SHA-256 of, in this order,
//
//	"brainsweep point 2" and a line end
//	the model: its digest, see model.Model.Digest
//	the coupling: its name and its formulas
//	of each stimulus: its name, its formula and the states that it drives
//	the connectome: its digest (weights and tract lengths after normalisation, before lesions)
//	of each lesion: the subject's nodes whose connections it scales
//	the step [ms]
//	in the order of their addresses, every parameter of the model, coupling.*, connectome.*, noise.*, clamp.*,
//	stimulus.* and initial.*:
//	the address and
//	- of one value for all nodes: 1 and the value
//	- of one value for each node: their number and the SHA-256 of the values, or of the map that they follow, whose scale
//	  and offset have addresses of their own
//	- of a drawn initial state: 0 and the two ends of the range
//
// Texts are followed by a zero byte, numbers are the 8 bytes of the IEEE 754 double, least first, counts 8 bytes too.
// What does not enter: precision, scheme, duration, transient, monitors, metrics, the point's number, the sweep around
// it, and the seed, which keys the random numbers beside the name.
type naming struct {
	text  []byte
	place []int // in text, of the value of each axis; -1 for run.seed
}

func newNaming(p *Plan, number int) naming {
	subject := &p.Subjects[number]
	text := func(b []byte, s string) []byte { return append(append(b, s...), 0) }
	count := binary.LittleEndian.AppendUint64

	b := []byte("brainsweep point 2\n")
	b = text(b, p.Model.Digest())
	b = text(text(text(b, p.Coupling.Name), p.Coupling.Pre), p.Coupling.Post)
	for _, s := range p.Stimuli {
		b = text(text(text(b, "stimulus "+s.Name), s.Pattern.Text), strings.Join(s.Into, " "))
	}
	b = text(b, subject.Digest)
	for _, l := range p.Lesions {
		b = text(b, "lesion "+subject.lesionText(l))
	}
	b = append(b, doubles([]float64{p.Run.Step})...)
	entries := slices.Clone(p.Settings)
	drawn := map[string]bool{}
	for _, s := range p.Model.States {
		if address := "initial." + s.Name; p.Setting(address) == nil {
			entries = append(entries, Setting{Address: address, Values: []float64{s.Low, s.High}})
			drawn[address] = true
		}
	}
	slices.SortFunc(entries, func(a, b Setting) int { return strings.Compare(a.Address, b.Address) })
	n := naming{place: make([]int, len(p.Sweep.Axes))}
	for k := range n.place {
		n.place[k] = -1
	}
	for _, e := range entries {
		b = text(b, e.Address)
		values := doubles(e.Values)
		switch {
		case drawn[e.Address]:
			b = count(b, 0)
		case len(e.Values) > 1:
			var own []float64
			if e.Map != nil {
				own = e.Map.each[number]
			} else {
				own = subject.own(e.Values)
			}
			sum := sha256.Sum256(doubles(own))
			b, values = count(b, uint64(len(own))), sum[:]
		default:
			b = count(b, 1)
		}
		if k, ok := p.axes[e.Address]; ok {
			n.place[k] = len(b)
		}
		b = append(b, values...)
	}
	n.text = b
	return n
}
