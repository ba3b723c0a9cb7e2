package sim

import (
	"fmt"

	"brainsweep/codegen"
	"brainsweep/device"
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
	size := codegen.Products(n)
	raw, err := b.bytes(name, 8*at*size, 8*size)
	if err != nil {
		return err
	}
	kept, pair := view[float64](raw), 0
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
	if size == 8 {
		return b.readDoubles(name, at, dst)
	}
	raw, err := b.bytes(name, size*at, size*len(dst))
	if err != nil {
		return err
	}
	for i, x := range view[float32](raw) {
		dst[i] = float64(x)
	}
	return nil
}

func (b *batch) readDoubles(name string, at int, dst []float64) error {
	return b.buffers[name].Read(8*at, raw(dst))
}

// bytes are those of a buffer from one on: the memory itself, if the host sees it, else a copy.
func (b *batch) bytes(name string, from, count int) ([]byte, error) {
	if v, ok := b.buffers[name].(device.Visible); ok {
		return v.Bytes()[from : from+count], nil
	}
	out := make([]byte, count)
	return out, b.buffers[name].Read(from, out)
}
