package plot

import (
	"fmt"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"brainsweep/io/result"
)

// columns is how many stretches of time a carpet has at most.
const columns = 600

// drawCarpet draws a point's series as colours: a row for each region, the first at the top, over time.
func drawCarpet(r *result.Result, o Options) (*Figure, error) {
	t, err := take(r, o, "series with a value for each region", func(v result.Variable) bool {
		return v.IsSeries() && len(v.Shape) == 3
	})
	if err != nil {
		return nil, err
	}
	v, values := t.Variable, t.values
	times, err := r.Numbers(v.Coordinates("time"))
	if err != nil {
		return nil, err
	}
	labels, err := r.Labels(v.Coordinates(v.Dims[2]))
	if err != nil {
		return nil, err
	}
	m := weave(values, v.Shape[2])
	m.limits = reach(m.values)
	f := newFigure(fmt.Sprintf("%s.point%d.carpet", v.Address(), t.point), fmt.Sprintf("%s; %s", about(v), t.where), "time [s]", v.Dims[2])
	f.height = 75 * vg.Millimeter
	m.add(f, withUnit(v.Address(), v.Unit))
	f.plot.X.Tick.Marker = m.timeTicks(times)
	var down []gonum.Tick
	every := max(1, (m.rows+9)/10)
	for i := 0; i < m.rows; i += every {
		down = append(down, gonum.Tick{Value: float64(m.rows - 1 - i), Label: labels[i]})
	}
	f.plot.Y.Tick.Marker = gonum.ConstantTicks(down)
	return f, nil
}

// weave makes cells of a series, samples times nodes: the mean of each node over stretches of equally many samples.
func weave(values []float64, nodes int) *cells {
	samples := len(values) / nodes
	every := max(1, (samples+columns-1)/columns)
	m := &cells{columns: (samples + every - 1) / every, rows: nodes, colours: Viridis()}
	m.values = make([]float64, m.columns*m.rows)
	for column := range m.columns {
		first, last := column*every, min(samples, (column+1)*every)
		for node := range nodes {
			sum := 0.0
			for k := first; k < last; k++ {
				sum += values[k*nodes+node]
			}
			m.values[(nodes-1-node)*m.columns+column] = sum / float64(last-first)
		}
	}
	return m
}

// timeTicks puts round times t.where their columns are.
func (m *cells) timeTicks(times []float64) gonum.Ticker {
	if len(times) < 2 {
		return gonum.ConstantTicks(nil)
	}
	span := times[len(times)-1] - times[0]
	var ticks []gonum.Tick
	for _, t := range (roundTicks{}).Ticks(times[0], times[len(times)-1]) {
		t.Value = (t.Value-times[0])/span*float64(m.columns) - 0.5
		if !math.IsNaN(t.Value) {
			ticks = append(ticks, t)
		}
	}
	return gonum.ConstantTicks(ticks)
}
