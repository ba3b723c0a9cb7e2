package expr

import "fmt"

// Curvature is one term of a second-order form: Weight * d2/(d argument I d argument J).
type Curvature struct {
	I, J   int
	Weight *Node
}

// Form returns the sum of the function's second derivatives at args, each times its weight.
//
// The sum is propagated through the body as one quantity L beside the first derivatives, by
//
//	L(a b) = a L(b) + b L(a) + Q(a, b),   L(f(a)) = f'(a) L(a) + f''(a) Q(a, a)/2,   Q(a, b) = sum m_ij a_i b_j,
//
// with m_ij the symmetric matrix of the weights: a node has one value for all second derivatives together, instead of
// one for each pair of arguments (the forward Laplacian of Li et al. 2024, Nat Mach Intell 6:209, with any matrix).
func (f *Function) Form(g *Graph, terms []Curvature, args ...*Node) *Node {
	x := f.expand(g)
	q := &form{expansion: x, matrix: map[[2]int]*Node{}, values: map[*Node]*Node{}, raised: map[*Node][]*Node{}}
	for _, t := range terms {
		for _, at := range [][2]int{{t.I, t.J}, {t.J, t.I}} {
			if q.matrix[at] == nil {
				q.matrix[at] = g.Const(0)
			}
			q.matrix[at] = g.Make(Add, q.matrix[at], t.Weight)
		}
	}
	return f.at(g, q.of(f.Body), args)
}

// expansion differentiates the body of a function. It takes the body apart into parts: each a function of few
// inputs, whose partial derivatives are worked out once and serve all directions.
type expansion struct {
	g      *Graph
	args   []*Node
	reads  map[*Node]bool // whether a node rests on an argument
	uses   map[*Node]int
	parts  map[*Node]*part
	slopes map[slope]*Node
}

// part is a node as a function of its inputs.
type part struct {
	inputs []*Node
	local  *Node     // over the leaves that stand for the inputs
	first  []*Node   // by each input
	second [][]*Node // by each pair j <= i of inputs
}

// expand prepares the body for differentiation.
func (f *Function) expand(g *Graph) *expansion {
	if f.expansion != nil {
		return f.expansion
	}
	x := &expansion{g: g, args: f.Args, reads: map[*Node]bool{}, uses: map[*Node]int{}, parts: map[*Node]*part{}, slopes: map[slope]*Node{}}
	for _, a := range f.Args {
		x.reads[a] = true
	}
	for _, n := range Order(f.Body) {
		for _, a := range n.Args {
			x.reads[n] = x.reads[n] || x.reads[a]
			x.uses[a]++
		}
	}
	f.expansion = x
	return x
}

// slope returns the derivative of a node of the body by argument i.
func (x *expansion) slope(n *Node, i int) *Node {
	if !x.reads[n] {
		return x.g.Const(0)
	}
	k := slope{n.ID, i}
	if x.slopes[k] == nil {
		x.slopes[k] = x.rule(n, i)
	}
	return x.slopes[k]
}

func (x *expansion) rule(n *Node, i int) *Node {
	g := x.g
	switch {
	case n.Op == Var && n == x.args[i]:
		return g.Const(1)
	case n.Op == Var:
		return g.Const(0)
	case x.choice(n):
		condition, a, b := g.branches(n)
		return g.Make(Where, condition, x.slope(a, i), x.slope(b, i))
	case x.quotient(n):
		return g.pair(n, n.Args[0], n.Args[1], x.slope(n.Args[0], i), x.slope(n.Args[1], i))
	}
	p := x.part(n)
	sum := g.Const(0)
	for k, input := range p.inputs {
		sum = g.Make(Add, sum, g.Make(Mul, p.first[k], x.slope(input, i)))
	}
	return sum
}

// part takes n as far apart as its derivatives stay simple: an operation on its arguments, or a polynomial of what is
// not polynomial, or is used elsewhere too.
func (x *expansion) part(n *Node) *part {
	if p := x.parts[n]; p != nil {
		return p
	}
	p := &part{}
	x.parts[n] = p
	p.local = x.open(p, n, x.polynomial(n))
	back := map[*Node]*Node{}
	for k, input := range p.inputs {
		back[x.place(k)] = input
	}
	for i := range p.inputs {
		d := x.g.Diff(p.local, x.place(i))
		p.first = append(p.first, x.g.Substitute(d, back))
		var row []*Node
		for j := range i + 1 {
			row = append(row, x.g.Substitute(x.g.Diff(d, x.place(j)), back))
		}
		p.second = append(p.second, row)
	}
	return p
}

// place is the leaf that stands for input k of a part.
func (x *expansion) place(k int) *Node { return x.g.Var(fmt.Sprintf("(%d)", k)) }

// open rewrites n over the leaves of the inputs of p, which it finds on the way.
func (x *expansion) open(p *part, n *Node, polynomial bool) *Node {
	args := make([]*Node, len(n.Args))
	for i, a := range n.Args {
		switch {
		case !x.reads[a]:
			args[i] = a
		case x.inside(a, polynomial):
			args[i] = x.open(p, a, polynomial)
		default:
			args[i] = x.place(p.input(a))
		}
	}
	return x.g.Make(n.Op, args...)
}

