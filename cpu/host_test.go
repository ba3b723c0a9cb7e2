package cpu_test

import (
	"context"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"brainsweep/cpu"
	"brainsweep/device"
)

func TestHost(t *testing.T) {
	base := "fpu sse2 "
	v2 := base + "cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2 "
	v3 := v2 + "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave "
	v4 := v3 + "avx512f avx512bw avx512cd avx512dq avx512vl "
	x86 := func(flags string) string {
		return "processor\t: 0\nvendor_id\t: Some\nmodel name\t: Fast One\nflags\t\t: " + flags + "\n\nprocessor\t: 1\nflags\t\t: fpu\n"
	}
	arm := func(features string) string { return "processor\t: 0\nBogoMIPS\t: 50\nFeatures\t: " + features + "\n" }
	cases := []struct{ cpuinfo, arch, want string }{
		{x86(base), "amd64", "x86-64"},
		{x86(v2), "amd64", "x86-64-v2"},
		{x86(v3), "amd64", "x86-64-v3"},
		{x86(v4), "amd64", "x86-64-v4"},
		{x86(strings.Replace(v4, "fma ", "", 1)), "amd64", "x86-64-v2"},
		{arm("fp asimd"), "arm64", "armv8-a"},
		{arm("fp asimd atomics asimdrdm dcpop sve"), "arm64", "armv8.2-a"},
		{"", "amd64", ""},
	}
	for _, c := range cases {
		if got := cpu.HostLevel(c.cpuinfo, c.arch); got != c.want {
			t.Errorf("%q on %s: level %q, want %q", c.cpuinfo, c.arch, got, c.want)
		}
	}
	first, again := cpu.HostDigest(x86(v3)), cpu.HostDigest(x86(v3))
	if first == cpu.HostDigest(x86(v4)) || first != again {
		t.Error("digests do not tell processors apart")
	}
}

func TestFreeMemory(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	meminfo := file("MemTotal:  100 kB\nMemFree: 10 kB\nMemAvailable:   8000 kB\n")
	cases := []struct {
		name  string
		files fstest.MapFS
		want  int64
	}{
		{"no groups", fstest.MapFS{"proc/meminfo": meminfo}, 8000 << 10},
		{"nothing known", fstest.MapFS{}, 0},
		{"version 2", fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/a/b\n"),
			"sys/fs/cgroup/a/b/memory.max": file("max\n"), "sys/fs/cgroup/a/b/memory.current": file("50000\n"),
			"sys/fs/cgroup/a/memory.max": file("100000\n"), "sys/fs/cgroup/a/memory.current": file("60000\n"),
			"sys/fs/cgroup/a/memory.stat": file("anon 1\ninactive_file 5000\n"),
		}, 45000},
		{"version 1", fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("9:cpu,memory:/x\n0::/\n"),
			"sys/fs/cgroup/memory/memory.limit_in_bytes":   file("9223372036854771712\n"),
			"sys/fs/cgroup/memory/memory.usage_in_bytes":   file("1\n"),
			"sys/fs/cgroup/memory/x/memory.limit_in_bytes": file("7000\n"), "sys/fs/cgroup/memory/x/memory.usage_in_bytes": file("9000\n"),
		}, 0},
		{"a path from outside a container", fstest.MapFS{
			"proc/meminfo": meminfo, "proc/self/cgroup": file("0::/outside/unseen\n"),
			"sys/fs/cgroup/memory.max": file("3000\n"), "sys/fs/cgroup/memory.current": file("1000\n"),
		}, 2000},
	}
	for _, c := range cases {
		if got := cpu.FreeMemory(c.files); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if free := cpu.FreeMemory(os.DirFS("/")); runtime.GOOS == "linux" && free < 1<<20 {
		t.Errorf("this machine has %d bytes free", free)
	}
}

const denormals = `
struct args { const real *x; real *y; };
KERNEL(halve) { EACH_OF(i, NODES) A->y[i] = A->x[0] * (real)0.5; }
`

