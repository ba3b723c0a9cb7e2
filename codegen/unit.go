package codegen

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"brainsweep/model/expr"
)

// class tells when a value is known.
type class uint8

const (
	literal class = iota // a number in the text
	folded               // the same for all nodes of a point: computed by the host
	nodal                // differs from node to node, not from step to step: computed by the host
	live                 // differs from step to step
)

// unit is one graph of values on its way to C: the node's model with its coupling, or a BOLD model.
// What depends on parameters alone is folded: the host computes it in double, once per point.
type unit struct {
	Name   string
	Prefix string // before the names of its structs and functions
	Title  string

	graph   *expr.Graph
	suffix  string            // of literals: "f" in single precision
	calls   string            // before the names of the numerics' functions: "m_", or "w_" in double beside single
	Type    string            // of its values: real, or double
	leaves  map[string]class  // what each leaf is
	text    map[string]string // what a live leaf is called in the function at hand
	names   map[int]string    // definitions by the ID of their node
	classes map[int]class
	scales  map[int]scaled
	uses    map[int]int // of the graph's values by each other

	gaussians map[int]*expr.Node // exp(-z*z) for each erfc(z)
	roots     map[int]*expr.Node // z for each such exp(-z*z)

	constants     []*expr.Node
	nodeConstants []*expr.Node
	place         map[int]string // of folded and nodal nodes that are already constants
	folded, nodal *expr.Program  // compute them; made when all are known

	States    []Field
	Structs   []Struct
	Functions []Function
	Bounds    []string
}

// Field is a member of a struct of the source.
type Field struct {
	Field string
	Text  string
	About string
}

// Struct is a struct whose members are all real.
type Struct struct {
	Name   string
	Fields []string
}

// Function is a C function that computes the members of a struct from values.
type Function struct {
	About      string
	Result     string
	Name       string
	Parameters string
	Body       []string
	Returns    []Field
}

func newUnit(name, prefix string, g *expr.Graph, precision int) *unit {
	u := &unit{
		Name: name, Prefix: prefix, graph: g, calls: "m_", Type: "real",
		leaves: map[string]class{}, text: map[string]string{}, names: map[int]string{},
		classes: map[int]class{}, scales: map[int]scaled{}, uses: map[int]int{},
		gaussians: map[int]*expr.Node{}, roots: map[int]*expr.Node{}, place: map[int]string{},
	}
	if precision == 32 {
		u.suffix = "f"
	}
	return u
}

// name lets the model's definitions keep their names in the source. Of several names for one value the first in
// the alphabet stands.
func (u *unit) name(values map[string]*expr.Node) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		n := u.fold(values[name])
		if _, taken := u.names[n.ID]; !taken && n.Op != expr.Var {
			u.names[n.ID] = "f_" + identifier(name)
		}
	}
}

// widen has the unit compute in double in a kernel of single precision.
func (u *unit) widen() { u.suffix, u.calls, u.Type = "", "w_", "double" }

// classify tells when n's value is known. An unknown leaf is our own mistake.
func (u *unit) classify(n *expr.Node) class {
	if c, ok := u.classes[n.ID]; ok {
		return c
	}
	c := literal
	if n.Op == expr.Var {
		known, ok := u.leaves[n.Name]
		if !ok {
			panic("codegen: unknown leaf " + n.Name)
		}
		c = known
	}
	for _, a := range n.Args {
		c = max(c, u.classify(a))
	}
	u.classes[n.ID] = c
	return c
}

// compile readies the constants to be computed for every point.
func (u *unit) compile() {
	u.folded, u.nodal = expr.Compile(u.constants), expr.Compile(u.nodeConstants)
}

// constant gives the C name of a folded or nodal value, which becomes a constant of the unit by being asked for.
func (u *unit) constant(n *expr.Node) string {
	if name, ok := u.place[n.ID]; ok {
		return name
	}
	short := fmt.Sprintf("k%d", len(u.constants))
	if u.classify(n) == nodal {
		short = fmt.Sprintf("n%d", len(u.nodeConstants))
	}
	if n.Op == expr.Var {
		short = "p_" + n.Name
		if strings.Contains(n.Name, ".") { // an address, not a name: told apart, for coupling_a may be a name
			short = "a_" + identifier(n.Name)
		}
	}
	name := "k." + short
	if u.classify(n) == nodal {
		name = "n." + short
		u.nodeConstants = append(u.nodeConstants, n)
	} else {
		u.constants = append(u.constants, n)
	}
	u.place[n.ID] = name
	return name
}

// Constants and NodeConstants list the members of the structs of the same name.
func (u *unit) Constants() []Field     { return u.fields(u.constants) }
func (u *unit) NodeConstants() []Field { return u.fields(u.nodeConstants) }

func (u *unit) fields(nodes []*expr.Node) []Field {
	out := make([]Field, len(nodes))
	for i, n := range nodes {
		out[i] = Field{Field: u.place[n.ID][2:], Text: shortened(n.String())}
	}
	return out
}

// identifier makes a C identifier of an address such as "coupling.a".
func identifier(address string) string {
	b := []byte(address)
	for i, c := range b {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			b[i] = '_'
		}
	}
	return string(b)
}

func shortened(s string) string {
	const width = 110
	if len(s) <= width {
		return s
	}
	return s[:width-4] + " ..."
}
