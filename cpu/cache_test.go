package cpu_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"brainsweep/cpu"
	"brainsweep/device"
)

const answer = `struct args { i64 *out; }; KERNEL(answer) { ONCE A->out[0] = 42; }`

var answerSource = device.Source{Name: "answer", Text: answer, Precision: 64, Nodes: 3}

// check builds answer on the device and runs it.
func check(t *testing.T, d *cpu.Device) {
	t.Helper()
	p, err := d.Build(context.Background(), answerSource)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Alloc(8)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Launch(context.Background(), "answer", 1, b); err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 8)
	if err := b.Read(0, out); err != nil || out[0] != 42 {
		t.Fatalf("the answer is %v, %v", out, err)
	}
}

func objects(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.so"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// countingCompiler is a compiler that leaves a mark for each compilation.
func countingCompiler(t *testing.T) (command string, count func() int) {
	t.Helper()
	dir := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\ncase \" $* \" in *' -c '*) echo x >> %s/count;; esac\nexec cc \"$@\"\n", dir)
	command = filepath.Join(dir, "cc")
	if err := os.WriteFile(command, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return command, func() int {
		b, _ := os.ReadFile(filepath.Join(dir, "count"))
		return strings.Count(string(b), "x")
	}
}

// A source is compiled once, by whichever device comes first, and again when its object is damaged.
func TestCache(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "cache")
	command, compiled := countingCompiler(t)
	o := cpu.Options{CacheDir: dir, Compiler: command}
	check(t, openDevice(t, o))
	check(t, openDevice(t, o))
	if n := compiled(); n != 1 {
		t.Fatalf("compiled %d times", n)
	}
	files := objects(t, dir)
	if len(files) != 1 || !cpu.Sealed(files[0]) {
		t.Fatalf("the cache holds %v", files)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 1
	for name, damaged := range map[string][]byte{"empty": {}, "cut": whole[:len(whole)/2], "cut a little": whole[:len(whole)-1], "flipped": flipped, "text": []byte("hello")} {
		before := compiled()
		// As a disk that ran full leaves it: in place of the file, not in its very bytes, which a process may have mapped.
		if err := os.Remove(files[0]); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], damaged, 0o755); err != nil {
			t.Fatal(err)
		}
		check(t, openDevice(t, o))
		if n := compiled(); n != before+1 {
			t.Errorf("%s object: compiled %d times", name, n-before)
		}
		if !cpu.Sealed(files[0]) {
			t.Errorf("%s object: still damaged", name)
		}
	}
}

