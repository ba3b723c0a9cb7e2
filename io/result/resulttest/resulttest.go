// Package resulttest looks at result files with the eyes of a test that wants the same bytes twice.
package resulttest

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"brainsweep/io/h5"
)

// Contents gives what every data set of a file holds, by its path: its type, its shape, and its values to the bit.
// Attributes, where times and hosts are, do not enter.
func Contents(t testing.TB, path string) map[string]string {
	t.Helper()
	contents, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	return contents
}

func read(path string) (map[string]string, error) {
	file, err := h5.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	contents := map[string]string{}
	return contents, file.Walk("/", func(name string, isGroup bool) error {
		if isGroup {
			return nil
		}
		set, err := file.OpenDataset(name)
		if err != nil {
			return err
		}
		defer set.Close()
		bits, err := values(set)
		contents[name] = fmt.Sprintf("type %d of shape %v: %s", set.Type(), set.Shape(), bits)
		return err
	})
}

// values gives a data set's values, each as its bits.
func values(set *h5.Dataset) (string, error) {
	var text strings.Builder
	var err error
	switch set.Type() {
	case h5.Float32:
		v := make([]float32, set.Len())
		err = set.Read(nil, nil, v)
		for _, x := range v {
			fmt.Fprintf(&text, "%08x ", math.Float32bits(x))
		}
	case h5.Float64:
		v := make([]float64, set.Len())
		err = set.Read(nil, nil, v)
		for _, x := range v {
			fmt.Fprintf(&text, "%016x ", math.Float64bits(x))
		}
	case h5.Int32, h5.Int64, h5.Uint8:
		v := make([]int64, set.Len())
		err = set.Read(nil, nil, v)
		fmt.Fprint(&text, v)
	case h5.String:
		v := make([]string, set.Len())
		err = set.Read(nil, nil, v)
		fmt.Fprintf(&text, "%q", v)
	default:
		err = fmt.Errorf("%s holds what this package cannot read", set.Name())
	}
	return text.String(), err
}

// Same complains of every data set that one of two files lacks, or that differs.
func Same(t testing.TB, what string, got, want map[string]string) {
	t.Helper()
	for name, content := range want {
		switch other, there := got[name]; {
		case !there:
			t.Errorf("%s: %s is missing", what, name)
		case other != content:
			t.Errorf("%s: %s differs: got %s, want %s", what, name, short(other), short(content))
		}
	}
	for name := range got {
		if _, there := want[name]; !there {
			t.Errorf("%s: %s should not be there", what, name)
		}
	}
}

func short(text string) string {
	const most = 200
	if len(text) > most {
		return text[:most] + "..."
	}
	return text
}

// Differences names the data sets in which two files differ, or that one of them lacks.
func Differences(a, b string) []string {
	one, err := read(a)
	if err != nil {
		return []string{err.Error()}
	}
	other, err := read(b)
	if err != nil {
		return []string{err.Error()}
	}
	var names []string
	for name, content := range one {
		if other[name] != content {
			names = append(names, name)
		}
	}
	for name := range other {
		if _, there := one[name]; !there {
			names = append(names, name)
		}
	}
	return names
}
