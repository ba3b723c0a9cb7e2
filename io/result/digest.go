package result

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/io/h5"
)

// A result holds, as attributes of /provenance, a digest of each of its data sets and of each fact of its provenance, one
// line for each, and a digest of these lines. They tell what was altered since the result was merged; they are no
// signature: who alters a number may alter its digest, too.
const (
	digestsName = "digests"
	digestName  = "digest"
)

// attributesOfSets enter the digest of a data set.
var attributesOfSets = []string{"units", "long_name", "coordinates"}

// digests gives a line for each data set and each fact of the provenance, in the order of their names.
func digests(file *h5.File) ([]string, error) {
	var lines []string
	err := file.Walk("/", func(name string, group bool) error {
		if group {
			return nil
		}
		sum, err := digestOf(file, name)
		lines = append(lines, name+" "+sum)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, object := range []string{"/", "/points", "/connectome", "/provenance"} {
		names, err := file.Attrs(object)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if object == "/provenance" && (name == digestsName || name == digestName) {
				continue
			}
			value, err := file.Attr(object, name)
			if err != nil {
				return nil, err
			}
			sum := sha256.Sum256(fmt.Appendf(nil, "%T %v", value, value))
			lines = append(lines, strings.TrimSuffix(object, "/")+"/@"+name+" "+hex.EncodeToString(sum[:]))
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// rootOf is the digest of the lines.
func rootOf(lines []string) string {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:])
}

// digestOf is the SHA-256, in hexadecimal, of a data set's type, shape, unit and description, and of its values in
// row-major order: numbers with the least byte first, texts each with a zero byte behind it.
func digestOf(file *h5.File, name string) (string, error) {
	set, err := file.OpenDataset(name)
	if err != nil {
		return "", err
	}
	defer set.Close()
	h := sha256.New()
	fmt.Fprintln(h, set.Type(), set.Shape())
	present, err := file.Attrs(name)
	if err != nil {
		return "", err
	}
	for _, attribute := range attributesOfSets {
		if slices.Contains(present, attribute) {
			value, err := file.Attr(name, attribute)
			if err != nil {
				return "", err
			}
			fmt.Fprintln(h, attribute, value)
		}
	}
	switch set.Type() {
	case h5.Float32:
		err = hashed(h, set, make([]float32, 0))
	case h5.Float64:
		err = hashed(h, set, make([]float64, 0))
	case h5.Int32:
		err = hashed(h, set, make([]int32, 0))
	case h5.Int64:
		err = hashed(h, set, make([]int64, 0))
	case h5.Uint8:
		err = hashed(h, set, make([]uint8, 0))
	case h5.String:
		err = inSlabs(set, 64, func(offset, count []int, n int) error {
			texts := make([]string, n)
			if err := set.Read(offset, count, texts); err != nil {
				return err
			}
			for _, text := range texts {
				h.Write(append([]byte(text), 0))
			}
			return nil
		})
	default:
		err = fmt.Errorf("result: %s holds what has no digest", name)
	}
	return hex.EncodeToString(h.Sum(nil)), err
}

// hashed writes the numbers of a data set to a digest.
func hashed[T number](h hash.Hash, set *h5.Dataset, buffer []T) error {
	return inSlabs(set, 8, func(offset, count []int, n int) error {
		if cap(buffer) < n {
			buffer = make([]T, n)
		}
		buffer = buffer[:n]
		if err := set.Read(offset, count, buffer); err != nil {
			return err
		}
		return binary.Write(h, binary.LittleEndian, buffer)
	})
}

// inSlabs goes through a data set in row-major order, some values of a size at a time: whole rows, or, where a row is
// too large, pieces of one.
func inSlabs(set *h5.Dataset, size int, do func(offset, count []int, n int) error) error {
	shape := set.Shape()
	if len(shape) == 0 {
		return do(nil, nil, 1)
	}
	if set.Len() == 0 {
		return nil
	}
	row := set.Len() / shape[0]
	const slab = 1 << 20
	step := max(1, slab/size/row)
	for first := 0; first < shape[0]; first += step {
		n := min(step, shape[0]-first)
		offset, count := block(first, n, shape)
		if n > 1 || len(shape) == 1 || row*size <= 2*slab {
			if err := do(offset, count, n*row); err != nil {
				return err
			}
			continue
		}
		inner := max(1, slab/size/(row/shape[1]))
		for at := 0; at < shape[1]; at += inner {
			offset[1], count[1] = at, min(inner, shape[1]-at)
			if err := do(offset, count, count[1]*row/shape[1]); err != nil {
				return err
			}
		}
	}
	return nil
}

// sealResult writes the digests of a result that is otherwise complete.
func sealResult(file *h5.File) error {
	lines, err := digests(file)
	if err != nil {
		return err
	}
	return attributes(file, "/provenance", Entry{digestsName, lines}, Entry{digestName, rootOf(lines)})
}

// Verified is what Verify has seen.
type Verified struct {
	Count  int    // data sets and facts
	Digest string // of all of them
}

// Verify reads a whole result and compares it with the digests that it got when it was merged. The error names, as a
// fault.List, all that was altered, taken away or added.
func (r *Result) Verify() (Verified, error) {
	value, err := r.file.Attr("/provenance", digestsName)
	if err != nil {
		return Verified{}, fault.Mistake{Pos: fault.Pos{File: r.file.Path()}, Msg: "has no digests to compare with: it was not merged by this program, or they were taken away"}
	}
	root, err := r.file.Attr("/provenance", digestName)
	if err != nil {
		return Verified{}, err
	}
	want, _ := value.([]string)
	got, err := digests(r.file)
	if err != nil {
		return Verified{}, err
	}
	var faults fault.List
	add := func(text string) { faults.Addf(fault.Pos{File: r.file.Path()}, "%s", text) }
	if rootOf(want) != root {
		add("the list of digests was altered")
	}
	sums := map[string]string{}
	for _, line := range want {
		name, sum, _ := strings.Cut(line, " ")
		sums[name] = sum
	}
	for _, line := range got {
		name, sum, _ := strings.Cut(line, " ")
		switch was, there := sums[name]; {
		case !there:
			add(name + " was added since the result was merged")
		case was != sum:
			add(name + " was altered since the result was merged")
		}
		delete(sums, name)
	}
	for _, name := range sortedKeys(sums) {
		add(name + " was taken away since the result was merged")
	}
	return Verified{Count: len(got), Digest: rootOf(want)}, faults.Err()
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
