package expr

// Op is what a Node computes from its arguments.
type Op uint8

// The operations. Comparisons and logic give 1 or 0.
const (
	Const Op = iota // Value
	Var             // Name: a leaf, whose value is given from outside
	Add             // Args[0] + Args[1]
	Sub             // Args[0] - Args[1]
	Mul             // Args[0] * Args[1]
	Div             // Args[0] / Args[1]
	Neg             // -Args[0]
	Pow             // Args[0] ^ Args[1]
	Exp
	Log
	Sqrt
	Sin
	Cos
	Tan
	Sinh
	Cosh
	Tanh
	Asin
	Acos
	Atan
	Atan2
	Erf
	Erfc
	Abs
	Floor
	Ceil
	Sign
	Mod // Args[0] - Args[1]*floor(Args[0]/Args[1])
	Min
	Max
	Lt // Args[0] < Args[1]
	Le
	Eq
	Ne
	And
	Or
	Not
	Where // Args[0] != 0 ? Args[1] : Args[2]
)

// Node is one value of a Graph. Nodes of a graph are hash-consed: equal pointers mean equal expressions.
// A node is never changed after it is made; ID rises with time, so arguments have smaller IDs than their users.
type Node struct {
	ID    int
	Op    Op
	Args  []*Node
	Value float64 // of Const
	Name  string  // of Var
}
