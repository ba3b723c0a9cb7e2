package expr

import (
	"fmt"
	"maps"
	"slices"
)

// second is a second derivative that stands in the expression as a leaf, until all of the expression is known.
type second struct {
	leaf *Node
	f    *Function
	args []*Node
	i, j int
}

// settle puts the second derivatives in their places. Those of one call that are only summed, with weights that hold
// no derivative themselves, become one form, which costs about as much as one of them.
func (b *builder) settle(n *Node) *Node {
	for len(b.seconds) > 0 {
		first := b.seconds[0]
		var same, others []second
		for _, s := range b.seconds {
			if s.f == first.f && slices.Equal(s.args, first.args) {
				same = append(same, s)
			} else {
				others = append(others, s)
			}
		}
		n = b.gather(n, same)
		b.seconds = others
	}
	return n
}

// gather replaces the second derivatives of one call in n: by a form where they meet in one sum, else one by one.
func (b *builder) gather(n *Node, list []second) *Node {
	sum, linear := meeting(n, list)
	if !linear || len(list) == 1 {
		return b.plain(n, list)
	}
	var terms []Curvature
	zero := map[*Node]*Node{}
	for _, s := range list {
		terms = append(terms, Curvature{s.i, s.j, b.g.Diff(sum, s.leaf)})
		zero[s.leaf] = b.g.Const(0)
	}
	form := list[0].f.Form(b.g, terms, list[0].args...)
	with := map[*Node]*Node{sum: b.g.Make(Add, b.g.Substitute(sum, zero), form)}
	return b.plain(b.g.Substitute(n, with), list) // what of them stands outside of the sum
}

// meeting returns the first node below n that rests on all of the leaves of the list, and whether it is a sum of them
// with weights that do not depend on them.
func meeting(n *Node, list []second) (sum *Node, linear bool) {
	leaves := map[*Node]map[*Node]bool{} // those that a node rests on
	degree := map[*Node]int{}            // in the leaves; 2 for all that is not linear
	for _, m := range Order(n) {
		leaves[m] = map[*Node]bool{}
		for _, a := range m.Args {
			maps.Copy(leaves[m], leaves[a])
		}
		for _, s := range list {
			if s.leaf == m {
				leaves[m][m], degree[m] = true, 1
			}
		}
		if len(m.Args) > 0 && len(leaves[m]) > 0 {
			degree[m] = degreeOf(m, degree)
		}
		if len(leaves[m]) == len(list) {
			return m, degree[m] == 1
		}
	}
	return n, false
}

// degreeOf gives the degree of a node from those of its arguments.
func degreeOf(n *Node, degree map[*Node]int) int {
	a := degree[n.Args[0]]
	switch {
	case n.Op == Neg:
		return a
	case n.Op == Add || n.Op == Sub:
		return max(a, degree[n.Args[1]])
	case n.Op == Mul:
		return min(a+degree[n.Args[1]], 2)
	case n.Op == Div && degree[n.Args[1]] == 0:
		return a
	case n.Op == Where && a == 0:
		return max(degree[n.Args[1]], degree[n.Args[2]])
	}
	return 2
}

// plain puts each second derivative of the list in its place in n by itself.
func (b *builder) plain(n *Node, list []second) *Node {
	with := map[*Node]*Node{}
	for _, s := range list {
		with[s.leaf] = s.f.Diff(b.g, []int{s.i, s.j}, s.args...)
	}
	return b.g.Substitute(n, with)
}

// second returns the leaf that stands for a second derivative until settle.
func (b *builder) second(f *Function, args []*Node, i, j int) *Node {
	name := fmt.Sprintf("%s''(%d, %d)", f.Name, i, j)
	for k := range args { // an argument that holds second derivatives itself is settled now
		args[k] = b.plain(args[k], b.seconds)
	}
	for _, a := range args {
		name += fmt.Sprintf(" %d", a.ID)
	}
	leaf := b.g.Var(name)
	for _, s := range b.seconds {
		if s.leaf == leaf {
			return leaf
		}
	}
	b.seconds = append(b.seconds, second{leaf, f, args, i, j})
	return leaf
}
