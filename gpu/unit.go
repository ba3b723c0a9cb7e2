package gpu

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"brainsweep/device"
)

//go:embed prelude/cuda.h
var prelude string

// options for every kernel. Contraction to fused operations is NVRTC's default; reassociation it never does.
// In single precision denormals are flushed, roots are rounded correctly, and quotients are within 2 units in the last
// place: a correctly rounded one takes three times the instructions, and a branch.
var options = []string{"--std=c++17", "--device-as-default-execution-space", "--ftz=true", "--prec-div=false", "--ptxas-options=-v"}

// unit is a source with the prelude in front, ready for the compiler.
type unit struct {
	source device.Source
	shape  shape
	stored int  // [bytes] that a STORED array of a team may take of shared memory
	chosen bool // by the user: the shape stands
	text   string
	digest string
}

var sourceName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// newUnit puts the prelude before a source.
func newUnit(src device.Source, o Options) (unit, error) {
	switch {
	case !sourceName.MatchString(src.Name):
		return unit{}, fmt.Errorf("gpu: kernel name %q; letters, digits, _ and - only", src.Name)
	case src.Precision != 32 && src.Precision != 64:
		return unit{}, fmt.Errorf("gpu: kernel %s: precision %d; 32 or 64", src.Name, src.Precision)
	case src.Nodes < 1:
		return unit{}, fmt.Errorf("gpu: kernel %s: %d nodes; at least 1", src.Name, src.Nodes)
	}
	if err := o.check(src.Precision); err != nil {
		return unit{}, err
	}
	u := unitOf(src, shapeOf(src.Nodes, src.Precision, o), mostStored)
	u.chosen = o.Points > 0 || o.Members > 0 || o.Blocks > 0
	return u, nil
}

// mostStored is how large a STORED array of a team may be to lie in shared memory [bytes].
const mostStored = 9216

func unitOf(src device.Source, s shape, stored int) unit {
	var text strings.Builder
	for _, word := range []struct {
		name  string
		value int
	}{
		{"PRECISION", src.Precision}, {"NODES", src.Nodes}, {"MEMBERS", s.members}, {"BLOCKS", s.blocks}, {"TEAMS", s.teams},
		{"THREADS", s.threads}, {"RESIDENT", s.resident}, {"STORED_MOST", stored},
	} {
		fmt.Fprintf(&text, "#define %s %d\n", word.name, word.value)
	}
	fmt.Fprintf(&text, "#line 1 \"cuda.h\"\n%s#line 1 \"%s.c\"\n%s", prelude, src.Name, src.Text)
	sum := sha256.Sum256([]byte(text.String()))
	return unit{source: src, shape: s, stored: stored, text: text.String(), digest: hex.EncodeToString(sum[:])}
}

// smaller is u with less shared memory for a block: fewer teams in it, or at last no STORED values. ok is false when
// there is nothing left to give up.
func (u unit) smaller() (less unit, ok bool) {
	switch s := u.shape; {
	case s.blocks == 1 && s.teams > 1:
		return unitOf(u.source, s.of(s.teams-(s.teams+7)/8), u.stored), true
	case u.stored > 0:
		return unitOf(u.source, s, 0), true
	}
	return u, false
}

// fewSpilled is how much a thread may spill [bytes] for the sake of more threads: addresses and bounds of loops are spilled
// first, which are used seldom.
const fewSpilled = 32

// roomier is u with more registers for each thread, in blocks for fewer of them. What a thread keeps of a block of steps
// then lies in its local memory, so that shared memory suffices for the points of a larger block. ok is false where
// threads have all the registers that they may.
func (u unit) roomier() (more unit, ok bool) {
	s, most := u.shape, mostThreads(u.source.Precision)
	if s.blocks > 1 || u.chosen || s.most < most || most < 512 {
		return u, false
	}
	s.most = most * 3 / 4
	if s.members > s.most {
		return u, false
	}
	return unitOf(u.source, s.of(s.fill(s.most)), mostStored/3), true
}

// Build makes machine code of src for an architecture such as "sm_90", in the shape that o chooses. What the compiler
// refuses is a *device.BuildError.
func (n *NVRTC) Build(src device.Source, arch string, o Options) (*Object, error) {
	u, err := newUnit(src, o)
	if err != nil {
		return nil, err
	}
	return n.buildUnit(u, arch)
}

// buildUnit takes less shared memory where a block has too little.
func (n *NVRTC) buildUnit(u unit, arch string) (*Object, error) {
	out, err := n.compile(u.text, u.source.Name+".cu", n.targetFor(arch), options...)
	if errors.Is(err, errRefused) && strings.Contains(out.log, "too much shared data") {
		if less, ok := u.smaller(); ok {
			return n.buildUnit(less, arch)
		}
	}
	if errors.Is(err, errRefused) {
		return nil, &device.BuildError{Source: u.source, Log: out.log}
	}
	if err != nil {
		return nil, err
	}
	object := &Object{Cubin: out.cubin, PTX: out.ptx, Members: u.shape.members, Blocks: u.shape.blocks, Teams: u.shape.teams}
	if err := object.findKernels(); err != nil {
		return nil, err
	}
	readReport(object.Kernels, out.log)
	if slices.ContainsFunc(object.Kernels, func(k Kernel) bool { return k.Spilled > fewSpilled }) {
		if more, ok := u.roomier(); ok {
			return n.buildUnit(more, arch)
		}
	}
	return object, nil
}
