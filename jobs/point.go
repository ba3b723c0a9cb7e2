package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"

	"brainsweep/codegen"
	"brainsweep/model"
	"brainsweep/philox"
)

// Point is one parameter set of a plan.
type Point struct {
	Number  int       // its place among the plan's points
	Subject int       // its place among the plan's subjects
	Values  []float64 // of the sweep's axes
	turn    int       // which of a cohort's seeds it has, from 0
	plan    *Plan
}

// Point returns point i of the plan: subject after subject, for each the sweep, and each of its points with one seed
// after the other.
func (p *Plan) Point(i int) Point {
	each, seeds := p.perSubject(), p.seeds()
	return Point{Number: i, Subject: i / each, Values: p.Sweep.Point(i%each/seeds, nil), turn: i % seeds, plan: p}
}

// Value gives the number at an address: a parameter by its bare name, coupling.a, connectome.speed, noise.ou,
// bold.tau_s, and codegen.StepAddress. Of what is given node by node it is the first node's. An unknown address panics.
func (pt Point) Value(address string) float64 { return pt.NodeValue(address, 0) }

// NodeValue gives the number at an address for one node.
func (pt Point) NodeValue(address string, node int) float64 {
	if k, ok := pt.plan.axes[address]; ok {
		return pt.Values[k]
	}
	if s := pt.plan.Setting(address); s != nil {
		if s.Map != nil {
			return pt.Value(mapAddress(address, "scale"))*s.Map.each[pt.Subject][node] + pt.Value(mapAddress(address, "offset"))
		}
		if len(s.Values) > 1 {
			node = pt.plan.Subjects[pt.Subject].at(node)
		}
		return s.Values[min(node, len(s.Values)-1)]
	}
	if address == codegen.StepAddress {
		return pt.plan.Run.Step
	}
	if s := pt.plan.boldSetting(address); s != nil {
		return s.Values[0]
	}
	panic("jobs: no quantity " + address)
}

// Seed is the seed of the point's random numbers.
func (pt Point) Seed() uint64 {
	if k, ok := pt.plan.axes[seedAddress]; ok {
		return uint64(pt.Values[k])
	}
	return pt.plan.Run.Seed + uint64(pt.turn)
}

// Name is the point's name: a digest, in hexadecimal, of every value that enters its equations. See naming.
func (pt Point) Name() string {
	sum := pt.digest()
	return hex.EncodeToString(sum[:])
}

// Key keys the point's random numbers: those of its noise and of its drawn initial state. It is made of the seed and,
// where noise is independent, of the subject's ID and the point's name; so a point has the same draws in any sweep and
// at any place in it, and a subject whichever others are with it.
func (pt Point) Key() uint64 {
	h := sha256.New()
	h.Write([]byte("brainsweep noise 1\n"))
	h.Write(binary.LittleEndian.AppendUint64(nil, pt.Seed()))
	if pt.plan.Run.Noise == NoiseIndependent {
		name := pt.digest()
		h.Write(name[:])
		h.Write([]byte(pt.plan.Subjects[pt.Subject].ID))
	}
	return binary.LittleEndian.Uint64(h.Sum(nil))
}

// Initial gives the state at the start, [state][node]: the settings initial.<state>, and for the other states uniform
// draws from the model's range, keyed by Key, node and state. What is clamped starts at its clamp.
func (pt Point) Initial() []float64 {
	n, key := pt.plan.Subjects[pt.Subject].Nodes(), pt.Key()
	out := make([]float64, 0, n*len(pt.plan.Model.States))
	for j, s := range pt.plan.Model.States {
		address := "initial." + s.Name
		if pt.plan.Setting(clampOf(s)) != nil {
			address = clampOf(s)
		}
		drawn := pt.plan.Setting(address) == nil
		for i := range n {
			if drawn {
				out = append(out, draw(key, i, j, s))
			} else {
				out = append(out, pt.NodeValue(address, i))
			}
		}
	}
	return out
}

// draw is a state's drawn initial value at a node. The last two words of the counter are the number of a step that no
// simulation reaches.
func draw(key uint64, node, state int, s model.State) float64 {
	u := philox.Uniform4([2]uint32{uint32(key), uint32(key >> 32)}, [4]uint32{uint32(node), uint32(state), math.MaxUint32, math.MaxUint32})
	return min(max(s.Low+float64(u[0]*(s.High-s.Low)), s.Low), s.High)
}

// digest is the point's name as bytes.
func (pt Point) digest() [sha256.Size]byte {
	n := pt.plan.names[pt.Subject]
	b := append(make([]byte, 0, len(n.text)), n.text...)
	for k, place := range n.place {
		if place >= 0 {
			binary.LittleEndian.PutUint64(b[place:], math.Float64bits(pt.Values[k]+0))
		}
	}
	return sha256.Sum256(b)
}
