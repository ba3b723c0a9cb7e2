// Package plot draws results for people: maps and curves of a metric over a sweep, matrices, series and spectra of a
// point, as PNG, SVG or PDF at the width of a journal's column.
//
// Draw makes one Figure of what Options ask for, Overview one of each kind that a result has something for.
package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"

	"brainsweep/fault"
)

// Lengths on the page. A journal's column is 85 mm wide.
const (
	column  = 85 * vg.Millimeter
	large   = font.Length(8) // of text [pt]
	small   = font.Length(7)
	perInch = 300 // dots of a PNG
)

// Figure is a picture, ready to be saved.
type Figure struct {
	Name  string // a word for its file
	Title string // what it shows, with what is fixed and what is averaged

	width, height vg.Length
	plot          *gonum.Plot
	beside        func(c draw.Canvas) // draws to the right of the data, between the same heights
	besideWidth   vg.Length
	panels        []*gonum.Plot // several plots side by side instead of the one
}

// newFigure has axes with labels, and the title in lines that fit.
func newFigure(name, title, x, y string) *Figure {
	f := &Figure{Name: name, Title: title, width: column, height: 70 * vg.Millimeter, plot: newPlot(x, y)}
	f.plot.Title.Text = wrap(title, letters)
	return f
}

// letters is how many letters a line of a title has, in a figure as wide as a column.
const letters = 56

func newPlot(x, y string) *gonum.Plot {
	p := gonum.New()
	p.Title.TextStyle.Font = sans(large)
	p.Title.Padding = 4
	for axis, label := range map[*gonum.Axis]string{&p.X: x, &p.Y: y} {
		axis.Label.Text = label
		axis.Label.TextStyle.Font = sans(large)
		axis.Label.Padding = 2
		axis.Tick.Label.Font = sans(small)
		axis.Tick.Length = 3
		axis.Tick.Marker = roundTicks{}
		axis.LineStyle.Width = 0.5
		axis.Tick.LineStyle.Width = 0.5
		axis.Padding = 0
	}
	return p
}

func sans(size font.Length) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
}

// style is how text beside the data looks: its left end, at mid height.
func (f *Figure) style() text.Style {
	return text.Style{Color: color.Black, Font: sans(small), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: f.plot.TextHandler}
}

// wrap breaks text between words into lines of about so many letters.
func wrap(text string, letters int) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > letters {
			lines = append(lines, line)
			line = word
			continue
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}

// canvas is what a kind of file is drawn on.
type canvas interface {
	vg.CanvasSizer
	vg.CanvasWriterTo
}

// Save writes the figure; the ending of the name says as what: .png, .svg or .pdf.
func (f *Figure) Save(name string) error {
	raw, err := f.Encode(filepath.Ext(name))
	if err != nil {
		return fault.Mistake{Msg: fmt.Sprintf("%s: %v", name, err)}
	}
	return os.WriteFile(name, raw, 0o644)
}

// Endings are those of the files that a figure can be saved as.
func Endings() []string { return []string{".png", ".svg", ".pdf"} }

// Encode gives the contents of a file with one of the Endings.
func (f *Figure) Encode(ending string) ([]byte, error) {
	var c canvas
	switch strings.ToLower(ending) {
	case ".png":
		c = vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(f.width, f.height), vgimg.UseDPI(perInch))}
	case ".svg":
		c = vgsvg.New(f.width, f.height)
	case ".pdf":
		c = vgpdf.New(f.width, f.height)
	default:
		return nil, fmt.Errorf("the ending %q is not that of a picture; there are %s", ending, strings.Join(Endings(), ", "))
	}
	f.draw(draw.New(c))
	var raw bytes.Buffer
	if _, err := c.WriteTo(&raw); err != nil {
		return nil, err
	}
	if ending == ".svg" {
		return bytes.ReplaceAll(raw.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif")), nil
	}
	return raw.Bytes(), nil
}

func (f *Figure) draw(c draw.Canvas) {
	c.FillPolygon(color.White, []vg.Point{c.Min, {X: c.Max.X, Y: c.Min.Y}, c.Max, {X: c.Min.X, Y: c.Max.Y}})
	c = draw.Crop(c, 2, -6, 2, -4)
	// The title stands over the whole width, the rest below it.
	lines := vg.Length(strings.Count(f.plot.Title.Text, "\n") + 1)
	style := f.plot.Title.TextStyle
	style.XAlign, style.YAlign = draw.XLeft, draw.YTop
	c.FillText(style, vg.Point{X: c.Min.X + 4, Y: c.Max.Y}, f.plot.Title.Text)
	c = draw.Crop(c, 0, 0, 0, -(lines*large*1.2 + f.plot.Title.Padding))
	main := draw.Crop(c, 0, -f.besideWidth, 0, 0)
	if f.panels != nil {
		f.drawPanels(main)
		return
	}
	body := *f.plot
	body.Title.Text = ""
	body.Draw(main)
	if f.beside != nil {
		data := body.DataCanvas(main)
		f.beside(draw.Canvas{Canvas: c.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: data.Max.X + 6, Y: data.Min.Y}, Max: vg.Point{X: c.Max.X, Y: data.Max.Y},
		}})
	}
}
