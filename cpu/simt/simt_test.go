package simt_test

import (
	"context"
	"strings"
	"testing"

	"brainsweep/cpu/simt"
	"brainsweep/device"
	"brainsweep/device/devicetest"
)

func open(t *testing.T, members int) *simt.Device {
	t.Helper()
	d, err := simt.Open(members)
	if err != nil {
		t.Skip(err)
	}
	return d
}

func TestConformance(t *testing.T) {
	open(t, 3).Close()
	devicetest.Test(t, func(t *testing.T) device.Device { return open(t, 3) })
}

// What a kernel does wrong with its members is found, and named.
func TestMistakesAreFound(t *testing.T) {
	cases := []struct {
		name, body string
		want       string // in the error; "" when the kernel is right
	}{
		{"right", `
	SHARED(i64, line, NODES);
	EACH_OF(i, NODES) line[i] = i;
	SYNC;
	EACH_OF(i, NODES) A->out[i] = line[NODES - 1 - i];`, ""},
		{"no SYNC between writing and reading", `
	SHARED(i64, line, NODES);
	EACH_OF(i, NODES) line[i] = i;
	EACH_OF(i, NODES) A->out[i] = line[NODES - 1 - i];`, "data race"},
		{"no SYNC before writing again", `
	SHARED(i64, line, NODES);
	for (i64 k = 0; k < 3; k++) {
		EACH_OF(i, NODES) line[i] = i + k;
		SYNC;
		EACH_OF(i, NODES) A->out[i] = line[NODES - 1 - i];
	}`, "data race"},
		{"no SYNC after ONCE", `
	SHARED(i64, n, 1);
	ONCE n[0] = 3;
	EACH_OF(i, NODES) A->out[i] = n[0];`, "data race"},
		{"no ONCE", `
	SHARED(i64, n, 1);
	n[0] = 3;
	SYNC;
	EACH_OF(i, NODES) A->out[i] = n[0];`, "data race"},
		{"a race in a buffer", `
	EACH_OF(i, NODES) A->out[i] = i;
	EACH_OF(i, NODES - 1) A->out[i] += A->out[i + 1];`, "data race"},
		{"a SYNC that one member misses", `
	if (TEAM == 1) { ONCE SYNC; }`, "not reached by all members"},
		{"members at different SYNCs", `
	ONCE SYNC;
	EACH_OF(i, 2) if (i == 1)
		SYNC;
	EACH_OF(i, 3) if (i == 2)
		SYNC;`, "different SYNCs"},
		{"another's OWN", `
	OWN(i64, x, 1);
	EACH(i) AT(x, 0, i) = i;
	SYNC;
	EACH_OF(i, NODES - 1) A->out[i] = AT(x, 0, i + 1);`, "another's"},
		{"padding that is not guarded", `
	EACH(i) A->out[i] = i;`, "SEGV"},
	}
	d := open(t, 3)
	defer d.Close()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			const nodes = 16
			p, err := d.Build(context.Background(), device.Source{
				Name: "kernel", Precision: 32, Nodes: nodes,
				Text: "struct args { i64 *out; };\nKERNEL(test) {" + c.body + "\n}\n",
			})
			if err != nil {
				t.Fatal(err)
			}
			b, err := d.Alloc(8 * nodes)
			if err != nil {
				t.Fatal(err)
			}
			err = p.Launch(context.Background(), "test", 5, b)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("the error is %v, want one that holds %q", err, c.want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	if _, err := simt.Open(0); err == nil {
		t.Error("teams without members")
	}
}