// input returns the number of n among the inputs of p, which it joins if it is new.
func (p *part) input(n *Node) int {
	for k, known := range p.inputs {
		if known == n {
			return k
		}
	}
	p.inputs = append(p.inputs, n)
	return len(p.inputs) - 1
}

// choice reports whether n is one of its arguments: derivatives are chosen as values are, so that the side which is
// not taken may be infinite.
func (x *expansion) choice(n *Node) bool { return n.Op == Where || n.Op == Min || n.Op == Max }

// branches takes a choice apart.
func (g *Graph) branches(n *Node) (condition, a, b *Node) {
	switch n.Op {
	case Min:
		return g.Make(Lt, n.Args[0], n.Args[1]), n.Args[0], n.Args[1]
	case Max:
		return g.Make(Lt, n.Args[0], n.Args[1]), n.Args[1], n.Args[0]
	}
	return n.Args[0], n.Args[1], n.Args[2]
}

// quotient reports whether both sides of a quotient rest on arguments: then its derivatives are had from n b = a.
func (x *expansion) quotient(n *Node) bool {
	return n.Op == Div && x.reads[n.Args[0]] && x.reads[n.Args[1]]
}

// polynomial reports whether n is a sum or a product, or a quotient by what rests on no argument.
func (x *expansion) polynomial(n *Node) bool {
	return n.Op == Add || n.Op == Sub || n.Op == Mul || n.Op == Neg || n.Op == Div && !x.reads[n.Args[1]]
}

// inside reports whether n is no input of the part that meets it: it is but another scale of its one argument, or
// it is polynomial as the whole part is, and nothing else needs it.
func (x *expansion) inside(n *Node, polynomial bool) bool {
	if !x.polynomial(n) {
		return false
	}
	readers := 0
	for _, a := range n.Args {
		if x.reads[a] {
			readers++
		}
	}
	return readers == 1 || polynomial && x.uses[n] == 1
}

// form is a second-order form on its way through a body.
type form struct {
	*expansion
	matrix map[[2]int]*Node
	values map[*Node]*Node
	raised map[*Node][]*Node
}

// of returns L(n).
func (q *form) of(n *Node) *Node {
	if !q.reads[n] || n.Op == Var {
		return q.g.Const(0)
	}
	if q.values[n] == nil {
		q.values[n] = q.rule(n)
	}
	return q.values[n]
}

func (q *form) rule(n *Node) *Node {
	g := q.g
	switch {
	case q.choice(n):
		condition, a, b := g.branches(n)
		return g.Make(Where, condition, q.of(a), q.of(b))
	case q.quotient(n): // L(n b) = L(a), solved for L(n)
		a, b := n.Args[0], n.Args[1]
		rest := g.Make(Sub, q.of(a), g.Make(Mul, n, q.of(b)))
		return g.Make(Div, g.Make(Sub, rest, q.product(n, b)), b)
	}
	p := q.part(n)
	sum := g.Const(0)
	for i, input := range p.inputs {
		sum = g.Make(Add, sum, g.Make(Mul, p.first[i], q.of(input)))
	}
	for i, row := range p.second {
		for j, second := range row {
			if i == j {
				second = g.Make(Mul, g.Const(0.5), second)
			}
			if !second.isConst(0) {
				sum = g.Make(Add, sum, g.Make(Mul, second, q.product(p.inputs[i], p.inputs[j])))
			}
		}
	}
	return sum
}

// product returns Q(a, b). Of a function of one input it is the input's, times the slope.
func (q *form) product(a, b *Node) *Node {
	if x, slope := q.single(a); x != nil && a == b {
		return q.g.Make(Mul, q.g.Make(Mul, slope, slope), q.product(x, x))
	} else if x != nil {
		return q.g.Make(Mul, slope, q.product(x, b))
	}
	if x, slope := q.single(b); x != nil {
		return q.g.Make(Mul, slope, q.product(a, x))
	}
	if q.raised[b] != nil || q.raised[a] == nil && b.ID < a.ID {
		a, b = b, a
	}
	if q.raised[a] == nil {
		q.raised[a] = q.raise(a)
	}
	sum := q.g.Const(0)
	for i, r := range q.raised[a] {
		sum = q.g.Make(Add, sum, q.g.Make(Mul, r, q.slope(b, i)))
	}
	return sum
}

// single returns the input and the slope of a node that has one input, else nil.
func (x *expansion) single(n *Node) (input, slope *Node) {
	if n.Op == Var || x.choice(n) || x.quotient(n) {
		return nil, nil
	}
	if p := x.part(n); len(p.inputs) == 1 {
		return p.inputs[0], p.first[0]
	}
	return nil, nil
}

// raise multiplies the gradient of a by the matrix.
func (q *form) raise(a *Node) []*Node {
	all := make([]*Node, len(q.args))
	for i := range q.args {
		all[i] = q.g.Const(0)
		for j := range q.args {
			if m := q.matrix[[2]int{i, j}]; m != nil {
				all[i] = q.g.Make(Add, all[i], q.g.Make(Mul, m, q.slope(a, j)))
			}
		}
	}
	return all
}
