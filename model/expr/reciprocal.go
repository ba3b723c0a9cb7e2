package expr

// ShareDivisions returns the roots with quotients that have a divisor in common written as products with its
// reciprocal, which is then computed once. A reciprocal that can be had from another one costs no division either:
// 1/sqrt(x) where 1/x is needed, y/x for 1/(x/y). A value may change in its last digits.
func (g *Graph) ShareDivisions(roots []*Node) []*Node {
	d := divider{g: g, count: map[*Node]int{}, done: map[*Node]*Node{}}
	order := Order(roots...)
	for _, n := range order {
		if n.Op == Div {
			d.count[n.Args[1]]++
		}
	}
	for _, n := range order {
		if b := n; d.count[b] > 0 && d.derived(b) {
			for d.derived(b) {
				b = underneath(b)
			}
			d.count[b]++
		}
	}
	for _, n := range order {
		d.done[n] = d.rewrite(n)
	}
	out := make([]*Node, len(roots))
	for i, r := range roots {
		out[i] = d.done[r]
	}
	return out
}

// divider rewrites quotients.
type divider struct {
	g     *Graph
	count map[*Node]int // how many quotients have this divisor
	done  map[*Node]*Node
}

// rewrite returns n over rewritten arguments.
func (d *divider) rewrite(n *Node) *Node {
	if len(n.Args) == 0 {
		return n
	}
	args := make([]*Node, len(n.Args))
	for i, a := range n.Args {
		args[i] = d.done[a]
	}
	if n.Op != Div || n.Args[1].Op == Const {
		return d.g.Make(n.Op, args...)
	}
	if b := n.Args[1]; d.count[b] > 1 || d.derived(b) {
		return d.g.Make(Mul, args[0], d.reciprocal(b))
	}
	return d.g.Make(Div, args...)
}

// reciprocal returns 1/b.
func (d *divider) reciprocal(b *Node) *Node {
	switch {
	case !d.derived(b):
		return d.g.Make(Div, d.g.Const(1), d.done[b])
	case b.Op == Sqrt: // 1/sqrt(x) = sqrt(x)/x
		return d.g.Make(Mul, d.done[b], d.reciprocal(b.Args[0]))
	case b.Op == Div: // 1/(x/y) = y/x
		return d.g.Make(Mul, d.done[b.Args[1]], d.reciprocal(b.Args[0]))
	}
	return d.g.Make(Mul, d.g.Make(Div, d.g.Const(1), b.Args[0]), d.reciprocal(b.Args[1]))
}

// derived reports whether 1/b follows from a reciprocal that is needed besides.
func (d *divider) derived(b *Node) bool {
	x := underneath(b)
	return x != nil && (d.count[x] > 0 || d.derived(x))
}

// underneath returns the node whose reciprocal gives that of b without a division, nil when there is none.
func underneath(b *Node) *Node {
	switch {
	case b.Op == Sqrt, b.Op == Div:
		return b.Args[0]
	case b.Op == Mul && b.Args[0].Op == Const:
		return b.Args[1]
	}
	return nil
}
