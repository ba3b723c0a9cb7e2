package gpu_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"brainsweep/codegen"
	"brainsweep/device"
	"brainsweep/fault"
	"brainsweep/gpu"
	"brainsweep/model"
	"brainsweep/model/library"
)

// openNVRTC skips, saying so, where there is no NVRTC. make test unpacks one into .tools.
func openNVRTC(t testing.TB) *gpu.NVRTC {
	t.Helper()
	path := ""
	if os.Getenv("BRAINSWEEP_NVRTC") == "" {
		if beside, err := filepath.Abs("../.tools/nvrtc"); err == nil {
			if _, err := os.Stat(beside); err == nil {
				path = beside
			}
		}
	}
	n, err := gpu.OpenNVRTC(path)
	switch {
	case errors.Is(err, gpu.ErrNone) && os.Getenv("REQUIRE_NVRTC") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return n
}

// models are those of the library that live on nodes.
func models(t testing.TB) []string {
	t.Helper()
	var names []string
	for _, name := range library.Names() {
		m, err := library.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Coupled) > 0 {
			names = append(names, name)
		}
	}
	return names
}

var architectures = []string{"sm_70", "sm_80", "sm_90"}

// source is a model's kernel with everything on: delays, noise, averages with the moments of all pairs, BOLD.
func source(t testing.TB, name string, precision, nodes int) device.Source {
	t.Helper()
	m, spec := bareSpec(t, name, precision, nodes)
	balloon, err := library.Read("balloon")
	if err != nil {
		t.Fatal(err)
	}
	noisy, first := m.States[0].Name, m.States[0].Name
	for _, s := range m.States {
		if s.Noise != 0 {
			noisy = s.Name
		}
	}
	spec.Noisy = []string{noisy}
	spec.Streams = []codegen.Stream{
		{Kind: codegen.Average, Period: 10, Pairs: true, Quantities: []codegen.Quantity{{Name: first, Out: true, Moments: true}}},
		{Kind: codegen.Balloon, Period: 10000, Every: 10, Drive: first, Model: balloon, Scheme: spec.Scheme, Pairs: true,
			Quantities: []codegen.Quantity{{Name: "bold", Out: true, Moments: true}}},
	}
	return generate(t, spec)
}

// bareSource is a model's kernel without noise and monitors.
func bareSource(t testing.TB, name string, precision, nodes int) device.Source {
	t.Helper()
	_, spec := bareSpec(t, name, precision, nodes)
	return generate(t, spec)
}

func generate(t testing.TB, spec codegen.Spec) device.Source {
	t.Helper()
	kernel, err := codegen.Generate(spec)
	if err != nil {
		t.Fatal(err)
	}
	return kernel.Source
}

func bareSpec(t testing.TB, name string, precision, nodes int) (*model.Model, codegen.Spec) {
	t.Helper()
	m, err := library.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	linear, err := model.FindCoupling("linear")
	if err != nil {
		t.Fatal(err)
	}
	heun, err := codegen.FindScheme("heun")
	if err != nil {
		t.Fatal(err)
	}
	return m, codegen.Spec{Title: name, Model: m, Coupling: linear, Scheme: heun, Precision: precision, Nodes: nodes}
}

// built keeps what compiled for the tests that come after.
var built = map[string]*gpu.Object{}

// compile makes machine code of a model's kernel, once.
func compile(t testing.TB, n *gpu.NVRTC, src device.Source, arch string) *gpu.Object {
	t.Helper()
	key := fmt.Sprint(src.Precision, arch, src.Text)
	if built[key] == nil {
		object, err := n.Build(src, arch, gpu.Options{})
		if err != nil {
			t.Fatal(err)
		}
		built[key] = object
	}
	return built[key]
}

// TestLibraryCompiles compiles every model of the library to machine code, for every architecture and in both precisions
// (BRAINSWEEP_SLOW=1), or for one architecture and in one precision, in turn.
func TestLibraryCompiles(t *testing.T) {
	n := openNVRTC(t)
	t.Log(n)
	for a, arch := range architectures {
		if !n.Knows(arch) {
			t.Logf("%s does not know %s", n, arch)
			continue
		}
		for p, precision := range []int{32, 64} {
			for i, name := range models(t) {
				if os.Getenv("BRAINSWEEP_SLOW") == "" && i%6 != 2*a+p {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%d", arch, name, precision), func(t *testing.T) {
					object := compile(t, n, source(t, name, precision, 68), arch)
					for _, k := range object.Kernels {
						t.Logf("%+v", k)
						if k.Registers == 0 || k.Words == 0 {
							t.Errorf("%s: the compiler's report is not understood: %+v", k.Name, k)
						}
					}
					if len(object.Kernels) != 3 {
						t.Errorf("%d kernels, want start, simulate and finish", len(object.Kernels))
					}
				})
			}
		}
	}
}

