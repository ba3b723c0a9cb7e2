package rateml

import (
	"encoding/xml"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"brainsweep/fault"
	"brainsweep/model"
	"brainsweep/model/expr"
)

// Write says a model in RateML: functions and derivatives of functions are written out, modes become states of their own,
// choices become Cases. notes are what a RateML file has no place for and a job says anyway. The error is a fault.List that
// names what the model has and RateML cannot say.
func Write(m *model.Model) (text string, notes []string, err error) {
	d, err := m.Dynamics()
	if err != nil {
		return "", nil, err
	}
	w := &writer{m: m, d: d, printer: printer{names: map[*expr.Node]string{}}, taken: map[string]bool{"dt": true, "nsig": true, "rec_speed_dt": true}}
	for _, p := range m.Parameters {
		w.taken[p.Name] = true
	}
	for _, s := range m.States {
		w.taken[s.Name] = true
	}
	for name := range d.Values {
		w.taken[name] = true
	}
	w.check()
	w.couplings()
	w.lower()
	if len(w.mistakes) > 0 {
		return "", nil, w.mistakes.Err()
	}
	w.document()
	return w.out.String(), w.notes, w.mistakes.Err()
}

// writer makes the elements of a file. out grows from the top to the end.
type writer struct {
	printer
	m        *model.Model
	d        *model.Dynamics
	taken    map[string]bool // names that have a meaning
	notes    []string
	mistakes fault.List
	out      strings.Builder
	sums     []sum
	posts    []named // coupling terms that are not a sum alone
}

// named is a value with a name in the file.
type named struct {
	name  string
	value *expr.Node
}

// sum is a sum over sources: a component of coupling.
type sum struct {
	name      string
	pre, post *expr.Node
}

// check notes what RateML cannot say, and what it has no place for.
func (w *writer) check() {
	m := w.m
	if m.Input != "" {
		w.mistakes.Addf(fault.Pos{}, "model %s is driven by another model's output, %q, which RateML does not have", m.Name, m.Input)
	}
	noisy, same := 0, true
	for _, s := range m.States {
		if s.Noise != 0 {
			noisy++
			same = same && s.Noise == m.States[0].Noise && s.NoiseTau == 0 && s.NoiseGain.Missing()
		}
	}
	if noisy > 0 && !(same && noisy == len(m.States)) {
		w.mistakes.Addf(fault.Pos{}, "the noise of model %s is not the same white noise in every state, and RateML has no other", m.Name)
	}
	if noisy == 0 && slices.ContainsFunc(m.States, func(s model.State) bool { return s.Noisy }) {
		w.notes = append(w.notes, "which states noise may drive is not written: RateML's noise drives all of them")
	}
	if len(m.Presets) > 0 {
		w.notes = append(w.notes, "presets are not written: RateML has one set of values")
	}
	if slices.ContainsFunc(m.Parameters, func(p model.Parameter) bool { return !math.IsInf(p.Min, 0) || !math.IsInf(p.Max, 0) }) {
		w.notes = append(w.notes, "bounds of parameters are not written")
	}
}

// couplings makes the coupling terms of sums over sources: those of the model's own coupling, else the plain sum.
func (w *writer) couplings() {
	modes, g := max(1, w.m.Modes), w.d.Graph
	coupling, gains := "scaling", map[string]float64{"a": 1}
	if w.m.Coupling != "" {
		coupling, gains = w.m.Coupling, w.m.Gains
	}
	c, err := model.FindCoupling(coupling)
	if err != nil || c.Own != "" {
		w.mistakes.Addf(fault.Pos{}, "the coupling %s is none that RateML can say", coupling)
		return
	}
	numbers := map[*expr.Node]*expr.Node{}
	for _, p := range c.Parameters {
		v, given := gains[p.Name]
		if !given {
			v = p.Value
		}
		numbers[g.Var("coupling."+p.Name)] = g.Const(v)
	}
	for k, name := range w.m.Coupled {
		var same []*expr.Node
		for j := k % modes; j < len(w.m.Coupled); j += modes {
			same = append(same, w.d.Values[w.m.Coupled[j]])
		}
		terms, post, err := c.Build(g, same, k/modes)
		if err != nil {
			w.mistakes.Add(err)
			return
		}
		total := g.Const(0)
		for i, t := range terms {
			s := sum{name: w.free(fmt.Sprintf("sum_%s_%d", name, i+1)), pre: g.Substitute(t.Source, numbers), post: g.Substitute(t.Target, numbers)}
			if len(terms) == 1 {
				s.name = w.free("sum_" + name)
			}
			w.sums = append(w.sums, s)
			total = g.Make(expr.Add, total, g.Var(s.name))
		}
		w.posts = append(w.posts, named{model.CouplingTermName(k), g.Substitute(post(total), numbers)})
		delete(w.d.Values, model.CouplingTermName(k)) // a name that means something else when it is read
	}
}

