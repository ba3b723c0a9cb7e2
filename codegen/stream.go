package codegen

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// stream is a Stream as the template sees it.
type stream struct {
	Number     int
	Kind       string
	About      string
	Period     int
	Now        string // C text: the steps that what is seen belongs to
	Every      int
	OverEvery  string // 1/Every, or 1/Period for averages
	Mean       bool   // it sums quantities over steps
	Sums       []string
	SumType    string
	Cast       string
	Quantities []quantity
	Outs       int
	HasOut     bool
	Moments    int
	Pairs      bool
	Unit       *unit
	Stages     []stage
	Taps       int
	Response   int // numbers of a response

	Inputs        []string // coupling terms that quantities rest on
	NodeConstants []Field  // of the node's model
	MainStates    []Field
}

type quantity struct {
	Field   string
	Out     bool
	Slot    int
	Moments bool
	Moment  int
}

// longSum is the number of steps beyond which a mean is summed in double.
const longSum = 64

// streams prints what the streams observe, and the BOLD models.
func (g *generator) streams() error {
	seen := map[string]bool{}
	var roots []root
	observe := func(name string) (string, error) {
		field := "f_" + identifier(name)
		if seen[name] {
			return field, nil
		}
		n, ok := g.dyn.Values[name]
		if !ok {
			return "", fmt.Errorf("codegen: model %s has no quantity %q", g.spec.Model.Name, name)
		}
		g.page.SeesInput = g.page.SeesInput || g.readsInput(n)
		seen[name] = true
		roots = append(roots, root{field, n})
		return field, nil
	}
	for i, s := range g.spec.Streams {
		st := &stream{Number: i, Kind: string(s.Kind), Period: s.Period, Every: s.Every, SumType: "real", Taps: s.Taps, Pairs: s.Pairs, Now: "(t + 1)"}
		if s.Late {
			st.Now = "t"
		}
		if err := g.stream(st, s, observe); err != nil {
			return err
		}
		g.page.Streams = append(g.page.Streams, st)
		g.page.Moments = g.page.Moments || st.Moments > 0
		g.page.Accumulates = g.page.Accumulates || st.Mean
	}
	if len(roots) > 0 {
		var fields []string
		for _, r := range roots {
			fields = append(fields, r.field)
		}
		g.unit.Structs = append(g.unit.Structs, Struct{"observed", fields})
		about, parameters := "What is observed of a node.", "PARAMETERS"
		if g.page.SeesInput {
			about, parameters = "What is observed of a node; c is the input of the step that led to v.", parameters+", const struct inputs c"
		}
		g.unit.Functions = append(g.unit.Functions, g.unit.function(about, "observed", "observed", parameters, roots))
	}
	for _, st := range g.page.Streams {
		st.NodeConstants, st.MainStates = g.unit.NodeConstants(), g.unit.States
		if g.page.SeesInput {
			st.Inputs = g.page.Inputs
		}
	}
	return nil
}

// readsInput reports whether n rests on a coupling term.
func (g *generator) readsInput(n *expr.Node) bool {
	return slices.ContainsFunc(expr.Order(n), func(a *expr.Node) bool {
		return a.Op == expr.Var && strings.HasPrefix(g.unit.text[a.Name], "c.")
	})
}

func (g *generator) stream(st *stream, s Stream, observe func(string) (string, error)) error {
	for _, q := range s.Quantities {
		field := "f_" + identifier(q.Name)
		if s.Kind != Balloon {
			var err error
			if field, err = observe(q.Name); err != nil {
				return err
			}
		}
		out := quantity{Field: field, Out: q.Out, Moments: q.Moments, Slot: st.Outs, Moment: st.Moments}
		if q.Out {
			st.Outs, st.HasOut = st.Outs+1, true
		}
		if q.Moments {
			st.Moments++
		}
		st.Quantities = append(st.Quantities, out)
		if s.Kind == Average || s.Kind == Convolution {
			st.Sums = append(st.Sums, field)
		}
	}
	span := s.Period
	switch s.Kind {
	case Average:
		st.About = fmt.Sprintf("Stream %d: means over %d steps.", st.Number, s.Period)
	case Sample:
		st.About = fmt.Sprintf("Stream %d: every %d steps.", st.Number, s.Period)
	case Convolution:
		span = s.Every
		st.About = fmt.Sprintf("Stream %d: means over %d steps, convolved with the response every %d steps.", st.Number, s.Every, s.Period)
		st.Response = s.Taps + ResponseTail
	case Balloon:
		span = s.Every
		st.About = fmt.Sprintf("Stream %d: %s, driven by means of %s over %d steps, read every %d steps.", st.Number, s.Model.Title, s.Drive, s.Every, s.Period)
		field, err := observe(s.Drive)
		if err != nil {
			return err
		}
		st.Sums = []string{field}
		if err := g.balloon(st, s); err != nil {
			return err
		}
	}
	st.Mean = len(st.Sums) > 0
	st.OverEvery = number(1/float64(span), g.unit.suffix)
	if span > longSum || s.Kind == Balloon {
		st.SumType, st.Cast, st.OverEvery = "double", "(double)", number(1/float64(span), "")
	}
	return nil
}

