package document_test

import (
	"strconv"
	"testing"

	"brainsweep/document"
)

// same checks that every key in the file's order leads to a value with a place.
func same(t *testing.T, d *document.Document, path []string) {
	t.Helper()
	at := func(name string) []string { return append(append([]string(nil), path...), name) }
	switch v := d.Value(path...).(type) {
	case map[string]any:
		keys := d.Keys(path...)
		if len(keys) != len(v) {
			t.Fatalf("%v: keys %v of %v", path, keys, v)
		}
		for _, key := range keys {
			same(t, d, at(key))
		}
	case []any:
		for i := range v {
			same(t, d, at(strconv.Itoa(i)))
		}
	case nil:
		t.Fatalf("%v has no value", path)
	}
	if len(path) > 0 && (d.Pos(path...).Line == 0 || d.ValuePos(path...).Line == 0) {
		t.Fatalf("%v has no place", path)
	}
}