// Many processes and goroutines that begin at a time get along.
func TestCacheShared(t *testing.T) {
	dir := t.TempDir()
	var wait sync.WaitGroup
	for range 4 {
		d := openDevice(t, cpu.Options{CacheDir: dir})
		for range 4 {
			wait.Go(func() {
				if _, err := d.Build(context.Background(), answerSource); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wait.Wait()
	if files := objects(t, dir); len(files) != 1 || !cpu.Sealed(files[0]) {
		t.Errorf("the cache holds %v", files)
	}
}

// One device compiles a source once, however many ask for it.
func TestBuildsAtATimeCompileOnce(t *testing.T) {
	command, compiled := countingCompiler(t)
	d := openDevice(t, cpu.Options{Compiler: command})
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() { _, _ = d.Build(context.Background(), answerSource) })
	}
	wait.Wait()
	if n := compiled(); n != 1 {
		t.Errorf("compiled %d times", n)
	}
}

// Where the cache cannot be written, a directory of the process serves, and goes with it.
func TestUnwritableCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	d, err := cpu.Open(cpu.Options{CacheDir: filepath.Join(file, "cache")})
	if err != nil {
		t.Fatal(err)
	}
	check(t, d)
	check(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(scratch); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

// A machine without a compiler runs what another one has compiled: for this very processor, or for a level it has.
func TestWithoutCompiler(t *testing.T) {
	alone := func(t *testing.T, dir, isa string) *cpu.Device {
		t.Helper()
		t.Setenv("PATH", t.TempDir())
		t.Setenv("CC", "")
		d := openDevice(t, cpu.Options{CacheDir: dir, ISA: isa})
		if !strings.Contains(d.Info().Tools, "no C compiler") {
			t.Fatalf("tools: %s", d.Info().Tools)
		}
		return d
	}
	t.Run("nothing compiled", func(t *testing.T) {
		dir := t.TempDir()
		_, err := alone(t, dir, "").Build(context.Background(), answerSource)
		if err == nil {
			t.Fatal("built from nothing")
		}
		for _, part := range []string{"no C compiler", dir, "answer", "install gcc", "brainsweep kernel --build"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q does not tell %q", err, part)
			}
		}
	})
	for _, isa := range append([]string{"native"}, cpu.Levels()...) {
		t.Run(isa, func(t *testing.T) {
			dir := t.TempDir()
			d := openDevice(t, cpu.Options{CacheDir: dir, ISA: isa})
			if _, err := d.Build(context.Background(), answerSource); err != nil {
				t.Fatal(err)
			}
			if !runsHere(t, d) {
				t.Skip("this processor does not have it")
			}
			check(t, alone(t, dir, ""))
		})
	}
}

// runsHere tells whether the device's instruction set is the processor's: Launch says so.
func runsHere(t *testing.T, d *cpu.Device) bool {
	t.Helper()
	p, err := d.Build(context.Background(), answerSource)
	if err != nil {
		t.Fatal(err)
	}
	b, err := d.Alloc(8)
	if err != nil {
		t.Fatal(err)
	}
	err = p.Launch(context.Background(), "answer", 1, b)
	return err == nil || !strings.Contains(err.Error(), "this processor")
}

// Objects of different instruction sets and of different compilers lie side by side.
func TestISA(t *testing.T) {
	dir := t.TempDir()
	names := map[string]bool{}
	for _, isa := range append([]string{"", "native"}, cpu.Levels()...) {
		d := openDevice(t, cpu.Options{CacheDir: dir, ISA: isa})
		if _, err := d.Build(context.Background(), answerSource); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range objects(t, dir) {
		names[f] = true
	}
	if want := len(cpu.Levels()) + 1; len(names) != want {
		t.Errorf("%d objects, want %d: %v", len(names), want, names)
	}
	if _, err := cpu.Open(cpu.Options{ISA: "pentium"}); err == nil || !strings.Contains(err.Error(), "x86-64") && !strings.Contains(err.Error(), "armv8") {
		t.Errorf("an unknown instruction set: %v", err)
	}
	if _, err := cpu.Open(cpu.Options{Compiler: "/no/such/cc"}); err == nil {
		t.Error("a compiler that does not exist")
	}
	if _, err := cpu.Open(cpu.Options{Threads: -1}); err == nil {
		t.Error("-1 threads")
	}
}

// A build that is cancelled ends soon and leaves nothing behind.
func TestCancelledBuild(t *testing.T) {
	dir := t.TempDir()
	slow := filepath.Join(dir, "cc")
	if err := os.WriteFile(slow, []byte("#!/bin/sh\ncase \" $* \" in *' -c '*) sleep 600;; esac\nexec cc \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	scratch := t.TempDir()
	t.Setenv("TMPDIR", scratch)
	d := openDevice(t, cpu.Options{Compiler: slow})
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	if _, err := d.Build(ctx, answerSource); err != context.DeadlineExceeded {
		t.Errorf("Build says %v", err)
	}
	if took := time.Since(begin); took > time.Minute { // of the ten that its compiler would take
		t.Errorf("it took %v", took)
	}
	if left, _ := os.ReadDir(scratch); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
}

// A compiler that does not take the options is passed over, unless it was asked for.
func TestUselessCompiler(t *testing.T) {
	useless := filepath.Join(t.TempDir(), "tinycc")
	if err := os.WriteFile(useless, []byte("#!/bin/sh\necho I am too small >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := cpu.Open(cpu.Options{Compiler: useless}); err == nil || !strings.Contains(err.Error(), "I am too small") {
		t.Errorf("Open says %v", err)
	}
	t.Setenv("CC", useless)
	check(t, openDevice(t, cpu.Options{}))
}
