package devicetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"brainsweep/device"
)

const store = `struct args { i64 *out; i64 n; }; KERNEL(store) { ONCE A->out[TEAM] = A->n; }`

// A compiler's refusal is told in its own words, with the source's name, and does no harm.
func buildErrors(t *testing.T, d device.Device) {
	src := device.Source{Name: "broken", Text: "struct args { i64 *out; };\nKERNEL(bad) { undeclared_thing = 1; }\n", Precision: 32, Nodes: 3}
	for range 2 {
		_, err := d.Build(background, src)
		var refusal *device.BuildError
		if !errors.As(err, &refusal) {
			t.Fatalf("the error is %v, want a *device.BuildError", err)
		}
		if refusal.Source != src {
			t.Error("the error is about another source")
		}
		if !strings.Contains(refusal.Log, "undeclared_thing") {
			t.Errorf("the compiler's words are lost: %q", refusal.Log)
		}
		if !strings.Contains(err.Error(), "broken") {
			t.Errorf("the source's name is missing: %v", err)
		}
	}
	p := build(t, d, "sound", store, 32, 3)
	b := alloc(t, d, 8)
	launch(t, p, "store", 1, b, int64(5))
	if int64s(t, b)[0] != 5 {
		t.Error("after a refusal nothing runs")
	}
}

func sourceMistakes(t *testing.T, d device.Device) {
	for _, src := range []device.Source{
		{Name: "", Text: store, Precision: 32, Nodes: 3}, {Name: "../x", Text: store, Precision: 32, Nodes: 3},
		{Name: "x", Text: store, Precision: 16, Nodes: 3}, {Name: "x", Text: store, Precision: 32, Nodes: 0},
	} {
		if _, err := d.Build(background, src); err == nil {
			t.Errorf("%+v is built", src)
		}
	}
}

func cancelled(t *testing.T, d device.Device) {
	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := d.Build(ctx, device.Source{Name: "never", Text: store + "/* never built */", Precision: 32, Nodes: 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("Build says %v", err)
	}
	p := build(t, d, "store", store, 32, 3)
	b := alloc(t, d, 8*100)
	if err := p.Launch(ctx, "store", 100, b, int64(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Launch says %v", err)
	}
	for i, got := range int64s(t, b) {
		if got != 0 {
			t.Fatalf("team %d ran all the same", i)
		}
	}
	launch(t, p, "store", 100, b, int64(1))
}

// Cancelling keeps further teams from starting, and Launch returns soon.
func cancelledMidway(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 *out; i64 rounds; };
KERNEL(long_one) {
	OWN(real, x, 1);
	EACH(i) AT(x, 0, i) = (real)1.1;
	for (i64 k = 0; k < A->rounds; k++) EACH(i) AT(x, 0, i) = SQRT(AT(x, 0, i) + (real)0.5);
	const i32 odd = ANY(i, AT(x, 0, i) < 0);
	ONCE A->out[TEAM] = 1 + odd;
}`
	p := build(t, d, "long", kernel, 64, 68)
	teams := 1 << 20
	b := alloc(t, d, 8*teams)
	ctx, cancel := context.WithTimeout(background, 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := p.Launch(ctx, "long_one", teams, b, int64(20000))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Launch says %v", err)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("Launch returned after %v", took)
	}
	ran := int64(0)
	for _, one := range int64s(t, b) {
		ran += one
	}
	if ran == int64(teams) {
		t.Error("all teams ran")
	}
	// Nothing is under way any more.
	after := int64(0)
	for _, one := range int64s(t, b) {
		after += one
	}
	if after != ran {
		t.Errorf("%d teams ran on after Launch had returned", after-ran)
	}
}

func buildsAtATime(t *testing.T, d device.Device) {
	const n = 16
	var wait sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wait.Go(func() {
			text := store + fmt.Sprintf("/* %d */", i%2)
			p, err := d.Build(background, device.Source{Name: "same", Text: text, Precision: 32, Nodes: 3})
			if err != nil {
				errs[i] = err
				return
			}
			b, err := d.Alloc(8)
			if err == nil {
				err = p.Launch(background, "store", 1, b, int64(i))
			}
			got := make([]byte, 8)
			errs[i] = errors.Join(err, b.Read(0, got), p.Close(), b.Free())
			if errs[i] == nil && got[0] != byte(i) {
				errs[i] = fmt.Errorf("build %d gave %d", i, got[0])
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

func launchesAtATime(t *testing.T, d device.Device) {
	const kernel = `
struct args { i64 *out; i64 n; };
KERNEL(fill) {
	SHARED(i64, line, NODES);
	EACH_OF(i, NODES) line[i] = A->n;
	SYNC;
	ONCE {
		i64 sum = 0;
		for (i32 i = 0; i < NODES; i++) sum += line[i];
		A->out[TEAM] = sum;
	}
}`
	const nodes, teams, n = 100, 300, 6
	p := build(t, d, "fill", kernel, 32, nodes)
	var wait sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		b := alloc(t, d, 8*teams)
		wait.Go(func() {
			for round := range 3 {
				if err := p.Launch(background, "fill", teams, b, int64(i+10*round)); err != nil {
					errs[i] = err
					return
				}
				for team, got := range int64s(t, b) {
					if got != int64(nodes*(i+10*round)) {
						errs[i] = fmt.Errorf("launch %d, round %d, team %d gave %d", i, round, team, got)
						return
					}
				}
			}
		})
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
}

// Kernels of one name in several programs are apart, also when one of the programs is closed.
func severalPrograms(t *testing.T, d device.Device) {
	const kernel = `struct args { i64 *out; i64 n; }; KERNEL(store) { ONCE A->out[0] = A->n * NODES + PRECISION; }`
	b := alloc(t, d, 8)
	var programs []device.Program
	for nodes := 1; nodes <= 4; nodes++ {
		programs = append(programs, build(t, d, "several", kernel, 32, nodes), build(t, d, "several", kernel, 64, nodes))
	}
	check := func(i int) {
		t.Helper()
		launch(t, programs[i], "store", 1, b, int64(1000))
		if got, want := int64s(t, b)[0], int64(1000*(i/2+1)+32*(i%2+1)); got != want {
			t.Errorf("program %d gave %d, want %d", i, got, want)
		}
	}
	for i := range programs {
		check(i)
	}
	for i, p := range programs {
		if i%3 == 0 {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for i := range programs {
		if i%3 != 0 {
			check(i)
		}
	}
}

func closed(t *testing.T, d device.Device) {
	p := build(t, d, "store", store, 32, 3)
	b := alloc(t, d, 8)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if p.Launch(background, "store", 1, b, int64(1)) == nil {
		t.Error("a closed program runs")
	}
	if err := p.Close(); err != nil {
		t.Errorf("closing a program again: %v", err)
	}
	build(t, d, "store", store, 32, 3)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Alloc(8); err == nil {
		t.Error("a closed device gives buffers")
	}
	if _, err := d.Build(background, device.Source{Name: "store", Text: store, Precision: 32, Nodes: 3}); err == nil {
		t.Error("a closed device builds")
	}
	if b.Write(0, []byte{1}) == nil {
		t.Error("a buffer outlives its device")
	}
}
