package rateml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"sort"
	"strings"

	"brainsweep/fault"
)

// element is one element of the XML file, with its place.
type element struct {
	name     string
	values   map[string]string
	children []*element
	pos      fault.Pos
}

// parse reads the XML text into a tree.
func parse(file string, text []byte) (*element, error) {
	starts := []int{0}
	for i, c := range text {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	line := func(offset int64) int { return sort.SearchInts(starts, int(offset)+1) }
	d := xml.NewDecoder(bytes.NewReader(text))
	root := &element{}
	open := []*element{root}
	for {
		at := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *xml.SyntaxError
		if errors.As(err, &wrong) {
			return nil, fault.Mistake{Pos: fault.Pos{File: file, Line: wrong.Line}, Msg: "this is no XML: " + wrong.Msg}
		}
		if err != nil {
			return nil, fault.Mistake{Pos: fault.Pos{File: file, Line: line(at)}, Msg: "this is no XML: " + err.Error()}
		}
		switch t := token.(type) {
		case xml.StartElement:
			e := &element{name: t.Name.Local, values: map[string]string{}, pos: fault.Pos{File: file, Line: line(at)}}
			for _, a := range t.Attr {
				e.values[a.Name.Local] = strings.TrimSpace(a.Value)
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
	if len(root.children) != 1 {
		return nil, fault.Mistake{Pos: fault.Pos{File: file}, Msg: "the file holds no XML element"}
	}
	return root.children[0], nil
}
