package metrics

import "math"

// Filter lets a band of two frequencies [Hz] of a signal through: by the Fourier transform of the whole series, which is
// ideal, or with smooth by Butterworth's filter of order 2, forwards and backwards so that nothing is delayed, with an odd
// extension of 15 samples at both ends, as scipy's sosfiltfilt. The mean goes. A node that has nothing but round-off in the band, or is constant, becomes 0 throughout; one that is not
// finite stays so.
func Filter(s *Signal, band []float64, smooth bool) *Signal {
	out := make([][]float64, s.N())
	for i := range out {
		out[i] = make([]float64, s.Len())
		if s.Bad[i] {
			copy(out[i], s.Node(i))
		}
	}
	nodes := s.livelyNodes()
	f := fft(nil)
	if len(nodes) > 0 && !smooth {
		f = newFFT(s.Len())
	}
	for len(nodes) > 0 {
		together := nodes[:1]
		if f != nil {
			together = nodes[:min(f.width(), len(nodes))]
		}
		x, size := make([][]float64, len(together)), make([]float64, len(together))
		for k, i := range together {
			x[k] = s.centred(nil, i)
			size[k] = max(s.Max[i]-s.Mean[i], s.Mean[i]-s.Min[i])
			for t := range x[k] { // of about the same size, since they share their rounding
				x[k][t] /= size[k]
			}
		}
		if smooth {
			filtfilt(x[0], x[0], butterworth(band[0], band[1], s.Rate), butterworthPad)
		} else {
			passBand(f, x, band, s.Rate)
		}
		for k, i := range together {
			largest := 0.0
			for t, v := range x[k] {
				out[i][t] = v * size[k]
				largest = max(largest, math.Abs(v))
			}
			if !(largest > roundOff) {
				clear(out[i])
			}
		}
		nodes = nodes[len(together):]
	}
	return NewSignal(s.Rate, out)
}

// passBand leaves in x what lies within a band, both ends in it.
func passBand(f fft, x [][]float64, band []float64, rate float64) {
	samples := len(x[0])
	f.load(x)
	f.transform()
	f.pass(bandGain(band, rate, samples))
	f.inverse()
	for k := range x {
		f.unload(x[k], k, 1/float64(samples))
	}
}

// bandGain is 1 within a band, 0 without.
func bandGain(band []float64, rate float64, samples int) func(frequency int) float64 {
	return func(f int) float64 {
		if at := float64(f) / float64(samples); at < band[0]/rate || at > band[1]/rate {
			return 0
		}
		return 1
	}
}

// Filtered is the input of the same metrics from what a filter lets through; it has a series, even where the input has none
// that metrics need. Numbers are in the unit of the report.
func (in *Input) Filtered(band []float64, smooth bool) *Input {
	s := Filter(in.Signal, band, smooth)
	sums := NewSeries(s.N(), true)
	sample := make([]float64, s.N())
	for t := range s.Len() {
		for i := range sample {
			sample[i] = s.Node(i)[t]
		}
		sums.Add(sample)
	}
	out := &Input{Moments: sums.Moments(), Signal: s, Rate: s.Rate, Unit: in.Unit, Weights: in.Weights, Lengths: in.Lengths, Config: in.Config, Targets: in.Targets}
	if Scale(in.Unit) != 1 {
		out.Unit = "Hz"
	}
	return out
}
