package cpu

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"runtime"
	"strings"
)

const native = "native"

// level is an instruction set that compilers know by name and many machines share.
type level struct {
	name  string
	needs string // words that the host's list of features must hold, beside those of the levels before it
}

// The x86-64 levels of the System V psABI; ARM's by what Linux calls their mandatory features.
var levels = map[string][]level{
	"amd64": {
		{"x86-64", "sse2"},
		{"x86-64-v2", "cx16 lahf_lm popcnt pni ssse3 sse4_1 sse4_2"},
		{"x86-64-v3", "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave"},
		{"x86-64-v4", "avx512f avx512bw avx512cd avx512dq avx512vl"},
	},
	"arm64": {
		{"armv8-a", "fp asimd"},
		{"armv8.1-a", "atomics asimdrdm"},
		{"armv8.2-a", "dcpop"},
	},
}

// Levels names the instruction sets that Options.ISA may ask for on this kind of machine, the least first.
func Levels() []string {
	var names []string
	for _, l := range levels[runtime.GOARCH] {
		names = append(names, l.name)
	}
	return names
}

func levelOf(name string) int {
	for i, l := range Levels() {
		if l == name {
			return i
		}
	}
	return -1
}

// host is what this machine's processor is.
type host struct {
	name   string // as its maker calls it
	level  int    // the highest of Levels that it has, -1 when none
	digest string // of its model and features: equal digests run equal code
}

func thisHost() host {
	text, _ := os.ReadFile("/proc/cpuinfo")
	return hostOf(string(text), levels[runtime.GOARCH])
}

// hostOf reads the text of /proc/cpuinfo, whose first block describes the first core.
func hostOf(cpuinfo string, known []level) host {
	first, _, _ := strings.Cut(cpuinfo, "\n\n")
	fields := map[string]string{}
	for _, line := range strings.Split(first, "\n") {
		key, value, _ := strings.Cut(line, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	h := host{name: fields["model name"], level: -1}
	if h.name == "" {
		h.name = strings.TrimSpace(runtime.GOARCH + " " + fields["CPU implementer"] + " " + fields["CPU part"])
	}
	features := fields["flags"] + " " + fields["Features"]
	has := map[string]bool{}
	for _, f := range strings.Fields(features) {
		has[f] = true
	}
levels:
	for i, l := range known {
		for _, need := range strings.Fields(l.needs) {
			if !has[need] {
				break levels
			}
		}
		h.level = i
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{
		fields["vendor_id"], fields["cpu family"], fields["model"],
		fields["CPU implementer"], fields["CPU variant"], fields["CPU part"], features,
	}, "\n")))
	h.digest = hex.EncodeToString(sum[:4])
	return h
}

// runs tells whether the host can run code compiled for isa.
func (h host) runs(isa string) bool { return isa == native || levelOf(isa) <= h.level }

// describe names isa for people.
func (h host) describe(isa string) string {
	if isa == native && h.level >= 0 {
		return native + " " + Levels()[h.level]
	}
	return isa
}

// label is what isa is called in the names of compiled objects. The native one is the host's own.
func (h host) label(isa string) string {
	if isa == native {
		return native + "." + h.digest
	}
	return isa
}

// fallbacks are the labels of the objects that the host can run, the best first.
func (h host) fallbacks() []string {
	labels := []string{h.label(native)}
	for i := h.level; i >= 0; i-- {
		labels = append(labels, Levels()[i])
	}
	return labels
}

// list joins names for a sentence.
func list(names []string) string { return strings.Join(names, ", ") }
