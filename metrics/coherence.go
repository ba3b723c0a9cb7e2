package metrics

import "math"

// coherenceGroup is the group "coherence": linear dependence of two nodes by frequency.
//
//	C_xy(f) = |P_xy|² / (P_xx P_yy),  P_xy = mean over segments of conj(X) Y, segments as in Spectra
//
// A band's value is the plain mean over its bins, both ends in. NaN where there is one segment (it would be 1 throughout).
// Carter 1987 (Proc IEEE 75:236).
func coherenceGroup() Group {
	g := Group{
		Name: "coherence", About: "linear dependence of two nodes by frequency",
		Options: []Option{{Name: "segment", Kind: KindTime, Default: []float64{1}, Min: math.SmallestNonzeroFloat64, Max: math.Inf(1),
			About: "length of Welch's segments, which overlap by half"}},
		Least: func(s Setup) Need {
			n := s.segmentLength("coherence.segment")
			return Need{2*n - n/2, "two segments of " + seconds(s.Config.number("coherence.segment"))}
		},
	}
	for b, band := range Bands() {
		g.Metrics = append(g.Metrics,
			Metric{Name: "coherence_" + band.Name, Shape: PerPair, Signal: true, About: "coherence, " + band.Name + " band",
				Compute: func(dst []float64, in *Input) { copy(dst, in.coherence()[b]) }},
			Metric{Name: "coherence_" + band.Name + "_mean", Shape: PerPoint, Signal: true, About: "mean over pairs of coherence_" + band.Name,
				Compute: func(dst []float64, in *Input) { dst[0] = mean(upper(in.coherence()[b], in.Signal.N())) }})
	}
	return g
}

// coherence is the coherence of every band, n*n, with NaN on the diagonal.
func (in *Input) coherence() [][]float64 {
	return once(in, "coherence", func() [][]float64 {
		top := Bands()[len(Bands())-1].Top
		n := in.setup().segmentLength("coherence.segment")
		keep := 1 + int(top*float64(n)/in.Signal.Rate)
		return BandCoherence(Welch(in.Signal, n, keep), Bands())
	})
}

// BandCoherence is the mean coherence of each band for every two nodes, n*n with NaN on the diagonal.
func BandCoherence(sp *Spectra, bands []Band) [][]float64 {
	n := len(sp.Power)
	out, bins := make([][]float64, len(bands)), make([]float64, len(bands))
	for b := range out {
		out[b] = make([]float64, n*n)
	}
	for f := range sp.Coefficient[0] {
		c := BinCoherence(sp, f)
		for b, band := range bands {
			if sp.Frequency[f] < band.Low || sp.Frequency[f] > band.Top {
				continue
			}
			bins[b]++
			for k, v := range c {
				out[b][k] += v
			}
		}
	}
	for b := range out {
		for i := range n {
			for j := range n {
				out[b][i*n+j] /= bins[b]
			}
			out[b][i*n+i] = math.NaN()
		}
	}
	return out
}

// BinCoherence is the coherence of one bin for every two nodes, n*n, 1 on the diagonal.
func BinCoherence(sp *Spectra, f int) []float64 {
	n, k := len(sp.Power), sp.Segments
	out := make([]float64, n*n)
	if k < 2 {
		return nans(n * n)
	}
	rows := make([][]float64, 2*n)
	for i := range n {
		rows[i], rows[n+i] = sp.Coefficient[i][f][:k], sp.Coefficient[i][f][k:]
	}
	m := 2 * n
	g := make([]float64, m*m)
	gram(g, rows)
	at := func(i, j int) float64 { return g[min(i, j)*m+max(i, j)] }
	power := make([]float64, n)
	for i := range n {
		power[i] = g[i*m+i] + g[(n+i)*m+n+i]
		if power[i] == 0 || math.IsNaN(sp.Power[i][0]) {
			power[i] = math.NaN()
		}
		out[i*n+i] = power[i] / power[i]
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			re := at(i, j) + at(n+i, n+j)
			im := at(i, n+j) - at(n+i, j)
			c := (re*re + im*im) / (power[i] * power[j])
			out[i*n+j], out[j*n+i] = c, c
		}
	}
	return out
}
