package jobs

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"brainsweep/document"
	"brainsweep/fault"
)

// unit is a unit of the table: a number in it times over/under is the number in the program's unit of the dimension.
// One of the two is 1, so that "100 us" becomes exactly the 0.1 ms that "0.1 ms" is.
type unit struct {
	name        string
	over, under float64
}

// dimension is a kind of quantity. Its program unit is the one whose factors are 1.
type dimension struct {
	name  string // "a time"
	units []unit
}

// dimensions lists what can carry a unit, in the program's one system: ms, mm, mm/ms, kHz, mV, nS, pF, pA.
func dimensions() []dimension {
	return []dimension{
		{"a time", []unit{{"ns", 1, 1e6}, {"us", 1, 1e3}, {"µs", 1, 1e3}, {"ms", 1, 1}, {"s", 1e3, 1}, {"min", 60e3, 1}, {"h", 3600e3, 1}}},
		{"a length", []unit{{"um", 1, 1e3}, {"µm", 1, 1e3}, {"mm", 1, 1}, {"cm", 10, 1}, {"m", 1e3, 1}}},
		{"a speed", []unit{{"mm/s", 1, 1e3}, {"mm/ms", 1, 1}, {"cm/ms", 10, 1}, {"m/s", 1, 1}}},
		{"a frequency", []unit{{"Hz", 1, 1e3}, {"1/s", 1, 1e3}, {"kHz", 1, 1}, {"1/ms", 1, 1}}},
		{"a voltage", []unit{{"uV", 1, 1e3}, {"µV", 1, 1e3}, {"mV", 1, 1}, {"V", 1e3, 1}}},
		{"a conductance", []unit{{"pS", 1, 1e3}, {"nS", 1, 1}, {"uS", 1e3, 1}, {"µS", 1e3, 1}, {"mS", 1e6, 1}}},
		{"a capacitance", []unit{{"pF", 1, 1}, {"nF", 1e3, 1}, {"uF", 1e6, 1}, {"µF", 1e6, 1}}},
		{"a current", []unit{{"fA", 1, 1e3}, {"pA", 1, 1}, {"nA", 1e3, 1}, {"uA", 1e6, 1}, {"µA", 1e6, 1}}},
	}
}

// findUnit returns a unit of the table with its dimension.
func findUnit(name string) (unit, dimension, bool) {
	for _, d := range dimensions() {
		for _, u := range d.units {
			if u.name == name {
				return u, d, true
			}
		}
	}
	return unit{}, dimension{}, false
}

var quantityPattern = regexp.MustCompile(`^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$`)

// parseQuantity reads a number with a unit and returns it in the unit want. name is what the message calls the
// quantity by: the last part of its address.
func parseQuantity(text, name, want string) (float64, error) {
	m := quantityPattern.FindStringSubmatch(text)
	if m == nil && want == "" {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	if m == nil {
		return 0, fmt.Errorf("%q is not a number with a unit; write for example %q", text, "1 "+example(name, want))
	}
	x, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is out of the range of numbers", text)
	}
	if m[2] == want {
		return x, nil
	}
	target, dim, known := findUnit(want)
	switch given, found, ok := findUnit(m[2]); {
	case m[2] == "":
		return 0, fmt.Errorf("%q has no unit; write for example %q", text, m[1]+" "+example(name, want))
	case want == "":
		return 0, fmt.Errorf("wrong unit: %q, but %s has no dimension", text, name)
	case !known:
		return 0, fmt.Errorf("wrong unit: %q, but %s is in %s", text, name, want)
	case !ok:
		return 0, fmt.Errorf("unknown unit %q%s; %s is %s, in %s", m[2], fault.Suggest(m[2], unitNames(dim)), name, dim.name, strings.Join(unitNames(dim), ", "))
	case found.name != dim.name:
		return 0, fmt.Errorf("wrong unit: %q is %s, %s is %s", text, found.name, name, dim.name)
	default:
		return x * given.over / given.under * target.under / target.over, nil
	}
}

func unitNames(d dimension) []string {
	var names []string
	for _, u := range d.units {
		names = append(names, u.name)
	}
	return names
}

// example is a unit for an example of the quantity called name, in the unit want.
func example(name, want string) string {
	if name == "duration" || name == "transient" {
		return "s"
	}
	return want
}

// quantityText writes a number of the unit as a job file has it: times of whole seconds in s.
func quantityText(x float64, unit string) string {
	if unit == "ms" && x >= 1000 && x/1000*1000 == x && x == float64(int64(x)) {
		x, unit = x/1000, "s"
	}
	return document.Quote(strconv.FormatFloat(x, 'g', -1, 64) + " " + unit)
}
