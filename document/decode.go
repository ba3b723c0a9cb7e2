package document

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"brainsweep/fault"
)

// Decode stores the value at path in what v points to, as encoding/json does, and collects every
// mistake in a fault.List: keys that v has no field for, and values of the wrong kind, each with its place.
//
// v's types may be structs, maps with string keys, slices, pointers, string, bool, int, int64, uint64, float64
// and any (which takes whatever stands there). A field's key is its tag `toml:"key"`, or its name in lower
// case; `toml:"-"` hides it. Where nothing stands at path, v is left as it is, and so is every field without a key.
func (d *Document) Decode(v any, path ...string) error {
	n, _ := d.find(path)
	if n == nil {
		return nil
	}
	var faults fault.List
	n.decode(reflect.ValueOf(v).Elem(), path, &faults)
	return faults.Err()
}

func (n *node) decode(v reflect.Value, path []string, faults *fault.List) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		n.decode(v.Elem(), path, faults)
		return
	case reflect.Interface:
		v.Set(reflect.ValueOf(n.plain()))
		return
	case reflect.Struct:
		n.decodeStruct(v, path, faults)
		return
	case reflect.Map:
		n.decodeMap(v, path, faults)
		return
	case reflect.Slice:
		n.decodeSlice(v, path, faults)
		return
	}
	if what := n.decodeLeaf(v); what != "" {
		faults.Add(expected(what, n, n, path))
	}
}

// decodeLeaf stores a number, string or bool; it returns what was expected where something else stands.
func (n *node) decodeLeaf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.String:
		s, ok := n.value.(string)
		if !ok {
			return "a string"
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := n.value.(bool)
		if !ok {
			return "true or false"
		}
		v.SetBool(b)
	case reflect.Float64:
		switch x := n.value.(type) {
		case int64:
			v.SetFloat(float64(x))
		case float64:
			v.SetFloat(x)
		default:
			return "a number"
		}
	case reflect.Int, reflect.Int64:
		x, ok := n.whole()
		if !ok {
			return "a whole number"
		}
		v.SetInt(x)
	case reflect.Uint64:
		x, ok := n.whole()
		if !ok || x < 0 {
			return "a whole number of at least 0"
		}
		v.SetUint(uint64(x))
	default:
		panic("document: cannot decode into " + v.Type().String())
	}
	return ""
}

// whole gives the node's whole number; 1e6 is one, too.
func (n *node) whole() (int64, bool) {
	switch x := n.value.(type) {
	case int64:
		return x, true
	case float64:
		if x == math.Trunc(x) && math.Abs(x) <= 1<<53 {
			return int64(x), true
		}
	}
	return 0, false
}

func (n *node) decodeStruct(v reflect.Value, path []string, faults *fault.List) {
	if !n.table {
		faults.Add(expected("a table", n, n, path))
		return
	}
	fields := map[string]int{}
	var known []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key := f.Tag.Get("toml")
		if key == "" {
			key = strings.ToLower(f.Name)
		}
		if key != "-" && f.IsExported() {
			fields[key] = i
			known = append(known, key)
		}
	}
	for _, key := range n.keys {
		k := n.kids[key]
		if i, ok := fields[key]; ok {
			k.decode(v.Field(i), extend(path, key), faults)
		} else {
			faults.Add(Unknown(k.pos, "key", key, known))
		}
	}
}

// Unknown is the mistake that name is none of the known names of this kind of thing ("key", "model"); see Hint.
func Unknown(pos fault.Pos, kind, name string, known []string) fault.Mistake {
	return fault.Mistake{Pos: pos, Msg: fmt.Sprintf("unknown %s %q%s", kind, name, Hint(name, known))}
}

// Hint ends the message that a name is not known: it gives the nearest of the known names, or all where none is near
// and they are few.
func Hint(name string, known []string) string {
	hint := fault.Suggest(name, known)
	if len(name) == 1 && !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
		hint = "" // each other letter is as near
	}
	if hint == "" && len(known) > 0 && len(known) <= 24 {
		hint = "; there is " + strings.Join(known, ", ")
	}
	return hint
}

func (n *node) decodeMap(v reflect.Value, path []string, faults *fault.List) {
	if !n.table {
		faults.Add(expected("a table", n, n, path))
		return
	}
	if v.IsNil() {
		v.Set(reflect.MakeMapWithSize(v.Type(), len(n.keys)))
	}
	for _, key := range n.keys {
		entry := reflect.New(v.Type().Elem()).Elem()
		n.kids[key].decode(entry, extend(path, key), faults)
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), entry)
	}
}

func (n *node) decodeSlice(v reflect.Value, path []string, faults *fault.List) {
	if !n.list {
		faults.Add(expected("a list", n, n, path))
		return
	}
	out := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, item := range n.items {
		item.decode(out.Index(i), extend(path, fmt.Sprint(i)), faults)
	}
	v.Set(out)
}

// extend is path with one name more, in memory of its own.
func extend(path []string, name string) []string {
	return append(append(make([]string, 0, len(path)+1), path...), name)
}
