package expr_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"brainsweep/fault"
	"brainsweep/model/expr"
)

// anything is a scope in which every name is a leaf and f, h are functions.
func anything(g *expr.Graph) expr.Scope {
	f := &expr.Function{Name: "f", Args: []*expr.Node{g.Var("f(a)"), g.Var("f(b)")}}
	f.Body = g.Make(expr.Mul, f.Args[0], g.Make(expr.Sin, f.Args[1]))
	return expr.Scope{
		Value: func(name string) *expr.Node { return g.Var(name) },
		Function: func(name string) *expr.Function {
			if name == "f" {
				return f
			}
			return nil
		},
	}
}

func build(t *testing.T, g *expr.Graph, text string) *expr.Node {
	t.Helper()
	e, err := expr.Parse(fault.Pos{}, text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	n, err := e.Build(g, anything(g))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// The remainder is exact, also where the quotient is rounded up to a whole number.
func TestRemainders(t *testing.T) {
	g := expr.NewGraph()
	n := build(t, g, "mod(x, y)")
	random := rand.New(rand.NewPCG(3, 4))
	for range 20000 {
		x, y := float64(random.IntN(400))*0.1-float64(random.IntN(12))*0.1, float64(1+random.IntN(60))*0.1
		want := math.Mod(x, y)
		if want < 0 {
			want += y
		}
		if got := at(n, x, y, 0); got != want {
			t.Fatalf("mod(%v, %v) is %v, want %v", x, y, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	const x, y, z = 0.7, -1.3, 2.0
	for _, c := range []struct {
		text string
		want float64
	}{
		{"1 + 2*3", 7}, {"(1 + 2)*3", 9}, {"2^3^2", 512}, {"-x^2", -x * x}, {"(-x)^2", x * x}, {"2^-1", 0.5},
		{"x - y - z", x - y - z}, {"x/y/z", x / y / z}, {"-x*y", -x * y}, {"x*-y", -x * y}, {"1.5e-3", 0.0015}, {".5", 0.5},
		{"x < y", 0}, {"x > y", 1}, {"x >= x", 1}, {"x == y or z == 2", 1}, {"not x > y and 1", 0}, {"not (x and 0)", 1},
		{"where(x > 0.5, y, z)", y}, {"where(x > 1, y, z)", z}, {"2*pi", 2 * math.Pi}, {"1/inf", 0}, {"-inf", math.Inf(-1)},
		{"exp(x) + log(z) - sqrt(z)", math.Exp(x) + math.Log(z) - math.Sqrt(z)},
		{"atan2(y, x)", math.Atan2(y, x)}, {"erf(x) + erfc(y)", math.Erf(x) + math.Erfc(y)},
		{"mod(y, z)", 0.7}, {"min(x, y)*max(x, y)", x * y}, {"sign(y) + floor(y) + ceil(y)", -4}, {"abs(y)", 1.3},
		{"z^0.5", math.Sqrt(z)}, {"z^-1.5", 1 / (z * math.Sqrt(z))}, {"x^7", math.Pow(x, 7)}, {"x^1.1", math.Pow(x, 1.1)}, {"x^40", math.Pow(x, 40)},
		{"diff(f(x, y), y)", x * math.Cos(y)}, {"diff(f(x, y), y, x)", math.Cos(y)}, {"diff(f(x, y), x, x)", 0},
		{"a = x + 1\nb = a*a # a comment\nb - a", (x + 1) * x},
		{"a = x\n  + 1\nwhere(a > 0,\n a,\n 0\n)", x + 1},
	} {
		g := expr.NewGraph()
		if got := at(build(t, g, c.text), x, y, z); math.Abs(got-c.want) > 1e-14 && got != c.want {
			t.Errorf("%s = %v, want %v", c.text, got, c.want)
		}
	}
}

func TestSimplification(t *testing.T) {
	for _, c := range [][2]string{
		{"x + 0", "x"}, {"0 + x", "x"}, {"x*1", "x"}, {"x*0", "0"}, {"0/x", "0"}, {"x/1", "x"}, {"x^1", "x"}, {"x^0", "1"}, {"1^x", "1"},
		{"x - x", "0"}, {"x + x", "2*x"}, {"3*x - x", "2*x"}, {"x*y - y*x", "0"}, {"exp(x)/exp(x)", "1"},
		{"--x", "x"}, {"x + -y", "x - y"}, {"x - -y", "x + y"}, {"-x - y", "-(x + y)"}, {"-(x - y)", "y - x"}, {"-x*-y", "x*y"}, {"-x/y", "-(x/y)"},
		{"x*y", "y*x"}, {"x + y", "y + x"}, {"2*x*3", "6*x"}, {"(2*x)*y", "2*(x*y)"}, {"x*2*(y*3)", "6*(x*y)"}, {"(x + 1) + 2", "x + 3"}, {"1 - (x + 3)", "-2 - x"},
		{"x^2", "x*x"}, {"x^4", "(x*x)*(x*x)"}, {"x/2", "0.5*x"}, {"x/(2*y)", "0.5*(x/y)"}, {"3*x/6", "0.5*x"}, {"x^-1", "1/x"},
		{"sin(-x)", "-sin(x)"}, {"cos(-x)", "cos(x)"}, {"abs(-x)", "abs(x)"}, {"max(x, x)", "x"}, {"max(x, y)", "max(y, x)"},
		{"where(1, x, y)", "x"}, {"where(0, x, y)", "y"}, {"where(x, y, y)", "y"}, {"where(not x, y, z)", "where(x, z, y)"},
		{"x < x", "0"}, {"x == x", "1"}, {"x and 0", "0"}, {"x or 1", "1"}, {"x and 1", "x != 0"}, {"(x < y) and 1", "x < y"}, {"not not (x < y)", "x < y"},
		{"exp(0)", "1"}, {"sqrt(4) + 2^3", "10"},
	} {
		g := expr.NewGraph()
		if got, want := build(t, g, c[0]), build(t, g, c[1]); got != want {
			t.Errorf("%s is %v, want %v", c[0], got, want)
		}
	}
	g := expr.NewGraph()
	for _, undefined := range []string{"x/x", "0/0", "inf - inf", "inf/inf", "sqrt(-1)", "log(-1)", "1/0 - exp(1000)", "2*(1e200*1e200/inf)/x"} {
		if n := build(t, g, undefined); n.Op == expr.Const {
			t.Errorf("%s must stay a formula, not %v", undefined, n)
		}
	}
}

func TestPrintedNodesParseToThemselves(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		g := expr.NewGraph()
		n := randomNode(r, g, []*expr.Node{g.Var("x"), g.Var("y"), g.Var("z")}, 1+r.IntN(60))
		n = g.Make(expr.Where, g.Make(expr.Lt, n, g.Var("x")), n, g.Make(expr.Not, g.Var("y")))
		text := n.String()
		if again := build(t, g, text); again != n {
			t.Errorf("seed %d: %s\nreads back as %v", seed, text, again)
		}
	}
}

func TestPrintedExpressionsAreStable(t *testing.T) {
	for _, c := range [][2]string{
		{"a+b*c", "a + b*c"}, {"((a))", "a"}, {"(a+b)+c", "a + b + c"}, {"a+(b+c)", "a + (b + c)"}, {"a-(b-c)", "a - (b - c)"},
		{"a*(b/c)", "a*(b/c)"}, {"(a*b)/c", "a*b/c"}, {"-(a*b)", "-a*b"}, {"-(a+b)", "-(a + b)"}, {"a*(-b)", "a*(-b)"}, {"(-a)^2", "(-a)^2"}, {"-a^2", "-a^2"},
		{"(a^b)^c", "(a^b)^c"}, {"a^(b^c)", "a^b^c"}, {"2^(-x)", "2^(-x)"}, {"not(a<b)and c", "not a < b and c"}, {"not (a and b)", "not (a and b)"},
		{"(a<b)<c", "(a < b) < c"}, {"where( a>0,1e-06 ,1000000)", "where(a > 0, 1e-6, 1e6)"},
		{"u = a\n\n# why\nu+1", "u = a\nu + 1"}, {"0.10", "0.1"}, {"1e21 - -3", "1e21 - -3"},
	} {
		e, err := expr.Parse(fault.Pos{}, c[0])
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if e.String() != c[1] {
			t.Errorf("%s prints as %s, want %s", c[0], e, c[1])
		}
		if again, err := expr.Parse(fault.Pos{}, e.String()); err != nil || again.String() != e.String() {
			t.Errorf("%s is not stable: %v, %v", e, again, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	pos := fault.Pos{File: "m.toml", Line: 3, Col: 10}
	for _, c := range []struct {
		text string
		want string // all messages, by line
	}{
		{"", "m.toml:3:10: an expression is missing"},
		{"a +", `m.toml:3:13: expected a value, found the end`},
		{"a + * b", `m.toml:3:14: expected a value, found "*"`},
		{"(a + b", `m.toml:3:10: the bracket of "(" is not closed; lines that continue it must be indented deeper`},
		{"a + b)", `m.toml:3:15: this ) closes nothing`},
		{"2x + 3y", "m.toml:3:10: a name cannot begin with a digit: \"2x\"; write 2*x to multiply\nm.toml:3:15: a name cannot begin with a digit: \"3y\"; write 3*y to multiply"},
		{"2 x", `m.toml:3:12: expected an operator before "x"; write * to multiply`},
		{"a**2 && b || !c", "m.toml:3:11: unexpected \"**\": write ^ for a power\nm.toml:3:15: unexpected \"&&\": write and\nm.toml:3:20: unexpected \"||\": write or\nm.toml:3:23: unexpected \"!\": write not"},
		{"a = b", `m.toml:3:10: the last line is the value: write it without "a ="`},
		{"b < a = c", `m.toml:3:16: unexpected =; write == to compare`},
		{"a < b < c", `m.toml:3:16: comparisons do not chain: write a < b and b < c`},
		{"a + τ_w", `m.toml:3:14: unexpected "τ": names are made of the letters a to z, digits and _`},
		{"a ? b : c", "m.toml:3:12: unexpected \"?\": write where(condition, a, b) for a choice\nm.toml:3:16: unexpected \":\": write where(condition, a, b) for a choice"},
		{"exp(1, 2) + where(1, 2)", "m.toml:3:10: exp takes 1 argument, not 2\nm.toml:3:22: where takes 3 arguments, not 2"},
		{"exp + f", "m.toml:3:10: \"exp\" is a function: write exp(...)\nm.toml:3:16: \"f\" is a function: write f(...)"},
		{"tau(3) + tua", "m.toml:3:10: \"tau\" is not a function; write tau*(...) to multiply\nm.toml:3:19: unknown name \"tua\" (did you mean \"tau\"?)"},
		{"sqr(tau) + pow(tau, 2)", "m.toml:3:10: unknown function \"sqr\" (did you mean \"sqrt\"?)\nm.toml:3:21: unknown function \"pow\": write a^b"},
		{"f(tau)", "m.toml:3:10: f takes 2 arguments, not 1"},
		{"diff(tau, tau)", "m.toml:3:10: diff is written diff(f(a, b), a): a call of a function, then the arguments to differentiate by"},
		{"diff(f(x, y), tau)", `m.toml:3:24: "tau" is not one of the arguments in this call of f`},
		{"diff(f(x, x), x)", `m.toml:3:24: "x" is more than one of the arguments in this call of f, so that the derivative has no clear meaning`},
		{"diff(f(x, y), 2*x)", `m.toml:3:25: diff differentiates by plain names, as in diff(f(x), x)`},
		{"diff(sin(x), x)", `m.toml:3:15: diff takes a function of the model's own: write a line f(x) = sin(x) and differentiate f`},
		{"diff(f(x, y), x, x, x, x, x)", `m.toml:3:10: diff goes to order 4, not 5`},
		{"u = 1\nu = 2\nsin = 3\nu", "m.toml:4:1: \"u\" is defined twice in this block\nm.toml:5:1: \"sin\" belongs to the language: choose another name"},
		{"1e999", "m.toml:3:10: the number 1e999 is too large"},
		{"+x", "m.toml:3:10: unexpected +: a number needs no plus sign"},
	} {
		g := expr.NewGraph()
		scope := anything(g)
		scope.Known = []string{"tau", "x", "y", "f"}
		scope.Value = func(name string) *expr.Node {
			if len(name) == 1 && name != "f" || name == "tau" {
				return g.Var(name)
			}
			return nil
		}
		e, err := expr.Parse(pos, c.text)
		if err == nil {
			_, err = e.Build(g, scope)
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%q gives\n%v\nwant\n%s", c.text, err, c.want)
		}
	}
}

func TestDeepAndLongExpressionsAreRefused(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("(", 100000) + "x", strings.Repeat("-", 100000) + "x", strings.Repeat("not ", 100000) + "x",
		strings.Repeat("sin(", 100000), strings.Repeat("x^", 100000) + "x", strings.Repeat("x + ", 100000) + "x", strings.Repeat("x*(", 100000),
	} {
		_, err := expr.Parse(fault.Pos{}, text)
		if err == nil || !strings.Contains(err.Error(), "give parts of it names") {
			t.Errorf("%.10s...: %.200v", text, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a + b*-c^2", "u = diff(f(x, y), x)\n where(u < 1e-3, (u), not u)", "f(x) =\n  a = x\n  a\nd(y) = f(1)", "d(x) = (", "1e+", "é'", "\r\n\t#"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		g := expr.NewGraph()
		expr.ParseEquations(fault.Pos{}, text)
		e, err := expr.Parse(fault.Pos{}, text)
		if err != nil {
			return
		}
		again, err := expr.Parse(fault.Pos{}, e.String())
		if err != nil || again.String() != e.String() {
			t.Fatalf("%q prints as %q, which reads as %q, %v", text, e, again, err)
		}
		n, err := e.Build(g, anything(g))
		m, errAgain := again.Build(g, anything(g))
		if (err == nil) != (errAgain == nil) || err == nil && n != m {
			t.Fatalf("%q: %v, %v; printed and read: %v, %v", text, n, err, m, errAgain)
		}
	})
}
