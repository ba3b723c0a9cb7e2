package expr

import "math"

// Graph makes and keeps nodes, each distinct expression once. It is not safe for concurrent use.
type Graph struct {
	nodes  map[key]*Node
	slopes map[slope]*Node // what Diff has found
	count  int
}

// key identifies an expression by its operation and the numbers of its arguments.
type key struct {
	op      Op
	a, b, c int
	bits    uint64
	name    string
}

// slope identifies the derivative of one node by one variable.
type slope struct{ of, by int }

// NewGraph returns an empty graph.
func NewGraph() *Graph {
	return &Graph{nodes: map[key]*Node{}, slopes: map[slope]*Node{}}
}

// Const returns the node of a number. Zero has no sign.
func (g *Graph) Const(v float64) *Node {
	if v == 0 {
		v = 0 // -0 is the same number, and must be the same node
	}
	return g.intern(key{op: Const, bits: math.Float64bits(v)}, func() *Node { return &Node{Op: Const, Value: v} })
}

// Var returns the leaf of that name.
func (g *Graph) Var(name string) *Node {
	return g.intern(key{op: Var, name: name}, func() *Node { return &Node{Op: Var, Name: name} })
}

// node returns op of args as it stands, without simplification.
func (g *Graph) node(op Op, args ...*Node) *Node {
	k := key{op: op}
	for i, id := range []*int{&k.a, &k.b, &k.c}[:len(args)] {
		*id = args[i].ID
	}
	return g.intern(k, func() *Node { return &Node{Op: op, Args: args} })
}

// intern returns the node known under k, or makes it and gives it the next number.
func (g *Graph) intern(k key, make func() *Node) *Node {
	n, known := g.nodes[k]
	if !known {
		n = make()
		n.ID = g.count
		g.count++
		g.nodes[k] = n
	}
	return n
}

// Substitute returns n with every node that is a key of with replaced by its value, simplified anew.
// What is put in is not searched again.
func (g *Graph) Substitute(n *Node, with map[*Node]*Node) *Node {
	done := make(map[*Node]*Node, len(with))
	for from, to := range with {
		done[from] = to
	}
	for _, m := range Order(n) {
		if _, known := done[m]; known {
			continue
		}
		changed := false
		args := make([]*Node, len(m.Args))
		for i, a := range m.Args {
			args[i] = done[a]
			changed = changed || args[i] != a
		}
		if changed {
			done[m] = g.Make(m.Op, args...)
		} else {
			done[m] = m
		}
	}
	return done[n]
}

// Order returns everything that the roots need, each node once, arguments before their users,
// in an order that depends on nothing but the roots.
func Order(roots ...*Node) []*Node {
	var order []*Node
	seen := map[*Node]bool{}
	var visit func(*Node)
	visit = func(n *Node) {
		if seen[n] {
			return
		}
		seen[n] = true
		for _, a := range n.Args {
			visit(a)
		}
		order = append(order, n)
	}
	for _, r := range roots {
		visit(r)
	}
	return order
}