// A kernel may flush denormal numbers; Go's threads go on with theirs.
func TestFloatingPointStateIsUnharmed(t *testing.T) {
	d := openDevice(t, cpu.Options{CacheDir: cacheOfRun})
	p, err := d.Build(context.Background(), device.Source{Name: "denormals", Text: denormals, Precision: 64, Nodes: 4})
	if err != nil {
		t.Fatal(err)
	}
	x, _ := d.Alloc(8)
	y, _ := d.Alloc(4 * 8)
	if err := x.Write(0, []byte{0, 0, 0, 0, 0, 0, 0x10, 0}); err != nil { // the least normal number
		t.Fatal(err)
	}
	least, half := math.Float64frombits(0x0010000000000000), 0.5
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 100 {
		if err := p.Launch(context.Background(), "halve", 8, x, y); err != nil {
			t.Fatal(err)
		}
		results := make(chan float64, 8)
		for range cap(results) {
			go func() { results <- least * half }()
		}
		for range cap(results) {
			if got := <-results; math.Float64bits(got) != 0x0008000000000000 {
				t.Fatalf("after a launch half the least normal number is %v", got)
			}
		}
	}
	out := make([]byte, 8)
	if err := y.Read(0, out); err != nil {
		t.Fatal(err)
	}
	if (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64") && out[6] != 0 {
		t.Errorf("inside a kernel denormals are kept, which is slow: % x", out)
	}
}

// No goroutine outlives a launch, be it cancelled or not.
func TestNoGoroutineIsLeft(t *testing.T) {
	d := openDevice(t, cpu.Options{CacheDir: cacheOfRun, Threads: 8})
	p, err := d.Build(context.Background(), answerSource)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := d.Alloc(8)
	before := runtime.NumGoroutine()
	for i := range 200 {
		ctx, cancel := context.WithCancel(context.Background())
		if i%2 == 0 {
			go cancel()
		}
		_ = p.Launch(ctx, "answer", 1000, b)
		cancel()
	}
	deadline := time.Now().Add(time.Minute)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond) // the tests' own cancellers
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before, %d after", before, after)
	}
}

// What a launch costs, and what a team costs.
func BenchmarkLaunch(b *testing.B) {
	for _, c := range []struct {
		name           string
		threads, teams int
	}{{"1 thread, 1 team", 1, 1}, {"2 threads, 2 teams", 2, 2}, {"1 thread, 10000 teams", 1, 10000}, {"2 threads, 10000 teams", 2, 10000}} {
		b.Run(c.name, func(b *testing.B) {
			d := openDevice(b, cpu.Options{CacheDir: cacheOfRun, Threads: c.threads})
			p, err := d.Build(context.Background(), device.Source{Name: "empty", Text: "struct args { i64 *x; }; KERNEL(empty) { }", Precision: 64, Nodes: 1})
			if err != nil {
				b.Fatal(err)
			}
			x, _ := d.Alloc(8)
			for b.Loop() {
				if err := p.Launch(context.Background(), "empty", c.teams, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What an element costs in a loop over nodes, on one core.
func BenchmarkNumerics(b *testing.B) {
	for _, bits := range []int{32, 64} {
		m := newMapper(b, bits, block)
		x, z := make([]float64, block), make([]float64, block)
		for i := range x {
			x[i] = (float64(i) + 0.5) / block
			z[i] = x[i] + 0.3
		}
		for _, f := range append(append([]string{}, unary...), "pow", "atan2", "mod", "sine", "erfc_ex") {
			b.Run(map[int]string{32: "single/", 64: "double/"}[bits]+f, func(b *testing.B) {
				m.put(m.x, x)
				m.put(m.z, z)
				const repeat = 1000
				for b.Loop() {
					if err := m.p.Launch(context.Background(), f, 1, m.x, m.z, m.y, int64(repeat)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/repeat/block, "ns/element")
			})
		}
	}
}