// balloon prints the BOLD model of a stream as a unit of its own. It computes in double always: a signal of a
// thousandth, integrated in steps of a thousandth of itself, would be lost in single precision.
func (g *generator) balloon(st *stream, s Stream) error {
	dyn, err := s.Model.Dynamics()
	if err != nil {
		return err
	}
	u := newUnit(s.Model.Name, fmt.Sprintf("bold%d_", st.Number), dyn.Graph, 64)
	u.Type = "double"
	if g.spec.Precision == 32 {
		u.widen()
		g.page.Wider = true
	}
	for _, p := range s.Model.Parameters {
		u.leaves[p.Name] = folded
	}
	u.leaves[StepAddress] = folded
	for _, state := range s.Model.States {
		u.leaves[state.Name] = live
		u.text[state.Name] = "v.s_" + state.Name
		u.States = append(u.States, Field{Field: "s_" + state.Name, About: about(state.Name, state.Unit, state.About)})
	}
	u.leaves[s.Model.Input], u.text[s.Model.Input] = live, "c.input"
	u.countUses(allRoots(dyn))
	u.name(dyn.Values)
	u.Bounds = bounds(s.Model, u.suffix)
	observable := s.Quantities[0].Name
	u.Structs = []Struct{{u.Prefix + "inputs", []string{"input"}}, {u.Prefix + "observed", []string{"f_" + observable}}}
	g.derivatives(u, s.Model, dyn.Derivatives)
	u.Functions = append(u.Functions, u.function("What is observed.", u.Prefix+"observed", u.Prefix+"observed", "PARAMETERS",
		[]root{{"f_" + observable, dyn.Values[observable]}}))
	step := strings.Replace(u.constant(dyn.Graph.Var(StepAddress)), "k.", u.Prefix+"k.", 1)
	st.Stages = s.Scheme.stages(u.States, step, u.suffix, func(int) []string { return nil }, func(int) string { return "" })
	st.Unit = u
	g.k.units = append(g.k.units, u)
	return nil
}

// bounds prints the hard bounds of the states but for those clamped.
func bounds(m *model.Model, suffix string, clamped ...string) []string {
	var out []string
	for _, s := range m.States {
		if slices.Contains(clamped, s.Name) {
			continue
		}
		field := "v.s_" + s.Name
		if !math.IsInf(s.Min, 0) {
			low := signed(s.Min, suffix)
			out = append(out, fmt.Sprintf("%s = %s < %s ? %s : %s;", field, field, low, low, field))
		}
		if !math.IsInf(s.Max, 0) {
			high := signed(s.Max, suffix)
			out = append(out, fmt.Sprintf("%s = %s > %s ? %s : %s;", field, field, high, high, field))
		}
	}
	return out
}

func signed(v float64, suffix string) string {
	if v < 0 {
		return "-" + number(-v, suffix)
	}
	return number(v, suffix)
}

// about joins what is known of a state for a comment.
func about(name, unit, about string) string {
	s := name
	if unit != "" {
		s += " [" + unit + "]"
	}
	if about != "" {
		s += " " + about
	}
	return s
}

// equations gives a model's equations for the head of its function.
func equations(m *model.Model) string {
	lines := []string{"The right-hand side of " + m.Name + ":"}
	for _, f := range m.Functions {
		lines = append(lines, fmt.Sprintf("%s(%s) = %s", f.Name, strings.Join(f.Args, ", "), f.Body))
	}
	for _, d := range m.Definitions {
		lines = append(lines, fmt.Sprintf("%s = %s", d.Name, d.Value))
	}
	for _, s := range m.States {
		lines = append(lines, fmt.Sprintf("d(%s) = %s", s.Name, s.Derivative))
	}
	text := strings.ReplaceAll(strings.Join(lines, "\n"), "*/", "* /")
	return strings.ReplaceAll(text, "\n", "\n     ")
}

// wrapped breaks text into lines of about 110 characters.
func wrapped(text string) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(strings.ReplaceAll(text, "*/", "* /")) {
		if len(line)+len(word) > 110 {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
