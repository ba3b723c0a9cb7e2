package jobs

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"brainsweep/connectome"
	"brainsweep/document"
)

// lesionScale is the address of what the weights of a lesion are multiplied by.
func lesionScale(lesion int) string { return fmt.Sprintf("connectome.lesion.%d.scale", lesion) }

// lesions reads connectome.lesion: a list of tables with nodes, or from and to, and scale.
func (r *reader) lesions() {
	at := []string{"connectome", "lesion"}
	if !r.Has(at...) || r.plan.Connectome == nil {
		return
	}
	const example = `lesion = [{ nodes = ["rPFC"], scale = 0.5 }]`
	if r.Kind(at...) != "a list" {
		r.faultf(r.Pos(at...), "connectome.lesion: expected a list of tables, found %s; write for example %s", r.Kind(at...), example)
		return
	}
	for i := range r.Len(at...) {
		r.lesion(i, join(at, strconv.Itoa(i)), example)
	}
}

func (r *reader) lesion(i int, at []string, example string) {
	address := document.Address(at...)
	if kind := r.Kind(at...); kind != "a table" {
		r.faultf(r.ValuePos(at...), "%s: expected a table, found %s; write for example %s", address, kind, example)
		return
	}
	keys := []string{"nodes", "from", "to", "scale"}
	for _, key := range r.Keys(at...) {
		if !slices.Contains(keys, key) {
			r.faults.Add(document.Unknown(r.Pos(join(at, key)...), "key", key, keys))
		}
	}
	l := connectome.Lesion{Nodes: r.nodeList(join(at, "nodes")), From: r.nodeList(join(at, "from")), To: r.nodeList(join(at, "to"))}
	pair := r.Has(join(at, "from")...) || r.Has(join(at, "to")...)
	switch {
	case r.Has(join(at, "nodes")...) && pair:
		r.faultf(r.Pos(at...), "%s: nodes are all connections of regions, from and to those between regions; write the one or the other", address)
	case !r.Has(join(at, "nodes")...) && !pair:
		r.faultf(r.Pos(at...), "%s: which connections? write nodes = [...], from = [...] or to = [...]", address)
	}
	r.plan.Lesions = append(r.plan.Lesions, l)
	r.putScalar(Setting{Address: lesionScale(i), Values: []float64{0}, Max: math.Inf(1)})
}

// nodeList reads a list of regions, each by its label, or by its number in the connectome, from 0. One region may
// stand without brackets. The numbers are in ascending order, each once.
func (r *reader) nodeList(path []string) []int {
	if !r.Has(path...) {
		return nil
	}
	var out []int
	one := func(at []string) {
		labels := r.plan.Connectome.Labels
		switch v := r.Value(at...).(type) {
		case string:
			if k := slices.Index(labels, v); k >= 0 {
				out = append(out, k)
				return
			}
			r.noRegion(r.ValuePos(at...), v)
		case int64:
			if v >= 0 && v < int64(len(labels)) {
				out = append(out, int(v))
				return
			}
			r.faultf(r.ValuePos(at...), "%s: there is no region %d; they are numbered from 0 to %d", document.Address(path...), v, len(labels)-1)
		default:
			r.faultf(r.ValuePos(at...), "%s: expected the label of a region, or its number, found %s", document.Address(path...), r.Kind(at...))
		}
	}
	if r.Kind(path...) != "a list" {
		one(path)
		return out
	}
	if r.Len(path...) == 0 {
		r.faultf(r.ValuePos(path...), "%s: the list is empty", document.Address(path...))
	}
	for i := range r.Len(path...) {
		one(join(path, strconv.Itoa(i)))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lesioned is a subject's connectome as it is at a point.
func (pt Point) lesioned(c *connectome.Connectome) *connectome.Connectome {
	if len(pt.plan.Lesions) == 0 {
		return c
	}
	return c.Lesioned(pt.plan.Lesions, pt.lesionScales(), pt.plan.Subjects[pt.Subject].at)
}

// lesionText tells in the subject's own numbers which connections a lesion scales.
func (s *Subject) lesionText(l connectome.Lesion) string {
	own := func(nodes []int) string {
		if len(nodes) == 0 {
			return "all"
		}
		var words []string
		for i := range s.Nodes() {
			if slices.Contains(nodes, s.at(i)) {
				words = append(words, strconv.Itoa(i))
			}
		}
		return strings.Join(words, " ")
	}
	if len(l.Nodes) > 0 {
		return "nodes " + own(l.Nodes)
	}
	return "from " + own(l.From) + " to " + own(l.To)
}

// lesionScales are the scales of the plan's lesions at a point.
func (pt Point) lesionScales() []float64 {
	out := make([]float64, len(pt.plan.Lesions))
	for i := range out {
		out[i] = pt.Value(lesionScale(i))
	}
	return out
}

// lesionText writes the lesions, with their scales where these are not swept.
func (p *Plan) lesionText(w *writer) {
	if len(p.Lesions) == 0 {
		return
	}
	label := func(node int) string { return document.Quote(p.Connectome.Labels[node]) }
	w.line("lesion", list(p.numbered(), func(i int) string {
		var words []string
		for _, part := range []struct {
			key   string
			nodes []int
		}{{"nodes", p.Lesions[i].Nodes}, {"from", p.Lesions[i].From}, {"to", p.Lesions[i].To}} {
			if len(part.nodes) > 0 {
				words = append(words, part.key+" = "+list(part.nodes, label))
			}
		}
		if s := p.Setting(lesionScale(i)); !p.Swept(s.Address) {
			words = append(words, "scale = "+document.Number(s.Values[0]))
		}
		return "{ " + strings.Join(words, ", ") + " }"
	}))
}

func (p *Plan) numbered() []int {
	out := make([]int, len(p.Lesions))
	for i := range out {
		out[i] = i
	}
	return out
}
