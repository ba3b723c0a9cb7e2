package expr

import "fmt"

// largestLine is the number of terms up to which String writes a node as one expression, and deepest how deep
// the terms of one line go.
const (
	largestLine = 60
	deepest     = 60
)

// String gives the node as an expression that, parsed and built in its graph, is the node again. What a large
// expression uses more than once becomes a line of a block.
func (n *Node) String() string { return n.expression().String() }

// expression is the way back from a node to text.
func (n *Node) expression() Expr {
	order := Order(n)
	uses, size := map[*Node]int{}, map[*Node]int{}
	for _, m := range order {
		size[m] = 1
		for _, a := range m.Args {
			uses[a]++
			size[m] = min(size[m]+size[a], largestLine+1)
		}
	}
	w := &writer{name: map[*Node]string{}}
	if size[n] <= largestLine {
		return Expr{value: w.term(n)}
	}
	var e Expr
	for _, m := range order {
		if m == n || len(m.Args) == 0 || uses[m] < 2 && w.depth(m) < deepest {
			continue
		}
		value := w.term(m)
		w.name[m] = fmt.Sprintf("_%d", len(w.name)+1)
		e.locals = append(e.locals, local{name: w.name[m], value: value})
	}
	e.value = w.term(n)
	return e
}

// writer turns nodes into terms; those that have a name are written by it.
type writer struct{ name map[*Node]string }

// depth is that of the term that n would be, as far as it is below the deepest.
func (w *writer) depth(n *Node) int {
	if w.name[n] != "" {
		return 0
	}
	d := 0
	for _, a := range n.Args {
		d = max(d, w.depth(a))
	}
	return d + 1
}

func (w *writer) term(n *Node) *term {
	if known := w.name[n]; known != "" {
		return &term{kind: name, text: known}
	}
	switch {
	case n.Op == Var:
		return &term{kind: name, text: n.Name}
	case n.Op == Const && n.Value < 0:
		return &term{kind: symbol, text: "-", args: []*term{{kind: number, value: -n.Value}}}
	case n.Op == Const:
		return &term{kind: number, value: n.Value}
	case n.Op == Mul && n.Args[0] == n.Args[1]:
		return &term{kind: symbol, text: "^", args: []*term{w.term(n.Args[0]), {kind: number, value: 2}}}
	case n.Op == Add && n.Args[1].Op == Const && n.Args[1].Value < 0:
		return &term{kind: symbol, text: "-", args: []*term{w.term(n.Args[0]), {kind: number, value: -n.Args[1].Value}}}
	}
	t := &term{kind: symbol, text: n.Op.String()}
	if _, call := named[t.text]; call {
		t.kind = name
	}
	for _, a := range n.Args {
		t.args = append(t.args, w.term(a))
	}
	return t
}
