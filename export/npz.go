package export

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"brainsweep/io/result"
)

// NPZ writes a result as NumPy's .npz: numpy.load(file)["average/E"] has the dimensions point, time, node. The points
// of a variable, where not all have it, are in the array "point" beside it.
func NPZ(w io.Writer, r *result.Result, o Options) error {
	s, err := choose(r, o)
	if err != nil {
		return err
	}
	z := &npz{zip: zip.NewWriter(w), selection: s}
	for _, step := range []func() error{z.points, z.connectome, z.coordinateArrays, z.arrays, z.zip.Close} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type npz struct {
	*selection
	zip *zip.Writer
}

// points writes the values of what is swept, and what has become of each point.
func (z *npz) points() error {
	r := z.result
	for _, address := range r.Axes {
		name := "/points/" + address
		text, err := r.IsText(name)
		if err != nil {
			return err
		}
		if text {
			labels, err := r.Labels(name)
			if err == nil {
				err = z.texts(inside(name), keep(labels, z.wanted))
			}
			if err != nil {
				return err
			}
			continue
		}
		values, err := r.Numbers(name)
		if err == nil {
			err = z.numbers(inside(name), keep(values, z.wanted))
		}
		if err != nil {
			return err
		}
	}
	status, err := r.Status()
	if err != nil {
		return err
	}
	var numbers, states []float64
	for point, s := range status {
		if z.wanted(point) {
			numbers, states = append(numbers, float64(point)), append(states, float64(s))
		}
	}
	if err := z.whole("points/point", numbers); err != nil {
		return err
	}
	return z.whole("points/status", states)
}

// keep gives the values of the points that are wanted.
func keep[T any](values []T, wanted func(point int) bool) (kept []T) {
	for point, v := range values {
		if wanted(point) {
			kept = append(kept, v)
		}
	}
	return kept
}

func (z *npz) connectome() error {
	n := len(z.result.Nodes)
	if err := z.texts("connectome/node", z.result.Nodes); err != nil {
		return err
	}
	for _, name := range []string{"weights", "lengths"} {
		values, err := z.result.Numbers("/connectome/" + name)
		if err != nil {
			return err
		}
		if err := z.numbers("connectome/"+name, values, n, n); err != nil {
			return err
		}
	}
	return nil
}

func (z *npz) coordinateArrays() error {
	for _, name := range z.coordinates() {
		text, err := z.result.IsText(name)
		if err != nil {
			return err
		}
		if text {
			labels, err := z.result.Labels(name)
			if err == nil {
				err = z.texts(inside(name), labels)
			}
			if err != nil {
				return err
			}
			continue
		}
		values, err := z.result.Numbers(name)
		if err == nil {
			err = z.numbers(inside(name), values)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// arrays writes the series and metrics, a point at a time.
func (z *npz) arrays() error {
	done := map[string]bool{}
	for _, v := range z.variables {
		rows, points, err := z.rows(v)
		if err != nil {
			return err
		}
		if at := inside(v.Coordinates("point")); !done[at] {
			done[at] = true
			var numbers []float64
			for _, p := range points {
				numbers = append(numbers, float64(p))
			}
			if err := z.whole(at, numbers); err != nil {
				return err
			}
		}
		if err := z.array(v, rows); err != nil {
			return err
		}
	}
	return nil
}

func (z *npz) array(v result.Variable, rows []int) error {
	kind := "<f8"
	if v.Single {
		kind = "<f4"
	}
	out, err := z.begin(inside(v.Path), kind, append([]int{len(rows)}, v.Shape[1:]...))
	if err != nil {
		return err
	}
	for _, row := range rows {
		values, err := z.result.At(v, row)
		if err != nil {
			return err
		}
		if _, err := out.Write(encode(values, v.Single)); err != nil {
			return err
		}
	}
	return nil
}

func encode(values []float64, single bool) []byte {
	var b []byte
	for _, v := range values {
		if single {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
		} else {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
	}
	return b
}

func (z *npz) numbers(name string, values []float64, shape ...int) error {
	if shape == nil {
		shape = []int{len(values)}
	}
	out, err := z.begin(name, "<f8", shape)
	if err == nil {
		_, err = out.Write(encode(values, false))
	}
	return err
}

func (z *npz) whole(name string, values []float64) error {
	out, err := z.begin(name, "<i8", []int{len(values)})
	if err != nil {
		return err
	}
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint64(b, uint64(int64(v)))
	}
	_, err = out.Write(b)
	return err
}

// texts writes an array of as many characters of four bytes each as the longest text has.
func (z *npz) texts(name string, texts []string) error {
	longest := 1
	for _, t := range texts {
		longest = max(longest, utf8.RuneCountInString(t))
	}
	out, err := z.begin(name, fmt.Sprintf("<U%d", longest), []int{len(texts)})
	if err != nil {
		return err
	}
	var b []byte
	for _, t := range texts {
		runes := append([]rune(t), make([]rune, longest-utf8.RuneCountInString(t))...)
		for _, c := range runes {
			b = binary.LittleEndian.AppendUint32(b, uint32(c))
		}
	}
	_, err = out.Write(b)
	return err
}

// headBlock is what the length of a .npy header is a multiple of.
const headBlock = 64

// begin starts an array: the header of NumPy's format 1.0 (numpy.lib.format), after which its numbers follow row by row.
func (z *npz) begin(name, kind string, shape []int) (io.Writer, error) {
	out, err := z.zip.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return nil, err
	}
	sizes := ""
	for _, n := range shape {
		sizes += fmt.Sprintf("%d, ", n)
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", kind, sizes)
	const before = 10 // of the header: a magic word, two bytes of version, two of length
	head += strings.Repeat(" ", headBlock-1-(before+len(head))%headBlock) + "\n"
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)), byte(len(head)>>8))
	_, err = out.Write(append(b, head...))
	return out, err
}
