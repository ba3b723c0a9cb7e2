package export

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"brainsweep/io/result"
)

// CSV writes a result as tables into a folder, which must not be there yet or be empty. points.csv has a line for each
// point: what is swept, what became of it, and every metric that is one number. A series, vector or matrix has a file
// of its own, named by its address: its last dimension lies across, the others down, and point is the first column.
// It returns the files' names.
func CSV(folder string, r *result.Result, o Options) (files []string, err error) {
	s, err := choose(r, o)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, err
	}
	if there, err := os.ReadDir(folder); err != nil || len(there) > 0 {
		return nil, errors.Join(err, mistake("%s is not empty; give another folder with -o", folder))
	}
	t := &tables{s, folder, nil}
	if err := t.points(); err != nil {
		return nil, err
	}
	for _, v := range s.variables {
		if len(v.Dims) > 1 {
			if err := t.variable(v); err != nil {
				return nil, err
			}
		}
	}
	return t.files, nil
}

type tables struct {
	*selection
	folder string
	files  []string
}

// write writes a table by calling lines, and keeps nothing of it where that fails.
func (t *tables) write(name string, lines func(line func(fields []string) error) error) error {
	name = filepath.Join(t.folder, name)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer f.Close()
	buffered := bufio.NewWriterSize(f, 1<<16)
	out := csv.NewWriter(buffered)
	err = lines(out.Write)
	if out.Flush(); err == nil {
		err = out.Error()
	}
	if err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		os.Remove(name)
		return err
	}
	t.files = append(t.files, name)
	return nil
}

// number writes a number with as many digits as give it back.
func number(v float64, single bool) string {
	if single {
		return strconv.FormatFloat(v, 'g', -1, 32)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// fates are the words for result.Done, Failed and Missing.
var fates = [...]string{"done", "failed", "missing"}

func (t *tables) points() error {
	r := t.result
	status, err := r.Status()
	if err != nil {
		return err
	}
	head := append([]string{"point"}, r.Axes...)
	columns := [][]string{}
	for _, address := range r.Axes {
		column, err := t.axis(address)
		if err != nil {
			return err
		}
		columns = append(columns, column)
	}
	head = append(head, "status")
	var metrics [][]float64
	var single []bool
	for _, v := range t.variables {
		if len(v.Dims) > 1 {
			continue
		}
		values, err := r.Rows(v, 0, r.Points)
		if err != nil {
			return err
		}
		head, metrics, single = append(head, v.Address()), append(metrics, values), append(single, v.Single)
	}
	return t.write("points.csv", func(line func([]string) error) error {
		err := line(head)
		for point := 0; point < r.Points && err == nil; point++ {
			if !t.wanted(point) {
				continue
			}
			fields := []string{strconv.Itoa(point)}
			for _, column := range columns {
				fields = append(fields, column[point])
			}
			fields = append(fields, fates[min(status[point], result.Missing)])
			for k, values := range metrics {
				fields = append(fields, number(values[point], single[k]))
			}
			err = line(fields)
		}
		return err
	})
}

func (t *tables) axis(address string) ([]string, error) {
	name := "/points/" + address
	if text, err := t.result.IsText(name); err != nil || text {
		labels, _ := t.result.Labels(name)
		return labels, err
	}
	values, err := t.result.Numbers(name)
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = number(v, false)
	}
	return texts, err
}

// variable writes a series, vector or matrix.
func (t *tables) variable(v result.Variable) error {
	rows, points, err := t.rows(v)
	if err != nil {
		return err
	}
	last := len(v.Dims) - 1
	head := []string{"point"}
	down := make([][]string, last+1) // the coordinates of each dimension
	for d := 1; d <= last; d++ {
		if down[d], err = t.coordinate(v, d); err != nil {
			return err
		}
		if d < last {
			head = append(head, v.Dims[d])
		}
	}
	head = append(head, down[last]...)
	return t.write(v.Address()+".csv", func(line func([]string) error) error {
		err := line(head)
		for k := 0; k < len(rows) && err == nil; k++ {
			var values []float64
			if values, err = t.result.At(v, rows[k]); err == nil {
				err = t.lines(line, []string{strconv.Itoa(points[k])}, down[1:], values, v.Single)
			}
		}
		return err
	})
}

// lines writes the values of one point; fields are the columns that are settled already.
func (t *tables) lines(line func([]string) error, fields []string, down [][]string, values []float64, single bool) error {
	if len(down) == 1 {
		for _, v := range values {
			fields = append(fields, number(v, single))
		}
		return line(fields)
	}
	size := len(values) / max(1, len(down[0]))
	for i, coordinate := range down[0] {
		settled := append(append(make([]string, 0, len(fields)+1+size), fields...), coordinate)
		if err := t.lines(line, settled, down[1:], values[i*size:(i+1)*size], single); err != nil {
			return err
		}
	}
	return nil
}

// coordinate gives the coordinates of dimension d of a variable, as texts.
func (t *tables) coordinate(v result.Variable, d int) ([]string, error) {
	name := v.Coordinates(v.Dims[d])
	text, err := t.result.IsText(name)
	if err != nil {
		return nil, fmt.Errorf("%s has no coordinates: %w", v.Dims[d], err)
	}
	if text {
		return t.result.Labels(name)
	}
	values, err := t.result.Numbers(name)
	texts := make([]string, len(values))
	for i, x := range values {
		texts[i] = number(x, false)
	}
	return texts, err
}
