package sim

import (
	"fmt"
	"math/rand/v2"

	"brainsweep/codegen"
)

// Nudge has a run make roundings besides its own: between any two epochs every number of the states of all points, and of
// the BOLD models that they drive, goes up or down by as much as so many roundings in its own precision, as draws say. What
// comes out tells how far other machines, which round otherwise, may be away.
type Nudge struct {
	Roundings float64
	Seed      uint64 // of the draws
}

// The distances from 1 to the next number.
const (
	epsilonSingle = 1.0 / (1 << 23)
	epsilonDouble = 1.0 / (1 << 52)
)

// nudge moves the states after so many steps. What is 0 stays 0.
func (b *batch) nudge(n *Nudge, done int64) error {
	draws := rand.New(rand.NewPCG(n.Seed, uint64(done)))
	names := []string{"state"}
	for s, st := range b.study.Streams {
		if st.Kind == codegen.Balloon {
			names = append(names, fmt.Sprintf("state%d", s))
		}
	}
	for _, name := range names {
		buffer := b.buffers[name]
		content := make([]byte, buffer.Size())
		if err := buffer.Read(0, content); err != nil {
			return err
		}
		if name == "state" && b.study.Precision == 32 {
			moved(view[float32](content), n.Roundings*epsilonSingle, draws)
		} else {
			moved(view[float64](content), n.Roundings*epsilonDouble, draws)
		}
		if err := buffer.Write(0, content); err != nil {
			return err
		}
	}
	return nil
}

// moved changes each number by at most a share of itself.
func moved[T float32 | float64](x []T, share float64, draws *rand.Rand) {
	for i := range x {
		x[i] += T(float64(x[i]) * share * (2*draws.Float64() - 1))
	}
}
