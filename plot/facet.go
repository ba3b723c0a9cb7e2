package plot

import (
	"math"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"brainsweep/io/result"
)

// How many maps stand side by side, and how many there are at most.
const abreast, mostPanels = 3, 12

// drawFacets draws a map for each value of a third axis, all with the same colours for the same values.
func drawFacets(v result.Variable, title string, x, y, third Axis, values []float64) (*Figure, error) {
	n := len(third.Values)
	if n > mostPanels {
		return nil, missing("%s has %d values, and there is room for %d maps; hold it with --at", third.Address, n, mostPanels)
	}
	nx, ny := len(x.Values), len(y.Values)
	var maps []*cells
	var all []float64
	for i := range n {
		m := &cells{columns: nx, rows: ny, colours: Viridis()}
		here := slices.Clone(values)
		for point := range here {
			if third.Of[point] != i {
				here[point] = math.NaN()
			}
		}
		m.values = average(here, func(point int) int { return y.Of[point]*nx + x.Of[point] }, nx*ny)
		maps, all = append(maps, m), append(all, m.values...)
	}
	f := newFigure(v.Address()+".by."+third.Address, title, "", "")
	f.width = 2*column + 10*vg.Millimeter
	f.height = vg.Length((n+abreast-1)/abreast)*58*vg.Millimeter + 14*vg.Millimeter
	f.plot.Title.Text = wrap(title, 2*letters)
	limits := reach(all)
	for i, m := range maps {
		m.limits = limits
		p := newPlot(x.Label(), y.Label())
		p.Title.Text = strings.TrimSpace(third.Address + " = " + third.Text(i) + " " + third.Unit)
		p.Title.TextStyle.Font = sans(large)
		p.Title.Padding = 2
		p.Add(m)
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(nx)-0.5, -0.5, float64(ny)-0.5
		p.X.Tick.Marker, p.Y.Tick.Marker = gonum.ConstantTicks(x.ticks()), gonum.ConstantTicks(y.ticks())
		f.panels = append(f.panels, p)
	}
	f.addBar(Viridis(), limits, withUnit(v.Address(), v.Unit))
	return f, nil
}

// drawPanels draws the plots row by row, and the colour bar beside the first row.
func (f *Figure) drawPanels(c draw.Canvas) {
	rows := (len(f.panels) + abreast - 1) / abreast
	columns := min(abreast, len(f.panels))
	wide, tall := (c.Max.X-c.Min.X)/vg.Length(columns), (c.Max.Y-c.Min.Y)/vg.Length(rows)
	for i, p := range f.panels {
		left, top := c.Min.X+vg.Length(i%abreast)*wide, c.Max.Y-vg.Length(i/abreast)*tall
		panel := draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{Min: vg.Point{X: left, Y: top - tall + 4}, Max: vg.Point{X: left + wide - 4, Y: top}}}
		p.Draw(panel)
		if i == 0 && f.beside != nil {
			data := p.DataCanvas(panel)
			f.beside(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
				Min: vg.Point{X: c.Max.X + 6, Y: data.Min.Y}, Max: vg.Point{X: c.Max.X + f.besideWidth, Y: data.Max.Y},
			}})
		}
	}
}
