package jobs

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"brainsweep/io/result"
	"brainsweep/philox"
)

// View is how a monitor sees the nodes: through sensors, or area by area. A channel is a weighted sum over the nodes.
type View struct {
	Dimension string      // of the result: sensor or area
	Labels    []string    // of the channels
	Weights   [][]float64 // of each channel, node by node as in Plan.Connectome
	Mean      bool        // sums are divided by the sum of their weights over the nodes that a subject has
	Reference string      // none, average, or the label of a channel: what is taken off all channels
	Noise     float64     // standard deviation of what the sensors add by themselves

	source map[string]string // files, as the job names them
}

// The references besides labels of channels.
const (
	ReferenceNone    = "none"
	ReferenceAverage = "average"
)

func (v *View) dim() *result.Dim {
	if v == nil {
		return nil
	}
	return &result.Dim{Name: v.Dimension, About: v.Dimension, Labels: v.Labels}
}

// see gives the samples of the channels for those of a subject's nodes. draw gives the standard normal number of a channel
// at a row. Sums are in double and in the order of the nodes. The reference is taken off before noise is added.
func (v *View) see(rows any, s *Subject, draw func(row, channel int) float64) any {
	nodes, channels := s.Nodes(), len(v.Labels)
	weights, total := make([]float64, channels*nodes), make([]float64, channels)
	for c, all := range v.Weights {
		for i := range nodes {
			weights[c*nodes+i] = all[s.at(i)]
			total[c] += all[s.at(i)]
		}
	}
	sample := make([]float64, channels)
	each := func(row int, node func(i int) float64) {
		for c := range sample {
			sum := 0.0
			for i := range nodes {
				// A node that is nothing to a channel is nothing to it when it is NaN, too. The conversion keeps
				// the product from being fused with the sum on some machines.
				if w := weights[c*nodes+i]; w != 0 {
					sum += float64(w * node(i))
				}
			}
			if v.Mean {
				sum /= total[c]
			}
			sample[c] = sum
		}
		v.refer(sample)
		if v.Noise != 0 {
			for c := range sample {
				sample[c] += float64(v.Noise * draw(row, c))
			}
		}
	}
	switch r := rows.(type) {
	case []float32:
		out := make([]float32, 0, len(r)/nodes*channels)
		for row := range len(r) / nodes {
			each(row, func(i int) float64 { return float64(r[row*nodes+i]) })
			for _, x := range sample {
				out = append(out, float32(x))
			}
		}
		return out
	case []float64:
		out := make([]float64, 0, len(r)/nodes*channels)
		for row := range len(r) / nodes {
			each(row, func(i int) float64 { return r[row*nodes+i] })
			out = append(out, sample...)
		}
		return out
	}
	return rows
}

// refer takes the reference off the channels of a sample.
func (v *View) refer(sample []float64) {
	reference := 0.0
	switch v.Reference {
	case "", ReferenceNone:
		return
	case ReferenceAverage:
		for _, x := range sample {
			reference += x
		}
		reference /= float64(len(sample))
	default:
		for c, label := range v.Labels {
			if label == v.Reference {
				reference = sample[c]
			}
		}
	}
	for c := range sample {
		sample[c] -= reference
	}
}

// observation keys the noise that sensors add to a quantity at a point: by the key of the point, the monitor and the
// quantity, so that no other record changes it.
func observation(point uint64, monitor, quantity string) [2]uint32 {
	h := sha256.New()
	h.Write([]byte("brainsweep observation 1\n"))
	h.Write(binary.LittleEndian.AppendUint64(nil, point))
	h.Write([]byte(monitor + "\x00" + quantity))
	sum := h.Sum(nil)
	return [2]uint32{binary.LittleEndian.Uint32(sum), binary.LittleEndian.Uint32(sum[4:])}
}

// observed is the standard normal number of a channel at a sample, counted from the start of the simulation.
func observed(key [2]uint32, sample int64, channel int) float64 {
	four := philox.Normal4(key, [4]uint32{uint32(sample), uint32(sample >> 32), uint32(channel / 4), 0})
	return four[channel%4]
}

// digest is of all that the view does to samples.
func (v *View) digest() []byte {
	h := sha256.New()
	for c, weights := range v.Weights {
		h.Write(append([]byte(v.Labels[c]), 0))
		h.Write(doubles(weights))
	}
	h.Write([]byte(v.Dimension + "\x00" + v.Reference + "\x00"))
	h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v.Noise)))
	if v.Mean {
		h.Write([]byte("mean"))
	}
	return h.Sum(nil)
}
