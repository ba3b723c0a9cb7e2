package result

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"brainsweep/io/h5"
)

// Result is a result file, open for reading.
type Result struct {
	Title     string
	Plan      string
	Points    int
	Mode      string
	Grid      []int
	Axes      []string // addresses
	Nodes     []string
	Variables []Variable // series first, then metrics, each by path

	file *h5.File
}

// Variable is a series or metric of a result.
type Variable struct {
	Path        string // such as /average/E
	Unit, About string
	Dims        []string // point first
	Shape       []int
	Single      bool // float32 in the file
}

// IsSeries tells a series from a metric.
func (v Variable) IsSeries() bool { return !strings.HasPrefix(v.Path, "/metrics/") }

// Address is the name of a metric in a job file, such as "E.rate_mean"; of a series, monitor and quantity, such as "average.E".
func (v Variable) Address() string {
	return path.Base(path.Dir(v.Path)) + "." + path.Base(v.Path)
}

// Width is the number of values at one point.
func (v Variable) Width() int {
	n := 1
	for _, length := range v.Shape[1:] {
		n *= length
	}
	return n
}

// PartsEnd is what the name of the folder has, after the result's, in which a run keeps the parts of its result.
const PartsEnd = ".parts"

func isFolder(name string) bool {
	at, err := os.Stat(name)
	return err == nil && at.IsDir()
}

