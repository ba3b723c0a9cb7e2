package plot

import (
	"image"
	"image/color"
	"math"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// cells is a rectangle of values as colours: columns times rows, row by row from below, centred on whole numbers.
type cells struct {
	columns, rows int
	values        []float64
	limits        [2]float64
	colours       Colours
}

// rectangles is how many cells are drawn one by one; more become an image.
const rectangles = 10000

func (m *cells) colour(i int) color.RGBA { return m.colours.At(share(m.values[i], m.limits)) }

// share is where v lies between the limits, from 0 to 1. Where there is one value only, it lies in the middle.
func share(v float64, limits [2]float64) float64 {
	if limits[0] == limits[1] && !math.IsNaN(v) {
		return 0.5
	}
	return (v - limits[0]) / (limits[1] - limits[0])
}

// Plot draws the cells. It makes cells a gonum Plotter.
func (m *cells) Plot(c draw.Canvas, p *gonum.Plot) {
	x, y := p.Transforms(&c)
	if len(m.values) > rectangles {
		corner := vg.Rectangle{Min: vg.Point{X: x(-0.5), Y: y(-0.5)}, Max: vg.Point{X: x(float64(m.columns) - 0.5), Y: y(float64(m.rows) - 0.5)}}
		c.DrawImage(corner, m.image())
		return
	}
	// Cells reach a little under their right and upper neighbours, or thin lines would shine through.
	const under = 0.3
	for i := range m.values {
		column, row := float64(i%m.columns), float64(i/m.columns)
		left, below, right, above := x(column-0.5), y(row-0.5), x(column+0.5), y(row+0.5)
		if i%m.columns < m.columns-1 {
			right += under
		}
		if i/m.columns < m.rows-1 {
			above += under
		}
		c.FillPolygon(m.colour(i), []vg.Point{{X: left, Y: below}, {X: right, Y: below}, {X: right, Y: above}, {X: left, Y: above}})
	}
}

// image has a whole number of dots for each cell, so that enlarging it blurs none.
func (m *cells) image() image.Image {
	dots := max(1, 1200/max(m.columns, m.rows))
	picture := image.NewRGBA(image.Rect(0, 0, dots*m.columns, dots*m.rows))
	for py := range dots * m.rows {
		for px := range dots * m.columns {
			picture.SetRGBA(px, py, m.colour((m.rows-1-py/dots)*m.columns+px/dots))
		}
	}
	return picture
}

// add puts the cells into a figure and their colour bar beside it.
func (m *cells) add(f *Figure, label string) {
	f.plot.Add(m)
	f.plot.X.Min, f.plot.X.Max = -0.5, float64(m.columns)-0.5
	f.plot.Y.Min, f.plot.Y.Max = -0.5, float64(m.rows)-0.5
	f.addBar(m.colours, m.limits, label)
}

// addBar draws a colour bar with ticks on its right and its label along them.
func (f *Figure) addBar(colours Colours, limits [2]float64, label string) {
	const strips, width = 128, 8
	ticks := barTicks(limits)
	style := f.style()
	widest := vg.Length(0)
	for _, t := range ticks {
		widest = max(widest, style.Width(t.Label))
	}
	f.besideWidth = 6 + width + 4 + widest + 14
	f.beside = func(c draw.Canvas) {
		height := c.Max.Y - c.Min.Y
		for i := range strips {
			from := c.Min.Y + height*vg.Length(i)/strips
			to := min(c.Max.Y, from+height/strips+0.3)
			c.FillPolygon(colours.At((float64(i)+0.5)/strips), []vg.Point{{X: c.Min.X, Y: from}, {X: c.Min.X + width, Y: from}, {X: c.Min.X + width, Y: to}, {X: c.Min.X, Y: to}})
		}
		for _, t := range ticks {
			at := c.Min.Y + height*vg.Length(share(t.Value, limits))
			c.StrokeLine2(draw.LineStyle{Color: color.Black, Width: 0.5}, c.Min.X+width, at, c.Min.X+width+2, at)
			c.FillText(style, vg.Point{X: c.Min.X + width + 4, Y: at}, t.Label)
		}
		turned := style
		turned.Font = sans(large)
		turned.Rotation = math.Pi / 2
		turned.XAlign, turned.YAlign = draw.XCenter, draw.YTop
		c.FillText(turned, vg.Point{X: c.Min.X + width + 6 + widest, Y: (c.Min.Y + c.Max.Y) / 2}, label)
	}
}

// barTicks are the labelled ticks within the limits.
func barTicks(limits [2]float64) []gonum.Tick {
	if limits[0] == limits[1] {
		return []gonum.Tick{{Value: limits[0], Label: short(limits[0])}}
	}
	var labelled []gonum.Tick
	for _, t := range (roundTicks{}).Ticks(limits[0], limits[1]) {
		if t.Label != "" && t.Value >= limits[0] && t.Value <= limits[1] {
			labelled = append(labelled, t)
		}
	}
	return labelled
}

// reach gives the least and the greatest of the values that are numbers; 0 and 1 where there is none.
func reach(values []float64) [2]float64 {
	limits := [2]float64{math.Inf(1), math.Inf(-1)}
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			limits = [2]float64{min(limits[0], v), max(limits[1], v)}
		}
	}
	if limits[0] > limits[1] {
		return [2]float64{0, 1}
	}
	return limits
}