// free is a name that means nothing else yet.
func (w *writer) free(name string) string {
	for base, k := name, 2; w.taken[name]; k++ {
		name = fmt.Sprintf("%s_%d", base, k)
	}
	w.taken[name] = true
	return name
}

// lower puts the sums for the coupling terms, and what RateML knows for what it does not.
func (w *writer) lower() {
	with := map[*expr.Node]*expr.Node{}
	for _, p := range w.posts {
		with[w.d.Graph.Var(p.name)] = p.value
	}
	l := lowering{g: w.d.Graph, done: map[*expr.Node]*expr.Node{}}
	change := func(n *expr.Node, what string) *expr.Node {
		out := l.value(w.d.Graph.Substitute(n, with))
		for _, m := range expr.Order(out) {
			if unsayable[m.Op] {
				w.mistakes.Addf(fault.Pos{}, "%s needs %v, which RateML does not have", what, m.Op)
				break
			}
		}
		return out
	}
	for j, s := range w.m.States {
		w.d.Derivatives[j] = change(w.d.Derivatives[j], "d("+s.Name+")")
	}
	for _, o := range w.m.Observables {
		w.d.Values[o.Name] = change(w.d.Values[o.Name], o.Name)
	}
	for name, n := range w.d.Values {
		w.d.Values[name] = l.value(w.d.Graph.Substitute(n, with))
	}
	for i, s := range w.sums {
		w.sums[i].pre, w.sums[i].post = change(s.pre, "the coupling"), change(s.post, "the coupling")
	}
}

// document writes the file.
func (w *writer) document() {
	w.line(0, "<Lems description=%s>", w.m.Title)
	if w.m.Reference != "" {
		w.out.WriteString("  <!-- " + strings.ReplaceAll(strings.Join(strings.Fields(w.m.Reference), " "), "--", "-") + " -->\n")
	}
	w.line(1, "<ComponentType name=%s>", "derivatives")
	if len(w.m.Coupled) > 0 {
		speed := w.free("global_speed")
		w.line(2, "<Parameter name=%s dimension=%s/>", speed, "3, 3")
		w.line(2, "<DerivedParameter name=%s value=%s/>", "rec_speed_dt", "1.0 / "+speed+" / dt")
	}
	if w.m.States[0].Noise != 0 {
		w.line(2, "<DerivedParameter name=%s value=%s/>", "nsig", "sqrt(dt) * sqrt(2.0 * "+number(w.m.States[0].Noise)+")")
	}
	for _, p := range w.m.Parameters {
		about := p.About
		if p.Unit != "" {
			about = strings.TrimSpace(about + " [" + p.Unit + "]")
		}
		if about == "" {
			w.line(2, "<Constant name=%s value=%s/>", p.Name, number(p.Value))
			continue
		}
		w.line(2, "<Constant name=%s value=%s description=%s/>", p.Name, number(p.Value), about)
	}
	body := w.dynamics()
	for _, s := range w.m.States {
		w.line(2, "<Exposure name=%s dimension=%s/>", s.Name, s.Name)
	}
	for _, o := range w.m.Observables {
		w.line(2, "<Exposure name=%s dimension=%s/>", o.Name, w.text(w.d.Values[o.Name]))
	}
	w.out.WriteString(body)
	w.line(1, "</ComponentType>")
	for _, s := range w.sums {
		w.coupling(s)
	}
	if w.m.States[0].Noise != 0 {
		w.line(1, "<ComponentType name=%s/>", "noise")
	}
	w.line(0, "</Lems>")
}

