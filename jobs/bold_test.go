package jobs_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"brainsweep/io/result/resulttest"
	"brainsweep/jobs"
)

// TestBoldIsSwept sweeps parameters of the balloon, and of a response: each point is that of a job with the parameter fixed, the nodes have
// the same noise at all of them, and the plan's text gives the plan.
func TestBoldIsSwept(t *testing.T) {
	t.Parallel()
	const text = least + `transient = "200 ms"
precision = "double"
[[record]]
monitor = "bold"
period = "100 ms"
kernel = "%s"
parameters = { %s%s }
[[record]]
monitor = "average"
of = "x"
period = "100 ms"
[metrics]
of = "bold"
use = "rate"
%s`
	for _, c := range []struct{ kernel, fixed, volume string }{{"balloon", "alpha = 0.3", "V0"}, {"volterra", "k_1 = 5.5", "V_0"}} {
		swept := parse(t, fmt.Sprintf(text, c.kernel, c.fixed, "", fmt.Sprintf("[sweep]\nbold.tau_s = [0.5, 0.8]\n'bold.%s' = [0.02, 0.04]\n", c.volume)))
		want := result(t, swept, ways{})
		resulttest.Same(t, "2 ranks, batches of 1", result(t, swept, ways{ranks: 2, batch: 1}), want)
		resulttest.Same(t, "3 threads, batches of 3", result(t, swept, ways{threads: 3, batch: 3}), want)
		for i, values := range []string{", tau_s = 0.5, %s = 0.02", ", tau_s = 0.5, %s = 0.04", ", tau_s = 0.8, %s = 0.02", ", tau_s = 0.8, %s = 0.04"} {
			alone := rows(t, result(t, parse(t, fmt.Sprintf(text, c.kernel, c.fixed, fmt.Sprintf(values, c.volume), "")), ways{}), 1, 0)
			among := rows(t, want, 4, i)
			for _, set := range []string{"/bold/bold", "/metrics/bold/rate_mean", "/average/x", "/points/name"} {
				if alone[set] != among[set] || alone[set] == "" {
					t.Errorf("%s: point %d alone: other numbers in %s", c.kernel, i, set)
				}
			}
		}
		if a, b := rows(t, want, 4, 0), rows(t, want, 4, 3); a["/bold/bold"] == b["/bold/bold"] || a["/average/x"] != b["/average/x"] {
			t.Error("the sweep is not of BOLD alone")
		}
		if again := parse(t, swept.Plan.Text()).Plan; again.Text() != swept.Plan.Text() || again.Hash() != swept.Plan.Hash() {
			t.Errorf("the plan is\n%s\nread again\n%s", swept.Plan.Text(), again.Text())
		}
	}
	_, err := jobs.Parse("testdata/job.toml", []byte(fmt.Sprintf(text, "balloon", "alpha = 0.3", "", "[sweep]\nbold.tau_z = [0.5]\nbold.tau_f = [-1]\n")))
	if got := fmt.Sprint(err); !strings.Contains(got, `"bold.tau_z" cannot be swept (did you mean "bold.tau_f"?)`) || !strings.Contains(got, "sweep.bold.tau_f: -1 is out of bounds") {
		t.Errorf("says %v", err)
	}
}

// TestResponsesToAConstant: what a response makes of a constant after the 20 s that it looks back is its area over the 4 ms
// between its values. Of the Volterra kernel that is tau_f/3, of the mixture (1 - c)/l.
func TestResponsesToAConstant(t *testing.T) {
	const level, between = 0.25, 0.004
	for _, c := range []struct {
		kernel, parameters string
		want               float64
	}{
		{"volterra", "tau_s = 0.6, tau_f = 0.5, k_1 = 3, V_0 = 0.1", 3 * 0.1 * (level*0.5/3/between - 1)},
		{"gamma_mixture", "a_1 = 5, a_2 = 8, l = 2, c = 0.25", level * 0.75 / 2 / between},
	} {
		text := fmt.Sprintf(`model = "toy.toml"
[connectome]
source = "synthetic:10"
[run]
duration = "20.2 s"
step = "1 ms"
precision = "double"
[clamp]
x = %v
[[record]]
monitor = "bold"
kernel = %q
parameters = { %s }
period = "20.1 s"
`, level, c.kernel, c.parameters)
		for node, v := range numbersOf(t, text, "/bold/bold") {
			if math.Abs(v-c.want) > 1e-5*c.want {
				t.Errorf("%s: %v at node %d, want %v", c.kernel, v, node, c.want)
			}
		}
	}
}
