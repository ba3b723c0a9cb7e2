package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	gonum "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"brainsweep/io/result"
)

// drawMatrix draws a point's matrix. One with values of both signs has colours that meet in white at zero.
func drawMatrix(r *result.Result, o Options) (*Figure, error) {
	t, err := take(r, o, "matrix", isMatrix, "bold.fc", "E.fc")
	if err != nil {
		return nil, err
	}
	v, values := t.Variable, t.values
	name := "region"
	labels := r.Nodes
	if v.Dims[1] != "node" {
		name, labels = v.Dims[1], nil
	}
	n := v.Shape[1]
	m := &cells{columns: n, rows: n, values: values, colours: RdBu(), limits: correlationLimits(values, n)}
	f := newFigure(fmt.Sprintf("%s.point%d", v.Address(), t.point), about(v)+"; "+t.where, name, name)
	m.addSquare(f, withUnit(v.Address(), v.Unit), labels)
	return f, nil
}

// correlationLimits lie evenly around zero, at the largest value off the diagonal rounded up to a tenth.
func correlationLimits(values []float64, n int) [2]float64 {
	largest := 0.0
	for i, v := range values {
		if i/n != i%n && !math.IsNaN(v) {
			largest = max(largest, math.Abs(v))
		}
	}
	largest = max(0.1, math.Ceil(largest*10-1e-9)/10)
	return [2]float64{-largest, largest}
}

// addSquare puts a matrix into a figure, the first row at the top.
func (m *cells) addSquare(f *Figure, label string, labels []string) {
	n := m.rows
	flipped := make([]float64, 0, len(m.values))
	for row := range n {
		flipped = append(flipped, m.values[(n-1-row)*n:(n-row)*n]...)
	}
	m.values = flipped
	m.add(f, label)
	f.height = f.width - f.besideWidth + 4
	var across, down []gonum.Tick
	every := max(1, (n+4)/5)
	for i := 0; i < n; i += every {
		text := fmt.Sprint(i)
		if labels != nil {
			text = labels[i]
		}
		across = append(across, gonum.Tick{Value: float64(i), Label: text})
		down = append(down, gonum.Tick{Value: float64(n - 1 - i), Label: text})
	}
	f.plot.X.Tick.Marker, f.plot.Y.Tick.Marker = gonum.ConstantTicks(across), gonum.ConstantTicks(down)
}

func drawConnectome(r *result.Result) (*Figure, error) {
	weights, err := r.Numbers("/connectome/weights")
	if err != nil {
		return nil, err
	}
	n := len(r.Nodes)
	logs := make([]float64, len(weights))
	for i, w := range weights {
		logs[i] = math.Log10(w)
		if w <= 0 {
			logs[i] = math.NaN()
		}
	}
	m := &cells{columns: n, rows: n, values: logs, colours: Viridis(), limits: reach(logs)}
	f := newFigure("connectome", fmt.Sprintf("connectome: weights between %d regions as used; grey: none", n), "from region", "to region")
	m.addSquare(f, "log10 of the weight", r.Nodes)
	return f, nil
}

