package sim

import (
	"fmt"

	"brainsweep/codegen"
	"brainsweep/metrics"
)

// moments reads the moments of a stream.
func (b *batch) moments(s int, st codegen.Stream, out []Outcome) error {
	number := 0
	count, _, _ := b.study.Samples(s)
	each := 0
	for _, q := range st.Quantities {
		if q.Moments {
			each++
		}
	}
	n := b.study.Nodes
	for q, quantity := range st.Quantities {
		if !quantity.Moments {
			continue
		}
		for p := range out {
			m := metrics.NewMoments(n, st.Pairs)
			m.Count = count
			at := p*each + number
			for name, dst := range map[string][]float64{"shift": m.Shift, "least": m.Min, "most": m.Max} {
				if err := b.readReals(fmt.Sprintf("%s%d", name, s), at*n, dst); err != nil {
					return err
				}
			}
			if err := b.readDoubles(fmt.Sprintf("offset%d", s), at*n, m.Offset); err != nil {
				return err
			}
			if err := b.products(m, fmt.Sprintf("product%d", s), at); err != nil {
				return err
			}
			out[p].Moments[[2]int{s, q}] = m
		}
		number++
	}
	return nil
}

// products reads the sums of squares, and of products where there are any, of the moments with number at.
func (b *batch) products(m *metrics.Moments, name string, at int) error {
	n := m.N()
	if m.Products == nil {
		return b.readDoubles(name, at*n, m.Squares)
	}
	kept := make([]float64, codegen.Products(n))
	if err := b.readDoubles(name, at*len(kept), kept); err != nil {
		return err
	}
	pair := 0
	for i := range n {
		row := codegen.ProductsOf(n, i)
		m.Squares[i] = kept[row+i]
		pair += copy(m.Products[pair:], kept[row+i+1:row+n])
	}
	return nil
}

// readReals reads numbers of the study's precision.
func (b *batch) readReals(name string, at int, dst []float64) error {
	size := b.kernel.Size(codegen.Real)
	raw := make([]byte, size*len(dst))
	if err := b.buffers[name].Read(size*at, raw); err != nil {
		return err
	}
	if size == 8 {
		copy(dst, floats(raw))
		return nil
	}
	for i, x := range view[float32](raw) {
		dst[i] = float64(x)
	}
	return nil
}

func (b *batch) readDoubles(name string, at int, dst []float64) error {
	raw := make([]byte, 8*len(dst))
	if err := b.buffers[name].Read(8*at, raw); err != nil {
		return err
	}
	copy(dst, floats(raw))
	return nil
}
