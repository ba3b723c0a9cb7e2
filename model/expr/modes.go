package expr

// The words of models with modes.
const (
	modeSum    = "msum"  // the sum of a value over the modes
	modeValues = "modes" // a value for each mode
)

// modeSum reads msum(value).
func (b *builder) modeSum(t *term) *Node {
	if len(t.args) != 1 {
		b.mistakes.Addf(t.pos, "msum takes 1 argument, not %d", len(t.args))
		return b.g.Const(0)
	}
	if !b.hasModes(t) {
		return b.g.Const(0)
	}
	total := b.g.Const(0)
	for mode := range b.scope.Modes {
		in := newBuilder(b.g, b.scope.In(mode), b.args)
		for _, l := range b.block {
			in.locals[l.name] = in.term(l.value)
		}
		total = b.g.Make(Add, total, in.settle(in.term(t.args[0])))
		if err := in.mistakes.Err(); err != nil { // the other modes have the same
			b.mistakes.Add(err)
			break
		}
	}
	return total
}

// modeValue reads modes(a, b, c).
func (b *builder) modeValue(t *term) *Node {
	if !b.hasModes(t) {
		return b.g.Const(0)
	}
	if len(t.args) != b.scope.Modes {
		b.mistakes.Addf(t.pos, "modes takes a value for each of the %d modes, not %d", b.scope.Modes, len(t.args))
		return b.g.Const(0)
	}
	return b.terms(t.args)[b.scope.Mode]
}

func (b *builder) hasModes(t *term) bool {
	if b.scope.Modes <= 1 {
		b.mistakes.Addf(t.pos, "%s is for models with modes: write for example modes = 3 at the top of the file", t.text)
		return false
	}
	return true
}