// dynamics gives the states, values and derivatives, and names the values. RateML computes all DerivedVariables before the
// conditional ones: a value that rests on a choice is written out where it is needed.
func (w *writer) dynamics() string {
	before := w.out.String()
	w.out.Reset()
	w.line(2, "<Dynamics>")
	for _, s := range w.m.States {
		bounds := "None"
		if !math.IsInf(s.Min, 0) || !math.IsInf(s.Max, 0) {
			bounds = number(s.Min) + ", " + number(s.Max)
		}
		w.line(3, "<StateVariable name=%s dimension=%s exposure=%s/>", s.Name, number(s.Low)+", "+number(s.High), bounds)
	}
	roots := slices.Clone(w.d.Derivatives)
	for _, o := range w.m.Observables {
		roots = append(roots, w.d.Values[o.Name])
	}
	order := expr.Order(roots...)
	meant := map[*expr.Node]string{}
	for _, name := range slices.Sorted(maps.Keys(w.d.Values)) {
		n := w.d.Values[name]
		if n.Op != expr.Var && n.Op != expr.Const && meant[n] == "" {
			meant[n] = name
		}
	}
	late := map[*expr.Node]bool{}
	for _, n := range order {
		late[n] = n.Op == expr.Where
		for _, a := range n.Args {
			late[n] = late[n] || late[a]
		}
		if name := meant[n]; name != "" && !late[n] {
			w.line(3, "<DerivedVariable name=%s value=%s/>", name, w.text(n))
			w.names[n] = name
		}
	}
	w.choices(order, meant)
	for j, s := range w.m.States {
		w.line(3, "<TimeDerivative variable=%s value=%s/>", s.Name, w.text(w.d.Derivatives[j]))
	}
	w.line(2, "</Dynamics>")
	body := w.out.String()
	w.out.Reset()
	w.out.WriteString(before)
	return body
}

// choices writes the conditional values, those first that others need.
func (w *writer) choices(order []*expr.Node, meant map[*expr.Node]string) {
	uses := map[*expr.Node]int{}
	for _, n := range order {
		for _, a := range n.Args {
			uses[a]++
		}
	}
	tail := map[*expr.Node]bool{} // the else of one other choice, which it is written with
	for _, n := range order {
		if n.Op == expr.Where && n.Args[2].Op == expr.Where && uses[n.Args[2]] == 1 && meant[n.Args[2]] == "" {
			tail[n.Args[2]] = true
		}
	}
	for _, n := range order {
		if n.Op != expr.Where || tail[n] {
			continue
		}
		name := meant[n]
		if name == "" {
			name = w.free("choice")
		}
		w.line(3, "<ConditionalDerivedVariable name=%s>", name)
		rest := n
		for again := true; again; again = tail[rest] {
			w.line(4, "<Case condition=%s value=%s/>", w.condition(rest.Args[0]), w.text(rest.Args[1]))
			rest = rest.Args[2]
		}
		w.line(4, "<Case value=%s/>", w.text(rest))
		w.line(3, "</ConditionalDerivedVariable>")
		w.names[n] = name
	}
}

// coupling writes a sum over sources: pre with the source's states, which RateML fetches by their numbers.
func (w *writer) coupling(s sum) {
	w.line(1, "<ComponentType name=%s>", "coupling_"+s.name)
	g, sent := w.d.Graph, map[*expr.Node]*expr.Node{}
	for _, n := range expr.Order(s.pre) {
		for j, state := range w.m.States {
			if n.Op == expr.Var && n.Name == state.Name {
				name := w.free(state.Name + "_j")
				sent[n] = g.Var(name)
				w.line(2, "<Parameter name=%s dimension=%s/>", name, fmt.Sprint(j))
			}
		}
	}
	w.line(2, "<DerivedParameter name=%s value=%s/>", s.name, "1")
	w.line(2, "<Dynamics>")
	plain := printer{} // names of values mean the target's
	w.line(3, "<DerivedVariable name=%s value=%s/>", "pre", plain.text(g.Substitute(s.pre, sent)))
	w.line(3, "<DerivedVariable name=%s value=%s/>", "post", plain.text(s.post))
	w.line(2, "</Dynamics>")
	w.line(1, "</ComponentType>")
}

// line writes an element with the values of its attributes, each %s in quotes.
func (w *writer) line(depth int, format string, values ...string) {
	var quoted []any
	for _, v := range values {
		var b strings.Builder
		b.WriteByte('"')
		xml.EscapeText(&b, []byte(v))
		b.WriteByte('"')
		quoted = append(quoted, b.String())
	}
	fmt.Fprintf(&w.out, strings.Repeat("  ", depth)+format+"\n", quoted...)
}
