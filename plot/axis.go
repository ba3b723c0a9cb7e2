package plot

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	gonum "gonum.org/v1/plot"

	"brainsweep/fault"
	"brainsweep/io/result"
)

// Axis is a swept quantity as a result has it.
type Axis struct {
	Address string
	Unit    string
	Values  []float64 // the different ones, ascending; for texts their numbers 0, 1, ...
	Texts   []string  // of the values, where they are texts
	Of      []int     // the place in Values of every point's value
}

// Axes reads the swept quantities of a result.
func Axes(r *result.Result) ([]Axis, error) {
	var axes []Axis
	for _, address := range r.Axes {
		a := Axis{Address: address}
		text, err := r.IsText("/points/" + address)
		if err != nil {
			return nil, err
		}
		if a.Unit, err = r.AxisUnit(address); err != nil {
			return nil, err
		}
		if text {
			labels, err := r.Labels("/points/" + address)
			if err != nil {
				return nil, err
			}
			a.Texts, a.Of = places(labels)
			for i := range a.Texts {
				a.Values = append(a.Values, float64(i))
			}
		} else {
			values, err := r.Axis(address)
			if err != nil {
				return nil, err
			}
			a.Values, a.Of = places(values)
		}
		axes = append(axes, a)
	}
	return axes, nil
}

// places gives the different values, ascending, and the place of each among them.
func places[T string | float64](values []T) (distinct []T, of []int) {
	distinct = slices.Clone(values)
	slices.Sort(distinct)
	distinct = slices.Compact(distinct)
	for _, v := range values {
		i, _ := slices.BinarySearch(distinct, v)
		of = append(of, i)
	}
	return distinct, of
}

// Label is the address with its unit.
func (a Axis) Label() string { return withUnit(a.Address, a.Unit) }

func withUnit(name, unit string) string {
	if unit == "" {
		return name
	}
	return name + " [" + unit + "]"
}

// Text gives value i as a person writes it.
func (a Axis) Text(i int) string {
	if a.Texts != nil {
		return a.Texts[i]
	}
	return short(a.Values[i])
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// place finds the value nearest to what the user wrote.
func (a Axis) place(word string) (int, error) {
	if a.Texts != nil {
		if i := slices.Index(a.Texts, word); i >= 0 {
			return i, nil
		}
		return 0, fault.Mistake{Msg: fmt.Sprintf("%s has no value %q%s", a.Address, word, fault.Suggest(word, a.Texts))}
	}
	wanted, err := strconv.ParseFloat(word, 64)
	if err != nil || math.IsNaN(wanted) {
		return 0, fault.Mistake{Msg: fmt.Sprintf("%s=%s: want a number from %s to %s", a.Address, word, a.Text(0), a.Text(len(a.Values)-1))}
	}
	best := 0
	for i, v := range a.Values {
		if math.Abs(v-wanted) < math.Abs(a.Values[best]-wanted) {
			best = i
		}
	}
	return best, nil
}

// labelled is how many cells have a label each.
const labelled = 7

// ticks are those of a row of cells, one for each value, centred on 0, 1, ...: few cells have their values, many have
// round numbers where the values lie at even distances, and else the values of some.
func (a Axis) ticks() []gonum.Tick {
	n := len(a.Values)
	if a.Texts == nil && n > labelled {
		step := (a.Values[n-1] - a.Values[0]) / float64(n-1)
		if even(a.Values, step) {
			var ticks []gonum.Tick
			for _, t := range (roundTicks{}).Ticks(a.Values[0], a.Values[n-1]) {
				t.Value = (t.Value - a.Values[0]) / step
				ticks = append(ticks, t)
			}
			return ticks
		}
	}
	var ticks []gonum.Tick
	every := (n + labelled - 2) / (labelled - 1)
	if n <= labelled {
		every = 1
	}
	for i := 0; i < n; i += every {
		ticks = append(ticks, gonum.Tick{Value: float64(i), Label: a.Text(i)})
	}
	return ticks
}

// Geometric tells whether the values are above zero and each is the same factor times the one before.
func (a Axis) Geometric() bool { return a.Texts == nil && geometric(a.Values) }

// even tells whether the values lie a step apart, to the rounding of float32.
func even(values []float64, step float64) bool {
	for i, v := range values {
		if math.Abs(v-values[0]-float64(i)*step) > 1e-5*math.Abs(step)*float64(len(values)) {
			return false
		}
	}
	return true
}

// geometric tells whether the values are above zero and each is the same factor times the one before.
func geometric(values []float64) bool {
	if len(values) < 3 || values[0] <= 0 {
		return false
	}
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	return even(logs, (logs[len(logs)-1]-logs[0])/float64(len(logs)-1))
}