// TestEveryKindOfStreamCompiles covers what the library's kernels have not: stimuli, series, convolution, input recorded.
func TestEveryKindOfStreamCompiles(t *testing.T) {
	n := openNVRTC(t)
	pulses, err := model.FindPattern("pulse_train")
	if err != nil {
		t.Fatal(err)
	}
	for _, precision := range []int{32, 64} {
		_, spec := bareSpec(t, "generic2d", precision, 68)
		spec.Stimuli = []codegen.Stimulus{
			{Name: "pulses", Pattern: pulses, Into: []string{"V"}},
			{Name: "line", Pattern: model.Pattern{Name: "series", Parameters: []model.Parameter{{Name: codegen.SeriesOnset}, {Name: codegen.SeriesAmp}}},
				Into: []string{"V", "W"}, Samples: 100, Hold: precision == 64},
		}
		spec.Streams = []codegen.Stream{
			{Kind: codegen.Sample, Period: 1, Late: true, Quantities: []codegen.Quantity{{Name: "c0", Out: true}}},
			{Kind: codegen.Average, Period: 10, Late: true, Quantities: []codegen.Quantity{{Name: "c0", Out: true}}},
			{Kind: codegen.Convolution, Period: 10000, Every: 40, Taps: 5000, Quantities: []codegen.Quantity{{Name: "V", Out: true, Moments: true}}},
		}
		compile(t, n, generate(t, spec), "sm_80")
	}
}

// TestNoisesCompile covers noise with a colour and a gain, clamped states and the schemes that the library's kernels do not have.
func TestNoisesCompile(t *testing.T) {
	n := openNVRTC(t)
	for i, name := range []string{"exponential", "map"} {
		m, spec := bareSpec(t, "generic2d", 32*(i+1), 68)
		changed, err := m.WithGain("V", "1 + s*V^2", []string{"s"}, fault.Pos{})
		if err != nil {
			t.Fatal(err)
		}
		if spec.Scheme, err = codegen.FindScheme(name); err != nil {
			t.Fatal(err)
		}
		spec.Model, spec.Noisy, spec.Coloured, spec.Clamped = changed, []string{"V"}, []string{"V"}, []string{"W"}
		compile(t, n, generate(t, spec), "sm_90")
	}
}

// TestNetworksOfAllSizesCompile covers what the number of nodes decides: how many nodes a thread has.
func TestNetworksOfAllSizesCompile(t *testing.T) {
	n := openNVRTC(t)
	for _, nodes := range []int{1, 2, 31, 33, 512, 513, 2300, 20000} {
		t.Run(fmt.Sprint(nodes), func(t *testing.T) {
			object, err := n.Build(source(t, "kuramoto", 32, nodes), "sm_90", gpu.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d members in %d blocks, %d teams: %+v", object.Members, object.Blocks, object.Teams, object.Kernels)
			threads := object.Members / object.Blocks
			if object.Blocks == 1 {
				threads *= object.Teams
			}
			if threads > 512 || object.Members < nodes && object.Blocks*512 < nodes && object.Blocks < 64 {
				t.Errorf("%d members, %d blocks of %d threads", object.Members, object.Blocks, threads)
			}
		})
	}
}

// TestRefusal: what the compiler does not take comes back with its words.
func TestRefusal(t *testing.T) {
	n := openNVRTC(t)
	_, err := n.Build(device.Source{Name: "wrong", Text: "struct args { i64 a; };\nKERNEL(wrong) { no(); }\n", Precision: 32, Nodes: 3}, "sm_90", gpu.Options{})
	var refused *device.BuildError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a *device.BuildError", err)
	}
	t.Log(refused)
	if _, err := n.Build(source(t, "kuramoto", 32, 3), "sm_1", gpu.Options{}); err == nil || !strings.Contains(err.Error(), "does not compile for sm_1") {
		t.Errorf("an architecture that does not exist: %v", err)
	}
}

// TestNewerGPU: for a GPU that the compiler does not know there is text for its driver to finish, with the same kernels.
func TestNewerGPU(t *testing.T) {
	n := openNVRTC(t)
	src := source(t, "wongwang", 32, 68)
	known, newer := compile(t, n, src, "sm_90"), compile(t, n, src, "sm_999")
	if newer.Cubin != nil || !strings.Contains(newer.PTX, ".target sm_") {
		t.Fatalf("%d bytes of machine code", len(newer.Cubin))
	}
	for i, k := range newer.Kernels {
		if want := known.Kernels[i]; k.Name != want.Name || k.Words != want.Words || k.Words == 0 {
			t.Errorf("%+v, want the name and the words of %+v", k, want)
		}
	}
	if len(newer.Kernels) != len(known.Kernels) {
		t.Errorf("%d kernels, want %d", len(newer.Kernels), len(known.Kernels))
	}
}