// Open opens a result file.
func Open(name string) (*Result, error) {
	var of *h5.Error
	file, err := h5.Open(name)
	switch {
	case errors.Is(err, syscall.ENOENT) && isFolder(name+PartsEnd):
		return nil, fmt.Errorf("%s: %w, but parts of it are: brainsweep status tells how far its run is, brainsweep merge makes a result of what there is", name, syscall.ENOENT)
	case errors.Is(err, syscall.ENOENT):
		return nil, fmt.Errorf("%s: %w", name, syscall.ENOENT)
	case errors.Is(err, syscall.EAGAIN):
		return nil, fmt.Errorf("%s: another program has it open for writing; close it there", name)
	case errors.As(err, &of) && of.Errno != 0:
		return nil, fmt.Errorf("%s: %w", name, of.Errno)
	case errors.As(err, &of) && of.Reason == h5.Foreign && filepath.Ext(name) == ".toml":
		return nil, fmt.Errorf("%s is no result; if it is a job, brainsweep run makes a result of it", name)
	case errors.As(err, &of):
		return nil, fmt.Errorf("%s is no result: %s", name, of.Reason)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read as a result: %w", name, err)
	}
	r := &Result{file: file}
	if err := r.read(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return r, nil
}

// Close closes the file.
func (r *Result) Close() error { return r.file.Close() }

// Path is the file's name as it was opened.
func (r *Result) Path() string { return r.file.Path() }

// Has tells whether there is a data set or group of that path.
func (r *Result) Has(path string) bool { return r.file.Exists(path) }

func (r *Result) read() error {
	if format, err := r.file.Attr("/", "format"); err != nil || format != "brainsweep result 1" {
		return fmt.Errorf("%s is not a brainsweep result", r.file.Path())
	}
	var grid []int64
	for _, a := range []struct {
		object, name string
		to           any
	}{
		{"/", "title", &r.Title}, {"/provenance", "plan_digest", &r.Plan},
		{"/points", "mode", &r.Mode}, {"/points", "axes", &r.Axes}, {"/points", "grid", &grid},
	} {
		value, err := r.file.Attr(a.object, a.name)
		if err != nil {
			return err
		}
		switch to := a.to.(type) {
		case *string:
			*to, _ = value.(string)
		case *[]string:
			*to, _ = value.([]string)
		case *[]int64:
			*to, _ = value.([]int64)
		}
	}
	for _, n := range grid {
		r.Grid = append(r.Grid, int(n))
	}
	status, err := r.file.OpenDataset("/points/status")
	if err != nil {
		return err
	}
	r.Points = status.Len()
	if r.Nodes, err = r.Labels("/connectome/node"); err != nil {
		return err
	}
	return r.findVariables()
}

// findVariables looks for what lies over points, besides the coordinates.
func (r *Result) findVariables() error {
	var metrics []Variable
	err := r.file.Walk("/", func(name string, group bool) error {
		if group && slices.Contains([]string{"/points", "/connectome", "/participants", "/provenance"}, name) {
			return h5.SkipGroup
		}
		if group || path.Base(name) == "point" || slices.Contains(r.Axes, path.Base(name)) {
			return nil
		}
		v, err := r.variable(name)
		switch {
		case err != nil:
			return err
		case len(v.Dims) == 0 || v.Dims[0] != "point":
		case v.IsSeries():
			r.Variables = append(r.Variables, v)
		default:
			metrics = append(metrics, v)
		}
		return nil
	})
	r.Variables = append(r.Variables, metrics...)
	return err
}

func (r *Result) variable(name string) (Variable, error) {
	set, err := r.file.OpenDataset(name)
	if err != nil {
		return Variable{}, err
	}
	defer set.Close()
	v := Variable{Path: name, Shape: set.Shape(), Single: set.Type() == h5.Float32}
	scales, err := set.Scales()
	if err != nil {
		return v, err
	}
	for _, s := range scales {
		v.Dims = append(v.Dims, path.Base(s))
	}
	names, err := r.file.Attrs(name)
	if err != nil {
		return v, err
	}
	for attr, to := range map[string]*string{"units": &v.Unit, "long_name": &v.About} {
		if slices.Contains(names, attr) {
			value, err := r.file.Attr(name, attr)
			if err != nil {
				return v, err
			}
			*to, _ = value.(string)
		}
	}
	return v, nil
}

// Variable finds a variable by its path or address; the error says what there is.
func (r *Result) Variable(name string) (Variable, error) {
	var known []string
	for _, v := range r.Variables {
		if v.Path == name || v.Address() == name {
			return v, nil
		}
		known = append(known, v.Address())
	}
	return Variable{}, fmt.Errorf("%s has no %q; it has %s", r.file.Path(), name, strings.Join(known, ", "))
}

// At reads a variable at one row of its dimension point; the rows of a series of the best points are not the point's numbers.
func (r *Result) At(v Variable, row int) ([]float64, error) { return r.Rows(v, row, 1) }

// Rows reads a variable at count rows of its dimension point, from first on.
func (r *Result) Rows(v Variable, first, count int) ([]float64, error) {
	set, err := r.file.OpenDataset(v.Path)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	offset, n := block(first, count, set.Shape())
	values := make([]float64, count*v.Width())
	return values, set.Read(offset, n, values)
}

// PointsOf gives the number of the point in each row of a variable.
func (r *Result) PointsOf(v Variable) ([]int, error) {
	numbers, err := r.Numbers(path.Dir(v.Path) + "/point")
	points := make([]int, len(numbers))
	for i, n := range numbers {
		points[i] = int(n)
	}
	return points, err
}

// Axis gives the value of a swept quantity at every point.
func (r *Result) Axis(address string) ([]float64, error) { return r.Numbers("/points/" + address) }

// AxisUnit gives the unit of a swept quantity.
func (r *Result) AxisUnit(address string) (string, error) { return r.UnitOf("/points/" + address) }

// UnitOf gives the unit of a data set, "" for none.
func (r *Result) UnitOf(name string) (string, error) {
	v, err := r.variable(name)
	return v.Unit, err
}

// Status tells what became of every point: Done, Failed or Missing.
func (r *Result) Status() ([]uint8, error) {
	status := make([]uint8, r.Points)
	return status, readAll(r.file, "/points/status", status)
}

// Fault tells where a point first went wrong. Time is in [ms], as always in Go.
func (r *Result) Fault(point int) (f Fault, err error) {
	var numbers [3]float64
	for i, name := range []string{"node", "state", "time"} {
		set, err := r.file.OpenDataset("/points/fault_" + name)
		if err != nil {
			return f, err
		}
		defer set.Close()
		if err := set.Read([]int{point}, []int{1}, numbers[i:i+1]); err != nil {
			return f, err
		}
	}
	return Fault{int(numbers[0]), int(numbers[1]), numbers[2] * 1000}, nil
}

// States names the states that Fault.State counts.
func (r *Result) States() ([]string, error) {
	value, err := r.file.Attr("/points/fault_state", "flag_meanings")
	text, _ := value.(string)
	return strings.Fields(text), err
}

// Coordinates gives the path of the coordinates of a variable's dimension, for Numbers or Labels.
func (v Variable) Coordinates(dim string) string { return path.Dir(v.Path) + "/" + dim }

// IsText tells whether a data set holds labels rather than numbers.
func (r *Result) IsText(name string) (bool, error) {
	set, err := r.file.OpenDataset(name)
	if err != nil {
		return false, err
	}
	defer set.Close()
	return set.Type() == h5.String, nil
}

// Numbers reads a whole data set of numbers, such as /connectome/weights.
func (r *Result) Numbers(name string) ([]float64, error) {
	set, err := r.file.OpenDataset(name)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	values := make([]float64, set.Len())
	return values, set.Read(nil, nil, values)
}

// Labels reads a whole data set of texts.
func (r *Result) Labels(name string) ([]string, error) {
	set, err := r.file.OpenDataset(name)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	texts := make([]string, set.Len())
	return texts, set.Read(nil, nil, texts)
}

// Provenance gives the facts about the result's origin, by name: strings, int64, float64, and slices of these.
func (r *Result) Provenance() ([]Entry, error) {
	names, err := r.file.Attrs("/provenance")
	var entries []Entry
	for _, name := range names {
		if name == digestsName || name == digestName {
			continue // Verify's
		}
		value, err := r.file.Attr("/provenance", name)
		if err != nil {
			return nil, err
		}
		entries = append(entries, Entry{name, value})
	}
	return entries, err
}

// Bytes reads a whole data set of bytes, such as /provenance/inputs; nil when it is not there.
func (r *Result) Bytes(name string) ([]byte, error) {
	if !r.file.Exists(name) {
		return nil, nil
	}
	set, err := r.file.OpenDataset(name)
	if err != nil {
		return nil, err
	}
	defer set.Close()
	values := make([]byte, set.Len())
	return values, set.Read(nil, nil, values)
}