// drawSeries draws the mean over regions of a point's series, and their range behind it.
func drawSeries(r *result.Result, o Options) (*Figure, error) {
	t, err := take(r, o, "series", func(v result.Variable) bool {
		isBold := strings.HasPrefix(v.Path, "/bold")
		return v.IsSeries() && (o.Metric != "" || isBold == (o.What == "bold"))
	})
	if err != nil {
		return nil, err
	}
	v, values := t.Variable, t.values
	times, err := r.Numbers(v.Coordinates("time"))
	if err != nil {
		return nil, err
	}
	nodes := v.Width() / v.Shape[1]
	title := fmt.Sprintf("%s; %s", about(v), t.where)
	if nodes > 1 {
		what := "region"
		if d := v.Dims[len(v.Dims)-1]; d != "node" {
			what = d
		}
		title += fmt.Sprintf("; mean over %d %ss, band: their range", nodes, what)
	}
	f := newFigure(fmt.Sprintf("%s.point%d", v.Address(), t.point), title, "time [s]", withUnit(v.Address(), v.Unit))
	f.height = 55 * vg.Millimeter
	e := Outline(times, values, nodes, 800)
	var mean, edge plotter.XYs
	for i, t := range e.Times {
		if !math.IsNaN(e.Mean[i]) {
			mean = append(mean, plotter.XY{X: t, Y: e.Mean[i]})
			edge = append(edge, plotter.XY{X: t, Y: e.Most[i]})
		}
	}
	for i, t := range slices.Backward(e.Times) {
		if !math.IsNaN(e.Mean[i]) {
			edge = append(edge, plotter.XY{X: t, Y: e.Least[i]})
		}
	}
	if nodes > 1 && len(edge) > 0 {
		f.plot.Add(&plotter.Polygon{XYs: []plotter.XYs{edge}, Color: band()})
	}
	f.addCurve(mean, ink(), 0.7)
	f.spread(reach(e.Times), reach(append(slices.Clone(e.Least), e.Most...)))
	return f, nil
}

// Envelope is a series in few numbers: in each stretch of time the mean over regions and samples, and the least and the
// greatest value of any region.
type Envelope struct {
	Times, Mean, Least, Most []float64
}

// Outline draws a series, samples times nodes, together in at most so many stretches of equally many samples. Values that
// are no numbers do not enter; a stretch of nothing else is NaN.
func Outline(times, values []float64, nodes, most int) Envelope {
	var e Envelope
	every := max(1, (len(times)+most-1)/most)
	for first := 0; first < len(times); first += every {
		last := min(len(times), first+every)
		sum, count := 0.0, 0.0
		least, greatest := math.Inf(1), math.Inf(-1)
		for _, v := range values[first*nodes : last*nodes] {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				sum, count = sum+v, count+1
				least, greatest = min(least, v), max(greatest, v)
			}
		}
		if count == 0 {
			least, greatest = math.NaN(), math.NaN()
		}
		e.Times = append(e.Times, (times[first]+times[last-1])/2)
		e.Mean = append(e.Mean, sum/count)
		e.Least, e.Most = append(e.Least, least), append(e.Most, greatest)
	}
	return e
}

// drawSpectrum draws a point's spectrum over the frequencies above zero, both in decades.
func drawSpectrum(r *result.Result, o Options) (*Figure, error) {
	t, err := take(r, o, "spectrum (\"psd\" among metrics.use makes one)", isSpectrum)
	if err != nil {
		return nil, err
	}
	v, power := t.Variable, t.values
	frequencies, err := r.Numbers(v.Coordinates(v.Dims[1]))
	if err != nil {
		return nil, err
	}
	f := newFigure(fmt.Sprintf("%s.point%d", v.Address(), t.point), about(v)+"; "+t.where, "frequency [Hz]", withUnit(v.Address(), v.Unit))
	f.height = 60 * vg.Millimeter
	var curve plotter.XYs
	var xs, ys []float64
	for i, hz := range frequencies {
		if hz > 0 && power[i] > 0 {
			curve = append(curve, plotter.XY{X: hz, Y: power[i]})
			xs, ys = append(xs, hz), append(ys, power[i])
		}
	}
	if len(curve) == 0 {
		return nil, missing("%s has no power at point %d", v.Address(), t.point)
	}
	f.addCurve(curve, ink(), 0.8)
	f.plot.X.Min, f.plot.X.Max = reach(xs)[0], reach(xs)[1]
	f.plot.Y.Min, f.plot.Y.Max = math.Pow(10, math.Floor(math.Log10(reach(ys)[0]))), math.Pow(10, math.Ceil(math.Log10(reach(ys)[1])+1e-9))
	f.logarithmic(&f.plot.X)
	f.logarithmic(&f.plot.Y)
	return f, nil
}
