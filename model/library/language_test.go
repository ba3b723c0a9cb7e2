package library_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"brainsweep/model"
	"brainsweep/model/expr"
)

// The functions that two of the models need, in our language. The cubic's root as TVB has it takes the principal
// cube root of a negative number, which has real part 1/2 and imaginary part sqrt(3)/2 of the modulus' root.
const geometry = `
norm(a, b, c) = sqrt(a^2 + b^2 + c^2)
arc1(P1, P2, P3, Q1, Q2, Q3, u) =
    X2 = P3*Q1 - P1*Q3
    X3 = P1*Q2 - P2*Q1
    X1 = P2*Q3 - P3*Q2
    P1/norm(P1, P2, P3)*cos(u) + (X2*P3 - X3*P2)/norm(X2*P3 - X3*P2, X3*P1 - X1*P3, X1*P2 - X2*P1)*sin(u)
arc2(P1, P2, P3, Q1, Q2, Q3, u) = arc1(P2, P3, P1, Q2, Q3, Q1, u)
arc3(P1, P2, P3, Q1, Q2, Q3, u) = arc1(P3, P1, P2, Q3, Q1, Q2, u)
cube_root(x) = abs(x)^(1/3)
real_root(x) = where(x < 0, 0.5, 1)*cube_root(x)
imaginary_root(x) = where(x < 0, sqrt(3)/2, 0)*cube_root(x)
resting_branch(N, mu1, mu2) =
    p = mu1/2
    D = mu1^2/4 - mu2^3/27
    rho = cube_root(sqrt(max(p^2 - D, 0)))
    phi = atan2(sqrt(max(-D, 0)), p)/3
    turn = where(N == 1, 0, where(N == 2, 2*pi/3, -2*pi/3))
    u = p + sqrt(max(D, 0))
    v = p - sqrt(max(D, 0))
    side = where(N == 2, 1, -1)
    first = real_root(u) + real_root(v)
    other = -(real_root(u) + side*sqrt(3)*imaginary_root(u))/2 - (real_root(v) - side*sqrt(3)*imaginary_root(v))/2
    where(D < 0, 2*rho*cos(phi + turn), where(N == 1, first, other))
`

// dfunTable is a table of derivatives, from the reference figures.
type dfunTable struct {
	Variables []string `json:"state_variables"`
	Modes     int
	Cvar      []int
	Sets      []struct {
		Name          string
		Parameters    map[string]any
		LocalCoupling float64 `json:"local_coupling"`
		States        [][]float64
		Coupling      [][]float64
		Derivatives   [][]float64
	}
}

// modelFile writes a model file from the equations and parameters of a section of MODELS.md.
func modelFile(section string, table dfunTable) string {
	_, rest, _ := strings.Cut(section, "```eq\n")
	equations, _, _ := strings.Cut(rest, "```")
	equations = strings.ReplaceAll(equations, "if(", "where(")
	if strings.Contains(equations, "arc1(") || strings.Contains(equations, "resting_branch(") {
		equations += geometry
	}
	var coupled []string
	for _, k := range table.Cvar {
		coupled = append(coupled, fmt.Sprintf("%q", table.Variables[k]))
	}
	if strings.Contains(equations, "c1") && len(coupled) == 1 { // Hopfield's second term comes with a parameter
		coupled = append(coupled, fmt.Sprintf("%q", table.Variables[1]))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "title = \"x\"\ncoupled = [%s]\nequations = '''\n%slc(v) = local_coupling*v\n'''\n[states]\n", strings.Join(coupled, ", "), equations)
	for _, v := range table.Variables {
		fmt.Fprintf(&b, "%s = { range = [0.0, 0.0] }\n", v)
	}
	b.WriteString("[parameters]\nlocal_coupling = { value = 0.0 }\n")
	for _, m := range regexp.MustCompile(`(?m)^- (\w+) = `).FindAllStringSubmatch(section, -1) {
		fmt.Fprintf(&b, "%s = { value = 0.0 }\n", m[1])
	}
	return b.String()
}

// TestLanguageSaysTVBsModels turns the equations of all of TVB's one-mode models, as MODELS.md has them, into model
// files and compares their derivatives with TVB's.
func TestLanguageSaysTVBsModels(t *testing.T) {
	text, err := os.ReadFile(shared(t, "MODELS.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range strings.Split(string(text), "\n### ")[1:] {
		name, _, _ := strings.Cut(section, "\n")
		path := filepath.Join(shared(t, "reference"), "dfun", name+".json")
		if _, err := os.Stat(path); err != nil {
			continue // a heading of another kind
		}
		t.Run(name, func(t *testing.T) {
			var table dfunTable
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &table); err != nil || table.Modes != 1 {
				t.Skipf("modes are not in the language yet")
			}
			compareWithTable(t, modelFile(section, table), table)
		})
	}
}

func compareWithTable(t *testing.T, file string, table dfunTable) {
	const tolerance = 1e-11 // of the largest derivative in a row
	m, err := model.Parse("model.toml", []byte(file))
	if err != nil {
		t.Fatalf("%v\n%s", err, file)
	}
	d, err := m.Dynamics()
	if err != nil {
		t.Fatal(err)
	}
	rows, worst := 0, 0.0
	for _, set := range table.Sets {
		leaf := map[string]float64{"local_coupling": set.LocalCoupling, "c1": 0}
		for name, v := range set.Parameters {
			switch v := v.(type) {
			case float64:
				leaf[name] = v
			case bool:
				if v {
					leaf[name] = 1
				} else {
					leaf[name] = 0
				}
			}
		}
		for i, state := range set.States {
			for k, v := range table.Variables {
				leaf[v] = state[k]
			}
			for k, term := range set.Coupling[i] {
				leaf[model.CouplingTermName(k)] = term
			}
			got := expr.Eval(d.Derivatives, func(name string) float64 {
				v, known := leaf[name]
				if !known {
					t.Fatalf("set %s has no %q", set.Name, name)
				}
				return v
			})
			scale := 0.0
			for _, want := range set.Derivatives[i] {
				scale = math.Max(scale, math.Abs(want))
			}
			for k, want := range set.Derivatives[i] {
				rows++
				e := math.Abs(got[k]-want) / scale
				worst = math.Max(worst, e)
				if !(e <= tolerance) {
					t.Errorf("set %s, row %d: d(%s) = %v, want %v", set.Name, i, table.Variables[k], got[k], want)
				}
			}
		}
	}
	t.Logf("%d derivatives, largest difference %.1e", rows, worst)
}
